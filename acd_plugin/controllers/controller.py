"""What all controllers share: networks, generators, and how both are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn


class Controller:
    """The part of EPyMARL's contract that does not depend on how actions come about."""

    agent: Any  # a torch module
    action_selector: Any  # has a `generator`

    def generators(self) -> dict[str, torch.Generator]:
        """Return the random generators by the name under which their state is stored."""
        return {"exploration": self.action_selector.generator}

    def parameters(self) -> Iterator[nn.Parameter]:
        return self.agent.parameters()

    def load_state(self, other: Controller) -> None:
        """Copy the networks of ``other``."""
        self.agent.load_state_dict(other.agent.state_dict())

    def module(self) -> nn.Module:
        """Return all networks as one module."""
        return self.agent

    def cuda(self) -> None:
        self.agent.cuda()

    def save_models(self, path: str) -> None:
        """Write the networks alone, where EPyMARL expects them."""
        torch.save(self.agent.state_dict(), Path(path) / "agent.th")

    def load_models(self, path: str) -> None:
        state = torch.load(Path(path) / "agent.th", map_location="cpu", weights_only=True)
        self.agent.load_state_dict(state)

    def state_dict(self) -> dict[str, Any]:
        """Return everything that is needed to go on bit for bit."""
        states = {name: generator.get_state() for name, generator in self.generators().items()}
        return {"agent": self.agent.state_dict(), **states}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.agent.load_state_dict(state["agent"])
        for name, generator in self.generators().items():
            generator.set_state(state[name])
