"""What a communicating agent must know of an environment beyond its sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CommLayout:
    """How observations are laid out and what a message can unlock.

    An observation is ``host_slots`` times ``bits_per_host`` bits, then ``block_bits`` bits of what
    an agent blocked and was told; -1 fills the slots that an agent does not have.
    """

    host_slots: int
    block_bits: int
    bits_per_host: int
    gate_on_host_bits: bool  # an agent whose host bits are all zero sends nothing
    unlocked_by_message: NDArray[np.bool_]  # (N, A) actions that a received message makes available
    # (N, K, O) what must be said, if the environment knows: bit k of an agent's message is 1 while
    # any of these numbers that it observes is.
    broadcast: NDArray[np.bool_] | None = None

    @property
    def host_bits(self) -> int:
        """How many bits of an observation, from the first on, are about hosts."""
        return self.host_slots * self.bits_per_host
