"""The page in a real browser: Chromium, where it and playwright are installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acd_plugin.analysis.replay.page import page
from acd_plugin.analysis.replay.record import GameRecord, GameStep, Replay
from tests.analysis.replay.games import CAPTION, NETWORK, silent, the_replay

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
MINUS = "\N{MINUS SIGN}"
DESKTOP, PHONE = (1280, 900), (390, 844)
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []  # which root needs
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens the page of a replay; nothing may be complained about."""
    complaints: list[str] = []
    requests: list[str] = []
    contexts = []

    def open_page(
        replay: Replay, size: tuple[int, int] = DESKTOP, place: str = "", **options: Any
    ) -> Any:
        path = tmp_path / "games.html"
        path.write_text(page(replay, CAPTION), encoding="utf-8")
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        opened = context.new_page()
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("request", lambda request: requests.append(request.url))
        opened.goto(path.as_uri() + place)
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert [address for address in requests if not address.startswith("file:")] == []


def step_of(opened: Any) -> str:
    text: str = opened.inner_text("#step")
    return text


def test_buttons_and_scrubber_move_through_a_game(show: Open) -> None:
    opened = show(the_replay())
    assert opened.inner_text("#outcome").split("\n") == [
        *("Return", f"{MINUS}11.1", "Vault", "fell in step 3, held for 1 step", "Damage", "10.1"),
        *("Actions cost", "1.0", "Messages heard", "1, which changed 1 action"),
    ]
    assert step_of(opened) == "Start, 3 steps"
    assert opened.is_disabled("#back")
    opened.click("#forward")
    assert step_of(opened) == "Step 1 of 3"
    assert "ExploitRemoteService Desk from Visitor: success." in opened.inner_text("#attack")
    assert "The monitor saw it." in opened.inner_text("#attack")
    opened.click("#last")
    assert step_of(opened) == "Step 3 of 3"
    assert opened.is_disabled("#forward")
    opened.fill("#scrubber", "2")
    assert step_of(opened) == "Step 2 of 3"
    opened.click("#back")
    opened.click("#first")
    assert step_of(opened) == "Start, 3 steps"


def test_a_message_shows_what_it_unlocked_and_changed(show: Open) -> None:
    opened = show(the_replay(), place="#game=1&step=2")
    changed = opened.locator(".agent.changed")
    assert changed.count() == 1
    lines = [line for line in changed.inner_text().split("\n") if line]
    assert lines[:2] == ["Bob defends Vaults", "Block Lobby success, cost 1.0"]
    told = dict(zip(lines[2::2], lines[3::2], strict=True))
    assert told == {
        "heard": "1 from Ann",
        "unlocked": "Block Lobby, Street",
        "without the message": "Sleep",
    }
    assert opened.locator("path.message.changes").count() == 1
    assert "blocked" in opened.inner_text("#attack")
    assert opened.locator(".pill.block text").text_content() == "⊘ blocks Lobby"


def test_truth_stands_beside_belief(show: Open) -> None:
    opened = show(the_replay(), place="#game=1&step=3")
    vault = opened.locator(".host", has_text="Vault")
    assert vault.locator(".truth").text_content() == "● root"
    assert vault.locator(".belief").text_content() == "○ clean"
    assert vault.locator(".wrong").count() == 1
    label = opened.get_attribute("#network svg", "aria-label")
    assert "Vault: truth root, believed clean, seen none" in label


def test_jumps_go_to_what_they_name_and_end(show: Open) -> None:
    opened = show(the_replay())
    for kind, step in {"alert": 1, "message": 2, "change": 2, "fall": 3}.items():
        opened.click("#first", force=True) if step_of(opened)[:5] != "Start" else None
        opened.click(f"#jump-{kind}")
        assert step_of(opened) == f"Step {step} of 3"
        assert opened.is_disabled(f"#jump-{kind}")


