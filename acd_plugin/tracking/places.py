"""Where files lie on a machine, said without saying it.

Of an absolute path its end stays, behind a short name of its folder: two files of one name in two
folders stay two, and nobody learns what the folders are called.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from pathlib import PurePosixPath, PureWindowsPath

from acd_plugin.tracking.command_line import without, words_of

# An absolute path inside a word, as in "plugins=['/a/b.py']".
_INSIDE = re.compile(r"""(?<![\w.~*/:\\-])/[^\s'"`,;:()\[\]{}=]+""")


def without_places(value: object) -> object:
    """Return recorded settings without the folders in which files lie."""
    if isinstance(value, dict):
        return {key: without_places(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_places(inner) for inner in value]
    return path_without_place(value) if isinstance(value, str) else value


def path_without_place(text: str) -> str:
    """Return a path without its folder, if it is an absolute one; anything else as it is."""
    for path in (PurePosixPath(text), PureWindowsPath(text)):
        if path.is_absolute():
            folder = hashlib.sha256(str(path.parent).encode(errors="replace")).hexdigest()[:8]
            return f"{folder}/{path.name}"
    return text


def command_without_places(command: str, *keys: str) -> str:
    """Return a command without its overrides of these keys, and without folders in the others."""
    for key in keys:
        command = without(command, key)
    return shlex.join(_word_without_places(word) for word in words_of(command))


def _word_without_places(word: str) -> str:
    key, equals, value = word.rpartition("=")
    bare = value.strip("'\"")
    placed = path_without_place(bare)
    if placed != bare:
        return f"{key}{equals}{value.replace(bare, placed)}"
    return _INSIDE.sub(lambda found: path_without_place(found[0]), word)
