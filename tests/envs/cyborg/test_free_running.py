"""Free-running games have the statistics of the original, for every setting and scripted policy.

Each cell of the reference (a mean, or a frequency) is compared by a z-test that counts both
sampling errors. Per setting and policy, no cell may differ at an overall level of 1% (Bonferroni
over all its cells); over everything, the cells' root mean square z must be near 1, as it is when
only chance separates two samples. Cells too rare for the normal approximation are held to a
Poisson bound.
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
from scipy import stats

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.game.types import Outcome, Red, Result
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from testbed.policies import POLICIES
from tests.envs.cyborg.games import setting_batch
from tests.slow import slow_but

Array = NDArray[np.float64]
GAMES = 8192
LEVEL = 0.01
MIN_COUNT = 10  # expected occurrences from which the normal approximation is used
RED_NAMES = {
    Red.SLEEP: "Sleep",
    Red.SWEEP: "DiscoverRemoteSystems",
    Red.SCAN: "DiscoverNetworkServices",
    Red.EXPLOIT: "ExploitRemoteService",
    Red.ESCALATE: "PrivilegeEscalate",
    Red.IMPACT: "Impact",
}
REFERENCE = Path(__file__).parents[2] / "data" / "statistics.json.xz"


@cache
def references() -> dict[tuple[str, str], Any]:
    data = json.loads(lzma.decompress(REFERENCE.read_bytes()))
    return {(entry["setting"], entry["policy"]): entry for entry in data}


class Sample:
    """What was counted in our games; arrays have the shapes of the reference's entries."""

    def __init__(self, reference: Any) -> None:
        self.reference = reference
        mode = "free" if reference["policy"] == "random_free" else "detect"
        self.batch = setting_batch(reference["setting"], mode, games=GAMES, seed=17)
        names = [host.name for host in self.batch.scenario.hosts]
        self.hosts = [names.index(name) for name in reference["hosts"]]
        steps, hosts = reference["steps"], len(self.hosts)
        self.returns = np.zeros(GAMES)
        self.rewards = np.zeros((3, steps))  # mean, variance, largest deviation from the mean
        self.user, self.root, self.known = (np.zeros((hosts, steps)) for _ in range(3))
        self.codes = np.zeros((hosts, 16, steps + 1))
        self.red, self.red_success = (np.zeros((len(Red), steps)) for _ in range(2))
        self.blue = np.zeros((self.batch.n_agents, self.batch.n_actions, 3))
        self._play()

    def _play(self) -> None:
        batch, rng = self.batch, np.random.default_rng(3)
        policy = POLICIES[self.reference["policy"]]
        batch.reset(0, Purpose.TRAIN)
        self._count_codes(batch, 0)
        for t in range(self.reference["steps"]):
            actions = policy(batch, rng)
            reward = batch.step(actions).rewards
            self.returns += reward
            self.rewards[:, t] = moments(reward)
            state = batch.state
            level = state.level[:, self.hosts]
            self.user[:, t] = (level == 1).mean(axis=0)
            self.root[:, t] = (level == 2).mean(axis=0)
            self.known[:, t] = state.pid_known[:, self.hosts].mean(axis=0)
            for kind in Red:
                chosen = state.red_kind == kind
                self.red[kind, t] = chosen.mean()
                succeeded = chosen & (state.red_result == Result.SUCCESS)
                self.red_success[kind, t] = succeeded.mean()
            self._count_codes(batch, t + 1)
            self._count_blue(batch, actions)
        batch.close()

    def _count_codes(self, batch: NativeBatchEnv, index: int) -> None:
        slots = batch.rules.agent_host.shape[1]
        bits = batch.observations[:, :, : 4 * slots].reshape(GAMES, -1, 4)
        codes = (bits @ np.array([8, 4, 2, 1])).astype(int)
        for host in range(codes.shape[1]):
            self.codes[host, :, index] = np.bincount(codes[:, host], minlength=16) / GAMES

    def _count_blue(self, batch: NativeBatchEnv, actions: NDArray[np.int64]) -> None:
        success = batch.state.outcome == Outcome.SUCCESS
        free = batch.state.cost == 0
        for agent in range(batch.n_agents):
            for column, weights in enumerate((None, success[:, agent], free[:, agent])):
                counts = np.bincount(actions[:, agent], weights, minlength=batch.n_actions)
                self.blue[agent, :, column] += counts


def moments(values: Array) -> tuple[float, float, float]:
    mean = values.mean()
    return mean, values.var(), np.abs(values - mean).max()


