"""Do the same seeds learn alike in two ways of training them?

    python main.py experiment run experiments/devices.yaml --results=results/cpu
    python main.py experiment run experiments/devices.yaml --results=results/gpu --device=cuda
    python benchmarks/agreement.py results/cpu results/gpu
    python main.py --config=dial --env-config=cyborg_small with seed=1..32 seeds_at_once=32 \
        t_max=1152000 local_results_path=results/among_32
    python benchmarks/agreement.py results/cpu results/among_32

Seeds that only one of the folders has are left out. Both begin with the same networks, games and
exploration. Their arithmetic differs in last digits, which grow, so that single runs part. Declared
before any run was made: they learn alike when, over 10 seeds,

1. the scores (mean test return of the last quarter of training) of both are samples of one
   distribution to a two-sided Kolmogorov-Smirnov test (p > 0.05), and so are the areas under the
   curves (mean test return of all tests);
2. the pointwise 95% bootstrap interval of the difference of the mean curves holds 0 in at least
   nine of ten tests.

Exit code 1 when they do not.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from acd_plugin.analysis.curves.learning_curve import read_curve
from acd_plugin.analysis.runs.run_record import read_records

LEVEL = 0.05
EQUAL = 0.9
Array = NDArray[np.float64]


def curves(results: Path) -> dict[int, Array]:
    """Return the test returns (tests,) of all runs in a folder by their seeds."""
    runs, problems = read_records(results)
    if problems:
        sys.exit("\n".join(problems))
    return {run.seed: read_curve(run).values for run in runs}


def of_seeds(found: dict[int, Array], seeds: list[int], tests: int) -> Array:
    """Return the first tests of some runs (R, tests)."""
    return np.stack([found[seed][:tests] for seed in seeds])


def difference(one: Array, two: Array) -> tuple[Array, Array]:
    """Return the pointwise 95% bootstrap interval of the difference of the mean curves (tests,)."""
    generator = np.random.default_rng(0)

    def means(values: Array) -> Array:
        return values[generator.integers(len(values), size=(2000, len(values)))].mean(axis=1)

    low, high = np.percentile(means(one) - means(two), [2.5, 97.5], axis=0)
    return low, high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    options = parser.parse_args()
    folders = curves(options.first), curves(options.second)
    seeds = sorted(folders[0].keys() & folders[1].keys())
    if len(seeds) < 2:
        sys.exit(f"both must have runs of the same seeds; those are: {seeds or 'none'}")
    tests = min(len(found[seed]) for found in folders for seed in seeds)
    one, two = (of_seeds(found, seeds, tests) for found in folders)
    last = slice(tests - tests // 4, tests)
    agree = True
    for what, part in (("score", last), ("area under the curve", slice(None))):
        first, second = one[:, part].mean(axis=1), two[:, part].mean(axis=1)
        p = float(stats.ks_2samp(first, second).pvalue)
        agree &= p > LEVEL
        print(
            f"{what}: {first.mean():.2f} (sd {first.std(ddof=1):.2f}) and {second.mean():.2f} "
            f"(sd {second.std(ddof=1):.2f}) over {len(seeds)} seeds, "
            f"Kolmogorov-Smirnov p = {p:.3f}"
        )
    low, high = difference(one, two)
    equal = float(((low <= 0) & (high >= 0)).mean())
    agree &= equal >= EQUAL
    print(f"the interval of the difference of the mean curves holds 0 in {equal:.0%} of tests")
    print("they learn alike" if agree else "they do NOT learn alike")
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