def test_all_goes_by_keyboard(show: Open) -> None:
    opened = show(the_replay(games=2))
    for key, expected in {
        "ArrowRight": "Step 1 of 3",
        "m": "Step 2 of 3",
        "s": "Step 3 of 3",
        "Shift+A": "Step 1 of 3",
        "End": "Step 3 of 3",
        "ArrowLeft": "Step 2 of 3",
        "Home": "Start, 3 steps",
    }.items():
        opened.keyboard.press(key)
        assert step_of(opened) == expected, key
    opened.keyboard.press("n")
    assert opened.input_value("#game") == "1"
    opened.keyboard.press("Space")
    assert opened.inner_text("#play") == "Pause"
    opened.keyboard.press("Space")
    assert opened.inner_text("#play") == "Play"
    opened.focus("#scrubber")
    opened.keyboard.press("ArrowRight")
    assert step_of(opened) == "Step 1 of 3"


def test_it_plays_to_the_end_and_stops(show: Open) -> None:
    opened = show(the_replay())
    opened.select_option("#speed", "4")
    opened.click("#play")
    sync_api.expect(opened.locator("#step")).to_have_text("Step 3 of 3")
    assert opened.inner_text("#play") == "Play"


def test_several_games_are_chosen_by_list_and_table(show: Open) -> None:
    opened = show(the_replay(games=3), place="#game=2&step=1")
    assert (opened.input_value("#game"), step_of(opened)) == ("1", "Step 1 of 3")
    opened.select_option("#game", "2")
    assert opened.is_disabled("#next-game")
    opened.click("#all-games summary")
    opened.click("#all-games tbody tr:first-child button")
    assert opened.input_value("#game") == "0"
    assert opened.locator("#all-games tr.chosen").count() == 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_everything_fits(show: Open, size: tuple[int, int], step: int) -> None:
    opened = show(the_replay(), size, place=f"#game=1&step={step}")
    assert opened.evaluate("document.documentElement.scrollWidth") == size[0]
    sticking_out = opened.evaluate(
        """() => [...document.querySelectorAll("#network .host")].flatMap((host) => {
          const box = host.querySelector("rect").getBoundingClientRect();
          return [...host.querySelectorAll(":scope > text")].filter((text) => {
            const own = text.getBoundingClientRect();
            return own.left < box.left || own.right > box.right;
          }).map((text) => text.textContent);
        })"""
    )
    assert sticking_out == []
    assert opened.evaluate(
        """() => {
          const frame = document.querySelector("#network svg").getBoundingClientRect();
          const parts = "#network svg > :not(defs), #network svg > g > *";
          return [...document.querySelectorAll(parts)].every((part) => {
            const own = part.getBoundingClientRect();
            return own.left >= frame.left - 1 && own.right <= frame.right + 1;
          });
        }"""
    )


def test_long_names_are_cut_and_addresses_of_nothing_lead_to_the_beginning(show: Open) -> None:
    host = replace(NETWORK.hosts[1], name="a desk with a very long name " * 3)
    network = replace(NETWORK, hosts=(NETWORK.hosts[0], host, NETWORK.hosts[2]))
    opened = show(the_replay(network=network), PHONE, place="#game=7&step=1.5e3x")
    assert step_of(opened) == "Step 1 of 3"
    assert opened.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    name = opened.locator(".host .name", has_text="a desk")
    assert name.locator("title").text_content() == host.name
    assert name.bounding_box()["width"] < 140


def test_without_a_network_there_are_actions_and_returns(show: Open) -> None:
    first = replace(silent("action 3"), saw=(0.25, 1.0))
    game = GameRecord(None, tuple(GameStep(0.5, (first, silent("action 0")), None) for _ in "ab"))
    opened = show(Replay(("0", "1"), talks=False, network=None, games=(game,)))
    opened.click("#last")
    assert "Agent 0" in opened.inner_text("#agents")
    assert "0.25 1" in opened.inner_text("#agents")
    assert opened.inner_text("#bill").split("\n") == ["reward", "0.5", "return so far", "1.0"]
    assert opened.is_hidden("#jumps")
    assert opened.is_hidden("#stage")


def test_without_javascript_the_page_says_what_it_needs(show: Open) -> None:
    opened = show(the_replay(), java_script_enabled=False)
    assert "which this browser does not run" in opened.inner_text("noscript")
    assert opened.is_hidden("#page")
