"""Check scenarios, attackers and reward terms of somebody's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from acd_plugin.configuration.findings import Finding
from acd_plugin.configuration.validation import parse
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.cyborg_backend.features import check_expressible
from acd_plugin.envs.cyborg.definition import GameDefinition, define_game
from acd_plugin.envs.cyborg.game.types import Red
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.networks.chosen import is_several
from acd_plugin.envs.cyborg.plugged import users_part
from acd_plugin.envs.cyborg.plugged_errors import only_sleeps, unscanned
from acd_plugin.envs.cyborg.scans import Scans
from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.envs.cyborg.settings import EnvSettings
from acd_plugin.envs.cyborg.trial import try_out
from acd_plugin.errors import UserError

GAMES = 1000


def check_scenario(name: str) -> list[Finding]:
    """Return what is wrong with the scenario called ``name``, or stored at that path."""
    try:
        return list(scenario_findings(load_scenario(name)))
    except UserError as error:
        return [Finding(True, problem) for problem in error.problems]


def definition_findings(env_args: Mapping[str, object]) -> Iterator[Finding]:
    """Yield what is wrong with the parts of a game that are somebody's own."""
    if is_several(parse(EnvSettings, env_args, "env_args")):
        return  # drawn networks were checked when they were drawn
    definition = define_game({**env_args, "backend": "native"})
    yield from scenario_findings(definition.scenario)
    try_out(definition)
    if users_part(definition.plugged.attackers).files:
        yield from attacker_findings(definition)
    if definition.settings.reward_terms:
        yield from reward_findings(definition)


def scenario_findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield what is allowed in a scenario and still worth a second look."""
    known = {scenario.home, *scenario.ways_in}
    for subnet in scenario.subnets:
        if subnet.name not in known:
            yield Finding(
                False,
                f"the attacker never finds the subnet '{subnet.name}': let a host of one "
                "that it does find have 'reveals'",
            )
    try:
        check_expressible(scenario)
    except UserError as error:
        yield Finding(False, str(error))


def attacker_findings(definition: GameDefinition) -> Iterator[Finding]:
    """Yield what is wrong with an attacker, from random games.

    Raises UserError when it chooses what is not legal.
    """
    name = definition.settings.attacker
    batch = NativeBatchEnv(definition, GAMES, seed=0)
    batch.reset(0, Purpose.TRAIN)
    policy = np.random.default_rng(0)
    scans = Scans(batch.state)
    kinds: set[int] = set()
    for _ in range(batch.episode_limit):
        batch.step(policy.integers(0, batch.n_actions, (GAMES, batch.n_agents)))
        if scans.are_missing():
            yield Finding(False, unscanned(name))
        kinds |= set(np.unique(batch.state.red_kind).tolist())
    batch.close()
    if kinds == {Red.SLEEP}:
        yield Finding(False, only_sleeps(name, GAMES))


def reward_findings(definition: GameDefinition) -> Iterator[Finding]:
    """Yield what is wrong with reward terms."""
    names = list(definition.settings.reward_terms)
    batch = NativeBatchEnv(definition, GAMES, seed=0)
    policy = np.random.default_rng(0)
    batch.reset(0, Purpose.TRAIN)
    for _ in range(batch.episode_limit):
        batch.step(policy.integers(0, batch.n_actions, (GAMES, batch.n_agents)))
        for name, values in zip(names, batch.state.reward_terms.T, strict=True):
            if not np.isfinite(values).all():
                yield Finding(True, f"reward term '{name}' is not finite: must be a number always")
    if not batch.term_totals.any():
        yield Finding(
            False, f"the reward terms {', '.join(names)} are 0 in all of {GAMES} random games"
        )
    batch.close()
