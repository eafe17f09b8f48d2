"""argparse, whose mistakes are told as all others here: what was got, what is legal, what to do."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, NoReturn

from acd_plugin.errors import UserError, brief, nearest

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_MISSING = re.compile(r"the following arguments are required: (.+)")
_OF_ONE = re.compile(r"argument (\S+?)(?:/\S+)?: (.+)")
_NUMBER = re.compile(r"-\d*\.?\d+")


class Parser(argparse.ArgumentParser):
    """Raises UserError, with the nearest legal word, where argparse prints its usage and exits."""

    def parse_known_args(  # type: ignore[override]  # argparse has overloads for its namespaces
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse all words; one that has no meaning here raises UserError."""
        words = list(args or [])
        self._refuse_unknown_options(words)
        parsed, left = super().parse_known_args(words, namespace)
        if left:
            takes = ", ".join(_name(action) for action in self._positionals_here()) or "no word"
            raise UserError(
                f"unexpected word '{brief(left[0])}' ({self._own_name()} takes {takes}; "
                f"{self._more()})"
            )
        return parsed, left

    def error(self, message: str) -> NoReturn:
        """Tell what argparse has found, in words that say what to do."""
        missing = _MISSING.fullmatch(message)
        if missing:
            names = missing[1].split(", ")
            needed = [one for one in self._actions if _called(one) in names]
            told = " and ".join(map(_explained, needed)) or missing[1]
            raise UserError(f"{self._own_name()} needs {told}; {self._more()}")
        found = _OF_ONE.fullmatch(message)
        if found and found[2].startswith("expected"):
            option = self._option_string_actions.get(found[1])
            told = _explained(option) if option else found[1]
            raise UserError(f"{told} needs a value: write {found[1]}=VALUE")
        if found and found[2].startswith("ignored explicit argument"):
            raise UserError(f"{found[1]} takes no value: write {found[1]} alone")
        raise UserError(f"{message}; {self._more()}")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if message:  # argparse would hide that it cannot be written
            print(message, end="", file=file or sys.stderr)

    def _get_value(self, action: argparse.Action, arg_string: str) -> object:
        if action.type not in (int, float):
            return super()._get_value(action, arg_string)
        try:
            return action.type(arg_string)
        except ValueError:
            kind = "a whole number" if action.type is int else "a number"
            raise UserError(f"{_name(action)} is '{brief(arg_string)}': must be {kind}") from None

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            legal = list(action.choices)
            raise UserError(
                f"{_name(action)} is '{brief(str(value))}'{nearest(value, legal)} "
                f"(legal: {', '.join(map(str, legal))})"
            )

    def _refuse_unknown_options(self, words: Iterable[str]) -> None:
        """Raise UserError for the first; else argparse names what it misses because of it."""
        if self._subparsers is not None:  # the words after a command are its own parser's
            words = takewhile(lambda word: word.startswith("-"), words)
        legal = self._option_string_actions
        own = takewhile(lambda word: word != "--", words)
        for previous, word in pairwise(["", *own]):
            name = word.partition("=")[0]
            if not word.startswith("-") or word == "-" or _NUMBER.fullmatch(word) or " " in name:
                continue
            if name not in legal and not _waits_for_value(legal.get(previous)):
                long = sorted(option for option in legal if option.startswith("--"))
                meant = nearest(name[2:], [option[2:] for option in long])
                meant = meant.replace("'", "'--", 1)
                raise UserError(
                    f"unknown option '{brief(name)}'{meant} (legal here: {', '.join(long)})"
                )

    def _positionals_here(self) -> list[argparse.Action]:
        return [action for action in self._actions if not action.option_strings]

    def _own_name(self) -> str:
        return self.prog.split()[-1]

    def _more(self) -> str:
        return f"'{self.prog} --help' tells more"


def _called(action: argparse.Action) -> str:
    """Return the name under which argparse misses it."""
    return "/".join(action.option_strings) or str(action.metavar or action.dest)


def _name(action: argparse.Action) -> str:
    return action.option_strings[-1] if action.option_strings else _word(action)


def _word(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())


def _explained(action: argparse.Action) -> str:
    meaning = ", ".join(map(str, action.choices)) if action.choices else action.help
    return f"{_name(action)} ({meaning})" if meaning else _name(action)


def _waits_for_value(option: argparse.Action | None) -> bool:
    return option is not None and option.nargs != 0
