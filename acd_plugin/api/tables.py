"""What was recorded, as tables of pandas."""

from __future__ import annotations

import warnings
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from acd_plugin.analysis.runs.run_record import RunRecord, read_records
from acd_plugin.configuration.nested import flat
from acd_plugin.configuration.packages import need
from acd_plugin.errors import UserError
from acd_plugin.tracking.archive import ENDING, is_archive
from acd_plugin.tracking.metric_file import iterate_metrics
from acd_plugin.tracking.results import find_run

if TYPE_CHECKING:  # a package that is no part of the installation
    from pandas import DataFrame


def read_runs(results: str | Path = "results") -> DataFrame:
    """Return a row for each run of a folder or of a published archive; ``id`` is the index.

    Columns: what `runs` lists, the folder, and then every setting by its name, with dots in nested
    ones.
    Runs that cannot be read are left out with a warning. Raises UserError without the folder.
    """
    need("pandas", "pandas", "read_runs()")
    import pandas as pd  # noqa: PLC0415 - an extra

    if not isinstance(results, str | PathLike):
        raise UserError(f"results is {results!r}: give the path of a folder with runs")
    if Path(results).is_file() and not is_archive(Path(results)):
        raise UserError(
            f"'{results}' is a file: name the folder of your runs, or an archive (*{ENDING})"
        )
    if not Path(results).exists():
        raise UserError(f"no folder '{results}': name that of your runs")
    records, problems = read_records(Path(results))
    for problem in problems:
        warnings.warn(f"left out: {problem}", stacklevel=2)
    rows = [_row(record) for record in records]
    return pd.DataFrame(rows, index=pd.Index([record.id for record in records], name="id"))


def read_metrics(run: str | Path, results: str | Path = "results") -> DataFrame:
    """Return what a run has measured: a column for each metric, a row for each environment step."""
    need("pandas", "pandas", "read_metrics()")
    import pandas as pd  # noqa: PLC0415 - an extra

    points = list(iterate_metrics(find_run(str(run), str(results))))
    table = pd.DataFrame(points, columns=["step", "name", "value"])
    return table.pivot_table(index="step", columns="name", values="value", aggfunc="last")


def _row(run: RunRecord) -> dict[str, object]:
    row = {
        "algorithm": run.algorithm,
        "environment": run.environment,
        "seed": run.seed,
        "status": run.status,
        "steps": run.step,
        "result": run.result,
        "start": run.start,
        "duration": run.duration,
        "tags": run.tags,
        "folder": str(run.folder),
    }
    return {**row, **flat(run.config, keep_empty=True), **row}
