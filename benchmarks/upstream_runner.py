"""Game steps per second of EPyMARL's QMIX, played by its parallel runner and by our batch runner.

    python benchmarks/upstream_runner.py CHECKOUT [--steps 30000] [--processes 8] [--games 128]

Both train in EPyMARL's own loop on the same environment with EPyMARL's own QMIX settings; the time
is that of the whole run less its start, which a second, short run measures. Prints both speeds and
their ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def train(checkout: str, env: str, runner: str, games: int, steps: int) -> tuple[float, int]:
    """Return (seconds, environment steps) of one run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        subprocess.run(
            [
                *(sys.executable, "main.py", f"--config={checkout}/src/config/algs/qmix.yaml"),
                *(f"--env-config={env}", f"--epymarl={checkout}", "with", f"runner={runner}"),
                *(
                    f"batch_size_run={games}",
                    f"t_max={steps}",
                    "test_interval=1000000000",
                    "test_nepisode=1",
                ),
                *("save_model=False", f"local_results_path={folder}"),
            ],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=True,
        )
        seconds = time.perf_counter() - begin
        metrics = Path(folder, "1", "metrics.jsonl").read_text().splitlines()
        played = max(json.loads(line)["step"] for line in metrics)
        return seconds, played


def speed(checkout: str, env: str, runner: str, games: int, steps: int) -> float:
    short, few = train(checkout, env, runner, games, 1)
    long, many = train(checkout, env, runner, games, steps)
    return (many - few) / (long - short)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout")
    parser.add_argument("--steps", type=int, default=30_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--games", type=int, default=128)
    options = parser.parse_args()
    for env in ("cyborg_small", "cyborg_large"):
        parallel = speed(options.checkout, env, "parallel", options.processes, options.steps)
        print(f"{env}: EPyMARL's parallel runner, {options.processes} processes: {parallel:,.0f}/s")
        for games in (options.processes, options.games):
            batch = speed(options.checkout, env, "batch", games, options.steps * 10)
            ratio = batch / parallel
            print(f"{env}: batch runner, {games} games: {batch:,.0f}/s, {ratio:.1f} times as fast")


if __name__ == "__main__":
    main()
