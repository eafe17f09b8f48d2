"""RIAL's learner: independent Q-learning of actions and of messages."""

from __future__ import annotations

import torch
from torch import Tensor

from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.controllers.rial_controller import RialController
from acd_plugin.learners.comm_learner import CommLearner
from acd_plugin.learners.passes import Statistics


class RialLearner(CommLearner):
    """Loss (Foerster et al. 2016, section 5.1): DIAL's for actions, plus the same for messages.

    A message is an action like any other: its value is learned from the same reward, with targets
    that run over the messages the gate allows. Nothing flows back through the channel.
    """

    algorithm = "RIAL"
    controller: tuple[str, type[CommController]] = ("rial_mac", RialController)
    mac: RialController
    target_mac: RialController

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
        message_loss, message_statistics = self.td_loss(
            batch,
            online.message_values,
            online.messages.unsqueeze(3),
            target.message_values,
            target.messages_allowed,
        )
        statistics["message_td_error_abs"] = message_statistics["td_error_abs"]
        return loss + message_loss, online.received, statistics
