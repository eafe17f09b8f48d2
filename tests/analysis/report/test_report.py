"""Reports: every number once, and nothing mixed that is not alike."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from typing import Any

import pytest

from acd_plugin.analysis.curves.drawing import Drawing
from acd_plugin.analysis.curves.learning_curve import games_until
from acd_plugin.analysis.curves.plots import profiles
from acd_plugin.analysis.report import report
from acd_plugin.analysis.report.document import Code, Picture, Section, Table, Text, html, markdown
from acd_plugin.analysis.report.enumeration import enumerated
from acd_plugin.analysis.report.report import make_report
from acd_plugin.analysis.report.scores import cells, score_of
from acd_plugin.analysis.report.shown_names import with_plan_names
from acd_plugin.analysis.report.wide_tables import narrow, split
from acd_plugin.analysis.runs.plan_names import PlanName, PlanNames
from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.errors import UserError
from tests.analysis.conftest import Make
from tests.slow import slow


def evaluate(run: RunRecord, mean: float, **changes: object) -> None:
    """Write an evaluation of the run's last policy."""
    run.folder.checkpoints.mkdir(exist_ok=True)
    (run.folder.checkpoints / "100.pt").touch()
    done = {"seed": 0, "overrides": [], "t_env": 100, "episodes": 1280, "return_mean": mean}
    with run.folder.evaluations.open("a") as file:
        file.write(json.dumps({**done, "return_std": 0.5, "returns": [mean], **changes}) + "\n")


def test_a_score_is_the_best_known_evaluation_on_the_common_games_else_the_last_test(
    make: Make,
) -> None:
    run = make([-9.0, -2.0], test_nepisode=128)
    tested = score_of(run)
    assert (tested.mean, tested.episodes, tested.is_evaluated) == (-2.0, 128, False)
    assert math.isnan(tested.sd)
    evaluate(run, -3.0)
    evaluate(run, -4.0)
    evaluate(run, -5.0, seed=7)
    evaluate(run, -6.0, overrides=["env_args.detection_rate=0.1"])
    evaluate(run, -7.0, t_env=50)
    evaluate(run, -8.0, episodes=128)  # fewer games say less
    with run.folder.evaluations.open("a") as file:
        file.write('{"seed": 0, "over')
    assert score_of(run)[1:5] == (-4.0, 0.5, 1280, True)


def test_rows_hold_runs_that_differ_by_their_seed_alone(make: Make) -> None:
    dark = {"scenario": "small", "detection_rate": 0.1}
    runs = [
        *(make([-5.0, -1.0], seed=seed) for seed in (2, 1)),
        make([-5.0, -1.5], lr=0.2),
        make([-5.0, -1.2], numbers=2, version="0.2"),
        make([-5.0, -3.0], env_args=dark),
        make([-5.0, -7.0], env_args={"scenario": "large", "detection_rate": 0.3}),
        make([-5.0, -1.1], seed=3, t_max=900),
        make([-5.0, -9.0], status="KILLED"),
    ]
    found, problems = cells(runs)
    assert [(cell.group, cell.environment, len(cell.scores)) for cell in found] == [
        ("dial, lr=0.1, numbers=1, t_max=None", "small, detection_rate=0.5", 2),
        ("dial, lr=0.2, numbers=1, t_max=None", "small, detection_rate=0.5", 1),
        ("dial, lr=0.1, numbers=2, t_max=None", "small, detection_rate=0.5", 1),
        ("dial, lr=0.1, numbers=1, t_max=900", "small, detection_rate=0.5", 1),
        ("dial", "small, detection_rate=0.1", 1),
        ("dial", "large", 1),
    ]
    assert [score.run.seed for score in found[0].scores] == [1, 2]
    assert problems == ["run 8: left out, it is KILLED"]


def test_a_team_that_sees_everything_stands_beside_those_that_do_not(make: Make) -> None:
    """Its return is what theirs are measured by; who plays another game stands apart."""
    game = {"scenario": "small", "detection_rate": 0.5}
    runs = [
        make([-9.0, -2.0], env_args={**game, "sees": "own"}),
        make([-9.0, -2.0], env_args={**game, "sees": "team"}),
        make([-9.0, -2.0], env_args={**game, "sees": "own", "detection_rate": 0.9}),
    ]
    assert [(cell.environment, cell.group) for cell in cells(runs)[0]] == [
        ("small, detection_rate=0.5", "dial, sees=own"),
        ("small, detection_rate=0.5", "dial, sees=team"),
        ("small, detection_rate=0.9", "dial"),
    ]


