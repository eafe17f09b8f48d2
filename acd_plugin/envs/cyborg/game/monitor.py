"""The monitor at the end of the turn: from network events to what the defenders see."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import Activity, Compromise, GameState, Red, Result, Rules

# A detected exploit raises this many items on one port (SSH brute force raises 12, which means the
# same), and so many on one port look like an exploit.
_EXPLOIT_ITEMS = 3


@compiled
def watch(state: GameState, rules: Rules, game: int) -> None:
    """Set every host's activity from this step's events."""
    for host in range(len(rules.host_subnet)):
        state.activity[game, host] = classify(*_events_on(state, rules, game, host))


@compiled
def mark_exploits(state: GameState, rules: Rules, game: int) -> None:
    """Second part of the table update: a host whose exploit was seen is marked."""
    for host in range(len(rules.host_subnet)):
        if state.activity[game, host] == Activity.EXPLOIT:
            state.compromise[game, host] = Compromise.USER.value


@compiled
def classify(items: int, ports: int) -> int:
    """Return the Activity that ``items`` events on ``ports`` distinct local ports look like."""
    if items == 0:
        return Activity.NONE.value
    if items == ports:
        return Activity.SCAN.value
    if items >= _EXPLOIT_ITEMS and ports == 1:
        return Activity.EXPLOIT.value
    return Activity.NONE.value


@compiled
def _events_on(state: GameState, rules: Rules, game: int, host: int) -> tuple[int, int]:
    """Return (items, distinct local ports), pooled over everything that happened to the host."""
    items = 0
    ports = 0
    if state.red_target[game] == host and state.red_result[game] == Result.SUCCESS:
        if state.red_kind[game] == Red.SCAN:
            items = rules.host_ports[host]
            ports = items
        elif state.red_detected[game]:
            items = _EXPLOIT_ITEMS
            ports = 1
    if state.green_host[game] == host:
        items += rules.host_ports[host]
        ports = rules.host_ports[host]
    return items, ports
