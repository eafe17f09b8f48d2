"""Copies of finished runs, small enough to be kept under version control.

A copy is a run folder like any other, so that whatever reads runs reads it; they may all lie in one
archive. It has the settings, the command, some of the metrics, the evaluations and what is known
about the messages; it lacks the checkpoints, the console's output and whatever identifies the
machine. Nothing is copied as it is: a copy has what was understood.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from acd_plugin.credentials import shown_command, without_credentials
from acd_plugin.errors import UserError, with_remedy
from acd_plugin.tracking.archive import ENDING, is_archive, pack, unpack
from acd_plugin.tracking.checkpoint_index import index_file, read_index
from acd_plugin.tracking.evaluations import read_evaluations
from acd_plugin.tracking.leftovers import remove_leftovers
from acd_plugin.tracking.metric_file import iterate_metrics
from acd_plugin.tracking.places import command_without_places, without_places
from acd_plugin.tracking.plain_files import open_new
from acd_plugin.tracking.recorded_config import Config, read_config
from acd_plugin.tracking.results import run_folders
from acd_plugin.tracking.run_file import Meta, Repository, RunFile, SacredExperiment, read_run
from acd_plugin.tracking.run_folder import JsonObject, RunFolder, read_json

_PLACE = "local_results_path"


class Copies:
    """The copies in a folder, each found by the key that it shares with its run."""

    def __init__(self, target: Path) -> None:
        self.target = target
        there = [folder for folder in run_folders(target) if folder.path.parent == target]
        self._places = {folder.key(): folder for folder in there}
        self._taken = {folder.id for folder in there}

    def place_of(self, key: str, number: str) -> RunFolder:
        """Return the folder of the run with this key, or a new one: with its number, if it is free.

        Where another run has that number, the next that is free is taken.
        """
        if key not in self._places:
            if number in self._taken or not number.isdecimal():
                number = str(
                    max((int(one) for one in self._taken if one.isdecimal()), default=0) + 1
                )
            self._taken.add(number)
            self._places[key] = RunFolder(self.target / number)
        return self._places[key]


@contextmanager
def opened_for_copies(target: Path) -> Iterator[Copies]:
    """Yield what `publish` writes into; an archive is packed at the end."""
    if not target.name.endswith(ENDING):
        yield Copies(target)
        return
    remove_leftovers(target.parent)
    with tempfile.TemporaryDirectory() as place:
        if is_archive(target):
            unpack(target, Path(place))
        yield Copies(Path(place))
        pack(Path(place), target)


def publish(folder: RunFolder, copies: Copies, metrics: Sequence[str]) -> list[str]:
    """Copy a run into a folder of its own, or renew the copy; returns what was left out of it.

    Raises UserError when the record is damaged.
    """
    run, config = read_run(folder), read_config(folder)
    points = [point for name in metrics for point in iterate_metrics(folder, name)]
    problems: list[str] = []
    key = folder.key()
    original = run.original_id or folder.path.name
    copy = copies.place_of(key, original)
    copy.path.mkdir(parents=True, exist_ok=True)
    _write(copy.path / "key", key.encode())
    _write(copy.path / "run.json", _json(_publishable(run, original)))
    _write(copy.path / "config.json", _json(_settings(config)))
    _write(copy.metrics, "".join(json.dumps(point) + "\n" for point in points).encode())
    _copy_evaluations(folder, copy, problems)
    _copy_examination(folder, copy, problems)
    if index := read_index(folder):
        _write(copy.checkpoint_index, index_file(index))
    return problems


def _copy_evaluations(folder: RunFolder, copy: RunFolder, problems: list[str]) -> None:
    found = read_evaluations(folder)
    read = [done for done in found if done is not None]
    if len(read) < len(found):
        damaged = len(found) - len(read)
        where = folder.place / folder.evaluations.name
        problems.append(f"{where}: {damaged} of {len(found)} lines left out, damaged")
    lines = [without_places(done.model_dump(mode="json")) for done in read]
    if lines:
        _write(copy.evaluations, "".join(json.dumps(line) + "\n" for line in lines).encode())


def _copy_examination(folder: RunFolder, copy: RunFolder, problems: list[str]) -> None:
    if not os.path.lexists(folder.communication):
        return
    try:
        with with_remedy("examine the run again"):
            content = read_json(folder.communication)
        found = json.dumps(content, indent=2)  # their order is a table's
        _write(copy.communication, f"{found}\n".encode())
    except UserError as error:
        problems.append(f"left out: {error}")


def _settings(config: Config) -> object:
    return without_places(without_credentials({**config, _PLACE: "results"}))


def _publishable(run: RunFile, original: str) -> JsonObject:
    """Return Sacred's record less what belongs to the machine and its user."""
    meta, experiment = run.meta or Meta(), run.experiment or SacredExperiment()
    sources, host = experiment.repositories or [Repository()], run.host or {}
    command = shown_command(meta.command_line or "")
    published: dict[str, object] = {
        "status": run.status,
        "result": run.result,
        "original_id": original,
        **run.written(),
        "meta": {
            "comment": meta.comment,
            "command_line": command_without_places(command, _PLACE) if command else None,
        },
        "experiment": {"name": experiment.name, "repositories": [sources[0].model_dump()]},
        "host": {name: host.get(name) for name in ("cpu", "python_version")},
    }
    if run.earlier_legs:
        published["earlier_legs"] = [leg.written() for leg in run.earlier_legs]
    return cast(JsonObject, without_credentials(published))


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    with open_new(path) as file:
        file.write(content)
