"""The one object through which the plugin sees its host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Host:
    """What a host offers. The registries map a configuration's names to classes."""

    name: str
    reason: str  # why this host was chosen, for the log
    episode_batch: type[Any]
    runners: Mapping[str, Callable[..., Any]]
    controllers: Mapping[str, Callable[..., Any]]
    learners: Mapping[str, Callable[..., Any]]
    # The host's own training loop: (Sacred run, configuration, folder for its files) -> result.
    # None: the built-in `Training`.
    loop: Callable[[Any, dict[str, Any], str], float | None] | None = None


_current: list[Host] = []


def use(host: Host) -> None:
    """Make ``host`` the one that the plugin's classes work in."""
    _current[:] = [host]


def current() -> Host:
    """Return the host in use."""
    if not _current:
        raise RuntimeError("no host was chosen: call acd_plugin.hosts.use(...) first")
    return _current[0]
