"""What must start at once, or run where there is no torch, does not load what it can do without."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.source import ROOT

HEAVY = ["torch", "numba", "numpy", "sacred", "scipy", "matplotlib", "pymongo"]


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("acd_plugin", HEAVY),
        ("acd_plugin.envs.registry", ["torch", "sacred", "acd_plugin.hosts"]),
        ("acd_plugin.configuration.layers", ["torch", "numba", "sacred"]),
        ("acd_plugin.api.environments", ["torch", "sacred", "pettingzoo", "gymnasium"]),
        ("acd_plugin.api.tables", ["torch", "numba", "sacred", "pandas", "matplotlib"]),
        ("acd_plugin.cli.main", ["torch", "numba", "sacred"]),
        (
            "acd_plugin.analysis.report.comparison_page",
            ["torch", "numba", "sacred", "matplotlib", "acd_plugin.hosts"],
        ),
        ("acd_plugin.cli.runs", ["torch", "numba", "sacred", "pymongo", "scipy"]),
        ("acd_plugin.cli.sync", ["torch", "numba", "sacred"]),
        ("acd_plugin.cli.experiment", ["torch", "sacred", "pandas"]),  # for what is done already
    ],
)
def test_importing_a_part_does_not_load_what_it_can_do_without(
    module: str, absent: list[str]
) -> None:
    code = f"import sys, {module}; print([n for n in {absent!r} if n in sys.modules])"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"
