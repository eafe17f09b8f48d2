"""Proximal policy optimisation by independent agents (IPPO) or with a central critic (MAPPO).

Shape legend: B games, T steps, N agents, A actions.
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
from acd_plugin.components.fresh_episodes import FreshEpisodes
from acd_plugin.components.learner_settings import TeamSettings
from acd_plugin.components.returns import cut_off, n_step_returns
from acd_plugin.components.running_moments import RunningMoments
from acd_plugin.components.target_networks import TargetNetworks, TargetPair
from acd_plugin.configuration.ignored import Ignored
from acd_plugin.controllers.controller import Controller
from acd_plugin.controllers.unrolling import unroll
from acd_plugin.critics import REGISTRY as CRITICS
from acd_plugin.errors import find
from acd_plugin.learners.base import BaseLearner
from acd_plugin.learners.passes import Carried, Pass, Statistics, td_statistics

_TINY = 1e-10  # keeps logarithms of probabilities finite


class PpoSettings(TeamSettings):
    """Settings of the learner; the names are the configuration's keys."""

    critic_type: str
    epochs: int = Field(ge=1)  # passes over the same episodes
    eps_clip: float = Field(gt=0.0)  # a probability's ratio of new to old may pay off this far
    entropy_coef: float = Field(ge=0.0)
    q_nstep: int = Field(ge=1)  # rewards counted before the critic's word is taken
    add_value_last_step: bool  # what follows the last step counts, even if the game ended there

    @property
    def ignored(self) -> Ignored:
        found = {}
        if self.epochs == 1:
            found["eps_clip"] = "epochs=1: in a single pass the policy is still what it was"
        if self.gamma == 0.0:
            keys = ["q_nstep", "add_value_last_step", "target_update_interval_or_tau"]
            found |= dict.fromkeys(keys, "gamma=0: nothing counts but the next reward")
        return found


