"""Attackers and reward terms for tests: some that work, and reasonable mistakes."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import roll_one
from acd_plugin.envs.cyborg.game.red.beliefs import digest
from acd_plugin.envs.cyborg.game.red.choice import give_order, paper_attacker
from acd_plugin.envs.cyborg.game.types import NOBODY, Block, GameState, Level, Red, Rules


@compiled
def same_as_paper(state: GameState, rules: Rules, game: int) -> None:
    paper_attacker(state, rules, game)


@compiled
def resting(state: GameState, rules: Rules, game: int) -> None:
    """The paper's, which rests in half of the steps."""
    if roll_one(state.key[game], Block.ATTACKER.value, state.step[game], 0) < 0.5:
        digest(state, rules, game)
        give_order(state, game, Red.SLEEP.value, NOBODY, NOBODY)
    else:
        paper_attacker(state, rules, game)


@compiled
def sleeper(state: GameState, rules: Rules, game: int) -> None:  # noqa: ARG001
    give_order(state, game, Red.SLEEP.value, NOBODY, NOBODY)


@compiled
def unscanned(state: GameState, rules: Rules, game: int) -> None:
    """Exploits what it has not scanned."""
    give_order(state, game, Red.SLEEP.value, NOBODY, NOBODY)
    if state.level[game, 1] == Level.NONE:
        give_order(state, game, Red.EXPLOIT.value, 1, rules.foothold)


@compiled
def out_of_range(state: GameState, rules: Rules, game: int) -> None:
    give_order(state, game, Red.SCAN.value, len(rules.host_subnet), rules.foothold)


@compiled
def unknown_kind(state: GameState, rules: Rules, game: int) -> None:
    give_order(state, game, 9, 1, rules.foothold)


@compiled
def without_source(state: GameState, rules: Rules, game: int) -> None:  # noqa: ARG001
    give_order(state, game, Red.EXPLOIT.value, 1, NOBODY)


@compiled
def against_itself(state: GameState, rules: Rules, game: int) -> None:
    give_order(state, game, Red.EXPLOIT.value, rules.foothold, rules.foothold)


@compiled
def cheat(state: GameState, rules: Rules, game: int) -> None:
    """Takes a host without doing anything for it."""
    state.level[game, 1] = Level.ROOT.value
    paper_attacker(state, rules, game)


@compiled
def outside(state: GameState, rules: Rules, game: int) -> None:
    paper_attacker(state, rules, game)
    state.discovered[game, 40_000] = True


@numba.njit  # type: ignore[untyped-decorator]
def host_after_the_last(state: GameState, rules: Rules, game: int) -> int:
    return int(state.level[game, len(rules.host_subnet)])


@compiled
def outside_by_a_helper(state: GameState, rules: Rules, game: int) -> None:
    state.decisions[game] += host_after_the_last(state, rules, game)
    paper_attacker(state, rules, game)


@compiled
def of_another_game(state: GameState, rules: Rules, game: int) -> None:
    paper_attacker(state, rules, game)
    give_order(state, 0, Red.SLEEP.value, NOBODY, NOBODY)


@compiled
def changes_the_rules(state: GameState, rules: Rules, game: int) -> None:
    rules.damage[1] = 0.0
    paper_attacker(state, rules, game)


@compiled
def unrepeatable(state: GameState, rules: Rules, game: int) -> None:
    paper_attacker(state, rules, game)
    state.decisions[game] += int(1_000_000 * np.random.random())


@compiled
def fractional(state: GameState, rules: Rules, game: int) -> None:
    give_order(state, game, Red.SCAN.value, 1.7, rules.foothold)  # type: ignore[arg-type]


@compiled
def not_compilable(state: GameState, rules: Rules, game: int) -> None:
    state.red_kind[game] = rules.footold  # type: ignore[attr-defined]


@compiled
def refusing(state: GameState, rules: Rules, game: int) -> None:  # noqa: ARG001
    raise ValueError("not today")


def two_arguments(state: GameState, game: int) -> None:
    """Lacks the rules."""


@compiled
def blocks(state: GameState, rules: Rules, game: int, actions: NDArray[np.int64]) -> float:  # noqa: ARG001
    """How many agents block."""
    count = 0.0
    for agent in range(len(actions)):
        if rules.action_kind[agent, actions[agent]] == 4:
            count += 1.0
    return count


@compiled
def step_number(state: GameState, rules: Rules, game: int, actions: NDArray[np.int64]) -> float:  # noqa: ARG001
    return float(state.step[game])


@compiled
def infinite(state: GameState, rules: Rules, game: int, actions: NDArray[np.int64]) -> float:  # noqa: ARG001
    return np.inf


@compiled
def meddling(state: GameState, rules: Rules, game: int, actions: NDArray[np.int64]) -> float:  # noqa: ARG001
    state.compromise[game, 1] = 3
    return 0.0


@compiled
def failing(state: GameState, rules: Rules, game: int, actions: NDArray[np.int64]) -> float:  # noqa: ARG001
    raise ValueError("not today")


@compiled
def gambling(state: GameState, rules: Rules, game: int, actions: NDArray[np.int64]) -> float:  # noqa: ARG001
    return np.random.random()


@compiled
def of_a_step_too_far(
    state: GameState,
    rules: Rules,  # noqa: ARG001
    game: int,
    actions: NDArray[np.int64],
) -> float:
    return float(actions[state.step[game] + 1])


@compiled
def sometimes_illegal(state: GameState, rules: Rules, game: int) -> None:
    """Sleeps, but for the last game, which scans what is not there in its second step."""
    give_order(state, game, Red.SLEEP.value, NOBODY, NOBODY)
    if state.step[game] == 1 and game == len(state.key) - 1:
        give_order(state, game, Red.SCAN.value, len(rules.host_subnet), rules.foothold)


@compiled
def fractions(state: GameState, rules: Rules, game: int, actions: NDArray[np.int64]) -> float:  # noqa: ARG001
    """Sums products that no two roundings give alike."""
    total = 0.0
    for host in range(len(rules.host_subnet)):
        total += 0.1 * rules.damage[host] * state.dice[game, host] + 0.7 * state.level[game, host]
    return total


@compiled
def returns_its_order(state: GameState, rules: Rules, game: int) -> tuple[int, int, int]:  # noqa: ARG001
    return Red.SCAN.value, 1, rules.foothold
