"""Q-learning of independent agents or of a team: IQL, VDN and QMIX.

Shape legend: B games, T steps, N agents, A actions; M values per step: N agents', or 1 team's.
"""

from __future__ import annotations

import copy
from types import SimpleNamespace

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.optim import Optimizer

from acd_plugin.components.contracts import EpisodeBatch, Scheme, StatLogger
from acd_plugin.components.episodes import played_steps
from acd_plugin.components.learner_settings import TeamSettings
from acd_plugin.components.returns import lambda_returns
from acd_plugin.components.running_moments import RunningMoments
from acd_plugin.components.target_networks import TargetNetworks, TargetPair
from acd_plugin.configuration.ignored import Ignored
from acd_plugin.controllers.controller import Controller
from acd_plugin.controllers.unrolling import unroll
from acd_plugin.errors import UserError, find
from acd_plugin.learners.base import BaseLearner
from acd_plugin.learners.passes import Carried, Pass, Statistics, td_statistics
from acd_plugin.mixers import REGISTRY as MIXERS


class QSettings(TeamSettings):
    """Settings of the learner; the names are the configuration's keys."""

    mixer: str | None  # None: every agent learns by itself
    double_q: bool  # the online network chooses the action that the target network values
    td_lambda: float = Field(default=0.0, ge=0.0, le=1.0)  # 0: one-step targets

    @property
    def ignored(self) -> Ignored:
        keys = ["double_q", "td_lambda", "target_update_interval_or_tau"]
        reason = "gamma=0: nothing counts but the next reward"
        return dict.fromkeys(keys, reason) if self.gamma == 0.0 else {}

    def check_buffer(self) -> None:
        """Raise UserError when there would never be a batch of episodes to learn from."""
        if self.buffer_size < max(self.batch_size, self.batch_size_run):
            raise UserError(
                f"'{self.name}' learns from a buffer of old episodes, but buffer_size="
                f"{self.buffer_size} is less than batch_size={self.batch_size} or batch_size_run="
                f"{self.batch_size_run}: set it to at least the larger of both"
            )


class QLearner(BaseLearner):
    """One gradient step of Adam per sampled batch of episodes.

    Loss (Mnih et al. 2015; with a mixer Rashid et al. 2018, equation 6): the mean over played steps
    of squared errors between the value of the actions taken and ``r_t + gamma * V_{t+1}``, where V
    is the target networks' value of the best actions, and 0 after the end. Values are the agents'
    own or, mixed, the team's.
    """

    def __init__(
        self, mac: Controller, scheme: Scheme, logger: StatLogger, args: SimpleNamespace
    ) -> None:
        del scheme  # part of the contract
        self.settings = QSettings.from_args(args)
        self.settings.check("q", mac)
        self.settings.check_buffer()
        super().__init__(mac, logger, self.settings)
        self.target_mac = copy.deepcopy(mac)
        self.mixer = self._make_mixer(args)
        self.target_mixer = copy.deepcopy(self.mixer)
        parameters = [*mac.parameters(), *(self.mixer.parameters() if self.mixer else ())]
        self.optimiser = torch.optim.Adam(parameters, lr=self.settings.lr)
        self.reward_moments = RunningMoments(1)
        self.return_moments = RunningMoments(1 if self.mixer else self.settings.n_agents)
        pairs = {"target": TargetPair(self.target_mac.agent, mac.agent)}
        if self.mixer and self.target_mixer:
            pairs["target_mixer"] = TargetPair(self.target_mixer, self.mixer)
        self.target_networks = TargetNetworks(self.settings.target_update_interval_or_tau, pairs)

    def _make_mixer(self, args: SimpleNamespace) -> nn.Module | None:
        if self.settings.mixer is None:
            return None
        return find(MIXERS, "mixer", self.settings.mixer)(args)

    def networks(self) -> dict[str, nn.Module]:
        return {"mixer": self.mixer} if self.mixer else {}

    def moments(self) -> dict[str, RunningMoments]:
        return {"reward_moments": self.reward_moments, "return_moments": self.return_moments}

    def optimisers(self) -> dict[str, Optimizer]:
        return {"optimiser": self.optimiser}

    def cuda(self) -> None:
        super().cuda()
        self.target_mac.cuda()  # with all that it has beside its networks

    def losses(self, batch: EpisodeBatch, carried: Carried) -> Pass:
        del carried  # there is one pass
        loss, statistics = self.loss(batch)
        return Pass({"optimiser": loss}, {"loss": loss.detach(), **statistics})

    def loss(self, batch: EpisodeBatch) -> tuple[Tensor, Statistics]:
        """Return the loss of a batch and what there is to say about it."""
        values = unroll(self.mac, batch, batch.max_seq_length)  # (B, T + 1, N, A)
        taken = values[:, :-1].gather(3, batch["actions"][:, :-1]).squeeze(3)  # (B, T, N)
        if self.mixer:
            taken = self.mixer(taken, batch["state"][:, :-1])  # (B, T, M)
        played = played_steps(batch)
        targets = self._make_targets(batch, values.detach(), played)
        errors = (taken - targets) * played
        loss = self.error_loss(errors) / (played.sum() * taken.shape[2])
        return loss, td_statistics(errors, taken, targets, played)

    def error_loss(self, errors: Tensor) -> Tensor:
        """Return the summed loss of TD errors (B, T, M), value minus target; 0 is no error."""
        return (errors**2).sum()

    @torch.no_grad()
    def _make_targets(self, batch: EpisodeBatch, values: Tensor, played: Tensor) -> Tensor:
        """Return the targets (B, T, M) for the online ``values`` (B, T + 1, N, A).

        ``played`` is (B, T, 1).
        """
        rewards = batch["reward"][:, :-1]  # (B, T, 1)
        terminated = batch["terminated"][:, :-1].float()  # (B, T, 1)
        if self.settings.standardise_rewards:
            self.reward_moments.update(rewards, played.squeeze(2))
            rewards = self.reward_moments.standardise(rewards)
        following = self._following_values(batch, values)
        if self.settings.standardise_returns:
            following = self.return_moments.restore(following)
        targets = lambda_returns(
            rewards, terminated, following, played, self.settings.gamma, self.settings.td_lambda
        )
        if self.settings.standardise_returns:
            self.return_moments.update(targets, played.squeeze(2))
            targets = self.return_moments.standardise(targets)
        return targets

    def _following_values(self, batch: EpisodeBatch, values: Tensor) -> Tensor:
        """Return what the target networks make of the best actions one step later (B, T, M)."""
        target_values = unroll(self.target_mac, batch, batch.max_seq_length)[:, 1:]
        allowed = batch["avail_actions"][:, 1:].bool()
        judged_by = values[:, 1:] if self.settings.double_q else target_values
        best = judged_by.masked_fill(~allowed, -torch.inf).argmax(dim=3, keepdim=True)
        following = target_values.gather(3, best).squeeze(3)  # (B, T, N)
        return (
            self.target_mixer(following, batch["state"][:, 1:]) if self.target_mixer else following
        )
