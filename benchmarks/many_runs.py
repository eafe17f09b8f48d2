"""What it takes to read many recorded runs: `report`, the dry run of their plan, and `publish`.

    python benchmarks/many_runs.py [--seeds 250] [--epochs 20] [--against CHECKOUT] [--read-only]

Writes made-up runs of five algorithms in four environments (5,000 with 250 seeds), each a copy of a
template: the record that Sacred makes of a run, and the numbers of so many epochs. Every command is
a process of its own; its processor time and its peak memory are printed. `publish` is run on a
fifth of the runs and on all of them, which tells whether it is linear; ``--read-only`` leaves it
out. ``--against`` does everything in another checkout, too, each command in both in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from acd_plugin.experiments.pairs import Job
from acd_plugin.experiments.plan import load_plan

ROOT = Path(__file__).resolve().parents[1]

_EPISODES = 1280
_METRICS = 18  # of every epoch, beside the returns
_ALGORITHMS = ("dial", "dial_nocomm", "dial_always_1", "qmix", "vdn")
_ENVIRONMENTS = ("cyborg_small", "cyborg_small_green", "cyborg_small_no_block", "cyborg_large")
_TIME = "2026-01-01T00:00:00"
_FILES = 120  # of source code, that Sacred lists


def write_plan(path: Path, seeds: int, epochs: int) -> list[Job]:
    budget = {"seeds": list(range(1, seeds + 1)), "epochs": epochs}
    plan = {
        "title": "Many runs",
        "algorithms": {name: {"config": name} for name in _ALGORITHMS},
        "environments": {name: {"config": name} for name in _ENVIRONMENTS},
        "budgets": {"full": {**budget, "evaluation_episodes": _EPISODES}},
    }
    path.write_text(json.dumps(plan))  # JSON is YAML, too
    return load_plan(str(path), "full").jobs


def record(job: Job) -> dict[str, object]:
    """Return what Sacred records of a finished run."""
    sources = [[f"room/file_{n}.py", f"_sources/file_{n}_{n:032x}.py"] for n in range(_FILES)]
    url = "https://example.org/plugin.git"
    repositories = [{"url": url, "commit": "0" * 40, "dirty": False} for _ in range(_FILES)]
    return {
        "command": "main",
        "status": "COMPLETED",
        "result": -1.0,
        "start_time": _TIME,
        "stop_time": _TIME,
        "heartbeat": _TIME,
        "artifacts": ["learning_curve.png"],
        "experiment": {"name": job.name, "sources": sources, "repositories": repositories},
        "host": {"hostname": "here", "cpu": "some", "python_version": "3.11"},
        "meta": {"command_line": job.command_line, "comment": None},
        "resources": [],
    }


def write_run(folder: Path, job: Job, epochs: int, rng: np.random.Generator) -> None:
    """Write a run folder as training and evaluation would have left it."""
    (folder / "checkpoints").mkdir(parents=True)
    steps = job.spec.config["t_max"]
    (folder / "checkpoints" / f"{steps}.pt").touch()
    (folder / "key").write_text(uuid.UUID(bytes=rng.bytes(16)).hex)
    (folder / "run.json").write_text(json.dumps(record(job), indent=2))
    (folder / "config.json").write_text(json.dumps(job.spec.config, indent=2))
    last = float(rng.normal(-10, 3))
    curve = last - 150 * np.exp(-np.arange(epochs) / epochs * 12) + rng.normal(0, 2, epochs)
    with (folder / "metrics.jsonl").open("w") as file:
        for epoch, value in enumerate(curve.tolist(), start=1):
            at = f'"step": {epoch * steps // epochs}, "value": {value}, "time": "{_TIME}"}}\n'
            names = ["return_mean", *(f"metric_{n}" for n in range(_METRICS)), "test_return_mean"]
            file.writelines(f'{{"name": "{name}", {at}' for name in names)
    evaluation = {"overrides": [], "seed": 0, "t_env": steps, "episodes": _EPISODES}
    returns = rng.normal(last, 1, _EPISODES).tolist()
    spread = {"return_mean": last, "return_std": 1.0, "returns": returns}
    (folder / "evaluations.jsonl").write_text(json.dumps(evaluation | spread) + "\n")


def measured(checkout: Path, place: Path, *words: str) -> str:
    """Run one command of a checkout's program in a folder; returns what it took."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(checkout / "main.py"), *words],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    return (
        f"{used.ru_utime + used.ru_stime:.1f} s of processor time, {seconds:.1f} s in all, "
        f"{used.ru_maxrss / 1024:.0f} MiB, exit code {process.returncode}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=250)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--read-only", action="store_true")
    options = parser.parse_args()
    checkouts = [ROOT, *([options.against.resolve()] if options.against else [])]
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        plan = place / "plan.yaml"
        jobs = write_plan(plan, options.seeds, options.epochs)
        results, fewer = place / "runs", place / "fewer"
        for number, job in enumerate(jobs, start=1):
            write_run(results / str(number), job, options.epochs, rng)
        fewer.mkdir()
        for number in range(1, len(jobs) // 5 + 1):
            (fewer / str(number)).symlink_to(results / str(number))
        commands = {
            f"report on {len(jobs)} runs": ("report", str(results), "--out=report"),
            "dry run of their plan": (
                *("experiment", "run", str(plan), "--dry-run", f"--results={results}"),
            ),
        }
        if not options.read_only:
            commands |= {
                f"publish {len(jobs) // 5} of them": ("publish", str(fewer), "a"),
                "publish all": ("publish", str(results), "b"),
                "publish all, into an archive": ("publish", str(results), "c.tar.xz"),
            }
        for title, words in commands.items():
            for checkout in checkouts:
                with tempfile.TemporaryDirectory(dir=place) as out:
                    took = measured(checkout, Path(out), *words)
                print(f"{checkout}: {title}: {took}", flush=True)


if __name__ == "__main__":
    main()
