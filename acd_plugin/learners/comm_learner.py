"""What learners of communicating agents share.

Shape legend: B games, T steps, N agents, A choices (actions, or messages).
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from types import SimpleNamespace

import torch
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from acd_plugin.communication.messages import bits_in
from acd_plugin.components.contracts import EpisodeBatch, Scheme, StatLogger
from acd_plugin.components.episodes import played_steps
from acd_plugin.components.fresh_episodes import FreshEpisodes
from acd_plugin.components.learner_settings import LearnerSettings
from acd_plugin.components.target_networks import TargetNetworks, TargetPair
from acd_plugin.configuration.ignored import Ignored
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.controllers.controller import Controller
from acd_plugin.errors import UserError
from acd_plugin.learners.base import BaseLearner
from acd_plugin.learners.passes import Carried, Pass, Statistics, td_statistics


class CommLearnerSettings(LearnerSettings):
    """What they add: what talking costs, and RMSprop's settings."""

    bit_price: float = Field(default=0.0, ge=0.0)  # of the team's reward, for every bit sent
    optim_alpha: float = Field(ge=0.0, lt=1.0)
    optim_eps: float = Field(gt=0.0)
    optim_momentum: float = Field(ge=0.0, lt=1.0)

    @property
    def ignored(self) -> Ignored:
        reason = "gamma=0: nothing counts but the next reward"
        return {"target_update_interval_or_tau": reason} if self.gamma == 0.0 else {}


class CommLearner(BaseLearner):
    """One gradient step of RMSprop per ``batch_size`` freshly played episodes, used once.

    A subclass says with which controller it works and what its `loss` is.
    """

    algorithm: str
    controller: tuple[str, type[CommController]]  # its name in a configuration
    mac: CommController
    target_mac: CommController

    def __init__(
        self, mac: Controller, scheme: Scheme, logger: StatLogger, args: SimpleNamespace
    ) -> None:
        del scheme  # part of the contract
        name, controller_class = self.controller
        if not isinstance(mac, controller_class):
            raise UserError(
                f"{self.algorithm} cannot learn with {type(mac).__name__}: set mac={name}"
            )
        self.settings = CommLearnerSettings.from_args(args)
        if self.settings.bit_price and not mac.channel.carries_bits:
            raise UserError(
                f"bit_price={self.settings.bit_price:g} is for bits, and {self.algorithm} sends "
                "other numbers: leave it out"
            )
        super().__init__(mac, logger, self.settings)
        self._fresh = FreshEpisodes(self.algorithm, self.settings)
        self.target_mac = copy.deepcopy(mac)
        self.optimiser = torch.optim.RMSprop(
            mac.parameters(),
            lr=self.settings.lr,
            alpha=self.settings.optim_alpha,
            eps=self.settings.optim_eps,
            momentum=self.settings.optim_momentum,
        )
        self.target_networks = TargetNetworks(
            self.settings.target_update_interval_or_tau,
            {"target": TargetPair(self.target_mac.agent, mac.agent)},
        )

    def optimisers(self) -> dict[str, Optimizer]:
        return {"optimiser": self.optimiser}

    def is_due(self, episode_num: int) -> bool:
        return self._fresh.are_complete(episode_num)

    def losses(self, batch: EpisodeBatch, carried: Carried) -> Pass:
        del carried  # there is one pass
        loss, received, statistics = self.loss(batch)
        return Pass(
            {"optimiser": loss}, {"loss": loss.detach(), **statistics}, (received.detach(),)
        )

    @abstractmethod
    def loss(self, batch: EpisodeBatch) -> tuple[Tensor, Tensor, Statistics]:
        """Return the loss, what was received at every step (B, T, N, L), and what to log."""

    def after_update(self, batch: EpisodeBatch, carried: Carried) -> None:
        (received,) = carried
        if received.shape[-1]:
            there = self.mac.channel.there(batch["obs"][:, :-1]).squeeze(-1)  # (B, T, N)
            heard = played_steps(batch) * there
            self.mac.agent.update_message_norm(received, heard)

    def cuda(self) -> None:
        super().cuda()
        self.target_mac.cuda()  # with all that it has beside its networks

    def td_loss(
        self,
        batch: EpisodeBatch,
        values: Tensor,
        chosen: Tensor,
        target_values: Tensor,
        allowed: Tensor,
    ) -> tuple[Tensor, Statistics]:
        """Return the squared TD errors, summed over steps, as the mean over games and agents.

        ``values`` (B, T, N, A) and ``chosen`` (B, T, N, 1) are the online networks' and what was
        done; ``target_values`` (B, T + 1, N, A) count where ``allowed``.
        """
        played = played_steps(batch)  # (B, T, 1)
        taken = values.gather(dim=3, index=chosen).squeeze(3)  # (B, T, N)
        targets = self.td_targets(batch, target_values, allowed.bool())
        errors = (taken - targets) * played
        loss = (errors**2).sum() / (batch.batch_size * self.settings.n_agents)
        return loss, td_statistics(errors, taken, targets, played)

    @torch.no_grad()
    def td_targets(self, batch: EpisodeBatch, target_values: Tensor, allowed: Tensor) -> Tensor:
        """Return ``r_t + gamma * max allowed target value at t + 1`` (B, T, N)."""
        values = target_values.masked_fill(~allowed, -torch.inf)
        # A game that has ended has no next value: it terminated, or its slots were never filled.
        over = batch["terminated"][:, :-1].bool() | ~allowed.any(dim=3)[:, 1:]  # (B, T, N)
        following = values.max(dim=3).values[:, 1:].masked_fill(over, 0.0)
        return self._rewards(batch) + self.settings.gamma * following

    def _rewards(self, batch: EpisodeBatch) -> Tensor:
        """Return the team's rewards (B, T, 1), less the price of all bits that were sent."""
        rewards = batch["reward"][:, :-1]
        if not self.settings.bit_price:
            return rewards
        bits = bits_in(self.mac.sent(batch)[:, :-1]).sum(dim=2)  # (B, T, 1)
        return rewards - self.settings.bit_price * bits
