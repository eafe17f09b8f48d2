"""Named random generators: each use of chance has its own, so none disturbs another."""

from __future__ import annotations

import zlib

import numpy as np
import torch


def named_generator(seed: int, name: str) -> torch.Generator:
    """Return the torch generator called ``name`` of a run with this seed."""
    entropy = [seed, zlib.crc32(name.encode())]
    state = int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0])
    return torch.Generator().manual_seed(state >> 1)  # torch takes 63 bits
