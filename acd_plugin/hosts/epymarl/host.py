"""Put the plugin's classes into EPyMARL's registries and let its `run` drive."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from acd_plugin.controllers import REGISTRY as CONTROLLERS
from acd_plugin.envs.registry import REGISTRY as ENVS
from acd_plugin.envs.registry import blueprint_of
from acd_plugin.errors import UserError, find
from acd_plugin.hosts.epymarl.checkout import Checkout, import_from
from acd_plugin.hosts.epymarl.workers import watched_workers
from acd_plugin.hosts.host import Host
from acd_plugin.learners import REGISTRY as LEARNERS
from acd_plugin.runners import REGISTRY as RUNNERS

_log = logging.getLogger("acd_plugin")


class _RecordedRun:
    """What EPyMARL's logger sees of a Sacred run.

    It appends every metric to ``info`` as well, a document that would be written anew at every
    heartbeat and grow without end; the metrics alone hold the same numbers.
    """

    def __init__(self, run: Any) -> None:
        self._run = run
        self.info: dict[str, Any] = {}

    def log_scalar(self, name: str, value: Any, step: int) -> None:
        self._run.log_scalar(name, float(value), int(step))

    def latest(self, name: str) -> float | None:
        values = self.info.get(name)
        return float(values[-1]) if values else None


def load_host(checkout: Checkout) -> Host:
    """Import the checkout and register our classes; names that EPyMARL has keep its meaning."""
    modules = {
        name: import_from(checkout, name)
        for name in ("run", "envs", "runners", "controllers", "learners")
    }
    for name, ours in (
        ("envs", ENVS),
        ("runners", RUNNERS),
        ("controllers", CONTROLLERS),
        ("learners", LEARNERS),
    ):
        registry = modules[name].REGISTRY
        registry.update({key: value for key, value in ours.items() if key not in registry})
    batch_module = import_from(checkout, "components.episode_buffer")
    return Host(
        name="epymarl",
        reason=checkout.reason,
        episode_batch=batch_module.EpisodeBatch,
        runners=modules["runners"].REGISTRY,
        controllers=modules["controllers"].REGISTRY,
        learners=modules["learners"].REGISTRY,
        loop=_loop(modules["run"]),
    )


def _loop(upstream: Any) -> Callable[[Any, dict[str, Any], str], float | None]:
    def loop(run: Any, config: dict[str, Any], folder: str) -> float | None:
        """Train in EPyMARL's own loop; everything it writes goes into ``folder``."""
        config = _prepared(config, folder)
        mac_class = find(upstream.mac_REGISTRY, "mac", config["mac"])
        upstream.ReplayBuffer = _with_extra_scheme(upstream.ReplayBuffer, mac_class, config)
        torch.set_num_threads(config["torch_threads"])
        torch.manual_seed(config["seed"])
        np.random.seed(config["seed"] % 2**32)
        recorded = _RecordedRun(run)
        try:
            with watched_workers():
                upstream.run(recorded, config, _log)
        except UserError:
            raise
        except Exception as error:
            raise RuntimeError(f"in the host epymarl: {type(error).__name__}: {error}") from error
        return recorded.latest("test_return_mean")

    return loop


def _prepared(config: dict[str, Any], folder: str) -> dict[str, Any]:
    """Add what EPyMARL's own main would have added."""
    env_args = {
        "map_name": config["env_args"].get("scenario", config["env"]),
        **config["env_args"],
        "seed": config["seed"],
    }
    blueprint = blueprint_of(config["env"], config["env_args"])
    added = {"env_args": env_args, "local_results_path": folder, "blueprint": blueprint}
    return {**config, **added}


def _with_extra_scheme(buffer: Any, mac_class: Any, config: dict[str, Any]) -> Any:
    """Return the buffer class, made to add what the controller stores to the scheme.

    EPyMARL's scheme is a local of its loop, which builds the buffer from it before it hands the
    same dictionary to the runner: the buffer's constructor is the one place where it can grow.
    """
    buffer = getattr(buffer, "original", buffer)  # an earlier run in this process extended it
    if not hasattr(mac_class, "extra_scheme"):
        return buffer
    extra = mac_class.extra_scheme(SimpleNamespace(**config))

    class ExtendedBuffer(buffer):  # type: ignore[misc]
        original = buffer

        def __init__(self, scheme: dict[str, Any], *args: Any, **kwargs: Any) -> None:
            scheme.update(extra)
            super().__init__(scheme, *args, **kwargs)

    return ExtendedBuffer