def test_a_seed_counts_once(make: Make) -> None:
    first, second, third = (make([-5.0, -1.0], seed=1) for _ in range(3))
    evaluate(second, -2.0)
    found, problems = cells([first, second, third])
    assert [score.run for score in found[0].scores] == [second]
    assert problems == [
        f"run {run.id}: left out, it repeats run {second.id}" for run in (first, third)
    ]


def test_the_report_has_every_seed_every_pair_and_the_commands(make: Make) -> None:
    runs = [make([-9.0, mean], seed=seed) for seed, mean in enumerate((-4.0, -2.0, -3.0))]
    runs += [make([-9.0, -1.0], seed=seed, name="qmix") for seed in range(2)]
    found, problems = cells(runs)
    made = make_report(found, problems)
    text = markdown("A test", made.sections)
    row = "| dial | 3 | -3.00 | 1.00 |  | -3.00 | -4.00 to -2.00 | 0: -4.00\\*, 1: -2.00\\*"
    assert row in text
    assert "| dial | qmix | -2.00 | 0.00 | 0.00 to 0.00 | 0.200 |" in text
    assert text.count("python main.py --config=dial\n") == 1
    # Nine tenths of the way from -9 to -1 is -1.8: only QMIX comes so far, in 100 steps.
    assert "games until a test first returns -1.80 |" in text
    assert "| qmix | 100, 100 | unknown, unknown |" in text
    assert "| dial | never, never, never |" in text
    scores = list(csv.DictReader(io.StringIO(made.data["scores.csv"])))
    assert [(row["group"], row["seed"]) for row in scores] == [
        *(("dial", str(seed)) for seed in range(3)),
        *(("qmix", str(seed)) for seed in range(2)),
    ]
    assert len(list(csv.DictReader(io.StringIO(made.data["curves.csv"])))) == 10


def test_what_is_known_about_messages_is_in_the_report(make: Make) -> None:
    runs = [make([-9.0, -4.0]), make([-9.0, -3.0], seed=1)]
    shares = {"in all": 0.25, "through what the message unlocks": 0.5, "through the policy": 0.0}
    told = {"bits": 0.5, "by_chance": 0.001, "p_value": 0.005}
    known = {f"about_{subject}": told for subject in ("own_observation", "own_threat")}
    agent = {
        **known,
        "tree": {"fidelity": 0.97, "constant": 0.65, "rules": "|--- seen\n"},
        "events": [
            {"name": "calm", "seen": 60, "rate_when_seen": 0.125, "rate_otherwise": 0.25},
            {"name": "never", "seen": 0, "rate_when_seen": None, "rate_otherwise": 0.125},
            {"name": "alert", "seen": 4, "rate_when_seen": 1.0, "rate_otherwise": 0.0},
            {"name": "ever", "seen": 64, "rate_when_seen": 0.125, "rate_otherwise": None},
        ],
    }
    found = {
        "checkpoint": "100.pt",
        "influence": shares,
        "send_rate": 0.125,
        "send_rate_when_allowed": 0.75,
        "bits_per_episode": 7.5,
        "return_per_message": -0.4,
        "ablations": {"always 0": {"change": -2.5, "ci95": [-3.0, -2.0]}},
        "agents": [{**agent, "about_threat_elsewhere": told}, agent],
        **{"episodes": 8, "seed": 0, "return_mean": -3.0},
    }
    runs[1].folder.communication.write_text(json.dumps(found))
    assert "messages.csv" not in make_report(*cells(runs)).data  # of a policy that is not the last
    runs[1].folder.checkpoint_index.write_text('[{"t_env": 100}]')
    made = make_report(*cells(runs))
    text = markdown("A test", made.sections)
    row = ["0.125", "0.750", "7.50", "-0.400", "0.250", "0.500", "0.000", "-2.50"]
    for part in (row[:4], row[4:]):  # it is wide
        assert f"| small | dial | 1 | {' | '.join(part)} |" in text
    _, when = text.split("When agent 1 sends: small, dial, seed 1\n\n")
    strongest_first = ["alert | 4 | 1.000 | 0.000", "calm | 60 | 0.125 | 0.250"]
    rows = "".join(f"| {row} |\n" for row in (*strongest_first, "ever | 64 | 0.125 | "))
    assert f"{rows}\n```\n|--- seen\n```" in when
    assert "small,dial,1,1,never,0,,0.125\n" in made.data["message_events.csv"]
    assert "return if always 0" in text
    assert "Send rate when allowed" in text
    bits = "0.500 (0.001), 0.005"
    assert f"small,dial,1,{','.join(row)}\n" in made.data["messages.csv"]
    assert f"| small | dial | 1 | 1 | {bits} | {bits} |  | 97% (constant: 65%) |" in text


