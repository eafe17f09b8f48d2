"""Choose runs by what they are, and put them in an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from acd_plugin.analysis.runs.run_record import STATUSES, RunRecord
from acd_plugin.errors import UserError, listing, nearest

SORT_KEYS = {
    "id": lambda run: _id_in_order(run.id),
    "result": lambda run: (run.result is None, -(run.result or 0.0)),  # best first
    "date": lambda run: (run.start is None, run.start or datetime.min),
    "steps": lambda run: (-(run.step or 0),),
    "algorithm": lambda run: (run.algorithm,),
    "environment": lambda run: (run.environment,),
    "seed": lambda run: (run.seed,),
    "status": lambda run: (run.status,),
}


@dataclass(frozen=True)
class Selection:
    """What runs must be; an empty condition is none. Several values of one condition: any."""

    algorithm: Sequence[str] = ()
    environment: Sequence[str] = ()
    seed: Sequence[int] = ()
    status: Sequence[str] = ()
    tag: Sequence[str] = ()
    since: str | None = None  # a date or a date and time, in UTC
    until: str | None = None

    def choose(self, runs: Iterable[RunRecord]) -> list[RunRecord]:
        """Return the runs that meet all conditions; UserError for a condition none can meet."""
        runs = list(runs)
        self._check(runs)
        since, until = _date("--since", self.since), _date("--until", self.until)
        return [
            run
            for run in runs
            if _is_any(run.algorithm, self.algorithm)
            and _is_any(run.environment, self.environment)
            and _is_any(run.seed, self.seed)
            and _is_any(run.status, self.status)
            and (not self.tag or set(self.tag) & set(run.tags))
            and (since is None or (run.start is not None and run.start >= since))
            and (until is None or (run.start is not None and run.start <= until))
        ]

    def _check(self, runs: list[RunRecord]) -> None:
        for option, wanted, legal in (
            ("--algorithm", self.algorithm, {run.algorithm for run in runs}),
            ("--env", self.environment, {run.environment for run in runs}),
            ("--status", self.status, set(STATUSES)),
        ):
            for name in wanted:
                if runs and name not in legal:
                    raise UserError(
                        f"{option} {name}: no run has it{nearest(name, legal)} "
                        f"(there are: {listing(legal)})"
                    )


def in_order(runs: list[RunRecord], key: str) -> list[RunRecord]:
    """Return the runs sorted; equal ones stay as they were."""
    return sorted(runs, key=SORT_KEYS[key])


def _id_in_order(id: str) -> tuple[str, bool, int, str]:
    """Order ``2`` before ``10``, and a run of an archive behind those that lie beside it."""
    archive, _, name = id.rpartition("/")
    return (archive, not name.isdecimal(), int(name) if name.isdecimal() else 0, name)


def _is_any(value: object, wanted: Sequence[object]) -> bool:
    return not wanted or value in wanted


def _date(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"{option} {text}: not a date; write it like 2026-01-31 or 2026-01-31T12:00"
        ) from None
    return date.astimezone(timezone.utc).replace(tzinfo=None) if date.tzinfo else date
