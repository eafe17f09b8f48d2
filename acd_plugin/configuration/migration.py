"""Bring what an earlier release recorded to today's names and meanings.

A setting that is new has a value that it had implicitly before; a setting whose unit has changed is
converted. So old checkpoints stay readable, and old runs stay in one group with new ones that
learned alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Config = dict[str, Any]

# The names under which 0.1.0's environments were chosen, by the scenario that it recorded instead.
_NAMES_0_1_0 = {
    "dial_2_subnets": "cyborg_small",
    "dial_2_subnets_no_block": "cyborg_small_no_block",
    "dial_2_subnets_green": "cyborg_small_green",
    "dial_3_subnets": "cyborg_large",
}
# Their content, as 0.1.0 named it in its checkpoints.
_SCENARIOS_0_1_0 = {
    "dial_2_subnets": "d8edbb35725a9bc3",
    "dial_2_subnets_no_block": "da6ec39fb661540f",
    "dial_2_subnets_green": "4d3c68fd321ae654",
    "dial_3_subnets": "733915bb8c525795",
    "branch_office": "b09801a04ab2d018",
}
# Settings of that game which are new since.
_NEW_ENV_ARGS: Config = {"attacker": "paper", "reward_terms": {}}
# Settings of that game which are newer than 0.2.0, and the price of an action that it did not have.
_NEWER_ENV_ARGS: Config = {
    "sees": "own",
    "host_profile": False,
    "networks": None,
    "games_per_network": 16,
    "generator": {
        "subnets": [2, 4],
        "hosts": [2, 4],
        "agents": [2, 3],
        "owners": "even",
        "extra_links": [0, 1],
        "images": [
            *("windows_user_1", "windows_user_2", "linux_user_1", "linux_user_2"),
            *("gateway", "internal"),
        ],
        "objective": "farthest",
        "block": True,
        "steps": 60,
    },
}
_NEWER_COSTS: Config = {"protect": 0.1}
# Settings that communicating algorithms have since, by the controller that reads them.
_CHANNEL: Config = {"loss": 0.0, "delay": 0, "flip": 0.0, "liar": None, "lie": "inverted"}
_OF_MESSAGES: Config = {"channel": _CHANNEL, "bit_price": 0.0, "bit_limit": None}
_NEW_SETTINGS: Mapping[str, Config] = {
    "dial_mac": _OF_MESSAGES,
    "rial_mac": {"message_content": "learned", **_OF_MESSAGES},
}
_COUNTED_EPISODES = ("dial_learner", "rial_learner")
_TARGETS = "target_update_interval_or_tau"


def migrate(config: Mapping[str, Any]) -> Config:
    """Return a recorded configuration as this release would have recorded it."""
    migrated = dict(config)
    if "numbers" not in config:
        _from_0_1_0(migrated)
    env_args = migrated.get("env_args") or {}
    if migrated.get("env") == "cyborg":
        costs = {**_NEWER_COSTS, **(env_args.get("costs") or {})}
        migrated["env_args"] = {**_NEWER_ENV_ARGS, **env_args, "costs": costs}
    migrated = {**_NEW_SETTINGS.get(str(migrated.get("mac")), {}), **migrated}
    migrated.setdefault("chance", 1)  # drawn from generators that were asked in turn
    if "device" not in config:
        migrated["device"] = "cuda" if config.get("use_cuda") else "cpu"
        migrated["seeds_at_once"] = "auto"
    return migrated


def _from_0_1_0(config: Config) -> None:
    env_args = config.get("env_args") or {}
    scenario = env_args.get("scenario")
    game: dict[str, str] = {}
    if scenario:
        game["rules"] = "1"
        config["env_args"] = {**env_args, **_NEW_ENV_ARGS}
    if scenario in _SCENARIOS_0_1_0:
        game["scenario"] = _SCENARIOS_0_1_0[scenario]
    if "time_limit" in env_args:
        config["episode_limit"] = env_args["time_limit"]
    config |= {
        "numbers": 1,
        "env_name": _NAMES_0_1_0.get(str(scenario), scenario or config.get("env")),
        "game": game,
        "plugins": [],
        "trackers": [],
        "episodes_max": None,
    }
    if config.get("learner") == "ppo_learner" and env_args.get("bootstrap_at_time_limit"):
        config["numbers"] = 0  # it was ignored
    interval = config.get(_TARGETS)
    if config.get("learner") in _COUNTED_EPISODES and interval is not None and interval > 1:
        # At most a batch of episodes meant a copy after every update, as a share of 1 does.
        config[_TARGETS] = max(1.0, interval / config["batch_size"])
