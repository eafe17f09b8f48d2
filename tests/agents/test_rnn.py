"""The recurrent network, shared and separate."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from acd_plugin.agents.recurrence import unroll_gru
from acd_plugin.agents.rnn import RnnAgent, SeparateRnnAgents

ARGS = SimpleNamespace(n_agents=3, n_actions=5, hidden_dim=8, use_rnn=True)


def test_unrolled_layers_equal_cells_called_one_after_the_other() -> None:
    torch.manual_seed(0)
    cells = [nn.GRUCell(4, 4), nn.GRUCell(4, 4)]
    inputs = torch.randn(6, 7, 4)
    first, second = torch.zeros(7, 4), torch.zeros(7, 4)
    for t, output in enumerate(unroll_gru(cells, inputs)):
        first = cells[0](inputs[t], first)
        second = cells[1](first, second)
        torch.testing.assert_close(output, second)


@pytest.mark.parametrize("use_rnn", [True, False])
@pytest.mark.parametrize("kind", [RnnAgent, SeparateRnnAgents])
def test_unrolling_equals_stepping(kind: type[RnnAgent | SeparateRnnAgents], use_rnn: bool) -> None:
    torch.manual_seed(0)
    agent = kind(6, SimpleNamespace(**{**vars(ARGS), "use_rnn": use_rnn}))
    inputs = torch.randn(4, 2, 3, 6)  # steps, games, agents, inputs
    hidden = agent.init_hidden().unsqueeze(0).expand(2, 3, -1)
    for t, expected in enumerate(agent.unroll(inputs)):
        outputs, hidden = agent(inputs[t].flatten(0, 1), hidden)
        torch.testing.assert_close(outputs.view(2, 3, 5), expected)


def test_separate_agents_share_nothing() -> None:
    agent = SeparateRnnAgents(6, ARGS)
    agent.unroll(torch.randn(4, 2, 3, 6))[:, :, 1].sum().backward()
    reached = [
        any(bool(p.grad.any()) for p in one.parameters() if p.grad is not None)
        for one in agent.agents
    ]
    assert reached == [False, True, False]


def test_weights_have_epymarls_names() -> None:
    shared = {"fc1", "rnn", "fc2"}
    assert {name.split(".")[0] for name in RnnAgent(6, ARGS).state_dict()} == shared
    separate = {".".join(name.split(".")[:2]) for name in SeparateRnnAgents(6, ARGS).state_dict()}
    assert separate == {"agents.0", "agents.1", "agents.2"}
