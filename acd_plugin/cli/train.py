"""``main.py --config=ALG --env-config=ENV [with key=value ...]``."""

from __future__ import annotations

import sys
from typing import Any

from acd_plugin import hosts
from acd_plugin.config import load_config
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.builtin.memory import check_memory
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.tracking.checkpoint import Checkpoint
from acd_plugin.tracking.console import logger, program, set_up_logging
from acd_plugin.tracking.experiment import RunStopped, run_training
from acd_plugin.tracking.recorder import NullRecorder
from acd_plugin.tracking.run_folder import RunFolder, check_writable


def train(algorithm: str, env: str, overrides: list[str]) -> int:
    """Start a new run; returns the exit code."""
    config = load_config(algorithm, env, overrides)
    return run(config)


def run(config: dict[str, Any], resume: tuple[RunFolder, Checkpoint] | None = None) -> int:
    """Check what can be checked before anything is written, then train; returns the exit code."""
    set_up_logging()
    hosts.use(BUILTIN)
    check_memory(config)
    # What a component refuses shows when the run is built: better before there is a run folder.
    Training(config, NullRecorder())
    check_writable(config["local_results_path"])
    logger.info("host: %s (%s)", BUILTIN.name, BUILTIN.reason)
    logger.info("environment: %s %s", config["env"], _summary(config["env_args"]))
    try:
        folder = run_training(config, resume)
    except RunStopped as stopped:
        print(stopped, file=sys.stderr)
        return 130
    except KeyboardInterrupt:
        print("stopped at once; what the last checkpoint does not hold is lost", file=sys.stderr)
        return 130
    print(f"done: {folder.path} (evaluate with: {program()} evaluate {folder.path})")
    return 0


def _summary(env_args: dict[str, Any]) -> str:
    """The plain values of the environment's arguments."""
    plain = {key: value for key, value in env_args.items() if not isinstance(value, dict)}
    return ", ".join(f"{key}={value}" for key, value in plain.items())
