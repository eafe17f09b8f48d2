"""What the learners without communication share: the end of an update, and how all is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from acd_plugin.components.learner_settings import LearnerSettings
from acd_plugin.components.target_networks import TargetNetworks


class Learner:
    """The part of EPyMARL's contract that does not depend on what is learned.

    A subclass sets the target networks and names its networks and optimisers.
    """

    target_networks: TargetNetworks

    def __init__(self, mac: Any, logger: Any, settings: LearnerSettings) -> None:
        self.mac = mac
        self.logger = logger
        self._updates = 0
        self._last_log = -settings.learner_log_interval - 1
        self._log_interval = settings.learner_log_interval

    def networks(self) -> dict[str, nn.Module]:
        """Return all networks and moments beside the controller's."""
        raise NotImplementedError

    def optimisers(self) -> dict[str, torch.optim.Optimizer]:
        raise NotImplementedError

    def finish_update(self, t_env: int, statistics: Mapping[str, Tensor]) -> None:
        """Let the target networks follow, and log once per ``learner_log_interval`` game steps."""
        self._updates += 1
        self.target_networks.follow(self._updates)
        if t_env - self._last_log >= self._log_interval:
            for name, value in statistics.items():
                self.logger.log_stat(name, value.item(), t_env)
            self._last_log = t_env

    def cuda(self) -> None:
        self.mac.cuda()
        for network in self.networks().values():
            network.cuda()

    def state_dict(self) -> dict[str, Any]:
        """Return everything beside the controller that is needed to go on bit for bit."""
        return {
            **{name: network.state_dict() for name, network in self.networks().items()},
            **{name: optimiser.state_dict() for name, optimiser in self.optimisers().items()},
            "updates": self._updates,
            "last_target_update": self.target_networks.last_copy,
            "last_log": self._last_log,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, network in self.networks().items():
            network.load_state_dict(state[name])
        for name, optimiser in self.optimisers().items():
            optimiser.load_state_dict(state[name])
        self._updates = state["updates"]
        self.target_networks.last_copy = state["last_target_update"]
        self._last_log = state["last_log"]
