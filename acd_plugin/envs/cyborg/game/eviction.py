"""When Remove and Restore drive the attacker from a host."""

from __future__ import annotations

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game.types import Blue, GameState, Level


@compiled
def evicts(state: GameState, game: int, kind: int, host: int) -> bool:
    """Whether an action of this kind works on a host as things stand there.

    Both need the process of the attacker's session, and Remove that it is no root's.
    """
    if not state.pid_known[game, host]:
        return False
    return kind == Blue.RESTORE or (kind == Blue.REMOVE and state.level[game, host] == Level.USER)
