"""Runners: they play episodes with a controller."""

from __future__ import annotations

from collections.abc import Callable

from acd_plugin.runners.batch_runner import BatchRunner
from acd_plugin.runners.runner import Runner

__all__ = ["REGISTRY", "BatchRunner", "Runner"]

# A host adds the class with which it stores episodes, and keeps EPyMARL's signature.
REGISTRY: dict[str, Callable[..., Runner]] = {"batch": BatchRunner}
