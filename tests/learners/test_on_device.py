"""Learners make nothing on another device than their networks' and never wait for what a tensor
holds, so that an update can be captured in a CUDA graph.

The device "meta" has shapes and no numbers: it refuses tensors of another device and questions
about content on every machine. What needs a GPU is skipped where there is none.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch
from acd_plugin.learners.gradients import clip
from acd_plugin.learners.passes import Carried, Pass
from tests.learners.test_many_seeds import CASES, build, episodes

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device")


def all_passes(learner: Any, batch: EpisodeBatch) -> tuple[Pass, list[Tensor]]:
    """Return the last pass, and what the gradients of all were clipped to."""
    carried: Carried = ()
    moved: list[Tensor] = []
    for _ in range(learner.passes):
        found: Pass = learner.losses(batch, carried)
        carried = found.carried
        for name, parameters in learner.parameters_of().items():
            own = torch.autograd.grad(found.losses[name], parameters, allow_unused=True)
            used = [gradient for gradient in own if gradient is not None]
            clip(used, 0.5)
            moved += used
    learner.after_update(batch, carried)
    return found, moved


@pytest.mark.parametrize("case", CASES, ids=lambda case: Path(case).name)
def test_everything_is_made_where_the_networks_are(case: str) -> None:
    training = build(case, 0)
    batch = episodes(training, 0)
    batch.to("meta")
    learner = training.learner
    for mac in (learner.mac, getattr(learner, "target_mac", learner.mac)):
        mac.to("meta")
    for module in learner.modules().values():
        module.to("meta")
    carried: Carried = ()
    for _ in range(2):
        found: Pass = learner.losses(batch, carried)
        carried = found.carried
        torch.stack(list(found.losses.values())).sum().backward()
    learner.after_update(batch, carried)
    tensors = [*found.losses.values(), *found.statistics.values(), *found.carried]
    assert {tensor.device.type for tensor in tensors} == {"meta"}


@needs_gpu
@pytest.mark.parametrize("case", CASES, ids=lambda case: Path(case).name)
def test_a_captured_update_is_that_of_the_cpu(case: str) -> None:
    """Equal up to the order of sums, relative 1e-4."""
    training = build(case, 0)
    batch = episodes(training, 0)
    expected, expected_moved = all_passes(training.learner, batch)
    learner = build(case, 0).learner
    learner.cuda()
    batch.to("cuda")
    before = {name: copy.deepcopy(one.state_dict()) for name, one in learner.modules().items()}
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(2):
            all_passes(learner, batch)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found, moved = all_passes(learner, batch)
    for name, module in learner.modules().items():
        module.load_state_dict(before[name])
    graph.replay()
    for one, two in (
        (found.losses, expected.losses),
        (found.statistics, expected.statistics),
        (found.carried, expected.carried),
        (moved, expected_moved),
    ):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5, check_device=False)
    for name, module in learner.modules().items():
        stored = training.learner.modules()[name].state_dict()
        torch.testing.assert_close(
            dict(module.state_dict()), dict(stored), rtol=1e-4, atol=1e-5, check_device=False
        )
