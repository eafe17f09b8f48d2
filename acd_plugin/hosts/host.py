"""What a host is: whoever owns the training loop, the episode batches and the registries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from acd_plugin.configuration.layers import Config
from acd_plugin.controllers.controller import Controller
from acd_plugin.learners.learner import Learner
from acd_plugin.runners.runner import Runner


class MetricLog(Protocol):
    """What a host's own loop sees of a Sacred run."""

    def log_scalar(self, name: str, value: float, step: int) -> None:
        """Record one number at environment step ``step``."""
        ...


# A host's own loop: trains, writes its files into the folder and returns the last test's return.
Loop = Callable[[MetricLog, Config, str], float | None]


def _accept(config: Config) -> None:
    del config


@dataclass(frozen=True)
class Host:
    """What a host offers. The registries map a configuration's names to classes."""

    name: str
    reason: str  # why this host was chosen, for the log
    runners: Mapping[str, Callable[..., Runner]]
    controllers: Mapping[str, Callable[..., Controller]]
    learners: Mapping[str, Callable[..., Learner]]
    loop: Loop | None = None  # None: the built-in `Training`
    # Raises UserError for what its own loop cannot do, before anything is written.
    check: Callable[[Config], None] = _accept
