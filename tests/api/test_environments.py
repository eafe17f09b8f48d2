"""Environments in the forms that other libraries expect: their own conformance tests, and ours."""

from __future__ import annotations

import importlib.util
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from pettingzoo.test import parallel_api_test, parallel_seed_test

import acd_plugin
from acd_plugin.envs.pettingzoo_env import from_pettingzoo
from tests.slow import slow_but

ENVIRONMENTS = slow_but(
    lambda name: name in ("cyborg_small", "branch_office"),
    ["branch_office", "cyborg_large", "cyborg_small", "cyborg_small_green"],
)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_pettingzoo_s_own_tests_pass(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    parallel_api_test(acd_plugin.make(name), num_cycles=100)
    parallel_seed_test(lambda: acd_plugin.make(name), num_cycles=40)
    assert "Passed Parallel API test" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:.*render fps")
def test_gymnasium_s_own_check_passes_on_what_its_registry_makes() -> None:
    env = gymnasium.make("acd_plugin.envs.as_gymnasium:acd/cyborg_small-v0", detection_rate=0.8)
    check_env(env.unwrapped, skip_render_check=True)
    made: Any = env.unwrapped
    assert made.names == acd_plugin.names("cyborg_small")


def played(env: Any, seed: int, steps: int = 30) -> list[Any]:
    """What one game of a parallel environment hands out to agents that choose as they may."""
    choice = np.random.default_rng(0)
    observations, infos = env.reset(seed=seed)
    seen = [observations, infos]
    for _ in range(steps):
        actions = {
            agent: int(choice.choice(np.flatnonzero(infos[agent]["action_mask"])))
            for agent in env.agents
        }
        observations, *told, infos = env.step(actions)
        seen += [observations, *told, infos]
    return seen


def test_all_forms_play_the_same_games() -> None:
    """PettingZoo's, EPyMARL's, Gymnasium's, the batch, and PettingZoo's read back by us."""
    parallel = acd_plugin.make("cyborg_small", detection_rate=0.8)
    team = acd_plugin.make_gymnasium("cyborg_small", detection_rate=0.8)
    single = acd_plugin.make_epymarl("cyborg_small", detection_rate=0.8, seed=4)
    batch = acd_plugin.make_batch("cyborg_small", 3, seed=4, detection_rate=0.8)
    again = from_pettingzoo(acd_plugin.make)(
        kwargs={"env": "cyborg_small", "detection_rate": 0.8}, time_limit=30, seed=4
    )
    views, _ = parallel.reset(seed=4)
    joint, _ = team.reset(seed=4)
    batch.reset(0, acd_plugin.Purpose.TRAIN)
    single.reset()
    again.reset()
    choice = np.random.default_rng(0)
    while parallel.agents:
        seen = np.stack(list(views.values()))
        for other in (joint, single.get_obs(), batch.observations[0], again.get_obs()):
            assert np.array_equal(seen, np.stack(list(other)))
        mask = np.array(single.get_avail_actions())
        assert np.array_equal(mask, again.get_avail_actions())
        assert np.array_equal(mask, batch.available_actions[0])
        actions = [int(choice.choice(np.flatnonzero(row))) for row in mask]
        views, rewards, terminations, _, infos = parallel.step(
            dict(zip(parallel.agents, actions, strict=True))
        )
        joint, joint_reward, over, _, _ = team.step(tuple(actions))
        _, reward, *_ = single.step(actions)
        _, mean_reward, *_ = again.step(actions)
        result = batch.step(np.array([actions] * 3))
        assert {reward, joint_reward, mean_reward, result.rewards[0]} == set(rewards.values())
        assert all(ended == over for ended in terminations.values())
    assert infos["Blue0"]["cost_damage"] == batch.episode_stats()["cost_damage"][0]


def test_games_go_on_without_a_seed_and_begin_anew_with_one() -> None:
    env = acd_plugin.make("cyborg_small", seed=7)
    first, second = played(env, seed=7), [env.reset(), env.reset()]
    assert str(played(env, seed=7)) == str(first)
    assert str(played(acd_plugin.make("cyborg_small"), seed=7)) == str(first)
    assert str(played(env, seed=8)) != str(first)
    assert second


def test_actions_and_bits_have_names() -> None:
    names = acd_plugin.names("cyborg_large")
    batch = acd_plugin.make_batch("cyborg_large", 1)
    assert names.agents == ["Blue0", "Blue1", "Blue2"]
    assert [len(own) for own in names.actions] == [batch.n_actions] * 3
    assert [len(own) for own in names.observations] == [batch.observations.shape[2]] * 3
    assert names.actions[0][0] == "Sleep"


def test_a_game_can_be_shown_as_text() -> None:
    env = acd_plugin.make("cyborg_small", render_mode="ansi")
    env.reset(seed=0)
    assert "Op_Server0" in str(env.render())


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"env": "cyborg_smal"}, "did you mean 'cyborg_small'"),
        ({"detection_rat": 0.5}, "unknown key 'detection_rat'; did you mean 'detection_rate'"),
        ({"detection_rate": 2}, "'detection_rate' is 2: .*from 0 to 1"),
        ({"costs": {"damage": {"hihg": 1.0}}}, "unknown key 'costs.damage.hihg'"),
    ],
)
@pytest.mark.parametrize("make", ["make", "make_gymnasium", "make_epymarl", "make_batch", "names"])
def test_settings_that_cannot_be_are_told_in_a_line(
    make: str, settings: dict[str, Any], problem: str
) -> None:
    with pytest.raises(acd_plugin.UserError, match=problem) as refused:
        getattr(acd_plugin, make)(**settings)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("seed", ["a", 2**63, -1, 1.5])
