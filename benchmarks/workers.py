"""How much throughput ten runs at a time lose on this machine against two at a time.

    python benchmarks/workers.py [--runs 10] [--epochs 40]

Works through the same plan with two workers and with as many as it has runs; prints both times and
their ratio.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import yaml

from acd_plugin.cli.main import main as program


def seconds(plan: Path, results: Path, workers: int) -> float:
    begin = time.perf_counter()
    words = ["experiment", "run", str(plan), f"--results={results}", f"--workers={workers}"]
    if program(words) != 0:
        raise SystemExit("a run failed")
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args()
    seeds = list(range(1, options.runs + 1))
    budget = {"seeds": seeds, "epochs": options.epochs, "evaluation_episodes": 128}
    content = {
        "title": "Throughput",
        "algorithms": {"dial": {"config": "dial"}},
        "environments": {"small": {"config": "cyborg_small"}},
        "budgets": {"full": budget},
    }
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.yaml"
        plan.write_text(yaml.safe_dump(content))
        two = seconds(plan, Path(folder) / "two", 2)
        all_at_once = seconds(plan, Path(folder) / "all", options.runs)
    print(f"two at a time {two:.0f} s, {options.runs} at a time {all_at_once:.0f} s: ", end="")
    print(f"{two / all_at_once:.2f} times the throughput")


if __name__ == "__main__":
    main()
