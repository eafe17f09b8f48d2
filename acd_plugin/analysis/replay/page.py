"""Recorded games as a web page that needs no other file and no network.

The page's own files lie in ``page/``: a frame, its looks, and its scripts, which are plain
JavaScript and share one scope in the order of `_SCRIPTS`. What was recorded is put in as JSON.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict
from hashlib import sha256
from html import escape
from importlib.resources import files

from acd_plugin.analysis.replay.record import Caption, Replay

GENERATOR = "acd-plugin watch"  # by which a page is known as one of these
_SCRIPTS = (
    "words",
    "game",
    "elements",
    "layout",
    "network",
    "agents",
    "timeline",
    "player",
    "keys",
    "start",
)


def page(replay: Replay, caption: Caption) -> str:
    """Return the page."""
    looks = _read("page.css")
    scripts = "\n".join(_read(f"{name}.js") for name in _SCRIPTS)
    script = f'"use strict";\n(() => {{\n{scripts}\n}})();'
    # Nothing is loaded, and nothing runs or is styled but what stands here.
    policy = f"default-src 'none'; style-src {_source(looks)}; script-src {_source(script)}"
    parts = {
        "title": escape(f"{caption.title}: {caption.run}"),
        "generator": GENERATOR,
        "policy": policy,
        "looks": looks,
        "script": script,
        "data": _data({"caption": asdict(caption), **asdict(replay)}),
    }
    frame = _read("page.html")
    # Cut up first, so that nothing in the parts can look like a place for another.
    pieces = frame.split("{{")
    return pieces[0] + "".join(
        parts[name] + rest for name, rest in (piece.split("}}", 1) for piece in pieces[1:])
    )


def is_page(beginning: str) -> bool:
    """Return whether a file that begins so was written by `page`."""
    return f'name="generator" content="{GENERATOR}"' in beginning


def _read(name: str) -> str:
    return (files(__package__) / "page" / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _data(content: object) -> str:
    """Return JSON that ends no script element, whatever names it holds."""
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")
