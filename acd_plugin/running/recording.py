"""Play greedy games with a trained policy and write down what communication did in them.

Shape legend: G games, T steps, N agents, A actions, M message bits, O observation length,
L bits that an agent receives: (N - 1) M.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acd_plugin.communication.channel import Channel
from acd_plugin.communication.disturbances import Disturbance, DisturbedChannel
from acd_plugin.hosts.builtin.policy import Policy


class Record(NamedTuple):
    """What was seen, said and heard."""

    returns: NDArray[np.float64]  # (G,)
    observations: NDArray[np.float32]  # (G, T, N, O)
    messages: NDArray[np.int64]  # (G, T, N, M) sent at each step
    allowed: NDArray[np.bool_]  # (G, T, N) the gate lets the agent speak
    threats: NDArray[np.bool_] | None  # (G, T, N) the attacker is on one of the agent's hosts
    played: NDArray[np.bool_]  # (G, T)
    choices: Choices


class Choices(NamedTuple):
    """The greedy actions of every listener: as it was, and with one received bit flipped.

    Flipped: (L, G, T, N), for each of the bits in turn, all else being equal.
    """

    actual: NDArray[np.int64]  # (G, T, N)
    flipped: NDArray[np.int64]  # both the values and the mask know of it
    flipped_in_mask: NDArray[np.int64]  # only what the message unlocks changes
    flipped_in_policy: NDArray[np.int64]  # only what the network makes of it changes


def play(policy: Policy, disturbance: Disturbance | None = None) -> NDArray[np.float64]:
    """Return the returns (G,) of the evaluation's games, with messages disturbed."""
    mac = policy.mac
    channel = mac.channel
    if disturbance is not None:
        mac.channel = DisturbedChannel(channel, disturbance)
    try:
        games = policy.args.batch_size_run
        returns: NDArray[np.float64] = policy.evaluate(games, render=False)["return"]
    finally:
        mac.channel = channel
    return returns


def record(policy: Policy) -> Record:
    """Play the evaluation's games and return everything about their messages."""
    threats: list[NDArray[np.bool_]] = []

    def watch(env: Any) -> None:
        truths = env.truths()
        if "threatened" in truths:
            threats.append(truths["threatened"])

    batch, returns = policy.runner.play_evaluation(watch)
    steps = int(batch.max_t_filled()) - 1
    played = batch["filled"][:, :steps, 0].bool()
    # When step t's message was sent, the world was as step t - 1 had left it.
    threats = [np.zeros_like(threats[0]), *threats[: steps - 1]] if threats else []
    return Record(
        returns=returns,
        observations=batch["obs"][:, :steps].numpy(),
        messages=(batch["messages"][:, :steps] >= 0.5).long().numpy(),
        allowed=policy.mac.channel.may_speak(batch["obs"][:, :steps])[..., 0].numpy(),
        threats=np.stack(threats, axis=1) if threats else None,
        played=played.numpy(),
        choices=_choices(policy.mac, batch, steps),
    )


@torch.no_grad()
def _choices(mac: Any, batch: Any, steps: int) -> Choices:
    channel: Channel = mac.channel
    embedded = mac._embed(batch, slice(0, steps))
    available = batch["avail_actions"][:, :steps]
    mac.init_hidden(batch.batch_size)
    hidden = mac._hidden
    found: list[list[Tensor]] = [[], [], [], []]
    for t in range(steps):
        received = channel.deliver(_sent_before(batch, t))
        values, _, following = mac.agent(embedded[:, t], received, hidden)
        found[0].append(_best(values, channel.widen(available[:, t], received)))
        both, in_mask, in_policy = [], [], []
        for bit in range(received.shape[-1]):
            other = received.clone()
            other[..., bit] = 1 - other[..., bit]
            other_values, _, _ = mac.agent(embedded[:, t], other, hidden)
            other_mask = channel.widen(available[:, t], other)
            both.append(_best(other_values, other_mask))
            in_mask.append(_best(values, other_mask))
            in_policy.append(_best(other_values, channel.widen(available[:, t], received)))
        for column, parts in zip(found[1:], (both, in_mask, in_policy), strict=True):
            column.append(torch.stack(parts))
        hidden = following
    actual = torch.stack(found[0], dim=1).numpy()
    return Choices(actual, *(torch.stack(column, dim=2).numpy() for column in found[1:]))


def _sent_before(batch: Any, t: int) -> Tensor:
    sent: Tensor = batch["messages"]
    return sent[:, t - 1] if t > 0 else torch.zeros_like(sent[:, 0])


def _best(values: Tensor, available: Tensor) -> Tensor:
    return values.masked_fill(available == 0, -torch.inf).argmax(dim=-1)
