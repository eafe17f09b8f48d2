"""One recorded run, as a row of a table of runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from acd_plugin.configuration.migration import Config, migrate
from acd_plugin.errors import UserError
from acd_plugin.tracking.results import run_folders
from acd_plugin.tracking.run_folder import RunFolder, read_json

# A running run writes a heartbeat every ten seconds.
_SILENCE = timedelta(seconds=120)
_TAIL = 4096  # bytes at a metrics file's end that hold its last line
STATUSES = ("COMPLETED", "FAILED", "INTERRUPTED", "KILLED", "RUNNING")


@dataclass(frozen=True)
class RunRecord:
    """What a run's folder says about it. Times are in UTC, without saying so."""

    folder: RunFolder
    config: Config  # as this release would have recorded it
    status: str  # one of `STATUSES`; KILLED: it says it is running, but has no heartbeat any more
    result: float | None
    start: datetime | None
    end: datetime | None  # last sign of life
    step: int | None  # of the last recorded number, in environment steps
    note: str | None
    command: str | None  # how it was started, where that was recorded
    host: dict[str, object]
    fail_trace: str | None

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

    @property
    def name(self) -> str:
        """Algorithm, environment and seed."""
        return f"{self.algorithm} on {self.environment}, seed {self.seed}"

    @property
    def duration(self) -> timedelta | None:
        return self.end - self.start if self.start and self.end else None

    @property
    def last_checkpoint(self) -> int | None:
        """Environment steps of the newest checkpoint.

        A published copy has none any more; its index says which there were.
        """
        stems = [path.stem for path in self.folder.checkpoints.glob("*.pt")]
        steps = [int(stem) for stem in stems if stem.isdigit()]
        return max(steps or _listed_checkpoints(self.folder.checkpoint_index), default=None)

    @property
    def can_be_resumed(self) -> bool:
        return self.status in ("INTERRUPTED", "KILLED", "FAILED") and any(
            self.folder.checkpoints.glob("*.pt")
        )


def read_record(folder: RunFolder) -> RunRecord:
    """Read one run; UserError, in one line, when its record is damaged."""
    run, config = (read_json(folder.path / name) for name in ("run.json", "config.json"))
    try:
        start, end = _date(run.get("start_time")), _date(run.get("heartbeat"))
        meta = run.get("meta") or {}
        trace = run.get("fail_trace")
        return RunRecord(
            folder=folder,
            config=migrate(config),
            status=_status(str(run.get("status")), end or start),
            result=run["result"] if isinstance(run.get("result"), int | float) else None,
            start=start,
            end=end,
            step=_last_step(folder.metrics),
            note=meta.get("comment"),
            command=meta.get("command_line"),
            host=run.get("host") or {},
            fail_trace="".join(trace) if trace else None,
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{folder.path / 'run.json'}: is damaged ({error})") from None


def read_records(results: Path) -> tuple[list[RunRecord], list[str]]:
    """Read all runs of a folder or archive; returns those that can be read, and the problems."""
    records, problems = [], []
    for folder in run_folders(results):
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


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _status(status: str, last_sign: datetime | None) -> str:
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    if status == "RUNNING" and (last_sign is None or now - last_sign > _SILENCE):
        return "KILLED"
    return status


def _listed_checkpoints(index: Path) -> list[int]:
    try:
        return [int(checkpoint["t_env"]) for checkpoint in json.loads(index.read_text())]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _last_step(metrics: Path) -> int | None:
    """Return the step of the last whole line, without reading the file."""
    try:
        with metrics.open("rb") as file:
            file.seek(max(0, metrics.stat().st_size - _TAIL))
            lines = file.read().splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        try:
            return int(json.loads(line)["step"])
        except (ValueError, KeyError, TypeError):
            continue
    return None
