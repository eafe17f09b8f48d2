"""Recorded runs: read, chosen and put into groups."""
