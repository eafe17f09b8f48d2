"""When a learner that uses every episode just once has new ones."""

from __future__ import annotations

from acd_plugin.components.learner_settings import LearnerSettings
from acd_plugin.errors import UserError


class FreshEpisodes:
    """Counts episodes; raises UserError for settings under which old ones would be used again."""

    def __init__(self, algorithm: str, settings: LearnerSettings) -> None:
        batch, run, buffer = settings.batch_size, settings.batch_size_run, settings.buffer_size
        if buffer != batch or batch % run:
            raise UserError(
                f"{algorithm} learns from fresh episodes only, but batch_size={batch}, "
                f"batch_size_run={run}, buffer_size={buffer}: set buffer_size equal to "
                "batch_size, and batch_size_run to a divisor of it"
            )
        self._batch_size = batch
        self._batch_size_run = run

    def are_complete(self, episode_num: int) -> bool:
        """Return whether a whole batch was played since the last update.

        ``episode_num`` episodes were played before the games that have just ended.
        """
        return (episode_num + self._batch_size_run) % self._batch_size == 0
