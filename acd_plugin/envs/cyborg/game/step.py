"""The order of play: reset a game, play one step of one game, play one step of all games.

What can be replaced (`program`) is called here by a name of its own: `paper_attacker` and `score`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled import rng
from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.cyborg.game import blue, green, monitor, observation
from acd_plugin.envs.cyborg.game.red.choice import paper_attacker
from acd_plugin.envs.cyborg.game.red.execution import execute
from acd_plugin.envs.cyborg.game.reward import score
from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    Activity,
    Block,
    Compromise,
    EpisodeDice,
    EpisodeTotals,
    GameState,
    Level,
    Red,
    Result,
    Rules,
)


@compiled
def play(
    state: GameState,
    rules: Rules,
    totals: EpisodeTotals,
    game: int,
    actions: NDArray[np.int64],
) -> None:
    """Play one step of one game with the dice that lie in the state; ``actions`` is (N,)."""
    decide(state, rules, game)
    for agent in range(len(actions)):
        blue.act(state, rules, game, agent, actions)
    execute(state, rules, game, actions)
    monitor.watch(state, rules, game)
    conclude(state, rules, totals, game, actions)


@compiled
def decide(state: GameState, rules: Rules, game: int) -> None:
    """Before anybody acts: choose what the attacker and the innocent user do in this step."""
    paper_attacker(state, rules, game)
    green.act(state, rules, game)


@compiled
def conclude(
    state: GameState,
    rules: Rules,
    totals: EpisodeTotals,
    game: int,
    actions: NDArray[np.int64],
) -> None:
    """After everybody acted: score the step and show the defenders what there is to see."""
    score(state, rules, totals, game, actions)
    blue.update_beliefs(state, rules, game, actions)
    monitor.mark_exploits(state, rules, game)
    blue.record_findings(state, rules, game, actions)
    state.step[game] += 1
    observation.observe(state, rules, game, actions)


@compiled
def reset(state: GameState, rules: Rules, totals: EpisodeTotals, game: int) -> None:
    """Put one game at its beginning; its stream's key is set by the caller."""
    foothold = rules.foothold
    home = rules.host_subnet[foothold]
    state.step[game] = 0
    die = rng.roll_one(state.key[game], Block.EPISODE.value, 0, EpisodeDice.OBJECTIVE.value)
    state.objective[game] = rules.objectives[rng.pick(die, len(rules.objectives))]
    state.level[game, :] = Level.NONE.value
    state.level[game, foothold] = Level.ROOT.value
    state.clue[game, :] = NOBODY
    state.pid_known[game, :] = False
    state.activity[game, :] = Activity.NONE.value
    state.compromise[game, :] = Compromise.NO.value
    state.swept[game, :] = False
    state.discovered[game, :] = False
    state.discovered[game, foothold] = True
    state.ports_known[game, :] = False
    state.owned_since[game, :] = NOBODY
    state.owned_since[game, foothold] = 0
    state.admin[game, :] = False
    state.admin[game, foothold] = True
    state.pivot[game, :] = NOBODY
    state.pivot[game, home] = foothold
    state.pivot_since[game, :] = 0
    state.decisions[game] = 0
    state.red_kind[game] = Red.SLEEP.value
    state.red_target[game] = NOBODY
    state.red_source[game] = NOBODY
    state.red_refused[game] = False
    state.red_result[game] = Result.NOTHING.value
    state.red_detected[game] = False
    state.green_host[game] = NOBODY
    state.outcome[game, :] = 0
    state.cost[game, :] = 0.0
    state.useless[game, :] = False
    state.found_root[game, :] = False
    state.reward[game] = 0.0
    state.reward_terms[game, :] = 0.0
    for total in totals:
        total[game] = 0.0
    for agent in range(state.cost.shape[1]):
        observation.observe_agent(state, rules, game, agent, observation.NO_ACTION)


@compiled
def roll_dice(state: GameState, game: int) -> None:
    """Roll this step's dice from the game's stream."""
    rng.roll_block(state.dice[game], state.key[game], Block.GAME.value, state.step[game])


@compiled
def roll_and_play(
    state: GameState,
    rules: Rules,
    totals: EpisodeTotals,
    game: int,
    actions: NDArray[np.int64],
) -> None:
    """Roll the dice and play."""
    roll_dice(state, game)
    play(state, rules, totals, game, actions)


@compiled
def step_games(
    state: GameState,
    rules: Rules,
    totals: EpisodeTotals,
    actions: NDArray[np.int64],
    first: int,
    last: int,
) -> None:
    """Play one step of games ``first`` to ``last - 1``; ``actions`` is (G, N).

    Releases the interpreter lock, so that threads can play different games at the same time.
    """
    for game in range(first, last):
        roll_and_play(state, rules, totals, game, actions[game])


@compiled
def decide_games(state: GameState, rules: Rules) -> None:
    """Roll the dice of all games and decide: first half of a step whose actions happen elsewhere.

    Who carries the actions out then fills level, pid_known, activity, red_result, red_detected,
    outcome, cost, useless and found_root, and calls `conclude_games`.
    """
    for game in range(len(state.key)):
        roll_dice(state, game)
        decide(state, rules, game)


@compiled
def conclude_games(
    state: GameState, rules: Rules, totals: EpisodeTotals, actions: NDArray[np.int64]
) -> None:
    """Conclude the step of all games; ``actions`` is (G, N)."""
    for game in range(len(state.key)):
        conclude(state, rules, totals, game, actions[game])


@compiled
def reset_games(
    state: GameState,
    rules: Rules,
    totals: EpisodeTotals,
    seed: int,
    purpose: int,
    first_episode: int,
) -> None:
    """Begin episodes ``first_episode``, ``first_episode + 1``, ... in games 0, 1, ..."""
    for game in range(len(state.key)):
        state.key[game] = rng.stream_key(seed, purpose, first_episode + game)
        reset(state, rules, totals, game)
