"""Games on CybORG as a `BatchEnv`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.cyborg_backend.features import check_expressible
from acd_plugin.envs.cyborg.cyborg_backend.package import check_cyborg
from acd_plugin.envs.cyborg.cyborg_backend.step_record import Events, Network, Orders
from acd_plugin.envs.cyborg.cyborg_backend.workers import worlds_of
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.game.blue import is_thwarted
from acd_plugin.envs.cyborg.game.types import GameState, Rules
from acd_plugin.envs.cyborg.game_batch import GameBatch


class CyborgBatchEnv(GameBatch):
    """The minds of all players are the compiled rules; CybORG carries their actions out.

    ``processes`` (None: one per core) changes how fast games are played, never what happens in
    them. Raises UserError when CybORG is missing or cannot express the scenario.
    """

    def __init__(
        self, definition: GameDefinition, n_games: int, seed: int, processes: int | None = None
    ) -> None:
        super().__init__(definition, n_games, seed)
        check_expressible(self.scenario)
        check_cyborg()
        self.worlds = worlds_of(Network(self.scenario, self.rules), n_games, processes)

    def reset(self, first_episode: int, purpose: Purpose) -> None:
        super().reset(first_episode, purpose)
        self.worlds.reset(self.state.key)

    def _play(self, actions: NDArray[np.int64]) -> None:
        state = self.state
        self.program.decide_games(state, self.rules)
        thwarted = find_thwarted(state, self.rules, actions)
        events = self.worlds.step(
            Orders(
                actions,
                thwarted,
                state.red_kind,
                state.red_target,
                state.red_source,
                state.green_host,
            )
        )
        for name in Events._fields:
            getattr(state, name)[...] = getattr(events, name)
        self.program.conclude_games(state, self.rules, self.totals, actions)
        state.reward[...] = events.reward  # CybORG's own, not the one just computed
        for added in state.reward_terms.T:
            state.reward[...] += added

    def close(self) -> None:
        """End the processes."""
        self.worlds.close()


def find_thwarted(state: GameState, rules: Rules, actions: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whose action (G, N) the others' keep from having an effect, before anybody acts."""
    thwarted = np.zeros(actions.shape, dtype=np.bool_)
    if not rules.has_teamwork:
        return thwarted
    for game, agent in np.ndindex(actions.shape):
        thwarted[game, agent] = is_thwarted(state, rules, game, agent, actions[game])
    return thwarted
