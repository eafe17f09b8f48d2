"""``run.json``: what Sacred records of a run, checked as far as something here relies on it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_values import LARGEST_INTEGER
from acd_plugin.tracking.run_folder import RunFolder, read_json


def utc(text: str) -> datetime:
    """Return a time in UTC, without saying so; ValueError for what is none."""
    date = datetime.fromisoformat(text)
    try:
        return date.astimezone(timezone.utc).replace(tzinfo=None) if date.tzinfo else date
    except OverflowError:
        raise ValueError(f"out of range: {text!r}") from None


def _date(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError(f"must be a date and time, got {value!r:.40}")
    return utc(value)


def _number(value: object) -> float | None:
    """Return a run's result, which may be anything, if it is a number."""
    return float(value) if isinstance(value, int | float) else None


def _names(value: object) -> object:
    """Return the names of artifacts: Sacred lists names, or mappings that have one."""
    if not isinstance(value, list):
        return value or []
    return [entry.get("name") if isinstance(entry, dict) else entry for entry in value]


Date = Annotated[datetime | None, BeforeValidator(_date)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Meta(_Part):
    comment: str | None = None
    command_line: str | None = None  # how the run was started, where that was recorded


class Repository(_Part):
    commit: str | None = None
    dirty: bool | None = None


class SacredExperiment(_Part):
    name: str | None = None
    repositories: list[Repository] | None = None
    sources: list[tuple[str, str]] | None = None  # names, and where copies lie beside the run


class Leg(_Part):
    """One stretch of a run, from its start or resumption to its last sign of life."""

    start_time: Date = None
    heartbeat: Date = None

    def written(self) -> dict[str, str | None]:
        """Return the leg as it stands in the file."""
        times = {"start_time": self.start_time, "heartbeat": self.heartbeat}
        return {name: time.isoformat() if time else None for name, time in times.items()}

    @property
    def took(self) -> timedelta | None:
        start, end = self.start_time, self.heartbeat
        return end - start if start and end else None


class RunFile(Leg):
    """What is known of a run. Times are in UTC, without saying so.

    Start and heartbeat are those of the last leg: Sacred knows no others.
    """

    status: str | None = None
    result: Annotated[float | None, BeforeValidator(_number)] = None
    stop_time: Date = None
    meta: Meta | None = None
    experiment: SacredExperiment | None = None
    host: dict[str, object] | None = None
    revision: Annotated[int, Field(ge=0, le=LARGEST_INTEGER)] = 0  # how often it was written
    fail_trace: list[str] | None = None
    artifacts: Annotated[list[str], BeforeValidator(_names)] = []
    earlier_legs: list[Leg] = []
    original_id: str | None = None  # of a published copy: the number of the run that was copied

    @property
    def legs(self) -> list[Leg]:
        """All legs, the last one included."""
        return [*self.earlier_legs, self]

    @property
    def duration(self) -> timedelta | None:
        """How long the run was trained, over all legs; None where no leg tells."""
        known = [leg.took for leg in self.legs if leg.took is not None]
        return sum(known, timedelta()) if known else None


def read_run(folder: RunFolder) -> RunFile:
    """Return what a run's folder says; UserError, in one line, when it is damaged."""
    path = folder.path / "run.json"
    return parse_run(read_json(path), str(path))


def parse_run(content: dict[str, object], where: str) -> RunFile:
    """Return the content of a run's file; UserError, naming ``where``, when it is damaged."""
    try:
        return RunFile.model_validate(content)
    except ValidationError as error:
        problem = error.errors()[0]
        reason = problem["msg"].removeprefix("Value error, ")
        key = ".".join(str(part) for part in problem["loc"])
        raise UserError(f"{where}: is damaged ({reason}): '{key}'") from None
