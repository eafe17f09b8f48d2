"""Runners: they play episodes with a controller."""

from acd_plugin.runners.batch_runner import BatchRunner

__all__ = ["REGISTRY", "BatchRunner"]

REGISTRY = {"batch": BatchRunner}