class PpoLearner(BaseLearner):
    """``epochs`` steps of Adam, of policy and critic, per batch of fresh episodes.

    Policy (Schulman et al. 2017, equations 7 and 9; de Witt et al. 2020; Yu et al. 2022): maximise
    the mean over played steps and agents of ``min(ratio * advantage, clipped ratio * advantage)``
    plus ``entropy_coef`` times the entropy. The critic moves towards n-step returns of its target
    network, and what it was wrong by is the advantage.
    """

    def __init__(
        self, mac: Controller, scheme: Scheme, logger: StatLogger, args: SimpleNamespace
    ) -> None:
        self.settings = PpoSettings.from_args(args)
        self.settings.check("pi_logits", mac)
        super().__init__(mac, logger, self.settings)
        self.passes = self.settings.epochs
        self._fresh = FreshEpisodes(f"'{self.settings.name}'", self.settings)
        self.critic = find(CRITICS, "critic_type", self.settings.critic_type)(scheme, args)
        self.target_critic = copy.deepcopy(self.critic)
        self.agent_optimiser = torch.optim.Adam(mac.parameters(), lr=self.settings.lr)
        self.critic_optimiser = torch.optim.Adam(self.critic.parameters(), lr=self.settings.lr)
        self.reward_moments = RunningMoments(1)
        self.return_moments = RunningMoments(self.settings.n_agents)
        self.target_networks = TargetNetworks(
            self.settings.target_update_interval_or_tau,
            {"target_critic": TargetPair(self.target_critic, self.critic)},
        )

    def networks(self) -> dict[str, nn.Module]:
        return {"critic": self.critic}

    def moments(self) -> dict[str, RunningMoments]:
        return {"reward_moments": self.reward_moments, "return_moments": self.return_moments}

    def optimisers(self) -> dict[str, Optimizer]:
        return {"agent_optimiser": self.agent_optimiser, "critic_optimiser": self.critic_optimiser}

    def is_due(self, episode_num: int) -> bool:
        return self._fresh.are_complete(episode_num)

    def losses(self, batch: EpisodeBatch, carried: Carried) -> Pass:
        """Carries the log-probabilities (B, T, N) of the policy that played the episodes."""
        played = played_steps(batch).expand(-1, -1, self.settings.n_agents)  # (B, T, N)
        rewards = self._rewards(batch, played, is_new=not carried)
        critic_loss, advantages, critic_statistics = self._critic_loss(batch, rewards, played)
        policy = unroll(self.mac, batch, batch.max_seq_length - 1)
        agent_loss, log_probabilities, agent_statistics = self._policy_loss(
            batch, policy, advantages, played, *carried
        )
        return Pass(
            losses={"agent_optimiser": agent_loss, "critic_optimiser": critic_loss},
            statistics=critic_statistics | agent_statistics,
            carried=carried or (log_probabilities.detach(),),
        )

    def _rewards(self, batch: EpisodeBatch, played: Tensor, is_new: bool) -> Tensor:
        """Return the rewards, to each agent the team's (B, T, N); ``is_new``: never seen before."""
        rewards = batch["reward"][:, :-1]
        if self.settings.standardise_rewards:
            if is_new:
                self.reward_moments.update(rewards, played[..., 0])
            rewards = self.reward_moments.standardise(rewards)
        return rewards.expand_as(played)

    def _critic_loss(
        self, batch: EpisodeBatch, rewards: Tensor, played: Tensor
    ) -> tuple[Tensor, Tensor, Statistics]:
        """Return loss, advantages (B, T, N) and statistics."""
        returns = self._returns(batch, rewards, played)
        values = self.critic(batch)[:, :-1]
        errors = (returns - values) * played
        loss = (errors**2).sum() / played.sum()
        statistics = td_statistics(errors, values, returns, played)
        return loss, errors.detach(), {"critic_loss": loss.detach(), **statistics}

    @torch.no_grad()
    def _returns(self, batch: EpisodeBatch, rewards: Tensor, played: Tensor) -> Tensor:
        """Return what the critic shall say (B, T, N)."""
        settings = self.settings
        values = self.target_critic(batch)
        if settings.standardise_returns:
            values = self.return_moments.restore(values)
        open_ended = cut_off(played, batch["terminated"][:, :-1].float())
        if settings.add_value_last_step:
            reached = played.amax(dim=0, keepdim=True)  # by the longest game
            open_ended = torch.maximum(open_ended, cut_off(reached, torch.zeros_like(reached)))
        returns = n_step_returns(
            rewards, values, played, open_ended, settings.gamma, settings.q_nstep
        )
        if settings.standardise_returns:
            self.return_moments.update(returns, played[..., 0])
            returns = self.return_moments.standardise(returns)
        return returns

    def _policy_loss(
        self,
        batch: EpisodeBatch,
        policy: Tensor,
        advantages: Tensor,
        played: Tensor,
        old_log_probabilities: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Statistics]:
        """Return loss, log-probabilities of the actions taken (B, T, N), and statistics.

        ``policy`` is (B, T, N, A); without old log-probabilities it is itself the old policy.
        """
        probabilities = policy.gather(3, batch["actions"][:, :-1]).squeeze(3)
        log_probabilities = (probabilities + _TINY).log()
        old = log_probabilities.detach() if old_log_probabilities is None else old_log_probabilities
        ratios = (log_probabilities - old).exp()
        clipped = ratios.clamp(1 - self.settings.eps_clip, 1 + self.settings.eps_clip)
        gain = torch.minimum(ratios * advantages, clipped * advantages)
        entropy = -(policy * (policy + _TINY).log()).sum(dim=3)
        count = played.sum()
        loss = -((gain + self.settings.entropy_coef * entropy) * played).sum() / count
        statistics = {
            "pg_loss": loss,
            "advantage_mean": (advantages * played).sum() / count,
            "entropy": (entropy * played).sum() / count,
            "pi_max": (policy.max(dim=3).values * played).sum() / count,
        }
        detached = {name: value.detach() for name, value in statistics.items()}
        return loss, log_probabilities, detached
