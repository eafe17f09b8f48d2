"""Target networks: slowly following copies of the networks that learn."""

from __future__ import annotations

import torch
from torch import nn


class TargetNetworks:
    """Follows ``target_update_interval_or_tau``, whose values above 1 are an interval.

    At most 1, it is the share by which the targets move at every update (Lillicrap et al. 2016).
    """

    def __init__(self, interval_or_tau: float, pairs: list[tuple[nn.Module, nn.Module]]) -> None:
        """``pairs`` are (target, online)."""
        self._interval_or_tau = interval_or_tau
        self._pairs = pairs
        self.last_copy = 0  # to be stored with a run

    @torch.no_grad()
    def follow(self, count: int) -> None:
        """Update after the ``count``-th unit (update or episode) in which the interval counts."""
        if self._interval_or_tau > 1:
            if count - self.last_copy >= self._interval_or_tau:
                for target, online in self._pairs:
                    target.load_state_dict(online.state_dict())
                self.last_copy = count
            return
        for target, online in self._pairs:
            values = zip(target.state_dict().values(), online.state_dict().values(), strict=True)
            for one, other in values:
                one.lerp_(other, self._interval_or_tau)
