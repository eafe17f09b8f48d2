"""The controller of agents that do not communicate.

Shape legend: B games, T steps, N agents, I inputs, H hidden width, A actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Literal, cast

import torch
from pydantic import Field
from torch import Tensor

from acd_plugin.agents import SILENT_REGISTRY as AGENTS
from acd_plugin.agents.silent_agent import SilentAgent, UnrollingAgent
from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.components.contracts import EpisodeBatch, Scheme, entry_size
from acd_plugin.components.episodes import previous_actions_onehot
from acd_plugin.configuration.ignored import GATE, Ignored
from acd_plugin.controllers.base import BaseController, Choice, Decision
from acd_plugin.controllers.unrolling import step_by_step
from acd_plugin.errors import UserError, find

_NEVER = -1e10  # logit of an action that is not available


class BasicSettings(ComponentSettings):
    """Settings of the controller; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    agent_output_type: Literal["q", "pi_logits"]  # action values, or logits of a policy
    obs_agent_id: bool  # agents are told who they are
    obs_last_action: bool  # and what they did last
    mask_before_softmax: bool = True  # a policy never chooses what is not available

    @property
    def ignored(self) -> Ignored:
        found = {GATE: "agents of this algorithm send no messages"}
        if self.agent_output_type == "q":
            found["mask_before_softmax"] = "action values (agent_output_type=q) have no softmax"
        return found


class BasicController(BaseController[Tensor]):
    """Multi-agent controller with EPyMARL's contract, also for its agents.

    Whether agents share a network is up to the agent: ``rnn`` is one for all, ``rnn_ns`` one for
    each. Outputs are action values or, for ``pi_logits``, the probabilities of a policy.
    """

    def __init__(self, scheme: Scheme, groups: Mapping[str, int], args: SimpleNamespace) -> None:
        del groups  # part of the contract; the settings know the number of agents
        super().__init__(args)
        self.settings = BasicSettings.from_args(args)
        self.agent_output_type = self.settings.agent_output_type  # EPyMARL's learners look here
        make_agent = find(AGENTS, "agent", args.agent)
        self.agent = make_agent(self._input_size(scheme), args)
        self.memory = torch.empty(0)  # (B, N, H) the networks' states; see `init_hidden`

    def _input_size(self, scheme: Scheme) -> int:
        size = entry_size(scheme, "obs")
        if self.settings.obs_last_action:
            size += entry_size(scheme, "actions_onehot")
        return size + self.settings.n_agents * self.settings.obs_agent_id

    def inputs(self, ep_batch: EpisodeBatch, steps: slice) -> Tensor:
        """Return what the networks see at ``steps`` (len(steps), B, N, I)."""
        observations = ep_batch["obs"][:, steps]
        parts = [observations]
        if self.settings.obs_last_action:
            parts.append(previous_actions_onehot(ep_batch, steps))
        if self.settings.obs_agent_id:
            n_agents = self.settings.n_agents
            who = torch.eye(n_agents, device=observations.device)
            parts.append(who.expand(*observations.shape[:2], n_agents, n_agents))
        return torch.cat([part.transpose(0, 1) for part in parts], dim=-1)

    def beginning(self, batch_size: int) -> Tensor:
        state = cast(SilentAgent, self.agent).init_hidden()
        return state.unsqueeze(0).expand(batch_size, self.settings.n_agents, -1)

    def decide(
        self, ep_batch: EpisodeBatch, t: int, memory: Tensor, choice: Choice
    ) -> Decision[Tensor]:
        outputs, following = self._step(ep_batch, t, memory)
        actions = self.action_selector.choose(
            outputs,
            ep_batch["avail_actions"][:, t],
            choice.draws["exploration"],
            choice.exploration,
        )
        return Decision(actions, following, {})

    def forward(self, ep_batch: EpisodeBatch, t: int, test_mode: bool = False) -> Tensor:
        """Return the outputs (B, N, A) of step ``t``; steps must be asked for in order."""
        del test_mode  # part of the contract
        outputs, self.memory = self._step(ep_batch, t, self.memory)
        return outputs

    def _step(self, ep_batch: EpisodeBatch, t: int, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Return the outputs (B, N, A) of step ``t`` and the states after it."""
        inputs = self.inputs(ep_batch, slice(t, t + 1))[0]
        outputs, following = self.agent(inputs.flatten(0, 1), memory)
        outputs = outputs.view(*inputs.shape[:2], -1)
        return self._finish(outputs, ep_batch["avail_actions"][:, t]), following

    def unroll(self, ep_batch: EpisodeBatch, steps: int) -> Tensor:
        """Return the outputs (B, steps, N, A) of the first ``steps`` steps of whole episodes."""
        if not isinstance(self.agent, UnrollingAgent):
            return step_by_step(self, ep_batch, steps)
        outputs = self.agent.unroll(self.inputs(ep_batch, slice(0, steps))).transpose(0, 1)
        return self._finish(outputs, ep_batch["avail_actions"][:, :steps])

    def _finish(self, outputs: Tensor, available: Tensor) -> Tensor:
        if self.agent_output_type == "q":
            return outputs
        if self.settings.mask_before_softmax:
            outputs = outputs.masked_fill(available == 0, _NEVER)
        return outputs.softmax(dim=-1)


def make_non_shared(
    scheme: Scheme, groups: Mapping[str, int], args: SimpleNamespace
) -> BasicController:
    """Return a controller for agents that each have a network; UserError when they share one."""
    controller = BasicController(scheme, groups, args)
    if args.agent == "rnn":
        raise UserError(
            "mac 'non_shared_mac' is for agents with networks of their own, but agent 'rnn' is one "
            "network for all: set agent=rnn_ns, or mac=basic_mac"
        )
    return controller
