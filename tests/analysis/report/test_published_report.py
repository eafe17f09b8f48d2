"""The report that is kept with the published runs is the one that is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from acd_plugin.analysis.report.document import Picture, markdown
from acd_plugin.analysis.report.report import make_report
from acd_plugin.analysis.report.scores import cells
from acd_plugin.analysis.runs.run_record import read_records

RESULTS = Path(__file__).resolve().parents[3] / "docs" / "results"


@pytest.mark.slow
def test_the_published_report_is_that_of_the_published_runs() -> None:
    records, damaged = read_records(RESULTS / "runs.tar.xz")
    found, problems = cells(records)
    made = make_report(found, [*damaged, *problems])
    kept = {path.name for path in (RESULTS / "report").iterdir()}
    blocks = [block for section in made.sections for block in section.blocks]
    pictures = [name for block in blocks if isinstance(block, Picture) for name in block.files()]
    assert kept == {"report.md", "report.html", *made.data, *pictures}
    for name, text in made.data.items():
        assert text == (RESULTS / "report" / name).read_text(), name
    told = markdown("Does communication pay?", made.sections)
    assert told == (RESULTS / "report" / "report.md").read_text()
