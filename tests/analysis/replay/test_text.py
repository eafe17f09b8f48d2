"""A game as text."""

from __future__ import annotations

from acd_plugin.analysis.replay.record import GameRecord, GameStep, Replay
from acd_plugin.analysis.replay.text import game_text
from acd_plugin.envs.scene import Deed, amount_text, deed_text
from tests.analysis.replay.games import silent, the_game, the_replay


def test_messages_are_told_and_only_what_changed() -> None:
    assert game_text(the_replay(), the_game()) == (
        "step 1: reward +0.0, return so far 0.0\n"
        "  red    ExploitRemoteService Desk from Visitor: success\n"
        "  Ann    Sleep; says 1\n"
        "  Desk: attacker none -> user, monitor sees exploit, believed no -> user, process known\n"
        "step 2: reward -1.0, return so far -1.0\n"
        "  red    DiscoverRemoteSystems Vaults from Desk: blocked\n"
        "  Bob    Block Lobby: success, cost 1.0; heard 1 from Ann; which unlocks "
        "Block Lobby, Street; without messages: Sleep\n"
        "step 3: reward -10.1, return so far -11.1\n"
        "  green  scans Desk\n"
        "  Desk: attacker user -> root\n"
        "  Vault: attacker none -> root"
    )


def test_a_game_that_cannot_be_drawn_is_told_by_its_actions() -> None:
    game = GameRecord(None, (GameStep(0.5, (silent("action 3"),), None),))
    replay = Replay(("0",), talks=False, network=None, games=(game,))
    assert game_text(replay, game) == (
        "step 1: reward +0.5, return so far 0.5\n  0      action 3"
    )  # fmt: skip


def test_amounts_have_the_decimals_that_they_need_so_that_they_add_up() -> None:
    assert [amount_text(value) for value in (0.05, 0.5, -10.0, -0.0, 10.125)] == [
        *("0.05", "0.5", "-10.0", "0.0", "10.125")
    ]
    noise = (0.1 + 0.2, -0.10000000149011612, -201.05000305175781)  # of sums, and of 32 bits
    assert [amount_text(value) for value in noise] == ["0.3", "-0.1", "-201.05"]
    assert amount_text(0.05, sign="+") == "+0.05"
    assert amount_text(-1e-9, sign="+") == "+0.0"


def test_an_action_that_found_nothing_does_not_look_like_a_success() -> None:
    assert deed_text(Deed("success", 0.05, useless=True, blocks=None)) == (
        ": told nothing new, cost 0.05"
    )
    assert deed_text(Deed("fail", 0.5, useless=True, blocks=None)) == ": fail, cost 0.5"
