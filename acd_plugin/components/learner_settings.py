"""What the learners without communication read from a configuration."""

from __future__ import annotations

from pydantic import Field

from acd_plugin.components.component_settings import ComponentSettings
from acd_plugin.errors import UserError


class LearnerSettings(ComponentSettings):
    """Settings that value and policy learners share; the names are the configuration's keys."""

    name: str
    n_agents: int = Field(ge=1)
    common_reward: bool = True
    gamma: float = Field(ge=0.0, le=1.0)
    lr: float = Field(gt=0.0)
    grad_norm_clip: float = Field(gt=0.0)
    target_update_interval_or_tau: float = Field(gt=0.0)  # above 1: updates; else: soft update
    standardise_rewards: bool
    standardise_returns: bool
    learner_log_interval: int = Field(ge=1)

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
