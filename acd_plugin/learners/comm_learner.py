"""What learners of communicating agents share.

Shape legend: B games, T steps, N agents, A choices (actions, or messages).
"""

from __future__ import annotations

import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from acd_plugin.communication.comm_settings import CommSettings
from acd_plugin.components.episodes import played_steps
from acd_plugin.components.fresh_episodes import FreshEpisodes
from acd_plugin.components.target_networks import TargetNetworks
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.errors import UserError

Statistics = dict[str, Tensor]


class CommLearner:
    """One gradient step of RMSprop per ``batch_size`` freshly played episodes, used once.

    A subclass says with which controller it works and what its `_loss` is.
    """

    algorithm: str
    settings_class: type[CommSettings]
    controller: tuple[str, type[CommController]]  # its name in a configuration

    def __init__(
        self, mac: Any, scheme: dict[str, Any], logger: Any, args: SimpleNamespace
    ) -> None:
        del scheme  # part of the contract
        name, controller_class = self.controller
        if not isinstance(mac, controller_class):
            raise UserError(
                f"{self.algorithm} cannot learn with {type(mac).__name__}: set mac={name}"
            )
        self.mac: Any = mac
        self.logger = logger
        self.settings = self.settings_class.from_args(args)
        self._fresh = FreshEpisodes(self.algorithm, self.settings)
        self.target_mac: Any = copy.deepcopy(mac)
        self.optimiser = torch.optim.RMSprop(
            mac.parameters(),
            lr=self.settings.lr,
            alpha=self.settings.optim_alpha,
            eps=self.settings.optim_eps,
            momentum=self.settings.optim_momentum,
        )
        self._target_networks = TargetNetworks(
            self.settings.target_update_interval_or_tau, [(self.target_mac.agent, mac.agent)]
        )
        self._log_interval = args.learner_log_interval
        self._last_log = -args.learner_log_interval - 1

    def train(self, batch: Any, t_env: int, episode_num: int) -> None:
        """Learn from the last ``batch_size`` episodes, once that many new ones were played."""
        if not self._fresh.are_complete(episode_num):
            return
        online = self.mac.unroll(batch, batch.max_seq_length - 1)
        loss, statistics = self._loss(batch, online)
        self.optimiser.zero_grad()
        loss.backward()
        grad_norm = torch.nn.utils.clip_grad_norm_(
            self.mac.parameters(), self.settings.grad_norm_clip
        )
        self.optimiser.step()
        if online.received.shape[-1]:
            self.mac.agent.update_message_norm(online.received.detach())
        self._target_networks.follow(self._fresh.played(episode_num))
        if t_env - self._last_log >= self._log_interval:
            self._log(t_env, {"loss": loss, "grad_norm": grad_norm, **statistics})

    def _loss(self, batch: Any, online: Any) -> tuple[Tensor, Statistics]:
        """Return the loss of a batch, given its unrolled online networks."""
        raise NotImplementedError

    def _td_loss(
        self, batch: Any, values: Tensor, chosen: Tensor, target_values: Tensor, allowed: Tensor
    ) -> tuple[Tensor, Statistics]:
        """Return the squared TD errors, summed over steps, as the mean over games and agents.

        ``values`` (B, T, N, A) and ``chosen`` (B, T, N, 1) are the online networks' and what was
        done; ``target_values`` (B, T + 1, N, A) count where ``allowed``.
        """
        played = played_steps(batch)  # (B, T, 1)
        taken = values.gather(dim=3, index=chosen).squeeze(3)  # (B, T, N)
        targets = self._targets(batch, target_values, allowed.bool())
        errors = (taken - targets) * played
        loss = (errors**2).sum() / (batch.batch_size * self.settings.n_agents)
        count = played.sum() * self.settings.n_agents
        return loss, {
            "td_error_abs": errors.abs().sum() / count,
            "q_taken_mean": (taken * played).sum() / count,
            "target_mean": (targets * played).sum() / count,
        }

    @torch.no_grad()
    def _targets(self, batch: Any, target_values: Tensor, allowed: Tensor) -> Tensor:
        """Return ``r_t + gamma * max allowed target value at t + 1`` (B, T, N)."""
        values = target_values.masked_fill(~allowed, -torch.inf)
        # A game that has ended has no next value: it terminated, or its slots were never filled.
        over = batch["terminated"][:, :-1].bool() | ~allowed.any(dim=3)[:, 1:]  # (B, T, N)
        following = values.max(dim=3).values[:, 1:].masked_fill(over, 0.0)
        targets: Tensor = batch["reward"][:, :-1] + self.settings.gamma * following
        return targets

    def _log(self, t_env: int, statistics: dict[str, Tensor]) -> None:
        for name, value in statistics.items():
            self.logger.log_stat(name, value.item(), t_env)
        self._last_log = t_env

    def cuda(self) -> None:
        self.mac.cuda()
        self.target_mac.cuda()

    def save_models(self, path: str) -> None:
        """Write networks and optimiser where EPyMARL expects them."""
        self.mac.save_models(path)
        torch.save(self.optimiser.state_dict(), Path(path) / "opt.th")

    def load_models(self, path: str) -> None:
        self.mac.load_models(path)
        self.target_mac.load_state(self.mac)
        self.optimiser.load_state_dict(
            torch.load(Path(path) / "opt.th", map_location="cpu", weights_only=True)
        )

    def state_dict(self) -> dict[str, Any]:
        """Return everything beside the controller that is needed to go on bit for bit."""
        return {
            "target": self.target_mac.agent.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "last_target_update": self._target_networks.last_copy,
            "last_log": self._last_log,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.target_mac.agent.load_state_dict(state["target"])
        self.optimiser.load_state_dict(state["optimiser"])
        self._target_networks.last_copy = state["last_target_update"]
        self._last_log = state["last_log"]
