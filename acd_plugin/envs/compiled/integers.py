"""64-bit arithmetic that wraps."""

from __future__ import annotations

import numpy as np


def wrapping_integers() -> np.errstate:
    """Let integers overflow in a block of code.

    The random numbers rely on it. Compiled code does so anyway; uncompiled, numpy would warn.
    """
    return np.errstate(over="ignore")
