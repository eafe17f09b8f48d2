"""From the agents' values to the team's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from acd_plugin.errors import UserError
from acd_plugin.mixers import REGISTRY

ARGS = {
    "n_agents": 3,
    "state_shape": 5,
    "mixing_embed_dim": 8,
    "hypernet_layers": 2,
    "hypernet_embed": 16,
}


def test_vdn_adds() -> None:
    mixed = REGISTRY["vdn"](SimpleNamespace())(torch.tensor([[[1.0, 2.0, 4.0]]]), torch.zeros(1))
    assert mixed.tolist() == [[[7.0]]]


@pytest.mark.parametrize("layers", [1, 2])
def test_qmix_is_monotone_in_every_agents_value(layers: int) -> None:
    torch.manual_seed(0)
    mixer = REGISTRY["qmix"](SimpleNamespace(**{**ARGS, "hypernet_layers": layers}))
    values, states = torch.randn(6, 4, 3, requires_grad=True), torch.randn(6, 4, 5)
    mixed = mixer(values, states)
    assert mixed.shape == (6, 4, 1)
    mixed.sum().backward()
    assert values.grad is not None
    assert (values.grad >= 0).all()
    assert values.grad.unique().numel() > 60  # how much each counts depends on the state


def test_qmix_is_the_network_of_the_paper() -> None:
    """Rashid et al. 2018, figure 2, for one state, with plain matrices."""
    torch.manual_seed(1)
    mixer: Any = REGISTRY["qmix"](SimpleNamespace(**ARGS))
    values, state = torch.randn(3), torch.randn(5)
    first = mixer.hyper_w_1(state).abs().reshape(3, 8)
    hidden = torch.nn.functional.elu(values @ first + mixer.hyper_b_1(state))
    expected = hidden @ mixer.hyper_w_final(state).abs() + mixer.V(state)
    mixed = mixer(values.view(1, 1, 3), state.view(1, 1, 5))
    torch.testing.assert_close(mixed.flatten(), expected)


def test_three_hyper_layers_are_refused() -> None:
    with pytest.raises(UserError, match="'hypernet_layers' is 3"):
        REGISTRY["qmix"](SimpleNamespace(**{**ARGS, "hypernet_layers": 3}))
