"""What learners read from a configuration: one hierarchy, of which an algorithm adds the leaves."""

from __future__ import annotations

from pydantic import Field

from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.errors import UserError


class LearnerSettings(ComponentSettings):
    """Settings of every learner; the names are the configuration's keys."""

    name: str
    n_agents: int = Field(ge=1)
    batch_size: int = Field(ge=1)  # episodes per update
    batch_size_run: int = Field(ge=1)  # games played at once
    buffer_size: int = Field(ge=1)
    gamma: float = Field(ge=0.0, le=1.0)
    lr: float = Field(gt=0.0)
    grad_norm_clip: float = Field(gt=0.0)
    target_update_interval_or_tau: float = Field(gt=0.0)  # above 1: updates; else: soft update
    learner_log_interval: int = Field(ge=1)


class TeamSettings(LearnerSettings):
    """What value and policy learners without communication add."""

    common_reward: bool = True
    standardise_rewards: bool
    standardise_returns: bool

    def check(self, output_type: str, mac: object) -> None:
        """Raise UserError for what these learners cannot do, or not with this controller."""
        if not self.common_reward:
            raise UserError(
                f"'{self.name}' with common_reward=False: the games here have one reward for the "
                "whole team; set common_reward=True"
            )
        got = getattr(mac, "agent_output_type", None)
        if got != output_type:
            raise UserError(
                f"'{self.name}' learns from a controller with agent_output_type={output_type}, but "
                f"{type(mac).__name__} has {got}: set mac=basic_mac agent_output_type={output_type}"
            )
