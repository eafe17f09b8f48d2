"""``main.py --config=ALG --env-config=ENV [--epymarl=PATH] [with key=value ...]``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple

from acd_plugin import __version__
from acd_plugin.analysis.curves.learning_curve import DEFAULT_METRIC, read_curve
from acd_plugin.analysis.curves.plots import save_curve
from acd_plugin.analysis.runs.run_record import read_record
from acd_plugin.configuration.layers import load_config
from acd_plugin.errors import UserError
from acd_plugin.hosts import Host
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.hosts.epymarl.checkout import find_checkout
from acd_plugin.hosts.epymarl.host import load_host
from acd_plugin.running.memory import check_memory
from acd_plugin.running.recorded_run import RunStopped, run_training
from acd_plugin.tracking.checkpoint import Checkpoint
from acd_plugin.tracking.console import logger, program, set_up_logging
from acd_plugin.tracking.recorder import NullRecorder
from acd_plugin.tracking.run_folder import RunFolder, check_writable
from acd_plugin.tracking.trackers.mongo.address import parse_address


class RecordOptions(NamedTuple):
    """What the command line says about the record of a run."""

    mongo: str | None = None  # URL of a MongoDB that gets a copy
    tags: tuple[str, ...] = ()
    note: str | None = None
    command_line: str | None = None


def train(
    algorithm: str, env: str, epymarl: str | None, records: RecordOptions, overrides: list[str]
) -> int:
    """Start a new run in the built-in host or in an EPyMARL checkout; returns the exit code."""
    set_up_logging()
    checkout = find_checkout(epymarl)
    if checkout is None:
        return run(load_config(algorithm, env, overrides), BUILTIN, records)
    config = load_config(algorithm, env, overrides, below=checkout.config)
    return run(config, load_host(checkout), records)


def run(
    config: dict[str, Any],
    host: Host,
    records: RecordOptions,
    resume: tuple[RunFolder, Checkpoint] | None = None,
) -> int:
    """Check what can be checked before anything is written, then train; returns the exit code."""
    url = records.mongo or config.get("mongo_url")
    mongo = parse_address(url) if url else None
    # A URL may hold a password, which is nothing to record.
    config = {**config, "host": host.name, "version": __version__, "mongo_url": None}
    config["tags"] = list(records.tags) or config.get("tags", [])
    check_memory(config)
    host.check(config)
    if host.loop is None:
        # What a component refuses shows when the run is built: better before there is a folder.
        Training(config, NullRecorder())
    check_writable(config["local_results_path"])
    logger.info("host: %s (%s)", host.name, host.reason)
    logger.info("environment: %s %s", config["env"], _summary(config["env_args"]))
    if mongo is not None:
        logger.info("records: also in %s", mongo)
    try:
        about = {"comment": records.note, "command_line": records.command_line}
        folder = run_training(config, resume, mongo, about, _draw, host)
    except RunStopped as stopped:
        print(stopped, file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print("stopped at once; what the last checkpoint does not hold is lost", file=sys.stderr)
        return 130
    hint = "" if host.loop else f" (evaluate with: {program()} evaluate {folder.path})"
    print(f"done: {folder.path}{hint}")
    return 0


def _draw(folder: RunFolder, path: Path) -> None:
    """Draw the run's learning curve, if it has one."""
    record = read_record(folder)
    try:
        save_curve(read_curve(record), record.name, DEFAULT_METRIC, path)
    except UserError:
        return  # it was never tested


def _summary(env_args: dict[str, Any]) -> str:
    """The plain values of the environment's arguments."""
    plain = {key: value for key, value in env_args.items() if not isinstance(value, dict)}
    return ", ".join(f"{key}={value}" for key, value in plain.items())
