"""The name of the rules, by which runs under other rules are told apart.

The rules have a name of their own, and a digest of their content (comments, docstrings and
formatting apart) says for which code it was certified. So whoever edits a rule plays, and records,
another game, until it is decided what the edit is:

- the games are what they were: the golden games (``tests/envs/cyborg/test_golden_games.py``), the
  replay and the statistics pass. Then write the new digest here;
- the games are others: then raise the name too.

A test fails until one of both is done and says the digest.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from acd_plugin.envs.compiled.content import files_of

RULES = "1"
CERTIFIED = "a8cf5a3882ec134d"

_HERE = Path(__file__).resolve().parent
# What happens in a game follows from these files, from the settings and from the scenario.
_FILES = (
    *(_HERE / "game", _HERE / "rules.py", _HERE / "profile.py", _HERE / "room.py"),
    _HERE.parent / "compiled" / "rng.py",
)


@cache
def rules_digest() -> str:
    """Return what the content of the rules is called."""
    return files_of(*_FILES).meaning()


def rules_name() -> str:
    """Return the certified name of the rules, or another one if they were edited since."""
    digest = rules_digest()
    return RULES if digest == CERTIFIED else f"{RULES}-edited-{digest}"
