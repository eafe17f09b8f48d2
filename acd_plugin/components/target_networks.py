"""Target networks: slowly following copies of the networks that learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import nn


class TargetPair(NamedTuple):
    """A network that learns, and the copy that follows it."""

    target: nn.Module
    online: nn.Module


class TargetNetworks:
    """Follows ``target_update_interval_or_tau``, whose values above 1 are an interval in updates.

    At most 1, it is the share by which the targets move at every update (Lillicrap et al. 2016).
    """

    def __init__(self, interval_or_tau: float, pairs: Mapping[str, TargetPair]) -> None:
        """``pairs`` have the names under which the targets are stored with a run."""
        self._interval_or_tau = interval_or_tau
        self.pairs = pairs
        self.last_copy = 0  # to be stored with a run

    def follow(self, updates: int) -> None:
        """Do what is due after the learner's update number ``updates``, counted from 1."""
        share = self.share_due(updates)
        if share == 1:
            self.copy()
        elif share > 0:
            self._move(share)

    def share_due(self, updates: int) -> float:
        """Return how far the targets move after this update: 0 is not at all, 1 makes them equal.

        To be asked once after every update.
        """
        if self._interval_or_tau <= 1:
            return self._interval_or_tau
        if updates - self.last_copy < self._interval_or_tau:
            return 0.0
        self.last_copy = updates
        return 1.0

    def copy(self) -> None:
        """Make all targets equal to the networks that they follow."""
        for target, online in self.pairs.values():
            target.load_state_dict(online.state_dict())

    @torch.no_grad()
    def _move(self, share: float) -> None:
        for target, online in self.pairs.values():
            values = zip(target.state_dict().values(), online.state_dict().values(), strict=True)
            for one, other in values:
                one.lerp_(other, share)
