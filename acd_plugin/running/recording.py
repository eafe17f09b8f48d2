"""Play greedy games with a trained policy and write down what communication did in them.

Shape legend: G games, T steps, N agents, A actions, M message bits, O observation length, L bits
that an agent receives.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acd_plugin.communication.messages import is_message
from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.configuration.layers import Config
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.controllers.conversation import Memory
from acd_plugin.envs.batch_env import BatchEnv
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.policy import Policy
from acd_plugin.running.assembly import with_changes


class Choices(NamedTuple):
    """The greedy actions of every listener: as it was, and with one received bit flipped.

    Flipped: (L, G, T, N), for each of the bits in turn, all else being equal.
    """

    actual: NDArray[np.int64]  # (G, T, N)
    flipped: NDArray[np.int64]  # both the values and the mask know of it
    flipped_in_mask: NDArray[np.int64]  # only what the message unlocks changes
    flipped_in_policy: NDArray[np.int64]  # only what the network makes of it changes
    arrives: NDArray[np.bool_]  # of these, both who sends it and who receives it are there


class Record(NamedTuple):
    """What was seen, said and heard."""

    returns: NDArray[np.float64]  # (G,)
    observations: NDArray[np.float32]  # (G, T, N, O)
    messages: NDArray[np.int64]  # (G, T, N, M) sent at each step
    there: NDArray[np.bool_]  # (G, T, N) the game has the agent
    allowed: NDArray[np.bool_]  # (G, T, N) it is there, and the gate lets it speak
    threats: NDArray[np.bool_] | None  # (G, T, N) the attacker is on one of the agent's hosts
    played: NDArray[np.bool_]  # (G, T)
    choices: Choices


def play(policy: Policy, changes: Config | None = None) -> NDArray[np.float64]:
    """Return the returns (G,) of the evaluation's games; ``changes`` are settings of messages."""
    games = policy.runner.batch_size
    if not changes:
        return policy.evaluate(games)["return"]
    other = with_changes(policy, changes)
    _speaker(other).agent = _speaker(policy).agent
    returns = other.evaluate(games)["return"]
    other.close()
    return returns


def _speaker(policy: Policy) -> CommController:
    if not isinstance(policy.mac, CommController):
        raise UserError(
            f"{type(policy.mac).__name__} sends no messages: choose a run of dial or rial"
        )
    return policy.mac


def record(policy: Policy) -> Record:
    """Play the evaluation's games and return everything about their messages."""
    mac = _speaker(policy)
    threats: list[Tensor] = []  # (G, N) as each step found the world, and as the last left it

    def watch(env: BatchEnv) -> None:
        truths = env.truths()
        if "threatened" in truths:
            threats.append(torch.from_numpy(truths["threatened"]))

    batch, returns = policy.runner.play_evaluation(watch)
    steps = slice(0, int(batch.max_t_filled()) - 1)
    observations = batch["obs"][:, steps]
    there = mac.channel.there(observations)
    return Record(
        returns=returns,
        observations=observations.cpu().numpy(),
        messages=is_message(batch["messages"][:, steps]).long().cpu().numpy(),
        there=there.squeeze(-1).cpu().numpy(),
        allowed=mac.channel.may_speak(observations)[..., 0].cpu().numpy(),
        threats=torch.stack(threats, dim=1)[:, steps].cpu().numpy() if threats else None,
        played=batch["filled"][:, steps, 0].bool().cpu().numpy(),
        choices=_choices(mac, batch, steps, there),
    )


@torch.no_grad()
def _choices(mac: CommController, batch: EpisodeBatch, steps: slice, there: Tensor) -> Choices:
    embedded = mac.embed(batch, steps)
    available = batch["avail_actions"][:, steps]
    received = mac.channel.deliver(mac.arriving(batch, steps))
    hidden = mac.agent.init_hidden(batch.batch_size)
    chosen: list[_Chosen] = []
    for t in range(steps.stop):
        memory = Memory(hidden, received[:, t])
        chosen.append(_choose(mac, embedded[:, t], available[:, t], memory))
        hidden = chosen[-1].hidden
    from_somebody = mac.channel.deliver(there.float().expand(*there.shape[:-1], mac.message_size))
    return Choices(
        actual=torch.stack([step.actual for step in chosen], dim=1).cpu().numpy(),
        flipped=torch.stack([step.flipped for step in chosen], dim=2).cpu().numpy(),
        flipped_in_mask=torch.stack([step.in_mask for step in chosen], dim=2).cpu().numpy(),
        flipped_in_policy=torch.stack([step.in_policy for step in chosen], dim=2).cpu().numpy(),
        arrives=((from_somebody > 0) & there).permute(3, 0, 1, 2).cpu().numpy(),
    )


class _Chosen(NamedTuple):
    """`Choices` at one step, and the states after it, had no bit been flipped."""

    actual: Tensor  # (G, N)
    flipped: Tensor  # (L, G, N)
    in_mask: Tensor  # (L, G, N)
    in_policy: Tensor  # (L, G, N)
    hidden: list[Tensor]


def _choose(mac: CommController, embedded: Tensor, available: Tensor, memory: Memory) -> _Chosen:
    """Let all agents choose at one step: embedded (G, N, E) and masks (G, N, A)."""
    values, _, hidden = mac.agent(embedded, memory.received, memory.hidden)
    mask = mac.channel.widen(available, memory.received)
    flipped, in_mask, in_policy = [], [], []
    for bit in range(memory.received.shape[-1]):
        other = memory.received.clone()
        other[..., bit] = 1 - other[..., bit]
        other_values, _, _ = mac.agent(embedded, other, memory.hidden)
        other_mask = mac.channel.widen(available, other)
        flipped.append(_best(other_values, other_mask))
        in_mask.append(_best(values, other_mask))
        in_policy.append(_best(other_values, mask))
    return _Chosen(
        _best(values, mask),
        torch.stack(flipped),
        torch.stack(in_mask),
        torch.stack(in_policy),
        hidden,
    )


def _best(values: Tensor, available: Tensor) -> Tensor:
    return values.masked_fill(available == 0, -torch.inf).argmax(dim=-1)
