"""``runs``, ``show`` and ``compare`` on runs that the program itself has made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from acd_plugin.analysis.curves.learning_curve import Curve
from acd_plugin.cli.show import drawing
from tests.cli.conftest import EPOCH, TINY_RUN, Call, do_in


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    env, steps = "--env-config=cyborg_small", f"t_max={4 * EPOCH}"
    qmix = [word for word in TINY_RUN if not word.startswith("batch_size_run")]
    results = do_in(
        tmp_path_factory.mktemp("browse"),
        ["--config=dial", env, "--tag=mine", "--note=a remark", "with", *TINY_RUN, steps],
        ["--config=qmix", env, "with", *qmix, steps, "batch_size_run=4", "seed=5"],
    )
    path = results / "2" / "run.json"
    run = json.loads(path.read_text())
    path.write_text(json.dumps({**run, "status": "RUNNING", "heartbeat": "2026-01-01T00:00:00"}))
    return results


@pytest.fixture
def two_runs(original: Path, results: Path) -> Path:
    """A finished run of DIAL with a tag and a note, and one of QMIX that was killed."""
    return Path(shutil.copytree(original, results))


@pytest.mark.usefixtures("two_runs")
def test_runs_are_listed_and_found(call: Call) -> None:
    listed = call("runs")
    heading, dial, qmix, count, stopped = listed.out.splitlines()
    assert heading.split()[:4] == ["id", "status", "algorithm", "environment"]
    assert dial.split()[:5] == ["1", "COMPLETED", "dial", "cyborg_small", "0"]
    assert dial.endswith("mine")
    assert qmix.split()[:5] == ["2", "KILLED", "qmix", "cyborg_small", "5"]
    assert count == "2 of 2 runs in results"
    assert stopped == "can go on: 2 (with: python main.py resume ID)"
    for condition in ("--algorithm=dial", "--status=COMPLETED", "--tag=mine", "--seed=0"):
        assert "1 of 2 runs in results" in call("runs", condition).out
    assert call("resume", "2", "with", f"t_max={6 * EPOCH}").code == 0
    assert "2   COMPLETED" in call("runs").out


@pytest.mark.usefixtures("two_runs")
def test_one_run_is_shown(call: Call) -> None:
    call("evaluate", "1", "--episodes=8")
    shown = call("show", "1").out
    assert "run 1: dial on cyborg_small, seed 0" in shown
    assert "command      python main.py train --config=dial --env-config=cyborg_small" in shown
    assert "note         a remark" in shown
    assert "steps, 8 games" in shown
    assert "gamma                              0.9" in shown
    assert "generator" not in shown  # networks are drawn in another environment
    assert "test_return_mean over game steps" in shown
    assert "\x1b" not in shown  # no colours where nobody sees them
    assert "no curve: results/1: has no metric 'x'" in call("show", "1", "--metric=x").out


def test_a_curve_of_one_point_is_drawn_the_right_way_up() -> None:
    drawn = drawing(Curve(np.array([240.0]), np.array([-190.0])), "test_return_mean")
    assert "•" in drawn
    assert drawn.index("-189.") < drawn.index("-191.")


def test_a_resumed_run_keeps_its_command_and_note(call: Call, two_runs: Path) -> None:
    call("resume", "1", "with", f"t_max={6 * EPOCH}")
    meta = json.loads((two_runs / "1" / "run.json").read_text())["meta"]
    assert meta["comment"] == "a remark"
    assert "--config=dial" in meta["command_line"]


def test_a_finished_run_has_its_picture(two_runs: Path) -> None:
    assert json.loads((two_runs / "1" / "run.json").read_text())["artifacts"] == [
        "learning_curve.png"
    ]
    assert (two_runs / "1" / "learning_curve.png").read_bytes().startswith(b"\x89PNG")


def test_runs_are_compared(call: Call, two_runs: Path) -> None:
    starts = {
        "a/b.png": b"\x89PNG",
        "b.pdf": b"%PDF",
        "b.svg": b"<?xml",
        "c.html": b"<!doctype",
        "d.tex": b"% acd-plugin compare\n% \\usepackage{booktabs}",
    }
    assert call("resume", "2", "with", f"t_max={4 * EPOCH}").code == 0
    compared = call("compare", "--iqm", *(f"--out={two_runs.parent / name}" for name in starts))
    assert compared.code == 0
    assert [line.split()[0] for line in compared.out.splitlines()] == [
        *("group", "dial", "qmix", *["written:"] * 5)
    ]
    for name, start in starts.items():
        assert (two_runs.parent / name).read_bytes().startswith(start)
    out = two_runs.parent / "d.tex"
    assert call("compare", "1", f"--out={out}").out.splitlines()[-2].startswith("dial")


def test_a_comparison_is_written_again_and_nothing_else_is_lost(call: Call, two_runs: Path) -> None:
    place = two_runs.parent
    theirs = {
        "paper.tex": b"\\documentclass{article}\n% acd-plugin compare\n",
        "a.html": b"<!doctype html><title>mine</title>",
        **{f"a.{kind}": b"mine" for kind in ("png", "pdf", "svg")},
    }
    for name, content in theirs.items():
        (place / name).write_bytes(content)
        outcome = call("compare", "1", "--out=new.tex", f"--out={name}")
        assert outcome.code == 2
        assert f"{name}: is there and was not written by compare: choose anoth" in outcome.err
        assert (place / name).read_bytes() == content
    assert not (place / "new.tex").exists()
    outs = [f"--out=new{Path(name).suffix}" for name in theirs]
    for metric in ("return_mean", "test_return_mean"):
        assert call("compare", "1", f"--metric={metric}", *outs).code == 0
    assert "greedy test game" in (place / "new.html").read_text()


def test_a_report_is_written_again_and_nothing_else_is_lost(call: Call, two_runs: Path) -> None:
    mine = two_runs.parent / "mine"
    mine.mkdir()
    for name in ("scores.csv", "report.html"):
        (mine / name).write_text("precious")
        outcome = call("report", "results", "--out=mine")
        assert outcome.code == 2
        assert "scores.csv that report did not write: choose another --out FOLDER" in outcome.err
        assert {path.read_text() for path in mine.iterdir()} == {"precious"}
    for title in ("First", "Second"):
        assert call("report", "results", "--out=new", f"--title={title}").code == 0
        stale, others = (two_runs.parent / "new" / name for name in ("gap.csv", "notes.txt"))
        assert not stale.exists()  # which only some reports have
        stale.write_text("of other runs")
        others.write_text("mine")
    assert others.exists()
    assert "Second" in (two_runs.parent / "new" / "report.html").read_text()


def test_a_report_is_written(call: Call, two_runs: Path) -> None:
    call("evaluate", "1", "--episodes=8")
    assert call("report", "results", "--title=Ours").out.startswith("1 run in 1 group: ")
    written = {path.name for path in (two_runs / "report").iterdir()}
    assert written == {
        *("report.html", "report.md", "scores.csv", "curves.csv"),
        *("scores_mean_sd.tex", "scores_iqm.tex", "marl_eval.json"),
        *(f"curves_cyborg_small.{kind}" for kind in ("png", "pdf", "svg")),
        *(f"profiles_cyborg_small.{kind}" for kind in ("png", "pdf", "svg")),
    }
    page = (two_runs / "report" / "report.html").read_text()
    assert "<h1>Ours</h1>" in page
    assert "run 2: left out, it is KILLED" in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["report", "nowhere"], "no runs in 'nowhere': give the folder of an experiment's runs"),
        (["runs", "--results=nowhere"], "no folder 'nowhere': name that of your runs with --resu"),
        (["compare", "--out=x.jpg"], "--out x.jpg: must end in .png, .pdf, .svg, .html, .tex"),
        (["compare", "--out=x.png"], "no runs in 'results': name their folder with --results"),
        (["show", "3"], "no run '3' (runs in results: none"),
        (["runs", "with", "a=b"], "'runs' takes no overrides, but got 'with a=b'"),
    ],
)
def test_bad_input_is_one_line(call: Call, words: list[str], message: str) -> None:
    outcome = call(*words)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
