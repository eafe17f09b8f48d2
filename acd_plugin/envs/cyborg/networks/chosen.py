"""The words that choose networks: ``env_args.scenario`` and ``env_args.networks``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from acd_plugin.configuration.number_ranges import read_numbers
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.networks.draw import draw_network
from acd_plugin.envs.cyborg.networks.generator import GeneratorSettings
from acd_plugin.envs.cyborg.networks.sets import FixedSet, FreshNetworks, NetworkSet
from acd_plugin.envs.cyborg.room import Room, room_for_all, room_of
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.envs.cyborg.settings import EnvSettings
from acd_plugin.errors import UserError

GENERATED = "generated"  # the scenario whose networks are drawn
AND = "+"  # between scenarios that are played together
LAST_NETWORK = 2**62  # as of episodes, whose numbers name networks, too
HELD_OUT = 32  # networks that are kept for evaluation, by the word for all of them
_HELD_OUT = re.compile(r"held_out(?::(.+))?")


class Numbers(NamedTuple):
    """Networks of the generator, by their numbers in a stream."""

    stream: Purpose
    numbers: list[int]

    @property
    def names(self) -> list[str]:
        kind = "network" if self.stream is Purpose.TRAIN else "held_out"
        return [f"{kind}_{number}" for number in self.numbers]


def read_network_numbers(value: object, key: str = "env_args.networks") -> Numbers:
    """Return what ``3``, ``0..7``, ``held_out`` or ``held_out:0..3`` says; UserError if nothing."""
    found = _HELD_OUT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None and isinstance(value, str) and value.strip()[:1].isalpha():
        raise UserError(f"{key}={value}: names no networks; write 0..7, held_out or held_out:0..7")
    if found is None:
        return Numbers(Purpose.TRAIN, _numbers_to(LAST_NETWORK, value, key, "networks"))
    numbers = _numbers_to(HELD_OUT - 1, found[1] or f"0..{HELD_OUT - 1}", key, "held-out networks")
    return Numbers(Purpose.EVALUATE, numbers)


def _numbers_to(last: int, value: object, key: str, what: str) -> list[int]:
    numbers = read_numbers(value, key)
    if max(numbers) > last:
        raise UserError(f"{key}: {max(numbers)} is too large: {what} have the numbers 0 to {last}")
    return numbers


def is_held_out(settings: EnvSettings) -> bool:
    """Whether the settings choose networks on which nobody is to train."""
    if settings.scenario != GENERATED or settings.networks is None:
        return False
    return read_network_numbers(settings.networks).stream is Purpose.EVALUATE


def ignored_settings(settings: EnvSettings) -> dict[str, str]:
    """Return the settings of networks that change nothing beside the others, with the reason."""
    chosen = {"networks", "games_per_network"} & _different(settings)
    if settings.scenario != GENERATED:
        drawn = [*sorted(chosen), *(f"generator.{key}" for key in GeneratorSettings.model_fields)]
        reason = f"it is for scenario={GENERATED}, and this one is {settings.scenario}"
        return dict.fromkeys(drawn, reason)
    if settings.networks is None or "games_per_network" not in chosen:
        return {}
    return {"games_per_network": f"networks={settings.networks} take turns, game by game"}


def _different(settings: EnvSettings) -> set[str]:
    """Return the settings that are not as they are by themselves."""
    fields = EnvSettings.model_fields
    return {key for key in fields if getattr(settings, key) != fields[key].default}


def is_several(settings: EnvSettings) -> bool:
    """Whether the settings choose drawn networks, or several of files."""
    return settings.scenario == GENERATED or len(_names(settings.scenario)) > 1


def chosen_networks(settings: EnvSettings) -> tuple[NetworkSet, Room]:
    """Return the networks of settings that choose several, and what all of them fit into.

    Drawn networks have room for any that could be drawn, so that a policy for one fits all.
    UserError for what cannot be.
    """
    as_team = settings.sees == "team"
    if settings.scenario != GENERATED:
        names = _names(settings.scenario)
        called = [Path(name).stem for name in names]
        twice = next((name for name in called if called.count(name) > 1), None)
        if twice is not None:
            raise UserError(
                f"env_args.scenario={settings.scenario}: two are called '{twice}': name each once, "
                "or give one of the files another name"
            )
        scenarios = [load_scenario(name) for name in names]
        room = room_for_all(room_of(scenario, as_team) for scenario in scenarios)
        return FixedSet(called, scenarios), room
    generator = generator_of(settings)
    room = generator.room(as_team)
    if settings.networks is None:
        return FreshNetworks(generator, settings.games_per_network), room
    stream, numbers = chosen = read_network_numbers(settings.networks)
    drawn = [draw_network(generator, stream, number) for number in numbers]
    return FixedSet(chosen.names, drawn), room


def generator_of(settings: EnvSettings) -> GeneratorSettings:
    """Return what networks are drawn from; UserError where the game would be too short for them."""
    generator = settings.generator
    if generator is None:
        raise UserError(
            f"env_args: scenario '{GENERATED}' needs the key 'generator': see config/envs/"
            f"{GENERATED}.yaml"
        )
    if settings.time_limit < generator.steps:
        raise UserError(
            f"env_args: 'time_limit' is {settings.time_limit}, and networks are drawn on which the "
            f"attacker may need {generator.steps} steps: set time_limit to {generator.steps} or "
            "more, or lower 'generator.steps'"
        )
    return generator


def _names(scenario: str) -> list[str]:
    """Return the scenarios that are named; a file may have AND in its name."""
    if AND not in scenario or Path(scenario).exists():
        return [scenario]
    return [name.strip() for name in scenario.split(AND)]
