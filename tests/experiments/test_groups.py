"""Seeds of one setting that a plan trains together."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from acd_plugin.experiments.estimate import estimate
from acd_plugin.experiments.plan import Plan, load_plan
from acd_plugin.experiments.pool import Worked
from acd_plugin.experiments.processes import Report, Task
from acd_plugin.experiments.progress import State, find_runs, state_of
from acd_plugin.experiments.tasks import works_of
from acd_plugin.experiments.worker import work
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.tracking.run_folder import RunFolder
from tests.cli.conftest import Call
from tests.cli.test_seeds import stop_after
from tests.experiments.conftest import WritePlan

ROOT = Path(__file__).resolve().parents[2]
THREE = {"full": {"seeds": [1, 2, 5], "epochs": 1, "evaluation_episodes": 8}}
ONE = {"talks": {"config": "dial"}}


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of the plan find this program."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def pieces(plan: Plan, *done: int, sharing: int = 1) -> list[tuple[str, int]]:
    states = {job: State.DONE if job.seed in done else State.MISSING for job in plan.jobs}
    return [(work.name, work.sharing) for work in works_of(states, {}, Path(), sharing)]


def test_on_a_gpu_the_seeds_of_a_setting_are_one_piece_of_work(write_plan: WritePlan) -> None:
    path = write_plan(budgets=THREE)
    plan = load_plan(path, "full", device="cuda")
    both = [("talks on small, seeds 2, 5", 2), ("silent on small, seeds 2, 5", 2)]
    assert pieces(plan, 1, sharing=2) == both
    assert pieces(plan, 1, 2)[0] == ("talks on small, seed 5", 1)
    command = shlex.split(plan.jobs[0].command_line)
    assert "device=cuda" in command  # whoever repeats one seed, repeats it there
    assert len(pieces(load_plan(path, "full"))) == 6
    own = write_plan(
        budgets=THREE, algorithms={"a": {"config": "dial", "with": {"device": "cuda"}}}
    )
    assert pieces(load_plan(own, "full")) == [("a on small, seeds 1, 2, 5", 1)]


def test_on_the_cpu_only_as_many_as_are_asked_for(write_plan: WritePlan) -> None:
    asked = {"a": {"config": "dial", "with": {"seeds_at_once": 2}}, "b": {"config": "dial_nocomm"}}
    plan = load_plan(write_plan(budgets=THREE, algorithms=asked), "full")
    assert [name for name, _ in pieces(plan)] == [
        "a on small, seeds 1, 2",
        *(f"b on small, seed {seed}" for seed in (1, 2)),
        "a on small, seed 5",
        "b on small, seed 5",
    ]


def test_a_plan_needs_its_device(call: Call, write_plan: WritePlan) -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    outcome = call("experiment", "run", write_plan(), "--device=cuda", "--dry-run")
    assert outcome.code == 2
    assert "error: device=cuda: torch" in outcome.err
    assert outcome.err.count("\n") == 1


def test_processes_that_share_a_gpu_are_told_how_not_to_take_turns(
    call: Call, results: Path, write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acd_plugin.cli.experiment.check_device", lambda _: None)
    monkeypatch.setattr("acd_plugin.cli.experiment.run_all", lambda *_: Worked({}, is_stopped=True))
    pipes = results / "pipes"
    monkeypatch.setenv("CUDA_MPS_PIPE_DIRECTORY", str(pipes))
    words = ["experiment", "run", write_plan(), f"--results={results}", "--device=cuda"]
    hint = "2 processes take turns on the GPU"
    assert hint not in call(*words).out
    assert hint in call(*words, "--workers=2").out
    pipes.mkdir()
    assert hint in call(*words, "--workers=2").out  # nobody is there
    (pipes / "control").touch()
    assert hint not in call(*words, "--workers=2").out


@pytest.mark.usefixtures("in_this_process")
def test_a_group_is_trained_and_evaluated_and_one_more_seed_goes_on(
    call: Call, results: Path, write_plan: WritePlan
) -> None:
    together = {"talks": {"config": "dial", "with": {"seeds_at_once": 3}}}
    path = write_plan(algorithms=together, budgets=THREE)
    words = ["experiment", "run", path, f"--results={results}"]
    outcome = call(*words)
    assert outcome.code == 0, outcome.err
    assert "3 of them in 1 group, whose seeds are trained together" in outcome.out
    assert "3 done, 0 failed" in outcome.out
    for place in (results / name for name in "123"):
        assert (
            "trained together with others on cpu, seeds 1, 2, 5" in (place / "cout.txt").read_text()
        )
        (done,) = (json.loads(line) for line in (place / "evaluations.jsonl").open())
        assert done["episodes"] == 8
    assert "nothing to do" in call(*words).out


def test_what_is_trained_together_shares_its_time(
    write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = {"talks": {"config": "dial", "with": {"seeds_at_once": 3}}}
    plan = load_plan(write_plan(algorithms=together, budgets=THREE), "full")
    monkeypatch.setattr("acd_plugin.experiments.estimate.is_on_gpu", lambda _: True)
    seconds = estimate(dict.fromkeys(plan.jobs))
    assert seconds.keys() == {job.name for job in plan.jobs}
    assert all(8.0 / 3 < value < 8.0 for value in seconds.values())  # most of it until they train


def tasks(results: Path, write_plan: WritePlan, **changes: object) -> list[Task]:
    together = {"talks": {"config": "dial", "with": {"seeds_at_once": 3, **changes}}}
    plan = load_plan(write_plan(algorithms=together, budgets=THREE), "full")
    (piece,) = works_of(dict.fromkeys(plan.jobs, State.MISSING), {}, results)
    return list(piece.tasks)


def test_one_that_fails_does_not_fail_the_others(
    results: Path, write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Training.report

    def or_fail(self: Training) -> None:
        if self.settings.seed == 2:
            raise FloatingPointError("the loss is nan")
        report(self)

    monkeypatch.setattr(Training, "report", or_fail)
    told = work(tasks(results, write_plan))
    assert told["talks on small, seed 2"].problem == "FloatingPointError: the loss is nan"
    for seed in (1, 5):
        done = told[f"talks on small, seed {seed}"]
        assert done == Report(None, done.folder)
        assert done.folder is not None
        assert RunFolder(Path(done.folder)).evaluations.exists()


def test_what_is_wrong_with_one_task_is_its_own(results: Path, write_plan: WritePlan) -> None:
    first, second, third = tasks(results, write_plan, save_model_interval=1)
    wrong = first._replace(folder=str(results / "7"), is_stopped=True)
    told = work([wrong, second._replace(config={**second.config, "t_max": -1}), third])
    assert "no run" in (told[wrong.name].problem or "")
    assert "'t_max' is -1" in (told[second.name].problem or "")
    assert told[third.name].problem is None


def test_a_group_that_was_stopped_goes_on_together(
    results: Path, write_plan: WritePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = {"talks": {"config": "dial", "with": {"seeds_at_once": 3}}}
    plan = load_plan(write_plan(algorithms=together, budgets=THREE), "full")  # of 16 updates

    def left() -> tuple[list[State], list[Task]]:
        runs = find_runs(plan.jobs, results)
        states = {job: state_of(job, runs.get(job)) for job in plan.jobs}
        pieces = works_of(states, runs, results)
        return list(states.values()), [task for piece in pieces for task in piece.tasks]

    with monkeypatch.context() as patch:
        stop_after(3, patch)
        told = work(left()[1])
    assert all(report.is_stopped for report in told.values())
    states, tasks = left()
    assert states == [State.STOPPED] * 3
    assert all(report.problem is None for report in work(tasks).values())
    assert left() == ([State.DONE] * 3, [])
    text = (results / "2" / "cout.txt").read_text()
    assert text.count("trained together with others on cpu, seeds 1, 2, 5\n") == 2
