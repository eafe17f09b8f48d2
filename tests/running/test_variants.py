"""What changes with lists mean, and which of them are the game that was trained on."""

from __future__ import annotations

from typing import Any

import pytest

from acd_plugin.configuration.layers import Config, change, configure
from acd_plugin.errors import UserError
from acd_plugin.running.misfits import refuse_other_sizes
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.variants import Variant, expanded, has_lists, variant

ATTACKER, RATE = "env_args.attacker", "env_args.detection_rate"


@pytest.fixture(scope="module")
def trained() -> Config:
    return resolve(configure("qmix", "cyborg_small", {})).config


def made(trained: Config, **changes: object) -> Variant:
    told = {f"env_args.{key}": value for key, value in changes.items()}
    return variant(trained, told, resolve(change(trained, told)))


def test_lists_are_crossed_or_taken_side_by_side(trained: Config) -> None:
    changes = {ATTACKER: ["paper", "direct"], RATE: [0.1, 0.9], "env_args.sees": "team"}
    assert [(one[ATTACKER], one[RATE]) for one in expanded(changes, trained)] == [
        *(("paper", 0.1), ("paper", 0.9), ("direct", 0.1), ("direct", 0.9))
    ]
    together = expanded(changes, trained, together=True)
    assert [(one[ATTACKER], one[RATE]) for one in together] == [("paper", 0.1), ("direct", 0.9)]
    assert {one["env_args.sees"] for one in together} == {"team"}
    assert expanded({RATE: 0.3}, trained, together=True) == [{RATE: 0.3}]
    assert has_lists(changes, trained)
    assert not has_lists({RATE: 0.3}, trained)


def test_a_setting_that_is_a_list_is_one_value() -> None:
    config = {"env_args": {"sizes": [1, 2]}}
    assert expanded({"env_args.sizes": [3, 4]}, config) == [{"env_args.sizes": [3, 4]}]
    assert [one["env_args.sizes"] for one in expanded({"env_args.sizes": [[3], [4]]}, config)] == [
        *([3], [4])
    ]


@pytest.mark.parametrize(
    ("changes", "together", "message"),
    [
        ({ATTACKER: []}, False, r"'env_args.attacker=\[\]' names no value"),
        ({ATTACKER: ["paper"], RATE: [0.1, 0.2]}, True, "attacker has 1, env_args.detection_rate"),
        ({RATE: [0.1] * 40, ATTACKER: ["paper"] * 40}, False, "are 1,600 variants: at most 1,000"),
    ],
)
def test_lists_that_mean_nothing_are_refused(
    trained: Config, changes: dict[str, Any], together: bool, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        expanded(changes, trained, together)


def test_only_what_differs_from_training_is_told(trained: Config) -> None:
    home = made(trained, attacker="paper", detection_rate=0.5)
    assert (home.overrides, home.name) == ((), "as trained")
    other = made(trained, attacker="paper+random", detection_rate=0.5)
    assert other.overrides == ("env_args.attacker=paper+random",)
    assert other.name == "attacker=paper+random"
    assert made(trained, **{"costs.block": 2}).overrides == ("env_args.costs.block=2",)
    edited = {**trained, "game": {**trained["game"], "scenario": "another content"}}
    named = made(edited, scenario="dial_2_subnets")
    assert named.overrides == ("env_args.scenario=dial_2_subnets",)
    assert named.game["scenario"] == trained["game"]["scenario"]


def test_an_environment_of_other_sizes_is_refused_by_them(trained: Config) -> None:
    spec, large = (
        resolve(trained),
        resolve(change(trained, {"env_args.scenario": "dial_3_subnets"})),
    )
    refuse_other_sizes(spec, [resolve(change(trained, {ATTACKER: "direct"}))])
    with pytest.raises(UserError) as refused:
        refuse_other_sizes(spec, [large])
    told = str(refused.value)
    assert "'dial_2_subnets' and does not fit 'dial_3_subnets': 2 agents, 8 actions" in told
    assert "there, 3 agents, 15 actions" in told
    assert "\n" not in told


def test_nothing_happens_to_messages_that_are_not_sent() -> None:
    silent = resolve(configure("dial_nocomm", "cyborg_small", {}))
    changes = {"channel.loss": 0.5}
    with pytest.raises(UserError, match=r"'channel.loss=0.5' is for messages, .* sends none"):
        variant(silent.config, changes, resolve(change(silent.config, changes)))
