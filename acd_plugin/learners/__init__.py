"""Learners: they turn episodes into better networks."""

from acd_plugin.learners.dial_learner import DialLearner
from acd_plugin.learners.q_learner import QLearner
from acd_plugin.learners.rial_learner import RialLearner

__all__ = ["REGISTRY", "DialLearner", "QLearner", "RialLearner"]

REGISTRY = {"dial_learner": DialLearner, "q_learner": QLearner, "rial_learner": RialLearner}
