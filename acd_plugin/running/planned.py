"""Runs that are about to be trained, new ones and such as go on: what is wrong shows here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from acd_plugin.configuration.layers import Config
from acd_plugin.errors import UserError, program
from acd_plugin.running.console import logger
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.stored_run import StoredRun, open_run, refuse_another_game, spec_of
from acd_plugin.tracking.command_line import with_override
from acd_plugin.tracking.results import refuse_in_use
from acd_plugin.tracking.run_folder import RunFolder, read_json
from acd_plugin.tracking.trackers.mongo.address import MongoAddress, parse_address

_LENGTH = ("t_max", "episodes_max")
_MACHINE = ("device", "use_cuda", "seeds_at_once")

# Held while a run is trained that is to exist once; takes the folder in which it is recorded.
Claim = Callable[[], AbstractContextManager[Callable[[RunFolder], None]]]


class FinishedError(UserError):
    """A run has come as far as it was to come."""


class Planned(NamedTuple):
    """A run that is about to be trained."""

    spec: RunSpec
    records: Records
    stored: StoredRun | None = None  # where it goes on from
    changes: Mapping[str, object] = MappingProxyType({})  # of what the stored run was started with
    newest: Path | None = None  # the newest checkpoint beside it
    claim: Claim | None = None  # of a new run, where no other is to have its settings and seed
    is_held: bool = False  # whether this process holds the folder where it is recorded

    @property
    def seed(self) -> int:
        return self.spec.settings.seed

    @property
    def folder(self) -> RunFolder | None:
        """Where it is recorded already."""
        return RunFolder(self.stored.path.parent.parent) if self.stored else None

    @property
    def is_trained(self) -> bool:
        """Whether nothing is left but to complete its record."""
        return self.stored is not None and _reached(self.stored, self.spec) is not None

    def mongo(self) -> MongoAddress | None:
        """The database that gets a copy; UserError for an address that is none."""
        url = self.records.mongo or self.spec.settings.mongo_url
        return parse_address(url) if url else None

    def can_go_with(self, other: Planned) -> bool:
        """Return whether both are at the same place and differ in nothing but their seeds."""
        mine, others = (_together(run) for run in (self, other))
        return mine == others


def with_seeds(spec: RunSpec, seeds: Sequence[int], records: Records) -> list[Planned]:
    """Return a new run for each seed; each records the command that makes it alone."""
    command = records.command_line
    return [
        Planned(
            spec.changed(seed=seed),
            records._replace(command_line=command and with_override(command, "seed", seed)),
        )
        for seed in seeds
    ]


def continued(
    name: str,
    results: str,
    records: Records,
    changes: Mapping[str, object] | None = None,
    plugins: Sequence[str] = (),
) -> Planned:
    """Return a stored run, to go on from its latest checkpoint, in its own folder.

    Only its length may change, and on what it goes on. ``name`` is its number in the folder of
    ``results``, or a path. Note and command stay as they were recorded. Raises FinishedError when
    there is nothing left to do, OwnedError while another process trains it.
    """
    changes = dict(changes or {})
    for key, value in changes.items():
        if key not in (*_LENGTH, *_MACHINE):
            raise UserError(
                f"cannot resume with '{key}={value}': only t_max may change (and episodes_max, "
                "device, seeds_at_once); start a new run instead"
            )
    refuse_in_use(name, results)
    run = open_run(name, results)
    folder = RunFolder(run.path.parent.parent)
    newest = folder.latest_checkpoint() if name.endswith(".pt") else run.path
    spec = spec_of(run, {**changes, "local_results_path": str(folder.path.parent)}, plugins)
    refuse_another_game(run, spec, "undo the change, or train again")
    reached = _reached(run, spec)
    if reached is not None:
        if _is_complete(folder):
            raise FinishedError(
                f"{run.path}: the run has reached its {reached} of {spec.config[reached]}"
                f"{_for_longer(folder, run, reached, spec)}"
            )
        logger.info("%s: trained to its end already: its record is completed", folder)
    note, command = _told_about(folder, spec.config)
    records = records._replace(note=note, command_line=command)
    return Planned(spec, records, run, changes, newest)


def _together(run: Planned) -> tuple[int, Config]:
    return (run.stored.episode if run.stored else 0, {**run.spec.config, "seed": None})


def _reached(run: StoredRun, spec: RunSpec) -> str | None:
    """Return which limit the run has come to, if it has come as far as it was to come."""
    for key in _LENGTH:
        limit, done = spec.config[key], _trained(run, key)
        if limit is not None and done >= limit:
            return key
    return None


def _trained(run: StoredRun, limit: str) -> int:
    """Return how far a run has come, in what the limit counts."""
    return run.t_env if limit == "t_max" else run.episode


def _for_longer(folder: RunFolder, run: StoredRun, limit: str, spec: RunSpec) -> str:
    """Say how far a finished run has come, and what trains it for twice as long."""
    most, trained = spec.config[limit], _trained(run, limit)
    unit = "steps" if limit == "t_max" else "episodes"
    beyond = f", it is trained for {trained:,} {unit}" if trained > most else ""
    command = f"{program()} resume {folder.path} with {limit}={2 * max(most, trained)}"
    return f"{beyond}; to train it for longer: {command}"


def _is_complete(folder: RunFolder) -> bool:
    """Whether nothing was left to do when the run ended."""
    try:
        return bool(read_json(folder.path / "run.json").get("status") == "COMPLETED")
    except UserError:
        return False


def _told_about(folder: RunFolder, config: Config) -> tuple[str | None, str | None]:
    """Return the note and the command that were stored with a run when it was started.

    The command is the one that makes the whole run, even if it goes on for longer than was planned.
    """
    try:
        run, planned = (read_json(folder.path / name) for name in ("run.json", "config.json"))
        meta = dict(run.get("meta") or {})
        command = meta.get("command_line")
        for key in _LENGTH:
            if command and planned.get(key) != config[key]:
                command = with_override(command, key, config[key])
    except (UserError, ValueError, TypeError, AttributeError):
        return None, None  # damaged; that is no reason not to go on
    return meta.get("comment"), command
