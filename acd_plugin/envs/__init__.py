"""Environments: the contracts, and one folder for each game. Needs neither torch nor a host."""
