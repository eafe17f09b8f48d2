"""DIAL's learner: independent Q-learning whose gradients cross the message channel.

Shape legend: B games, T steps, N agents, A actions.
"""

from __future__ import annotations

import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from acd_plugin.components.dial_settings import DialSettings
from acd_plugin.components.episodes import played_steps
from acd_plugin.components.fresh_episodes import FreshEpisodes
from acd_plugin.components.target_networks import TargetNetworks
from acd_plugin.controllers.dial_controller import DialController, Unrolled


class DialLearner:
    """One gradient step per ``batch_size`` freshly played episodes, which are used once.

    Loss (arXiv 2507.14658; Foerster et al. 2016, algorithm 1): the mean over episodes and agents
    of the sum over steps of squared errors between Q(t, action) and
    ``r_t + gamma * max Q_target(t + 1, allowed action)``, without bootstrap after the last step.
    The target network hears its own messages, and its maximum runs over the actions that those
    allow. There is no target for message outputs: they learn through their listeners.
    """

    def __init__(
        self, mac: DialController, scheme: dict[str, Any], logger: Any, args: SimpleNamespace
    ) -> None:
        del scheme  # part of the contract
        self.mac = mac
        self.logger = logger
        self.settings = DialSettings.from_args(args)
        self._fresh = FreshEpisodes("DIAL", self.settings)
        self.target_mac = copy.deepcopy(mac)
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

    def _loss(self, batch: Any, online: Unrolled) -> tuple[Tensor, dict[str, Tensor]]:
        rewards = batch["reward"][:, :-1]  # (B, T, 1)
        actions = batch["actions"][:, :-1]  # (B, T, N, 1)
        terminated = batch["terminated"][:, :-1].float()  # (B, T, 1)
        played = played_steps(batch)  # (B, T, 1)
        chosen = online.action_values.gather(dim=3, index=actions).squeeze(3)  # (B, T, N)
        targets = self._targets(batch, rewards, terminated)
        errors = (chosen - targets) * played
        loss: Tensor = (errors**2).sum() / (batch.batch_size * self.settings.n_agents)
        count = played.sum() * self.settings.n_agents
        return loss, {
            "td_error_abs": errors.abs().sum() / count,
            "q_taken_mean": (chosen * played).sum() / count,
            "target_mean": (targets * played).sum() / count,
        }

    @torch.no_grad()
    def _targets(self, batch: Any, rewards: Tensor, terminated: Tensor) -> Tensor:
        unrolled = self.target_mac.unroll(batch, batch.max_seq_length)
        allowed = unrolled.available.bool()
        values = unrolled.action_values.masked_fill(~allowed, -torch.inf)
        # A game that has ended has no next value: it terminated, or its slots were never filled.
        over = terminated.bool() | ~allowed.any(dim=3)[:, 1:]  # (B, T, N)
        following = values.max(dim=3).values[:, 1:].masked_fill(over, 0.0)
        return rewards + self.settings.gamma * following

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
