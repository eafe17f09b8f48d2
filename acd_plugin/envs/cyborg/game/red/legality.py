"""What an attacker may choose; for attackers of a user's own, which could choose anything."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.red.choice import give_order, paper_attacker
from acd_plugin.envs.cyborg.game.types import NOBODY, GameState, Level, Red, Rules


class IllegalChoiceError(Exception):
    """An attacker chose what the rules do not know."""


@compiled
def watched_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Let an attacker choose (`program` puts the user's in) and refuse what is not legal.

    The rules do not check bounds, so a wrong number must not reach them.
    """
    paper_attacker(state, rules, game)
    if not is_legal(state, rules, game):
        state.red_refused[game] = True
        raise IllegalChoiceError


@compiled
def corrected_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Let an attacker choose, where nothing can be raised: it sleeps instead of what is not legal.

    That this happened is remembered until the game is reset.
    """
    paper_attacker(state, rules, game)
    if not is_legal(state, rules, game):
        state.red_refused[game] = True
        give_order(state, game, Red.SLEEP.value, NOBODY, NOBODY)


@compiled
def is_legal(state: GameState, rules: Rules, game: int) -> bool:
    """Whether the game can carry out what was chosen.

    Sleep needs neither target nor source. Everything else is done from a host; a sweep to a subnet;
    a scan or an exploit to a host that is defended, an exploit only to one that the attacker does
    not hold; an escalation on the host that it is done from; the impact on the objective.
    """
    kind = state.red_kind[game]
    target = state.red_target[game]
    source = state.red_source[game]
    hosts = len(rules.host_subnet)
    is_there = 0 <= source < hosts
    if kind == Red.SWEEP:
        return is_there and 0 <= target < len(rules.subnet_guard)
    if kind == Red.SLEEP or not (is_there and 0 <= target < hosts) or target == rules.foothold:
        return kind == Red.SLEEP
    if kind == Red.SCAN:
        return True
    if kind == Red.EXPLOIT:
        return state.level[game, target] == Level.NONE
    from_there = target == source
    return from_there and (
        kind == Red.ESCALATE or (kind == Red.IMPACT and target == state.objective[game])
    )
