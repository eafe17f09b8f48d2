"""``main.py --config=ALG --env-config=ENV [--epymarl=PATH] [with key=value ...]``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.configuration.layers import load_config
from acd_plugin.configuration.plugins import load_plugins
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.epymarl.checkout import find_checkout
from acd_plugin.hosts.epymarl.host import load_host
from acd_plugin.running.recorded_run import RunStopped
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.sacred_run import About
from acd_plugin.running.train import Records
from acd_plugin.running.train import train as train_run
from acd_plugin.tracking.console import program, set_up_logging
from acd_plugin.tracking.run_folder import RunFolder


class RecordOptions(NamedTuple):
    """What the command line says about the record of a run."""

    mongo: str | None = None  # URL of a MongoDB that gets a copy
    tags: tuple[str, ...] = ()
    note: str | None = None
    command_line: str | None = None


def train(
    algorithm: str,
    env: str,
    epymarl: str | None,
    options: RecordOptions,
    overrides: list[str],
    plugins: Sequence[str] = (),
) -> int:
    """Start a new run in the built-in host or in an EPyMARL checkout; returns the exit code."""
    set_up_logging()
    checkout = find_checkout(epymarl)
    below = checkout.config if checkout else None
    config = load_config(algorithm, env, overrides, below, plugins)
    if options.tags:
        config["tags"] = list(options.tags)
    load_plugins(config["plugins"])  # before a host takes over what is registered
    host = load_host(checkout) if checkout else BUILTIN
    about = About(options.note, options.command_line)
    records = Records(options.mongo, draw_run)
    spec = resolve(config, host.name)
    return told(lambda: train_run(spec, about, records, host), can_be_evaluated=host.loop is None)


def told(run: Callable[[], RunFolder], can_be_evaluated: bool = True) -> int:
    """Train and say how it ended; returns the exit code."""
    try:
        folder = run()
    except RunStopped as stopped:
        print(stopped, file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print("stopped at once; what the last checkpoint does not hold is lost", file=sys.stderr)
        return 130
    hint = f" (evaluate with: {program()} evaluate {folder.path})" if can_be_evaluated else ""
    print(f"done: {folder.path}{hint}")
    return 0