@pytest.mark.parametrize("make", ["make", "make_gymnasium"])
def test_a_seed_that_cannot_be_changes_nothing(make: str, seed: Any) -> None:
    with pytest.raises(acd_plugin.UserError, match=r"seed is .*: must be an integer from 0"):
        getattr(acd_plugin, make)(seed=seed)
    env = getattr(acd_plugin, make)()
    with pytest.raises(acd_plugin.UserError, match=r"seed is .*: must be an integer from 0"):
        env.reset(seed=seed)
    env.reset()


@pytest.mark.parametrize(
    ("call", "arguments", "problem"),
    [
        *(("make_batch", {"games": wrong}, "games is") for wrong in (0, -1, 1.5, "a")),
        *(("make_batch", {"seed": wrong}, "seed is") for wrong in (2**63, -1, 1.5, "a")),
        ("make_epymarl", {"seed": "a"}, "seed is 'a'"),
        ("make", {"env": None}, "the environment is None: give its name"),
        ("make", {"env": 5}, "the environment is 5: give its name"),
        ("names", {"env": None}, "the environment is None: give its name"),
    ],
)
def test_what_no_environment_can_be_made_of_is_told_in_a_line(
    call: str, arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(acd_plugin.UserError, match=problem) as refused:
        getattr(acd_plugin, call)(**arguments)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("action", [100, -1, 1.5, "1", None])
def test_an_illegal_action_is_told_with_its_agent(action: Any) -> None:
    env = acd_plugin.make("cyborg_small")
    env.reset()
    with pytest.raises(acd_plugin.UserError, match=r"action of Blue1 is .*: must be .* from 0 to"):
        env.step({"Blue0": 0, "Blue1": action})
    team = acd_plugin.make_gymnasium("cyborg_small")
    team.reset()
    with pytest.raises(acd_plugin.UserError, match=r"action of Blue1 is .*: must be .* from 0 to"):
        team.step((0, action))


@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        (np.full((4, 2), 1.7), r"actions are float64: must be whole numbers, one for .* \(4, 2\)"),
        (np.ones((4, 2), bool), "actions are bool: must be whole numbers"),
        ([["1", "2"]] * 4, "actions are <U1: must be whole numbers"),
        ([[0, 1], [0]], "actions are objects, or rows of different length: must be whole numbers"),
        (None, "actions are objects, or rows"),
        (np.zeros((2, 4), int), r"the shape \(2, 4\): must be \(games, agents\) = \(4, 2\)"),
        ([[0, 0], [0, 8], [0, 0], [0, 0]], "action of agent 1 in game 1 is 8: must be from 0 to 7"),
        (np.full((4, 2), -1), "action of agent 0 in game 0 is -1: must be from 0 to 7"),
    ],
)
def test_actions_that_are_none_are_told_by_batches(actions: Any, problem: str) -> None:
    batch = acd_plugin.make_batch("cyborg_small", games=4)
    with pytest.raises(acd_plugin.UserError, match=r"call reset\(\) before step"):
        batch.step(actions)
    batch.reset(0, acd_plugin.Purpose.TRAIN)
    before = batch.states.copy()
    with pytest.raises(acd_plugin.UserError, match=problem):
        batch.step(actions)
    np.testing.assert_array_equal(batch.states, before)


