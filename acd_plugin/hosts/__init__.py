"""Hosts own the training loop, the episode batches and the registries.

The plugin's own classes are handed what belongs to their host and do not ask which one it is.
"""
