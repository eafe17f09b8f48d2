"""What of a run's record could not be written, and why."""

from __future__ import annotations

METRICS = "metrics.jsonl"
CHECKPOINT = "the last checkpoint"
RUN = "run.json"
PICTURE = "learning_curve.png"


class Unwritten:
    """Names of files or of other parts of a record; what follows later is taken off again."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def add(self, name: str, reason: str) -> None:
        self._reasons[name] = reason

    def discard(self, name: str) -> None:
        self._reasons.pop(name, None)

    def reason(self, name: str) -> str:
        return self._reasons[name]

    def __bool__(self) -> bool:
        return bool(self._reasons)

    def __contains__(self, name: str) -> bool:
        return name in self._reasons

    def __str__(self) -> str:
        """The names, each reason once."""
        names: dict[str, list[str]] = {}
        for name, reason in self._reasons.items():
            names.setdefault(reason, []).append(name)
        return "; ".join(f"{', '.join(own)} ({reason})" for reason, own in names.items())
