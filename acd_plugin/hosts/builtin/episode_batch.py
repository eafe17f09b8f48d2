"""Episodes as tensors, with the interface of EPyMARL's EpisodeBatch.

Shape legend: B episodes, T steps (one more than the episode limit), N agents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

Scheme = dict[str, dict[str, Any]]
Preprocess = dict[str, tuple[str, list[Any]]]


class EpisodeBatch:
    """One tensor per scheme entry: (B, T, *vshape), or (B, T, N, *vshape) for group "agents".

    ``batch["obs"]`` is the tensor itself; ``batch["obs", "actions"]`` a batch of some entries;
    ``batch[episodes, steps]`` a batch of some episodes and a slice of steps.
    """

    def __init__(
        self,
        scheme: Scheme,
        groups: Mapping[str, int],
        batch_size: int,
        max_seq_length: int,
        data: dict[str, Tensor] | None = None,
        preprocess: Preprocess | None = None,
        device: str = "cpu",
    ) -> None:
        self.groups = groups
        self.batch_size = batch_size
        self.max_seq_length = max_seq_length
        self.preprocess = preprocess or {}
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
        data: Mapping[str, Any],
        bs: Any = slice(None),
        ts: Any = slice(None),
        mark_filled: bool = True,
    ) -> None:
        """Write ``data`` at episodes ``bs`` and steps ``ts`` (an index or a slice).

        Values have the entry's shape, with or without the axis of a single step.
        """
        steps = slice(ts, ts + 1) if isinstance(ts, int) else ts
        if mark_filled:
            self.data["filled"][bs, steps] = 1
        for name, value in data.items():
            if name not in self.data:
                raise KeyError(f"{name} is not in the scheme ({', '.join(self.data)})")
            constant = bool(self.scheme[name].get("episode_const"))
            target = self.data[name]
            place = bs if constant else (bs, steps)
            tensor = torch.as_tensor(value, dtype=target.dtype, device=self.device)
            target[place] = tensor.reshape(target[place].shape)
            if name in self.preprocess:
                new_name, transforms = self.preprocess[name]
                transformed = target[place]
                for transform in transforms:
                    transformed = transform.transform(transformed)
                self.data[new_name][place] = transformed.reshape(self.data[new_name][place].shape)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, str):
            if item not in self.data:
                raise KeyError(f"{item} is not in the scheme ({', '.join(self.data)})")
            return self.data[item]
        if isinstance(item, tuple) and all(isinstance(name, str) for name in item):
            return self._view(
                {name: self.scheme[name] for name in item}, {name: self[name] for name in item}
            )
        episodes, steps = item if isinstance(item, tuple) else (item, slice(None))
        episodes = slice(episodes, episodes + 1) if isinstance(episodes, int) else episodes
        steps = slice(steps, steps + 1) if isinstance(steps, int) else steps
        chosen = {
            name: tensor[episodes]
            if self.scheme[name].get("episode_const")
            else tensor[episodes][:, steps]
            for name, tensor in self.data.items()
        }
        return self._view(self.scheme, chosen)

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
        """Return the largest number of steps that any episode has."""
        return int(self.data["filled"].sum(dim=1).max())

    def to(self, device: str) -> None:
        """Move all tensors to ``device``."""
        self.data = {name: tensor.to(device) for name, tensor in self.data.items()}
        self.device = device


def _complete(scheme: Scheme, preprocess: Preprocess) -> Scheme:
    """Return the scheme with the preprocessed entries and "filled"."""
    full = {name: dict(entry) for name, entry in scheme.items()}
    for name, (new_name, transforms) in preprocess.items():
        vshape, dtype = full[name]["vshape"], full[name].get("dtype", torch.float32)
        for transform in transforms:
            vshape, dtype = transform.infer_output_info(vshape, dtype)
        full[new_name] = {**full[name], "vshape": vshape, "dtype": dtype}
    full["filled"] = {"vshape": (1,), "dtype": torch.long}
    return full


def _shape(vshape: int | tuple[int, ...]) -> tuple[int, ...]:
    return (vshape,) if isinstance(vshape, int) else tuple(vshape)
