"""DIAL's learner: independent Q-learning whose gradients cross the message channel."""

from __future__ import annotations

import torch
from torch import Tensor

from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.controllers.dial_controller import DialController
from acd_plugin.learners.comm_learner import CommLearner
from acd_plugin.learners.passes import Statistics


class DialLearner(CommLearner):
    """Loss (arXiv 2507.14658; Foerster et al. 2016, algorithm 1): the mean over episodes and agents
    of the sum over steps of squared errors between Q(t, action) and
    ``r_t + gamma * max Q_target(t + 1, allowed action)``, without bootstrap after the last step.

    The target network hears its own messages, and its maximum runs over the actions that those
    allow. There is no target for message outputs: they learn through their listeners.
    """

    algorithm = "DIAL"
    controller: tuple[str, type[CommController]] = ("dial_mac", DialController)

    def loss(self, batch: EpisodeBatch) -> tuple[Tensor, Tensor, Statistics]:
        online = self.mac.unroll(batch, batch.max_seq_length - 1)
        with torch.no_grad():
            target = self.target_mac.unroll(batch, batch.max_seq_length)
        loss, statistics = self.td_loss(
            batch,
            online.action_values,
            batch["actions"][:, :-1],
            target.action_values,
            target.available,
        )
        return loss, online.received, statistics
