"""Learned communication for autonomous cyber defence: a plugin for EPyMARL."""

__version__ = "0.2.0"
NUMBERS = 1  # raised whenever the same settings and seed give other numbers
