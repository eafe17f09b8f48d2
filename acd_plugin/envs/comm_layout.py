"""What a communicating agent must know of an environment beyond its sizes."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

NO_SLOT = -1


@dataclass(frozen=True)
class CommLayout:
    """How observations are laid out and what a message can unlock.

    An observation is ``host_slots`` times ``bits_per_host`` bits, then ``block_bits`` bits of what
    an agent blocked and was told; -1 fills the slots that an agent does not have. At the end may
    stand a profile, which never changes: ``host_numbers`` numbers for each host slot, and then
    ``block_numbers`` about what can be blocked, as many for each.

    For networks that treat all hosts alike, every column of actions has a kind (a number: 0 is
    Sleep), and for each agent the host slot that it is about, or NO_SLOT.
    """

    host_slots: int
    block_bits: int
    bits_per_host: int
    gate_on_host_bits: bool  # an agent whose host bits are all zero sends nothing
    unlocked_by_message: NDArray[np.bool_]  # (N, A) actions that a received message makes available
    # (N, K, O) what must be said, if the environment knows: bit k of an agent's message is 1 while
    # any of these numbers that it observes is.
    broadcast: NDArray[np.bool_] | None = None
    host_numbers: int = 0
    block_numbers: int = 0
    action_kinds: NDArray[np.int64] | None = None  # (A,)
    action_slots: NDArray[np.int64] | None = None  # (N, A)
    agents: tuple[str, ...] = ()  # their names, if they have any
    # How many agents, the first ones, are there in every game; None: all. Of the others one is not
    # there where it observes nothing but -1.
    always_there: int | None = None

    @property
    def host_bits(self) -> int:
        """How many bits of an observation, from the first on, are about hosts."""
        return self.host_slots * self.bits_per_host

    @property
    def profile_size(self) -> int:
        """How many numbers at the end of an observation are the profile."""
        return self.host_slots * self.host_numbers + self.block_numbers

    @property
    def observation_size(self) -> int:
        return self.host_bits + self.block_bits + self.profile_size


def same_layout(one: CommLayout | None, two: CommLayout | None) -> bool:
    """Whether two environments hand out and take the same, as far as their layouts tell.

    What their agents are called does not matter, nor in which games one is not there.
    """
    if one is None or two is None:
        return one is two
    nameless = [astuple(replace(layout, agents=(), always_there=None)) for layout in (one, two)]
    return all(map(np.array_equal, *nameless))
