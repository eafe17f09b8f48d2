"""Does a stored state fit what it is to be loaded into?

Names that are missing are found by what loads them. What would be taken without a word is found
here: numbers of another kind, shapes that PyTorch would stretch, counters that point nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.optim import Optimizer

from acd_plugin.components.contracts import StateDict
from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.learners import BaseLearner
from acd_plugin.running.network_size import has_network_for_each

# What loading damaged values raises, in PyTorch, in NumPy and in our own classes.
MISFITS = (AttributeError, IndexError, KeyError, OverflowError, RuntimeError, TypeError, ValueError)
_WORDS = 624  # of the state of NumPy's generator
_MOST_UPDATES = 2**53


def check_fits(stored: object, built: object, name: str) -> None:
    """Raise ValueError, naming the place, where both have something that is not of one kind.

    Built lists, dictionaries and first axes of tensors that are empty may be filled with anything.
    """
    if isinstance(built, Tensor):
        _check_tensor(stored, built, name)
    elif isinstance(built, dict):
        _check_kind(stored, (dict,), name)
        assert isinstance(stored, dict)
        for key in built.keys() & stored.keys():
            check_fits(stored[key], built[key], f"{name}.{key}")
    elif isinstance(built, list | tuple):
        _check_kind(stored, (list, tuple), name)
        assert isinstance(stored, list | tuple)
        if built and len(stored) != len(built):
            raise ValueError(f"'{name}' has {len(stored)} values: must have {len(built)}")
        for number, (theirs, ours) in enumerate(zip(stored, built, strict=False)):
            check_fits(theirs, ours, f"{name}.{number}")
    elif isinstance(built, bool | str):
        if stored != built and isinstance(built, str):
            raise ValueError(f"'{name}' is {stored!r:.40}: must be {built!r}")
        _check_kind(stored, (type(built),), name)
    elif isinstance(built, int):
        _check_kind(stored, (int,), name)
        assert isinstance(stored, int)
        if not min(built, 0) <= stored < 2**63:
            raise ValueError(f"'{name}' is no count that can be")
    elif isinstance(built, float):
        _check_number(stored, name)


def check_is_whole(stored: object, built: object, name: str) -> None:
    """Raise ValueError where a tensor that is built is missing among the stored ones."""
    if isinstance(built, dict):
        assert isinstance(stored, dict)
        for key, value in built.items():
            if key in stored:
                check_is_whole(stored[key], value, f"{name}.{key}")
            elif isinstance(value, Tensor):
                raise ValueError(f"'{name}.{key}' is missing")


def check_count(stored: object, config: Mapping[str, object], sizes: EnvSizes) -> None:
    """Raise ValueError when more networks were asked for than there are tensors.

    Making thousands of them would take long, though no memory.
    """
    layers = config.get("rnn_layers")
    wanted = sizes.n_agents * (layers if isinstance(layers, int) else 1)
    if has_network_for_each(config) and wanted > len(_tensors(stored)):
        raise ValueError(f"{sizes.n_agents} agents have {len(_tensors(stored))} tensors")


def check_training(state: StateDict, training: Training) -> None:
    """Raise one of `MISFITS` where a run's state does not fit the training that was built of it."""
    check_fits(state, training.state_dict(), "state")
    if state["numpy"]["state"]["pos"] > _WORDS:
        raise ValueError("'state.numpy' points behind its end")
    episodes = state["buffer"]["episodes_in_buffer"]
    for name, tensor in state["buffer"]["data"].items():
        if len(tensor) != episodes:
            raise ValueError(f"'state.buffer.data.{name}' has {len(tensor)} of {episodes} episodes")
    for name, found in state["runner"].get("statistics", {}).items():
        for number in (*found["returns"], *found["sums"].values()):
            _check_number(number, f"state.runner.statistics.{name}")
    learner = training.learner
    if isinstance(learner, BaseLearner):
        for name, optimiser in learner.optimisers().items():
            _check_optimiser(state["learner"][name], optimiser, f"state.learner.{name}")


def _tensors(stored: object) -> list[Tensor]:
    if isinstance(stored, dict):
        return [tensor for inner in stored.values() for tensor in _tensors(inner)]
    return [stored] if isinstance(stored, Tensor) else []


def _check_optimiser(state: StateDict, optimiser: Optimizer, name: str) -> None:
    """An optimiser works as the one that is built; what it keeps of a parameter has its shape."""
    groups = optimiser.state_dict()["param_groups"]
    for theirs, ours in zip(state["param_groups"], groups, strict=True):
        if theirs["params"] != ours["params"]:
            raise ValueError(f"'{name}' is of other parameters")
        for key, value in ours.items():
            if isinstance(value, bool | None):  # PyTorch adds some with every release
                if theirs.get(key, value) is not value and isinstance(value, bool):
                    raise ValueError(f"'{name}.{key}' must be {value}")
            elif key not in theirs:
                raise ValueError(f"'{name}.{key}' is missing")
        if type(optimiser).__module__.startswith("torch."):  # it refuses numbers out of range
            made_with = {key: theirs[key] for key in optimiser.defaults if key in theirs}
            type(optimiser)([torch.zeros(1)], **made_with)
    shapes = [p.shape for group in optimiser.param_groups for p in group["params"]]
    names = {key for kept in state["state"].values() for key in kept}
    for number, kept in state["state"].items():
        if number not in range(len(shapes)) or kept.keys() != names:
            raise ValueError(f"'{name}.{number}' is not like the others")
        for key, value in kept.items():
            is_count = key == "step" and 0 <= float(value) < _MOST_UPDATES
            has_shape = isinstance(value, Tensor) and value.shape == shapes[number]
            if not (is_count or has_shape):
                raise ValueError(f"'{name}.{number}.{key}' is not of its parameter")


def _check_tensor(stored: object, built: Tensor, name: str) -> None:
    _check_kind(stored, (Tensor,), name)
    assert isinstance(stored, Tensor)
    is_open = built.dim() > 0 and len(built) == 0 and stored.dim() > 0
    shapes = [tensor.shape[1:] if is_open else tensor.shape for tensor in (stored, built)]
    if shapes[0] != shapes[1] or stored.dtype != built.dtype:
        raise ValueError(
            f"'{name}' is {tuple(stored.shape)} {stored.dtype}: must be {tuple(built.shape)} "
            f"{built.dtype}"
        )
    if name.endswith("variance") and bool((stored < 0).any()):
        raise ValueError(f"'{name}' is below 0")


def _check_number(value: object, name: str) -> None:
    _check_kind(value, (int, float), name)
    assert isinstance(value, int | float)
    float(value)  # OverflowError if it is too large


def _check_kind(value: object, kinds: tuple[type, ...], name: str) -> None:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        legal = " or ".join(kind.__name__ for kind in kinds)
        raise ValueError(f"'{name}' is a {type(value).__name__}: must be a {legal}")
