"""What drawn networks may be: the keys under ``env_args.generator``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from acd_plugin.configuration.validation import Settings
from acd_plugin.envs.cyborg.room import Room

if TYPE_CHECKING:  # part of Python from 3.11 on
    from typing_extensions import Self

MOST_HOSTS = 2048  # of a network


def _in_order(ends: list[int]) -> list[int]:
    if ends[0] > ends[1]:
        raise ValueError(f"the range is empty: write [{ends[1]}, {ends[0]}]")
    return ends


_Two = Field(min_length=2, max_length=2)
_FromOne = Annotated[list[Annotated[int, Field(ge=1)]], _Two, AfterValidator(_in_order)]
_FromZero = Annotated[list[Annotated[int, Field(ge=0)]], _Two, AfterValidator(_in_order)]


class GeneratorSettings(Settings):
    """Ranges from which networks are drawn; both ends may be."""

    subnets: _FromOne  # the attacker's own included
    hosts: _FromOne  # of each subnet, beside the foothold
    agents: _FromOne  # defenders: never more than there are subnets
    extra_links: _FromZero  # ways from subnet to subnet beside those of a tree, if hosts are left
    images: list[str] = Field(min_length=1)  # names in config/scenarios/images.yaml
    # even: all defend as many subnets, or one more; any: whatever, but one at least
    owners: Literal["even", "any"]
    objective: Literal["farthest", "anywhere"]  # in the subnet farthest from the foothold, or not
    block: bool
    # In so many an attacker whom nobody hinders takes its objective, in half of the games at least.
    steps: int = Field(ge=1, le=100_000)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        most = self.subnets[1] * self.hosts[1]
        if most > MOST_HOSTS:
            raise ValueError(
                f"subnets up to {self.subnets[1]} of up to {self.hosts[1]} hosts are {most}: must "
                f"be at most {MOST_HOSTS:,} hosts"
            )
        if self.agents[0] > self.subnets[0]:
            raise ValueError(
                f"agents from {self.agents[0]} and subnets from {self.subnets[0]}: each agent "
                "defends a subnet, so there must be as many subnets: raise 'subnets' or lower "
                "'agents'"
            )
        return self

    def room(self, as_team: bool) -> Room:
        """Return what every network that can be drawn fits into; ``as_team``: see `room_of`."""
        most, fewest = self.subnets[1], self.agents[0]
        owned = -(-most // fewest) if self.owners == "even" else most - fewest + 1
        own = owned * self.hosts[1]
        seen = most * self.hosts[1] if as_team else own
        blocks = most - 1 if self.block else 0
        return Room(min(self.agents[1], most), seen, own, own, own, protect=0, block=blocks)