def compare_means(theirs: Array, ours: Array, n_theirs: int) -> Array:
    """Return z of means; ``ours`` holds moments in its rows.

    Left out are steps whose spread comes from a few rare games (nearly all servers fallen, say):
    variance / deviation^2 is the share of such games. Their frequencies are compared elsewhere.
    """
    mean, variance, deviation = ours
    share = variance / np.maximum(deviation, 1e-9) ** 2
    common = n_theirs * share >= MIN_COUNT
    error = np.sqrt(variance * (1 / n_theirs + 1 / GAMES))
    z: Array = (theirs - mean)[common] / error[common]
    return z


def compare_shares(theirs: Array, ours: Array, n_theirs: Any, n_ours: Any) -> Array:
    """Return z of two frequencies where they are common enough; check the rare ones here."""
    theirs, ours, n_theirs, n_ours = (
        np.asarray(value, dtype=float).ravel()
        for value in np.broadcast_arrays(theirs, ours, n_theirs, n_ours)
    )
    pooled = (theirs * n_theirs + ours * n_ours) / (n_theirs + n_ours)
    common = n_theirs * pooled * (1 - pooled) >= MIN_COUNT
    rare_low = ~common & (pooled < 0.5)
    rare_high = ~common & (pooled >= 0.5)
    for rare, share_theirs, share_ours in (
        (rare_low, theirs, ours),
        (rare_high, 1 - theirs, 1 - ours),
    ):
        expected = share_ours[rare] * n_theirs[rare] + 5 * np.sqrt(n_theirs[rare] / n_ours[rare])
        seen = np.rint(share_theirs[rare] * n_theirs[rare])
        assert (stats.poisson.sf(seen - 1, expected) > 1e-6).all()
        unseen = share_ours[rare] * n_theirs[rare]
        assert (stats.poisson.cdf(seen, unseen) > 1e-6).all()
    error = np.sqrt(pooled * (1 - pooled) * (1 / n_theirs + 1 / n_ours))
    z: Array = (theirs - ours)[common] / error[common]
    return z


def blue_shares(sample: Sample) -> list[tuple[Array, Array, Array, Array]]:
    """Shares of success and of freedom from cost, of each action that the reference has."""
    rows = []
    for agent, table in enumerate(sample.reference["blue_actions"]):
        for name, (times, succeeded, free, _cost) in table.items():
            column = sample.batch.action_names[agent].index(name)
            ours = sample.blue[agent, column]
            for theirs, mine in ((succeeded, ours[1]), (free, ours[2])):
                rows.append((theirs / times, mine / max(ours[0], 1), times, ours[0]))
    columns = np.array(rows).T
    return [tuple(columns)]


def red_table(reference: Any, key: str) -> Array:
    rows = dict(zip(reference["red_types"], reference[key], strict=True))
    return np.array([rows[RED_NAMES[kind]] for kind in Red])


def codes_table(reference: Any) -> Array:
    table = np.zeros((len(reference["hosts"]), 16, reference["steps"] + 1))
    for host, name in enumerate(reference["hosts"]):
        for pattern, shares in reference["host_bits"][name].items():
            table[host, int(pattern, 2)] = shares
    return table


@cache
def z_scores(setting: str, policy: str) -> Array:
    reference = references()[setting, policy]
    sample = Sample(reference)
    n = reference["episodes"]
    theirs_return = np.array([reference["return"]["mean"]])
    steps = reference["reward_by_step"]
    parts = [
        compare_means(theirs_return, np.array([moments(sample.returns)]).T, n),
        compare_means(np.array(steps["mean"]), sample.rewards, n),
        compare_shares(np.array(reference["p_user_session"]), sample.user, n, GAMES),
        compare_shares(np.array(reference["p_root_session"]), sample.root, n, GAMES),
        compare_shares(np.array(reference["p_pid_known"]), sample.known, n, GAMES),
        compare_shares(codes_table(reference), sample.codes, n, GAMES),
        compare_shares(red_table(reference, "red_type_freq"), sample.red, n, GAMES),
        compare_shares(red_table(reference, "red_type_success_freq"), sample.red_success, n, GAMES),
        *(compare_shares(*columns) for columns in blue_shares(sample)),
    ]
    return np.concatenate(parts)


CASES = sorted(references())


@pytest.mark.parametrize(
    ("setting", "policy"), slow_but(lambda case: case[0] == "small_green_050", CASES)
)
def test_no_statistic_differs(setting: str, policy: str) -> None:
    z = z_scores(setting, policy)
    limit = stats.norm.isf(LEVEL / 2 / len(z))
    assert np.abs(z).max() < limit


@pytest.mark.slow
def test_all_differences_together_are_those_of_chance() -> None:
    z = np.concatenate([z_scores(*case) for case in CASES])
    assert len(z) > 10_000
    assert 0.9 < np.sqrt((z**2).mean()) < 1.1
