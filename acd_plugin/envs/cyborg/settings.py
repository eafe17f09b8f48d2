"""The settings of one environment: what stands under ``env_args`` in ``config/envs``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from acd_plugin.configuration.ranges import Share
from acd_plugin.configuration.validation import Settings
from acd_plugin.envs.cyborg.networks.generator import GeneratorSettings
from acd_plugin.envs.cyborg.scenario import Importance

# A reward is single precision where it is stored: sums over an episode must stay exact enough.
_LARGEST = 1e6
Cost = Annotated[float, Field(ge=0.0, le=_LARGEST)]
Weight = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)]


class ByImportance(Settings):
    """One non-negative number for each level of a host's importance."""

    none: Cost
    low: Cost
    medium: Cost
    high: Cost

    def of(self, importance: Importance) -> float:
        value: float = getattr(self, importance)
        return value


class Costs(Settings):
    """What is subtracted from the team reward (paper's values in ``config/envs``)."""

    damage: ByImportance  # per step and host that the attacker holds as root
    restore: ByImportance  # per Restore, whether it did anything or not
    remove: Cost  # per Remove that removed nothing
    analyse: Cost  # per Analyse that found nothing new
    block: Cost  # per Block
    protect: Cost = 0.1  # per Protect


class EnvSettings(Settings):
    """Everything that defines the game beside the network itself."""

    scenario: str
    backend: Literal["native", "cyborg"]  # who simulates the network
    detection_rate: Share
    action_mask: bool
    analyse_mode: Literal["free", "detect", "sau"]
    comm_gate: bool
    time_limit: int = Field(ge=1, le=100_000)
    bootstrap_at_time_limit: bool
    costs: Costs
    sees: Literal["own", "team"] = "own"  # own: as the scenario says; team: all that any agent sees
    # Whether observations tell what hosts are, too, for networks that treat all hosts alike.
    host_profile: bool = False
    attacker: str = "paper"  # of `attackers.ATTACKERS`; "one+other": each game draws its own
    # Of scenario `generated`: which networks (None: new ones all the time), and what they may be.
    networks: int | str | list[int] | None = None
    games_per_network: int = Field(default=16, ge=1, le=10**6)
    generator: GeneratorSettings | None = None
    # Terms of `reward_terms.REWARD_TERMS` that are added to the reward, with their weights.
    reward_terms: dict[str, Weight] = Field(default_factory=dict)
