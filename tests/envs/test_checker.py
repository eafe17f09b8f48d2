"""The check of an environment: silent where all is well, and plain where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from acd_plugin.configuration.findings import Finding
from acd_plugin.configuration.paths import config_root, names_in
from acd_plugin.envs.checker import check_blueprint, check_environment
from acd_plugin.envs.comm_layout import CommLayout
from acd_plugin.envs.cyborg.checker import check_scenario
from acd_plugin.envs.loop_blueprint import LoopBlueprint
from acd_plugin.envs.registry import REGISTRY
from acd_plugin.errors import listing
from tests.envs.cyborg.games import env_args
from tests.toy_envs import SignalEnv

SCENARIOS = [name for name in names_in("scenarios") if name != "images"]


@pytest.mark.parametrize("env", names_in("envs"))
def test_the_projects_environments_are_fine(env: str) -> None:
    assert check_environment("cyborg", env_args(env=env)) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_projects_scenarios_are_fine(name: str) -> None:
    assert check_scenario(name) == []


def step_with(change: Callable[[Any], Any]) -> type[SignalEnv]:
    """Return an environment whose step returns something else."""

    class Changed(SignalEnv):
        def step(self, actions: Sequence[int]) -> Any:
            return change(super().step(actions))

    return Changed


class NoAction(SignalEnv):
    def get_avail_actions(self) -> list[list[int]]:
        return [[1, 1], [0, 0]] if self._step else [[1, 1], [1, 1]]


class NotFinite(SignalEnv):
    def get_state(self) -> Any:
        return np.full(4, np.nan, np.float32)


class WrongSize(SignalEnv):
    def get_obs_size(self) -> int:
        return 3


GLOBAL = np.random.default_rng(0)


class Forgetful(SignalEnv):
    """Draws from a generator that all instances share."""

    def reset(self, *args: Any, **options: Any) -> Any:
        super().reset(*args, **options)
        self._coin = int(GLOBAL.integers(1000))
        return self.get_obs(), {}

    def get_obs(self) -> Any:
        return [np.full(2, self._coin, np.float32)] * 2


class Seedless(SignalEnv):
    def __init__(self, **unused: Any) -> None:
        super().__init__(seed=0)
        del unused


class WrongLayout(SignalEnv):
    @classmethod
    def comm_layout(cls, **env_args: object) -> CommLayout:
        del env_args
        return CommLayout(2, 1, 4, True, np.zeros((3, 2), np.bool_))


class Endless(SignalEnv):
    def step(self, actions: Sequence[int]) -> Any:
        super().step(actions)
        return self.get_obs(), 0.0, False, False, {}


class Crashing(SignalEnv):
    def step(self, actions: Sequence[int]) -> Any:
        del actions
        raise KeyError("agent_3")


def with_word(result: Any) -> Any:
    return (*result[:4], {**result[4], "winner": "red"})


def not_announced(result: Any) -> Any:
    return result[0], result[1], False, result[2], result[4]


def nan_reward(result: Any) -> Any:
    return (result[0], float("nan"), *result[2:])


def too_many_rewards(result: Any) -> Any:
    return (result[0], [0.0] * 3, *result[2:])


CASES: list[tuple[type[SignalEnv], bool, str]] = [
    (NoAction, True, "an agent has no available action: there must be one at all times"),
    (NotFinite, True, "states has numbers that are not finite"),
    (WrongSize, True, "could not broadcast"),
    (Forgetful, True, "the same seed and actions give other games the second time"),
    (Seedless, False, "seeds 0 and 1 give the same games"),
    (WrongLayout, True, "unlocked_by_message has shape (3, 2): must be (agents, actions) = (2, 2)"),
    (WrongLayout, True, "comm_layout describes 9 bits, and an observation has 2"),
    (Endless, True, "after episode_limit=2 steps a game is neither terminated nor truncated"),
    (Crashing, True, "playing it fails: KeyError: 'agent_3'"),
    (step_with(with_word), True, "could not convert string to float: 'red'"),
    (step_with(with_word), True, "the last info has winner='red': statistics must be numbers"),
    (step_with(not_announced), False, "the game is truncated at step 2 and info has no episode"),
    (step_with(nan_reward), True, "step 1 has rewards that are not finite"),
    (step_with(too_many_rewards), True, "step() returns 3 rewards"),
]


@pytest.mark.parametrize(("env", "is_error", "text"), CASES, ids=lambda case: str(case)[:40])
def test_what_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, env: type[SignalEnv], is_error: bool, text: str
) -> None:
    monkeypatch.setitem(REGISTRY, "mine", env)
    findings = check_environment("mine", {})
    assert any(found.is_error is is_error and text in found.text for found in findings), findings
    assert all("\n" not in found.text for found in findings)


def test_nothing_is_told_where_all_is_well() -> None:
    assert check_blueprint(LoopBlueprint(SignalEnv, {})) == []


def test_arguments_of_epymarl_that_are_not_accepted_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Narrow(SignalEnv):
        def __init__(self, *, seed: int = 0) -> None:
            super().__init__(seed=seed)

    monkeypatch.setitem(REGISTRY, "mine", Narrow)
    (finding,) = check_environment("mine", {})
    assert finding.text.startswith("Narrow does not accept common_reward, reward_scalarisation")


def test_what_cannot_be_made_is_one_finding() -> None:
    assert check_environment("cybrog", {}) == [
        Finding(
            True,
            "unknown environment 'cybrog'; did you mean 'cyborg'? "
            f"(legal: {listing(REGISTRY)})",  # other tests may have registered some
        )
    ]
    (finding,) = check_environment("cyborg", {**env_args(), "detection_rate": 2.0})
    assert "'detection_rate' is 2.0" in finding.text


def test_a_network_with_a_part_that_the_attacker_never_finds(tmp_path: Path) -> None:
    data = yaml.safe_load((config_root() / "scenarios" / "dial_2_subnets.yaml").read_text())
    for host in data["subnets"][0]["hosts"]:
        host.pop("reveals", None)
    data["subnets"][1]["hosts"][0]["name"] = "Defender"
    objective, data["objective"] = data["objective"], data["subnets"][0]["hosts"][1]["name"]
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(data))
    lost, cyborg = check_scenario(str(file))
    assert "never finds the subnet 'Operational': let a host" in lost.text
    assert "backend=cyborg cannot express this scenario" in cyborg.text
    assert not lost.is_error
    assert not cyborg.is_error
    file.write_text(yaml.safe_dump({**data, "objective": objective}))
    (refused,) = check_scenario(str(file))
    assert refused.is_error
    assert f"objective '{objective}' is in subnet 'Operational', which the attacker" in refused.text
    file.write_text(yaml.safe_dump({**data, "foothold": "Usr0", "joint": [["User1"]]}))
    assert [finding.is_error for finding in check_scenario(str(file))] == [True, True]
    file.write_text("block: [")
    (finding,) = check_scenario(str(file))
    assert finding.is_error
    assert "not valid YAML" in finding.text
