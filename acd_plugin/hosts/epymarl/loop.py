"""Train in EPyMARL's own loop."""

from __future__ import annotations

import logging
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import torch

from acd_plugin.components.contracts import Scheme
from acd_plugin.configuration.layers import Config
from acd_plugin.errors import UserError, find
from acd_plugin.hosts.epymarl.workers import watched_workers
from acd_plugin.hosts.host import MetricLog
from acd_plugin.runners.controller_extras import extra_scheme

_log = logging.getLogger("acd_plugin")


class _RecordedRun:
    """What EPyMARL's logger sees of a Sacred run.

    It appends every metric to ``info`` as well, a document that would be written anew at every
    heartbeat and grow without end; the metrics alone hold the same numbers.
    """

    def __init__(self, run: MetricLog) -> None:
        self._run = run
        self.info: dict[str, list[float]] = {}

    def log_scalar(self, name: str, value: float, step: int) -> None:
        self._run.log_scalar(name, float(value), int(step))

    def latest(self, name: str) -> float | None:
        values = self.info.get(name)
        return float(values[-1]) if values else None


def train(upstream: ModuleType, run: MetricLog, config: Config, folder: str) -> float | None:
    """Let EPyMARL's module ``run`` train; everything it writes goes into ``folder``.

    The configuration also holds the environment's ``blueprint``.
    """
    config = _prepared(config, folder)
    mac_class = find(upstream.mac_REGISTRY, "mac", config["mac"])
    extra = extra_scheme(mac_class, SimpleNamespace(**config))
    upstream.ReplayBuffer = _with_extra_scheme(upstream.ReplayBuffer, extra)  # type: ignore[attr-defined]
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


def _prepared(config: Config, folder: str) -> Config:
    """Add what EPyMARL's own main would have added."""
    env_args = {
        "map_name": config["env_args"].get("scenario", config["env"]),
        **config["env_args"],
        "seed": config["seed"],
    }
    return {**config, "env_args": env_args, "local_results_path": folder}


def _with_extra_scheme(buffer: Any, extra: Scheme) -> Any:
    """Return EPyMARL's buffer class, made to add ``extra`` to the scheme.

    EPyMARL's scheme is a local of its loop, which builds the buffer from it before it hands the
    same dictionary to the runner: the buffer's constructor is the one place where it can grow.
    """
    buffer = getattr(buffer, "original", buffer)  # an earlier run in this process extended it
    if not extra:
        return buffer

    class ExtendedBuffer(buffer):  # type: ignore[misc]
        original = buffer

        def __init__(self, scheme: Scheme, *args: Any, **kwargs: Any) -> None:
            scheme.update(extra)
            super().__init__(scheme, *args, **kwargs)

    return ExtendedBuffer
