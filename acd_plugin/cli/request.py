"""What ``train`` was asked for, in words: read and checked as far as the files tell."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from acd_plugin.configuration.layers import Config, chosen_keys, configure, read_overrides
from acd_plugin.configuration.number_ranges import read_numbers
from acd_plugin.hosts.epymarl.checkout import Checkout, find_checkout
from acd_plugin.tracking.remarks import check_remarks


@dataclass(frozen=True)
class Request:
    """A run, or one for each of several seeds."""

    config: Config
    chosen: frozenset[str]  # keys that the user set himself
    seeds: list[int]  # empty: the one in the configuration
    checkout: Checkout | None  # in whose loop


def read_request(options: argparse.Namespace) -> Request:
    """Return what these words ask for; UserError for whatever is wrong with them."""
    check_remarks(options.tag, options.note)
    changes = read_overrides(options.overrides)
    seeds = _several(changes)
    if seeds:
        changes["seed"] = seeds[0]
    checkout = find_checkout(options.epymarl)
    below = checkout.config if checkout else None
    config = configure(options.config, options.env_config, changes, below, options.plugins)
    if options.tag:
        config["tags"] = options.tag
    chosen = chosen_keys(options.config, options.env_config, changes, below)
    return Request(config, chosen, seeds, checkout)


def _several(changes: dict[str, object]) -> list[int]:
    """Return the seeds, if ``seed`` names several; a single number is one run as ever."""
    seed = changes.get("seed")
    return read_numbers(seed, "seed") if isinstance(seed, str | list | tuple) else []
