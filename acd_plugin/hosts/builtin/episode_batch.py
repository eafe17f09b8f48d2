"""Episodes as tensors, with the interface of EPyMARL's EpisodeBatch.

Shape legend: B episodes, T steps (one more than the episode limit), N agents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import overload

import torch
from torch import Tensor

from acd_plugin.components.contracts import Groups, Index, Preprocess, Scheme

Values = Tensor | Sequence[object] | float  # numbers, or lists of them to any depth


class EpisodeBatch:
    """One tensor per scheme entry: (B, T, *vshape), or (B, T, N, *vshape) for group "agents".

    ``batch["obs"]`` is the tensor itself; ``batch["obs", "actions"]`` a batch of some entries;
    ``batch[episodes, steps]`` a batch of some episodes and a slice of steps.
    """

    def __init__(
        self,
        scheme: Scheme,
        groups: Groups,
        batch_size: int,
        max_seq_length: int,
        data: dict[str, Tensor] | None = None,
        preprocess: Preprocess | None = None,
        device: str = "cpu",
    ) -> None:
        self.groups = groups
        self.batch_size = batch_size
        self.max_seq_length = max_seq_length
        self.preprocess: Preprocess = preprocess or {}
        self.device = device
        self.scheme = _complete(scheme, self.preprocess) if data is None else scheme
        self.data = data if data is not None else self._allocate()

    def _allocate(self) -> dict[str, Tensor]:
        return {
            name: torch.zeros(
                self.batch_size,
                *(() if entry.get("episode_const") else (self.max_seq_length,)),
                *((self.groups[entry["group"]],) if "group" in entry else ()),
                *_shape(entry["vshape"]),
                dtype=entry.get("dtype", torch.float32),
                device=self.device,
            )
            for name, entry in self.scheme.items()
        }

    def update(
        self,
        data: Mapping[str, Values],
        bs: Index = slice(None),
        ts: Index = slice(None),
        mark_filled: bool = True,
    ) -> None:
        """Write ``data`` at episodes ``bs`` and steps ``ts`` (an index or a slice).

        Values have the entry's shape, with or without the axis of a single step.
        """
        steps = _as_slice(ts)
        if mark_filled:
            self.data["filled"][bs, steps] = 1
        for name, value in data.items():
            if name not in self.data:
                raise KeyError(f"{name} is not in the scheme ({', '.join(self.data)})")
            place = (bs,) if self.scheme[name].get("episode_const") else (bs, steps)
            target = self.data[name]
            tensor = torch.as_tensor(value, dtype=target.dtype, device=self.device)
            target[place] = tensor.reshape(target[place].shape)
            if name in self.preprocess:
                new_name, transforms = self.preprocess[name]
                transformed = target[place]
                for transform in transforms:
                    transformed = transform.transform(transformed)
                self.data[new_name][place] = transformed.reshape(self.data[new_name][place].shape)

    @overload
    def __getitem__(self, item: str, /) -> Tensor: ...

    @overload
    def __getitem__(self, item: Index | tuple[str | Index, ...], /) -> EpisodeBatch: ...

    def __getitem__(self, item: str | Index | tuple[str | Index, ...], /) -> Tensor | EpisodeBatch:
        if isinstance(item, str):
            return self._tensor(item)
        parts = item if isinstance(item, tuple) else (item, slice(None))
        names = [part for part in parts if isinstance(part, str)]
        if names:
            scheme = {name: self.scheme[name] for name in names}
            return self._view(scheme, {name: self._tensor(name) for name in names})
        episodes, steps = (_as_slice(part) for part in parts if not isinstance(part, str))
        chosen = {
            name: tensor[episodes]
            if self.scheme[name].get("episode_const")
            else tensor[episodes][:, steps]
            for name, tensor in self.data.items()
        }
        return self._view(self.scheme, chosen)

    def _tensor(self, name: str) -> Tensor:
        if name not in self.data:
            raise KeyError(f"{name} is not in the scheme ({', '.join(self.data)})")
        return self.data[name]

    def _view(self, scheme: Scheme, data: dict[str, Tensor]) -> EpisodeBatch:
        per_step = next(
            (data[name] for name in data if not scheme[name].get("episode_const")), None
        )
        length = self.max_seq_length if per_step is None else per_step.shape[1]
        batch_size = next(iter(data.values())).shape[0]
        return EpisodeBatch(
            scheme, self.groups, batch_size, length, data, self.preprocess, self.device
        )

    def max_t_filled(self) -> int:
        """Return the largest number of slots that any episode has filled."""
        return int(self.data["filled"].sum(dim=1).max())

    def to(self, device: str) -> None:
        """Move all tensors to ``device``."""
        self.data = {name: tensor.to(device) for name, tensor in self.data.items()}
        self.device = device


def _complete(scheme: Scheme, preprocess: Preprocess) -> Scheme:
    """Return the scheme with the preprocessed entries and "filled"."""
    full = {name: entry.copy() for name, entry in scheme.items()}
    for name, (new_name, transforms) in preprocess.items():
        vshape, dtype = _shape(full[name]["vshape"]), full[name].get("dtype", torch.float32)
        for transform in transforms:
            vshape, dtype = transform.infer_output_info(vshape, dtype)
        made = full[name].copy()
        made["vshape"], made["dtype"] = vshape, dtype
        full[new_name] = made
    full["filled"] = {"vshape": (1,), "dtype": torch.long}
    return full


def _as_slice(index: Index) -> Index:
    """Return an index that keeps its axis."""
    return slice(index, index + 1) if isinstance(index, int) else index


def _shape(vshape: int | tuple[int, ...]) -> tuple[int, ...]:
    return (vshape,) if isinstance(vshape, int) else tuple(vshape)
