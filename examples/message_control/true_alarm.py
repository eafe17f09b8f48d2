"""A message control of one's own: an alarm that is never false.

    python main.py --config=examples/message_control/true_alarm.yaml --env-config=cyborg_small

Every message is 1 while the sender's own hosts show anything *and* the attacker really holds one of
them, else 0. Compared with ``dial_alarm`` it tells what false alarms cost; compared with
``dial_oracle``, what stays unseen.
"""

from __future__ import annotations

from torch import Tensor

from acd_plugin.communication.channel import Outgoing
from acd_plugin.communication.controls import AlarmChannel
from acd_plugin.communication.registry import register_channel


class TrueAlarmChannel(AlarmChannel):
    """Carries the alarms that are true."""

    needs = ("threatened",)  # a truth that the environment tells, and no agent sees

    def send(self, outgoing: Outgoing) -> Tensor:
        return super().send(outgoing) * outgoing.truths["threatened"]


register_channel("true_alarm", TrueAlarmChannel)
