"""Replay logged episodes of the original game: only the random outcomes are taken from the log.

Everything else is computed and must agree in every step: masks, success flags, costs, rewards,
observations, session levels, known processes, and where the attacker's action was launched from.
A logged choice of the attacker that no dice can produce fails as well: the rules forbid it.
"""

from __future__ import annotations

import json
import lzma
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.game import step
from acd_plugin.envs.cyborg.game.red import beliefs, choice
from acd_plugin.envs.cyborg.game.types import Detection, Dice, Level, Outcome, Red, Result
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from tests.envs.cyborg.games import NEVER, SETTINGS, setting_batch

LOG = Path(__file__).parents[2] / "data" / "episodes.jsonl.xz"
RED_KINDS = {
    "Sleep": Red.SLEEP,
    "DiscoverRemoteSystems": Red.SWEEP,
    "DiscoverNetworkServices": Red.SCAN,
    "ExploitRemoteService": Red.EXPLOIT,
    "PrivilegeEscalate": Red.ESCALATE,
    "Impact": Red.IMPACT,
}


@cache
def logged_episodes() -> dict[str, list[Any]]:
    episodes: dict[str, list[Any]] = {setting: [] for setting in SETTINGS}
    for line in lzma.decompress(LOG.read_bytes()).splitlines():
        episode = json.loads(line)
        episodes[episode["setting"]].append(episode)
    return episodes


def test_all_episodes_are_there() -> None:
    assert sum(len(episodes) for episodes in logged_episodes().values()) == 1120


class Replay:
    """Two copies of a game that play the same log: one with Analyse free, one on detection only."""

    def __init__(self, setting: str) -> None:
        self.free = setting_batch(setting, "free")
        self.detect = setting_batch(setting, "detect")
        scenario = self.free.scenario
        self.hosts = {host.name: i for i, host in enumerate(scenario.hosts)}
        self.subnets = {name: i for i, name in enumerate(scenario.subnet_names)}
        defended = self.free.rules.agent_host.ravel()
        self.defended = defended[defended >= 0]
        self.sessions: list[int] = []

    def reset(self) -> None:
        for game in (self.free, self.detect):
            game.reset(0, Purpose.TRAIN)
        self.sessions = [self.free.rules.foothold]

    def play(self, log: dict[str, Any]) -> None:
        kind, target = self.red_action(log["red"])
        dice = self.dice(log, kind, target)
        for game in (self.free, self.detect):
            game.state.dice[0] = dice
            names = zip(game.action_names, log["act"], strict=True)
            actions = np.array([table.index(name) for table, name in names])
            step.play(game.state, game.rules, game.totals, 0, actions)
        if kind == Red.EXPLOIT and log["red_ok"]:
            self.sessions.append(target)

    def red_action(self, text: str) -> tuple[Red, int]:
        name, *target = text.split()
        kind = RED_KINDS[name]
        if kind == Red.SLEEP:
            return kind, -1
        return kind, (self.subnets if kind == Red.SWEEP else self.hosts)[target[0]]

    def dice(self, log: dict[str, Any], kind: Red, target: int) -> NDArray[np.float64]:
        """Return dice under which the logged random outcomes happen."""
        hosts = len(self.hosts)
        dice = np.full(Dice.HOSTS + 2 * hosts, 0.5)
        dice[Dice.HOSTS + hosts :] = NEVER  # no escalation that is not overdue ...
        if kind == Red.ESCALATE:  # ... but this one, as early as the rules allow and first of all
            dice[Dice.HOSTS + target] = dice[Dice.HOSTS + hosts + target] = 0.0
        if kind == Red.EXPLOIT:
            dice[Dice.EXPLOIT], dice[Dice.DETECTION] = self.exploit_dice(log, target)
        dice[Dice.GREEN_ACTS], dice[Dice.GREEN_HOST] = self.green_dice(log["green"])
        dice[Dice.RED_TARGET] = self.target_die(dice, kind, target)
        return dice

    def exploit_dice(self, log: dict[str, Any], target: int) -> tuple[float, float]:
        """Pick an option of the target's image that does what the log says it did."""
        rules = self.free.rules
        place = int(np.flatnonzero(self.defended == target)[0])
        gives = log["level"][place] if log["red_ok"] else Level.NONE
        seen = bool(log["pid_known"][place])
        count = rules.exploit_count[target]
        for option in range(count):
            always = rules.exploit_detection[target, option] == Detection.ALWAYS
            if rules.exploit_gives[target, option] == gives and not (always and not seen):
                return (option + 0.5) / count, 0.0 if seen else NEVER
        assert not log["red_ok"], f"no exploit of the image does this: {log}"
        return 0.5, 0.5  # it failed for another reason: a block, or a lost session

    def green_dice(self, action: str | None) -> tuple[float, float]:
        if action is None or action.strip() == "Sleep":
            return 0.0, 0.5
        scanned = self.hosts[action.split()[1]]
        place = self.free.rules.green_hosts.tolist().index(scanned)
        return NEVER, (place + 0.5) / len(self.free.rules.green_hosts)

    def target_die(self, dice: NDArray[np.float64], kind: Red, target: int) -> float:
        """Find the die under which the attacker chooses as logged."""
        state, rules = self.free.state, self.free.rules
        before = [field.copy() for field in state]
        beliefs.digest(state, rules, 0)
        state.decisions[0] += 1
        found = None
        for option in range(len(self.hosts)):
            die = (option + 0.5) / len(self.hosts)
            state.dice[0] = dice
            state.dice[0, Dice.RED_TARGET] = die
            if tuple(choice.choose(state, rules, 0)[:2]) == (kind, target):
                found = die
                break
        for name, value in zip(state._fields, before, strict=True):
            getattr(state, name)[...] = value
        assert found is not None, f"the rules forbid {kind.name} of {target}"
        return found

    def compare(self, log: dict[str, Any]) -> None:
        """Check everything that the step was to produce."""
        state = self.free.state
        assert (state.outcome[0] == Outcome.SUCCESS).astype(int).tolist() == log["ok"]
        np.testing.assert_allclose(-state.cost[0], log["cost"])
        assert state.reward[0] == pytest.approx(log["reward"], abs=1e-6)
        assert state.level[0, self.defended].tolist() == log["level"]
        assert state.pid_known[0, self.defended].astype(int).tolist() == log["pid_known"]
        observed = [[bit for host in agent for bit in host] for agent in log["obs"]]
        assert state.observation[0].astype(int).tolist() == observed
        kind, _ = self.red_action(log["red"])
        if kind != Red.SLEEP:
            assert (state.red_result[0] == Result.SUCCESS) == bool(log["red_ok"])
        if kind in (Red.SWEEP, Red.SCAN, Red.EXPLOIT):
            assert state.red_source[0] == self.sessions[log["red_session"]]


def masks(game: NativeBatchEnv) -> list[list[int]]:
    allowed: list[list[int]] = game.state.available[0].astype(int).tolist()
    return allowed


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_step_of_the_logged_episodes_agrees(setting: str) -> None:
    replay = Replay(setting)
    for episode in logged_episodes()[setting]:
        replay.reset()
        for log in episode["steps"]:
            where = f"{episode['policy']} episode {episode['ep']} step {log['t']}"
            assert masks(replay.free) == log["mask"], where
            assert masks(replay.detect) == log["mask_sau"], where
            try:
                replay.play(log)
                replay.compare(log)
            except AssertionError as error:
                raise AssertionError(f"{where}: {error}") from error