@pytest.mark.parametrize(
    ("first", "purpose", "problem"),
    [
        (-1, 0, "first_episode is -1: must be an integer"),
        (1.5, 0, "first_episode is 1.5: must be an integer"),
        (
            0,
            "train",
            "purpose is 'train': must be one of Purpose.EVALUATE, Purpose.TEST, Purpose.T",
        ),
        (0, 7, "purpose is 7: must be one of"),
    ],
)
def test_episodes_that_are_none_are_told_by_batches(first: Any, purpose: Any, problem: str) -> None:
    with pytest.raises(acd_plugin.UserError, match=problem):
        acd_plugin.make_batch("cyborg_small", games=4).reset(first, purpose)


def begun(make: str) -> Any:
    env = getattr(acd_plugin, make)("cyborg_small")
    env.reset(seed=1)
    return env


@pytest.mark.parametrize("make", ["make_epymarl", "make_gymnasium"])
@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        (None, "actions are None: give a list of whole numbers, one for each of Blue0, Blue1"),
        (0, "actions are 0: give a list"),
        ("00", "actions are '00': give a list"),
        ({0: 1, 1: 1}, r"actions are \{0: 1, 1: 1\}: give a list"),
        ([0], r"actions are \[0\]: give a list"),
        (np.zeros((1, 2), int), r"actions are array\(\[\[0, 0\]\]\): give a list"),
        ([[0], [0, 1]], r"action of Blue0 is \[0\]: must be an integer from 0 to 7"),
        ([0, 1.7], r"action of Blue1 is 1\.7: must be an integer from 0 to 7"),
        ([0, 99], "action of Blue1 is 99: must be an integer from 0 to 7"),
        ([0, 2**64], "action of Blue1 is 18446744073709551616: must be an integer"),
    ],
)
def test_what_are_no_actions_of_a_team_is_told_and_changes_nothing(
    make: str, actions: Any, problem: str
) -> None:
    env = begun(make)
    with pytest.raises(acd_plugin.UserError, match=problem) as refused:
        env.step(actions)
    assert "\n" not in str(refused.value)
    other = begun(make)
    assert str(env.step([1, 2])) == str(other.step((1, 2))) != str(other.step(np.array([1, 2])))


@pytest.mark.parametrize("agent", [2, -1, "Blue0", None, 0.5])
def test_an_agent_that_there_is_not_is_told(agent: Any) -> None:
    env = begun("make_epymarl")
    for ask in (env.get_obs_agent, env.get_avail_agent_actions):
        with pytest.raises(acd_plugin.UserError, match=r"agent_id is .*: must be .* from 0 to 1"):
            ask(agent)
    spaces = acd_plugin.make("cyborg_small")
    for space in (spaces.observation_space, spaces.action_space):
        if agent != "Blue0":
            with pytest.raises(acd_plugin.UserError, match=r"unknown agent .* Blue0, Blue1"):
                space(agent)


