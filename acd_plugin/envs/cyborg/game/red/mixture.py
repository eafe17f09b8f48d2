"""One of several attackers, drawn for every game."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import pick, roll_one
from acd_plugin.envs.cyborg.game.red.choice import paper_attacker
from acd_plugin.envs.cyborg.game.types import Block, EpisodeDice, GameState, Rules

# These names stand for a mixture's own (`program`): the attackers are numbered, the first has the
# numbers below BELOW, and the others share the rest.
ATTACKERS = 1
BELOW = 1
first_attacker = other_attackers = paper_attacker


@compiled
def drawn_attacker(state: GameState, rules: Rules, game: int) -> None:
    """Let the attacker decide whose number the game has drawn."""
    if drawn_number(state, game, ATTACKERS) < BELOW:
        first_attacker(state, rules, game)
    else:
        other_attackers(state, rules, game)


@compiled
def drawn_number(state: GameState, game: int, attackers: int) -> int:
    """Which of so many attackers, all equally likely, plays this game; the same in every step."""
    die = roll_one(state.key[game], Block.EPISODE.value, 0, EpisodeDice.ATTACKER.value)
    return pick(die, attackers)
