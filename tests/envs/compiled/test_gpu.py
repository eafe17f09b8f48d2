"""Where no game can be played on a GPU, one line says why and what to do."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import pytest

from acd_plugin.envs.compiled import gpu
from acd_plugin.errors import UserError


def packages(available: bool, driver: tuple[int, int]) -> Callable[[str], object]:
    """Return an ``import_module`` that knows numba-cuda on such a machine alone."""
    cuda = SimpleNamespace(
        is_available=lambda: available, cuda_error=lambda: "Error at driver init:\n\nno driver\n:"
    )
    of_driver = SimpleNamespace(driver=SimpleNamespace(get_version=lambda: driver))
    return {"numba.cuda": cuda, "numba.cuda.cudadrv.driver": of_driver}.__getitem__


def missing(_name: str) -> str:
    raise PackageNotFoundError


def broken(_name: str) -> object:
    raise ImportError("NVIDIA CUDA Python bindings not found.\nInstall the 'cuda' package")


@pytest.mark.parametrize(
    ("version", "modules", "message"),
    [
        (missing, packages(True, (13, 0)), r"needs the package numba-cuda: pip install .*\[gpu\]"),
        (str, broken, r"cannot be loaded \(NVIDIA CUDA Python bindings not found.; Install .*gpu"),
        (str, packages(False, (13, 0)), "no GPU can be used .*no driver.* play on the CPU"),
        (str, packages(True, (11, 8)), "made for CUDA 11.8: must be for 12.1 or newer"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    version: Callable[[str], str],
    modules: Callable[[str], object],
    message: str,
) -> None:
    monkeypatch.setattr(gpu, "version", version)
    monkeypatch.setattr(gpu, "import_module", modules)
    with pytest.raises(UserError, match=message) as caught:
        gpu.check_gpu()
    assert "\n" not in str(caught.value)


def test_a_machine_that_has_all_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "version", str)
    monkeypatch.setattr(gpu, "import_module", packages(True, (13, 0)))
    gpu.check_gpu()
    assert "CUDA 13.0" in str(gpu.refusal(RuntimeError("no kernel image")))
