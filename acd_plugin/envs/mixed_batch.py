"""Several batches as one: games that differ in their settings, networks, rules or attackers.

The games of each part lie side by side and have its rules; the parts have the same sizes, so that
one team of agents plays them all. A game is exactly what it is in a batch of its own part alone.
Each part costs a call per step, about 10 us for compiled games: a handful of parts with many games
each is free, a part for every game is not. What is drawn anew for every game and episode belongs
into the state of the game instead (`envs.compiled`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acd_plugin.envs.batch_env import BatchEnv, BatchStep, Purpose
from acd_plugin.envs.blueprint import Blueprint, EnvSizes
from acd_plugin.envs.checked import checked_actions, checked_episode
from acd_plugin.envs.comm_layout import CommLayout, same_layout
from acd_plugin.errors import UserError


class MixedBatchEnv:
    """The games of ``parts``, one part after the other."""

    def __init__(self, parts: Sequence[BatchEnv]) -> None:
        """Raises UserError when the parts' sizes differ."""
        self.parts = list(parts)
        self.n_games = sum(part.n_games for part in self.parts)
        sizes = {_sizes(part) for part in self.parts}
        if len(sizes) != 1:
            raise UserError(f"games of different size cannot be one batch: {sorted(sizes)}")
        (self.n_agents, self.n_actions, _, _, self.episode_limit) = sizes.pop()
        edges = [0, *itertools.accumulate(part.n_games for part in self.parts)]
        self._games = list(itertools.pairwise(edges))  # (first, last + 1) of each part

    @property
    def observations(self) -> NDArray[np.float32]:
        return np.concatenate([part.observations for part in self.parts])

    @property
    def available_actions(self) -> NDArray[np.bool_]:
        return np.concatenate([part.available_actions for part in self.parts])

    @property
    def states(self) -> NDArray[np.float32]:
        return np.concatenate([part.states for part in self.parts])

    def reset(self, first_episode: int, purpose: Purpose) -> None:
        first_episode, purpose = checked_episode(first_episode, purpose)
        for part, (first, _) in zip(self.parts, self._games, strict=True):
            part.reset(first_episode + first, purpose)

    def step(self, actions: ArrayLike) -> BatchStep:
        # checked here, so that no part has gone on when another refuses
        chosen = checked_actions(actions, self.n_games, self.n_agents, self.n_actions)
        steps = [
            part.step(chosen[first:last])
            for part, (first, last) in zip(self.parts, self._games, strict=True)
        ]
        return BatchStep(*(np.concatenate(fields) for fields in zip(*steps, strict=True)))

    def episode_stats(self) -> dict[str, NDArray[np.float64]]:
        """Return all parts' statistics; those that a game does not have are 0 for it."""
        told = [part.episode_stats() for part in self.parts]
        names = sorted({name for stats in told for name in stats})
        return {
            name: np.concatenate(
                [
                    stats.get(name, np.zeros(part.n_games))
                    for part, stats in zip(self.parts, told, strict=True)
                ]
            )
            for name in names
        }

    def truths(self) -> Mapping[str, NDArray[np.bool_]]:
        """Return the facts that every part tells."""
        told = [part.truths() for part in self.parts]
        names = set.intersection(*(set(truths) for truths in told))
        return {name: np.concatenate([truths[name] for truths in told]) for name in sorted(names)}

    def close(self) -> None:
        for part in self.parts:
            part.close()


class MixedBlueprint:
    """Several blueprints of games of equal size, each of which gets an equal share of a batch."""

    def __init__(self, blueprints: Sequence[Blueprint]) -> None:
        """Raises UserError when sizes, or what communicating agents are told, differ."""
        self.blueprints = list(blueprints)
        first = self.blueprints[0]
        for other in self.blueprints[1:]:
            if other.sizes() != first.sizes():
                raise UserError(
                    f"games of different size cannot be one batch: {first.sizes()} and "
                    f"{other.sizes()}"
                )
            if not same_layout(first.comm_layout, other.comm_layout):
                raise UserError(
                    "games of one batch must agree in what messages unlock and who may speak "
                    "(analyse_mode, comm_gate): give all of them the same"
                )

    @property
    def comm_layout(self) -> CommLayout | None:
        """What all of them have; who is not there in one of them is not always there."""
        layout = self.blueprints[0].comm_layout
        others = [one.comm_layout for one in self.blueprints]
        there = [one.always_there for one in others if one and one.always_there is not None]
        return replace(layout, always_there=min(there)) if layout and there else layout

    @property
    def identity(self) -> Mapping[str, str]:
        """The identities of all, numbered: ``scenario_0``, ``scenario_1``, ..."""
        return {
            f"{name}_{number}": content
            for number, blueprint in enumerate(self.blueprints)
            for name, content in blueprint.identity.items()
        }

    def sizes(self) -> EnvSizes:
        return self.blueprints[0].sizes()

    def make_batch(self, n_games: int, seed: int) -> MixedBatchEnv:
        edges = np.linspace(0, n_games, len(self.blueprints) + 1).astype(int).tolist()
        shares = [last - first for first, last in itertools.pairwise(edges)]
        return MixedBatchEnv(
            [
                blueprint.make_batch(share, seed)
                for blueprint, share in zip(self.blueprints, shares, strict=True)
                if share
            ]
        )


def _sizes(batch: BatchEnv) -> EnvSizes:
    observed, state = batch.observations.shape[2], batch.states.shape[1]
    return EnvSizes(batch.n_agents, batch.n_actions, observed, state, batch.episode_limit)
