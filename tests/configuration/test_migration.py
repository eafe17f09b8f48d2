"""What 0.1.0 recorded means what it meant."""

from __future__ import annotations

from typing import Any

from acd_plugin.configuration.layers import load_config
from acd_plugin.configuration.migration import migrate
from acd_plugin.envs.registry import blueprint_of


def recorded_by_0_1_0(learner: str, interval: float, env: str = "cyborg_small") -> dict[str, Any]:
    config = load_config("dial", env, [])
    for key in ("env_name", "numbers", "game", "episode_limit", "plugins"):
        config.pop(key, None)
    return {**config, "learner": learner, "target_update_interval_or_tau": interval}


def test_dial_counted_episodes_and_now_counts_updates() -> None:
    assert (
        migrate(recorded_by_0_1_0("dial_learner", 12800.0))["target_update_interval_or_tau"]
        == 100.0
    )
    for learner, interval in (("q_learner", 200.0), ("dial_learner", 0.01)):
        same = migrate(recorded_by_0_1_0(learner, interval))
        assert same["target_update_interval_or_tau"] == interval


def test_the_game_is_the_one_that_is_played_today() -> None:
    for env in ("cyborg_small", "cyborg_small_no_block", "cyborg_small_green", "cyborg_large"):
        migrated = migrate(recorded_by_0_1_0("dial_learner", 0.5, env))
        blueprint = blueprint_of("cyborg", migrated["env_args"])
        assert migrated["env_name"] == env
        assert migrated["episode_limit"] == blueprint.sizes().episode_limit
        assert migrated["game"]["scenario"] == blueprint.identity["scenario"]


def test_a_setting_that_was_ignored_keeps_runs_apart() -> None:
    config = recorded_by_0_1_0("ppo_learner", 0.01)
    assert migrate(config)["numbers"] == 1
    config["env_args"] = {**config["env_args"], "bootstrap_at_time_limit": True}
    assert migrate(config)["numbers"] == 0


def test_settings_that_are_newer_than_a_run_have_the_value_that_they_had_implicitly() -> None:
    today = load_config("dial", "cyborg_small", [])
    env_args = {key: value for key, value in today["env_args"].items() if key != "sees"}
    costs = {key: value for key, value in env_args["costs"].items() if key != "protect"}
    older = {**today, "numbers": 1, "env_args": {**env_args, "costs": costs}}
    assert migrate(older)["env_args"] == today["env_args"]
    assert "env_args" not in migrate({"numbers": 1, "env": "echo"})
    rial = load_config("rial", "cyborg_small", [])
    older = {key: value for key, value in rial.items() if key != "message_content"}
    assert migrate({**older, "numbers": 1})["message_content"] == "learned"
    assert "message_content" not in migrate({"numbers": 1, "mac": "basic_mac"})


def test_migrating_twice_changes_nothing() -> None:
    once = migrate(recorded_by_0_1_0("rial_learner", 12800.0))
    assert migrate(once) == once
