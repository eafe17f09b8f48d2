"""What a person sees of runs that are trained together: one bar and one line for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from acd_plugin.running.console import Console, TimeLeft, line_of, logger, progress_bar

_RANGE = "test_return_mean"  # of which the lowest and the highest are shown, too


class GroupConsole:
    """The console that runs share; each has a `Console` of its own in it.

    The bar counts the steps of one run, and games per second over all. A line tells the means over
    the runs, once all have said their numbers.
    """

    def __init__(self, runs: int, t_max: int, t_env: int) -> None:
        self._live = set(range(runs))
        self._steps = dict.fromkeys(range(runs), t_env)
        self._episodes = dict.fromkeys(range(runs), 0)
        self._said: dict[int, tuple[int, Mapping[str, float]]] = {}
        self._began, self._first_episodes = time.monotonic(), -1
        self._bar = progress_bar(t_max, t_env)
        self._left = TimeLeft(t_max)

    def of(self, run: int, write: Callable[[str], None]) -> Console:
        """Return the console of one run; ``write`` gets the lines of its own."""
        return _Share(self, run, write)

    def ended(self, run: int) -> None:
        """Wait no more for a run."""
        self._live.discard(run)
        self._tell_if_all_have_said()

    def close(self) -> None:
        self._bar.close()

    def advance(self, run: int, t_env: int, episodes: int) -> None:
        """Show that a run has come so far; the bar moves with the last one of each round."""
        self._steps[run], self._episodes[run] = t_env, episodes
        if run != max(self._live, default=run):
            return
        played = sum(self._episodes.values())
        if self._first_episodes < 0:  # the first epoch includes the start: do not count it
            self._began, self._first_episodes = time.monotonic(), played
        seconds = time.monotonic() - self._began
        if played > self._first_episodes and seconds:
            speed = (played - self._first_episodes) / seconds
            told = f"{len(self._live)} seeds, {speed:,.0f} games/s over all"
            self._bar.set_postfix_str(told, refresh=False)
        reached = fmean(self._steps[live] for live in self._live or [run])
        self._left.note(round(reached))
        self._bar.update(reached - self._bar.n)

    def say(self, run: int, step: int, numbers: Mapping[str, float]) -> None:
        """Take note of a run's most telling numbers."""
        self._said[run] = (step, numbers)
        self._tell_if_all_have_said()

    def _tell_if_all_have_said(self) -> None:
        if not self._said or not self._live <= self._said.keys():
            return
        step = round(fmean(step for step, _ in self._said.values()))
        numbers = [said for _, said in self._said.values()]
        logger.info("%s%s", line_of(step, _means(numbers)), _range(numbers))
        self._said.clear()


def _means(numbers: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {
        key: fmean(one[key] for one in numbers if key in one)
        for key in dict.fromkeys(key for one in numbers for key in one)
    }


def _range(numbers: Sequence[Mapping[str, float]]) -> str:
    values = [one[_RANGE] for one in numbers if _RANGE in one]
    means = f"means of {len(numbers)} seeds" if len(numbers) > 1 else "one seed"
    if not values:
        return f" ({means})"
    return f" ({means}; {_RANGE} from {min(values):.3f} to {max(values):.3f})"


class _Share:
    """A run's own part of the console."""

    def __init__(self, console: GroupConsole, run: int, write: Callable[[str], None]) -> None:
        self._console = console
        self._run = run
        self._write = write

    def advance(self, t_env: int, episodes: int) -> None:
        self._console.advance(self._run, t_env, episodes)

    def say(self, step: int, numbers: Mapping[str, float]) -> None:
        self._write(line_of(step, numbers))
        self._console.say(self._run, step, numbers)

    def close(self) -> None:
        """The console belongs to all."""
