"""Plans are worked through: only what is left, in spite of failures, kills and Ctrl-C."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from acd_plugin.analysis.runs.run_record import read_record
from acd_plugin.experiments import worker
from acd_plugin.experiments.claims import claim_of
from acd_plugin.experiments.plan import load_plan
from acd_plugin.experiments.processes import Report, RunWork, Task, Work, do, write_reports
from acd_plugin.experiments.progress import State, find_runs, state_of
from acd_plugin.experiments.tasks import works_of
from tests.cli.conftest import Call
from tests.experiments.conftest import WritePlan

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of the plan find this program."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def statuses(results: Path) -> list[str]:
    return [json.loads(path.read_text())["status"] for path in sorted(results.glob("*/run.json"))]


def test_what_takes_long_before_a_plan_begins_is_told(
    call: Call, results: Path, write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = write_plan(budgets={"full": {"seeds": [1], "epochs": 1, "evaluation_episodes": 8}})
    words = ["experiment", "run", plan, f"--results={results}", "--dry-run"]
    assert "measuring" not in call(*words).out
    monkeypatch.setattr("acd_plugin.cli.experiment._MANY_PAIRS", 1)
    assert "measuring how long 2 pairs of algorithm and environment take\n" in call(*words).out


def test_a_plan_is_done_once(call: Call, results: Path, write_plan: WritePlan) -> None:
    one = {"full": {"seeds": [1], "epochs": 1, "evaluation_episodes": 8}}
    plan = write_plan(algorithms={"talks": {"config": "dial"}}, budgets=one)
    words = ["experiment", "run", plan, "--workers=2", f"--results={results}"]
    dry = call(*words, "--dry-run")
    assert "1 runs in" in dry.out
    assert "1 to be trained" in dry.out
    assert "measured just now" in dry.out
    assert not list(results.glob("*/run.json"))
    first = call(*words)
    assert first.code == 0, first.err
    assert "1 done, 0 failed" in first.out
    assert statuses(results) == ["COMPLETED"]
    [job] = load_plan(plan, "full").jobs
    assert state_of(job, find_runs([job], results)[job]) is State.DONE
    again = call(*words)
    assert "nothing to do" in again.out
    assert call("publish", str(results), "kept").code == 0
    assert "nothing to do" in call("experiment", "run", plan, "--results=kept").out
    Path("elsewhere").mkdir()
    assert call("publish", str(results), "elsewhere/kept.tar.xz").code == 0
    assert "nothing to do" in call("experiment", "run", plan, "--results=elsewhere").out
    assert len(statuses(results)) == 1
    archive = Path("elsewhere/kept.tar.xz")
    for place, out in ((results, results / "report"), (archive, Path("elsewhere/report"))):
        assert call("report", str(place)).code == 0
        told = (out / "report.md").read_text()
        assert told.startswith("# A test\n")  # the plan's names, wherever its runs are
        assert "small: only talks (" in told


@pytest.mark.usefixtures("in_this_process")
def test_a_plan_that_has_grown_does_what_is_new(
    call: Call, results: Path, write_plan: WritePlan
) -> None:
    for seeds, episodes, left in (([1], 8, "0 to be evaluated"), ([1, 2], 16, "1 to be evaluated")):
        plan = write_plan(
            budgets={"full": {"seeds": seeds, "epochs": 1, "evaluation_episodes": episodes}}
        )
        told = call("experiment", "run", plan, "--only", "talks*", f"--results={results}")
        assert f"0 done, {left}, 0 to be resumed, 1 to be trained" in told.out
    assert statuses(results) == ["COMPLETED", "COMPLETED"]


def test_a_run_is_played_on_what_it_was_not_trained_on_and_on_what_is_added(
    call: Call, results: Path, write_plan: WritePlan
) -> None:
    def write(*rates: float) -> str:
        return write_plan(
            algorithms={"talks": {"config": "dial"}},
            budgets={"full": {"seeds": [1], "epochs": 1, "evaluation_episodes": 8}},
            evaluate_on=[{"env_args.detection_rate": list(rates)}] if rates else [],
        )

    def played(*rates: float) -> list[str]:
        """Do what is left of the plan, in this process; returns what was played till then."""
        (job,) = load_plan(write(*rates), "full").jobs
        runs = find_runs([job], results)
        (work,) = works_of({job: state_of(job, runs.get(job))}, runs, results)
        reports = worker.work(work.tasks)
        assert [report.problem for report in reports.values()] == [None]
        assert state_of(job, find_runs([job], results)[job]) is State.DONE
        lines = (results / "1" / "evaluations.jsonl").read_text().splitlines()
        return [" ".join(json.loads(line)["overrides"]) for line in lines]

    rate = "env_args.detection_rate"
    assert played(0.5, 0.1) == ["", f"{rate}=0.1"]
    grown = call("experiment", "run", write(0.1, 0.9), f"--results={results}", "--dry-run")
    assert "0 done, 1 to be evaluated" in grown.out
    assert "on 2 variants of it: 2 of 3 evaluations done" in grown.out
    assert played(0.1, 0.9) == ["", f"{rate}=0.1", f"{rate}=0.9"]
    assert statuses(results) == ["COMPLETED"]


def test_a_failing_run_does_not_stop_the_others(
    call: Call, results: Path, write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_once(work: Work, run_work: RunWork) -> dict[str, Report]:
        del run_work
        fails = work.name.startswith("silent")
        return do(work, print_and_fail) if fails else worker.work(work.tasks)

    def print_and_fail(work: Work, log: Path, reports: Path) -> int:
        assert work.tasks[0].folder is None
        assert not reports.exists()
        log.write_text("train: no luck\n")
        return 3

    monkeypatch.setattr("acd_plugin.experiments.pool.do", fail_once)
    budget = {"full": {"seeds": [1], "epochs": 1, "evaluation_episodes": 8}}
    outcome = call("experiment", "run", write_plan(budgets=budget), f"--results={results}")
    assert outcome.code == 1
    assert "1 done, 1 failed" in outcome.out
    assert "error: silent on small, seed 1: train: no luck (exit code 3; all of it: " in outcome.err
    assert statuses(results) == ["COMPLETED"]


def test_two_commands_that_do_one_plan_hear_of_their_own_work(tmp_path: Path) -> None:
    work = Work("a run", [Task("a run", {"local_results_path": str(tmp_path)}, None, None)])
    left_to_the_other = Report("was begun meanwhile", is_elsewhere=True)
    first: list[Report] = []

    def train(_work: Work, _log: Path, reports: Path) -> int:
        write_reports(reports, {"a run": Report(None, "1")})
        return 0

    def come_second(_work: Work, _log: Path, reports: Path) -> int:
        write_reports(reports, {"a run": left_to_the_other})
        first.extend(do(work, train).values())  # begins and ends before this report is read
        return 1

    assert do(work, come_second) == {"a run": left_to_the_other}
    assert first == [Report(None, "1")]
    assert not list(tmp_path.rglob("*.json"))


KILLED = "killed by signal 9, as when memory runs out"


def test_a_killed_process_is_quoted_and_no_other_command(tmp_path: Path) -> None:
    work = Work("a run", [Task("a run", {"local_results_path": str(tmp_path)}, None, None)])

    def be_killed(told: str) -> RunWork:
        def run(_work: Work, log: Path, _reports: Path) -> int:
            with log.open("a") as file:
                file.write(told)
            return -9

        return run

    def killed_beside_another(_work: Work, log: Path, reports: Path) -> int:
        be_killed("mine\n")(work, log, reports)
        assert f"its own ({KILLED}; all of it: " in str(do(work, be_killed("its own\n")))
        return -9

    do(work, be_killed("long ago\n"))
    (report,) = do(work, killed_beside_another).values()
    log = tmp_path / "logs" / "a_run.log"
    assert report.problem == f"mine ({KILLED}; all of it: {log})"
    assert log.read_text() == "long ago\nmine\n"
    (report,) = do(work, be_killed("")).values()
    assert report.problem == f"printed nothing ({KILLED}; all of it: {log})"


def test_mistakes_are_found_before_anything_runs(
    call: Call, results: Path, write_plan: WritePlan
) -> None:
    wrong = {"config": "dial", "with": {"n_bits": -1}}  # only the algorithm can know
    outcome = call("experiment", "run", write_plan(algorithms={"wrong": wrong}))
    assert outcome.code == 2
    assert "'n_bits' is -1" in outcome.err
    assert not list(results.glob("*/run.json"))


@pytest.mark.usefixtures("in_this_process")
def test_what_another_process_begins_meanwhile_is_left_to_it(
    call: Call, results: Path, write_plan: WritePlan
) -> None:
    budget = {"full": {"seeds": [1, 2], "epochs": 1, "evaluation_episodes": 8}}
    path = write_plan(algorithms={"talks": {"config": "dial"}}, budgets=budget)
    words = ["experiment", "run", path, f"--results={results}", "--workers=1"]
    _, second = load_plan(path, "full").jobs
    with claim_of({**second.spec.config, "local_results_path": str(results)})():
        outcome = call(*words)
    assert outcome.code == 1
    assert f"seed 2 is in use by process {os.getpid()} on " in outcome.err
    assert outcome.err.count("left to others: ") == 2  # while it works, and at the end
    assert "1 done, 0 failed, 1 left to others: " in outcome.out
    assert "FAILED" not in outcome.err
    assert "error: " not in outcome.err
    assert call(*words).code == 0
    assert statuses(results) == ["COMPLETED", "COMPLETED"]


@pytest.mark.slow
def test_what_was_stopped_is_resumed(call: Call, results: Path, write_plan: WritePlan) -> None:
    budget = {"full": {"seeds": [1], "epochs": 40, "evaluation_episodes": 8}}
    path = write_plan(algorithms={"talks": {"config": "dial"}}, budgets=budget)
    words = ["experiment", "run", path, f"--results={results}", "--workers=1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "acd_plugin.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    deadline = time.monotonic() + 120
    while not list(results.glob("1/checkpoints/*.pt")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output.decode()
    assert b"the same command goes on" in output
    (job,) = load_plan(path, "full").jobs
    (run,) = find_runs([job], results).values()
    assert (run.status, state_of(job, run)) == ("INTERRUPTED", State.STOPPED)
    assert call(*words).code == 0
    assert statuses(results) == ["COMPLETED"]


def test_runs_with_other_settings_or_of_another_version_do_not_count(
    call: Call, results: Path, write_plan: WritePlan
) -> None:
    plan = write_plan(
        algorithms={"talks": {"config": "dial"}},
        budgets={"full": {"seeds": [1], "epochs": 1, "evaluation_episodes": 8}},
    )
    (job,) = load_plan(plan, "full").jobs
    words = shlex.split(job.command_line)[2:]
    assert call(*words, f"local_results_path={str(results)!r}").code == 0
    path = results / "1" / "config.json"
    config = json.loads(path.read_text())
    assert list(find_runs([job], results)) == [job]
    for change in ({"gamma": 0.8}, {"numbers": 0}, {"seed": 2}, {"t_max": 1}):
        path.write_text(json.dumps({**config, **change}))
        assert not find_runs([job], results)
    path.write_text(json.dumps({**config, "torch_threads": 2}))
    run = find_runs([job], results)[job]
    assert run.config["torch_threads"] == 2
    assert state_of(job, run) is State.UNEVALUATED
    assert state_of(job, None) is State.MISSING
    assert read_record(run.folder).last_checkpoint == job.spec.config["t_max"]


def test_a_plan_runs_on_ray(call: Call, results: Path, write_plan: WritePlan) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    budget = {"full": {"seeds": [1, 2], "epochs": 1, "evaluation_episodes": 8}}
    plan = write_plan(algorithms={"talks": {"config": "dial"}}, budgets=budget)
    done = call("experiment", "run", plan, f"--results={results}", "--ray-address=local")
    assert done.code == 0, done.err
    assert statuses(results) == ["COMPLETED", "COMPLETED"]


def test_no_more_runs_at_a_time_than_cores(
    call: Call, results: Path, write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acd_plugin.cli.experiment.cores", lambda: 2)
    words = ["experiment", "run", write_plan(), f"--results={results}", "--workers=9", "--dry-run"]
    outcome = call(*words)
    assert "with 2 workers" in outcome.out
    assert "--workers=9: more than the 2 cores here only hinders; 2 at a time" in outcome.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["run", str(ROOT / "experiments/smoke.yaml"), "--budget=larg"], "unknown budget of"),
        (["run", str(ROOT / "experiments/smoke.yaml"), "--workers=0"], "--workers is 0: must be"),
    ],
)
def test_bad_input_is_one_line(call: Call, words: list[str], message: str) -> None:
    outcome = call("experiment", *words)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_results_that_cannot_be_written_have_a_remedy_that_the_command_takes(
    call: Call, write_plan: WritePlan, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("precious")
    outcome = call("experiment", "run", write_plan(), f"--results={tmp_path / 'mine'}")
    assert outcome.code == 2
    assert "choose another one with --results=FOLDER" in outcome.err
