"""An attacker of one's own: the paper's, which rests in half of the steps.

    python main.py --config=dial --env-config=examples/attacker/slow.yaml

An attacker is a compiled function. It may use all helpers in `acd_plugin.envs.cyborg.game.red`, and
draws random numbers from the dice of the game (`Dice`) or, as here, from a block of its own.
"""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import roll_one
from acd_plugin.envs.cyborg.attackers import register_attacker
from acd_plugin.envs.cyborg.game.red.beliefs import digest
from acd_plugin.envs.cyborg.game.red.choice import give_order, paper_attacker
from acd_plugin.envs.cyborg.game.types import NOBODY, Block, GameState, Red, Rules

REST = 0.5  # share of the steps in which it does nothing


@compiled
def slow(state: GameState, rules: Rules, game: int) -> None:
    """Decide for one game; called once a step, before anybody acts."""
    digest(state, rules, game)  # learn from the last action's result, also before a rest
    die = roll_one(state.key[game], Block.ATTACKER.value, state.step[game], 0)
    if die < REST:
        give_order(state, game, Red.SLEEP.value, NOBODY, NOBODY)
    else:
        paper_attacker(state, rules, game)


register_attacker("slow", slow)
