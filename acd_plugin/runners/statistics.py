"""Sums over episodes until the next time they are logged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.components.contracts import StateDict, StatLogger


class EpisodeStatistics:
    """Collects returns, lengths and named statistics; logs their means under EPyMARL's names."""

    def __init__(self) -> None:
        self._returns: list[float] = []
        self._sums: dict[str, float] = {}

    @property
    def episodes(self) -> int:
        return len(self._returns)

    def add(
        self,
        returns: NDArray[np.float64],
        lengths: NDArray[np.int64],
        stats: dict[str, NDArray[np.float64]],
    ) -> None:
        """Add episodes; all arrays are (G,)."""
        self._returns += returns.tolist()
        for name, values in {"ep_length": lengths, **stats}.items():
            self._sums[name] = self._sums.get(name, 0.0) + float(values.sum())

    def log(self, logger: StatLogger, prefix: str, t_env: int) -> None:
        """Log ``return_mean``, ``return_std`` and ``NAME_mean`` of every statistic; start anew."""
        logger.log_stat(f"{prefix}return_mean", float(np.mean(self._returns)), t_env)
        logger.log_stat(f"{prefix}return_std", float(np.std(self._returns)), t_env)
        for name, total in self._sums.items():
            logger.log_stat(f"{prefix}{name}_mean", total / self.episodes, t_env)
        self._returns, self._sums = [], {}

    def state_dict(self) -> StateDict:
        return {"returns": self._returns, "sums": self._sums}

    def load_state_dict(self, state: StateDict) -> None:
        self._returns, self._sums = list(state["returns"]), dict(state["sums"])
