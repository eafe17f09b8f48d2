"""Play batches of games at random and check what they hand out.

Shapes: G games, N agents, A actions, O observation length.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from acd_plugin.configuration.findings import Finding
from acd_plugin.envs.batch_env import BatchEnv, BatchStep, Purpose
from acd_plugin.envs.blueprint import Blueprint, EnvSizes
from acd_plugin.envs.comm_layout import CommLayout

GAMES = 4
EPISODES = 2
Trace = list[NDArray[np.float64]]  # what every step handed out, all games in the first axis


def batch_findings(blueprint: Blueprint) -> Iterator[Finding]:
    """Yield what is wrong with a blueprint's games."""
    sizes = blueprint.sizes()
    yield from _layout_findings(blueprint.comm_layout, sizes)
    first = Play(blueprint, GAMES, seed=0)
    yield from first.findings(sizes)
    if first.differs_from(Play(blueprint, GAMES, seed=0)):
        yield Finding(
            True,
            "the same seed and actions give other games the second time: draw all random numbers "
            "from one generator that is made from the seed",
        )
    elif not first.differs_from(Play(blueprint, GAMES, seed=1)):
        yield Finding(
            False,
            "seeds 0 and 1 give the same games: if the environment has chances, they do not depend "
            "on the seed",
        )
    if first.game_0_differs_from(Play(blueprint, 1, seed=0, as_in=GAMES)):
        yield Finding(
            True,
            f"game 0 of {GAMES} is another one than game 0 alone: games share something (a global "
            "generator, a class attribute); keep everything in the instance",
        )


def _layout_findings(layout: CommLayout | None, sizes: EnvSizes) -> Iterator[Finding]:
    if layout is None:
        return
    expected = (sizes.n_agents, sizes.n_actions)
    if layout.unlocked_by_message.shape != expected:
        yield Finding(
            True,
            f"comm_layout.unlocked_by_message has shape {layout.unlocked_by_message.shape}: must "
            f"be (agents, actions) = {expected}",
        )
    told = layout.observation_size
    if told != sizes.observation_size:
        yield Finding(
            True,
            f"comm_layout describes {told} bits, and an observation has {sizes.observation_size}: "
            "host_slots * bits_per_host + block_bits, and a profile's, must be its length",
        )


class Play:
    """Some episodes of a batch, played with random available actions."""

    def __init__(self, blueprint: Blueprint, games: int, seed: int, as_in: int = 0) -> None:
        """``as_in``: draw the actions as for that many games, and use the first ones."""
        self.episodes: list[Trace] = []
        self.problems: list[Finding] = []
        self._batch = blueprint.make_batch(games, seed)
        self._drawn = max(games, as_in)
        self._policy = np.random.default_rng(0)
        try:
            for episode in range(EPISODES):
                self._play(episode * self._drawn)
            self.stats = self._batch.episode_stats()
            self.truths = self._batch.truths()
        finally:
            self._batch.close()

    def differs_from(self, other: Play) -> bool:
        pairs = zip(self.episodes, other.episodes, strict=True)
        return not all(len(one) == len(two) and all(map(_same, one, two)) for one, two in pairs)

    def game_0_differs_from(self, alone: Play) -> bool:
        """Compare the first episode of game 0, which may end before that of other games."""
        return not all(
            _same(array[:1], own)
            for array, own in zip(self.episodes[0], alone.episodes[0], strict=False)
        )

    def _play(self, first_episode: int) -> None:
        batch = self._batch
        self.episodes.append([])
        batch.reset(first_episode, Purpose.TRAIN)
        self._look(batch)
        over = np.zeros(batch.n_games, np.bool_)
        for step in range(1, batch.episode_limit + 1):
            result = batch.step(self._actions(batch))
            self._check_step(result, over, step)
            self.episodes[-1].append(np.array(result.rewards, np.float64))
            self._look(batch)
            over |= result.terminated | result.truncated
            if over.all():
                return
        self._report(
            f"after episode_limit={batch.episode_limit} steps a game is neither terminated nor "
            "truncated: end it, or say a larger limit"
        )

    def _actions(self, batch: BatchEnv) -> NDArray[np.int64]:
        mask = np.asarray(batch.available_actions, np.bool_)
        draws = self._policy.random((self._drawn, *mask.shape[1:]))[: batch.n_games]
        return np.where(mask, draws, -1.0).argmax(axis=2)

    def _look(self, batch: BatchEnv) -> None:
        for name in ("observations", "available_actions", "states"):
            array = np.array(getattr(batch, name), np.float64)
            if not np.isfinite(array).all():
                self._report(f"{name} has numbers that are not finite: {array.ravel()[:8]}...")
            self.episodes[-1].append(array)
        if not np.asarray(batch.available_actions).any(axis=2).all():
            self._report(
                "an agent has no available action: there must be one at all times, also after the "
                "end (let action 0 do nothing)"
            )

    def _check_step(self, result: BatchStep, over: NDArray[np.bool_], step: int) -> None:
        if not np.isfinite(result.rewards).all():
            self._report(f"step {step} has rewards that are not finite: {result.rewards}")
        if np.asarray(result.rewards)[over].any():
            self._report("a game that has ended still gives rewards: must be 0")
        if (result.terminated & result.truncated).any():
            self._report(
                f"step {step} is both terminated and truncated: terminated if the game is over, "
                "truncated if it could go on"
            )

    def _report(self, text: str) -> None:
        self.problems.append(Finding(True, text))

    def findings(self, sizes: EnvSizes) -> Iterator[Finding]:
        """Yield what was wrong with what was handed out."""
        yield from self.problems
        batch = self._batch
        observed, masked, told = self.episodes[0][:3]
        found = EnvSizes(
            batch.n_agents,
            batch.n_actions,
            observed.shape[2],
            told.shape[1],
            batch.episode_limit,
        )
        if found != sizes:
            yield Finding(True, f"sizes() are {sizes}, and a batch has {found}")
        seen, masks, states = observed.shape, masked.shape, told.shape
        expected = (batch.n_games, batch.n_agents)
        if seen[:2] != expected or masks != (*expected, batch.n_actions):
            yield Finding(
                True, f"observations are {seen} and masks {masks}: must be {expected} and more"
            )
        if states[0] != batch.n_games:
            yield Finding(True, f"states are {states}: the first axis must be the games")
        for name, values in self.stats.items():
            if values.shape != (batch.n_games,) or not np.isfinite(values).all():
                yield Finding(
                    True,
                    f"the statistic '{name}' is {values}: must be one finite number for each game",
                )
        for name, truth in self.truths.items():
            if truth.shape != expected or truth.dtype != np.bool_:
                yield Finding(
                    True,
                    f"the truth '{name}' is {truth.dtype} {truth.shape}: must be bool {expected}",
                )


def _same(one: NDArray[np.float64], two: NDArray[np.float64]) -> bool:
    return np.array_equal(one, two, equal_nan=True)
