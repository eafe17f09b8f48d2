"""Lay DIAL's training returns over those of the published runs, whose costs they were made with.

    python main.py experiment run experiments/published_curves.yaml
    python benchmarks/published_curves.py results/published_curves docs/results

RESULTS is a folder of runs of that plan; OUT, where the published curves lie, gets
published_curves.csv and published_curves.png. Both are mean returns of the games played while
learning, exploration included, over windows of 50 epochs.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from acd_plugin.analysis.curves.learning_curve import read_curve
from acd_plugin.analysis.runs.run_record import RunRecord, read_records
from acd_plugin.analysis.statistics import Array

WINDOW = 50  # epochs
PUBLISHED = {  # scenario, detection rate, Analyse -> column of the published curves
    ("dial_2_subnets_no_block", 0.95, "free"): "small_no_block_detect95_analyse_free",
    ("dial_2_subnets_no_block", 0.5, "free"): "small_no_block_detect50_analyse_free",
    ("dial_2_subnets_no_block", 0.5, "sau"): "small_no_block_detect50_sau",
    ("dial_2_subnets", 0.5, "sau"): "small_block_detect50_sau",
}
Windows = Mapping[int, Array]  # seed -> mean return of every whole window


def read_published(path: Path) -> dict[str, Array]:
    """Return column -> mean return of every window."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    return {name: np.array([float(row[name]) for row in rows]) for name in PUBLISHED.values()}


def read_ours(results: Path) -> dict[str, Windows]:
    """Return column -> windows of every seed, for all finished runs in the folder."""
    found: dict[str, dict[int, Array]] = defaultdict(dict)
    records, _ = read_records(results)
    for run in records:
        args = run.config["env_args"]
        column = PUBLISHED.get((args["scenario"], args["detection_rate"], args["analyse_mode"]))
        is_dial = run.algorithm == "dial"
        if is_dial and run.status == "COMPLETED" and column is not None:
            found[column][run.config["seed"]] = windows(run)
    return {name: found[name] for name in PUBLISHED.values() if name in found}


def windows(run: RunRecord) -> Array:
    """Return the mean return of every whole window of a run."""
    curve = read_curve(run, "return_mean")
    length = WINDOW * run.config["batch_size"] * run.config["env_args"]["time_limit"]
    numbers = ((curve.steps - 1) // length).astype(int)  # a point stands at the end of its games
    whole = int(curve.steps[-1] // length)
    return np.array([curve.values[numbers == number].mean() for number in range(whole)])


def write_table(path: Path, published: Mapping[str, Array], ours: Mapping[str, Windows]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["game", "curve", "epoch_from", "return_mean"])
        for name, runs in ours.items():
            longest = max(len(values) for values in runs.values())
            curves = {"published": published[name][:longest]}
            curves |= {f"seed {seed}": runs[seed] for seed in sorted(runs)}
            for curve, values in curves.items():
                rows = ([name, curve, n * WINDOW, f"{value:.3f}"] for n, value in enumerate(values))
                writer.writerows(rows)


def draw(path: Path, published: Mapping[str, Array], ours: Mapping[str, Windows]) -> None:
    figure, grid = plt.subplots(2, 2, figsize=(9, 6), sharex=True, layout="constrained")
    for axes, (name, runs) in zip(grid.flat, ours.items(), strict=False):
        longest = max(len(values) for values in runs.values())
        places = (np.arange(longest) + 0.5) * WINDOW
        axes.plot(places, published[name][:longest], color="black", label="published, one run")
        for seed, values in sorted(runs.items()):
            axes.plot(places[: len(values)], values, label=f"ours, seed {seed}")
        axes.set_yscale("symlog", linthresh=10)
        axes.set(title=name, xlabel="epoch", ylabel="return while learning")
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize="small")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("results", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    published = read_published(options.out / "published_dial_curves.csv")
    ours = read_ours(options.results)
    if not ours:
        parser.error(f"no finished runs of the plan published_curves in {options.results}")
    write_table(options.out / "published_curves.csv", published, ours)
    draw(options.out / "published_curves.png", published, ours)
    for name, runs in ours.items():
        ends = ", ".join(f"{runs[seed][-1]:.2f} (seed {seed})" for seed in sorted(runs))
        last = max(len(values) for values in runs.values()) - 1
        print(f"{name}: epochs {last * WINDOW} to {(last + 1) * WINDOW}: published ", end="")
        print(f"{published[name][last]:.2f}, ours {ends}")


if __name__ == "__main__":
    main()
