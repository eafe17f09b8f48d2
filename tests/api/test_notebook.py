"""The same in a notebook's kernel, in which an event loop runs and standard error is a message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.api.test_runs import TINY

CELLS = [
    f"import acd_plugin\nfolder = acd_plugin.train(**{TINY!r})",
    "import asyncio; assert asyncio.get_running_loop().is_running()\n"
    "evaluation = acd_plugin.evaluate(folder, 8); evaluation.return_mean",
    "acd_plugin.read_runs()[['algorithm', 'result']]",
]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of what a kernel is made of
def test_cells_run_and_show_how_far_they_have_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    made: Any = nbformat.v4  # it has no type hints
    notebook = made.new_notebook(cells=[made.new_code_cell(cell) for cell in CELLS])
    client = NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    shown = "".join(output.get("text", "") for output in notebook.cells[0].outputs)
    assert "720/720" in shown
    assert "dial" in str(notebook.cells[2].outputs)
