"""What a training loop wants of a learner."""

from __future__ import annotations

from typing import Protocol

from acd_plugin.components.contracts import EpisodeBatch, StateDict


class Learner(Protocol):
    """EPyMARL's contract, and the state that a checkpoint holds.

    It is made with ``mac`` (the controller), the complete scheme, a logger and ``args``.
    """

    def train(self, batch: EpisodeBatch, t_env: int, episode_num: int) -> None:
        """Learn from episodes, cut to the longest one.

        ``t_env`` steps were played, and ``episode_num`` episodes before the games just ended.
        """
        ...

    def cuda(self) -> None:
        """Move everything to the GPU."""
        ...

    def save_models(self, path: str) -> None:
        """Write networks and optimisers into an existing folder."""
        ...

    def load_models(self, path: str) -> None:
        """Read what `save_models` wrote."""
        ...

    def state_dict(self) -> StateDict:
        """Return everything beside the controller that is needed to go on bit for bit."""
        ...

    def load_state_dict(self, state: StateDict) -> None: ...