def test_a_team_of_gymnasium_can_be_made_flat() -> None:
    team: Any = acd_plugin.make_gymnasium("cyborg_small")
    choices = gymnasium.spaces.MultiDiscrete([space.n for space in team.action_space])
    flat: Any = gymnasium.wrappers.TransformAction(
        gymnasium.wrappers.FlattenObservation(team), tuple, choices
    )
    seen, _ = flat.reset(seed=0)
    assert seen.ndim == 1
    assert flat.observation_space.contains(seen)
    flat.step(flat.action_space.sample())


def test_numbers_of_numpy_are_settings_and_its_booleans_no_numbers() -> None:
    costs = {"damage": {"high": np.float64(5)}}
    env = acd_plugin.make_batch("cyborg_small", 1, time_limit=np.int64(9), costs=costs)
    assert env.episode_limit == 9
    with pytest.raises(acd_plugin.UserError, match="'time_limit' is True"):
        acd_plugin.make_batch("cyborg_small", 1, time_limit=np.bool_(True))


def test_a_seed_of_epymarl_s_form_is_checked_as_well() -> None:
    with pytest.raises(acd_plugin.UserError, match=r"seed is 1\.5: must be an integer"):
        acd_plugin.make_epymarl("cyborg_small").reset(seed=1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("games", [10**12, 2**63 - 1])
@pytest.mark.parametrize("env", ["cyborg_small", "generated"])
def test_more_games_than_memory_are_told_before_any_is_made(env: str, games: int) -> None:
    with pytest.raises(acd_plugin.UserError, match=r"games=\d+ need about .* GiB .*: make fewer"):
        acd_plugin.make_batch(env, games)


@pytest.mark.parametrize("env", ["cyborg_small", "generated"])
@pytest.mark.parametrize("game", [3, -1, None, "first"])
def test_a_game_that_there_is_not_is_not_shown(env: str, game: Any) -> None:
    batch: Any = acd_plugin.make_batch(env, 3)
    with pytest.raises(acd_plugin.UserError, match=r"game is .*: must be an integer from 0 to 2"):
        batch.picture(game)


@pytest.mark.parametrize("make", ["make", "make_gymnasium"])
def test_a_way_of_rendering_that_there_is_not_is_refused(make: str) -> None:
    with pytest.raises(acd_plugin.UserError, match="render_mode is 'human': must be 'ansi'"):
        getattr(acd_plugin, make)(render_mode="human")


@pytest.mark.parametrize("actions", [{}, {"Blue0": 0, "Blue1": 0}])
def test_a_game_must_begin_before_a_step(actions: dict[str, int]) -> None:
    with pytest.raises(acd_plugin.UserError, match=r"call reset\(\) before step"):
        acd_plugin.make("cyborg_small").step(actions)
    with pytest.raises(acd_plugin.UserError, match=r"call reset\(\) before step"):
        acd_plugin.make_gymnasium("cyborg_small").step((0, 0))


def test_every_agent_must_act() -> None:
    env = acd_plugin.make("cyborg_small")
    env.reset()
    with pytest.raises(acd_plugin.UserError, match="give one for each of Blue0, Blue1"):
        env.step({"Blue0": 0})
    for actions in (None, 0):
        with pytest.raises(acd_plugin.UserError, match=f"actions are {actions}: give a dictionary"):
            env.step(actions)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "package"),
    [("make", "pettingzoo"), ("make_gymnasium", "gymnasium"), ("read_runs", "pandas")],
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, call: str, package: str
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    with pytest.raises(acd_plugin.UserError, match=f"install '.\\[{package}\\]'"):
        getattr(acd_plugin, call)()


def test_settings_that_would_change_nothing_are_refused() -> None:
    with pytest.raises(
        acd_plugin.UserError, match=r"'env_args.games_per_network' would change nothing"
    ):
        acd_plugin.make_batch("cyborg_small", 2, games_per_network=8)
    with pytest.raises(acd_plugin.UserError, match=r"'env_args.costs.remove' would change nothing"):
        acd_plugin.make_batch("hidden_hour", 2, costs={"remove": 9})
