"""The training loop, in the order and with the intervals of EPyMARL's."""

from __future__ import annotations

from typing import Protocol

import torch

from acd_plugin.components.contracts import StateDict
from acd_plugin.configuration.run_settings import RunSettings
from acd_plugin.errors import DivergedError, UserError
from acd_plugin.hosts.builtin.global_generators import numpy_state, set_numpy_state
from acd_plugin.hosts.builtin.plain_state import on_its_own
from acd_plugin.hosts.builtin.policy import Policy
from acd_plugin.hosts.builtin.replay_buffer import ReplayBuffer
from acd_plugin.learners.learner import Learner


class Recorder(Protocol):
    """What training tells the outside world, and what it asks of it."""

    def log_stat(self, key: str, value: float, t: int) -> None:
        """Record one number at environment step ``t``."""
        ...

    def print_recent_stats(self) -> None:
        """Show the latest numbers."""
        ...

    def advance(self, t_env: int, episodes: int) -> None:
        """Show how far training has come."""
        ...

    def save(self, state: StateDict, t_env: int) -> None:
        """Store a checkpoint."""
        ...

    def should_stop(self) -> bool:
        """Return whether the user has asked to stop."""
        ...


class _Part(Protocol):
    """What a checkpoint stores."""

    def state_dict(self) -> StateDict: ...

    def load_state_dict(self, state: StateDict) -> None: ...


class TrainingStoppedError(Exception):
    """The user asked to stop; everything was saved."""


class Training(Policy):
    """One run: a policy that learns from the episodes that it plays."""

    def __init__(
        self,
        settings: RunSettings,
        policy: Policy,
        learner: Learner,
        buffer: ReplayBuffer,
        recorder: Recorder,
    ) -> None:
        super().__init__(policy.args, policy.runner, policy.mac, policy.scheme)
        self.settings = settings
        self.learner = learner
        self.buffer = buffer
        self.recorder = recorder
        self.episode = 0
        self.last_test = -settings.test_interval - 1
        self.last_log = 0
        self.last_save = 0

    def train(self) -> None:
        """Train to the end; raises TrainingStoppedError when asked to stop before."""
        while not self.is_finished(self.runner.t_env, self.episode):
            self.train_once()
            if self.is_test_due(self.runner.t_env, self.episode):
                self.test()
            self.report()
        self.close()

    def is_finished(self, t_env: int, episode: int) -> bool:
        """Return whether ``t_max`` steps or ``episodes_max`` games have been played."""
        games = self.settings.episodes_max
        return t_env >= self.settings.t_max or (games is not None and episode >= games)

    def is_test_due(self, t_env: int, episode: int) -> bool:
        """Return whether it is time for a test; the last is at the end."""
        is_over = self.is_finished(t_env, episode)
        return is_over or t_env - self.last_test >= self.settings.test_interval

    def is_report_due(self, t_env: int, episode: int) -> bool:
        """Return whether `report` would have more to do than to show how far training has come."""
        settings = self.settings
        return (
            self.is_finished(t_env, episode)
            or self.recorder.should_stop()
            or t_env - self.last_log >= settings.log_interval
            or (settings.save_model and t_env - self.last_save >= settings.save_model_interval)
        )

    def report(self) -> None:
        """After an epoch: tell how far training has come, store it, and stop if the user wants to.

        Raises TrainingStoppedError when asked to stop before the end.
        """
        settings, t_env = self.settings, self.runner.t_env
        finished = self.is_finished(t_env, self.episode)
        if t_env - self.last_log >= settings.log_interval:
            self.recorder.log_stat("episode", self.episode, t_env)
            self.recorder.print_recent_stats()
            self.last_log = t_env
        self.recorder.advance(t_env, self.episode)
        stopping = self.recorder.should_stop() and not finished
        due = t_env - self.last_save >= settings.save_model_interval
        if stopping or (settings.save_model and (due or finished)):
            self._refuse_diverged()
            self.last_save = t_env
            self.recorder.save(self.state_dict(), t_env)
        if stopping:
            raise TrainingStoppedError

    def _refuse_diverged(self) -> None:
        """Raise DivergedError for networks that nobody could go on from; statistics may be rare."""
        if not all(bool(torch.isfinite(parameter).all()) for parameter in self.mac.parameters()):
            raise DivergedError(
                f"the networks are not finite at step {self.runner.t_env}: training has diverged; "
                "lower lr or grad_norm_clip"
            )

    def train_once(self) -> None:
        """Play one batch of episodes and, when there are enough, learn from a batch."""
        self.buffer.insert_episode_batch(self.runner.run(test_mode=False))
        if self.buffer.can_sample(self.settings.batch_size):
            sample = self.buffer.sample(self.settings.batch_size)
            sample = sample[:, : sample.max_t_filled()]
            if sample.device != self.args.device:
                sample.to(self.args.device)
            self.learner.train(sample, self.runner.t_env, self.episode)
        self.episode += self.settings.batch_size_run

    def test(self) -> None:
        """Play the greedy test games."""
        self.last_test = self.runner.t_env
        for _ in range(max(1, self.settings.test_nepisode // self.runner.batch_size)):
            self.runner.run(test_mode=True)

    def _parts(self) -> dict[str, _Part]:
        return {
            "runner": self.runner,
            "mac": self.mac,
            "learner": self.learner,
            "buffer": self.buffer,
        }

    def state_dict(self) -> StateDict:
        """Return all that a run needs to go on bit for bit, as tensors and plain values."""
        for name, part in self._parts().items():
            if not hasattr(part, "state_dict"):
                raise UserError(
                    f"{name} '{getattr(self.args, name)}' has no state_dict(), so this run cannot "
                    "write checkpoints: add state_dict() and load_state_dict(), or train with "
                    "save_model=False"
                )
        state = {
            "episode": self.episode,
            "last_test": self.last_test,
            "last_log": self.last_log,
            "last_save": self.last_save,
            "torch": torch.get_rng_state(),
            "numpy": numpy_state(),
            **{name: part.state_dict() for name, part in self._parts().items()},
        }
        return on_its_own(state)

    def load_state_dict(self, state: StateDict) -> None:
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.episode = state["episode"]
        self.last_test = state["last_test"]
        self.last_log = state["last_log"]
        self.last_save = state["last_save"]
        torch.set_rng_state(state["torch"])
        set_numpy_state(state["numpy"])
