"""DIAL's learner: independent Q-learning whose gradients cross the message channel."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from acd_plugin.communication.comm_settings import DialSettings
from acd_plugin.controllers.dial_controller import DialController, Unrolled
from acd_plugin.learners.comm_learner import CommLearner, Statistics


class DialLearner(CommLearner):
    """Loss (arXiv 2507.14658; Foerster et al. 2016, algorithm 1): the mean over episodes and agents
    of the sum over steps of squared errors between Q(t, action) and
    ``r_t + gamma * max Q_target(t + 1, allowed action)``, without bootstrap after the last step.

    The target network hears its own messages, and its maximum runs over the actions that those
    allow. There is no target for message outputs: they learn through their listeners.
    """

    algorithm = "DIAL"
    settings_class = DialSettings
    controller = ("dial_mac", DialController)

    def _loss(self, batch: Any, online: Unrolled) -> tuple[Tensor, Statistics]:
        with torch.no_grad():
            target = self.target_mac.unroll(batch, batch.max_seq_length)
        return self._td_loss(
            batch,
            online.action_values,
            batch["actions"][:, :-1],
            target.action_values,
            target.available,
        )
