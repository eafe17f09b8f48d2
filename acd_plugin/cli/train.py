"""``main.py --config=ALG --env-config=ENV [--epymarl=PATH] [with key=value seed=0..31 ...]``."""

from __future__ import annotations

import argparse

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.cli.ended import told, told_of_all
from acd_plugin.configuration.layers import chosen_keys, configure, read_overrides
from acd_plugin.configuration.number_ranges import read_numbers
from acd_plugin.errors import UserError
from acd_plugin.experiments.seeds import in_processes, refuse_existing
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.epymarl.checkout import find_checkout
from acd_plugin.hosts.epymarl.host import load_host
from acd_plugin.running.console import set_up_logging
from acd_plugin.running.many import train_many
from acd_plugin.running.planned import with_seeds
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.run_spec import RunSpec, resolve
from acd_plugin.running.train import train


def run(options: argparse.Namespace) -> int:
    """Start a new run, or one for each of several seeds, here or in an EPyMARL checkout."""
    set_up_logging()
    changes = read_overrides(options.overrides)
    seeds = _several(changes)
    if seeds:
        changes["seed"] = seeds[0]
    checkout = find_checkout(options.epymarl)
    below = checkout.config if checkout else None
    config = configure(options.config, options.env_config, changes, below, options.plugins)
    if options.tag:
        config["tags"] = options.tag
    host = load_host(checkout) if checkout else BUILTIN
    chosen = chosen_keys(options.config, options.env_config, changes, below)
    spec = resolve(config, host.name, chosen=chosen)
    records = Records(options.note, options.command_line, options.mongo, draw_run)
    if not seeds:
        return told(lambda: train(spec, records, host), can_be_evaluated=host.loop is None)
    if host.loop is not None:
        raise UserError(
            f"several seeds: the loop of the host {host.name} trains one; start it once for each"
        )
    return _train_seeds(spec, seeds, records)


def _several(changes: dict[str, object]) -> list[int]:
    """Return the seeds, if ``seed`` names several; a single number is one run as ever."""
    seed = changes.get("seed")
    return read_numbers(seed, "seed") if isinstance(seed, str | list | tuple) else []


def _train_seeds(spec: RunSpec, seeds: list[int], records: Records) -> int:
    runs = with_seeds(spec, seeds, records)
    refuse_existing(runs)
    return told_of_all(runs, train_many(runs, in_processes))
