"""A game as text."""

from __future__ import annotations

from acd_plugin.analysis.replay.record import GameRecord, GameStep, Replay
from acd_plugin.analysis.replay.text import game_text
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
