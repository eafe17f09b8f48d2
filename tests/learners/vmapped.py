"""One run's learning done for several runs at once: how learners are batched over seeds."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch as StoredEpisodes
from acd_plugin.hosts.builtin.joint.batchable import Batchable
from acd_plugin.learners.base import BaseLearner
from acd_plugin.learners.passes import Carried, Pass

Tensors = dict[str, Tensor]


class Holder(nn.Module):
    """All modules of a learner, and its functions as one that can be called with other tensors."""

    def __init__(self, learner: BaseLearner) -> None:
        super().__init__()
        self.parts = nn.ModuleDict(learner.modules())
        self.learner = learner

    def forward(self, function: str, *arguments: Any) -> Any:
        return getattr(self.learner, function)(*arguments)


class Seeds:
    """Learners that differ in their seeds alone, as one."""

    def __init__(self, learners: list[BaseLearner]) -> None:
        self.holders = [Holder(learner) for learner in learners]
        parameters, buffers = stack_module_state(self.holders)
        self.parameters: Tensors = parameters
        self.buffers: Tensors = buffers

    def losses(self, batches: list[StoredEpisodes], carried: Carried) -> Pass:
        """Return what `BaseLearner.losses` does, everything with a leading axis of seeds."""
        found: Pass = self._call("losses", batches, carried)
        return found

    def after_update(self, batches: list[StoredEpisodes], carried: Carried) -> None:
        self._call("after_update", batches, carried)

    def _call(self, function: str, batches: list[StoredEpisodes], carried: Carried) -> Any:
        like = batches[0]
        data = {name: torch.stack([batch[name] for batch in batches]) for name in like.data}

        def call(parameters: Tensors, buffers: Tensors, data: Tensors, carried: Carried) -> Any:
            batch: EpisodeBatch = StoredEpisodes(
                like.scheme, like.groups, like.batch_size, like.max_seq_length, data
            )
            found = functional_call(
                self.holders[0], {**parameters, **buffers}, (function, batch, carried)
            )
            return found if found is not None else ()

        with Batchable():
            return vmap(call)(self.parameters, self.buffers, data, carried)
