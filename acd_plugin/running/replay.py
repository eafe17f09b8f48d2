"""Use case: play games with a stored policy and keep what was seen, said and done in them.

Shape legend: G games, T steps, N agents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from acd_plugin.analysis.replay.record import AgentStep, GameRecord, GameStep, HeardMessage, Replay
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.envs.batch_env import BatchEnv
from acd_plugin.envs.scene import Drawable, Network, Scene
from acd_plugin.hosts.builtin.policy import Policy
from acd_plugin.running.message_effects import MessageEffects, Silenced, message_effects
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.stored_policy import StoredPolicy
from acd_plugin.running.stored_run import load_policy


@dataclass(frozen=True)
class _Played:
    """The games of one batch, from which records are made."""

    actions: NDArray[np.int64]  # (G, T, N)
    rewards: NDArray[np.float64]  # (G, T)
    observations: NDArray[np.float32]  # (G, T, N, O)
    scenes: list[list[Scene]]  # of each game before the first step and after every step; or []
    effects: MessageEffects | None  # None: agents send nothing
    names: list[list[str]]  # of each agent's actions


def record_games(run: StoredPolicy, spec: RunSpec, games: int, seed: int) -> Replay:
    """Play the evaluation's first ``games`` with the run's policy and record them."""
    policy = load_policy(run, spec, games, seed)
    try:
        return replay_of(policy)
    finally:
        policy.close()


def replay_of(policy: Policy) -> Replay:
    """Play one evaluation game in each of the policy's games and record them."""
    env: BatchEnv = policy.runner.env
    network: Network | None = None
    scenes: list[list[Scene]] = [[] for _ in range(env.n_games)]
    if isinstance(env, Drawable):
        network = env.network()

    def watch(env: BatchEnv) -> None:
        if isinstance(env, Drawable):
            for game, own in enumerate(scenes):
                own.append(env.scene(game))

    batch, _ = policy.runner.play_evaluation(watch)
    mac = policy.mac
    talks = isinstance(mac, CommController) and mac.message_size > 0
    effects = message_effects(mac, batch) if isinstance(mac, CommController) and talks else None
    numbered = [f"action {number}" for number in range(env.n_actions)]
    played = _Played(
        actions=batch["actions"][..., 0].cpu().numpy(),
        rewards=_numbers(batch["reward"][..., 0]).astype(np.float64),
        observations=_numbers(batch["obs"]),
        scenes=scenes,
        effects=effects,
        names=getattr(env, "action_names", [numbered] * env.n_agents),
    )
    lengths = batch["filled"][..., 0].sum(dim=1).cpu().numpy() - 1
    return Replay(
        agents=network.defenders if network else tuple(map(str, range(env.n_agents))),
        talks=talks,
        network=network,
        games=tuple(_game(played, game, int(steps)) for game, steps in enumerate(lengths)),
    )


def _game(played: _Played, game: int, length: int) -> GameRecord:
    scenes = played.scenes[game]
    return GameRecord(
        start=scenes[0] if scenes else None,
        steps=tuple(
            GameStep(
                reward=float(played.rewards[game, t]),
                agents=tuple(
                    _agent(played, game, t, agent) for agent in range(played.actions.shape[2])
                ),
                scene=scenes[t + 1] if scenes else None,
            )
            for t in range(length)
        ),
    )


def _agent(played: _Played, game: int, t: int, agent: int) -> AgentStep:
    names, effects = played.names[agent], played.effects
    action = _name(names, played.actions[game, t, agent])
    saw = () if played.scenes[game] else tuple(played.observations[game, t, agent].tolist())
    if effects is None:
        return AgentStep(action, (), (), action, "", saw)
    place = (game, t, agent)
    heard = tuple(
        HeardMessage(
            sender, bits, _unlocked(names, silenced, place), _without(names, silenced, place)
        )
        for sender, silenced in enumerate(effects.by_sender)
        if t > 0 and silenced.heard[place] and (bits := _bits(effects, (game, t - 1, sender)))
    )
    return AgentStep(
        action=action,
        heard=heard,
        unlocked=_unlocked(names, effects.by_all, place) if heard else (),
        without=_without(names, effects.by_all, place) if heard else action,
        said=_bits(effects, place),
        saw=saw,
    )


def _bits(effects: MessageEffects, place: tuple[int, int, int]) -> str:
    """Return what was said as digits; "" of silence."""
    bits = effects.bits[place]
    return "".join(str(int(bit)) for bit in bits) if bits.any() else ""


def _unlocked(names: list[str], silenced: Silenced, place: tuple[int, int, int]) -> tuple[str, ...]:
    unlocked = np.flatnonzero(silenced.unlocked[place])
    return tuple(_name(names, int(action)) for action in unlocked)


def _without(names: list[str], silenced: Silenced, place: tuple[int, int, int]) -> str:
    return _name(names, silenced.actions[place])


def _numbers(values: Tensor) -> NDArray[np.float32]:
    """Return values that can be written as JSON, which knows no infinity."""
    return np.nan_to_num(values.cpu().numpy())


def _name(names: list[str], action: int) -> str:
    return names[action] or f"action {action}"
