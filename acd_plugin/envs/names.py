"""What agents, their actions and the numbers that they observe are called.

Shape legend: N agents, A actions, O observation length.
"""

from __future__ import annotations

from typing import NamedTuple

from acd_plugin.envs.batch_env import BatchEnv


class Names(NamedTuple):
    """Names of everything that has a number; "" stands for what an agent does not have."""

    agents: list[str]  # (N)
    actions: list[list[str]]  # (N, A)
    observations: list[list[str]]  # (N, O)


def names_of(batch: BatchEnv) -> Names:
    """Return the names that an environment gives, and numbers where it gives none."""
    n_agents, size = batch.n_agents, batch.observations.shape[2]
    agents = [f"agent_{number}" for number in range(n_agents)]
    actions = [f"action {number}" for number in range(batch.n_actions)]
    observations = [f"observation {number}" for number in range(size)]
    return Names(
        getattr(batch, "agent_names", agents),
        getattr(batch, "action_names", [actions] * n_agents),
        getattr(batch, "observation_names", [observations] * n_agents),
    )
