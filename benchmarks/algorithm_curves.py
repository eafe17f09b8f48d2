"""Draw and store the learning curves of several algorithms, or hosts, on one environment.

    python benchmarks/algorithm_curves.py RESULTS OUT [--by host]

RESULTS is a folder of runs; OUT gets returns.csv (algorithm or host, seed, step, mean return of the
greedy test games), returns.png and, printed, a table of the last policies' returns. Two groups are
also compared by an exact permutation test of the areas under their curves.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from acd_plugin.tracking.metric_file import read_metrics
from acd_plugin.tracking.run_folder import RunFolder


class Run(NamedTuple):
    seed: int
    steps: list[int]
    returns: list[float]  # mean return of the greedy test games at each step
    last: float  # mean return of the last policy in its evaluation, else in its last test
    minutes: float


def read_runs(results: Path, key: str) -> dict[str, list[Run]]:
    """Return the runs by the value that their configuration has under ``key``."""
    runs: dict[str, list[Run]] = defaultdict(list)
    for path in sorted(results.glob("*/run.json")):
        folder = RunFolder(path.parent)
        config = json.loads((folder.path / "config.json").read_text())
        points = [p for p in read_metrics(folder) if p["name"] == "test_return_mean"]
        returns = [point["value"] for point in points]
        times = [np.datetime64(point["time"]) for point in points]
        evaluated = _last_evaluation(folder)
        runs[config[key]].append(
            Run(
                config["seed"],
                [point["step"] for point in points],
                returns,
                returns[-1] if evaluated is None else evaluated,
                float((times[-1] - times[0]) / np.timedelta64(60, "s")),
            )
        )
    return {name: sorted(found) for name, found in runs.items()}


def _last_evaluation(folder: RunFolder) -> float | None:
    if not folder.evaluations.exists():
        return None
    last = folder.evaluations.read_text().splitlines()[-1]
    return float(json.loads(last)["return_mean"])


def write_table(path: Path, key: str, runs: dict[str, list[Run]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([key, "seed", "step", "test_return_mean"])
        for name, found in runs.items():
            for run in found:
                for step, value in zip(run.steps, run.returns, strict=True):
                    writer.writerow([name, run.seed, step, f"{value:.3f}"])


def draw(path: Path, runs: dict[str, list[Run]]) -> None:
    """Draw one line per run, in one colour per group."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for number, (name, found) in enumerate(runs.items()):
        for run in found:
            label = name if run is found[0] else None
            axes.plot(run.steps, run.returns, color=f"C{number}", linewidth=1.0, label=label)
    axes.set_yscale("symlog", linthresh=1)
    axes.set(xlabel="game steps", ylabel="mean return of 128 greedy games")
    axes.legend(frameon=False, ncols=2)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def compare_areas(first: list[Run], second: list[Run]) -> tuple[float, float]:
    """Return the difference of the groups' mean returns over training, and its p-value.

    The p-value is exact: the share of all splits of the runs into two such groups whose difference
    is at least as large.
    """
    areas = np.array([np.mean(run.returns) for run in [*first, *second]])
    everyone = set(range(len(areas)))

    def difference(group: tuple[int, ...]) -> float:
        rest = sorted(everyone - set(group))
        return float(areas[list(group)].mean() - areas[rest].mean())

    found = difference(tuple(range(len(first))))
    splits = [difference(group) for group in combinations(everyone, len(first))]
    return found, float(np.mean([abs(split) >= abs(found) - 1e-12 for split in splits]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--by", choices=["name", "host"], default="name")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    runs = read_runs(options.results, options.by)
    write_table(options.out / "returns.csv", options.by, runs)
    draw(options.out / "returns.png", runs)
    print(f"| {options.by} | last policy of each seed | mean | minutes per run |")
    print("|---|---|---|---|")
    for name, found in runs.items():
        last = [run.last for run in found]
        minutes = [run.minutes for run in found]
        print(
            f"| `{name}` | {', '.join(f'{value:.2f}' for value in last)} | {np.mean(last):.2f} "
            f"| {min(minutes):.1f} to {max(minutes):.1f} |"
        )
    if len(runs) == 2:
        difference, p_value = compare_areas(*runs.values())
        print(f"mean return over training: difference {difference:.2f}, exact p {p_value:.2f}")


if __name__ == "__main__":
    main()
