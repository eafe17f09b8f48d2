"""Do the same seeds learn alike in two ways of training them?

    python main.py experiment run experiments/devices.yaml --results=results/cpu
    python main.py experiment run experiments/devices.yaml --results=results/gpu --device=cuda
    python benchmarks/agreement.py results/cpu results/gpu

Both begin with the same networks, games and exploration. Their arithmetic differs in last digits,
which grow, so that single runs part. Declared before any run was made: they learn alike when, over
10 seeds,

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


def curves(results: Path) -> Array:
    """Return the test returns of all runs in a folder, by seed (R, tests)."""
    runs, problems = read_records(results)
    if problems:
        sys.exit("\n".join(problems))
    found = [read_curve(run).values for run in sorted(runs, key=lambda run: run.seed)]
    length = min(len(values) for values in found)
    return np.stack([values[:length] for values in found])


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
    one, two = curves(options.first), curves(options.second)
    tests = min(one.shape[1], two.shape[1])
    one, two = one[:, :tests], two[:, :tests]
    last = slice(tests - tests // 4, tests)
    agree = True
    for what, part in (("score", last), ("area under the curve", slice(None))):
        first, second = one[:, part].mean(axis=1), two[:, part].mean(axis=1)
        p = float(stats.ks_2samp(first, second).pvalue)
        agree &= p > LEVEL
        print(
            f"{what}: {first.mean():.2f} (sd {first.std(ddof=1):.2f}) and {second.mean():.2f} "
            f"(sd {second.std(ddof=1):.2f}) over {len(first)} and {len(second)} seeds, "
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
