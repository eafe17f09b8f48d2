"""What the messages that arrive at a step do to a trained policy that is asked step by step.

Shape legend: G games, N agents, A actions, L bits that an agent receives.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.errors import UserError
from acd_plugin.running.trained_policy import TrainedPolicy, Truths


class Heard(NamedTuple):
    """What arrives at one step, and what comes of it."""

    received: NDArray[np.float32]  # (G, N, L) from the other agents in their order, bit by bit
    unlocked: NDArray[np.bool_]  # (G, N, A) available because of what was received alone
    actions_without: NDArray[np.int64]  # (G, N) chosen, greedily, had nothing arrived at this step


@torch.no_grad()
def hear(
    policy: TrainedPolicy,
    observations: ArrayLike,
    masks: ArrayLike,
    truths: Truths | None = None,
) -> Heard:
    """Return what messages do at the step for which the policy is to be asked next.

    Call it before `TrainedPolicy.act`, with the same arrays; the policy goes on as if it had not
    been asked. Raises UserError for a policy that sends no messages.
    """
    if not isinstance(policy, TrainedPolicy):
        raise UserError(f"policy is {policy!r}: give what load_policy returns")
    mac = policy.mac
    if not isinstance(mac, CommController) or not policy.message_size:
        raise UserError("this policy sends no messages: choose a run of dial or rial")
    policy.see(observations, masks, truths)
    episodes, t = policy.episodes, policy.step
    received = mac.recall(episodes, t, mac.memory).received
    available = episodes["avail_actions"][:, t].bool()
    nothing = mac.memory._replace(received=torch.zeros_like(received))
    decision = mac.respond(episodes, t, nothing, mac.greedy(received))
    return Heard(
        received.cpu().numpy(),
        (mac.channel.widen(available, received).bool() & ~available).cpu().numpy(),
        decision.actions.cpu().numpy(),
    )
