"""``evaluate`` of several runs, or in several variants of their environments: a line for each."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from acd_plugin.components.acting import games_as_in_tests
from acd_plugin.errors import UserError, program
from acd_plugin.running.evaluation import Games, evaluate_on, stored_evaluations
from acd_plugin.running.stored_policy import StoredPolicy
from acd_plugin.running.to_play import variants_of
from acd_plugin.running.variants import Variant, expanded, for_whom_talks
from acd_plugin.tracking.evaluations import Evaluation

MOST = 10_000  # evaluations by one command
Grid = Sequence[tuple[StoredPolicy, Sequence[Variant]]]


def evaluate_many(
    options: argparse.Namespace, policies: Sequence[StoredPolicy], games: Games
) -> int:
    """Play what is not stored yet of every policy in every variant; all are checked before."""
    _refuse_details(options)
    together: bool = options.side_by_side
    meant = [for_whom_talks(games.changes, policy.config) for policy in policies]
    if games.changes not in meant:  # nobody talks: tell so
        meant = [dict(games.changes)] * len(policies)
    lists = [
        expanded(changes, policy.config, together)
        for changes, policy in zip(meant, policies, strict=True)
    ]
    total = sum(map(len, lists))
    if total > MOST:
        raise UserError(f"these are {total:,} evaluations: at most {MOST:,} by one command")
    grid = [
        (policy, variants_of(policy, all_changes, games.device, options.plugins))
        for policy, all_changes in zip(policies, lists, strict=True)
    ]
    _tell_size(grid, games)
    width = max(len(variant.name) for _, variants in grid for variant in variants)
    for policy, variants in grid:
        print(f"{policy.path} ({policy.config['name']}, trained for {policy.t_env:,} steps)")
        for variant, found in evaluate_on(policy, variants, games):
            print(f"  {variant.name:<{width}} {_told(found, games.episodes)}", flush=True)
    outside = [str(policy.path) for policy, _ in grid if policy.folder is None]
    if outside:
        print(f"not stored, since they lie in no run folder: {', '.join(outside)}")
    if len(outside) < len(grid):
        print(f"stored with the runs; side by side: {program()} report {options.results}")
    return 0


def _refuse_details(options: argparse.Namespace) -> None:
    several = "several runs or a list of values"
    if options.render:
        raise UserError(f"--render shows one game, and there are {several}: evaluate one of them")
    if options.backend is not None:
        raise UserError(
            f"--backend={options.backend} compares one evaluation, and there are {several}: "
            "name simulators as with env_args.backend=[native,cyborg]"
        )


def _tell_size(grid: Grid, games: Games) -> None:
    total = sum(len(variants) for _, variants in grid)
    known = sum(
        found is not None
        for policy, variants in grid
        for found in stored_evaluations(policy, variants, games)
    )
    kind = " or ".join(dict.fromkeys(games_as_in_tests(policy.config) for policy, _ in grid))
    print(
        f"{total:,} evaluations of {games.episodes:,} {kind}, seed {games.seed}: {known:,} stored "
        f"already, {total - known:,} to be played"
    )


def _told(found: Evaluation, wanted: int) -> str:
    interval = found.return_ci95
    spread = f"   95% interval [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""
    more = f"   ({found.episodes:,} games, stored before)" if found.episodes > wanted else ""
    return f"{found.return_mean:9.3f}{spread}{more}"
