"""Work that is handed to Ray: what its workers and Ctrl-C do to a plan, told by a stand-in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from acd_plugin.experiments import cluster
from acd_plugin.experiments.cluster import run_on_ray
from acd_plugin.experiments.pool import Reports
from acd_plugin.experiments.processes import STOPPED, Processes, Report, Task, Work

WORKS = [Work(name, [Task(name, {"device": "cpu"}, None, None)]) for name in ("one", "two")]


class Ray(ModuleType):
    """Ray, as far as it is used. ``answer`` says what becomes of a piece of work."""

    def __init__(self, answer: Callable[[Work, Future[Reports]], None]) -> None:
        super().__init__("ray")
        self._answer = answer
        self.cancelled: list[str] = []

    def init(self, **_: object) -> None: ...

    def shutdown(self) -> None: ...

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 2.0}

    def remote(self, **_: object) -> Callable[..., SimpleNamespace]:
        begin = SimpleNamespace(options=lambda **_: SimpleNamespace(remote=self._begin))
        return lambda _: begin

    def _begin(self, work: Work) -> SimpleNamespace:
        future: Future[Reports] = Future()
        self._answer(work, future)
        return SimpleNamespace(name=work.name, future=lambda: future)

    def cancel(self, task: SimpleNamespace) -> None:
        self.cancelled.append(task.name)


def use_ray(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[Work, Future[Reports]], None]
) -> Ray:
    ray = Ray(answer)
    monkeypatch.setitem(sys.modules, "ray", ray)
    return ray


def test_a_worker_that_dies_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(work: Work, future: Future[Reports]) -> None:
        if work.name == "one":
            future.set_exception(RuntimeError("The worker died unexpectedly\nand more"))
        else:
            future.set_result({"two": Report(None, "results/2")})

    use_ray(monkeypatch, answer)
    worked = run_on_ray(WORKS, {}, "local")
    assert worked.reports == {
        "one": Report("RuntimeError: The worker died unexpectedly"),
        "two": Report(None, "results/2"),
    }
    assert not worked.is_stopped


def test_ctrl_c_lets_workers_save(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(work: Work, future: Future[Reports]) -> None:
        future.set_result({work.name: Report("stopped", f"results/{work.name}", True)})

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    ray = use_ray(monkeypatch, answer)
    monkeypatch.setattr(cluster, "collect", interrupt)
    worked = run_on_ray(WORKS, {}, "local")
    assert worked.is_stopped
    assert ray.cancelled == ["one", "two"]
    assert all(report.is_stopped for report in worked.reports.values())


def test_an_interrupted_worker_passes_it_on_and_waits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Ray interrupts the thread that waits for the training, which is to save first."""
    told: list[object] = []

    class Process:
        returncode = STOPPED

        def __init__(self, *_: object, **__: object) -> None: ...

        def communicate(self, _: str) -> None:
            raise KeyboardInterrupt

        def send_signal(self, number: int) -> None:
            told.append(number)

        def wait(self) -> None:
            told.append("waited")

    monkeypatch.setattr("subprocess.Popen", Process)
    assert Processes().run(WORKS[0], tmp_path / "log", tmp_path / "reports") == STOPPED
    assert told == [2, "waited"]
