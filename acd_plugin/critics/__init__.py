"""Critics: networks that estimate how much reward is still to come."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

from torch import nn

from acd_plugin.components.contracts import Scheme
from acd_plugin.critics.critic import SeparateCritics, SharedCritic

__all__ = ["REGISTRY", "SeparateCritics", "SharedCritic"]

# By EPyMARL's names: "ac" sees what its agent sees, "cv" (central value) the state; "ns" is not
# shared, a network for each agent.
REGISTRY: dict[str, Callable[[Scheme, SimpleNamespace], nn.Module]] = {
    "ac_critic": partial(SharedCritic, central=False),
    "ac_critic_ns": partial(SeparateCritics, central=False),
    "cv_critic": partial(SharedCritic, central=True),
    "cv_critic_ns": partial(SeparateCritics, central=True),
}
