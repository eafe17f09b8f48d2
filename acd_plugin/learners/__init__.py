"""Learners: they turn episodes into better networks."""

from collections.abc import Callable

from acd_plugin.learners.base import BaseLearner
from acd_plugin.learners.dial_learner import DialLearner
from acd_plugin.learners.learner import Learner
from acd_plugin.learners.ppo_learner import PpoLearner
from acd_plugin.learners.q_learner import QLearner
from acd_plugin.learners.rial_learner import RialLearner

__all__ = [
    "REGISTRY",
    "BaseLearner",
    "DialLearner",
    "Learner",
    "PpoLearner",
    "QLearner",
    "RialLearner",
]

REGISTRY: dict[str, Callable[..., Learner]] = {
    "dial_learner": DialLearner,
    "ppo_learner": PpoLearner,
    "q_learner": QLearner,
    "rial_learner": RialLearner,
}
