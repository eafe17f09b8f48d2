"""What a training loop wants of a learner, and what all of ours do alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from torch import Tensor, nn
from torch.optim import Optimizer

from acd_plugin.components.contracts import EpisodeBatch, StateDict, StatLogger
from acd_plugin.components.learner_settings import LearnerSettings
from acd_plugin.components.running_moments import RunningMoments
from acd_plugin.components.target_networks import TargetNetworks
from acd_plugin.controllers.controller import Controller
from acd_plugin.learners.model_files import (
    read_network,
    read_optimiser,
    write_network,
    write_optimiser,
)

Statistics = dict[str, Tensor]  # what is logged of an update: names and single numbers


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


class BaseLearner:
    """Counts updates, lets target networks follow, logs, moves to a device, stores and restores.

    A subclass sets `target_networks` and says in `networks`, `moments` and `optimisers` what it
    has. Under these names all is stored: the network "mixer" in EPyMARL's file mixer.th, the
    optimiser "agent_optimiser" in agent_opt.th.
    """

    target_networks: TargetNetworks

    def __init__(self, mac: Controller, logger: StatLogger, settings: LearnerSettings) -> None:
        self.mac = mac
        self.logger = logger
        self.updates = 0
        self._grad_norm_clip = settings.grad_norm_clip
        self._log_interval = settings.learner_log_interval
        self._last_log = -settings.learner_log_interval - 1

    def networks(self) -> dict[str, nn.Module]:
        """Return the networks that learn, beside the controller's."""
        return {}

    def moments(self) -> dict[str, RunningMoments]:
        """Return the running statistics."""
        return {}

    def optimisers(self) -> dict[str, Optimizer]:
        raise NotImplementedError

    def step(
        self, optimiser: Optimizer, loss: Tensor, parameters: Iterable[nn.Parameter]
    ) -> Tensor:
        """Follow the gradient of ``loss`` once; returns its norm before clipping."""
        optimiser.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(parameters, self._grad_norm_clip)
        optimiser.step()
        return norm

    def finish_update(self, t_env: int, statistics: Mapping[str, Tensor]) -> None:
        """Let the target networks follow, and log once per ``learner_log_interval`` game steps."""
        self.updates += 1
        self.target_networks.follow(self.updates)
        if t_env - self._last_log >= self._log_interval:
            for name, value in statistics.items():
                self.logger.log_stat(name, value.item(), t_env)
            self._last_log = t_env

    def _targets(self) -> dict[str, nn.Module]:
        return {name: pair.target for name, pair in self.target_networks.pairs.items()}

    def cuda(self) -> None:
        self.mac.cuda()
        for module in (self.networks() | self.moments() | self._targets()).values():
            module.cuda()

    def save_models(self, path: str) -> None:
        """Write networks and optimisers as EPyMARL does."""
        self.mac.save_models(path)
        for name, network in self.networks().items():
            write_network(network, path, name)
        for name, optimiser in self.optimisers().items():
            write_optimiser(optimiser, path, name)

    def load_models(self, path: str) -> None:
        """Read what `save_models` or EPyMARL wrote; the targets begin as copies."""
        self.mac.load_models(path)
        for name, network in self.networks().items():
            read_network(network, path, name)
        for name, optimiser in self.optimisers().items():
            read_optimiser(optimiser, path, name)
        self.target_networks.copy()

    def state_dict(self) -> StateDict:
        """Return everything beside the controller that is needed to go on bit for bit."""
        modules = self.networks() | self.moments() | self._targets()
        return {
            **{name: module.state_dict() for name, module in modules.items()},
            **{name: optimiser.state_dict() for name, optimiser in self.optimisers().items()},
            "updates": self.updates,
            "last_target_update": self.target_networks.last_copy,
            "last_log": self._last_log,
        }

    def load_state_dict(self, state: StateDict) -> None:
        modules = self.networks() | self.moments() | self._targets()
        for name, module in modules.items():
            module.load_state_dict(state[name])
        for name, optimiser in self.optimisers().items():
            optimiser.load_state_dict(state[name])
        self.updates = state["updates"]
        self.target_networks.last_copy = state["last_target_update"]
        self._last_log = state["last_log"]
