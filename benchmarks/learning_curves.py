"""Draw and store the learning curves of recorded runs, one picture and one table per environment.

    python benchmarks/learning_curves.py RESULTS OUT

RESULTS is a folder of runs, of the same algorithm for each environment; OUT gets ENV.png and
ENV.csv (epoch, then the mean return of 128 greedy games for each seed).
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from acd_plugin.tracking.metric_file import read_metrics
from acd_plugin.tracking.run_folder import RunFolder

Curve = dict[int, float]  # epoch -> mean greedy return
# The return that each environment's curve is expected to pass, as stated in docs/learning.md.
TARGETS = {"dial_2_subnets_no_block": -2.0, "dial_2_subnets": -6.0, "dial_3_subnets": -60.0}


def read_curves(results: Path) -> dict[str, dict[int, Curve]]:
    """Return scenario -> seed -> curve for every run in the folder."""
    curves: dict[str, dict[int, Curve]] = defaultdict(dict)
    for path in sorted(results.glob("*/run.json")):
        folder = RunFolder(path.parent)
        config = json.loads((folder.path / "config.json").read_text())
        epoch_steps = config["batch_size"] * config["env_args"]["time_limit"]
        curves[config["env_args"]["scenario"]][config["seed"]] = {
            point["step"] // epoch_steps: point["value"]
            for point in read_metrics(folder)
            if point["name"] == "test_return_mean"
        }
    return curves


def write_table(path: Path, runs: dict[int, Curve]) -> None:
    epochs = sorted(set.intersection(*(set(curve) for curve in runs.values())))
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["epoch", *(f"seed_{seed}" for seed in sorted(runs))])
        for epoch in epochs:
            writer.writerow([epoch, *(f"{runs[seed][epoch]:.3f}" for seed in sorted(runs))])


def draw(path: Path, scenario: str, runs: dict[int, Curve]) -> None:
    figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
    for seed in sorted(runs):
        axes.plot(list(runs[seed]), list(runs[seed].values()), label=f"seed {seed}", linewidth=1.2)
    if scenario in TARGETS:
        axes.axhline(TARGETS[scenario], color="grey", linestyle="--", linewidth=0.8)
    axes.set_yscale("symlog", linthresh=10)
    axes.set_ylim(top=0)
    axes.set(title=scenario, xlabel="epochs of 128 games", ylabel="mean return of 128 greedy games")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for scenario, runs in read_curves(options.results).items():
        write_table(options.out / f"{scenario}.csv", runs)
        draw(options.out / f"{scenario}.png", scenario, runs)
        finals = ", ".join(f"{list(runs[seed].values())[-1]:.2f}" for seed in sorted(runs))
        print(f"{scenario}: last greedy returns {finals}")


if __name__ == "__main__":
    main()
