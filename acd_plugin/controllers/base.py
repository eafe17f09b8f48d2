"""What all controllers of ours share: how they act, and how networks are stored and moved.

Shape legend: B games, N agents.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from acd_plugin.components.action_selectors import REGISTRY as ACTION_SELECTORS
from acd_plugin.components.action_selectors import ActionSelector
from acd_plugin.components.chance import Draws, Streams
from acd_plugin.components.contracts import EpisodeBatch, Index, StateDict
from acd_plugin.controllers.episode_chances import EpisodeChances
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.errors import find

SelfT = TypeVar("SelfT", bound="BaseController")  # type: ignore[type-arg]  # whatever its memory
MemoryT = TypeVar("MemoryT")  # tensors, nested: what agents take from one step into the next


class Choice(NamedTuple):
    """The circumstances in which agents choose, beside what they see."""

    draws: Draws  # uniform and normal numbers by stream, each (B, N, C)
    exploration: float | Tensor  # the share of choices that is left to chance
    test_mode: bool  # without noise


class Decision(NamedTuple, Generic[MemoryT]):
    """What came of one step."""

    actions: Tensor  # (B, N)
    memory: MemoryT  # for the next step
    stored: dict[str, Tensor]  # what is kept with the episode of this step, each (B, N, size)


class BaseController(ABC, Generic[MemoryT]):
    """EPyMARL's contract around two functions of tensors, which say how agents act.

    `beginning` and `decide` keep nothing between calls; whoever calls them keeps the memory. So
    the games of one run are played as EPyMARL plays them, through `select_actions`, and those of
    many runs at once by functions that are batched over the runs' networks.
    """

    agent: nn.Module
    memory: MemoryT  # from `init_hidden` on

    def __init__(self, args: SimpleNamespace) -> None:
        self.n_agents: int = args.n_agents
        selector = find(ACTION_SELECTORS, "action_selector", args.action_selector)
        self.action_selector: ActionSelector = selector(args)
        self._chances = EpisodeChances(args.seed, args.n_agents)

    @abstractmethod
    def beginning(self, batch_size: int) -> MemoryT:
        """Return what agents remember when episodes begin in ``batch_size`` games."""

    @abstractmethod
    def decide(
        self, ep_batch: EpisodeBatch, t: int, memory: MemoryT, choice: Choice
    ) -> Decision[MemoryT]:
        """Return what the agents of all games do at step ``t``."""

    def streams(self) -> Streams:
        """Return what is drawn for every agent at every step, by names of the run's own streams."""
        return {"exploration": self.action_selector.stream}

    def init_hidden(self, batch_size: int) -> None:
        """Begin episodes in ``batch_size`` games."""
        self.memory = self.beginning(batch_size)

    def begin_episodes(self, first_episode: int, purpose: Purpose) -> None:
        """Say which episodes are the next to begin; a runner need not."""
        self._chances.tell(first_episode, purpose)

    @torch.no_grad()
    def select_actions(
        self,
        ep_batch: EpisodeBatch,
        t_ep: int,
        t_env: int,
        bs: Index = slice(None),
        test_mode: bool = False,
    ) -> Tensor:
        """Return the actions (len(bs), N) of step ``t_ep`` in the games ``bs``."""
        choice = self.circumstances(ep_batch, t_ep, t_env, test_mode)
        decision = self.decide(ep_batch, t_ep, self.memory, choice)
        self.memory = decision.memory
        for name, values in decision.stored.items():
            entry = {name: values.unsqueeze(1)}
            ep_batch.update(entry, ts=slice(t_ep, t_ep + 1), mark_filled=False)
        return decision.actions[bs]

    def circumstances(
        self, ep_batch: EpisodeBatch, t_ep: int, t_env: int, test_mode: bool
    ) -> Choice:
        """Return the circumstances of step ``t_ep``; call in order, step 0 begins episodes."""
        draws = self._chances.at(self.streams(), ep_batch, t_ep, test_mode)
        return Choice(draws, self.action_selector.exploration(t_env, test_mode), test_mode)

    def greedy(self, like: Tensor) -> Choice:
        """Return circumstances that leave nothing to chance, in numbers of the kind of ``like``."""
        no_chance = {name: like.new_zeros(()) for name in self.streams()}
        return Choice(no_chance, 0.0, test_mode=True)

    def generators(self) -> dict[str, torch.Generator]:
        """Return none: all chance is a function of the episodes."""
        return {}

    def parameters(self) -> Iterator[nn.Parameter]:
        return self.agent.parameters()

    def load_state(self: SelfT, other: SelfT) -> None:
        """Copy the networks of ``other``."""
        self.agent.load_state_dict(other.agent.state_dict())

    def to(self, device: str | torch.device) -> None:
        """Move the networks to ``device``."""
        self.agent.to(device)

    def cuda(self) -> None:
        self.to("cuda")

    def save_models(self, path: str) -> None:
        torch.save(self.agent.state_dict(), Path(path) / "agent.th")

    def load_models(self, path: str) -> None:
        state = torch.load(Path(path) / "agent.th", map_location="cpu", weights_only=True)
        self.agent.load_state_dict(state)

    def state_dict(self) -> StateDict:
        states = {name: generator.get_state() for name, generator in self.generators().items()}
        episodes = self._chances.state_dict()
        return {"agent": self.agent.state_dict(), "episodes": episodes, **states}

    def load_state_dict(self, state: StateDict) -> None:
        self.agent.load_state_dict(state["agent"])
        if "episodes" in state:  # not before release 0.3
            self._chances.load_state_dict(state["episodes"])
        for name, generator in self.generators().items():
            generator.set_state(state[name])
