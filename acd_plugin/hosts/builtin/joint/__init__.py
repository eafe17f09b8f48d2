"""Runs that differ only in their seeds, played and trained as one.

A run stays what it is: networks, learner, recorder, counters and checkpoints of its own. Here the
tensors of all of them are laid together (`stacking`), what is written for one is called for all at
once (`batched`), and on a GPU whole episodes and updates are captured as graphs (`graphs`).
"""

from acd_plugin.hosts.builtin.joint.joint_training import JointTraining
from acd_plugin.hosts.builtin.joint.parts import NotTogetherError

__all__ = ["JointTraining", "NotTogetherError"]
