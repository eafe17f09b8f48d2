"""Tests of what is done on a real GPU; without one they are skipped.

What can be tested without a GPU is tested elsewhere: the kernels in numba's simulator
(tests/envs/cyborg), many seeds at once on the CPU (tests/hosts/joint).
"""

from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True)
def _on_a_gpu() -> None:
    if not torch.cuda.is_available():
        pytest.skip("torch finds no CUDA device")
