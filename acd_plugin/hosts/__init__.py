"""Hosts own the training loop, the episode batches and the registries.

The plugin's own classes take from the host what belongs to it (`current`) and do not ask which
one it is.
"""

from acd_plugin.hosts.host import Host, current, use

__all__ = ["Host", "current", "use"]
