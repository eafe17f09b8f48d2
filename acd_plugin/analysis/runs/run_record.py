"""One recorded run, as a row of a table of runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path

from acd_plugin.analysis.runs.learned import Settings, learned_settings
from acd_plugin.configuration.migration import Config, migrate
from acd_plugin.credentials import shown, shown_command
from acd_plugin.errors import UserError, with_remedy
from acd_plugin.tracking.checkpoint_index import read_index
from acd_plugin.tracking.metric_file import last_step
from acd_plugin.tracking.ownership import is_owned
from acd_plugin.tracking.recorded_config import read_config, run_name
from acd_plugin.tracking.results import run_folders
from acd_plugin.tracking.run_file import Meta, read_run
from acd_plugin.tracking.run_folder import RunFolder

# A running run writes a heartbeat every ten seconds. Asked where nobody can say who owns it.
_SILENCE = timedelta(seconds=120)
STATUSES = ("COMPLETED", "FAILED", "INTERRUPTED", "KILLED", "RUNNING")


@dataclass(frozen=True)
class RunRecord:
    """What a run's folder says about it. Times are in UTC, without saying so."""

    folder: RunFolder
    config: Config  # as this release would have recorded it
    status: str  # one of `STATUSES`; KILLED: it says it is running, but no process has it
    result: float | None
    start: datetime | None
    duration: timedelta | None  # of training, over all times that it was resumed
    step: int | None  # how far it was trained, in environment steps; see `_farthest`
    note: str | None
    command: str | None  # how it was started, where that was recorded
    host: dict[str, object]
    fail_trace: str | None
    original_id: str | None = None  # of a published copy: the number of the run that was copied

    @property
    def id(self) -> str:
        return self.folder.id

    @property
    def algorithm(self) -> str:
        return str(self.config.get("name"))

    @property
    def environment(self) -> str:
        """As the user called it."""
        return str(self.config.get("env_name"))

    @property
    def seed(self) -> int:
        return int(self.config.get("seed") or 0)

    @property
    def tags(self) -> list[str]:
        return list(self.config.get("tags") or ())

    @cached_property
    def settings(self) -> Settings:
        """What it learned with, nested keys with dots."""
        return learned_settings(self.config)

    @property
    def name(self) -> str:
        """Algorithm, environment and seed."""
        return run_name(self.config)

    @property
    def last_checkpoint(self) -> int | None:
        """Environment steps of the newest checkpoint."""
        return _last_checkpoint(self.folder)

    @property
    def can_be_resumed(self) -> bool:
        was_stopped = self.status in ("INTERRUPTED", "KILLED", "FAILED")
        return was_stopped and bool(self.folder.stored_checkpoints())


def read_record(folder: RunFolder) -> RunRecord:
    """Read one run; UserError, in one line, when its record is damaged."""
    with with_remedy(folder.remedy):
        run, recorded = read_run(folder), read_config(folder)
        try:
            config = migrate(recorded)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError(f"{folder.path / 'config.json'}: is damaged ({error})") from None
    meta = run.meta or Meta()
    return RunRecord(
        folder=folder,
        config=config,
        status=_status(folder, str(run.status), run.heartbeat or run.start_time),
        result=run.result,
        start=run.legs[0].start_time,
        duration=run.duration,
        step=_farthest(_last_checkpoint(folder), last_step(folder)),
        note=meta.comment and shown(meta.comment),
        command=meta.command_line and shown_command(meta.command_line),
        host=run.host or {},
        fail_trace=shown("".join(run.fail_trace)) if run.fail_trace else None,
        original_id=run.original_id,
    )


def _farthest(checkpoint: int | None, number: int | None) -> int | None:
    """Return how far a run was trained, as far as its last checkpoint and number tell.

    A checkpoint may be newer than the last number (of the published ones there are few), and the
    last number newer than the checkpoint, where a run was killed.
    """
    return max((step for step in (checkpoint, number) if step is not None), default=None)


def _last_checkpoint(folder: RunFolder) -> int | None:
    """Return the steps of the newest checkpoint; of a copy without any, as its index says."""
    steps = [int(path.stem) for path in folder.stored_checkpoints()]
    return max(steps or (one.t_env for one in read_index(folder)), default=None)


def read_records(results: Path) -> tuple[list[RunRecord], list[str]]:
    """Read all runs of a folder or archive; returns those that can be read, and the problems."""
    return records_of(run_folders(results))


def records_of(folders: Iterable[RunFolder]) -> tuple[list[RunRecord], list[str]]:
    """Read these runs; returns those that can be read, and what is wrong with the others."""
    records, problems = [], []
    for folder in folders:
        try:
            records.append(read_record(folder))
        except UserError as error:
            problems.append(str(error))
    return records, problems


def without_copies(runs: Sequence[RunRecord]) -> tuple[list[RunRecord], list[str]]:
    """Return the runs without published copies of others among them, and what was left out."""
    originals: dict[str, RunRecord] = {}
    problems = []
    for run in runs:
        key = run.folder.known_key() or str(run.folder.path)  # which a run and its copies share
        known = originals.setdefault(key, run)
        if known is not run:
            problems.append(f"run {run.id} is a copy of run {known.id}")
    return list(originals.values()), problems


def _status(folder: RunFolder, status: str, last_sign: datetime | None) -> str:
    if status != "RUNNING":
        return status
    is_alive = is_owned(folder.owner)
    if is_alive is None:  # of an earlier release, or on a file system without locks
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        is_alive = last_sign is not None and abs(now - last_sign) <= _SILENCE
    return "RUNNING" if is_alive else "KILLED"
