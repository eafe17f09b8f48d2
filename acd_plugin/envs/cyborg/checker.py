"""Check scenarios, attackers and reward terms of somebody's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from acd_plugin.configuration.findings import Finding
from acd_plugin.configuration.validation import parse
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.cyborg_backend.features import check_expressible
from acd_plugin.envs.cyborg.definition import GameDefinition, define_game
from acd_plugin.envs.cyborg.game.types import GameState, Red, Result
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.networks.chosen import is_several
from acd_plugin.envs.cyborg.plugged import users_part
from acd_plugin.envs.cyborg.scenario import Scenario
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.envs.cyborg.settings import EnvSettings
from acd_plugin.envs.cyborg.trial import try_out
from acd_plugin.errors import UserError

GAMES = 1000
_ATTACKERS_OWN = {  # what an attacker may write; it reads the rest
    *("swept", "discovered", "ports_known", "owned_since", "admin", "pivot", "pivot_since"),
    *("decisions", "red_kind", "red_target", "red_source", "red_result"),
}
_ROLLED = {"dice", "green_host"}  # what else a decision changes
_OF_THE_REWARD = {"reward", "reward_terms"}


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
        plain = define_game({**env_args, "backend": "native", "reward_terms": {}})
        yield from reward_findings(definition, plain)


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
    scanned = np.zeros_like(batch.state.discovered)
    kinds: set[int] = set()
    for _ in range(batch.episode_limit):
        written = _written_by_deciding(batch)
        if written:
            yield Finding(
                True,
                f"attacker '{name}' changes {', '.join(sorted(written))} of the state: it may only "
                f"change {', '.join(sorted(_ATTACKERS_OWN))}",
            )
        batch.step(policy.integers(0, batch.n_actions, (GAMES, batch.n_agents)))
        state = batch.state
        exploits = np.flatnonzero(state.red_kind == Red.EXPLOIT)
        if not scanned[exploits, state.red_target[exploits]].all():
            yield Finding(
                False,
                f"attacker '{name}' exploits hosts that it has not scanned: backend=native plays "
                "that, backend=cyborg cannot",
            )
        succeeded = (state.red_kind == Red.SCAN) & (state.red_result == Result.SUCCESS)
        games = np.flatnonzero(succeeded)
        scanned[games, state.red_target[games]] = True
        kinds |= set(np.unique(state.red_kind).tolist())
    batch.close()
    if kinds == {Red.SLEEP}:
        yield Finding(
            False,
            f"attacker '{name}' only sleeps in {GAMES} games: give orders with "
            "game.red.choice.give_order",
        )


def _written_by_deciding(batch: NativeBatchEnv) -> set[str]:
    """Return what the attacker changes that is not its own; the state is left as it was."""
    arrays: dict[str, NDArray[np.generic]] = batch.state._asdict()
    before = {name: array.copy() for name, array in arrays.items()}
    try:
        batch.program.decide_games(batch.state, batch.rules)
        others = set(arrays) - _ATTACKERS_OWN - _ROLLED
        return {name for name in others if not np.array_equal(arrays[name], before[name])}
    except Exception:  # what it says is said by the step that follows
        return set()
    finally:
        for name, array in arrays.items():
            array[...] = before[name]


def reward_findings(definition: GameDefinition, plain: GameDefinition) -> Iterator[Finding]:
    """Yield what is wrong with reward terms; ``plain`` is the same game without them."""
    names = list(definition.settings.reward_terms)
    batch, other = (NativeBatchEnv(game, GAMES, seed=0) for game in (definition, plain))
    policy = np.random.default_rng(0)
    for game in (batch, other):
        game.reset(0, Purpose.TRAIN)
    for _ in range(batch.episode_limit):
        actions = policy.integers(0, batch.n_actions, (GAMES, batch.n_agents))
        batch.step(actions)
        other.step(actions)
        for name, values in zip(names, batch.state.reward_terms.T, strict=True):
            if not np.isfinite(values).all():
                yield Finding(True, f"reward term '{name}' is not finite: must be a number always")
        changed = [
            field
            for field in GameState._fields
            if field not in _OF_THE_REWARD
            and not np.array_equal(getattr(batch.state, field), getattr(other.state, field))
        ]
        if changed:
            yield Finding(
                True,
                f"the reward terms {', '.join(names)} change {', '.join(changed)} of the state: a "
                "term may only read it",
            )
            break
    if not batch.term_totals.any():
        yield Finding(
            False, f"the reward terms {', '.join(names)} are 0 in all of {GAMES} random games"
        )
    for game in (batch, other):
        game.close()
