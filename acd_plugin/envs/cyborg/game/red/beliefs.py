"""What the attacker concludes from the result of its last action."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import NOBODY, GameState, Red, Result, Rules


@compiled
def digest(state: GameState, rules: Rules, game: int) -> None:
    """Update the attacker's beliefs from the result of its last action."""
    kind = state.red_kind[game]
    target = state.red_target[game]
    source = state.red_source[game]
    if state.red_result[game] == Result.SUCCESS:
        _digest_success(state, rules, game, kind, target)
    elif state.red_result[game] == Result.LOST:
        _digest_lost(state, rules, game, kind, target, source)
    state.red_result[game] = Result.NOTHING.value


@compiled
def _digest_success(state: GameState, rules: Rules, game: int, kind: int, target: int) -> None:
    if kind == Red.SWEEP:
        state.swept[game, target] = True
        for host in range(len(rules.host_subnet)):
            if rules.host_subnet[host] == target:
                state.discovered[game, host] = True
    elif kind == Red.SCAN:
        state.ports_known[game, target] = True
    elif kind == Red.EXPLOIT:
        state.owned_since[game, target] = state.decisions[game]
    elif kind == Red.ESCALATE:
        state.admin[game, target] = True
        subnet = rules.reveals[target]
        if subnet != NOBODY:
            if state.pivot[game, subnet] == NOBODY:
                state.pivot_since[game, subnet] = state.decisions[game]
            state.pivot[game, subnet] = target


@compiled
def _digest_lost(
    state: GameState, rules: Rules, game: int, kind: int, target: int, source: int
) -> None:
    if kind == Red.ESCALATE or kind == Red.IMPACT:
        _forget_host(state, game, target)
        return
    subnet = target if kind == Red.SWEEP else rules.host_subnet[target]
    if kind == Red.EXPLOIT:
        if state.pivot[game, subnet] == source:
            state.pivot[game, subnet] = NOBODY
        _forget_host(state, game, source)
        if not _owns_any_in(state, rules, game, subnet):
            _forget_ports(state, rules, game, subnet)
    else:
        state.pivot[game, subnet] = NOBODY
        _forget_host(state, game, source)
        if kind == Red.SCAN:
            _forget_ports(state, rules, game, subnet)


@compiled
def _forget_host(state: GameState, game: int, host: int) -> None:
    state.owned_since[game, host] = NOBODY
    state.admin[game, host] = False


@compiled
def _forget_ports(state: GameState, rules: Rules, game: int, subnet: int) -> None:
    for host in range(len(rules.host_subnet)):
        if rules.host_subnet[host] == subnet:
            state.ports_known[game, host] = False


@compiled
def _owns_any_in(state: GameState, rules: Rules, game: int, subnet: int) -> bool:
    for host in range(len(rules.host_subnet)):
        if rules.host_subnet[host] == subnet and state.owned_since[game, host] != NOBODY:
            return True
    return False


@compiled
def is_usable(state: GameState, game: int, source: int) -> bool:
    """Whether the attacker believes that it can launch actions from ``source``."""
    return (
        source != NOBODY and state.owned_since[game, source] != NOBODY and state.admin[game, source]
    )
