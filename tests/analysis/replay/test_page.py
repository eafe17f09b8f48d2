"""The page: complete, closed in itself, and safe whatever names are in it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

from acd_plugin.analysis.replay.page import is_page, page
from acd_plugin.envs.scene import Network
from tests.analysis.replay.games import CAPTION, NETWORK, the_replay

HOSTILE = "</script><script>alert(1)</script>{{script}}"


def hostile_network() -> Network:
    return replace(
        NETWORK, hosts=(NETWORK.hosts[0], replace(NETWORK.hosts[1], name=HOSTILE), NETWORK.hosts[2])
    )


def content(text: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", text, re.DOTALL)


def test_what_was_recorded_is_in_the_page() -> None:
    data, _ = content(page(the_replay(games=2), CAPTION), "script")
    read = json.loads(data)
    assert read["caption"]["title"] == "dial on vaults"
    assert read["network"]["hosts"][2] == {
        "name": "Vault", "subnet": 1, "importance": "high", "reveals": None
    }  # fmt: skip
    assert [len(game["steps"]) for game in read["games"]] == [3, 3]
    heard = read["games"][0]["steps"][1]["agents"][1]["heard"]
    assert heard == [
        {"sender": 0, "bits": "1", "unlocked": ["Block Lobby", "Block Street"], "without": "Sleep"}
    ]


def test_names_cannot_become_code() -> None:
    text = page(the_replay(network=hostile_network()), replace(CAPTION, title=HOSTILE))
    data, script = content(text, "script")
    assert json.loads(data)["network"]["hosts"][1]["name"] == HOSTILE
    assert "alert(1)" not in script
    assert "<title>&lt;/script&gt;" in text
    assert text.count("<script") == 2


def test_only_what_is_in_the_page_may_run_and_nothing_is_loaded() -> None:
    text = page(the_replay(), CAPTION)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    _, script = content(text, "script")
    (looks,) = content(text, "style")
    names = [
        f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'" for part in (looks, script)
    ]
    assert policy == f"default-src 'none'; style-src {names[0]}; script-src {names[1]}"
    addresses = set(re.findall(r"\w+://[^\s\"'`]*", text))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of a format, not a place
    assert " src=" not in text
    assert " style=" not in text


def test_a_page_is_known_as_one_and_says_what_it_needs() -> None:
    text = page(the_replay(), CAPTION)
    assert is_page(text[:1000])
    assert not is_page("<!doctype html><title>precious</title>")
    (without_scripts,) = content(text, "noscript")
    assert "JavaScript" in without_scripts
