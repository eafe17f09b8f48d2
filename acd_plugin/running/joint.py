"""Where runs that are trained together come from."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Protocol

from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.training import Training

Ended = Callable[[int, BaseException | None], None]


class NotTogetherError(UserError):
    """Why runs cannot be trained together, in one line."""


class Joint(Protocol):
    """Runs that differ only in their seeds, trained in step with each other."""

    def train(self, ended: Ended) -> None:
        """Train all; tells of each how it ended: None when it is complete."""
        ...


def lay_together(runs: Sequence[Training], device: str) -> Joint:
    """Return runs laid together on a device; raises NotTogetherError where they cannot be."""
    try:
        module = importlib.import_module("acd_plugin.hosts.builtin.joint")
    except ModuleNotFoundError:
        raise NotTogetherError("this release trains them one by one") from None
    try:
        joint: Joint = module.JointTraining(runs, device)
    except module.NotTogetherError as error:
        raise NotTogetherError(str(error)) from None
    return joint
