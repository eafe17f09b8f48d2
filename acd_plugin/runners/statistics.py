"""Sums over episodes until the next time they are logged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acd_plugin.components.contracts import StateDict, StatLogger


class EpisodeStatistics:
    """Collects returns, lengths and named statistics; logs their means under EPyMARL's names."""

    def __init__(self) -> None:
        self._returns: list[float] = []
        self._sums: dict[str, float] = {}
        self._named: dict[str, list[float]] = {}  # returns by the name of the game's kind

    @property
    def episodes(self) -> int:
        return len(self._returns)

    def add(
        self,
        returns: NDArray[np.float64],
        lengths: NDArray[np.int64],
        stats: dict[str, NDArray[np.float64]],
        names: Sequence[str] = (),
    ) -> None:
        """Add episodes; all arrays are (G,), and ``names``, if there are any, tell their kinds."""
        self._returns += returns.tolist()
        for name, value in zip(names, returns.tolist(), strict=False):
            self._named.setdefault(name, []).append(value)
        for name, values in {"ep_length": lengths, **stats}.items():
            self._sums[name] = self._sums.get(name, 0.0) + float(values.sum())

    def log(self, logger: StatLogger, prefix: str, t_env: int) -> None:
        """Log ``return_mean``, ``return_std`` and ``NAME_mean`` of every statistic; start anew.

        And ``return_KIND_mean`` where games are of named kinds.
        """
        logger.log_stat(f"{prefix}return_mean", float(np.mean(self._returns)), t_env)
        logger.log_stat(f"{prefix}return_std", float(np.std(self._returns)), t_env)
        for name, total in self._sums.items():
            logger.log_stat(f"{prefix}{name}_mean", total / self.episodes, t_env)
        for name, values in sorted(self._named.items()):
            logger.log_stat(f"{prefix}return_{name}_mean", float(np.mean(values)), t_env)
        self._returns, self._sums, self._named = [], {}, {}

    def state_dict(self) -> StateDict:
        return {"returns": self._returns, "sums": self._sums, "named": self._named}

    def load_state_dict(self, state: StateDict) -> None:
        self._returns, self._sums = list(state["returns"]), dict(state["sums"])
        self._named = {name: list(values) for name, values in state.get("named", {}).items()}
