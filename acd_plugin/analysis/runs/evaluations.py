"""How a run's last policy did on the games that all algorithms share."""

from __future__ import annotations

from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.tracking.evaluations import Evaluation, read_evaluations


def common_evaluation(run: RunRecord) -> Evaluation | None:
    """Return the evaluation of the last policy on the common games, None if there is none.

    Of several the one with the most episodes counts, and among equals the latest.
    """
    last = run.last_checkpoint
    found = [
        done
        for done in read_evaluations(run.folder)
        if done is not None and done.is_common and done.t_env == last
    ]
    return max(reversed(found), key=lambda done: done.episodes, default=None)
