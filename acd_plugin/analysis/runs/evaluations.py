"""How a run's last policy did on the games that all algorithms share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from acd_plugin.analysis.runs.run_record import RunRecord

COMMON_SEED = 0  # of the games on which all policies are compared


class Evaluation(NamedTuple):
    """Greedy games of a run's last policy."""

    mean: float  # return
    sd: float  # over episodes
    episodes: int


def common_evaluation(run: RunRecord) -> Evaluation | None:
    """Return the evaluation of the last policy on the common games, None if there is none.

    Of several the one with the most episodes counts, and among equals the latest.
    """
    return max(_common(run), key=lambda found: found.episodes, default=None)


def _common(run: RunRecord) -> Iterator[Evaluation]:
    """Yield them, the latest first."""
    last = run.last_checkpoint
    for done in reversed(list(read_evaluations(run))):
        try:
            is_common = done["seed"] == COMMON_SEED and not done["overrides"]
            if is_common and done["t_env"] == last:
                yield Evaluation(done["return_mean"], done["return_std"], done["episodes"])
        except KeyError:
            continue


def read_evaluations(run: RunRecord) -> Iterator[dict[str, Any]]:
    """Yield all evaluations of a run as they were stored; nothing is in one cut short by a kill."""
    if not run.folder.evaluations.exists():
        return
    for line in run.folder.evaluations.read_text().splitlines():
        try:
            done = json.loads(line)
        except ValueError:
            done = None
        yield done if isinstance(done, dict) else {}
