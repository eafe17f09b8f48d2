"""Drawn networks: in their ranges, the same for ever, and none of them is lost from the start."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.networks import draw
from acd_plugin.envs.cyborg.networks.chance import Chance
from acd_plugin.envs.cyborg.networks.chosen import HELD_OUT, LAST_NETWORK, read_network_numbers
from acd_plugin.envs.cyborg.networks.draw import draw_network
from acd_plugin.envs.cyborg.networks.generator import GeneratorSettings
from acd_plugin.envs.cyborg.networks.winnable import loser_of
from acd_plugin.envs.cyborg.room import room_for_all, room_of
from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.envs.registry import blueprint_of
from acd_plugin.errors import UserError
from tests.envs.cyborg.games import env_args

# The networks on which nobody trains, by the default of the generator. Whoever changes them makes
# all that was measured on them another thing: raise `draw.VERSION`, and say so in the changes.
FROZEN = "c3cf1bf5f54df74e"


_ONE = "subnets=[1,1] hosts=[1,1] agents=[1,1]"  # of each


def generator(*overrides: str) -> GeneratorSettings:
    made = env_args(*(f"generator.{text}" for text in overrides), env="generated")["generator"]
    return GeneratorSettings.model_validate(made)


def test_the_held_out_networks_are_frozen() -> None:
    drawn = [draw_network(generator(), Purpose.EVALUATE, number) for number in range(HELD_OUT)]
    content = "\n".join(scenario.model_dump_json() for scenario in drawn)
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == FROZEN
    assert len({scenario.model_dump_json() for scenario in drawn}) == HELD_OUT


@pytest.mark.parametrize("owners", ["even", "any"])
def test_networks_are_in_their_ranges_and_fit_their_room(owners: str) -> None:
    settings = generator(
        f"owners={owners}", "subnets=[3,5]", "hosts=[1,3]", "extra_links=[1,1]", "steps=80"
    )
    drawn = [draw_network(settings, Purpose.TRAIN, number) for number in range(12)]
    for scenario in drawn:
        assert 3 <= len(scenario.subnets) <= 5
        sizes = [len(subnet.hosts) - (subnet.name == "Subnet0") for subnet in scenario.subnets]
        assert all(1 <= size <= 3 for size in sizes)
        assert len(scenario.agents) in (2, 3)
        owned = [len(agent.defends) for agent in scenario.agents]
        assert owners == "any" or max(owned) - min(owned) <= 1
        links = [host.reveals for host in scenario.hosts if host.reveals is not None]
        assert {*links} == {*scenario.subnet_names} - {"Subnet0"}
    assert {len(scenario.subnets) for scenario in drawn} == {3, 4, 5}
    needed = room_for_all(room_of(scenario, as_team=False) for scenario in drawn)
    assert all(np.less_equal(needed, settings.room(as_team=False)))
    needed = room_for_all(room_of(scenario, as_team=True) for scenario in drawn)
    assert all(np.less_equal(needed, settings.room(as_team=True)))


def test_the_objective_is_farthest_or_anywhere() -> None:
    def distances(scenario: Scenario) -> tuple[int, int]:
        """How many ways the attacker must find to the objective, and to the farthest subnet."""
        places = {host.name: s.name for s in scenario.subnets for host in s.hosts}

        def far(subnet: str) -> int:
            way = scenario.ways_in.get(subnet)
            return 0 if way is None else 1 + far(places[way])

        return far(places["Server"]), max(far(name) for name in scenario.subnet_names)

    farthest, anywhere = (generator(f"objective={name}") for name in ("farthest", "anywhere"))
    for number in range(6):
        there, most = distances(draw_network(farthest, Purpose.TRAIN, number))
        assert there == most
    pairs = [distances(draw_network(anywhere, Purpose.TRAIN, number)) for number in range(6)]
    assert any(there < most for there, most in pairs)


def test_streams_and_numbers_have_networks_of_their_own() -> None:
    settings = generator()
    again = draw_network(settings, Purpose.TRAIN, 5)
    assert draw_network(settings, Purpose.TRAIN, 5) == again
    others = [(Purpose.TRAIN, 6), (Purpose.TEST, 5), (Purpose.EVALUATE, 5)]
    assert all(draw_network(settings, *other) != again for other in others)


def test_a_network_that_one_side_cannot_win_is_found() -> None:
    assert loser_of(load_scenario("dial_2_subnets"), steps=30) is None
    assert loser_of(load_scenario("dial_2_subnets"), steps=5) == "attacker"  # it has no time
    small = load_scenario("dial_2_subnets").model_dump()
    for agent in small["agents"]:
        agent["actions"] = ["remove", "block"]
    helpless = Scenario.model_validate(small)  # the objective is root at once
    assert loser_of(helpless, steps=30) == "defenders"


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        (
            "steps=4",
            r"attacker .* in time \(raise 'steps', or lower 'subnets', or lower 'hosts'\)$",
        ),
        (f"{_ONE} steps=2", r"attacker does not get to the objective in time \(raise 'steps'\)$"),
        (_ONE, r"defenders .* \(raise 'subnets', so that it has a longer way\)$"),
    ],
)
def test_a_generator_whose_networks_cannot_be_won_is_refused(
    monkeypatch: pytest.MonkeyPatch, overrides: str, told: str
) -> None:
    monkeypatch.setattr(draw, "_ATTEMPTS", 3)
    with pytest.raises(UserError, match=f"none of 3 networks can be won .* in 3 the {told}"):
        draw_network(generator(*overrides.split()), Purpose.TRAIN, 0)


def test_what_may_help_either_side_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    losers = iter(["attacker", *["defenders"] * 99])
    monkeypatch.setattr(draw, "loser_of", lambda *_: next(losers))
    settings = generator("subnets=[2,2]", "agents=[1,1]", "objective=anywhere")
    with pytest.raises(UserError) as refused:
        draw_network(settings, Purpose.TRAIN, 0)
    assert str(refused.value).endswith(
        "in 1 the attacker does not get to the objective in time (raise 'steps', or lower 'hosts')"
        "; in 99 the defenders cannot keep the attacker from it, although they see everything "
        "(raise 'subnets', so that it has a longer way, or set 'objective' to farthest, or raise "
        "'agents')"
    )


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("generator.hosts=[4,2]", r"range is empty: write \[2, 4\]"),
        ("generator.subnets=[0,2]", "greater than or equal to 1"),
        ("generator.agents=[3,4]", "there must be as many subnets"),
        ("generator.hosts=[1,2000]", "at most 2,048 hosts"),
        ("generator.images=[toaster]", "unknown image of the generator 'toaster'"),
        ("generator.steps=90", "'time_limit' is 60"),
        ("networks=heldout", "names no networks"),
        ("networks=7..0", "runs backwards"),
        (
            f"networks={10**30}",
            r"env_args\.networks: 10+ is too large: networks have the numbers 0",
        ),
        ("networks=held_out:30..40", "40 is too large: held-out networks have the numbers 0 to 31"),
        ("scenario=dial_2_subnets+dial_2_subnets", "two are called 'dial_2_subnets'"),
        ("backend=cyborg", "plays scenarios of files"),
        ("scenario=dial_2_subnets+dial_9_subnets", "unknown scenario 'dial_9_subnets'"),
        ("scenario=dial_2_subnets+hidden_target", "cannot be played together"),
    ],
)
def test_bad_input_is_refused(override: str, told: str) -> None:
    with pytest.raises(UserError, match=told) as refused:
        blueprint_of("cyborg", env_args(override, env="generated"))
    assert "\n" not in str(refused.value)


def test_words_that_choose_networks() -> None:
    assert read_network_numbers(3) == (Purpose.TRAIN, [3])
    assert read_network_numbers("0..2") == (Purpose.TRAIN, [0, 1, 2])
    assert read_network_numbers("held_out:1,4") == (Purpose.EVALUATE, [1, 4])
    assert read_network_numbers(LAST_NETWORK).numbers == [LAST_NETWORK]
    assert Chance(Purpose.TRAIN, LAST_NETWORK, 0).between((3, 3)) == 3
    assert read_network_numbers("held_out").numbers == list(range(HELD_OUT))
    assert read_network_numbers("held_out:1,4").names == ["held_out_1", "held_out_4"]
