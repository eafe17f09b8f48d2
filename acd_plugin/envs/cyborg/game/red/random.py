"""The attacker without a plan: any action that it believes possible, all of them alike."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import roll_one
from acd_plugin.envs.cyborg.game.red.choice import (
    begin_decision,
    exploit_source,
    give_order,
    is_escalatable,
    is_exploitable,
    is_scannable,
    is_sweepable,
)
from acd_plugin.envs.cyborg.game.types import NOBODY, Block, GameState, Red, Rules

_KINDS = 8  # at least as many as there are kinds of action: every action has dice of its own


@compiled
def random_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Let every possible action roll a die, and do the one with the smallest."""
    begin_decision(state, rules, game)
    kind, target, smallest = Red.SLEEP.value, NOBODY, 1.0
    for subnet in range(len(rules.subnet_guard)):
        if is_sweepable(state, game, subnet):
            die = _die(state, game, Red.SWEEP.value, subnet)
            if die < smallest:
                kind, target, smallest = Red.SWEEP.value, subnet, die
    for host in range(len(rules.host_subnet)):
        for option in range(Red.SCAN.value, Red.IMPACT.value + 1):
            if _is_possible(state, rules, game, option, host):
                die = _die(state, game, option, host)
                if die < smallest:
                    kind, target, smallest = option, host, die
    give_order(state, game, kind, target, _source(state, rules, game, kind, target))


@compiled
def _die(state: GameState, game: int, kind: int, target: int) -> float:
    return roll_one(state.key[game], Block.WHIM.value, state.step[game], 1 + _KINDS * target + kind)


@compiled
def _is_possible(state: GameState, rules: Rules, game: int, kind: int, host: int) -> bool:
    if kind == Red.SCAN:
        return is_scannable(state, rules, game, host)
    if kind == Red.EXPLOIT:
        return is_exploitable(state, rules, game, host)
    if kind == Red.ESCALATE:
        return is_escalatable(state, game, host)
    return host == state.objective[game] and state.admin[game, host]


@compiled
def _source(state: GameState, rules: Rules, game: int, kind: int, target: int) -> int:
    """The host from which an action is done."""
    if kind == Red.SWEEP:
        return state.pivot[game, target]
    if kind == Red.SCAN:
        return state.pivot[game, rules.host_subnet[target]]
    if kind == Red.EXPLOIT:
        return exploit_source(state, rules, game, target)
    return target
