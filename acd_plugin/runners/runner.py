"""What a training loop wants of whoever plays its games."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from acd_plugin.components.contracts import (
    EpisodeBatch,
    Groups,
    Preprocess,
    Scheme,
    StateDict,
    StatLogger,
)
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.batch_env import BatchEnv
from acd_plugin.runners.playing import Watch


class Runner(Protocol):
    """EPyMARL's contract, and what evaluating and checkpoints need beyond it.

    It is made with ``args`` and a logger, then asked for `get_env_info`, and knows who plays only
    after `setup`.
    """

    args: SimpleNamespace
    logger: StatLogger
    env: BatchEnv
    batch_size: int  # episodes that are played at once
    t_env: int  # environment steps of training so far

    def get_env_info(self) -> dict[str, int]:
        """Return the sizes from which the scheme and the networks are built."""
        ...

    def setup(
        self, scheme: Scheme, groups: Groups, preprocess: Preprocess, mac: Controller
    ) -> None:
        """Receive what only the host knows: how episodes are stored and who acts."""
        ...

    def run(self, test_mode: bool = False) -> EpisodeBatch:
        """Play ``batch_size`` episodes and return them."""
        ...

    def evaluate(self, episodes: int) -> dict[str, NDArray[np.float64]]:
        """Play evaluation episodes 0 to ``episodes - 1`` greedily; see `evaluation.evaluate`."""
        ...

    def play_evaluation(self, watch: Watch) -> tuple[EpisodeBatch, NDArray[np.float64]]:
        """Play evaluation episodes 0 to G - 1, showing ``watch`` the games on their way.

        Returns the episode batch and the returns (G,).
        """
        ...

    def state_dict(self) -> StateDict:
        """Return all that is needed to go on bit for bit."""
        ...

    def load_state_dict(self, state: StateDict) -> None: ...

    def close_env(self) -> None: ...

    def save_replay(self) -> None: ...
