"""Many seeds by one command: each a run like any other, whatever becomes of those beside it."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import signal
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from acd_plugin.hosts.builtin.joint import JointTraining, NotTogetherError
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running import built_run, many, member, together
from acd_plugin.running.many import one_by_one
from acd_plugin.running.memory import Memory
from acd_plugin.tracking.checkpoint import Checkpoint, save_checkpoint
from acd_plugin.tracking.observer import RunFolderObserver
from acd_plugin.tracking.run_folder import RunFolder
from tests.cli.conftest import EPOCH, Call, numbers, run_json
from tests.slow import slow

ROOT = Path(__file__).resolve().parents[2]
TOGETHER = "seeds_at_once=8"  # on the CPU, too


@pytest.fixture(autouse=True)
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes find this program."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def stop_after(epochs: int, monkeypatch: pytest.MonkeyPatch, times: int = 1) -> None:
    """Send this process a signal, or several, in the middle of an epoch."""
    train_once, epoch = JointTraining.train_once, iter(range(1, 1000))

    def and_stop(self: JointTraining) -> None:
        train_once(self)
        if next(epoch) == epochs:
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(JointTraining, "train_once", and_stop)


def assert_alike(one: Path, other: Path) -> None:
    """They have measured the same, but for the last digits of their networks' arithmetic."""
    measured, expected = numbers(one), numbers(other)
    assert [point[:2] for point in measured] == [point[:2] for point in expected]
    values = [point[2] for point in expected]
    assert [point[2] for point in measured] == pytest.approx(values, rel=1e-3, abs=1e-4)


def statuses(results: Path) -> dict[int, str]:
    """The runs' statuses by their seeds."""
    found = {}
    for path in results.glob("*/run.json"):
        command = shlex.split(run_json(path.parent)["meta"]["command_line"])
        seed = next(word for word in command if word.startswith("seed="))
        found[int(seed.removeprefix("seed="))] = run_json(path.parent)["status"]
    return found


def test_each_seed_is_a_run_like_any_other(train: Call, call: Call, results: Path) -> None:
    outcome = train(3, "seed=4,0..1", TOGETHER)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("done: results/1..3 (3 of 3 runs)")
    assert "3 seeds together: 0, 1, 4; run folders: 1..3 in results" in outcome.err
    assert "(means of 3 seeds; test_return_mean from -" in outcome.err
    assert statuses(results) == {4: "COMPLETED", 0: "COMPLETED", 1: "COMPLETED"}
    assert "seed=4" in run_json(results / "1")["meta"]["command_line"]  # in the order given
    for place in results.glob("[123]"):
        assert (place / "learning_curve.png").exists()
        assert (place / "checkpoints" / f"{3 * EPOCH}.pt").exists()
        told = (place / "cout.txt").read_text()
        assert told.startswith("trained together with others on cpu, seeds 0, 1, 4\n")
        assert "step 480: return_mean" in told
    train(3, "seed=4")
    assert_alike(results / "1", results / "4")
    result = run_json(results / "4")["result"]
    assert run_json(results / "1")["result"] == pytest.approx(result, rel=1e-3)
    again = call(*shlex.split(run_json(results / "2")["meta"]["command_line"])[2:])
    assert again.code == 0
    assert_alike(results / "5", results / "2")


