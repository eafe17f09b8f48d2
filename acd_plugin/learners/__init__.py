"""Learners: they turn episodes into better networks."""

from acd_plugin.learners.dial_learner import DialLearner
from acd_plugin.learners.q_learner import QLearner

__all__ = ["REGISTRY", "DialLearner", "QLearner"]

REGISTRY = {"dial_learner": DialLearner, "q_learner": QLearner}
