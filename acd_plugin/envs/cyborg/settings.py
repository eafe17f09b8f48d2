"""The settings of one environment: what stands under ``env_args`` in ``config/envs``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from acd_plugin.configuration.validation import Settings
from acd_plugin.envs.cyborg.scenario import Importance


class ByImportance(Settings):
    """One non-negative number for each level of a host's importance."""

    none: float = Field(ge=0.0)
    low: float = Field(ge=0.0)
    medium: float = Field(ge=0.0)
    high: float = Field(ge=0.0)

    def of(self, importance: Importance) -> float:
        value: float = getattr(self, importance)
        return value


class Costs(Settings):
    """What is subtracted from the team reward (paper's values in ``config/envs``)."""

    damage: ByImportance  # per step and host that the attacker holds as root
    restore: ByImportance  # per Restore, whether it did anything or not
    remove: float = Field(ge=0.0)  # per Remove that removed nothing
    analyse: float = Field(ge=0.0)  # per Analyse that found nothing new
    block: float = Field(ge=0.0)  # per Block


class EnvSettings(Settings):
    """Everything that defines the game beside the network itself."""

    scenario: str
    backend: Literal["native", "cyborg"]  # who simulates the network
    detection_rate: float = Field(ge=0.0, le=1.0)
    action_mask: bool
    analyse_mode: Literal["free", "detect", "sau"]
    comm_gate: bool
    time_limit: int = Field(ge=1)
    bootstrap_at_time_limit: bool
    costs: Costs
    attacker: str = "paper"  # one of `attackers.ATTACKERS`
    # Terms of `reward_terms.REWARD_TERMS` that are added to the reward, with their weights.
    reward_terms: dict[str, float] = Field(default_factory=dict)
