"""Plays ``batch_size_run`` games at once, in this process.

Shape legend: G games, N agents.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acd_plugin import hosts
from acd_plugin.envs.batch_env import BatchEnv, Purpose
from acd_plugin.errors import UserError
from acd_plugin.runners.statistics import EpisodeStatistics

Watch = Callable[[BatchEnv], None]  # is shown the games after every step


class BatchRunner:
    """EPyMARL's runner contract over a `BatchEnv`: one controller call and one step for all games.

    Every episode has a number, counted separately for training, testing and evaluation, which
    alone decides the game's chances: results do not depend on how many games are played together.
    """

    def __init__(self, args: SimpleNamespace, logger: Any) -> None:
        self.args = args
        self.logger = logger
        self.batch_size: int = args.batch_size_run
        self.env: BatchEnv = args.blueprint.make_batch(self.batch_size, args.seed)
        if not getattr(args, "common_reward", True):
            raise UserError(
                "the batch runner plays for the team reward, and common_reward is False: "
                "set common_reward=True, or choose another runner"
            )
        self.episode_limit = self.env.episode_limit
        self.t_env = 0  # environment steps of training so far, summed over games
        self.log_train_stats_t = -args.runner_log_interval - 1
        self._next_episode = dict.fromkeys(Purpose, 0)
        self._statistics = {purpose: EpisodeStatistics() for purpose in Purpose}

    def get_env_info(self) -> dict[str, int]:
        """Return the sizes from which the scheme and the networks are built."""
        return {
            "state_shape": self.env.states.shape[1],
            "obs_shape": self.env.observations.shape[2],
            "n_actions": self.env.n_actions,
            "n_agents": self.env.n_agents,
            "episode_limit": self.episode_limit,
        }

    def setup(self, scheme: Any, groups: Any, preprocess: Any, mac: Any) -> None:
        """Receive what only the host knows: how episodes are stored and who acts."""
        self.mac = mac
        self._tells_truth = "threatened" in scheme
        if self._tells_truth and "threatened" not in self.env.truths():
            raise UserError(
                f"the environment '{self.args.env}' does not tell who is threatened, which "
                "message_content=oracle needs: choose another message_content"
            )
        episode_batch: Any = hosts.current().episode_batch
        self._new_batch = partial(
            episode_batch,
            scheme,
            groups,
            self.batch_size,
            self.episode_limit + 1,
            preprocess=preprocess,
            device=self.args.device,
        )

    def run(self, test_mode: bool = False) -> Any:
        """Play one episode per game and return them as an episode batch."""
        purpose = Purpose.TEST if test_mode else Purpose.TRAIN
        batch, returns, lengths = self._play(purpose)
        if not test_mode:
            self.t_env += int(lengths.sum())
        statistics = self._statistics[purpose]
        statistics.add(returns, lengths, self._episode_stats(batch))
        if test_mode:
            tests = max(1, self.args.test_nepisode // self.batch_size) * self.batch_size
            if statistics.episodes >= tests:
                statistics.log(self.logger, "test_", self.t_env)
        elif self.t_env - self.log_train_stats_t >= self.args.runner_log_interval:
            statistics.log(self.logger, "", self.t_env)
            if hasattr(self.mac.action_selector, "epsilon"):
                self.logger.log_stat("epsilon", self.mac.action_selector.epsilon, self.t_env)
            self.log_train_stats_t = self.t_env
        return batch

    def evaluate(self, episodes: int, render: bool = False) -> dict[str, NDArray[np.float64]]:
        """Play evaluation episodes 0 to ``episodes - 1`` greedily.

        Returns arrays of that length: ``return`` and every episode statistic. ``render`` prints
        every step of episode 0.
        """
        self._next_episode[Purpose.EVALUATE] = 0
        parts: list[dict[str, NDArray[np.float64]]] = []
        for first in range(0, episodes, self.batch_size):
            watch = _print_picture if render and first == 0 else None
            batch, returns, _lengths = self._play(Purpose.EVALUATE, watch)
            parts.append({"return": returns, **self._episode_stats(batch)})
        return {
            name: np.concatenate([part[name] for part in parts])[:episodes] for name in parts[0]
        }

    def play_evaluation(self, watch: Watch) -> tuple[Any, NDArray[np.float64]]:
        """Play evaluation episodes 0 to G - 1 greedily, showing ``watch`` the games at every step.

        Returns the episode batch and the returns (G,).
        """
        self._next_episode[Purpose.EVALUATE] = 0
        batch, returns, _lengths = self._play(Purpose.EVALUATE, watch)
        return batch, returns

    def _play(
        self, purpose: Purpose, watch: Watch | None = None
    ) -> tuple[Any, NDArray[np.float64], NDArray[np.int64]]:
        """Play one episode per game; returns the batch, the returns (G,) and the lengths (G,)."""
        batch = self._new_batch()
        self.env.reset(self._next_episode[purpose], purpose)
        self._next_episode[purpose] += self.batch_size
        self.mac.init_hidden(batch_size=self.batch_size)
        returns = np.zeros(self.batch_size)
        lengths = np.zeros(self.batch_size, dtype=np.int64)
        actions = np.zeros((self.batch_size, self.env.n_agents), dtype=np.int64)
        live = np.arange(self.batch_size)
        self._write_observations(batch, live, step=0)
        step = 0
        while live.size:
            games: Any = slice(None) if live.size == self.batch_size else live.tolist()
            chosen = self.mac.select_actions(
                batch, t_ep=step, t_env=self.t_env, bs=games, test_mode=purpose != Purpose.TRAIN
            )
            actions[live] = chosen.cpu().numpy()
            result = self.env.step(actions)
            if watch is not None:
                watch(self.env)
            returns += result.rewards
            lengths[live] += 1
            batch.update(
                {
                    "actions": torch.from_numpy(actions[live, None, :, None]),
                    "reward": torch.from_numpy(result.rewards[live, None, None]),
                    "terminated": torch.from_numpy(result.terminated[live, None, None]),
                },
                bs=games,
                ts=slice(step, step + 1),
                mark_filled=False,
            )
            step += 1
            self._write_observations(batch, live, step)
            live = np.flatnonzero(~(result.terminated | result.truncated))
        return batch, returns, lengths

    def _write_observations(self, batch: Any, live: NDArray[np.int64], step: int) -> None:
        """Store what the agents of the ``live`` games are handed before ``step``."""
        games: Any = slice(None) if live.size == self.batch_size else live.tolist()
        entries = {
            "state": torch.from_numpy(self.env.states[live, None]),
            "obs": torch.from_numpy(self.env.observations[live, None]),
            "avail_actions": torch.from_numpy(self.env.available_actions[live, None]),
        }
        if self._tells_truth:
            truth = self.env.truths()["threatened"]
            entries["threatened"] = torch.from_numpy(truth[live, None, :, None])
        batch.update(entries, bs=games, ts=slice(step, step + 1))

    def _episode_stats(self, batch: Any) -> dict[str, NDArray[np.float64]]:
        """Collect what environment and controller have to say about the episodes, each (G,)."""
        stats = self.env.episode_stats()
        if hasattr(self.mac, "episode_stats"):
            stats |= {name: value.numpy() for name, value in self.mac.episode_stats(batch).items()}
        return stats

    def state_dict(self) -> dict[str, Any]:
        """Return the counters and the statistics that were not logged yet."""
        return {
            "t_env": self.t_env,
            "log_train_stats_t": self.log_train_stats_t,
            "next_episode": {purpose.name: n for purpose, n in self._next_episode.items()},
            "statistics": {p.name: s.state_dict() for p, s in self._statistics.items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.t_env = state["t_env"]
        self.log_train_stats_t = state["log_train_stats_t"]
        self._next_episode = {p: state["next_episode"][p.name] for p in Purpose}
        for purpose, statistics in self._statistics.items():
            statistics.load_state_dict(state["statistics"][purpose.name])

    def close_env(self) -> None:
        self.env.close()

    def save_replay(self) -> None:
        raise NotImplementedError("the batch runner cannot save replays")


def _print_picture(env: BatchEnv) -> None:
    print(env.picture(game=0), end="\n\n")
