"""When a learner that uses every episode just once has new ones."""

from __future__ import annotations

from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.errors import UserError


class OnPolicySettings(ComponentSettings):
    """How many episodes there are, for learners that need those of the current policy."""

    batch_size: int  # episodes per update
    batch_size_run: int  # games played at once
    buffer_size: int


class FreshEpisodes:
    """Counts episodes; raises UserError for settings under which old ones would be used again."""

    def __init__(self, algorithm: str, settings: OnPolicySettings) -> None:
        batch, run, buffer = settings.batch_size, settings.batch_size_run, settings.buffer_size
        if buffer != batch or batch % run:
            raise UserError(
                f"{algorithm} learns from fresh episodes only, but batch_size={batch}, "
                f"batch_size_run={run}, buffer_size={buffer}: set buffer_size equal to "
                "batch_size, and batch_size_run to a divisor of it"
            )
        self._settings = settings

    def played(self, episode_num: int) -> int:
        """Return the episodes played when ``train(..., episode_num)`` is called."""
        return episode_num + self._settings.batch_size_run

    def are_complete(self, episode_num: int) -> bool:
        """Return whether a whole batch was played since the last update."""
        return self.played(episode_num) % self._settings.batch_size == 0
