"""The tables of messages: which columns there are."""

from __future__ import annotations

from acd_plugin.analysis.messages.examination import Examination
from acd_plugin.analysis.report.message_tables import Examined, effects, messages

ALLOWED = "... when allowed"
FOUND = Examination(
    checkpoint="100.pt",
    episodes=8,
    seed=0,
    return_mean=-3.0,
    send_rate=0.5,
    send_rate_when_allowed=0.5,
    bits_per_episode=7.5,
    return_per_message=None,
    agents=[],
    influence={},
    ablations={},
)


def allowed(*runs: tuple[Examination, bool]) -> list[str]:
    """The column of send rates when the gate lets agents speak; nothing where there is none."""
    heading, *rows = effects([Examined(["small", "dial", "0"], *run) for run in runs])
    return [row[heading.index(ALLOWED)] for row in rows] if ALLOWED in heading else []


def test_a_gate_has_a_column_whatever_the_rates_are() -> None:
    shut = FOUND.model_copy(update={"send_rate_when_allowed": None})
    assert allowed((FOUND, True), (shut, True)) == ["0.500", "never allowed"]
    assert allowed((FOUND, False)) == []
    assert allowed((FOUND, False), (FOUND, True)) == ["no gate", "0.500"]


def test_what_is_said_of_the_gate_is_only_said_where_there_is_one() -> None:
    for has_gate in (True, False):
        (_, note, *_) = messages([Examined(["small", "dial", "0"], FOUND, has_gate)]).blocks
        assert ("gate" in str(note)) is has_gate
