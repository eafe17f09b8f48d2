"""PettingZoo's parallel environments behind EPyMARL's interface."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.checker import check_environment
from acd_plugin.envs.pettingzoo_env import PettingZooEnv, from_pettingzoo
from acd_plugin.envs.registry import REGISTRY, blueprint_of, register_env
from acd_plugin.errors import UserError
from tests.envs.parallel_envs import Box, Discrete, Script

HERE = "tests.envs.parallel_envs"


def make_env(time_limit: int = 10, **kwargs: Any) -> PettingZooEnv:
    contract = {name: kwargs.pop(name) for name in ("common_reward", "seed") if name in kwargs}
    return from_pettingzoo(Script)(time_limit=time_limit, kwargs=kwargs, **contract)


def inner(env: PettingZooEnv) -> Script:
    script = env._env
    assert isinstance(script, Script)
    return script


def test_sizes_are_those_of_the_largest_agent() -> None:
    assert make_env().get_env_info() == {
        "state_shape": 2,
        "obs_shape": 5,
        "n_actions": 4,
        "n_agents": 3,
        "episode_limit": 10,
    }
    assert make_env(has_state=False).get_state_size() == 3 * 5


def test_observations_are_flat_and_filled_up() -> None:
    env = make_env()
    observations, info = env.reset()
    assert info == {}
    assert [row.tolist() for row in observations] == [
        [0, 0, 0, 0, 0],  # a 2 x 2 box without the mask
        [0, 1, 0, 0, 1],  # one-hot of 1 among 2, and of 2 among 3
        [1, 0, 0, 0, 0],  # two bits
    ]
    assert {row.dtype for row in observations} == {np.dtype(np.float32)}


def test_masks_come_from_the_observation_or_the_info_and_absent_actions_are_never_available() -> (
    None
):
    env = make_env()
    env.reset()
    assert env.get_avail_actions() == [[0, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]]


def test_who_leaves_stays_as_a_player_without_influence() -> None:
    env = make_env()
    env.reset()
    rewards = [env.step([1, 1, 3])[1] for _ in range(3)]
    assert inner(env).received == [{"ann": 1, "bob": 6, "cyd": 3}] * 2 + [{"ann": 1, "cyd": 3}]
    assert rewards == [1.0, 1.0, pytest.approx(2 / 3)]
    assert env.get_avail_actions()[1] == [1, 0, 0, 0]
    assert not env.get_obs()[1].any()
    apart = make_env(common_reward=False)
    apart.reset()
    assert [apart.step([1, 1, 3])[1] for _ in range(3)] == [[1.0, 1.0, 1.0]] * 2 + [[1.0, 0, 1.0]]


@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        (None, "actions are None: give a list of whole numbers, one for each of ann, bob, cyd"),
        ([1, 1], r"actions are \[1, 1\]: give a list"),
        ([1, 1, 9], "the action of cyd is 9: must be an integer from 0 to 3"),
        ([1, 2, 3], "the action of bob is 2: must be an integer from 0 to 1"),
    ],
)
def test_actions_that_an_agent_does_not_have_are_not_handed_on(actions: Any, problem: str) -> None:
    env = make_env()
    env.reset()
    with pytest.raises(UserError, match=problem):
        env.step(actions)
    assert not inner(env).received


def last_step(env: PettingZooEnv) -> tuple[int, bool, bool, dict[str, float]]:
    env.reset()
    for step in range(1, 20):
        _, _, terminated, truncated, info = env.step([1, 0, 0])
        if terminated or truncated:
            return step, terminated, truncated, info
        assert info == {}
    raise AssertionError("the episode does not end")


def test_ends_are_told_as_epymarl_expects() -> None:
    told = {"ann_steps": 4.0, "bob_steps": 2.0, "cyd_steps": 4.0}
    assert last_step(make_env()) == (4, True, False, told)
    cut_off = (4, False, True, told | {"episode_limit": True})
    assert last_step(make_env(truncates=True)) == cut_off
    at_the_limit = {name: min(value, 3.0) for name, value in told.items()} | {"episode_limit": True}
    assert last_step(make_env(time_limit=3)) == (3, False, True, at_the_limit)


def test_what_is_bootstrapped_from_keeps_its_masks() -> None:
    for env, expected in (
        (make_env(truncates=True), [[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 1]]),
        (make_env(), [[1, 0, 0, 0]] * 3),
    ):
        last_step(env)
        assert env.get_avail_actions() == expected
        assert env.get_obs()[0][:4].tolist() == [4, 4, 4, 4]  # what it saw last


def test_seeds_are_handed_on_once() -> None:
    env = make_env(seed=3)
    for _ in range(2):
        env.reset()
    env.seed(8)
    env.reset()
    env.reset(seed=9)
    assert inner(env).seeds == [3, 3, None, 8, 9]  # the first reset tells the sizes


def test_it_is_made_from_a_name_alone() -> None:
    blueprint = blueprint_of("pettingzoo", {"make": f"{HERE}:Script", "time_limit": 6})
    batch = blueprint.make_batch(3, seed=0)
    batch.reset(0, Purpose.TRAIN)
    assert batch.observations.shape == (3, 3, 5)
    assert blueprint.sizes().episode_limit == 6
    batch.close()


def test_it_is_registered_by_a_function_and_passes_the_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(REGISTRY, "script", PettingZooEnv)  # is removed after the test
    del REGISTRY["script"]
    register_env("script", from_pettingzoo(Script))
    (finding,) = check_environment("script", {"time_limit": 6, "kwargs": {"truncates": True}})
    assert not finding.is_error
    assert "seeds 0 and 1 give the same games" in finding.text
    with pytest.raises(UserError, match="registered already"):
        register_env("script", from_pettingzoo(Script))


class Broken(Script):
    def action_space(self, agent: str) -> object:
        return Box(shape=(2,)) if agent == "ann" else Discrete(n=2)


class Wordy(Script):
    def observation_space(self, agent: str) -> object:
        del agent
        return Discrete()


class Deadlocked(Script):
    def _infos(self) -> dict[str, Any]:
        return {agent: {"action_mask": [0, 0, 0]} for agent in self.agents}


@pytest.mark.parametrize(
    ("make", "args", "message"),
    [
        (None, {"make": "nonsense"}, "write it as package.module:function"),
        (None, {"make": "no_such_module:f"}, "no_such_module cannot be imported"),
        (None, {"make": f"{HERE}:nothing"}, "has no function nothing"),
        (
            None,
            {"make": f"{HERE}:Script", "kwargs": {"speed": 1}},
            "Script says: got an unexpected",
        ),
        (None, {"make": "builtins:dict"}, "dict is no parallel environment of PettingZoo"),
        (Broken, {}, "an action space is Box"),
        (Wordy, {}, "an observation space is Discrete"),
        (Deadlocked, {}, r"the action mask of agent 'ann' is \[0, 0, 0\]"),
        (Script, {"time_limit": 0}, "time_limit is 0"),
        (Script, {"reward_scalarisation": "max"}, "legal: mean, sum"),
    ],
)
def test_mistakes_are_named(make: Any, args: dict[str, Any], message: str) -> None:
    env_class = from_pettingzoo(make) if make else PettingZooEnv
    with pytest.raises(UserError, match=message):
        env_class(**{"time_limit": 5, **args})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["classic.rps_v2", "butterfly.knights_archers_zombies_v11"])
def test_environments_of_pettingzoo_itself(name: str) -> None:
    pytest.importorskip("pettingzoo", reason="PettingZoo is not installed")
    pytest.importorskip("pygame", reason="pygame, which they need, is not installed")
    args = {"make": f"pettingzoo.{name}:parallel_env", "time_limit": 12}
    findings = check_environment("pettingzoo", args)
    assert [finding.text for finding in findings if finding.is_error] == []
