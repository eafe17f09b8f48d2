"""Attackers by the name that stands under ``env_args.attacker``."""

from __future__ import annotations

from acd_plugin.envs.cyborg.game.red.choice import paper_attacker
from acd_plugin.envs.cyborg.plugged import checked_rule
from acd_plugin.envs.cyborg.program import Attacker

ATTACKERS: dict[str, Attacker] = {"paper": paper_attacker}


def register_attacker(name: str, choose: Attacker) -> None:
    """Make ``choose(state, rules, game)`` known as an attacker.

    It is compiled, decides what the attacker does in one game, once a step, before anybody acts,
    and stores that with `game.red.choice.give_order`. What is legal: `game.red.legality`.
    Raises UserError when it is no function of these arguments, or the name is taken.
    """
    arguments = ("state", "rules", "game")
    ATTACKERS[name] = checked_rule("attacker", name, choose, arguments, ATTACKERS)
