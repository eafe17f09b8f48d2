"""Critics: networks that estimate how much reward is still to come."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from acd_plugin.critics.critic import Critic

__all__ = ["REGISTRY", "Critic"]

# By EPyMARL's names: "ac" sees what its agent sees, "cv" (central value) the state; "ns" is not
# shared, a network for each agent.
REGISTRY: dict[str, Callable[[dict[str, Any], SimpleNamespace], Critic]] = {
    "ac_critic": partial(Critic, central=False, shared=True),
    "ac_critic_ns": partial(Critic, central=False, shared=False),
    "cv_critic": partial(Critic, central=True, shared=True),
    "cv_critic_ns": partial(Critic, central=True, shared=False),
}
