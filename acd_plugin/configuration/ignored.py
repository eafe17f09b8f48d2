"""Settings that change nothing beside others: refused where somebody has chosen them himself."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from acd_plugin.errors import Mistakes

# A setting of environments for agents who talk. Who sets it for an environment sets it for all that
# learn there, those who do not talk among them.
GATE = "env_args.comm_gate"
Ignored = Mapping[str, str]  # keys, with dots where they are nested, each with the reason


def refuse_ignored(ignored: Ignored, chosen: Collection[str]) -> None:
    """Raise UserError for all chosen keys that are ignored."""
    mistakes = Mistakes()
    for key, reason in ignored.items():
        if key in chosen:
            mistakes.add(f"'{key}' would change nothing: {reason}; leave it out")
    mistakes.tell()
