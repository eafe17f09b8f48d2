"""``main.py evaluate RUN [--episodes N] [--seed S] [--render] [with env_args.key=value ...]``."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from acd_plugin import hosts
from acd_plugin.cli.stored_run import load_policy, open_run
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.tracking.checkpoint import Checkpoint
from acd_plugin.tracking.console import set_up_logging
from acd_plugin.tracking.run_folder import RunFolder

_CONFIDENCE = 0.95


def evaluate(
    name: str, results: str, episodes: int, seed: int, render: bool, overrides: list[str]
) -> int:
    """Play greedy games with a stored policy, print the outcome and store it; returns the code."""
    if episodes < 2:
        raise UserError(f"--episodes is {episodes}: must be at least 2")
    if seed < 0:
        raise UserError(f"--seed is {seed}: must be at least 0")
    for text in overrides:
        if not text.startswith("env_args."):
            raise UserError(
                f"cannot evaluate with '{text}': a trained policy plays with its own settings, and "
                "only the environment may change (env_args.KEY=VALUE)"
            )
    set_up_logging()
    hosts.use(BUILTIN)
    path, checkpoint = open_run(name, results)
    training = load_policy(path, checkpoint, seed, overrides)
    outcome = training.evaluate(episodes, render)
    report = _report(outcome)
    _print(path, checkpoint, report, episodes, seed)
    record = {
        "time": datetime.now(timezone.utc).isoformat(),
        "checkpoint": path.name,
        "t_env": checkpoint.t_env,
        "episodes": episodes,
        "seed": seed,
        "overrides": overrides,
        **report,
        "returns": outcome["return"].tolist(),
    }
    return _store(path, record)


def _report(outcome: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Mean, standard deviation and bootstrap interval of the return, and all other means."""
    returns = outcome["return"]
    interval = stats.bootstrap(
        (returns,), np.mean, confidence_level=_CONFIDENCE, method="percentile", rng=0
    ).confidence_interval
    return {
        "return_mean": float(returns.mean()),
        "return_std": float(returns.std(ddof=1)),
        "return_ci95": [float(interval.low), float(interval.high)],
        "statistics": {
            key: float(values.mean()) for key, values in outcome.items() if key != "return"
        },
    }


def _print(
    path: Path, checkpoint: Checkpoint, report: dict[str, Any], episodes: int, seed: int
) -> None:
    low, high = report["return_ci95"]
    print(f"{path} ({checkpoint.config['name']}, trained for {checkpoint.t_env:,} steps)")
    print(f"{episodes} greedy games, seed {seed}")
    print(
        f"  {'return':<26} {report['return_mean']:9.3f}   sd {report['return_std']:.3f}, ", end=""
    )
    print(f"95% confidence interval of the mean [{low:.3f}, {high:.3f}]")
    for key, value in report["statistics"].items():
        print(f"  {key:<26} {value:9.3f}")


def _store(path: Path, record: dict[str, Any]) -> int:
    """Append the record to the run's evaluations, if the checkpoint lies in a run folder."""
    folder = RunFolder(path.parent.parent)
    if not (folder.path / "run.json").is_file():
        print("not stored: the checkpoint does not lie in a run folder")
        return 0
    try:
        with folder.evaluations.open("a") as file:
            file.write(json.dumps(record) + "\n")
    except OSError as error:
        raise UserError(f"{folder.evaluations}: cannot be written ({error.strerror})") from None
    print(f"stored in {folder.evaluations}")
    return 0
