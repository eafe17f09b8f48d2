"""One update of several runs' networks at once.

Shape legend: S seeds, B episodes, T steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.func import vmap

from acd_plugin.hosts.builtin.joint.batched import Episodes, Networks
from acd_plugin.hosts.builtin.joint.stacking import Tensors, stack_optimisers, state_of
from acd_plugin.learners.base import BaseLearner, name_of_norm
from acd_plugin.learners.gradients import clip
from acd_plugin.learners.passes import Carried, Pass


class JointLearner:
    """The learners of S runs as one; `learn` leaves what there is to log in ``told``."""

    def __init__(self, learners: Sequence[BaseLearner], networks: Networks) -> None:
        self._learners = learners
        self._networks = networks
        names = _names(learners[0])
        own = [learner.parameters_of() for learner in learners]
        self._moved = {
            kind: [networks.tensors[names[id(parameter)]] for parameter in parameters]
            for kind, parameters in own[0].items()
        }
        self._optimisers = {
            kind: stack_optimisers(
                [learner.optimisers()[kind] for learner in learners],
                [parameters[kind] for parameters in own],
                stacked,
            )
            for kind, stacked in self._moved.items()
        }
        self._pairs = [
            (networks.tensors[target], networks.tensors[online])
            for target, online in _pairs(learners[0])
        ]
        self.told: Tensors = {}  # (S,) each

    def is_due(self, episode_num: int) -> bool:
        """Return whether to learn now; see `BaseLearner.is_due`."""
        return self._learners[0].is_due(episode_num)

    def state(self) -> list[Tensor]:
        """Return all tensors that learning changes."""
        optimisers = [t for one in self._optimisers.values() for t in state_of(one)]
        return [*self._networks.tensors.values(), *optimisers]

    def learn(self, episodes: Episodes) -> None:
        """Make one update of every run from its episodes (S, B, T, ...)."""
        learner = self._learners[0]
        carried: Carried = ()
        for _ in range(learner.passes):
            found = self._networks.call(self._losses(episodes), episodes.data, carried)
            carried = found.carried
            self.told.update(found.statistics)
            self._step(found.losses)

        def after_update(data: Tensors, carried: Carried) -> tuple[()]:
            learner.after_update(episodes.of_one_run(data), carried)
            return ()

        self._networks.call(after_update, episodes.data, carried)

    def _losses(self, episodes: Episodes) -> Callable[[Tensors, Carried], Pass]:
        learner = self._learners[0]

        def losses(data: Tensors, carried: Carried) -> Pass:
            return learner.losses(episodes.of_one_run(data), carried)

        return losses

    def _step(self, losses: dict[str, Tensor]) -> None:
        """Follow each run's gradients; a run's loss depends on its own parameters alone."""
        most = self._learners[0].grad_norm_clip
        for kind, moved in self._moved.items():
            gradients = torch.autograd.grad(
                losses[kind].sum(), moved, retain_graph=True, materialize_grads=True
            )
            self.told[name_of_norm(kind)] = vmap(clip, (0, None))(list(gradients), most)
            for parameter, gradient in zip(moved, gradients, strict=True):
                parameter.grad = gradient
        for optimiser in self._optimisers.values():
            optimiser.step()

    @torch.no_grad()
    def let_targets_follow(self) -> None:
        """Count the update, and move the target networks if it is time."""
        share = 0.0
        for learner in self._learners:
            learner.updates += 1
            share = learner.target_networks.share_due(learner.updates)
        if share == 0:
            return
        for target, online in self._pairs:
            if share == 1:
                target.copy_(online)
            else:
                target.lerp_(online, share)


def _pairs(learner: BaseLearner) -> list[tuple[str, str]]:
    """Return the names of what follows, and of what it follows."""
    modules = learner.modules()
    found = []
    for name, (target, online) in learner.target_networks.pairs.items():
        followed = next(key for key, module in modules.items() if module is online)
        found += [(f"{name}.{part}", f"{followed}.{part}") for part in target.state_dict()]
    return found


def _names(learner: BaseLearner) -> dict[int, str]:
    """Return the name of every parameter by its identity."""
    modules = nn.ModuleDict(learner.modules())
    return {id(parameter): name for name, parameter in modules.named_parameters()}
