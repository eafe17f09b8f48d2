"""What all learners of ours do alike, and what is left to each: its losses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from torch import Tensor, nn
from torch.optim import Optimizer

from acd_plugin.components.contracts import EpisodeBatch, StateDict, StatLogger
from acd_plugin.components.learner_settings import LearnerSettings
from acd_plugin.components.running_moments import RunningMoments
from acd_plugin.components.target_networks import TargetNetworks
from acd_plugin.controllers.controller import Controller
from acd_plugin.learners.gradients import clip
from acd_plugin.learners.model_files import (
    read_network,
    read_optimiser,
    write_network,
    write_optimiser,
)
from acd_plugin.learners.passes import Carried, Pass, Statistics


class BaseLearner(ABC):
    """Makes the steps, lets target networks follow, logs, moves to a device, stores and restores.

    A subclass sets `target_networks` and says in `networks`, `moments` and `optimisers` what it
    has. Under these names all is stored: the network "mixer" in EPyMARL's file mixer.th, the
    optimiser "agent_optimiser" in agent_opt.th.

    What an update computes, `losses` and `after_update`, are functions of the batch and of the
    tensors in `modules`, without decisions on what those hold: so one seed's code can be run on the
    tensors of many (`torch.func.vmap` over `torch.func.functional_call`), and be captured in a CUDA
    graph. Batches may be longer than their longest episode; what was not played counts nothing.
    """

    target_networks: TargetNetworks

    def __init__(self, mac: Controller, logger: StatLogger, settings: LearnerSettings) -> None:
        self.mac = mac
        self.logger = logger
        self.passes = 1  # over each batch; in every one each optimiser makes a step
        self.updates = 0
        self.grad_norm_clip = settings.grad_norm_clip
        self._log_interval = settings.learner_log_interval
        self._last_log = -settings.learner_log_interval - 1

    @abstractmethod
    def losses(self, batch: EpisodeBatch, carried: Carried) -> Pass:
        """Return the losses of a pass over the batch; ``carried`` is () in the first one.

        The gradient of each loss reaches its own optimiser's parameters alone.
        """

    def after_update(self, batch: EpisodeBatch, carried: Carried) -> None:
        """Let statistics in the networks follow; ``carried`` is that of the last pass."""
        del batch, carried  # there may be none

    @abstractmethod
    def optimisers(self) -> dict[str, Optimizer]: ...

    def networks(self) -> dict[str, nn.Module]:
        """Return the networks that learn, beside the controller's."""
        return {}

    def moments(self) -> dict[str, RunningMoments]:
        """Return the running statistics."""
        return {}

    def modules(self) -> dict[str, nn.Module]:
        """Return all that `losses` and `after_update` read and change but the batch."""
        return {"agent": self.mac.agent, **self._own_modules()}

    def _own_modules(self) -> dict[str, nn.Module]:
        targets = {name: pair.target for name, pair in self.target_networks.pairs.items()}
        return self.networks() | self.moments() | targets

    def parameters_of(self) -> dict[str, list[nn.Parameter]]:
        """Return the parameters that each optimiser moves, by the optimisers' names."""
        return {
            name: [parameter for group in optimiser.param_groups for parameter in group["params"]]
            for name, optimiser in self.optimisers().items()
        }

    def is_due(self, episode_num: int) -> bool:
        """Return whether to learn now, ``episode_num`` episodes before the games just ended."""
        del episode_num
        return True

    def train(self, batch: EpisodeBatch, t_env: int, episode_num: int) -> None:
        """Make one update, if it is due."""
        if not self.is_due(episode_num):
            return
        statistics: Statistics = {}
        carried: Carried = ()
        for _ in range(self.passes):
            found = self.losses(batch, carried)
            carried = found.carried
            statistics = found.statistics | self.step(found.losses)
        self.after_update(batch, carried)
        self.finish_update(t_env, statistics)

    def step(self, losses: Mapping[str, Tensor]) -> Statistics:
        """Follow the gradients of the losses once; returns their norms before clipping."""
        norms: Statistics = {}
        parameters = self.parameters_of()
        for name, optimiser in self.optimisers().items():
            optimiser.zero_grad()
            losses[name].backward()
            gradients = [one.grad for one in parameters[name] if one.grad is not None]
            norms[name_of_norm(name)] = clip(gradients, self.grad_norm_clip)
            optimiser.step()
        return norms

    def finish_update(self, t_env: int, statistics: Mapping[str, Tensor]) -> None:
        """Let the target networks follow, and log."""
        self.updates += 1
        self.target_networks.follow(self.updates)
        if self.logs_at(t_env):
            self.log(t_env, {name: value.item() for name, value in statistics.items()})

    def logs_at(self, t_env: int) -> bool:
        """Return whether ``learner_log_interval`` game steps were played since the last time."""
        return t_env - self._last_log >= self._log_interval

    def log(self, t_env: int, statistics: Mapping[str, float]) -> None:
        for name, value in statistics.items():
            self.logger.log_stat(name, value, t_env)
        self._last_log = t_env

    def cuda(self) -> None:
        self.mac.cuda()
        for module in self._own_modules().values():
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
        return {
            **{name: module.state_dict() for name, module in self._own_modules().items()},
            **{name: optimiser.state_dict() for name, optimiser in self.optimisers().items()},
            "updates": self.updates,
            "last_target_update": self.target_networks.last_copy,
            "last_log": self._last_log,
        }

    def load_state_dict(self, state: StateDict) -> None:
        for name, module in self._own_modules().items():
            module.load_state_dict(state[name])
        for name, optimiser in self.optimisers().items():
            optimiser.load_state_dict(state[name])
        self.updates = state["updates"]
        self.target_networks.last_copy = state["last_target_update"]
        self._last_log = state["last_log"]


def name_of_norm(optimiser: str) -> str:
    """Return the statistic with an optimiser's norm: "agent_optimiser" has "agent_grad_norm"."""
    return optimiser.replace("optimiser", "grad_norm")
