"""What all backends share: a batch of games whose state lies in arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
from numba.core.errors import NumbaError
from numpy.typing import ArrayLike, NDArray

from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.batch_env import BatchStep, Purpose
from acd_plugin.envs.checked import checked_actions, checked_episode
from acd_plugin.envs.compiled.compilation import announce_compilation
from acd_plugin.envs.compiled.integers import wrapping_integers
from acd_plugin.envs.cyborg.arrays import new_state, new_totals
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.episode_stats import episode_stats, threatened_agents
from acd_plugin.envs.cyborg.game.red.legality import IllegalChoiceError
from acd_plugin.envs.cyborg.picture import picture_of
from acd_plugin.envs.cyborg.plugged import users_part
from acd_plugin.envs.cyborg.plugged_errors import explain
from acd_plugin.envs.cyborg.scene import network_of, scene_of
from acd_plugin.envs.scene import Network, Scene
from acd_plugin.errors import UserError


class GameBatch(ABC):
    """``n_games`` games of one definition; all of them last exactly ``time_limit`` steps.

    A backend says in `_play` who carries the actions out.
    """

    def __init__(self, definition: GameDefinition, n_games: int, seed: int) -> None:
        self.definition = definition
        self.settings, self.scenario = definition.settings, definition.scenario
        self.rules, self.program = definition.rules, definition.program
        self.seed = seed
        self.n_games = n_games
        self.n_agents, self.n_actions = self.rules.action_kind.shape
        self.episode_limit = self.settings.time_limit
        self.state = new_state(self.rules, n_games)
        self.totals = new_totals(n_games)
        self.term_totals = np.zeros_like(self.state.reward_terms)  # (G, R)
        self.last_actions = np.zeros((n_games, self.n_agents), dtype=np.int64)
        self._steps_left = 0

    @property
    def agent_names(self) -> list[str]:
        return self.definition.agent_names

    @property
    def action_names(self) -> list[list[str]]:
        return self.definition.action_names

    @property
    def observation_names(self) -> list[list[str]]:
        return self.definition.observation_names

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
        first_episode, purpose = checked_episode(first_episode, purpose)
        announce_compilation(self.program.cache)
        with wrapping_integers():
            self.program.reset_games(
                self.state, self.rules, self.totals, self.seed, int(purpose), first_episode
            )
        self.term_totals[...] = 0.0
        self._steps_left = self.episode_limit

    def step(self, actions: ArrayLike) -> BatchStep:
        """Play one step with ``actions`` (G, N).

        Raises UserError for numbers that are no action, before a game has begun and after it is
        over, and when a function of the user's own fails or chooses what is not legal.
        """
        if self._steps_left == 0:
            raise UserError("no game is being played: call reset() before step()")
        actions = checked_actions(actions, self.n_games, self.n_agents, self.n_actions)
        try:
            with wrapping_integers():
                self._play(actions)
        except Exception as error:
            attackers, terms = self.definition.plugged
            known = isinstance(error, IllegalChoiceError | NumbaError)
            if not known and not users_part([*attackers, *terms]).files:
                raise
            raise explain(error, self.definition, self.state) from error
        if self.term_totals.size:
            self.term_totals += self.state.reward_terms
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

    def episode_stats(self) -> dict[str, NDArray[np.float64]]:
        """Return the sums over the episode so far and the hosts held now, each (G,)."""
        terms = dict(zip(self.settings.reward_terms, self.term_totals.T.copy(), strict=True))
        return episode_stats(self.state, self.totals, terms)

    def truths(self) -> Mapping[str, NDArray[np.bool_]]:
        """``threatened`` (G, N): the attacker has a session on a host of the agent."""
        return {"threatened": threatened_agents(self.state, self.rules)}

    def picture(self, game: int) -> str:
        """Return the network, both sides' knowledge and the last actions as text."""
        shown = integer("game", game, 0, self.n_games - 1)
        return picture_of(self.definition, self.state, shown, self.last_actions[shown])

    def network(self) -> Network:
        """Return what all games have in common; see `Drawable`."""
        return network_of(self.definition)

    def scene(self, game: int) -> Scene:
        """Return how the last step left one game; see `Drawable`."""
        shown = integer("game", game, 0, self.n_games - 1)
        return scene_of(self.definition, self.state, shown, self.last_actions[shown])

    def close(self) -> None:  # noqa: B027 - not every backend holds something
        """Free what the games hold."""
