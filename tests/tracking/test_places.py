"""Published settings do not say where files lie, and still tell two files of one name apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acd_plugin.analysis.runs.groups import grouped
from acd_plugin.analysis.runs.run_record import read_records
from acd_plugin.tracking.places import command_without_places, without_places
from acd_plugin.tracking.publication import Copies, publish
from tests.analysis.conftest import Make, make

__all__ = ["make"]  # a fixture


def test_of_an_absolute_path_the_end_stays() -> None:
    settings = {
        "map": "/home/me/maps/a.json",
        "maps": ["/home/me/maps/b.json", "maps/c.json", "../d.json"],
        "windows": {"map": r"C:\Users\me\a.json"},
        "share": 0.5,
        "none": None,
    }
    found = without_places(settings)
    assert isinstance(found, dict)
    text = json.dumps(found)
    assert "me" not in text.replace("name", "")
    folder, _, name = found["map"].partition("/")
    assert (len(folder), name) == (8, "a.json")
    assert found["maps"] == [f"{folder}/b.json", "maps/c.json", "../d.json"]
    assert found["windows"]["map"].endswith("/a.json")
    assert (found["share"], found["none"]) == (0.5, None)
    assert without_places(found) == found


@pytest.mark.parametrize(
    "word",
    [
        "--plugin=/home/me/a.py",
        "map='/home/me/a.py'",
        "plugins=['/home/me/a.py', 'b.py']",
        "/home/me/a.py",
        "--config=/home/me/my folder/a.py",
        "{'map': \"/home/me/a.py\"}",
    ],
)
def test_a_command_has_no_folders(word: str) -> None:
    command = f"python main.py train {json.dumps(word)} with lr=0.1 local_results_path=/home/me"
    found = command_without_places(command, "local_results_path")
    assert "/home" not in found
    assert "my folder" not in found
    assert "a.py" in found
    assert found.endswith("with lr=0.1")


@pytest.mark.parametrize("word", ["a/b", "https://example.org/a", "~/a", "x=1/2", "-/", "./a/b"])
def test_what_is_no_absolute_path_stays(word: str) -> None:
    assert command_without_places(f"main.py {word}") in (f"main.py {word}", f"main.py '{word}'")


def test_copies_share_a_row_when_the_runs_did(make: Make, tmp_path: Path) -> None:
    def played(folder: str, seed: int) -> None:
        args = {"scenario": "small", "map": f"/home/me/{folder}/map.json"}
        make([-1.0], env_args=args, seed=seed)

    for folder, seed in (("one", 1), ("one", 2), ("two", 1)):
        played(folder, seed)
    results = tmp_path / "results"
    copies = Copies(tmp_path / "kept")
    for run in read_records(results)[0]:
        assert publish(run.folder, copies, ["test_return_mean"]) == []
    for place in (results, tmp_path / "kept"):
        assert sorted(map(len, grouped(read_records(place)[0]).values())) == [1, 2]
    assert "/home" not in "".join(
        path.read_text() for path in (tmp_path / "kept").rglob("*") if path.is_file()
    )
