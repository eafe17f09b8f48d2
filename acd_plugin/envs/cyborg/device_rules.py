"""What every thread of a GPU does with its game: begin it, play a step, sum the episode up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled import rng
from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.episode_stats import hosts_held, is_threatened
from acd_plugin.envs.cyborg.game import step
from acd_plugin.envs.cyborg.game.step import roll_and_play
from acd_plugin.envs.cyborg.game.types import EpisodeTotals, GameState, Rules

SLEEP = 0  # the column of the action that every agent has


class SeedGames(NamedTuple):
    """What games of several seeds have beside their state: S seeds, G games of each, R terms."""

    seeds: NDArray[np.uint64]  # (S,)
    first_episode: NDArray[np.int64]  # (S,)
    purpose: NDArray[np.int64]  # (1,)
    actions: NDArray[np.int64]  # (S G, N)
    term_totals: NDArray[np.float64]  # (R, S G) sums of the reward's added terms
    held: NDArray[np.float64]  # (S G,) hosts that the attacker holds
    threatened: NDArray[np.bool_]  # (S G, N), or (S G, 0) where nobody asked
    illegal: NDArray[np.bool_]  # (S G,) something was chosen that is not legal


class DeviceArrays(NamedTuple):
    """All that a kernel reads and writes."""

    state: GameState
    rules: Rules
    totals: EpisodeTotals
    of_seeds: SeedGames


@compiled
def begin(arrays: DeviceArrays, game: int) -> None:
    """Begin the game's episode."""
    state, of_seeds = arrays.state, arrays.of_seeds
    games = len(state.key) // len(of_seeds.seeds)
    seed = game // games
    episode = of_seeds.first_episode[seed] + game % games
    state.key[game] = rng.stream_key(of_seeds.seeds[seed], of_seeds.purpose[0], episode)
    step.reset(state, arrays.rules, arrays.totals, game)
    for term in range(len(of_seeds.term_totals)):
        of_seeds.term_totals[term, game] = 0.0
    _tell_truths(arrays, game)


@compiled
def advance(arrays: DeviceArrays, game: int) -> None:
    """Play one step of the game, with Sleep in place of what is no action."""
    state, of_seeds = arrays.state, arrays.of_seeds
    actions = of_seeds.actions[game]
    for agent in range(len(actions)):
        if actions[agent] < 0 or actions[agent] >= arrays.rules.action_kind.shape[1]:
            actions[agent] = SLEEP
            of_seeds.illegal[game] = True
    roll_and_play(state, arrays.rules, arrays.totals, game, actions)
    if state.red_refused[game]:
        of_seeds.illegal[game] = True
    for term in range(len(of_seeds.term_totals)):
        of_seeds.term_totals[term, game] += state.reward_terms[game, term]
    _tell_truths(arrays, game)


@compiled
def sum_up(arrays: DeviceArrays, game: int) -> None:
    """Count what is not summed up already."""
    arrays.of_seeds.held[game] = hosts_held(arrays.state, game)


@compiled
def _tell_truths(arrays: DeviceArrays, game: int) -> None:
    threatened = arrays.of_seeds.threatened
    for agent in range(threatened.shape[1]):
        threatened[game, agent] = is_threatened(arrays.state, arrays.rules, game, agent)
