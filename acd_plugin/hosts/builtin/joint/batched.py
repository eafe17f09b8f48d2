"""Call what is written for one run for several at once: the only place that adds the axis of seeds.

Shape legend: S seeds; B games, T slots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from torch import nn
from torch.func import functional_call, vmap

from acd_plugin.components.contracts import EpisodeBatch, Groups, Scheme
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch as StoredEpisodes
from acd_plugin.hosts.builtin.joint.batchable import Batchable
from acd_plugin.hosts.builtin.joint.stacking import Tensors, stack_modules

ResultT = TypeVar("ResultT")
Function = Callable[..., ResultT]


class _Holder(nn.Module):
    """Modules under which a function is called, so that their tensors can be exchanged."""

    def __init__(self, parts: nn.ModuleDict) -> None:
        super().__init__()
        self.parts = parts

    def forward(self, function: Function[ResultT], *arguments: object) -> ResultT:
        return function(*arguments)


class Networks:
    """The modules of S runs as one."""

    def __init__(self, runs: Sequence[dict[str, nn.Module]]) -> None:
        """``runs`` are each run's modules by name; their tensors become views of ``tensors``."""
        parts = [nn.ModuleDict(modules) for modules in runs]
        self.tensors = stack_modules(parts)  # "agent.head.0.weight": (S, ...)
        self._holder = _Holder(parts[0])

    def call(self, function: Function[ResultT], *arguments: object) -> ResultT:
        """Call a function of the first run's with every run's tensors and arguments.

        The tensors in ``arguments`` and results have a leading axis of seeds.
        """

        def with_tensors(tensors: Tensors, *own: object) -> ResultT:
            exchanged = {f"parts.{name}": tensor for name, tensor in tensors.items()}
            found: ResultT = functional_call(self._holder, exchanged, (function, *own))
            return found

        with Batchable():
            found: ResultT = vmap(with_tensors)(self.tensors, *arguments)
        return found


class Episodes(NamedTuple):
    """Episodes of S runs, and one run's view of them."""

    scheme: Scheme
    groups: Groups
    n_games: int  # B, of each run
    slots: int  # T, one more than the episode limit
    data: Tensors  # (S, B, T, ...) by entry

    def of_one_run(self, data: Tensors) -> EpisodeBatch:
        """Return the batch whose tensors are ``data`` (B, T, ...), as one run knows it."""
        return StoredEpisodes(self.scheme, self.groups, self.n_games, self.slots, data)
