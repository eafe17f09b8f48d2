"""Which of EPyMARL's algorithms run on our environments, under which runner.

    python benchmarks/epymarl_algorithms.py CHECKOUT [--jobs 2] [--algorithms NAME ...]

Trains each algorithm of the checkout on a few small batches and prints a Markdown table: `yes`, or
the last line of what went wrong.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Games at once that each runner plays here; EPyMARL's on-policy algorithms need a batch of 10.
CASES = {
    "small, episode": ("cyborg_small", "episode", 1),
    "small, parallel": ("cyborg_small", "parallel", 5),
    "small, batch": ("cyborg_small", "batch", 10),
    "green, batch": ("cyborg_small_green", "batch", 10),
    "large, batch": ("cyborg_large", "batch", 10),
}


def outcome(checkout: str, algorithm: str, env: str, runner: str, games: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [
                *(sys.executable, "main.py", f"--config={algorithm}", f"--env-config={env}"),
                *(f"--epymarl={checkout}", "with", f"runner={runner}", f"batch_size_run={games}"),
                *("batch_size=10", "buffer_size=10", "t_max=1500", "test_nepisode=5"),
                "save_model=False",
                f"local_results_path={folder}",
            ],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=600,
            check=False,
        )
    return "yes" if result.returncode == 0 else result.stderr.strip().splitlines()[-1][:160]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--algorithms", nargs="+", help="default: all of the checkout's")
    options = parser.parse_args()
    files = (Path(options.checkout) / "src" / "config" / "algs").glob("*.yaml")
    algorithms = options.algorithms or sorted(path.stem for path in files)
    print("| algorithm | " + " | ".join(CASES) + " |\n|" + "---|" * (len(CASES) + 1))
    with ThreadPoolExecutor(options.jobs) as pool:
        rows = {
            name: [pool.submit(outcome, options.checkout, name, *case) for case in CASES.values()]
            for name in algorithms
        }
        for name, cells in rows.items():
            print(f"| `{name}` | " + " | ".join(cell.result() for cell in cells) + " |", flush=True)


if __name__ == "__main__":
    main()
