"""Are whole games on CybORG equivalent to those of the compiled rules?

    CYBORG_HOME=/path/to/checkout python benchmarks/equivalence.py [--episodes 1000] [--run RUN ...]

Prints a Markdown table: the five settings times the scripted policies, then the trained policies of
the given runs. The margin was declared before the first game was played: a fifth of a standard
deviation of the return. Two means are equivalent when the 90% interval of their difference lies
within it (two one-sided tests at 5%). The native games are 20 times as many, with other seeds.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from acd_plugin.analysis.statistics import equivalence_interval
from acd_plugin.envs.cyborg.cyborg_backend.batch import CyborgBatchEnv
from acd_plugin.running.stored_run import load_policy, open_run, spec_of
from testbed.paper_games import SETTINGS, setting_batch
from testbed.policies import POLICIES, returns_of

MARGIN = 0.2  # standard deviations
NATIVE = 20  # games for each one on CybORG
GAMES = 50  # at a time


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--run", action="append", default=[], help="a trained run's folder")
    options = parser.parse_args()
    print("| setting | policy | native | CybORG | difference, 90% interval | margin | equivalent |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for setting in SETTINGS:
        for name in POLICIES:
            if name == "random_free" or (name == "block_always" and "no_block" in setting):
                continue  # another mask than the setting's, or an action that it does not have
            print_row(setting, name, *play(setting, name, options.episodes))
    for run in options.run:
        print_row(run, "trained", *evaluate(run, options.episodes))


def play(setting: str, name: str, episodes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the returns of a scripted policy on both backends."""
    native = setting_batch(setting, "sau", games=episodes * NATIVE, seed=1)
    cyborg = CyborgBatchEnv(native.definition, GAMES, seed=2)
    ours = returns_of(native, POLICIES[name], episodes * NATIVE, seed=1)
    theirs = returns_of(cyborg, POLICIES[name], episodes, seed=2)
    native.close()
    cyborg.close()
    return ours, theirs


def evaluate(run: str, episodes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the returns of a run's last policy on both backends."""
    stored = open_run(run, "results")
    returns = []
    for seed, count, backend in ((1, episodes * NATIVE, "native"), (2, episodes, "cyborg")):
        spec = spec_of(stored, {"env_args.backend": backend})
        policy = load_policy(stored, spec, GAMES, seed)
        returns.append(policy.evaluate(count)["return"])
        policy.close()
    return returns[0], returns[1]


def print_row(
    setting: str, policy: str, ours: NDArray[np.float64], theirs: NDArray[np.float64]
) -> None:
    low, high = equivalence_interval(theirs, ours)
    margin = MARGIN * ours.std()
    verdict = "yes" if -margin <= low and high <= margin else "NOT SHOWN"
    cells = (
        setting,
        policy,
        *(f"{values.mean():.2f} ± {standard_error(values):.2f}" for values in (ours, theirs)),
        f"{theirs.mean() - ours.mean():+.2f} [{low:+.2f}, {high:+.2f}]",
        f"{margin:.2f}",
        verdict,
    )
    print(f"| {' | '.join(cells)} |", flush=True)


def standard_error(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1)) / math.sqrt(len(values))


if __name__ == "__main__":
    main()
