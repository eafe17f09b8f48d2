"""The C-Net: size, inputs, and what a missing host means."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from acd_plugin.agents import make_c_net, observation_encoders
from acd_plugin.agents.c_net import CNet
from acd_plugin.agents.comm_agent import CommAgent, CommSizes
from acd_plugin.communication.message_norm import MessageNorm
from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.envs.registry import blueprint_of
from acd_plugin.errors import UserError

# Trainable parameters of the published network, less the 256 of a normalisation in its head that
# the paper's description of the network does not have.
PUBLISHED = {
    "cyborg_small_no_block": 221_578 - 256,
    "cyborg_small": 222_091 - 256,
    "cyborg_large": 228_500 - 256,
}


def make_net(
    observation: int,
    layout: CommLayout | None,
    n_agents: int = 2,
    n_actions: int = 8,
    n_bits: int = 1,
    **changes: Any,
) -> CommAgent:
    """Return what DIAL's controller makes of the paper's settings, with these changes."""
    sizes = CommSizes(observation, (n_agents - 1) * n_bits, n_bits, layout)
    config = load_config("dial", "cyborg_small", [])
    args = {**config, "n_agents": n_agents, "n_actions": n_actions, **changes}
    return make_c_net(sizes, SimpleNamespace(**args))


@pytest.mark.parametrize("env", PUBLISHED)
def test_the_number_of_parameters_is_the_published_one(env: str) -> None:
    config = load_config("dial", env, [])
    blueprint = blueprint_of("cyborg", config["env_args"])
    sizes = blueprint.sizes()
    net = make_net(sizes.observation_size, blueprint.comm_layout, sizes.n_agents, sizes.n_actions)
    assert sum(p.numel() for p in net.parameters() if p.requires_grad) == PUBLISHED[env]


def layout(slots: int = 2, blocks: int = 1) -> CommLayout:
    return CommLayout(
        host_slots=slots,
        bits_per_host=4,
        block_bits=blocks,
        gate_on_host_bits=True,
        unlocked_by_message=np.zeros((2, 8), dtype=np.bool_),
    )


def test_more_blocks_than_a_table_can_hold_are_refused_before_it_is_made() -> None:
    with pytest.raises(UserError, match=r"can block 34 subnets: .* at most 16: let agents defend"):
        make_net(42, layout(blocks=34))


def embed(net: Any, bits: list[float], previous: int = 0) -> torch.Tensor:
    observations = torch.tensor([[bits, bits]])
    embedded: torch.Tensor = net.embed(observations, torch.full((1, 2), previous))
    return embedded.detach()


def test_every_input_changes_the_embedding() -> None:
    net = make_net(9, layout())
    plain = embed(net, [0.0] * 9)
    assert not torch.equal(plain[0, 0], plain[0, 1])  # the agent's number
    assert not torch.equal(plain, embed(net, [0.0] * 9, previous=1))
    seen = {tuple(embed(net, [float(i == k) for i in range(9)])[0, 0].tolist()) for k in range(9)}
    assert len(seen) == 9


def test_a_missing_host_is_not_a_clean_one_and_adds_nothing() -> None:
    net = make_net(9, layout())
    assert isinstance(net, CNet)
    missing = embed(net, [0.0] * 4 + [-1.0] * 4 + [0.0])
    clean = embed(net, [0.0] * 9)
    encoder: Any = net.embed_observation
    second_slot_clean = encoder.hosts.weight[16].detach()
    assert not torch.allclose(missing, clean)
    assert torch.allclose(missing + second_slot_clean, clean, atol=1e-6)


def test_an_environment_without_host_bits_gets_a_linear_encoder() -> None:
    net = make_net(5, None, n_actions=2)
    assert embed(net, [0.1] * 5).shape == (1, 2, 128)


def test_messages_reach_only_the_listener() -> None:
    net = make_net(9, layout())
    embedded = embed(net, [0.0] * 9)
    quiet, _, _ = net(embedded, torch.zeros(1, 2, 1), net.init_hidden(1))
    heard, _, _ = net(embedded, torch.tensor([[[0.0], [1.0]]]), net.init_hidden(1))
    assert torch.equal(quiet[0, 0], heard[0, 0])
    assert not torch.equal(quiet[0, 1], heard[0, 1])


def test_without_bits_there_are_no_message_layers() -> None:
    net = make_net(9, layout(), n_bits=0)
    assert not any("embed_messages" in name for name, _ in net.named_parameters())
    values, logits, _ = net(embed(net, [0.0] * 9), torch.zeros(1, 2, 0), net.init_hidden(1))
    assert values.shape == (1, 2, 8)
    assert logits.shape == (1, 2, 0)


def test_separate_networks_share_nothing() -> None:
    net = make_net(9, layout(), share_parameters=False)
    embedded = net.embed(torch.zeros(3, 2, 9), torch.zeros(3, 2, dtype=torch.long))
    values, logits, hidden = net(embedded, torch.zeros(3, 2, 1), net.init_hidden(3))
    assert values.shape == (3, 2, 8)
    assert logits.shape == (3, 2, 1)
    assert len(hidden) == 4
    values[:, 0].sum().backward()
    touched = {
        name.split(".")[1]
        for name, p in net.named_parameters()
        if p.grad is not None and p.grad.abs().sum() > 0
    }
    assert touched == {"0"}


def test_message_norm_follows_what_it_is_told_and_nothing_else() -> None:
    norm = MessageNorm(1)
    messages = torch.tensor([[0.0], [1.0]])
    before = norm(messages)
    assert torch.equal(before, norm(messages))  # using it does not move it
    for _ in range(200):
        norm.update(messages, torch.ones(2))
    normal = norm(messages)
    assert normal.mean().item() == pytest.approx(0.0, abs=1e-3)
    assert normal[1].item() == pytest.approx(0.5 / 0.5**0.5, rel=1e-3)  # sample variance 0.5


def test_many_hosts_are_added_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the same sum: only memory depends on how many there are at once."""
    encoder = observation_encoders.HostBitsEncoder(8, layout(slots=70, blocks=0))
    bits = torch.randint(0, 2, (5, 70, 4)).float()
    bits[:, 40:45] = -1.0  # hosts that are not there
    observations = bits.flatten(1)
    added = encoder(observations)
    monkeypatch.setattr(observation_encoders, "_AT_ONCE", 70)
    torch.testing.assert_close(added, encoder(observations))
    assert not torch.equal(added, encoder(observations.roll(4, dims=1)))