def test_the_sd_of_one_policys_games_stands_beside_that_of_the_runs(make: Make) -> None:
    runs = [make([-9.0, -4.0], seed=seed) for seed in range(2)]
    for run, mean, sd in zip(runs, (-3.0, -5.0), (1.0, 2.0), strict=True):
        evaluate(run, mean, return_std=sd)
    text = markdown("A test", make_report(*cells(runs)).sections)
    assert "| dial | 2 | -4.00 | 1.41 | 1.50 | -4.00 |" in text


def test_profiles_reach_from_the_lowest_to_the_highest_run(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    def draw(thresholds: Any, shares: Any, styles: Any) -> Drawing:
        drawn.append((thresholds, shares))
        return profiles(thresholds, shares, styles)

    monkeypatch.setattr(report, "profiles", draw)
    for means in ((-4.0, -2.0), (1.0, 5.0)):
        make_report(*cells([make([0.0, mean], seed=seed) for seed, mean in enumerate(means)]))
    for (thresholds, shares), end in zip(drawn, (0.0, 5.0), strict=True):
        assert thresholds[-1] == end
        assert (shares["dial"][0], shares["dial"][-1]) == (1.0, 0.0)


def test_games_are_what_the_run_has_played(make: Make) -> None:
    run = make([-9.0] * 5, every=100, episode_limit=10)
    assert games_until(run, 300.0) == 30.0
    with run.folder.metrics.open("a") as file:  # its games ended earlier
        for step, episode in ((100, 40), (200, 80)):
            file.write(json.dumps({"name": "episode", "step": step, "value": episode}) + "\n")
    assert [games_until(run, step) for step in (50.0, 150.0, 300.0)] == [20.0, 60.0, 120.0]
    assert games_until(make([-9.0], episode_limit=None), 300.0) is None


def test_settings_that_all_share_are_told_once(make: Make) -> None:
    runs = [make([-9.0, -4.0], t_max=100)]
    runs.append(make([-9.0, -4.0], t_max=100, name="qmix", mixer="qmix"))
    text = markdown("A test", make_report(*cells(runs)).sections)
    assert "| setting | of all |" in text
    assert "| lr | 0.1 |\n" in text
    assert "| mixer |  | qmix |" in text
    assert "| t_max | 100 |\n" in text
    alone = markdown("A test", make_report(*cells(runs[:1])).sections)
    assert alone.count("| setting |") == 1


def test_settings_of_drawn_networks_are_told_where_some_are_drawn(make: Make) -> None:
    drawn = {"networks": None, "games_per_network": 8, "generator": {"agents": [2, 3]}}
    runs = [
        make([-9.0, -4.0], env_args={"scenario": name, "detection_rate": 0.5, **drawn})
        for name in ("small", "generated")
    ]
    ordinary, generated = (markdown("A test", make_report(*cells([run])).sections) for run in runs)
    for key in ("networks", "games_per_network", "generator.agents"):
        assert f"| env_args.{key} |" in generated
        assert f"env_args.{key}" not in ordinary


def test_a_length_that_a_group_has_everywhere_is_named_in_the_overview(make: Make) -> None:
    runs = [make([-9.0, -4.0], t_max=100), make([-9.0, -5.0], t_max=200, name="qmix")]
    overview, *_ = markdown("A test", make_report(*cells(runs)).sections).split("## small")
    assert "| qmix, t_max=200 | -5.00 (one run) |" in overview
    assert "| dial, t_max=100 | -4.00 (one run) |" in overview


def test_how_soon_is_not_told_where_nobody_gets_better(make: Make) -> None:
    runs = [make([-3.0, -4.0]), make([-9.0, -5.0], name="qmix")]
    text = markdown("A test", make_report(*cells(runs)).sections)
    assert "games until" not in text
    assert "result (-4.00) is not told: it is no higher than the first tests (-3.00)." in text
    better = markdown("A test", make_report(*cells([make([-9.0, -4.0])])).sections)
    assert "games until a test first returns -4.50 |" in better


def test_nothing_to_report_is_said(make: Make) -> None:
    with pytest.raises(UserError, match="no finished runs"):
        make_report(*cells([]))
    with pytest.raises(UserError, match="left out, it is RUNNING"):
        make_report(*cells([make([-1.0], status="RUNNING")]))


def test_documents_show_text_as_text_and_need_nothing_else() -> None:
    blocks: list[Text | Code | Table | Picture] = [
        Text("a < b"),
        Code(["x"]),
        Table([["h"], ["a|b"]]),
        Picture("p", "t", {"png": b"png", "pdf": b"pdf"}),
    ]
    sections = [Section("S, a=1.5", blocks)]
    page = html("T", sections)
    assert "a &lt; b" in page
    assert "data:image/png;base64,cG5n" in page
    assert "http" not in page
    assert '<a href="#s-a15">S, a=1.5</a>' in page
    assert '<h2 id="s-a15">' in page
    text = markdown("T", sections)
    assert "a\\|b" in text
    assert "![t](p.png)\n\n[PDF](p.pdf)" in text
    assert "- [S, a=1.5](#s-a15)" in text


def test_wide_tables_are_turned_and_split() -> None:
    wide = [["", *"abcdefghij"], ["row", *"0123456789"]]
    turned = narrow(wide)
    assert [list(row) for row in turned[:2]] == [["", "row"], ["a", "0"]]
    assert narrow(turned) is turned
    parts = split([["who", "what", *"abcdefghij"]], labels=2)
    assert [list(part[0]) for part in parts] == [
        ["who", "what", *"abcde"],
        ["who", "what", *"fghij"],
    ]
    text = markdown("T", [Section("S", [Table([["", *"abcdefghij"]])])])
    assert "|  | a | b | c | d | e |" in text
    assert "|  | f | g | h | i | j |" in text


def test_tables_of_long_words_are_wide() -> None:
    names = [f"scenario=my_network_{number}.yaml" for number in range(5)]
    few = [["", *names], ["dial", *"01234"], ["qmix", *"56789"]]
    assert [list(row) for row in narrow(few)[:2]] == [["", "dial", "qmix"], [names[0], "0", "5"]]
    many = [*few, *few[1:], *few[1:]]
    assert [len(part[0]) for part in split(many, labels=1)] == [4, 3]
    endless = [["", "a" * 500], ["dial", "1"]]
    assert split(endless, labels=1) == [endless]


def test_columns_of_numbers_stand_at_the_right() -> None:
    rows = [["seed", "mean", "each"], ["1", "-4.00 (-5.00 to -3.00)", "1, 2"], ["2", "", "3"]]
    page = html("T", [Section("S", [Table(rows)])])
    assert '<tr><th>seed</th><th class="number">mean</th><th>each</th></tr>' in page
    assert '<td>1</td><td class="number">-4.00 (-5.00 to -3.00)</td><td>1, 2</td>' in page


def test_what_is_listed_can_be_told_apart() -> None:
    assert enumerated(["dial (-1.00, p = 0.1)", "qmix"]) == "dial (-1.00, p = 0.1), qmix"
    assert enumerated(["dial, lr=0.1 (2)", "qmix"]) == "dial, lr=0.1 (2); qmix"


def test_plans_name_groups_and_environments_and_say_their_order(make: Make) -> None:
    dark = {"scenario": "small", "detection_rate": 0.1}
    runs = [
        make([-9.0, -4.0], name="qmix"),
        make([-9.0, -3.0]),
        make([-9.0, -2.0], t_max=900),
        make([-9.0, -1.0], env_args=dark),
        make([-9.0, -8.0], name="unplanned"),
    ]
    names = PlanNames()
    for run, algorithm, environment in (
        (runs[1], "Talks & listens", "The office"),
        (runs[0], "QMIX", "The office"),
        (runs[3], "Talks & listens", "The office"),
    ):
        names.add(run.config, PlanName(algorithm, environment))
    found, problems = cells(runs)
    shown = with_plan_names(found, names)
    assert [(cell.environment, cell.group) for cell in shown] == [
        ("The office, detection_rate=0.1", "Talks & listens"),
        ("The office, detection_rate=0.5", "Talks & listens, t_max=900"),
        ("The office, detection_rate=0.5", "Talks & listens, t_max=None"),
        ("The office, detection_rate=0.5", "QMIX, t_max=None"),
        ("The office, detection_rate=0.5", "unplanned, t_max=None"),
    ]
    made = make_report(found, problems, names)
    assert "Talks & listens" not in made.data["scores.csv"]  # which names the settings
    assert "Talks \\& listens, t\\_max=900" in made.data["scores_mean_sd.tex"]


def test_a_group_is_one_row_over_environments_whether_it_says_its_length(make: Make) -> None:
    large = {"scenario": "large", "detection_rate": 0.5}
    runs = [make([-9.0, -4.0], t_max=100), make([-9.0, -5.0], t_max=100, name="qmix")]
    runs += [make([-9.0, -6.0], t_max=length, env_args=large) for length in (100, 900)]
    runs.append(make([-9.0, -7.0], t_max=100, name="qmix", env_args=large))
    made = make_report(*cells(runs))
    text = markdown("A test", made.sections)
    overview, *_ = text.split("## small")
    assert "| qmix | -5.00 (one run) | -7.00 (one run) |" in overview
    assert "| dial, t_max=900 | not run | -6.00 (one run) |" in overview
    assert "qmix, t_max=100 (-7.00" in overview  # beside others of that environment
    assert "qmix & $-5.00$ & $-7.00$" in made.data["scores_iqm.tex"]


NAMES = (
    "<script>alert(1)</script>",
    "a | b",
    "[here](https://example.org)",
    "![x](https://example.org/x.png)",
    "`code` ``more``",
    "two\nlines\r\n# heading",
    r"\| \`",
    "$\\frac{",
    "_hidden",
    "a" * 500,
    "&lt;b&gt;",
)


@pytest.mark.parametrize("name", [NAMES[0], *slow(NAMES[1:])])
def test_names_are_shown_and_do_nothing(make: Make, name: str) -> None:
    runs = [
        make([-5.0, -1.0], name=name, env_name=name, seed=seed, tags=[name], lr=name)
        for seed in (1, 2)
    ]
    made = make_report(*cells([*runs, make([-5.0, -2.0])]))
    page = html(name, made.sections)
    assert "<script>" not in page
    text = markdown(name, made.sections)
    outside = "".join(text.split("```")[::2]) if "`" not in name else text
    assert not re.search(
        r"(?<!\\)<|(?<!\\)\]\((?!curves|profiles|#)|^# heading", outside, re.MULTILINE
    )
    for row in re.findall(r"^\| .*$", text, re.MULTILINE):
        assert row.endswith(" |")
    pictures = [b for section in made.sections for b in section.blocks if isinstance(b, Picture)]
    assert len({picture.name for picture in pictures}) == len(pictures)
    assert all(re.fullmatch(r"[\w.=-]{1,200}", picture.name) for picture in pictures)


def test_markdown_makes_no_emphasis_formula_or_stroke_of_words() -> None:
    text = markdown("A", [Section("B", [Text("*a* _b_ env_args.sees $x$ ~~c~~ __d__ [e]")])])
    assert text.endswith(r"\*a\* \_b\_ env_args.sees \$x\$ \~\~c\~\~ \_\_d\_\_ [e]" + "\n")


def test_code_ends_where_it_ends() -> None:
    text = markdown("A", [Section("B", [Code(["a", "```", "b"]), Text("after")])])
    assert text.endswith("````\na\n```\nb\n````\n\nafter\n")


def test_runs_without_common_steps_are_reported_without_a_curve(make: Make) -> None:
    early, late = make([-5.0, -1.0]), make([-1.0], seed=1)
    late.folder.metrics.write_text(
        late.folder.metrics.read_text().replace('"step": 0', '"step": 900')
    )
    made = make_report(*cells([early, late]))
    assert "| dial | 2 |" in markdown("A", made.sections)


def test_a_damaged_examination_is_named_and_the_report_made(make: Make) -> None:
    run = make([-5.0, -1.0])
    for content in ("[]", '{"agents": [[]]}', '{"agents": 1e999}', "{", ""):
        run.folder.communication.write_text(content)
        made = make_report(*cells([run]))
        (problem,) = made.problems
        assert problem.startswith(f"{run.folder.communication}: ")
        assert problem in markdown("A", made.sections).replace("\\", "")
