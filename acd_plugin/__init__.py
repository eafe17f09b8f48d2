"""Learned communication for autonomous cyber defence: a plugin for EPyMARL."""

__version__ = "0.1.0"
