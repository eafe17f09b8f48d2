"""What the attacker does next: the first rule that yields an action.

`paper_attacker` is what an attacker is to the game: a function that decides for one game. One of a
user's own takes its place (`attackers.register_attacker`) and may use everything here.
"""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import pick
from acd_plugin.envs.cyborg.game.red.beliefs import digest, is_usable
from acd_plugin.envs.cyborg.game.types import NOBODY, Dice, GameState, Red, Rules

_DELAYS = 3  # an escalation waits 2, 3 or 4 decisions after the exploit ...
_SHORTEST_DELAY = 2


@compiled
def paper_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Digest the last result, count the decision, choose and give the order."""
    begin_decision(state, rules, game)
    kind, target, source = choose(state, rules, game)
    give_order(state, game, kind, target, source)


@compiled
def begin_decision(state: GameState, rules: Rules, game: int) -> None:
    """Digest the last action's result and count the decision."""
    digest(state, rules, game)
    state.decisions[game] += 1


@compiled
def give_order(state: GameState, game: int, kind: int, target: int, source: int) -> None:
    """Store what the attacker does in this step: a kind of `Red`, of what, from which host."""
    state.red_kind[game] = kind
    state.red_target[game] = target
    state.red_source[game] = source


@compiled
def choose(state: GameState, rules: Rules, game: int) -> tuple[int, int, int]:
    """Return (kind, target, source) by the first rule that yields an action; changes nothing."""
    objective = state.objective[game]
    if state.admin[game, objective]:
        return Red.IMPACT.value, objective, objective
    subnet = subnet_to_sweep(state, game)
    if subnet != NOBODY:
        return Red.SWEEP.value, subnet, state.pivot[game, subnet]
    return choose_among_found(state, rules, game)


@compiled
def choose_among_found(state: GameState, rules: Rules, game: int) -> tuple[int, int, int]:
    """Return (kind, target, source): scan, escalate or exploit a host that it knows, or sleep."""
    host = random_target(state, rules, game, Red.SCAN.value)
    if host != NOBODY:
        return Red.SCAN.value, host, state.pivot[game, rules.host_subnet[host]]
    host = host_to_escalate(state, rules, game)
    if host != NOBODY:
        return Red.ESCALATE.value, host, host
    host = random_target(state, rules, game, Red.EXPLOIT.value)
    if host != NOBODY:
        return Red.EXPLOIT.value, host, exploit_source(state, rules, game, host)
    return Red.SLEEP.value, NOBODY, NOBODY


@compiled
def subnet_to_sweep(state: GameState, game: int) -> int:
    """The unswept subnet whose pivot was entered first."""
    found = NOBODY
    for subnet in range(state.swept.shape[1]):
        if not is_sweepable(state, game, subnet):
            continue
        if found == NOBODY or state.pivot_since[game, subnet] < state.pivot_since[game, found]:
            found = subnet
    return found


@compiled
def is_sweepable(state: GameState, game: int, subnet: int) -> bool:
    return not state.swept[game, subnet] and is_usable(state, game, state.pivot[game, subnet])


@compiled
def is_scannable(state: GameState, rules: Rules, game: int, host: int) -> bool:
    return (
        state.discovered[game, host]
        and state.owned_since[game, host] == NOBODY
        and not state.ports_known[game, host]
        and is_usable(state, game, state.pivot[game, rules.host_subnet[host]])
    )


@compiled
def is_exploitable(state: GameState, rules: Rules, game: int, host: int) -> bool:
    return (
        state.ports_known[game, host]
        and state.owned_since[game, host] == NOBODY
        and is_usable(state, game, exploit_source(state, rules, game, host))
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
def random_target(state: GameState, rules: Rules, game: int, kind: int) -> int:
    """A uniformly chosen host that can be scanned or exploited, as ``kind`` says, or NOBODY."""
    hosts = len(rules.host_subnet)
    count = 0
    for host in range(hosts):
        if _is_target(state, rules, game, kind, host):
            count += 1
    chosen = pick(state.dice[game, Dice.RED_TARGET.value], count)
    for host in range(hosts):
        if _is_target(state, rules, game, kind, host):
            if chosen == 0:
                return host
            chosen -= 1
    return NOBODY


@compiled
def host_to_escalate(state: GameState, rules: Rules, game: int) -> int:
    """The first host, in random order, that was owned long enough and is not yet admin."""
    found = NOBODY
    first = 1.0
    for host in range(len(rules.host_subnet)):
        order = state.dice[game, Dice.HOSTS.value + host]
        if order < first and is_due(state, rules, game, host):
            found = host
            first = order
    return found


@compiled
def is_escalatable(state: GameState, game: int, host: int) -> bool:
    return state.owned_since[game, host] != NOBODY and not state.admin[game, host]


@compiled
def is_due(state: GameState, rules: Rules, game: int, host: int) -> bool:
    """Whether a host can be escalated and was owned for as long as the attacker waits for that."""
    if not is_escalatable(state, game, host):
        return False
    delays = Dice.HOSTS.value + len(rules.host_subnet)
    delay = _SHORTEST_DELAY + pick(state.dice[game, delays + host], _DELAYS)
    return state.decisions[game] - state.owned_since[game, host] >= delay
