"""A controller and the games that it plays: all that playing needs, and nothing of learning."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from acd_plugin.components.contracts import Scheme
from acd_plugin.controllers.controller import Controller
from acd_plugin.runners.runner import Runner


class Policy:
    """Networks that choose actions, with the games in which they do."""

    def __init__(
        self, args: SimpleNamespace, runner: Runner, mac: Controller, scheme: Scheme
    ) -> None:
        self.args = args  # EPyMARL's contract: what its components were built with
        self.runner = runner
        self.mac = mac
        self.scheme = scheme  # how the episodes are stored

    def evaluate(self, episodes: int) -> dict[str, NDArray[np.float64]]:
        """Play greedy episodes with the current networks; see `runners.evaluation`."""
        return self.runner.evaluate(episodes)

    def close(self) -> None:
        """Free what the games hold."""
        self.runner.close_env()
