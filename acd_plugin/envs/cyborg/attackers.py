"""Attackers by the name that stands under ``env_args.attacker``."""

from __future__ import annotations

import ast
import textwrap
from inspect import getsource

from acd_plugin.envs.compiled.content import plain
from acd_plugin.envs.cyborg.game.red.choice import paper_attacker
from acd_plugin.envs.cyborg.game.red.direct import direct_attacker
from acd_plugin.envs.cyborg.game.red.patient import patient_attacker
from acd_plugin.envs.cyborg.game.red.random import random_attacker
from acd_plugin.envs.cyborg.game.red.stealthy import stealthy_attacker
from acd_plugin.envs.cyborg.game.red.wandering import wandering_attacker
from acd_plugin.envs.cyborg.plugged import checked_rule
from acd_plugin.envs.cyborg.program import Attacker
from acd_plugin.errors import UserError, find

AND = "+"  # between the attackers of a mixture
ATTACKERS: dict[str, Attacker] = {
    "paper": paper_attacker,
    "direct": direct_attacker,
    "patient": patient_attacker,
    "wandering": wandering_attacker,
    "stealthy": stealthy_attacker,
    "random": random_attacker,
}


def find_attackers(names: str) -> tuple[Attacker, ...]:
    """Return the attackers of which every game draws one: ``paper``, or ``paper+direct+direct``.

    UserError for a name that is none.
    """
    return tuple(find(ATTACKERS, "attacker", name.strip()) for name in names.split(AND))


def register_attacker(name: str, choose: Attacker) -> None:
    """Make ``choose(state, rules, game)`` known as an attacker.

    It is compiled, decides what the attacker does in one game, once a step, before anybody acts,
    and stores that with `game.red.choice.give_order`. What is legal: `game.red.legality`.
    Raises UserError when it is no function of these arguments, returns something, or the name is
    taken or means a mixture.
    """
    if AND in name:
        raise UserError(f"attacker '{name}': '{AND}' makes mixtures of attackers; leave it out")
    arguments = ("state", "rules", "game")
    rule = checked_rule("attacker", name, choose, arguments, ATTACKERS)
    if _returns_something(rule):
        raise UserError(
            f"attacker '{name}' returns a value, which nobody reads: give its order with "
            "game.red.choice.give_order, and return nothing"
        )
    ATTACKERS[name] = rule


def _returns_something(choose: Attacker) -> bool:
    try:
        waiting: list[ast.AST] = [*ast.parse(textwrap.dedent(getsource(plain(choose)))).body]
    except (OSError, SyntaxError):  # typed in, say: what it chooses is watched in any case
        return False
    function = waiting[0]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            return True
        if node is function or not isinstance(node, ast.FunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False
