"""``main.py evaluate RUN [--episodes N] [--backend NAME] ... [with env_args.key=value ...]``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acd_plugin.analysis.statistics import Interval, mean_interval
from acd_plugin.errors import UserError
from acd_plugin.running.stored_run import load_policy, open_run
from acd_plugin.tracking.checkpoint import Checkpoint
from acd_plugin.tracking.console import set_up_logging
from acd_plugin.tracking.run_folder import RunFolder

_BACKEND = "env_args.backend="
Outcome = dict[str, NDArray[np.float64]]


def evaluate(
    name: str,
    results: str,
    episodes: int,
    seed: int,
    render: bool,
    backend: str | None,
    overrides: list[str],
) -> int:
    """Play greedy games with a stored policy, print the outcome and store it; returns the code.

    With a ``backend`` other than the policy's own, the same games are played on both.
    """
    _check(episodes, seed, backend, overrides)
    set_up_logging()
    path, checkpoint = open_run(name, results)
    plays = {_backend_of(checkpoint, overrides): overrides}
    if backend is not None:
        plays.setdefault(backend, [*overrides, f"{_BACKEND}{backend}"])
    outcomes = {
        played_on: _play(path, checkpoint, seed, words, episodes, render)
        for played_on, words in plays.items()
    }
    print(f"{path} ({checkpoint.config['name']}, trained for {checkpoint.t_env:,} steps)")
    print(f"{episodes} greedy games, seed {seed}")
    if len(outcomes) == 1:
        _print(*outcomes.values())
    else:
        _print_both(outcomes)
    records = [
        {
            "time": datetime.now(timezone.utc).isoformat(),
            "checkpoint": path.name,
            "t_env": checkpoint.t_env,
            "episodes": episodes,
            "seed": seed,
            "overrides": words,
            **_report(outcomes[played_on]),
            "returns": outcomes[played_on]["return"].tolist(),
        }
        for played_on, words in plays.items()
    ]
    return _store(path, records)


def _check(episodes: int, seed: int, backend: str | None, overrides: Sequence[str]) -> None:
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
        if backend is not None and text.startswith(_BACKEND):
            raise UserError(f"--backend={backend} and '{text}': give only one of them")


def _backend_of(checkpoint: Checkpoint, overrides: Sequence[str]) -> str:
    chosen = [text.removeprefix(_BACKEND) for text in overrides if text.startswith(_BACKEND)]
    own = checkpoint.config["env_args"].get("backend", "")
    return str(chosen[-1] if chosen else own)


def _play(
    path: Path, checkpoint: Checkpoint, seed: int, overrides: list[str], episodes: int, render: bool
) -> Outcome:
    training = load_policy(path, checkpoint, seed, overrides)
    outcome = training.evaluate(episodes, render)
    training.runner.close_env()
    return outcome


def _report(outcome: Outcome) -> dict[str, Any]:
    """Mean, standard deviation and bootstrap interval of the return, and all other means."""
    returns = outcome["return"]
    return {
        "return_mean": float(returns.mean()),
        "return_std": float(returns.std(ddof=1)),
        "return_ci95": list(mean_interval(returns)),
        "statistics": {
            key: float(values.mean()) for key, values in outcome.items() if key != "return"
        },
    }


def _print(outcome: Outcome) -> None:
    report = _report(outcome)
    low, high = report["return_ci95"]
    print(
        f"  {'return':<26} {report['return_mean']:9.3f}   sd {report['return_std']:.3f}, ", end=""
    )
    print(f"95% confidence interval of the mean [{low:.3f}, {high:.3f}]")
    for key, value in report["statistics"].items():
        print(f"  {key:<26} {value:9.3f}")


def _print_both(outcomes: dict[str, Outcome]) -> None:
    """Print all means side by side; game by game, the attacker's own chances are the same."""
    (own, ours), (other, theirs) = outcomes.items()
    print("means with 95% confidence intervals")
    print(f"  {'':<26} {own:>27} {other:>27} {f'{other} - {own}':>27}")
    for key, values in ours.items():
        columns = (values, theirs[key], theirs[key] - values)
        print(f"  {key:<26} " + " ".join(f"{_with_interval(column):>27}" for column in columns))


def _with_interval(values: NDArray[np.float64]) -> str:
    interval: Interval = mean_interval(values)
    return f"{values.mean():.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def _store(path: Path, records: list[dict[str, Any]]) -> int:
    """Append the records to the run's evaluations, if the checkpoint lies in a run folder."""
    folder = RunFolder(path.parent.parent)
    if not (folder.path / "run.json").is_file():
        print("not stored: the checkpoint does not lie in a run folder")
        return 0
    try:
        with folder.evaluations.open("a") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
    except OSError as error:
        raise UserError(f"{folder.evaluations}: cannot be written ({error.strerror})") from None
    print(f"stored in {folder.evaluations}")
    return 0
