"""What there is to say, and how much of it is said: roles, shares and tests by hand."""

from __future__ import annotations

import csv
import io
import warnings
from typing import Any

import pytest

from acd_plugin.analysis.report.document import Section, Table, Text
from acd_plugin.analysis.report.gap import WITHOUT_CONTENT, Gap, gaps
from acd_plugin.analysis.report.gap_section import gap_findings, gap_rows, gap_section
from acd_plugin.analysis.report.report import make_report
from acd_plugin.analysis.report.scores import cells
from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.communication.registry import CHANNELS
from tests.analysis.conftest import Make

TALKING: dict[str, Any] = {
    "env_args": {"scenario": "small", "sees": "own"},
    "n_bits": 1,
    "message_content": "learned",
    "channel": {"loss": 0.0},
}
OFF = (-0.1, -0.05, 0.0, 0.05, 0.1)  # of five seeds


def group(make: Make, mean: float, spread: float = 1.0, **config: Any) -> list[RunRecord]:
    """Five seeds around a mean return; all learn with the same settings but for ``config``."""
    config = {"env_args": {"scenario": "small", "sees": config.pop("sees", "own")}, **config}
    return [
        make([-9.0, mean + spread * off], seed=seed, **(TALKING | config))
        for seed, off in enumerate(OFF)
    ]


@pytest.fixture
def runs(make: Make) -> list[RunRecord]:
    return [
        *group(make, -4.0, name="silent", n_bits=0),
        *group(make, -1.0, name="silent", n_bits=0, sees="team"),
        *group(make, -2.0),
        *group(make, -4.1, name="one", message_content="always_1"),
        *group(make, -4.1, 9.0, name="own", message_content="self_send"),
        *group(make, -1.3, name="hand", message_content="broadcast"),
    ]


def only_gap(runs: list[RunRecord]) -> Gap:
    (found,) = gaps(cells(runs)[0])
    return found


def section_of(gap: Gap) -> Section:
    (section,) = gap_section([gap], gap_findings([gap]))
    return section


def test_the_gap_is_between_two_silent_groups_that_differ_in_sight(runs: list[RunRecord]) -> None:
    gap = only_gap(runs)
    assert (gap.silent.group, gap.seeing.group) == ("silent, sees=own", "silent, sees=team")
    assert gap.size == pytest.approx(3.0)
    assert gap.is_apart
    assert [cell.group for cell in gap.talkers] == ["dial"]
    assert [cell.group for cell in gap.told] == ["hand"]
    assert [cell.group for cell in gap.controls] == ["one", "own"]


def test_shares_and_levels_by_hand(runs: list[RunRecord]) -> None:
    gap = only_gap(runs)
    (dial,), (one, own) = gap.talkers, gap.controls
    assert gap.shares(dial).tolist() == pytest.approx([(2 + off) / 3 for off in OFF])
    interval = gap.share_interval(dial)
    assert interval is not None
    assert interval.low == pytest.approx(0.667, abs=0.05)
    assert interval.low < 2 / 3 < interval.high
    # The standard error of a difference of two means of five with sd 0.079 is 0.05, and t is 1.86.
    ends = gap.from_silence(one)
    assert ends is not None
    assert list(ends) == pytest.approx([-0.1 - 1.86 * 0.05, -0.1 + 1.86 * 0.05], abs=1e-3)
    assert gap.is_level_with_silence(one)  # -0.19 lies within a tenth of 3
    assert not gap.is_level_with_silence(own)  # as far, but nine times as spread
    assert not gap.is_level_with_silence(dial)


def test_the_report_says_it_in_sentences_a_table_and_data(runs: list[RunRecord]) -> None:
    report = make_report(*cells(runs))
    section = next(one for one in report.sections if one.title == "Does it pay to talk?")
    told, table, _ = section.blocks
    assert isinstance(told, Text)
    assert isinstance(table, Table)
    assert told in report.sections[0].blocks
    assert told.words.startswith(
        "small: without messages silent, sees=team is 3.00 ahead of silent, sees=own, 75% of what "
        "that loses, the intervals apart. Of this gap learned messages close: dial 0.67 ("
    )
    assert "Of this gap those by hand: hand 0.90 (" in told.words
    assert "Messages without content, level with silence: one." in told.words
    assert "Messages without content, not shown to be level: own." in told.words
    assert told.words.endswith("dial is ahead of all of these.")
    rows = {row[0]: dict(zip(table.rows[0], row, strict=True)) for row in table.rows}
    assert {name: row["level"] for name, row in rows.items() if name != "group"} == {
        "silent, sees=team": "ahead",
        "dial": "ahead",
        "one": "yes",
        "own": "not shown",
        "hand": "ahead",
        "silent, sees=own": "",
    }
    assert rows["dial"]["past half"] == "5 of 5"
    assert rows["dial"]["games until then"] == "100; 100; 100; 100; 100"
    assert rows["own"]["past half"] == "0 of 5"
    data = list(csv.DictReader(io.StringIO(report.data["gap.csv"])))
    assert len(data) == 30
    assert {row["share"] for row in data if row["group"] == "dial" and row["seed"] == "2"} == {
        "0.6667"
    }


