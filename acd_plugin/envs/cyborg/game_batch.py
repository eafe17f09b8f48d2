"""What all backends share: a batch of games whose state lies in arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import BatchStep, Purpose
from acd_plugin.envs.compiled.compilation import announce_compilation
from acd_plugin.envs.cyborg.game import step as game_step
from acd_plugin.envs.cyborg.game.types import Level
from acd_plugin.envs.cyborg.picture import picture_of
from acd_plugin.envs.cyborg.rules import (
    action_names,
    build_rules,
    new_state,
    new_totals,
    observation_names,
)
from acd_plugin.envs.cyborg.scenario import load_scenario
from acd_plugin.envs.cyborg.settings import EnvSettings


class GameBatch(ABC):
    """``n_games`` games of one scenario; all of them last exactly ``time_limit`` steps.

    A backend says in `_play` who carries the actions out.
    """

    def __init__(self, settings: EnvSettings, n_games: int, seed: int) -> None:
        self.settings = settings
        self.seed = seed
        self.scenario = load_scenario(settings.scenario)
        self.rules = build_rules(self.scenario, settings)
        self.action_names = action_names(self.scenario, self.rules)
        self.observation_names = observation_names(self.scenario, self.rules)
        self.n_games = n_games
        self.n_agents, self.n_actions = self.rules.action_kind.shape
        self.episode_limit = settings.time_limit
        self.state = new_state(self.rules, n_games)
        self.totals = new_totals(n_games)
        self.last_actions = np.zeros((n_games, self.n_agents), dtype=np.int64)
        self._steps_left = 0

    @property
    def observations(self) -> NDArray[np.float32]:
        return self.state.observation

    @property
    def available_actions(self) -> NDArray[np.bool_]:
        return self.state.available

    @property
    def states(self) -> NDArray[np.float32]:
        """All agents' observations, concatenated (G, N * O)."""
        return self.state.observation.reshape(self.n_games, -1)

    def reset(self, first_episode: int, purpose: Purpose) -> None:
        """Begin episodes ``first_episode``, ``first_episode + 1``, ... in games 0, 1, ..."""
        announce_compilation()
        with _wrapping_integers():
            game_step.reset_games(
                self.state, self.rules, self.totals, self.seed, int(purpose), first_episode
            )
        self._steps_left = self.episode_limit

    def step(self, actions: NDArray[np.int64]) -> BatchStep:
        """Play one step with ``actions`` (G, N); ValueError for numbers that are no action."""
        actions = np.ascontiguousarray(actions, dtype=np.int64)
        self._check(actions)
        with _wrapping_integers():
            self._play(actions)
        self.last_actions = actions
        self._steps_left -= 1
        over = np.full(self.n_games, self._steps_left == 0)
        never = np.zeros(self.n_games, dtype=np.bool_)
        if self.settings.bootstrap_at_time_limit:
            return BatchStep(self.state.reward, terminated=never, truncated=over)
        return BatchStep(self.state.reward, terminated=over, truncated=never)

    @abstractmethod
    def _play(self, actions: NDArray[np.int64]) -> None:
        """Bring ``state`` and ``totals`` one step further."""

    def _check(self, actions: NDArray[np.int64]) -> None:
        # The compiled rules do not check bounds, so a wrong number must not reach them.
        if self._steps_left == 0:
            raise RuntimeError("the episode is over: call reset() before step()")
        expected = (self.n_games, self.n_agents)
        if actions.shape != expected:
            raise ValueError(f"actions have shape {actions.shape}; must be {expected}")
        if actions.min() < 0 or actions.max() >= self.n_actions:
            raise ValueError(
                f"actions range from {actions.min()} to {actions.max()}; "
                f"legal are 0 to {self.n_actions - 1}"
            )

    def episode_stats(self) -> dict[str, NDArray[np.float64]]:
        """Return the sums over the episode so far and the hosts held now, each (G,).

        ``server_safe_steps`` counts the steps before the objective first fell (the whole episode
        if it never did). ``useless_actions`` changed nothing and told nothing.
        """
        held = (self.state.level != Level.NONE).sum(axis=1) - 1  # the foothold does not count
        return {
            "hosts_compromised": held.astype(np.float64),
            "server_compromised_steps": self.totals.objective_steps.copy(),
            "server_safe_steps": self.totals.objective_safe.copy(),
            "blocks": self.totals.blocks.copy(),
            "useless_actions": self.totals.useless_actions.copy(),
            "cost_damage": self.totals.damage.copy(),
            "cost_restore": self.totals.restore_cost.copy(),
            "cost_remove_analyse": self.totals.clean_cost.copy(),
            "cost_block": self.totals.block_cost.copy(),
        }

    def threatened_agents(self) -> NDArray[np.bool_]:
        """Return whether the attacker has a session on a host of each agent (G, N): the truth."""
        held = self.state.level != Level.NONE
        owners = self.rules.host_owner
        return np.stack(
            [held[:, owners == agent].any(axis=1) for agent in range(self.n_agents)], axis=1
        )

    def truths(self) -> dict[str, NDArray[np.bool_]]:
        return {"threatened": self.threatened_agents()}

    def picture(self, game: int) -> str:
        """Return the network, both sides' knowledge and the last actions as text."""
        return picture_of(self, game)

    def close(self) -> None:  # noqa: B027 - not every backend holds something
        """Free what the games hold."""


@contextmanager
def _wrapping_integers() -> Iterator[None]:
    """The random numbers rely on 64-bit overflow, of which uncompiled numpy would warn."""
    with np.errstate(over="ignore"):
        yield
