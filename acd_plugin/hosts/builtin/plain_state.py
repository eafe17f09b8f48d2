"""The state of a run as it is stored: independent of the device and of whatever lies beside it."""

from __future__ import annotations

from typing import TypeVar, cast

from torch import Tensor

StateT = TypeVar("StateT")


def on_its_own(state: StateT) -> StateT:
    """Return a nested state whose tensors are in main memory.

    A tensor that is a part of a larger one is copied, because storing it would store all of it.
    """
    if isinstance(state, Tensor):
        tensor = state.detach().cpu()
        is_part = tensor.untyped_storage().nbytes() > tensor.nbytes
        return cast(StateT, tensor.clone() if is_part else tensor)
    if isinstance(state, dict):
        return cast(StateT, {key: on_its_own(value) for key, value in state.items()})
    if isinstance(state, (list, tuple)):
        return cast(StateT, type(state)(on_its_own(value) for value in state))
    return state
