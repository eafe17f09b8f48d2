"""Values that change with the number of environment steps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LinearSchedule:
    """From ``start`` to ``finish`` in ``steps`` environment steps, then constant."""

    start: float
    finish: float
    steps: int

    def at(self, t_env: int) -> float:
        if self.steps <= 0 or t_env >= self.steps:
            return self.finish
        return self.start + (self.finish - self.start) * t_env / self.steps
