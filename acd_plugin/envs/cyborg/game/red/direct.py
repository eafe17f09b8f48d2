"""The attacker that knows the way and touches nothing beside it."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.red.beliefs import is_usable
from acd_plugin.envs.cyborg.game.red.choice import (
    begin_decision,
    exploit_source,
    give_order,
    is_due,
    is_exploitable,
    is_scannable,
    is_sweepable,
)
from acd_plugin.envs.cyborg.game.types import NOBODY, GameState, Red, Rules


@compiled
def direct_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Work on the next host on the way to the objective, as fast as the paper's attacker could."""
    begin_decision(state, rules, game)
    kind, target, source = choose(state, rules, game)
    give_order(state, game, kind, target, source)


@compiled
def choose(state: GameState, rules: Rules, game: int) -> tuple[int, int, int]:
    """Return (kind, target, source): sweep for, scan, exploit and escalate that one host."""
    objective = state.objective[game]
    if state.admin[game, objective]:
        return Red.IMPACT.value, objective, objective
    host = next_on_the_way(state, rules, game)
    subnet = rules.host_subnet[host]
    pivot = state.pivot[game, subnet]
    if is_sweepable(state, game, subnet):
        return Red.SWEEP.value, subnet, pivot
    if is_scannable(state, rules, game, host):
        return Red.SCAN.value, host, pivot
    if is_due(state, rules, game, host):
        return Red.ESCALATE.value, host, host
    if is_exploitable(state, rules, game, host):
        return Red.EXPLOIT.value, host, exploit_source(state, rules, game, host)
    return Red.SLEEP.value, NOBODY, NOBODY


@compiled
def next_on_the_way(state: GameState, rules: Rules, game: int) -> int:
    """The objective where its subnet can be worked on; else the gateway into it, and so on."""
    host = state.objective[game]
    for _ in range(len(rules.way_in)):
        subnet = rules.host_subnet[host]
        gateway = rules.way_in[subnet]
        if gateway == NOBODY or is_usable(state, game, state.pivot[game, subnet]):
            break
        host = gateway
    return host
