"""The training loop, in the order and with the intervals of EPyMARL's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from acd_plugin.components.contracts import Scheme, StateDict
from acd_plugin.components.streams import named_generator
from acd_plugin.envs.registry import blueprint_of
from acd_plugin.errors import UserError, find
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.builtin.replay_buffer import ReplayBuffer
from acd_plugin.hosts.builtin.transforms import OneHot
from acd_plugin.hosts.host import Host
from acd_plugin.runners.controller_extras import extra_scheme


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

    def save(self, state: dict[str, Any], t_env: int) -> None:
        """Store a checkpoint."""
        ...

    def should_stop(self) -> bool:
        """Return whether the user has asked to stop."""
        ...


class TrainingStoppedError(Exception):
    """The user asked to stop; everything was saved."""


class Training:
    """One run: runner, controller, learner and buffer, built from a merged configuration."""

    def __init__(self, config: dict[str, Any], recorder: Recorder, host: Host = BUILTIN) -> None:
        self.args = SimpleNamespace(
            **config,
            device=_device(config),
            blueprint=blueprint_of(config["env"], config["env_args"]),
        )
        self.recorder = recorder
        torch.set_num_threads(self.args.torch_threads)
        # Networks are initialised, and components written for EPyMARL draw, from the global ones.
        torch.manual_seed(self.args.seed)
        np.random.seed(self.args.seed % 2**32)
        self.runner = find(host.runners, "runner", self.args.runner)(
            args=self.args, logger=recorder
        )
        info = self.runner.get_env_info()
        self.args.n_agents = info["n_agents"]
        self.args.n_actions = info["n_actions"]
        self.args.state_shape = info["state_shape"]
        mac_class = find(host.controllers, "mac", self.args.mac)
        scheme = _scheme(info) | extra_scheme(mac_class, self.args)
        groups = {"agents": self.args.n_agents}
        preprocess = {"actions": ("actions_onehot", [OneHot(self.args.n_actions)])}
        self.buffer = ReplayBuffer(
            scheme,
            groups,
            self.args.buffer_size,
            info["episode_limit"] + 1,
            named_generator(self.args.seed, "replay"),
            preprocess=preprocess,
            device="cpu" if self.args.buffer_cpu_only else self.args.device,
        )
        self.mac = mac_class(self.buffer.scheme, groups, self.args)
        self.runner.setup(scheme=scheme, groups=groups, preprocess=preprocess, mac=self.mac)
        self.learner = find(host.learners, "learner", self.args.learner)(
            self.mac, self.buffer.scheme, recorder, self.args
        )
        if self.args.use_cuda:
            self.learner.cuda()
        self.episode = 0
        self.last_test = -self.args.test_interval - 1
        self.last_log = 0
        self.last_save = 0

    def train(self) -> None:
        """Train until ``t_max``; raises TrainingStoppedError when asked to stop before."""
        while self.runner.t_env < self.args.t_max:
            self.train_once()
            finished = self.runner.t_env >= self.args.t_max
            if finished or self.runner.t_env - self.last_test >= self.args.test_interval:
                self.test()
            if self.runner.t_env - self.last_log >= self.args.log_interval:
                self.recorder.log_stat("episode", self.episode, self.runner.t_env)
                self.recorder.print_recent_stats()
                self.last_log = self.runner.t_env
            self.recorder.advance(self.runner.t_env, self.episode)
            stopping = self.recorder.should_stop() and not finished
            due = self.runner.t_env - self.last_save >= self.args.save_model_interval
            if stopping or (self.args.save_model and (due or finished)):
                self.last_save = self.runner.t_env
                self.recorder.save(self.state_dict(), self.runner.t_env)
            if stopping:
                raise TrainingStoppedError
        self.runner.close_env()

    def train_once(self) -> None:
        """Play one batch of episodes and, when there are enough, learn from a batch."""
        self.buffer.insert_episode_batch(self.runner.run(test_mode=False))
        if self.buffer.can_sample(self.args.batch_size):
            sample = self.buffer.sample(self.args.batch_size)
            sample = sample[:, : sample.max_t_filled()]
            if sample.device != self.args.device:
                sample.to(self.args.device)
            self.learner.train(sample, self.runner.t_env, self.episode)
        self.episode += self.args.batch_size_run

    def test(self) -> None:
        """Play the greedy test games."""
        self.last_test = self.runner.t_env
        for _ in range(max(1, self.args.test_nepisode // self.runner.batch_size)):
            self.runner.run(test_mode=True)

    def evaluate(self, episodes: int, render: bool) -> dict[str, NDArray[np.float64]]:
        """Play greedy episodes with the current networks; see `BatchRunner.evaluate`."""
        return self.runner.evaluate(episodes, render)

    def _parts(self) -> dict[str, Any]:
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
        return {
            "episode": self.episode,
            "last_test": self.last_test,
            "last_log": self.last_log,
            "last_save": self.last_save,
            "torch": torch.get_rng_state(),
            "numpy": _numpy_state(),
            **{name: part.state_dict() for name, part in self._parts().items()},
        }

    def load_state_dict(self, state: StateDict) -> None:
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.episode = state["episode"]
        self.last_test = state["last_test"]
        self.last_log = state["last_log"]
        self.last_save = state["last_save"]
        torch.set_rng_state(state["torch"])
        _set_numpy_state(state["numpy"])


def _device(config: dict[str, Any]) -> str:
    if config["use_cuda"] and not torch.cuda.is_available():
        raise UserError("use_cuda=True, but torch finds no CUDA device: set use_cuda=False")
    return "cuda" if config["use_cuda"] else "cpu"


def _scheme(info: dict[str, int]) -> Scheme:
    """What every episode stores."""
    return {
        "state": {"vshape": info["state_shape"]},
        "obs": {"vshape": info["obs_shape"], "group": "agents"},
        "actions": {"vshape": (1,), "group": "agents", "dtype": torch.long},
        "avail_actions": {"vshape": (info["n_actions"],), "group": "agents", "dtype": torch.int},
        "terminated": {"vshape": (1,), "dtype": torch.uint8},
        "reward": {"vshape": (1,)},
    }


def _numpy_state() -> dict[str, Any]:
    state: Any = np.random.get_state(legacy=False)
    return {**state, "state": {**state["state"], "key": state["state"]["key"].tolist()}}


def _set_numpy_state(state: dict[str, Any]) -> None:
    key = np.array(state["state"]["key"], dtype=np.uint32)
    np.random.set_state({**state, "state": {**state["state"], "key": key}})
