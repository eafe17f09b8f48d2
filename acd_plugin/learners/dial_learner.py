"""DIAL's learner: independent Q-learning whose gradients cross the message channel."""

from __future__ import annotations

import torch
from torch import Tensor

from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.components.episodes import played_steps
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.controllers.dial_controller import DialController
from acd_plugin.controllers.speaking_controller import SpeakingController
from acd_plugin.learners.comm_learner import CommLearner
from acd_plugin.learners.passes import Statistics


class DialLearner(CommLearner):
    """Loss (arXiv 2507.14658; Foerster et al. 2016, algorithm 1): the mean over episodes and agents
    of the sum over steps of squared errors between Q(t, action) and
    ``r_t + gamma * max Q_target(t + 1, allowed action)``, without bootstrap after the last step.

    The target network hears its own messages, and its maximum runs over the actions that those
    allow. There is no target for message outputs: they learn through their listeners. A price of
    bits (``bit_price``) is part of the reward, from which no gradient reaches a sender; so the loss
    has it once more, as the price of what was said, bits that are between 0 and 1 while learning.
    """

    algorithm = "DIAL"
    controller: tuple[str, type[CommController]] = ("dial_mac", DialController)
    mac: SpeakingController
    target_mac: SpeakingController

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
        if self.settings.bit_price:
            said = (online.messages.sum(dim=-1) * played_steps(batch)).sum()
            loss = loss + self.settings.bit_price * said / (
                batch.batch_size * self.settings.n_agents
            )
        return loss, online.received, statistics
