"""The scripted attacker: digest the last result, choose an action, execute it.

Every action but ESCALATE and IMPACT is launched from a source host: the foothold in its own
subnet, the gateway that revealed it in any other.
"""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import pick
from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    Blue,
    Detection,
    Dice,
    GameState,
    Level,
    Red,
    Result,
    Rules,
)

_DELAYS = 3  # an escalation waits 2, 3 or 4 decisions after the exploit ...
_SHORTEST_DELAY = 2


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
    state.red_result[game] = Result.NOTHING


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
def decide(state: GameState, rules: Rules, game: int) -> None:
    """Digest, count the decision, and store the chosen action in the state."""
    digest(state, rules, game)
    state.decisions[game] += 1
    kind, target, source = choose(state, rules, game)
    state.red_kind[game] = kind
    state.red_target[game] = target
    state.red_source[game] = source


@compiled
def choose(state: GameState, rules: Rules, game: int) -> tuple[int, int, int]:
    """Return (kind, target, source) by the first rule that yields an action; changes nothing."""
    if state.admin[game, rules.objective]:
        return Red.IMPACT.value, rules.objective, rules.objective
    subnet = _subnet_to_sweep(state, game)
    if subnet != NOBODY:
        return Red.SWEEP.value, subnet, state.pivot[game, subnet]
    host = _random_target(state, rules, game, Red.SCAN.value)
    if host != NOBODY:
        return Red.SCAN.value, host, state.pivot[game, rules.host_subnet[host]]
    host = _host_to_escalate(state, rules, game)
    if host != NOBODY:
        return Red.ESCALATE.value, host, host
    host = _random_target(state, rules, game, Red.EXPLOIT.value)
    if host != NOBODY:
        return Red.EXPLOIT.value, host, exploit_source(state, rules, game, host)
    return Red.SLEEP.value, NOBODY, NOBODY


@compiled
def _is_usable(state: GameState, game: int, source: int) -> bool:
    """Whether the attacker believes that it can launch actions from ``source``."""
    return (
        source != NOBODY and state.owned_since[game, source] != NOBODY and state.admin[game, source]
    )


@compiled
def _subnet_to_sweep(state: GameState, game: int) -> int:
    """The unswept subnet whose pivot was entered first."""
    found = NOBODY
    for subnet in range(state.swept.shape[1]):
        if state.swept[game, subnet] or not _is_usable(state, game, state.pivot[game, subnet]):
            continue
        if found == NOBODY or state.pivot_since[game, subnet] < state.pivot_since[game, found]:
            found = subnet
    return found


@compiled
def is_scannable(state: GameState, rules: Rules, game: int, host: int) -> bool:
    return (
        state.discovered[game, host]
        and state.owned_since[game, host] == NOBODY
        and not state.ports_known[game, host]
        and _is_usable(state, game, state.pivot[game, rules.host_subnet[host]])
    )


@compiled
def is_exploitable(state: GameState, rules: Rules, game: int, host: int) -> bool:
    return (
        state.ports_known[game, host]
        and state.owned_since[game, host] == NOBODY
        and _is_usable(state, game, exploit_source(state, rules, game, host))
    )


@compiled
def exploit_source(state: GameState, rules: Rules, game: int, target: int) -> int:
    """The subnet's pivot or, when there is none, the last other discovered host of the subnet."""
    subnet = rules.host_subnet[target]
    if state.pivot[game, subnet] != NOBODY:
        return state.pivot[game, subnet]
    source = NOBODY
    for host in range(len(rules.host_subnet)):
        if rules.host_subnet[host] == subnet and host != target and state.discovered[game, host]:
            source = host
    return source


@compiled
def _is_target(state: GameState, rules: Rules, game: int, kind: int, host: int) -> bool:
    if kind == Red.SCAN:
        return is_scannable(state, rules, game, host)
    return is_exploitable(state, rules, game, host)


@compiled
def _random_target(state: GameState, rules: Rules, game: int, kind: int) -> int:
    """A uniformly chosen host that can be scanned or exploited, as ``kind`` says, or NOBODY."""
    hosts = len(rules.host_subnet)
    count = 0
    for host in range(hosts):
        if _is_target(state, rules, game, kind, host):
            count += 1
    chosen = pick(state.dice[game, Dice.RED_TARGET], count)
    for host in range(hosts):
        if _is_target(state, rules, game, kind, host):
            if chosen == 0:
                return host
            chosen -= 1
    return NOBODY


@compiled
def _host_to_escalate(state: GameState, rules: Rules, game: int) -> int:
    """The first host, in random order, that was owned long enough and is not yet admin."""
    hosts = len(rules.host_subnet)
    found = NOBODY
    first = 1.0
    for host in range(hosts):
        since = state.owned_since[game, host]
        if since == NOBODY or state.admin[game, host]:
            continue
        order = state.dice[game, Dice.HOSTS + host]
        delay = _SHORTEST_DELAY + pick(state.dice[game, Dice.HOSTS + hosts + host], _DELAYS)
        if state.decisions[game] - since >= delay and order < first:
            found = host
            first = order
    return found


@compiled
def execute(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> None:
    """Carry out the chosen action; ``actions`` (N,) are the defenders', for their blocks."""
    kind = state.red_kind[game]
    target = state.red_target[game]
    state.red_detected[game] = False
    if kind == Red.SLEEP:
        state.red_result[game] = Result.NOTHING
    elif state.level[game, state.red_source[game]] == Level.NONE:
        state.red_result[game] = Result.LOST
    elif _is_blocked(state, rules, game, actions):
        state.red_result[game] = Result.FAIL
    elif kind == Red.EXPLOIT:
        _exploit(state, rules, game, target)
    else:
        if kind == Red.ESCALATE:
            state.level[game, target] = Level.ROOT
        state.red_result[game] = Result.SUCCESS


@compiled
def _is_blocked(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> bool:
    """Whether the target's defender blocks the source's subnet in this step."""
    kind = state.red_kind[game]
    if kind == Red.ESCALATE or kind == Red.IMPACT:
        return False
    target = state.red_target[game]
    to_subnet = target if kind == Red.SWEEP else rules.host_subnet[target]
    from_subnet = rules.host_subnet[state.red_source[game]]
    owner = rules.subnet_owner[to_subnet]
    action = actions[owner]
    return (
        rules.action_kind[owner, action] == Blue.BLOCK
        and rules.action_target[owner, action] == from_subnet
        and from_subnet != to_subnet
    )


@compiled
def _exploit(state: GameState, rules: Rules, game: int, target: int) -> None:
    option = pick(state.dice[game, Dice.EXPLOIT], rules.exploit_count[target])
    gives = rules.exploit_gives[target, option]
    if gives == Level.NONE:
        state.red_result[game] = Result.FAIL
        return
    state.red_result[game] = Result.SUCCESS
    state.level[game, target] = gives
    detection = rules.exploit_detection[target, option]
    detected = detection == Detection.ALWAYS or (
        detection == Detection.RATE and state.dice[game, Dice.DETECTION] < rules.detection_rate
    )
    state.pid_known[game, target] = detected
    state.red_detected[game] = detected
