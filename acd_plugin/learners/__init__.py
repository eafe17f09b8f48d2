"""Learners: they turn episodes into better networks."""

from acd_plugin.learners.dial_learner import DialLearner

__all__ = ["REGISTRY", "DialLearner"]

REGISTRY = {"dial_learner": DialLearner}
