"""``main.py --config=ALG --env-config=ENV [--epymarl=PATH] [with key=value ...]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.configuration.layers import load_config
from acd_plugin.errors import program
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.epymarl.checkout import find_checkout
from acd_plugin.hosts.epymarl.host import load_host
from acd_plugin.running.console import set_up_logging
from acd_plugin.running.recorded_run import Records, RunStopped
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.train import train
from acd_plugin.tracking.run_folder import RunFolder


def run(options: argparse.Namespace) -> int:
    """Start a new run in the built-in host or in an EPyMARL checkout."""
    set_up_logging()
    checkout = find_checkout(options.epymarl)
    below = checkout.config if checkout else None
    config = load_config(
        options.config, options.env_config, options.overrides, below, options.plugins
    )
    if options.tag:
        config["tags"] = options.tag
    host = load_host(checkout) if checkout else BUILTIN
    spec = resolve(config, host.name)
    records = Records(options.note, options.command_line, options.mongo, draw_run)
    return told(lambda: train(spec, records, host), can_be_evaluated=host.loop is None)


def told(do: Callable[[], RunFolder], can_be_evaluated: bool = True) -> int:
    """Train and say how it ended; returns the exit code."""
    try:
        folder = do()
    except RunStopped as stopped:
        print(stopped, file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print("stopped at once; what the last checkpoint does not hold is lost", file=sys.stderr)
        return 130
    hint = f" (evaluate with: {program()} evaluate {folder.path})" if can_be_evaluated else ""
    print(f"done: {folder.path}{hint}")
    return 0
