"""SetNet: one network for every scenario."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from acd_plugin.agents.comm_agent import AgentStep, CommSizes
from acd_plugin.agents.set_net import SetNet, make_set_net
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.comm_layout import layout_of
from acd_plugin.envs.cyborg.definition import GameDefinition, define, define_game
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.room import Room
from acd_plugin.errors import UserError
from tests.conftest import MakeTraining
from tests.envs.cyborg.games import env_args
from tests.slow import slow

SET_NET = ("agent=set_net", "hidden_dim=16", "env_args.host_profile=True")
GAMES, STEPS = 3, 12


def net_for(game: GameDefinition) -> SetNet:
    """Return a network for a game, with weights that depend on nothing."""
    layout = layout_of(game.rules, game.settings)
    agents, _ = game.rules.action_kind.shape
    sizes = CommSizes(layout.observation_size, agents - 1, 1, layout)
    torch.manual_seed(0)
    return make_set_net(sizes, SimpleNamespace(n_agents=agents, hidden_dim=16))


def said(game: GameDefinition, tape: np.ndarray) -> list[AgentStep]:
    """Play actions (T, G, N), the first agent heard by all; returns what the network says."""
    net, batch = net_for(game), NativeBatchEnv(game, GAMES, seed=0)
    batch.reset(0, Purpose.TRAIN)
    hidden = net.init_hidden(GAMES)
    previous = torch.full((GAMES, batch.n_agents), batch.n_actions)
    received = torch.zeros(GAMES, batch.n_agents, batch.n_agents - 1)
    received[:, 1:, 0] = 1.0
    steps = []
    for actions in tape:
        seen = torch.from_numpy(batch.observations.copy())
        with torch.no_grad():
            step: AgentStep = net(net.embed(seen, previous), received, hidden)
        steps.append(step)
        hidden, previous = step.hidden, torch.from_numpy(actions)
        batch.step(actions)
    return steps


@pytest.mark.parametrize("env", ["cyborg_large", *slow(["generated"])])
def test_weights_fit_every_scenario(make_training: MakeTraining, env: str) -> None:
    trained, other = (make_training(*SET_NET, env=name) for name in ("cyborg_small", env))
    other.mac.load_state(trained.mac)
    other.test()


def test_room_for_more_changes_nothing() -> None:
    """More hosts, agents and subnets that are not there: the same values and messages."""
    game = define_game(env_args("host_profile=True"))
    roomy = define(game.settings, game.scenario, Room(4, 5, 5, 5, 5, protect=0, block=3))
    columns = [
        [more.index(name) for name in names]
        for names, more in zip(game.action_names, roomy.action_names, strict=False)
    ]
    rng = np.random.default_rng(0)
    tape = rng.integers(0, len(columns[0]), (STEPS, GAMES, 2))
    wide = np.zeros((STEPS, GAMES, 4), np.int64)
    for agent, own in enumerate(columns):
        wide[:, :, agent] = np.array(own)[tape[:, :, agent]]
    differ = False
    for one, two in zip(said(game, tape), said(roomy, wide), strict=True):
        for agent, own in enumerate(columns):
            more = two.action_values[:, agent]
            torch.testing.assert_close(one.action_values[:, agent], more[:, own])
            absent = [n for n, name in enumerate(roomy.action_names[agent]) if not name]
            assert (more[:, absent] == more[:, :1]).all()  # is to sleep
        torch.testing.assert_close(one.message_outputs, two.message_outputs[:, :2])
        differ |= bool((one.action_values.std(-1) > 1e-4).all())
    assert differ  # values are not all the same


def test_hosts_and_senders_may_change_places() -> None:
    game = define_game(env_args("host_profile=True", env="cyborg_large"))
    net = net_for(game)
    layout, names = net.layout, game.action_names[1]
    torch.manual_seed(1)
    bits = torch.randint(0, 2, (1, 3, layout.host_slots, 4)).float()
    told = torch.rand(1, 3, layout.host_slots, layout.host_numbers)
    rest = torch.rand(1, 3, layout.block_numbers)
    heard = torch.rand(1, 3, 2)

    def values(order: list[int], received: torch.Tensor) -> AgentStep:
        parts = [bits[:, :, order].flatten(2), rest, told[:, :, order].flatten(2), rest]
        embedded = net.embed(torch.cat(parts, -1), torch.full((1, 3), len(names)))
        step: AgentStep = net(embedded, received, net.init_hidden(1))
        return step

    order = [2, 0, 3, 1]
    plain, moved = values([0, 1, 2, 3], heard), values(order, heard.flip(-1))
    torch.testing.assert_close(plain.message_outputs, moved.message_outputs)
    hosts = len(order)
    for first in range(1, 1 + 3 * hosts, hosts):  # Remove, Restore, Analyse
        ours = plain.action_values[..., first : first + hosts][..., order]
        torch.testing.assert_close(ours, moved.action_values[..., first : first + hosts])
    assert plain.action_values[0, 1].unique().numel() == len(names)


@pytest.mark.parametrize("algorithm", ["dial", "rial", "iql", "vdn", "qmix", "ippo"])
def test_every_kind_of_algorithm_learns_with_it(
    algorithm: str, make_training: MakeTraining
) -> None:
    silent = ("obs_agent_id=False", "obs_last_action=True")
    own = () if algorithm in ("dial", "rial") else silent
    training = make_training(*SET_NET, *own, algorithm=algorithm)
    before = [parameter.clone() for parameter in training.mac.parameters()]
    training.train_once()
    moved = [not torch.equal(*pair) for pair in zip(before, training.mac.parameters(), strict=True)]
    assert np.mean(moved) > 0.5


@pytest.mark.parametrize(
    ("overrides", "env", "algorithm", "told"),
    [
        ((), "hidden_target", "dial", "without 'clues'"),
        (("share_parameters=False",), "cyborg_small", "dial", "share_parameters=True"),
        ((), "cyborg_small", "iql", "obs_agent_id=False"),
    ],
)
def test_what_it_cannot_play_is_refused(
    overrides: tuple[str, ...], env: str, algorithm: str, told: str, make_training: MakeTraining
) -> None:
    with pytest.raises(UserError, match=told):
        make_training(*SET_NET, *overrides, env=env, algorithm=algorithm)


def test_an_environment_without_hosts_is_refused(make_toy_training: MakeTraining) -> None:
    with pytest.raises(UserError, match="whose observations are hosts"):
        make_toy_training("agent=set_net")
