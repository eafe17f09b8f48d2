"""What a training loop reports, and what of it the console tells."""

from __future__ import annotations

from collections.abc import Mapping

from acd_plugin.running.recorder import Recorder


class Told:
    """A console that keeps the last line."""

    def __init__(self) -> None:
        self.step = 0
        self.numbers: Mapping[str, float] = {}

    def advance(self, t_env: int, episodes: int) -> None: ...

    def say(self, step: int, numbers: Mapping[str, float]) -> None:
        self.step, self.numbers = step, numbers

    def close(self) -> None: ...


def test_the_console_tells_the_last_test_and_the_mean_of_recent_games() -> None:
    console = Told()
    recorder = Recorder(console, save=lambda *_: None, should_stop=lambda: False)
    for step, value in enumerate([-200.0, -100.0, -30.0]):
        recorder.log_stat("return_mean", value, step)
        recorder.log_stat("test_return_mean", value, step)
    recorder.print_recent_stats()
    assert console.step == 2
    assert console.numbers["return_mean"] == -110.0
    assert console.numbers["test_return_mean"] == -30.0