def test_who_sees_everything_and_is_not_ahead_shows_that_there_is_nothing_to_say(
    make: Make,
) -> None:
    runs = group(make, -4.0, n_bits=0) + group(make, -4.2, n_bits=0, sees="team")
    section = section_of(only_gap(runs))
    told, _ = section.blocks
    assert isinstance(told, Text)
    assert told.words.startswith(
        "small: without messages dial, sees=team, which sees everything, is not ahead of dial, "
        "sees=own (-0.20): nothing shows that there is anything to say"
    )
    assert "gap.csv" not in make_report(*cells(runs)).data


@pytest.mark.parametrize(
    "other",
    [
        {"n_bits": 0, "lr": 0.2, "sees": "team"},  # learns otherwise
        {"sees": "team"},  # talks
        {"n_bits": 0},  # sees no more
    ],
)
def test_what_differs_in_more_than_sight_is_no_gap(make: Make, other: dict[str, Any]) -> None:
    runs = group(make, -4.0, n_bits=0) + group(make, -1.0, name="other", **other)
    assert gaps(cells(runs)[0]) == []
    assert "gap.csv" not in make_report(*cells(runs)).data


def test_a_gap_that_may_be_chance_is_told_as_such(make: Make) -> None:
    runs = group(make, -4.0, n_bits=0) + group(make, -3.98, n_bits=0, sees="team")
    gap = only_gap(runs + group(make, -2.0, name="talks"))
    section = section_of(gap)
    told, _ = section.blocks  # no table of shares
    assert isinstance(told, Text)
    assert "is 0.02 ahead of dial, sees=own, which may be chance" in told.words
    assert gap_rows([gap]) == []


def test_single_runs_give_no_share(make: Make) -> None:
    runs = [group(make, -4.0, n_bits=0)[0], group(make, -1.0, n_bits=0, sees="team")[0]]
    section = section_of(only_gap(runs))
    told, _ = section.blocks
    assert isinstance(told, Text)
    assert "which may be chance: single runs have no intervals" in told.words


def test_equal_means_are_no_gap_whatever_their_last_digits(make: Make) -> None:
    runs = group(make, -4.0, n_bits=0) + group(make, -4.0 + 1e-15, -1.0, n_bits=0, sees="team")
    section = section_of(only_gap(runs))
    told, _ = section.blocks
    assert isinstance(told, Text)
    assert "is not ahead of dial, sees=own (" in told.words


def test_a_control_beside_whom_everybody_is_alike_has_an_interval(make: Make) -> None:
    runs = group(make, -4.0, 0.0, n_bits=0) + group(make, -1.0, n_bits=0, sees="team")
    runs += group(make, -4.1, name="one", message_content="always_1")
    gap = only_gap(runs)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        interval = gap.from_silence(gap.controls[0])
    assert interval is not None
    assert list(interval) == pytest.approx([-0.1 - 2.13 * 0.0354, -0.1 + 2.13 * 0.0354], abs=1e-3)


def test_who_talks_and_sees_everything_is_not_measured(make: Make) -> None:
    runs = group(make, -4.0, n_bits=0) + group(make, -1.0, n_bits=0, sees="team")
    gap = only_gap(runs + group(make, -1.5, name="both", sees="team"))
    assert [cell.group for cell in gap.others] == []


def test_three_runs_cannot_show_that_they_are_ahead(make: Make) -> None:
    runs = group(make, -4.0, n_bits=0) + group(make, -1.0, n_bits=0, sees="team")
    runs += group(make, -2.0, name="talks")[:3]
    runs += group(make, -4.0, name="one", message_content="always_1")[:3]
    told = section_of(only_gap(runs)).blocks[0]
    assert isinstance(told, Text)
    assert told.words.endswith(
        "talks is not shown to be ahead of messages without content (three runs against three "
        "cannot show it)."
    )


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([-9.0, -1.0, -9.0, -1.0, -1.1, -1.2], 300),  # not the first, which was alone
        ([-9.0, -1.0, -9.0, -9.0, -9.0, -1.0], 500),  # in the last test alone
        ([-9.0, -1.0, -1.0, -1.0, -1.0, -9.0], None),  # and lost again
        ([-1.0], 0),
    ],
)
def test_a_run_is_past_half_from_three_tests_in_a_row(
    make: Make, values: list[float], step: float | None
) -> None:
    runs = group(make, -4.0, n_bits=0) + group(make, -1.0, n_bits=0, sees="team")
    gap = only_gap([*runs, make(values, name="talks", **TALKING)])
    assert gap.steps_past_half(gap.talkers[0]) == [step]


def test_without_controls_nothing_is_said_of_them(make: Make) -> None:
    runs = group(make, -4.0, n_bits=0) + group(make, -1.0, n_bits=0, sees="team")
    section = section_of(only_gap(runs + group(make, -2.0, name="talks")))
    told = section.blocks[0]
    assert isinstance(told, Text)
    assert told.words.endswith("There is no control beside talks.")


def test_controls_are_those_that_there_are() -> None:
    assert set(WITHOUT_CONTENT) <= set(CHANNELS)
