"""Say in one line what is wrong with a user's function in the compiled game."""

from __future__ import annotations

import re

from numba.core.errors import NumbaError

from acd_plugin.envs.compiled.messages import in_one_line
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.game.red.legality import IllegalChoiceError
from acd_plugin.envs.cyborg.game.types import GameState, Red, Rules
from acd_plugin.envs.cyborg.plugged import users_part
from acd_plugin.errors import UserError, listing, nearest

LEGAL = (
    "legal are: Sleep; Sweep of a subnet; Scan of a defended host; Exploit of one that it does not "
    "hold; Escalate of its source; Impact of the objective, from there"
)

# What numba calls these types: their names, and the types of all that is in them.
_TYPES = {"GameState": GameState._fields, "Rules": Rules._fields}
_TYPE = re.compile(rf"\b({'|'.join(_TYPES)})\((?:[^()]|\([^()]*\))*\)")
_UNKNOWN = re.compile(rf"Unknown attribute '(\w+)' of type ({'|'.join(_TYPES)})\b")


def explain(error: Exception, definition: GameDefinition, state: GameState) -> UserError:
    """Return what a failed step has to say."""
    settings = definition.settings
    if isinstance(error, IllegalChoiceError):
        choice = describe_choice(state, int(state.red_refused.argmax()))
        return UserError(f"attacker '{settings.attacker}' chose {choice}: {LEGAL}")
    users = users_functions(definition) or "the game"
    if isinstance(error, NumbaError):
        return UserError(f"{users} cannot be compiled: {_shortened(error)}")
    return UserError(f"{users} failed: {in_words(error)}")


def in_words(error: BaseException | None) -> str:
    """Return what was raised, with its kind."""
    return f"{type(error).__name__}: {in_one_line(error)}"


def _shortened(error: NumbaError) -> str:
    """Return what the compiler says in one line, with the legal names if one was wrong."""
    told = _TYPE.sub(r"\1", in_one_line(error))
    unknown = _UNKNOWN.search(told)
    if unknown is None:
        return told
    name, legal = unknown[1], _TYPES[unknown[2]]
    return f"{told}{nearest(name, legal)} (legal: {listing(legal)})"


def users_functions(definition: GameDefinition) -> str:
    """Return the names of what is a user's own in a game, none if nothing is."""
    attackers, terms = definition.plugged
    named = [f"attacker '{definition.settings.attacker}'"] if users_part(attackers).files else []
    if users_part(terms).files:
        named += [f"reward term '{name}'" for name in definition.settings.reward_terms]
    return " or ".join(named)


def describe_choice(state: GameState, game: int) -> str:
    """Return what the attacker chose, in words."""
    kind, target, source = (
        int(field[game]) for field in (state.red_kind, state.red_target, state.red_source)
    )
    name = Red(kind).name.capitalize() if kind in list(Red) else f"kind {kind}"
    return f"{name} of target {target} from source {source}"


def only_sleeps(attacker: str, games: int) -> str:
    return (
        f"attacker '{attacker}' only sleeps in {games} games: give orders with "
        "game.red.choice.give_order"
    )


def unscanned(attacker: str) -> str:
    return (
        f"attacker '{attacker}' exploits hosts that it has not scanned: backend=native plays that, "
        "backend=cyborg cannot"
    )
