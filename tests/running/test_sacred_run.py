"""Heartbeats are written one at a time, by whichever thread wants one."""

from __future__ import annotations

import threading
import time
from typing import Any

from sacred.observers import RunObserver

from acd_plugin.running.sacred_run import Output, SacredRun, record

CONFIG = {"name": "dial", "env_name": "cyborg_small", "seed": 1, "device": "cpu"}
BEATS = 8


class SlowObserver(RunObserver):  # type: ignore[misc]  # Sacred has no type hints
    """Counts how many write at once."""

    def __init__(self) -> None:
        self.writing = self.most = self.points = 0

    def log_metrics(self, metrics_by_name: dict[str, Any], info: object) -> None:
        del info
        self.writing += 1
        self.most = max(self.most, self.writing)
        time.sleep(0.005)
        self.points += sum(len(points["values"]) for points in metrics_by_name.values())
        self.writing -= 1


def test_heartbeats_do_not_overlap() -> None:
    observer = SlowObserver()

    def work(run: SacredRun) -> float:
        for step in range(100):
            run.log_scalar("loss", 1.0, step)
        threads = [threading.Thread(target=run._emit_heartbeat) for _ in range(BEATS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return 0.0

    record(CONFIG, [observer], work, None, None, Output())
    assert (observer.most, observer.points) == (1, 100)
