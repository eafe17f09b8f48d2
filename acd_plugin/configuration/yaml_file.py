"""Read a YAML file that somebody named, whatever it turns out to be."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from acd_plugin.configuration.core_schema import NULLS
from acd_plugin.configuration.yaml_text import Document, YamlTextError, read_text
from acd_plugin.errors import UserError

LARGEST = 2**18  # bytes: ten thousand lines

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def read_yaml(path: Path, repeats: bool = False) -> dict[str, Any]:
    """Return the mapping in a file; UserError, naming file and line, when it holds none.

    With ``repeats`` the last of equal keys wins.
    """
    return dict(read_mapping(path, repeats).value)


def read_mapping(path: Path, repeats: bool = False) -> Document:
    """Return the mapping in a file, and where its keys stand; see `read_yaml`."""
    try:
        document = read_text(_content(path), NULLS, repeats)
    except YamlTextError as error:
        raise UserError(f"{path}: not valid YAML ({error})") from None
    if not isinstance(document.value, dict):
        got = "nothing" if document.value is None else type(document.value).__name__
        raise UserError(f"{path}: expected 'key: value' lines, got {got}")
    return document


def _content(path: Path) -> str:
    """Return a file's text; it is looked at before it is opened, since to open a pipe is to wait
    for somebody who writes into it.
    """
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
        if kind != stat.S_IFREG:
            raise UserError(f"{path}: is {_KINDS.get(kind, 'no file')}: give the path of a file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error})") from None
    except ValueError as error:  # a path that no file can have
        raise UserError(f"{str(path)!r}: cannot be read ({error})") from None
    if len(content) > LARGEST:
        raise UserError(f"{path}: is larger than {LARGEST // 2**10} KiB: no file of settings is")
    try:
        return content.decode("utf-8-sig")  # some editors put a mark before the text
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}: cannot be read (line {line} is not UTF-8)") from None
