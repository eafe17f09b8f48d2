"""What a plain word in YAML means: the core schema of YAML 1.2 (section 10.3.2), and no more.

So ``010`` is ten, ``1e6`` and ``.inf`` are numbers, and ``no``, ``1:30`` and dates are text.
"""

from __future__ import annotations

import re

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
LONGEST_NUMBER = 100  # characters; no setting needs as many, and long ones take long to convert

Scalar = str | int | float | bool | None
_BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_NAN = frozenset({".nan", ".NaN", ".NAN"})


def plain_value(word: str, nulls: frozenset[str] = NULLS) -> Scalar:
    """Return what a word without quotes stands for; ValueError for a number that is too long."""
    if word in nulls:
        return None
    if word in _BOOLEANS:
        return _BOOLEANS[word]
    if word in _NAN:
        return float("nan")
    if infinity := _INFINITY.fullmatch(word):
        return float(f"{infinity[1]}inf")
    for pattern, base in ((_DECIMAL, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.fullmatch(word):
            return int(_short(word), base)
    return float(_short(word)) if _FLOAT.fullmatch(word) else word


def _short(word: str) -> str:
    if len(word) > LONGEST_NUMBER:
        raise ValueError(
            f"a number of {len(word)} characters: at most {LONGEST_NUMBER} are read; "
            "text needs quotes"
        )
    return word
