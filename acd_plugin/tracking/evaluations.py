"""``evaluations.jsonl``: how a run's policies did on greedy games, a line for every evaluation."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, ValidationError

from acd_plugin.tracking.run_folder import RunFolder

COMMON_SEED = 0  # of the games on which all policies are compared


class Evaluation(BaseModel):
    """Greedy games of one checkpoint."""

    model_config = ConfigDict(frozen=True)

    time: str = ""
    checkpoint: str = ""  # name of its file
    t_env: int  # for how many environment steps it was trained
    episodes: int
    seed: int  # of the games
    overrides: tuple[str, ...]  # of the environment it was trained in, as ``key=value``
    return_mean: float
    return_std: float  # over episodes
    return_ci95: tuple[float, float] | None = None  # of the mean
    statistics: dict[str, float] = {}  # means of whatever else was measured
    returns: tuple[float, ...] = ()  # of every episode

    @property
    def is_common(self) -> bool:
        """Whether these are the games that all policies are compared on."""
        return self.seed == COMMON_SEED and not self.overrides


def append_evaluations(folder: RunFolder, evaluations: Iterable[Evaluation]) -> None:
    """Store evaluations after those that are there; OSError when that is not possible."""
    with folder.evaluations.open("a") as file:
        file.writelines(evaluation.model_dump_json() + "\n" for evaluation in evaluations)


def read_evaluations(folder: RunFolder) -> list[Evaluation | None]:
    """Return a run's evaluations in the order of their making; None for an unreadable line."""
    if not folder.evaluations.exists():
        return []
    return [_read(line) for line in folder.evaluations.read_text().splitlines()]


def _read(line: str) -> Evaluation | None:
    try:
        return Evaluation.model_validate_json(line)
    except ValidationError:
        return None
