"""CybORG and the compiled rules, step by step: same choices, same chances, same everything.

CybORG plays on its own: it picks the exploit, decides whether it works and draws its detection.
Only these outcomes are forced on the compiled rules; all that follows must be equal in every step
of every game: sessions, known processes, alarms, beliefs of both sides, results, costs, rewards,
observations and masks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.compiled.integers import wrapping_integers
from acd_plugin.envs.cyborg.attackers import ATTACKERS
from acd_plugin.envs.cyborg.cyborg_backend.batch import CyborgBatchEnv
from acd_plugin.envs.cyborg.game import blue, monitor
from acd_plugin.envs.cyborg.game.red.execution import execute
from acd_plugin.envs.cyborg.game.types import Dice, Red, Result
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from testbed.policies import POLICIES, Policy
from tests.envs.cyborg import plugged
from tests.envs.cyborg.games import NEVER, SETTINGS, make_batch, setting_batch
from tests.slow import slow, slow_but

COMMON = {  # every setting must have tried these at least
    (Red.SLEEP, Result.NOTHING),
    (Red.SWEEP, Result.SUCCESS),
    (Red.SCAN, Result.SUCCESS),
    (Red.EXPLOIT, Result.SUCCESS),
    (Red.EXPLOIT, Result.FAIL),
    (Red.EXPLOIT, Result.LOST),
    (Red.ESCALATE, Result.SUCCESS),
    (Red.ESCALATE, Result.LOST),
    (Red.IMPACT, Result.SUCCESS),
    (Red.IMPACT, Result.LOST),
}
EPISODES = 210  # of every setting
_GAMES = 30  # at a time: as many as there are games in a round of all policies


def anything(batch: Any, rng: np.random.Generator) -> NDArray[np.int64]:
    """Uniform over all actions, masked ones too: the mask is not the environment's to enforce."""
    return rng.integers(0, batch.n_actions, (batch.n_games, batch.n_agents))


class Lockstep:
    """The same games on both backends."""

    def __init__(self, native: NativeBatchEnv) -> None:
        self.native = native
        self.cyborg = CyborgBatchEnv(native.definition, native.n_games, native.seed, processes=1)
        self.images = [
            self.native.scenario.images[host.image] for host in self.native.scenario.hosts
        ]

    def reset(self, first_episode: int) -> None:
        for batch in (self.native, self.cyborg):
            batch.reset(first_episode, Purpose.TEST)

    def step(self, actions: NDArray[np.int64]) -> None:
        self.cyborg.step(actions)
        state, rules = self.native.state, self.native.rules
        with wrapping_integers():
            self.native.program.decide_games(state, rules)
        for game in range(self.native.n_games):
            self._force_outcome(game)
            for agent in range(self.native.n_agents):
                blue.act(state, rules, game, agent, actions[game])
            execute(state, rules, game, actions[game])
            monitor.watch(state, rules, game)
        self.native.program.conclude_games(state, rules, self.native.totals, actions)

    def _force_outcome(self, game: int) -> None:
        state = self.cyborg.state
        tried = getattr(self.cyborg.worlds.worlds[game].red_action, "sub_action", None)  # type: ignore[attr-defined]
        if state.red_kind[game] != Red.EXPLOIT or tried is None:
            return
        names = [exploit.name for exploit in self.images[state.red_target[game]].exploits]
        dice = self.native.state.dice[game]
        dice[Dice.EXPLOIT] = (names.index(tried.name) + 0.5) / len(names)
        dice[Dice.DETECTION] = 0.0 if state.red_detected[game] else NEVER

    def compare(self) -> None:
        for name in self.native.state._fields:
            ours, theirs = getattr(self.native.state, name), getattr(self.cyborg.state, name)
            if name == "dice":
                continue
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9, err_msg=name)
        for name in self.native.totals._fields:
            ours, theirs = getattr(self.native.totals, name), getattr(self.cyborg.totals, name)
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9, err_msg=name)


@pytest.mark.usefixtures("cyborg")
@pytest.mark.parametrize("setting", slow_but(lambda name: name == "small_green_050", SETTINGS))
def test_every_step_of_random_episodes_agrees(setting: str) -> None:
    lockstep = Lockstep(setting_batch(setting, "sau", _GAMES, seed=11))
    has_block = "block_always" if "no_block" not in setting else "sleep"
    names = ["random_sau", "restore_any", "remove_restore", has_block]
    policies: list[Policy] = [anything, *(POLICIES[name] for name in names)]
    rng = np.random.default_rng(3)
    happened: set[tuple[int, int]] = set()
    for first in range(0, EPISODES, _GAMES):
        lockstep.reset(first)
        for step in range(lockstep.native.episode_limit):
            # Every game has a policy of its own.
            choices = np.stack([policy(lockstep.cyborg, rng) for policy in policies])
            kinds = np.arange(_GAMES) % len(policies)
            lockstep.step(choices[kinds, np.arange(_GAMES)])
            try:
                lockstep.compare()
            except AssertionError as error:
                raise AssertionError(f"episodes from {first}, step {step}: {error}") from error
            state = lockstep.cyborg.state
            happened |= set(zip(state.red_kind.tolist(), state.red_result.tolist(), strict=True))
    assert happened >= COMMON


OTHERS = "+".join(name for name in ATTACKERS if name != "paper")


TEAMWORK = """
extends: dial_2_subnets
exclusive: [analyse, block]
joint: [[User1, Op_Host0], [User2, Op_Server0]]
"""


def play_in_lockstep(lockstep: Lockstep) -> None:
    rng = np.random.default_rng(3)
    lockstep.reset(0)
    for _ in range(lockstep.native.episode_limit):
        lockstep.step(anything(lockstep.native, rng))
        lockstep.compare()
    assert (lockstep.native.episode_stats()["hosts_compromised"] > 0).any()


@pytest.mark.usefixtures("cyborg")
@pytest.mark.parametrize("env", ["cyborg_small", *slow(["cyborg_large"])])
def test_every_step_against_the_other_attackers_agrees(env: str) -> None:
    play_in_lockstep(Lockstep(make_batch(f"attacker={OTHERS}", games=12, seed=3, env=env)))


@pytest.mark.slow
@pytest.mark.usefixtures("cyborg")
def test_every_step_against_an_attacker_of_ones_own_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ATTACKERS, "resting", plugged.resting)
    play_in_lockstep(Lockstep(make_batch("attacker=resting", games=12, seed=3)))


@pytest.mark.usefixtures("cyborg")
@pytest.mark.parametrize("env", ["hidden_target", "heterogeneous", "heterogeneous_hosts"])
def test_every_step_of_games_with_other_actions_and_objectives_agrees(env: str) -> None:
    play_in_lockstep(Lockstep(make_batch(games=12, seed=3, env=env)))


@pytest.mark.usefixtures("cyborg")
def test_every_step_of_games_of_teamwork_agrees(tmp_path: Path) -> None:
    file = tmp_path / "teamwork.yaml"
    file.write_text(TEAMWORK)
    lockstep = Lockstep(make_batch(f"scenario={file}", "action_mask=False", games=12, seed=3))
    play_in_lockstep(lockstep)
