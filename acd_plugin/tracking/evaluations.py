"""``evaluations.jsonl``: how a run's policies did on greedy games, a line for every evaluation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_files import append_lines, read_plain
from acd_plugin.tracking.plain_values import LARGEST_INTEGER, LARGEST_VALUE
from acd_plugin.tracking.run_folder import RunFolder

COMMON_SEED = 0  # of the games on which all policies are compared

_LARGEST_FILE = 2**28  # bytes


def _measured(statistics: object) -> object:
    """Leave out what could not be measured: it was written as ``null``."""
    if not isinstance(statistics, dict):
        return statistics
    return {name: value for name, value in statistics.items() if value is not None}


_Count = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
_UNSHOWN = Field(repr=False)


class Evaluation(BaseModel):
    """Greedy games of one checkpoint. Printed without what is long."""

    model_config = ConfigDict(frozen=True)

    time: str = ""
    checkpoint: str = ""  # name of its file
    t_env: _Count  # for how many environment steps it was trained
    episodes: _Count
    seed: _Count  # of the games
    overrides: tuple[str, ...]  # of the environment it was trained in, as ``key=value``
    # What was played, as a run's ``game``; earlier releases did not say.
    game: Annotated[dict[str, str], _UNSHOWN] = {}
    return_mean: float
    return_std: float  # over episodes
    return_ci95: tuple[float, float] | None = None  # of the mean
    # Means of whatever else was measured.
    statistics: Annotated[dict[str, float], BeforeValidator(_measured), _UNSHOWN] = {}
    returns: Annotated[tuple[float, ...], _UNSHOWN] = ()  # of every episode

    @property
    def is_finite(self) -> bool:
        """Whether all of it can be counted with."""
        numbers = (self.return_mean, self.return_std, *(self.return_ci95 or ()), *self.returns)
        numbers = (*numbers, *self.statistics.values())
        # The sum, too, because NaN is neither larger nor smaller than anything.
        is_bounded = min(numbers) >= -LARGEST_VALUE and max(numbers) <= LARGEST_VALUE
        return is_bounded and math.isfinite(sum(numbers))


def append_evaluations(folder: RunFolder, evaluations: Iterable[Evaluation]) -> None:
    """Store evaluations after those that are there; OSError when that is not possible.

    What is there already, to the last digit, is not stored again. Raises UserError for returns that
    are not finite.
    """
    known = {_content(one) for one in read_evaluations(folder) if one is not None}
    lines = []
    for done in evaluations:
        measured = {name: x for name, x in done.statistics.items() if math.isfinite(x)}
        kept = done.model_copy(update={"statistics": measured})
        if not kept.is_finite:
            raise UserError(f"{folder.evaluations}: a return is not finite: not stored")
        if _content(kept) not in known:
            lines.append(kept.model_dump_json() + "\n")
    append_lines(folder.evaluations, "".join(lines).encode())


def _content(done: Evaluation) -> str:
    """Return an evaluation without the time at which it was made."""
    return done.model_dump_json(exclude={"time"})


def read_evaluations(folder: RunFolder) -> list[Evaluation | None]:
    """Return a run's evaluations in the order of their making; None for what cannot be read."""
    try:
        content = read_plain(folder.evaluations, _LARGEST_FILE)
    except FileNotFoundError:
        return []
    except OSError:
        return [None]
    return [_read(line) for line in content.splitlines() if line.strip()]


def find_evaluation(
    evaluations: Sequence[Evaluation | None],
    t_env: int | None,
    overrides: Sequence[str] = (),
    game: Mapping[str, str] | None = None,
    seed: int = COMMON_SEED,
) -> Evaluation | None:
    """Return the evaluation of one policy on these games, None if there is none.

    ``game`` is what they must have been made of, None whatever it was. Of several evaluations the
    one with the most episodes counts, and among equals the latest.
    """
    found = [
        done
        for done in evaluations
        if done
        and (done.t_env, done.seed, set(done.overrides)) == (t_env, seed, set(overrides))
        and (game is None or done.game == game)
    ]
    return max(reversed(found), key=lambda done: done.episodes, default=None)


def _read(line: bytes) -> Evaluation | None:
    try:
        found = Evaluation.model_validate_json(line)
    except ValidationError:
        return None
    return found if found.is_finite else None
