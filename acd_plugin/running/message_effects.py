"""What messages did to those who heard them: every step is decided once more without them.

Shape legend: G games, T steps, N agents, A actions, M message size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acd_plugin.communication.messages import is_message
from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.controllers.base import Choice
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.envs.batch_env import Purpose

_ROUNDING = 1e-5  # of channels that deliver sums or means: less is no message


class Silenced(NamedTuple):
    """What differs when one agent's messages, or everybody's, are replaced by silence (zeros).

    All else is as it was: what agents see, what they remember of earlier messages, and chance.
    """

    actions: NDArray[np.int64]  # (G, T, N) that would have been chosen
    unlocked: NDArray[np.bool_]  # (G, T, N, A) that would not have been available
    heard: NDArray[np.bool_]  # (G, T, N) what was received would have been another


class MessageEffects(NamedTuple):
    bits: NDArray[np.bool_]  # (G, T, N, M) sent at each step; all False is silence
    by_sender: list[Silenced]  # for each agent, silenced alone
    by_all: Silenced


@torch.no_grad()
def message_effects(mac: CommController, batch: EpisodeBatch) -> MessageEffects:
    """Return what messages did in evaluation episodes that ``mac`` played, from number 0 on."""
    steps = int(batch.max_t_filled()) - 1
    span = slice(0, steps)
    arriving = mac.arriving(batch, span)  # (G, T, N, M)
    silenced = []  # (G, T, N, M) for each sender, and for all
    for sender in range(mac.n_agents):
        others = arriving.clone()
        others[:, :, sender] = 0.0
        silenced.append(others)
    silenced.append(torch.zeros_like(arriving))
    found = _replay(mac, batch, arriving, silenced)
    return MessageEffects(
        bits=is_message(batch["messages"][:, span]).cpu().numpy(),
        by_sender=found[:-1],
        by_all=found[-1],
    )


def _replay(
    mac: CommController, batch: EpisodeBatch, arriving: Tensor, silenced: list[Tensor]
) -> list[Silenced]:
    """Return, for each of the ``silenced``, what differs when it arrives instead."""
    received = mac.channel.deliver(arriving)
    available = batch["avail_actions"][:, : arriving.shape[1]]
    mask = mac.channel.widen(available, received).bool()
    others = [mac.channel.deliver(messages) for messages in silenced]
    chosen: list[list[Tensor]] = [[] for _ in others]
    mac.begin_episodes(0, Purpose.EVALUATE)
    memory = mac.beginning(batch.batch_size)
    for t in range(arriving.shape[1]):
        choice: Choice = mac.circumstances(batch, t, t_env=0, test_mode=True)
        for actions, other in zip(chosen, others, strict=True):
            without = memory._replace(received=other[:, t])
            actions.append(mac.respond(batch, t, without, choice).actions)
        as_it_was = memory._replace(received=received[:, t])
        memory = mac.respond(batch, t, as_it_was, choice).memory
    return [
        Silenced(
            actions=torch.stack(actions, dim=1).cpu().numpy(),
            unlocked=(mask & ~mac.channel.widen(available, other).bool()).cpu().numpy(),
            heard=((other - received).abs() > _ROUNDING).any(dim=-1).cpu().numpy(),
        )
        for actions, other in zip(chosen, others, strict=True)
    ]
