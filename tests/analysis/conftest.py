"""Recorded runs, made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from acd_plugin.analysis.runs.run_record import RunRecord, read_record
from acd_plugin.tracking.run_folder import RunFolder

COMMAND = """python main.py --config=dial with 'local_results_path='"'"'/a b'"'"''"""
Make = Callable[..., RunRecord]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that records a run under ``tmp_path / "results"`` and reads it back."""

    def record(
        values: list[float] | None = None,
        every: int = 100,
        *,
        status: str = "COMPLETED",
        age: float = 0.0,
        **config: Any,
    ) -> RunRecord:
        results = tmp_path / "results"
        folder = results / str(len(list(results.glob("*"))) + 1)
        folder.mkdir(parents=True)
        now = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(seconds=age)
        start = (now - timedelta(seconds=65)).isoformat()
        run = {
            "status": status,
            "start_time": start,
            "heartbeat": now.isoformat(),
            "result": values[-1] if values and status == "COMPLETED" else None,
            "meta": {"comment": "a remark", "command_line": COMMAND},
            "host": {"hostname": "here", "cpu": "some"},
        }
        env_args = config.get("env_args", {"scenario": "small", "detection_rate": 0.5})
        scenario = env_args["scenario"]
        whole = {"name": "dial", "seed": 0, "lr": 0.1, "env": "cyborg", "tags": []}
        whole |= {"numbers": 1, "env_name": scenario, "env_args": env_args, "episode_limit": 1}
        whole |= {"game": {"rules": "1", "scenario": f"content of {scenario}"}, **config}
        (folder / "run.json").write_text(json.dumps(run))
        (folder / "config.json").write_text(json.dumps(whole))
        with (folder / "metrics.jsonl").open("w") as file:
            for number, value in enumerate(values or []):
                point = {"name": "test_return_mean", "step": number * every, "value": value}
                file.write(json.dumps({**point, "time": start}) + "\n")
        return read_record(RunFolder(folder))

    return record
