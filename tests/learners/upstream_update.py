"""Run as a program: one update by EPyMARL's own learner for each case in a file.

    python upstream_update.py CHECKOUT CASES RESULTS

A program of its own, because EPyMARL's modules have names such as ``utils`` and ``components``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch


class Log:
    """EPyMARL's logger, as far as learners see it."""

    def __init__(self) -> None:
        self.logged: dict[str, float] = {}

    def log_stat(self, key: str, value: float, t: int) -> None:
        del t
        self.logged[key] = float(value)


def copy_weights(module: Any, weights: list[torch.Tensor]) -> None:
    for parameter, weight in zip(module.parameters(), weights, strict=True):
        parameter.data.copy_(weight)


def build(case: dict[str, Any]) -> tuple[Any, Any, Log]:
    """Build mac and learner; returns the learner, the episodes and the learner's logger."""
    buffer: Any = importlib.import_module("components.episode_buffer")
    transforms: Any = importlib.import_module("components.transforms")
    macs: Any = importlib.import_module("controllers").REGISTRY
    learners: Any = importlib.import_module("learners").REGISTRY
    args = SimpleNamespace(**case["args"])
    data = case["data"]
    onehot = [transforms.OneHot(out_dim=args.n_actions)]
    games, slots = data["filled"].shape[:2]
    batch = buffer.EpisodeBatch(
        case["scheme"],
        {"agents": args.n_agents},
        games,
        slots,
        preprocess={"actions": ("actions_onehot", onehot)},
    )
    batch.update({key: value for key, value in data.items() if key != "filled"})
    batch.data.transition_data["filled"] = data["filled"].clone()
    log = Log()
    mac = macs[args.mac](batch.scheme, {"agents": args.n_agents}, args)
    return learners[args.learner](mac, batch.scheme, log, args), batch, log


def update(case: dict[str, Any]) -> dict[str, Any]:
    """Copy the weights into a new learner and train once on the episodes."""
    learner, batch, log = build(case)
    for name, weights in case["weights"].items():
        copy_weights(getattr(learner, name), weights)
    if hasattr(learner, "old_mac"):
        learner.old_mac.load_state(learner.mac)
    learner.train(batch, 1, 0)
    names = [name for name in case["weights"] if not name.startswith("target_")]
    parameters = {name: list(getattr(learner, name).parameters()) for name in names}
    return {
        "logged": log.logged,
        "gradients": {name: [p.grad for p in own] for name, own in parameters.items()},
        "weights": {name: [p.detach() for p in own] for name, own in parameters.items()},
    }


def exchange(case: dict[str, Any]) -> dict[str, Any]:
    """Read the models in folder ``ours``; train once; write models into folder ``theirs``."""
    learner, batch, _ = build(case)
    learner.load_models(case["ours"])
    names = ("mac", "mixer", "critic")
    modules = {name: getattr(learner, name, None) for name in names}
    read = {name: weights(module) for name, module in modules.items() if module is not None}
    learner.train(batch, 1, 0)
    learner.save_models(case["theirs"])
    return {
        "read": read,
        "written": {name: weights(modules[name]) for name in read},
    }


def weights(module: Any) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in module.parameters()]


def lambda_targets(case: dict[str, Any]) -> Any:
    """Return what EPyMARL's function makes of rewards, ends and target values."""
    functions: Any = importlib.import_module("utils.rl_utils")
    return functions.build_td_lambda_targets(**case)


def main(checkout: str, cases: str, results: str) -> None:
    sys.path[0] = str(Path(checkout) / "src")
    questions = torch.load(cases, weights_only=True)
    answers = {name: update(case) for name, case in questions.get("updates", {}).items()}
    answers |= {name: exchange(case) for name, case in questions.get("exchanges", {}).items()}
    if "lambda" in questions:
        answers["lambda"] = lambda_targets(questions["lambda"])
    torch.save(answers, results)


if __name__ == "__main__":
    main(*sys.argv[1:])
