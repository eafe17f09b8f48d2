"""The documents, their blocks of code, and which of these are a reader's commands.

A block of commands (``sh``) is run, unless a title stands over it that says what it needs or how
long it takes: "Needs a GPU", "Takes an hour". A block of another language whose title is the name
of a file is that file's content, which the page's commands use.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.house.source import ROOT

PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "report" not in path.parts),
]
_FENCE = re.compile(r'^```(\w+)(?: title="([^"]*)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_NOT_RUN = re.compile(r"(Needs|Takes) \w")
_FILE = re.compile(r"[\w/]+\.(yaml|py|slurm)$")


class Block(NamedTuple):
    """One fenced block of a page."""

    language: str
    title: str
    text: str

    @property
    def is_file(self) -> bool:
        return not self.is_commands and bool(_FILE.match(self.title))

    @property
    def is_commands(self) -> bool:
        return self.language == "sh"

    @property
    def is_run(self) -> bool:
        return self.is_commands and not self.title

    @property
    def says_why_not(self) -> bool:
        return bool(_NOT_RUN.match(self.title))


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page, in their order."""
    return [Block(*found) for found in _FENCE.findall(page.read_text(encoding="utf-8"))]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
