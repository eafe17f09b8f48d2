"""The one exception whose message is meant for the person at the keyboard, and its words."""

from __future__ import annotations

import difflib
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from acd_plugin.credentials import shown

ValueT = TypeVar("ValueT")


class UserError(Exception):
    """Bad input: one line that says what was got, what is legal and what to do.

    What was got may be an address: none is told with its password. Where several things are wrong,
    ``problems`` has a line for each.
    """

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(shown(message))
        self.problems = [shown(problem) for problem in problems] or [str(self)]


class DivergedError(UserError):
    """Training has left the finite numbers, and nothing of it can be used any more."""


class Mistakes:
    """Gathers what is wrong in several places that do not depend on each other."""

    def __init__(self) -> None:
        self.problems: list[str] = []  # a line each, none twice

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Do what may raise UserError, and keep what it says."""
        try:
            yield
        except UserError as error:
            self.add(*error.problems)

    def add(self, *problems: str) -> None:
        self.problems = list(dict.fromkeys([*self.problems, *problems]))

    def tell(self) -> None:
        """Raise UserError if there is anything to say."""
        if self.problems:
            raise UserError("; ".join(self.problems), self.problems)


@contextmanager
def with_remedy(remedy: str) -> Iterator[None]:
    """Let the UserError of whatever is done meanwhile end with what to do about it."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{error}: {remedy}") from None


def refused(where: str, problems: Sequence[str]) -> UserError:
    """Return the error of a place in which all this is wrong."""
    return UserError(
        f"{where}: {'; '.join(problems)}", [f"{where}: {problem}" for problem in problems]
    )


def nearest(name: object, legal: Iterable[object]) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest legal name, or an empty string."""
    close = difflib.get_close_matches(str(name), [str(option) for option in legal], n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""


def find(registry: Mapping[str, ValueT], kind: str, name: str) -> ValueT:
    """Return the entry called ``name``; UserError, naming ``kind``, when there is none."""
    if name not in registry:
        legal = listing(registry) or "none that is known; a plugin adds some"
        raise UserError(f"unknown {kind} '{brief(name)}'{nearest(name, registry)} (legal: {legal})")
    return registry[name]


def brief(text: str, most: int = 80) -> str:
    """Return a text that may be long, as long as a line of an error message can bear."""
    return text if len(text) <= most else text[: most - 3] + "..."


def listing(names: Iterable[object]) -> str:
    """Return the names sorted, numbers by their value, and joined for an error message."""
    return ", ".join(sorted(map(str, names), key=_parts))


def _parts(name: str) -> list[str | int]:
    """Return a name's text and its numbers in turn."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name)]


def program() -> str:
    """Return what calls this program from where the user stands, for hints of what to type.

    That is the file that was called, or else, in a notebook for instance, the installed command.
    """
    called = sys.argv[0]
    return f"python {shlex.quote(called)}" if Path(called).name == "main.py" else "acd-plugin"
