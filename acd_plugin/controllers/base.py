"""What all controllers of ours share: how networks and generators are stored and moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from acd_plugin.components.action_selectors import ActionSelector
from acd_plugin.components.contracts import StateDict

SelfT = TypeVar("SelfT", bound="BaseController")


class BaseController:
    """The part of `Controller` that does not depend on how actions come about."""

    agent: nn.Module
    action_selector: ActionSelector

    def generators(self) -> dict[str, torch.Generator]:
        return {"exploration": self.action_selector.generator}

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
        return {"agent": self.agent.state_dict(), **states}

    def load_state_dict(self, state: StateDict) -> None:
        self.agent.load_state_dict(state["agent"])
        for name, generator in self.generators().items():
            generator.set_state(state[name])
