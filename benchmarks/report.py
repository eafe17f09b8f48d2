"""How long `report` takes on many recorded runs.

    python benchmarks/report.py [--seeds 10]

Writes made-up runs of five algorithms in four environments (200 with ten seeds), each with as many
numbers as a real one of 1,000 epochs, and times the report.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from acd_plugin.cli.main import main as program
from acd_plugin.experiments.plan import Job, load_plan

_EPOCHS = 1000
_EPISODES = 1280
_TEST_EVERY = 10  # epochs
_METRICS = 18  # of every epoch, beside the return
_ALGORITHMS = ("dial", "dial_nocomm", "dial_always_1", "qmix", "vdn")
_ENVIRONMENTS = ("cyborg_small", "cyborg_small_green", "cyborg_small_no_block", "cyborg_large")
_TIME = "2026-01-01T00:00:00"


def jobs(folder: Path, seeds: int) -> list[Job]:
    budget = {"seeds": list(range(1, seeds + 1)), "epochs": _EPOCHS}
    plan = {
        "title": "Many runs",
        "algorithms": {name: {"config": name} for name in _ALGORITHMS},
        "environments": {name: {"config": name} for name in _ENVIRONMENTS},
        "budgets": {"full": {**budget, "evaluation_episodes": _EPISODES}},
    }
    path = folder / "plan.yaml"
    path.write_text(json.dumps(plan))  # JSON is YAML, too
    return load_plan(str(path), "full").jobs


def write_run(folder: Path, job: Job, rng: np.random.Generator) -> None:
    """Write a run folder as training and evaluation would have left it."""
    (folder / "checkpoints").mkdir(parents=True)
    steps = job.spec.config["t_max"]
    (folder / "checkpoints" / f"{steps}.pt").touch()
    run = {"command": "train", "status": "COMPLETED", "result": -1.0, "start_time": _TIME}
    (folder / "run.json").write_text(json.dumps(run | {"heartbeat": _TIME}))
    (folder / "config.json").write_text(json.dumps(job.spec.config))
    last = float(rng.normal(-10, 3))
    curve = last - 150 * np.exp(-np.arange(_EPOCHS) / 80) + rng.normal(0, 2, _EPOCHS)
    with (folder / "metrics.jsonl").open("w") as file:
        for epoch, value in enumerate(curve.tolist(), start=1):
            at = f'"step": {epoch * steps // _EPOCHS}, "value": {value}, "time": "{_TIME}"}}\n'
            names = ["return_mean", *(f"metric_{n}" for n in range(_METRICS))]
            if epoch % _TEST_EVERY == 0:
                names.append("test_return_mean")
            file.writelines(f'{{"name": "{name}", {at}' for name in names)
    evaluation = {"overrides": [], "seed": 0, "t_env": steps, "episodes": _EPISODES}
    returns = rng.normal(last, 1, _EPISODES).tolist()
    line = json.dumps(evaluation | {"return_mean": last, "returns": returns})
    (folder / "evaluations.jsonl").write_text(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        results = Path(name) / "runs"
        runs = jobs(Path(name), seeds)
        for number, job in enumerate(runs, start=1):
            write_run(results / str(number), job, rng)
        begin = time.perf_counter()
        program(["report", str(results), f"--out={Path(name) / 'report'}"])
        print(f"report on {len(runs)} runs: {time.perf_counter() - begin:.1f} s")


if __name__ == "__main__":
    main()
