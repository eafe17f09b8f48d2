"""Plays ``batch_size_run`` games at once, in this process.

Shape legend: G games.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from acd_plugin.components.contracts import (
    EpisodeBatch,
    Groups,
    NewEpisodeBatch,
    Preprocess,
    Scheme,
    StateDict,
    StatLogger,
)
from acd_plugin.controllers.controller import Controller
from acd_plugin.envs.batch_env import BatchEnv, NamedGames, Purpose
from acd_plugin.errors import UserError
from acd_plugin.runners.controller_extras import needed_truths
from acd_plugin.runners.evaluation import evaluate
from acd_plugin.runners.playing import EpisodePlayer, Watch
from acd_plugin.runners.statistics import EpisodeStatistics

_LOGGED = (Purpose.TRAIN, Purpose.TEST)


class BatchRunner:
    """EPyMARL's runner contract over a `BatchEnv`: one controller call and one step for all games.

    Every episode has a number, counted separately for training, testing and evaluation, which
    alone decides the game's chances: results do not depend on how many games are played together.
    """

    player: EpisodePlayer  # from `setup` on

    def __init__(
        self, args: SimpleNamespace, logger: StatLogger, *, episode_batch: NewEpisodeBatch
    ) -> None:
        """``episode_batch`` is how the host stores episodes."""
        if not getattr(args, "common_reward", True):
            raise UserError(
                "the batch runner plays for the team reward, and common_reward is False: "
                "set common_reward=True, or choose another runner"
            )
        self.args = args
        self.logger = logger
        self.batch_size: int = args.batch_size_run
        self.env: BatchEnv = args.blueprint.make_batch(self.batch_size, args.seed)
        self._named = self.env if isinstance(self.env, NamedGames) else None  # asking is slow
        self.t_env = 0  # summed over games
        self.log_train_stats_t = -args.runner_log_interval - 1
        self._episode_batch = episode_batch
        self._next_episode = dict.fromkeys(_LOGGED, 0)
        self._statistics = {purpose: EpisodeStatistics() for purpose in _LOGGED}

    def get_env_info(self) -> dict[str, int]:
        """Return the sizes from which the scheme and the networks are built."""
        return {
            "state_shape": self.env.states.shape[1],
            "obs_shape": self.env.observations.shape[2],
            "n_actions": self.env.n_actions,
            "n_agents": self.env.n_agents,
            "episode_limit": self.env.episode_limit,
        }

    def setup(
        self, scheme: Scheme, groups: Groups, preprocess: Preprocess, mac: Controller
    ) -> None:
        """Receive what only the host knows: how episodes are stored and who acts.

        Raises UserError when the controller needs a truth that the environment does not tell.
        """
        for name in needed_truths(mac, self.args):
            if name not in self.env.truths():
                raise UserError(
                    f"the environment '{self.args.env}' does not tell who is {name}, which the "
                    f"messages of '{self.args.name}' need: choose another algorithm or environment"
                )
        new_batch = partial(
            self._episode_batch,
            scheme,
            groups,
            self.batch_size,
            self.env.episode_limit + 1,
            preprocess=preprocess,
            device=self.args.device,
        )
        self.player = EpisodePlayer(self.env, mac, scheme, new_batch)

    def run(self, test_mode: bool = False) -> EpisodeBatch:
        """Play one episode per game and return them as an episode batch."""
        purpose = Purpose.TEST if test_mode else Purpose.TRAIN
        played = self.player.play(self.next_episode(purpose), purpose, self.t_env)
        self.account(purpose, played.returns, played.lengths, played.stats, self.kinds_of_games())
        return played.batch

    def next_episode(self, purpose: Purpose) -> int:
        """Return the number of the first of the episodes that are played next."""
        return self._next_episode[purpose]

    def account(
        self,
        purpose: Purpose,
        returns: NDArray[np.float64],
        lengths: NDArray[np.int64],
        stats: dict[str, NDArray[np.float64]],
        kinds: Sequence[str],
    ) -> None:
        """Count episodes that were played, one in each game, and log them if it is time.

        All arrays are (G,); ``kinds`` are the names of the games' kinds, or empty.
        """
        self._next_episode[purpose] += self.batch_size
        self._statistics[purpose].add(returns, lengths, stats, kinds)
        if purpose is Purpose.TEST:
            self._log_test()
        else:
            self.t_env += int(lengths.sum())
            self._log_training()

    def kinds_of_games(self) -> Sequence[str]:
        """Return the names of the kinds of the games that were just played, if they have any."""
        return self._named.game_names if self._named else ()

    def _log_test(self) -> None:
        """Log a test when all its episodes were played."""
        statistics = self._statistics[Purpose.TEST]
        if (
            statistics.episodes
            >= max(1, self.args.test_nepisode // self.batch_size) * self.batch_size
        ):
            statistics.log(self.logger, "test_", self.t_env)

    def _log_training(self) -> None:
        """Log the episodes of training once per ``runner_log_interval`` steps."""
        if self.t_env - self.log_train_stats_t < self.args.runner_log_interval:
            return
        self._statistics[Purpose.TRAIN].log(self.logger, "", self.t_env)
        epsilon = getattr(self.player.mac.action_selector, "epsilon", None)
        if epsilon is not None:
            self.logger.log_stat("epsilon", epsilon, self.t_env)
        self.log_train_stats_t = self.t_env

    def evaluate(self, episodes: int) -> dict[str, NDArray[np.float64]]:
        """Play evaluation episodes 0 to ``episodes - 1`` greedily; see `evaluation.evaluate`."""
        return evaluate(self.player, episodes)

    def play_evaluation(self, watch: Watch) -> tuple[EpisodeBatch, NDArray[np.float64]]:
        """Play evaluation episodes 0 to G - 1 greedily, showing ``watch`` the games on their way.

        Returns the episode batch and the returns (G,).
        """
        played = self.player.play(0, Purpose.EVALUATE, watch=watch)
        return played.batch, played.returns

    def state_dict(self) -> StateDict:
        """Return the counters and the statistics that were not logged yet."""
        return {
            "t_env": self.t_env,
            "log_train_stats_t": self.log_train_stats_t,
            "next_episode": {purpose.name: n for purpose, n in self._next_episode.items()},
            "statistics": {p.name: s.state_dict() for p, s in self._statistics.items()},
        }

    def load_state_dict(self, state: StateDict) -> None:
        self.t_env = state["t_env"]
        self.log_train_stats_t = state["log_train_stats_t"]
        for purpose in _LOGGED:
            self._next_episode[purpose] = state["next_episode"][purpose.name]
            self._statistics[purpose].load_state_dict(state["statistics"][purpose.name])

    def close_env(self) -> None:
        self.env.close()

    def save_replay(self) -> None:
        raise NotImplementedError("the batch runner cannot save replays")
