"""The attacker whose hour nobody knows: it waits, and then goes straight for the objective."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import pick, roll_one
from acd_plugin.envs.cyborg.game.red import direct
from acd_plugin.envs.cyborg.game.red.choice import begin_decision, give_order
from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    Block,
    EpisodeDice,
    GameState,
    Red,
    Rules,
)

_WAITS = 13  # it sleeps in the first 0 to 12 steps, all alike


@compiled
def patient_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Sleep for as many steps as this game has drawn; then be the direct attacker."""
    begin_decision(state, rules, game)
    kind, target, source = Red.SLEEP.value, NOBODY, NOBODY
    if state.step[game] >= steps_of_waiting(state, game):
        kind, target, source = direct.choose(state, rules, game)
    give_order(state, game, kind, target, source)


@compiled
def steps_of_waiting(state: GameState, game: int) -> int:
    """How many steps it sleeps at the beginning of this game."""
    die = roll_one(state.key[game], Block.EPISODE.value, 0, EpisodeDice.WAITING.value)
    return pick(die, _WAITS)
