"""What somebody says of a run beside its settings: tags and a note."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from acd_plugin.errors import UserError, brief

_NO_TEXT = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, ends of lines


def check_remarks(tags: object, note: object) -> None:
    """Raise UserError for what cannot be recorded, or not be shown in a line."""
    if isinstance(tags, str) or not isinstance(tags, Sequence):
        raise UserError(f"tags is {tags!r}: give a list of words")
    if not all(isinstance(tag, str) for tag in tags):
        raise UserError(f"tags is {list(tags)!r}: each must be a word in quotes")
    if not isinstance(note, str | None):
        raise UserError(f"note is {note!r}: give a text")
    if not all(tag.strip() for tag in tags):
        raise UserError(f"tags is {list(tags)!r}: no run is found by an empty word: leave it out")
    for name, text in (*(("tags", tag) for tag in tags), ("note", note or "")):
        if any(unicodedata.category(letter) in _NO_TEXT for letter in text):
            raise UserError(
                f"{name} is {brief(repr(text))}: must be text in one line, without control "
                "characters"
            )
