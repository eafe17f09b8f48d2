"""Whether compiled rules can be played on a GPU here, and if not, why."""

from __future__ import annotations

import importlib
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol, cast

from numba.core import config as numba_config

from acd_plugin.errors import UserError

OLDEST_DRIVER = (12, 0)  # CUDA's version, of which numba-cuda and torch know
_INSTALL = "pip install 'acd-plugin[gpu]'"


class _Cuda(Protocol):
    """What is asked of ``numba.cuda``."""

    def is_available(self) -> bool: ...

    def cuda_error(self) -> object: ...


def simulated() -> bool:
    """Return whether numba simulates a GPU (``NUMBA_ENABLE_CUDASIM=1``)."""
    return bool(numba_config.ENABLE_CUDASIM)


def check_gpu() -> None:
    """Raise UserError, one line, where no rules can be played on a GPU."""
    if simulated():
        return
    try:
        version("numba-cuda")
        cuda = cast(_Cuda, importlib.import_module("numba.cuda"))
    except PackageNotFoundError:
        raise UserError(f"a game on the GPU needs the package numba-cuda: {_INSTALL}") from None
    except Exception as error:
        raise UserError(
            f"numba-cuda cannot be loaded ({reason(error)}): {_INSTALL} brings versions that fit"
        ) from error
    if not cuda.is_available():
        raise UserError(
            f"no GPU can be used ({reason(cuda.cuda_error() or 'no device, or no compiler for it')}"
            "): play on the CPU, or check what nvidia-smi says"
        )
    driver = _driver_version()
    if driver < OLDEST_DRIVER:
        raise UserError(
            f"the GPU's driver is made for CUDA {_dotted(driver)}: must be for "
            f"{_dotted(OLDEST_DRIVER)} or newer; update it, or play on the CPU"
        )


def refusal(error: Exception) -> UserError:
    """Return what to say where the game's own rules could not be compiled for, or run on, a GPU."""
    return UserError(
        f"the game cannot be played on this GPU ({reason(error)}; its driver is made for CUDA "
        f"{_dotted(_driver_version())}): {_INSTALL} brings versions that fit, or play on the CPU"
    )


def reason(error: object) -> str:
    """Return the lines of a compiler's or driver's message that say what and where, as one line."""
    lines = [" ".join(line.split()) for line in str(error).splitlines()]
    told = [
        line
        for line in lines
        if line and not line.startswith(("During:", "Failed in", "-", "^", "<source", ":"))
    ]
    return "; ".join(told[:4]) or type(error).__name__


def _driver_version() -> tuple[int, int]:
    """Return the newest CUDA that the driver knows; (0, 0): none answers."""
    try:
        driver = importlib.import_module("numba.cuda.cudadrv.driver").driver
        major, minor = driver.get_version()
    except Exception:
        return (0, 0)
    return int(major), int(minor)


def _dotted(numbers: tuple[int, int]) -> str:
    return ".".join(map(str, numbers))
