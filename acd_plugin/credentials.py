"""Addresses without user and password, as they may be shown, written and sent.

A password may hold anything, unescaped too: ``/``, ``?``, ``#``, ``@``, blanks. There is no telling
where it ends, so from ``://`` to the line's last ``@`` all is hidden.
"""

from __future__ import annotations

import re
import shlex

_USER = re.compile(r"(?<=://)(?:[^\n\r]*@|\S*:\S*\.\.\.)")  # to its end, or where it was cut off
_OPTION = re.compile(r"([?&][^=&\s]*(?:pass|secret|token|key)[^=&\s]*=)[^&\s]+", re.IGNORECASE)
_HIDDEN = "***"
_COMMAND = "command_line"  # the key under which a record has the words of a command


def shown(text: str) -> str:
    """Return a text whose addresses tell no secret."""
    if "://" not in text:
        return text
    return _OPTION.sub(rf"\1{_HIDDEN}", _USER.sub(f"{_HIDDEN}@", text))


def shown_command(command: str) -> str:
    """Return a command whose words tell no secret; what stands between two of them stays."""
    if "://" not in command:
        return command
    try:
        return shlex.join(shown(word) for word in shlex.split(command))
    except ValueError:  # it is none
        return shown(command)


def without_credentials(record: object) -> object:
    """Return nested lists and dictionaries with all texts in them as they may be shown."""
    if isinstance(record, str):
        return shown(record)
    if isinstance(record, list | tuple):
        return [without_credentials(value) for value in record]
    if isinstance(record, dict):
        return {
            key: shown_command(value)
            if key == _COMMAND and isinstance(value, str)
            else without_credentials(value)
            for key, value in record.items()
        }
    return record
