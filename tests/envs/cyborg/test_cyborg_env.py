"""EPyMARL's environment contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acd_plugin.envs.cyborg.cyborg_env import CyborgEnv
from acd_plugin.errors import UserError
from tests.envs.cyborg.games import env_args


def make_env(*overrides: str, env: str = "cyborg_small", **contract: Any) -> CyborgEnv:
    return CyborgEnv(**env_args(*overrides, env=env), **contract)


def test_env_info_names_the_sizes() -> None:
    assert make_env(env="cyborg_large").get_env_info() == {
        "state_shape": 54,
        "obs_shape": 18,
        "n_actions": 15,
        "n_agents": 3,
        "episode_limit": 60,
    }


def test_reset_and_getters_agree() -> None:
    env = make_env()
    observations, info = env.reset()
    assert info == {}
    assert len(observations) == 2
    assert all(seen.shape == (9,) for seen in observations)
    assert env.get_state().tolist() == np.concatenate(env.get_obs()).tolist()
    assert env.get_obs_agent(1).tolist() == env.get_obs()[1].tolist()
    assert env.get_avail_agent_actions(0) == env.get_avail_actions()[0]
    assert env.get_avail_actions() == [[1, 0, 0, 0, 0, 0, 0, 1]] * 2
    assert (env.get_obs_size(), env.get_state_size(), env.get_total_actions()) == (9, 18, 8)
    assert env.get_stats() == {}


@pytest.mark.parametrize("actions", [[7, 7], (7, 7), np.array([7, 7])])
def test_step_takes_lists_and_arrays(actions: Any) -> None:
    env = make_env()
    env.reset()
    _, reward, terminated, truncated, info = env.step(actions)
    assert (reward, terminated, truncated, info) == (-2.0, False, False, {})


def test_step_takes_the_tensors_of_the_episode_runner() -> None:
    torch = pytest.importorskip("torch")
    env = make_env()
    env.reset()
    assert env.step(torch.tensor([7, 0]))[1] == -1.0


def test_what_was_handed_out_is_not_overwritten() -> None:
    env = make_env()
    env.reset()
    before = env.get_obs(), env.get_state()
    for _ in range(8):
        env.step([7, 7])
    assert not np.concatenate([*before[0], before[1]]).any()


def test_only_the_last_info_holds_statistics_and_they_are_numbers() -> None:
    env = make_env("time_limit=6")
    env.reset()
    steps = [env.step([0, 0]) for _ in range(6)]
    assert all(info == {} for *_, info in steps[:-1])
    assert all(isinstance(value, float) for value in steps[-1][4].values())
    assert {"hosts_compromised", "cost_damage", "blocks"} <= steps[-1][4].keys()
    assert [step[2] for step in steps] == [False] * 5 + [True]


def test_bootstrapping_at_the_time_limit_is_announced_as_epymarl_wants_it() -> None:
    env = make_env("time_limit=2", "bootstrap_at_time_limit=True")
    env.reset()
    env.step([0, 0])
    _, _, terminated, truncated, info = env.step([0, 0])
    assert (terminated, truncated, info["episode_limit"]) == (False, True, True)


def test_individual_rewards_are_the_team_reward_for_each() -> None:
    env = make_env(common_reward=False)
    env.reset()
    assert env.step([7, 7])[1] == [-2.0, -2.0]


def returns(env: CyborgEnv, episodes: int) -> list[float]:
    result = []
    for _ in range(episodes):
        env.reset()
        rewards = [env.step([0, 0])[1] for _ in range(env.episode_limit)]
        result.append(float(np.sum(rewards)))
    return result


def test_seeds() -> None:
    first = returns(make_env(seed=3), 3)
    assert first == returns(make_env(seed=3), 3)
    assert first != returns(make_env(seed=4), 3)
    assert len(set(first)) > 1  # every reset begins another episode
    env = make_env(seed=9)
    env.seed(3)
    assert returns(env, 3) == first
    env.reset(seed=3)
    env.seed()
    assert returns(env, 3) == first


def test_an_action_is_always_available_also_after_the_end() -> None:
    env = make_env("time_limit=3")
    env.reset()
    for _ in range(3):
        env.step([0, 0])
    assert all(any(mask) for mask in env.get_avail_actions())


def test_the_picture_shows_the_network(capsys: pytest.CaptureFixture[str]) -> None:
    env = make_env(seed=1)
    env.reset()
    assert "step 0 of 30" in env.picture()
    env.step([7, 0])
    env.render()
    assert capsys.readouterr().out == (
        "step 1 of 30, reward -1.0\n"
        "  host           truth  seen     believed    process known\n"
        "User (Blue0)\n"
        "  User0          root   (the attacker's own host)\n"
        "  User1          none   none     no          no\n"
        "  User2          none   none     no          no\n"
        "Operational (Blue1)\n"
        "  Op_Host0       none   none     no          no\n"
        "  Op_Server0     none   none     no          no\n"
        "Blue0  Block Operational: success, cost 1.0\n"
        "Blue1  Sleep\n"
        "red    DiscoverRemoteSystems User from User0: success\n"
    )


def test_the_layout_says_what_a_message_unlocks() -> None:
    layout = CyborgEnv.blueprint(**env_args(env="cyborg_large")).comm_layout
    assert (layout.host_slots, layout.block_bits, layout.gate_on_host_bits) == (4, 2, True)
    assert layout.unlocked_by_message[0].nonzero()[0].tolist() == [9, 10, 11, 12]
    free = CyborgEnv.blueprint(**env_args("analyse_mode=free")).comm_layout
    assert not free.unlocked_by_message.any()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("detection_rate", 1.5, "'detection_rate' is 1.5: input should be less than or equal to 1"),
        ("detection_rate", "high", "'detection_rate' is 'high'"),
        ("analyse_mode", "always", "should be 'free', 'detect' or 'sau'"),
        ("backend", "cybrog", "'backend' is 'cybrog': input should be 'native' or 'cyborg'"),
        ("time_limit", 0, "'time_limit' is 0: input should be greater than or equal to 1"),
        ("action_mask", 1, "'action_mask' is 1: input should be a valid boolean"),
        ("detectionrate", 0.5, "unknown key 'detectionrate'; did you mean 'detection_rate'?"),
        ("scenario", "dial_4", "unknown scenario 'dial_4'; did you mean 'dial_"),
    ],
)
def test_wrong_arguments_are_named(key: str, value: object, message: str) -> None:
    with pytest.raises(UserError) as error:
        CyborgEnv(**{**env_args(), key: value})
    assert message in str(error.value)
    assert "\n" not in str(error.value)
