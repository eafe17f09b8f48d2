"""``main.py evaluate RUN [RUN ...] [--episodes N] ... [with env_args.key=value device=...]``.

Several runs, and lists of values, are played as `cli.evaluate_many` does.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from acd_plugin.analysis.replay.text import game_text
from acd_plugin.analysis.statistics import mean_interval
from acd_plugin.cli.evaluate_many import evaluate_many
from acd_plugin.cli.words import several_runs
from acd_plugin.components.acting import games_as_in_tests
from acd_plugin.configuration.device import split_device
from acd_plugin.configuration.layers import read_overrides
from acd_plugin.errors import UserError
from acd_plugin.running.console import set_up_logging
from acd_plugin.running.evaluation import Games, Played, evaluate, store
from acd_plugin.running.stored_run import open_policy
from acd_plugin.running.variants import has_lists
from acd_plugin.tracking.evaluations import Evaluation


def run(options: argparse.Namespace) -> int:
    """Play games with a stored policy, print the outcome and store it."""
    set_up_logging()
    device, changes = split_device(read_overrides(options.overrides))
    games = Games(options.episodes, options.seed, changes, options.backend, device)
    policies = [open_policy(name, options.results) for name in several_runs(options.runs)]
    stored = policies[0]
    if len(policies) > 1 or has_lists(changes, stored.config):
        return evaluate_many(options, policies, games)
    if options.side_by_side:
        raise UserError("--side-by-side pairs lists, and none is given: leave it out")
    plays = evaluate(stored, games, options.plugins, options.render)
    for played in plays:
        if played.replay is not None:
            if len(plays) > 1:
                print(f"on {played.backend}:")
            print(game_text(played.replay, played.replay.games[0]), end="\n\n")
    print(f"{stored.path} ({stored.config['name']}, trained for {stored.t_env:,} steps)")
    print(f"{games.episodes} {games_as_in_tests(stored.config)}, seed {games.seed}")
    if len(plays) == 1:
        _print(plays[0].evaluation)
    else:
        _print_both(*plays)
    path = store(stored, [played.evaluation for played in plays])
    print(
        f"stored in {path}" if path else "not stored: the checkpoint does not lie in a run folder"
    )
    return 0


def _print(found: Evaluation) -> None:
    print(f"  {'return':<26} {found.return_mean:9.3f}   sd {found.return_std:.3f}", end="")
    if found.return_ci95 is not None:
        low, high = found.return_ci95
        print(f", 95% confidence interval of the mean [{low:.3f}, {high:.3f}]", end="")
    print()
    for name, value in found.statistics.items():
        print(f"  {name:<26} {value:9.3f}")


def _print_both(first: Played, second: Played) -> None:
    """Print all means side by side; game by game, the attacker's own chances are the same."""
    own, other = first.backend, second.backend
    ours, theirs = first.outcome, second.outcome
    print("means with 95% confidence intervals")
    print(f"  {'':<26} {own:>27} {other:>27} {f'{other} - {own}':>27}")
    for key, values in ours.items():
        columns = (values, theirs[key], theirs[key] - values)
        print(f"  {key:<26} " + " ".join(f"{_with_interval(column):>27}" for column in columns))


def _with_interval(values: NDArray[np.float64]) -> str:
    interval = mean_interval(values)
    return f"{values.mean():.3f} [{interval.low:.3f}, {interval.high:.3f}]"
