"""The attacker that takes its time and the hosts on which it is least likely to be seen."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import pick, roll_one
from acd_plugin.envs.cyborg.game.red import choice
from acd_plugin.envs.cyborg.game.red.choice import (
    begin_decision,
    exploit_source,
    give_order,
    is_exploitable,
)
from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    Block,
    Detection,
    Dice,
    GameState,
    Red,
    Rules,
)

_REST = 0.5  # share of the steps in which it does nothing


@compiled
def stealthy_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Rest in half of the steps; else choose as the paper's, and exploit the quietest host."""
    begin_decision(state, rules, game)
    kind, target, source = Red.SLEEP.value, NOBODY, NOBODY
    if roll_one(state.key[game], Block.WHIM.value, state.step[game], 0) >= _REST:
        kind, target, source = choose(state, rules, game)
    give_order(state, game, kind, target, source)


@compiled
def choose(state: GameState, rules: Rules, game: int) -> tuple[int, int, int]:
    """Return (kind, target, source) of a step in which it does not rest."""
    kind, target, source = choice.choose(state, rules, game)
    if kind == Red.EXPLOIT:
        target = _quietest_target(state, rules, game)
        source = exploit_source(state, rules, game, target)
    return kind, target, source


@compiled
def _quietest_target(state: GameState, rules: Rules, game: int) -> int:
    """A uniformly chosen one of the exploitable hosts on which it is seen least often."""
    hosts = len(rules.host_subnet)
    quietest, count = 2.0, 0
    for host in range(hosts):
        if is_exploitable(state, rules, game, host):
            share = always_seen(rules, host)
            if share < quietest:
                quietest, count = share, 0
            if share == quietest:
                count += 1
    chosen = pick(state.dice[game, Dice.RED_TARGET.value], count)
    for host in range(hosts):
        if is_exploitable(state, rules, game, host) and always_seen(rules, host) == quietest:
            if chosen == 0:
                return host
            chosen -= 1
    return NOBODY


@compiled
def always_seen(rules: Rules, host: int) -> float:
    """The share of a host's exploits that no monitor misses."""
    loud = 0
    for option in range(rules.exploit_count[host]):
        if rules.exploit_detection[host, option] == Detection.ALWAYS:
            loud += 1
    return loud / rules.exploit_count[host]
