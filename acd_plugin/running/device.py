"""The device on which networks compute: what is there, why one is not, and how one fails."""

from __future__ import annotations

import os
from pathlib import Path

from acd_plugin.errors import DivergedError, UserError

_MPS = Path(os.sep, "tmp", "nvidia-mps")  # where NVIDIA's Multi-Process Service has its pipes


class DeviceFailedError(UserError):
    """The device failed in the middle of a run, which can go on from its last checkpoint."""


def chosen_device(wanted: str) -> str:
    """Return ``cpu`` or ``cuda``: for ``auto`` what this machine has; UserError for others."""
    if wanted not in ("auto", "cpu", "cuda"):
        raise UserError(f"device is {wanted!r}: must be cpu, cuda or auto")
    if wanted == "auto":
        import torch  # noqa: PLC0415 - takes seconds to load

        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted


def check_device(device: str) -> None:
    """Raise UserError, with the reason, when there is no such device."""
    if device != "cuda":
        return
    import torch  # noqa: PLC0415 - takes seconds to load

    if not torch.cuda.is_available():
        raise UserError(
            f"device=cuda: torch {torch.__version__} finds no CUDA device ({_reason()}): "
            "set device=cpu"
        )


def is_shared_by_processes() -> bool:
    """Return whether processes work on a GPU side by side: NVIDIA's Multi-Process Service runs.

    Without it they take turns. Where its pipes cannot be looked at it is taken to run.
    """
    pipes = Path(os.environ.get("CUDA_MPS_PIPE_DIRECTORY") or _MPS)
    try:
        return pipes.is_dir() and any(pipes.iterdir())
    except OSError:
        return True


def describe_device(device: str) -> str:
    """Return a device as a line of the log names it."""
    if device == "cpu":
        return device
    import torch  # noqa: PLC0415 - takes seconds to load

    properties = torch.cuda.get_device_properties(0)
    return f"{device} ({properties.name}, {properties.total_memory / 2**30:.0f} GiB)"


def told_plainly(error: BaseException, go_on: str) -> BaseException:
    """Return the error; in one line when it is the device's, with the command that goes on."""
    import torch  # noqa: PLC0415 - takes seconds to load

    remedy = f"go on from the last checkpoint with: {go_on}"
    if isinstance(error, torch.OutOfMemoryError):
        told = "GPU memory ran out: set a smaller seeds_at_once or batch_size, or free some; "
    elif isinstance(error, DivergedError):
        return DivergedError(f"{error}; the last checkpoint is from before: {go_on}")
    elif _is_the_devices(error):
        told = f"the CUDA device failed ({_first_line(error)}); "
    else:
        return error
    failed = DeviceFailedError(told + remedy)
    failed.__cause__ = error
    return failed


def _is_the_devices(error: BaseException) -> bool:
    """Whether torch or numba passes on an error of CUDA's, for which neither has one class."""
    if type(error).__module__.startswith("numba.cuda"):
        return True
    return isinstance(error, RuntimeError) and "CUDA" in _first_line(error)


def _reason() -> str:
    import torch  # noqa: PLC0415 - takes seconds to load

    if torch.version.cuda is None:
        return "it was built without CUDA"
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:
        return _first_line(error)
    return "none is visible to this process"


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
