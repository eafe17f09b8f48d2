"""The attacker that takes whole subnets before it goes on."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.red.choice import (
    begin_decision,
    choose_among_found,
    give_order,
    is_escalatable,
    subnet_to_sweep,
)
from acd_plugin.envs.cyborg.game.types import NOBODY, GameState, Red, Rules


@compiled
def wandering_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Look for another subnet, or strike the objective, only when it holds all it has found."""
    begin_decision(state, rules, game)
    kind, target, source = choose(state, rules, game)
    give_order(state, game, kind, target, source)


@compiled
def choose(state: GameState, rules: Rules, game: int) -> tuple[int, int, int]:
    """Return (kind, target, source) by the first rule that yields an action."""
    kind, target, source = choose_among_found(state, rules, game)
    if kind == Red.SLEEP and not _waits_for_one(state, rules, game):
        subnet = subnet_to_sweep(state, game)
        if subnet != NOBODY:
            return Red.SWEEP.value, subnet, state.pivot[game, subnet]
        objective = state.objective[game]
        if state.admin[game, objective]:
            return Red.IMPACT.value, objective, objective
    return kind, target, source


@compiled
def _waits_for_one(state: GameState, rules: Rules, game: int) -> bool:
    """Whether it holds a host on which it will escalate as soon as that is due."""
    for host in range(len(rules.host_subnet)):
        if is_escalatable(state, game, host):
            return True
    return False
