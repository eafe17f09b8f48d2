"""Weights in files with EPyMARL's names and content, so that either program reads the other's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from acd_plugin.errors import UserError


def write_network(network: nn.Module, folder: str, name: str) -> None:
    """Write ``NAME.th``; several networks in a list are, as in EPyMARL, a list in the file."""
    if isinstance(network, nn.ModuleList):
        torch.save([part.state_dict() for part in network], Path(folder) / f"{name}.th")
    else:
        torch.save(network.state_dict(), Path(folder) / f"{name}.th")


def read_network(network: nn.Module, folder: str, name: str) -> None:
    """Read what `write_network` or EPyMARL wrote; UserError when it is not there or other."""
    content = _read(folder, name)
    try:
        if isinstance(network, nn.ModuleList):
            for part, weights in zip(network, content, strict=True):
                part.load_state_dict(weights)
        else:
            network.load_state_dict(content)
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{Path(folder) / name}.th: holds another network ({reason})") from None


def write_optimiser(optimiser: torch.optim.Optimizer, folder: str, name: str) -> None:
    """Write "agent_optimiser" to ``agent_opt.th``, and so on."""
    torch.save(optimiser.state_dict(), Path(folder) / f"{_short(name)}.th")


def read_optimiser(optimiser: torch.optim.Optimizer, folder: str, name: str) -> None:
    """Read what `write_optimiser` or EPyMARL wrote."""
    optimiser.load_state_dict(_read(folder, _short(name)))


def _short(name: str) -> str:
    return name.replace("optimiser", "opt")


def _read(folder: str, name: str) -> Any:
    path = Path(folder) / f"{name}.th"
    if not path.is_file():
        raise UserError(f"{path}: no such file: these models are of another algorithm")
    return torch.load(path, map_location="cpu", weights_only=True)
