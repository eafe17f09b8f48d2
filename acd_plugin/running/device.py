"""The device on which networks compute: what is there, and why one is not."""

from __future__ import annotations

import torch

from acd_plugin.errors import UserError


def chosen_device(wanted: str) -> str:
    """Return ``cpu`` or ``cuda``: for ``auto`` what this machine has."""
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted


def check_device(device: str) -> None:
    """Raise UserError, with the reason, when there is no such device."""
    if device == "cuda" and not torch.cuda.is_available():
        raise UserError(
            f"device=cuda: torch {torch.__version__} finds no CUDA device ({_reason()}): "
            "set device=cpu"
        )


def describe_device(device: str) -> str:
    """Return a device as a line of the log names it."""
    if device == "cpu":
        return device
    properties = torch.cuda.get_device_properties(0)
    return f"{device} ({properties.name}, {properties.total_memory / 2**30:.0f} GiB)"


def _reason() -> str:
    if torch.version.cuda is None:
        return "it was built without CUDA"
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:
        return str(error).strip().splitlines()[0].rstrip(".")
    return "none is visible to this process"
