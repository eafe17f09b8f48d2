"""What the attacker's chosen action does to the network."""

from __future__ import annotations

import numpy as np

from acd_plugin.envs.compiled.compilation import compiled
from acd_plugin.envs.compiled.rng import pick
from acd_plugin.envs.cyborg.game.exclusive import is_contested
from acd_plugin.envs.cyborg.game.protection import is_protected
from acd_plugin.envs.cyborg.game.types import (
    NOBODY,
    Blue,
    Detection,
    Dice,
    GameState,
    Level,
    Red,
    Result,
    Rules,
)


@compiled
def execute(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> None:
    """Carry out the chosen action; ``actions`` (N,) are the defenders', for their blocks."""
    kind = state.red_kind[game]
    target = state.red_target[game]
    state.red_detected[game] = False
    if kind == Red.SLEEP:
        state.red_result[game] = Result.NOTHING.value
    elif state.level[game, state.red_source[game]] == Level.NONE:
        state.red_result[game] = Result.LOST.value
    elif _is_blocked(state, rules, game, actions) or (
        kind == Red.EXPLOIT and is_protected(rules, target, actions)
    ):
        state.red_result[game] = Result.FAIL.value
    elif kind == Red.EXPLOIT:
        _exploit(state, rules, game, target)
    else:
        if kind == Red.ESCALATE:
            state.level[game, target] = Level.ROOT.value
        state.red_result[game] = Result.SUCCESS.value


@compiled
def _is_blocked(state: GameState, rules: Rules, game: int, actions: np.ndarray) -> bool:
    """Whether the guard of the target's subnet blocks the source's in this step."""
    kind = state.red_kind[game]
    if kind == Red.ESCALATE or kind == Red.IMPACT:
        return False
    target = state.red_target[game]
    to_subnet = target if kind == Red.SWEEP else rules.host_subnet[target]
    from_subnet = rules.host_subnet[state.red_source[game]]
    guard = rules.subnet_guard[to_subnet]
    if guard == NOBODY or from_subnet == to_subnet:
        return False
    action = actions[guard]
    return (
        rules.action_kind[guard, action] == Blue.BLOCK
        and rules.action_target[guard, action] == from_subnet
        and not is_contested(rules, guard, actions)
    )


@compiled
def _exploit(state: GameState, rules: Rules, game: int, target: int) -> None:
    option = pick(state.dice[game, Dice.EXPLOIT.value], rules.exploit_count[target])
    gives = rules.exploit_gives[target, option]
    if gives == Level.NONE:
        state.red_result[game] = Result.FAIL.value
        return
    state.red_result[game] = Result.SUCCESS.value
    state.level[game, target] = gives
    detection = rules.exploit_detection[target, option]
    detected = detection == Detection.ALWAYS or (
        detection == Detection.RATE
        and state.dice[game, Dice.DETECTION.value] < rules.detection_rate
    )
    state.pid_known[game, target] = detected
    state.red_detected[game] = detected