def test_ctrl_c_saves_all_and_all_go_on(
    train: Call, call: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(4, "seed=0..2", TOGETHER)
    with monkeypatch.context() as patch:
        stop_after(2, patch)
        stopped = train(4, "seed=0..2", "seeds_at_once=2", "local_results_path=stopped")
    assert stopped.code == 130
    assert "stopped; resume with: python main.py resume stopped/1 stopped/2\n" in stopped.err
    assert "not begun: seed 2; start it with: python main.py" in stopped.err
    place = results.parent / "stopped"
    assert statuses(place) == {0: "INTERRUPTED", 1: "INTERRUPTED"}
    refused = train(4, "seed=1..2", "local_results_path=stopped")
    assert refused.code == 2
    assert "seed 1 (stopped/2) was stopped: go on with: python main.py resume stop" in refused.err
    assert call("resume", "1..2", "--results=stopped", "with", TOGETHER).code == 0
    assert statuses(place) == {0: "COMPLETED", 1: "COMPLETED"}
    for run in "12":
        assert_alike(place / run, results / run)


def test_runs_go_on_without_one_that_cannot(
    train: Call, call: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acd_plugin.cli.resuming.in_processes", one_by_one)
    assert train(1, "seed=0..2", TOGETHER).code == 0
    shutil.rmtree(results / "2" / "checkpoints")
    outcome = call("resume", "1..3", "with", f"t_max={2 * EPOCH}", TOGETHER)
    assert outcome.code == 1
    assert "left out: results/2: has no checkpoint" in outcome.err
    assert "done: results/1 results/3 (2 of 2 runs)" in outcome.out
    outcome = call("resume", "2", "2", "with", f"t_max={2 * EPOCH}")
    assert "error: none of these runs has anything left to do\n" in outcome.err


def test_where_nothing_can_be_written_nothing_begins(train: Call, results: Path) -> None:
    results.parent.joinpath("file").touch()
    outcome = train(1, "seed=0..2", "local_results_path=file")
    assert outcome.code == 2
    assert outcome.err.count("choose another one with local_results_path=FOLDER") == 1
    assert "seed 0" not in outcome.err


def test_a_second_ctrl_c_stops_all_at_once(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_after(2, monkeypatch, times=2)
    stopped = train(9, "seed=0..1", TOGETHER)
    assert stopped.code == 130
    assert "stopped at once" in stopped.err
    assert statuses(results) == {0: "INTERRUPTED", 1: "INTERRUPTED"}


@pytest.mark.slow
def test_runs_that_stand_elsewhere_go_on_after_the_others(
    train: Call, call: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acd_plugin.cli.resuming.in_processes", one_by_one)
    for epochs, seed in ((1, 0), (2, 1), (1, 2), (3, 3)):
        assert train(epochs, f"seed={seed}").code == 0
    outcome = call("resume", "1", "results/2..4", "with", f"t_max={3 * EPOCH}", TOGETHER)
    assert outcome.code == 0, outcome.err
    assert "left out: results/4/checkpoints/720.pt: the run has reached" in outcome.err
    assert "2 seeds together: 0, 2; run folders: 1, 3" in outcome.err
    assert "host: builtin" in outcome.err.partition("run folders: 1, 3")[2]  # alone, at last
    assert statuses(results) == dict.fromkeys(range(4), "COMPLETED")
    for run in "1234":
        assert (results / run / "checkpoints" / f"{3 * EPOCH}.pt").exists()


@pytest.mark.parametrize("aside", [*slow([False]), True])
def test_a_checkpoint_that_cannot_be_written_stops_nothing(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch, aside: bool
) -> None:
    """It is written while the others train, or in between."""

    def or_fail(folder: RunFolder, checkpoint: Checkpoint, keep: int) -> Path:
        assert (threading.current_thread() is not threading.main_thread()) is aside
        if folder.id == "1":
            raise OSError(errno.ENOSPC, "No space left on device")
        if folder.id == "2" and checkpoint.t_env == 2 * EPOCH:
            raise ValueError("this must not be")
        return save_checkpoint(folder, checkpoint, keep)

    monkeypatch.setattr(member, "_COPIED", ("cpu",) if aside else ())
    monkeypatch.setattr(built_run, "save_checkpoint", or_fail)
    outcome = train(3, "seed=0..2", TOGETHER)
    assert outcome.code == 1
    assert f"seed 0: no checkpoint at step {EPOCH}: No space left on device" in outcome.err
    assert "error: seed 1 (results/2): ValueError: this must not be\n" in outcome.err
    # Without its last checkpoint a run is not complete, though it was trained to its end.
    assert statuses(results) == {0: "FAILED", 1: "FAILED", 2: "COMPLETED"}
    stored = {path.name for path in (results / "3" / "checkpoints").iterdir()}
    assert stored == {f"{2 * EPOCH}.pt", f"{3 * EPOCH}.pt"}


def test_a_seed_that_fails_fails_alone(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Training.report

    def or_fail(self: Training) -> None:
        if self.settings.seed == 1 and self.episode == 16:
            raise FloatingPointError("the loss is nan")
        report(self)

    monkeypatch.setattr(Training, "report", or_fail)
    outcome = train(3, "seed=0..1", TOGETHER)
    assert outcome.code == 1
    assert "error: seed 1 (results/2): FloatingPointError: the loss is nan\n" in outcome.err
    assert "done: results/1 (1 of 2 runs)" in outcome.out
    assert statuses(results) == {0: "COMPLETED", 1: "FAILED"}
    assert "FloatingPointError" in "".join(run_json(results / "2")["fail_trace"])


def test_a_seed_without_a_place_fails_alone(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = RunFolderObserver.save_json

    def or_full(self: RunFolderObserver, obj: object, filename: str) -> None:
        if self.folder.path.name == "2":
            raise OSError(errno.ENOSPC, "No space left on device")
        save(self, obj, filename)

    monkeypatch.setattr(RunFolderObserver, "save_json", or_full)
    outcome = train(2, "seed=0..2", TOGETHER)
    assert outcome.code == 1
    assert "error: seed 1 (results/2): OSError: [Errno 28] No space left on device" in outcome.err
    assert statuses(results) == {0: "COMPLETED", 2: "COMPLETED"}


def test_a_device_that_disappears_is_told_in_a_line_for_each(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_: JointTraining) -> NoReturn:
        raise RuntimeError("CUDA error: unspecified launch failure\nCompile with ...")

    monkeypatch.setattr(JointTraining, "train_once", lose)
    outcome = train(2, "seed=0..1", TOGETHER)
    assert outcome.code == 1
    for run in "12":
        assert (
            "the CUDA device failed (CUDA error: unspecified launch failure); go on from the last "
            f"checkpoint with: python main.py resume results/{run}\n"
        ) in outcome.err
    assert set(statuses(results).values()) == {"FAILED"}


def test_what_cannot_be_trained_together_is_trained_one_by_one(
    train: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise NotTogetherError("its learner is not made for that")

    monkeypatch.setattr(together, "JointTraining", refuse)
    monkeypatch.setattr("acd_plugin.cli.training.in_processes", one_by_one)
    outcome = train(1, "seed=0..1", TOGETHER)
    assert outcome.code == 0, outcome.err
    assert "seeds are trained one by one: its learner is not made for that" in outcome.err
    assert "done: results/1 results/2 (2 of 2 runs)" in outcome.out
    assert statuses(results) == {0: "COMPLETED", 1: "COMPLETED"}


def test_on_the_cpu_seeds_are_trained_in_processes(train: Call, results: Path) -> None:
    begun = train(1, "seed=[5, 6]")
    assert begun.code == 0, begun.err
    assert "2 runs, each in a process of its own" in begun.err
    assert statuses(results) == {5: "COMPLETED", 6: "COMPLETED"}


@pytest.mark.slow
def test_on_the_cpu_seeds_are_resumed_in_processes(train: Call, call: Call, results: Path) -> None:
    train(1, "seed=[5, 6]")
    assert call("resume", "1..2", "with", f"t_max={2 * EPOCH}").code == 0
    for run in "12":
        assert (results / run / "checkpoints" / f"{2 * EPOCH}.pt").exists()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["seed=0,1,0"], "seed=0,1,0: names 0 twice"),
        (["seed=3..1"], "'3..1' runs backwards"),
        (["seed=0..2000"], "more than 1024"),
        (["seed=[]"], "names none"),
        (["seed=0..x"], "'0..x' is no number"),
        (["seed=0..1", "seeds_at_once=none"], "'seeds_at_once"),
        (["seed=0..1", "seeds_at_once=2", "batch_size=64", "buffer_size=64"], "memory, and 0.0 G"),
        (["seed=0..1", "trackers=[nowhere]"], "unknown tracker 'nowhere'"),
        (["seed=0..1", "mongo_url=nowhere"], "not a MongoDB URL"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    train: Call,
    results: Path,
    monkeypatch: pytest.MonkeyPatch,
    overrides: list[str],
    message: str,
) -> None:
    if "batch_size=64" in overrides:
        monkeypatch.setattr(many, "free_memory", lambda _: Memory(2.0**20))
    outcome = train(1, *overrides)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert not results.exists()


def test_runs_are_named_once_and_exist(train: Call, call: Call) -> None:
    train(1)
    for words, message in (
        (["1", "results/1"], "run 1 is named twice"),
        (["1..2"], "no run '2'"),
        (["2..1"], "'2..1' runs backwards"),
    ):
        outcome = call("resume", *words, "with", "t_max=9999")
        assert (outcome.code, message in outcome.err) == (2, True), outcome.err
    assert "none of these runs has anything left" in call("resume", "1", "1").err
