"""Whether compiled rules can be played on a GPU here, and if not, why."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol, cast

from numba.core import config as numba_config

from acd_plugin.envs.compiled.messages import in_one_line
from acd_plugin.errors import UserError

OLDEST_DRIVER = (12, 1)  # of CUDA: the first that hands a kernel as many arrays as a game has
_INSTALL = "pip install '.[gpu]'"


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
        cuda = cast(_Cuda, import_module("numba.cuda"))
    except PackageNotFoundError:
        raise UserError(f"a game on the GPU needs the package numba-cuda: {_INSTALL}") from None
    except Exception as error:
        raise UserError(
            f"numba-cuda cannot be loaded ({in_one_line(error)}): {_INSTALL} brings what fits"
        ) from error
    if not cuda.is_available():
        why = in_one_line(cuda.cuda_error() or "its compiler, libNVVM, is missing")
        raise UserError(
            f"no GPU can be used ({why}): play on the CPU, or see what nvidia-smi says; "
            f"{_INSTALL} brings a compiler"
        )
    driver = _driver_version()
    if driver is not None and driver < OLDEST_DRIVER:
        raise UserError(
            f"the GPU's driver is made for CUDA {_dotted(driver)}: must be for "
            f"{_dotted(OLDEST_DRIVER)} or newer; update it, or play on the CPU"
        )


def refusal(error: Exception) -> UserError:
    """Return what to say where the game's own rules could not be compiled for, or run on, a GPU."""
    driver = _driver_version()
    made_for = f"CUDA {_dotted(driver)}" if driver else "an unknown CUDA"
    return UserError(
        f"the game cannot be played on this GPU ({in_one_line(error)}; its driver is made for "
        f"{made_for}): {_INSTALL} brings packages that fit, or play on the CPU"
    )


def _driver_version() -> tuple[int, int] | None:
    """Return the newest CUDA that the driver knows, if it says."""
    try:
        major, minor = import_module("numba.cuda.cudadrv.driver").driver.get_version()
    except Exception:
        return None
    return int(major), int(minor)


def _dotted(numbers: tuple[int, int]) -> str:
    return ".".join(map(str, numbers))
