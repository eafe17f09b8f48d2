"""Copies of finished runs, small enough to be kept under version control.

A copy is a run folder like any other, so that whatever reads runs reads it; they may all lie in one
archive. It has the settings, the command, some of the metrics, the evaluations and what is known
about the messages; it lacks the checkpoints, the console's output and whatever identifies the
machine.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from acd_plugin.tracking.archive import ENDING, is_archive, pack, unpack
from acd_plugin.tracking.command_line import without
from acd_plugin.tracking.metric_file import read_metrics
from acd_plugin.tracking.results import run_folders
from acd_plugin.tracking.run_folder import JsonObject, RunFolder, read_json, write_atomically

_PLACE = "local_results_path"


@contextmanager
def opened_for_copies(target: Path) -> Iterator[Path]:
    """Yield the folder into which `publish` writes; of an archive it is packed at the end."""
    if not target.name.endswith(ENDING):
        yield target
        return
    with tempfile.TemporaryDirectory() as place:
        if is_archive(target):
            unpack(target, Path(place))
        yield Path(place)
        pack(Path(place), target)


def publish(folder: RunFolder, target: Path, metrics: Collection[str]) -> None:
    """Copy a run into a folder of its own under ``target``.

    A run that was copied there before is found by its key and its copy renewed. Raises UserError
    when the record is damaged.
    """
    run, config = (read_json(folder.path / name) for name in ("run.json", "config.json"))
    key = folder.key()
    copy = _place_of(key, target)
    copy.path.mkdir(parents=True, exist_ok=True)
    (copy.path / "key").write_text(key)
    _write_json(copy.path / "run.json", _publishable(run))
    _write_json(copy.path / "config.json", _without_places({**config, _PLACE: "results"}))
    points = [point for point in read_metrics(folder) if point["name"] in metrics]
    lines = "".join(json.dumps(point) + "\n" for point in points)
    write_atomically(copy.metrics, lines.encode())
    for original, place in (
        (folder.evaluations, copy.evaluations),
        (folder.communication, copy.communication),
        (folder.checkpoint_index, copy.checkpoint_index),
    ):
        if original.exists():
            shutil.copyfile(original, place)


def _place_of(key: str, target: Path) -> RunFolder:
    """Return the folder of the run with this key, or one with the next free number."""
    there = [folder for folder in run_folders(target) if folder.path.parent == target]
    for folder in there:
        if folder.key() == key:
            return folder
    numbers = [int(folder.id) for folder in there if folder.id.isdigit()]
    return RunFolder(target / str(max(numbers, default=0) + 1))


def _without_places(value: object) -> object:
    """Return recorded settings with the names of files in place of where they lie."""
    if isinstance(value, dict):
        return {key: _without_places(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_places(inner) for inner in value]
    if isinstance(value, str) and Path(value).is_absolute():
        return Path(value).name
    return value


def _publishable(run: JsonObject) -> JsonObject:
    """Return Sacred's record less what belongs to the machine and its user."""
    meta, experiment, host = (run.get(name) or {} for name in ("meta", "experiment", "host"))
    sources = experiment.get("repositories") or [{}]
    command = meta.get("command_line")
    return {
        **{name: run.get(name) for name in ("status", "result", "start_time", "heartbeat")},
        "meta": {
            "comment": meta.get("comment"),
            "command_line": without(command, _PLACE) if command else None,
        },
        "experiment": {
            "name": experiment.get("name"),
            "repositories": [{name: sources[0].get(name) for name in ("commit", "dirty")}],
        },
        "host": {name: host.get(name) for name in ("cpu", "python_version")},
    }


def _write_json(path: Path, content: object) -> None:
    write_atomically(path, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode())
