"""How a run's last policy did on the games that all algorithms share."""

from __future__ import annotations

from collections.abc import Sequence

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.tracking.evaluations import Evaluation, read_evaluations


def common_evaluation(run: RunRecord) -> Evaluation | None:
    """Return the evaluation of the last policy on the common games, None if there is none."""
    return best_common(run, read_evaluations(run.folder))


def best_common(run: RunRecord, evaluations: Sequence[Evaluation | None]) -> Evaluation | None:
    """Return of a run's evaluations the one that `common_evaluation` returns.

    Of several the one with the most episodes counts, and among equals the latest.
    """
    last = run.last_checkpoint
    found = [done for done in evaluations if done and done.is_common and done.t_env == last]
    return max(reversed(found), key=lambda done: done.episodes, default=None)
