"""How much memory games take, told before any of them is made."""

from __future__ import annotations

from acd_plugin import machine
from acd_plugin.envs.blueprint import EnvSizes
from acd_plugin.errors import UserError

STATE_PER_GAME = 4096  # bytes of the simulator's own arrays, generously
_NUMBER = 4  # bytes of one that is handed out
_COPIES = 2  # of what is handed out: the games' own, and one that is being made of all


def check_games(sizes: EnvSizes, games: int, free: float | None = None) -> None:
    """Raise UserError when so many games together do not fit into what is ``free``, in bytes.

    None: what this process may take.
    """
    there = machine.free_memory() if free is None else free
    of_agents = sizes.n_agents * (_NUMBER * sizes.observation_size + sizes.n_actions)
    needed = games * (STATE_PER_GAME + _COPIES * (of_agents + _NUMBER * sizes.state_size))
    if needed > there:
        raise UserError(
            f"games={games} need about {gib(needed)} of memory, and {gib(there)} are free: "
            "make fewer"
        )


def gib(size: float) -> str:
    """Return a number of bytes in words."""
    return f"{size / 2**30:.1f} GiB"
