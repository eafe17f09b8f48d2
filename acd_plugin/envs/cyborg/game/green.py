"""The innocent user: scans a random host now and then, which looks like an attack."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import pick
from acd_plugin.envs.cyborg.game.types import NOBODY, Dice, GameState, Rules


@compiled
def act(state: GameState, rules: Rules, game: int) -> None:
    """Choose the host that green scans in this step, or none."""
    state.green_host[game] = NOBODY
    count = len(rules.green_hosts)
    if count > 0 and state.dice[game, Dice.GREEN_ACTS.value] >= rules.green_sleep_probability:
        state.green_host[game] = rules.green_hosts[
            pick(state.dice[game, Dice.GREEN_HOST.value], count)
        ]
