"""A user's functions called as Python, one game at a time, on copies of games.

This shows what compiled code does without a word: indices outside an array, fractions that are cut,
what is changed that is not theirs, and chances that no seed repeats.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled.uncompiled import as_python
from acd_plugin.envs.compiled.whole_numbers import FractionError, whole_numbers
from acd_plugin.envs.cyborg.attackers import AND
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.game.red.mixture import drawn_number
from acd_plugin.envs.cyborg.game.types import GameState, Rules
from acd_plugin.envs.cyborg.plugged import users_part
from acd_plugin.envs.cyborg.plugged_errors import in_words
from acd_plugin.errors import UserError

ATTACKERS_OWN = {  # what an attacker may write; it reads the rest
    *("swept", "discovered", "ports_known", "owned_since", "admin", "pivot", "pivot_since"),
    *("decisions", "red_kind", "red_target", "red_source", "red_result"),
}
_PACKAGE = Path(__file__).resolve().parents[2]
Actions = NDArray[np.int64]
ArraysT = TypeVar("ArraysT", bound=tuple[object, ...])


class _Seen(NamedTuple):
    """What a function is shown of all games."""

    state: GameState
    rules: Rules
    actions: Actions  # (G, N)

    def copy(self) -> _Seen:
        return _Seen(_copy(self.state), _copy(self.rules), whole_numbers("actions", self.actions))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        named = {**_named(self.state), **_named(self.rules), "actions": self.actions}
        return {name: array for name, array in named.items() if isinstance(array, np.ndarray)}


class _Part(NamedTuple):
    """A function of a user's own."""

    name: str  # as it is told
    call: Callable[[GameState, Rules, Actions, int], object]
    own: set[str]  # fields of the state that it may write, in the row of its game
    returns_number: bool


class Rehearsal:
    """Whatever of a game is a user's own."""

    def __init__(self, definition: GameDefinition) -> None:
        self._rules = definition.rules
        attackers, terms = definition.plugged
        names = [name.strip() for name in definition.settings.attacker.split(AND)]
        drawn = sorted(zip(attackers, names, strict=True), key=lambda one: attackers.index(one[0]))
        self._drawn_number = as_python(drawn_number)
        self._by_number = [
            _attacker(name, attacker) if users_part([attacker]).files else None
            for attacker, name in drawn
        ]
        self._terms = [
            _term(name, term)
            for name, term in zip(definition.settings.reward_terms, terms, strict=True)
            if users_part([term]).files
        ]

    def attackers(self, state: GameState, actions: Actions) -> Iterator[None]:
        """Let attackers decide, each in the games that it plays; UserError tells what is wrong.

        ``state`` is that before a step, and stays as it is.
        """
        for game in range(len(state.key)):
            with _silent():
                number = self._drawn_number(state, game, len(self._by_number))
            attacker = self._by_number[number]
            if attacker is not None:
                _rehearse(attacker, _Seen(state, self._rules, actions), game)
                yield

    def explained(self, failure: UserError, state: GameState, actions: Actions) -> UserError:
        """Return the error of a compiled step with a place in the user's file.

        Compiled code knows no place; it is told if the same is raised here, in the ``state`` that
        the failed step left.
        """
        seen = _Seen(state, self._rules, actions)
        told = in_words(failure.__cause__)
        for part in [*filter(None, self._by_number), *self._terms]:
            for game in range(len(state.key)):
                try:
                    with _silent():
                        part.call(*seen.copy(), game)
                except Exception as error:
                    if in_words(error) == told:
                        return UserError(f"{part.name} failed: {told}{_place(error)}")
        return failure

    def terms(self, state: GameState, actions: Actions) -> Iterator[None]:
        """Let terms score a step; ``state`` is that after it, and stays as it is."""
        # A step is counted after it is scored.
        seen = _Seen(state._replace(step=state.step - 1), self._rules, actions)
        for game in range(len(state.key)):
            for term in self._terms:
                _rehearse(term, seen, game)
                yield


def _attacker(name: str, attacker: Callable[[GameState, Rules, int], None]) -> _Part:
    choose = as_python(attacker)
    return _Part(
        f"attacker '{name}'",
        lambda state, rules, _, game: choose(state, rules, game),
        ATTACKERS_OWN,
        returns_number=False,
    )


def _term(name: str, term: Callable[[GameState, Rules, int, Actions], float]) -> _Part:
    score = as_python(term)
    return _Part(
        f"reward term '{name}'",
        lambda state, rules, actions, game: score(state, rules, game, actions[game]),
        set(),
        returns_number=True,
    )


def _rehearse(part: _Part, before: _Seen, game: int) -> None:
    first, again = before.copy(), before.copy()
    try:
        with _silent():
            value = part.call(*first, game)
            other = part.call(*again, game)
    except (IndexError, FractionError) as error:
        raise UserError(f"{part.name} is wrong: {error}{_place(error)}") from None
    except Exception:
        return  # not everything that can be compiled is Python; if it fails, a step tells
    _check_changes(part, before, first, game)
    if _changed(first, again) or repr(value) != repr(other):
        raise UserError(
            f"{part.name} is not the same the second time, in the same state: chances must come "
            "from the game's own dice (roll_one), never from a generator such as np.random"
        )
    if part.returns_number and not _is_finite(value):
        raise UserError(f"{part.name} is not finite, but {value!r}: must be a number always")


def _check_changes(part: _Part, before: _Seen, after: _Seen, game: int) -> None:
    """Raise UserError for what a function may not change."""
    changed = _changed(before, after)
    not_its_own = [name for name in changed if name not in part.own]
    if not_its_own:
        what = "state" if not_its_own[0] in GameState._fields else "rules"
        may = f"only change {', '.join(sorted(part.own))}" if part.own else "only read"
        raise UserError(f"{part.name} changes {', '.join(not_its_own)} of the {what}: it may {may}")
    for name in changed:
        old, new = before.arrays()[name], after.arrays()[name]
        rows = np.flatnonzero((old != new).reshape(len(new), -1).any(axis=1))
        if rows.tolist() != [game]:
            raise UserError(
                f"{part.name} changes {name} of other games: it may only change what belongs to "
                f"the game that it is called for, {name}[game]"
            )


def _changed(before: _Seen, after: _Seen) -> list[str]:
    now = after.arrays()
    return [name for name, old in before.arrays().items() if old.tobytes() != now[name].tobytes()]


def _copy(arrays: ArraysT) -> ArraysT:
    """Return a named tuple with copies of its arrays, which take no fraction for an integer."""
    make = cast(Callable[..., ArraysT], type(arrays))
    return make(
        *(
            whole_numbers(name, value) if isinstance(value, np.ndarray) else value
            for name, value in _named(arrays).items()
        )
    )


def _named(arrays: tuple[object, ...]) -> dict[str, object]:
    return dict(zip(getattr(type(arrays), "_fields"), arrays, strict=True))  # noqa: B009


def _silent() -> np.errstate:
    """Say nothing of numbers that overflow or are none, as compiled code does not."""
    return np.errstate(all="ignore")


def _is_finite(value: object) -> bool:
    return isinstance(value, bool | int | float | np.number | np.bool_) and bool(np.isfinite(value))


def _place(error: Exception) -> str:
    """Return where something went wrong, if a file of the user's says so."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not Path(frame.filename).is_relative_to(_PACKAGE)]
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno}: {own[-1].line})" if own else ""
