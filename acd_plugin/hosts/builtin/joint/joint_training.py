"""The training loop of several runs at once; what it does for each run is `Training`'s.

Shape legend: S seeds, B games of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import torch

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.joint.graphs import repeatable
from acd_plugin.hosts.builtin.joint.history import History, kinds_of_games, next_episode, tell
from acd_plugin.hosts.builtin.joint.parts import NotTogetherError, Parts, put_together
from acd_plugin.hosts.builtin.joint.stacking import Snapshot
from acd_plugin.hosts.builtin.training import Training

Ended = Callable[[int, Exception | None], None]


class JointTraining:
    """Trains runs that differ only in their seeds, in step with each other.

    Nothing of what a run does depends on the others, but for the last digits of its networks'
    arithmetic. On a GPU nothing waits for the host but the numbers that are told, now and then.
    """

    def __init__(self, runs: Sequence[Training], device: str = "cpu") -> None:
        """Raises NotTogetherError where they cannot be trained together, in one line."""
        self._runs = runs
        self._going = set(range(len(runs)))
        self._t_env = [run.runner.t_env for run in runs]
        self._episode = runs[0].episode
        self._games = runs[0].settings.batch_size_run
        self._next_episode = {
            purpose: [next_episode(run, purpose) for run in runs]
            for purpose in (Purpose.TRAIN, Purpose.TEST)
        }
        self._history = History()
        self._parts: Parts = put_together(runs, torch.device(device))
        self._players = {Purpose.TRAIN: self._parts.player, Purpose.TEST: self._parts.tester}
        try:
            self._prepare(torch.device(device))
        except torch.OutOfMemoryError:
            raise UserError(
                f"{len(runs)} seeds at once do not fit into the memory of the device: lower "
                "seeds_at_once"
            ) from None
        except (RuntimeError, NotImplementedError, TypeError, ValueError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise NotTogetherError(f"its parts cannot be batched over seeds: {reason}") from error

    def _prepare(self, device: torch.device) -> None:
        """Bring playing and learning into the form in which they are repeated.

        Doing so they are tried, and what they change in the runs is set back.
        """
        parts = self._parts
        before = Snapshot(parts.learner.state())

        def play_and_store() -> None:
            parts.player.play()
            parts.buffer.insert(parts.player.episodes)

        def learn() -> None:
            parts.buffer.sample()
            parts.learner.learn(parts.buffer.batch)

        self._set_up(Purpose.TRAIN)
        parts.buffer.pretend_full()
        if parts.games.can_be_captured:
            self._play = repeatable(play_and_store, device)
            self._set_up(Purpose.TEST)
            self._play_test = repeatable(parts.tester.play, device)
        else:  # not even played, for some environments go on where they were left
            parts.player.decide_once()
            self._play, self._play_test = play_and_store, parts.tester.play
        self._learn = repeatable(learn, device)
        before.restore()

    def train(self, ended: Ended) -> None:
        """Train all to the end.

        ``ended(i, error)`` is called once for run i, as soon as it has ended: ``error`` is None
        when it is complete, TrainingStoppedError when it was asked to stop, or what went wrong with
        it, which does not stop the others.
        """
        while self._going:
            before = len(self._history)
            self.train_once()
            due = [i for i in self._going if self._asks(Training.is_test_due, i)]
            if due:
                self._test(due)
            self._tell(before, ended)  # while the device is at what was just begun
            reports = any(self._asks(Training.is_report_due, i) for i in self._going)
            if reports or self._history.is_long():
                self._tell_and_report(ended)
        for run in self._runs:
            run.close()

    def _asks(self, question: Callable[[Training, int, int], bool], i: int) -> bool:
        return question(self._runs[i], self._t_env[i], self._episode)

    def train_once(self) -> None:
        """Play one batch of every run's episodes and, when there are enough, learn from a batch."""
        parts = self._parts
        self._set_up(Purpose.TRAIN)
        self._play()
        self._count(Purpose.TRAIN, range(len(self._runs)))
        for i, steps in enumerate(parts.player.steps_played()):
            self._t_env[i] += steps
        parts.buffer.count_inserted(self._games)
        if parts.buffer.can_sample() and parts.learner.is_due(self._episode):
            parts.buffer.set_up()
            self._learn()
            parts.buffer.count_sampled()
            parts.learner.let_targets_follow()
            self._history.add(None, parts.learner.told, self._going)
        self._episode += self._games

    def forget(self) -> None:
        """Do not tell the runs what has happened since they were told last: for measuring."""
        self._history.take(len(self._history))

    def _test(self, due: Sequence[int]) -> None:
        for i in due:
            self._runs[i].last_test = self._t_env[i]
        for _ in range(max(1, self._runs[0].settings.test_nepisode // self._games)):
            self._set_up(Purpose.TEST)
            self._play_test()
            self._count(Purpose.TEST, due)

    def _set_up(self, purpose: Purpose) -> None:
        self._parts.buffer.set_up()
        self._players[purpose].set_up(self._next_episode[purpose], self._t_env)

    def _count(self, purpose: Purpose, runs: Iterable[int]) -> None:
        """Take note of the games that these runs have just played."""
        played = [i for i in runs if i in self._going]
        kinds = {i: kinds_of_games(self._runs[i]) for i in played}
        self._history.add(purpose, self._players[purpose].told, played, kinds)
        for i in played:
            self._next_episode[purpose][i] += self._games

    def _tell_and_report(self, ended: Ended) -> None:
        """Let every run do what is due, once it was told everything; see `Training.report`."""
        self._tell(len(self._history), ended)
        for i in sorted(self._going):
            self._runs[i].episode = self._episode
            self._try(i, ended, self._runs[i].report)
            if i in self._going and self._asks(Training.is_finished, i):
                self._end(i, ended, None)

    def _tell(self, events: int, ended: Ended) -> None:
        """Let every run count and log the first of the events that it was not told yet."""
        for event in self._history.take(events):
            for i in sorted(self._going & event.runs):
                if event.is_wrong(i):
                    self._end(i, ended, self._parts.games.complaints()[i])
                else:
                    self._try(i, ended, partial(tell, self._runs[i], i, event))

    def _try(self, i: int, ended: Ended, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self._end(i, ended, error)

    def _end(self, i: int, ended: Ended, error: Exception | None) -> None:
        self._going.discard(i)  # its games are still played beside the others'
        ended(i, error)
