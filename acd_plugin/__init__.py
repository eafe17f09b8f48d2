"""Learned communication for autonomous cyber defence: a plugin for EPyMARL."""

__version__ = "0.3.0"
NUMBERS = 1  # raised whenever the same settings give results that chance does not explain
CHANCE = 2  # raised whenever the same settings and seed give other random numbers
