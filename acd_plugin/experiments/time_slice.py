"""Long turns on the processor, for when more runs are trained than there are cores.

A training's data just fits into a core's caches. Linux changes between processes every few
milliseconds, and each then finds the caches filled by another: ten runs on two cores need a fifth
more processor time than two. With turns of a tenth of a second they do not. Kernels grant that to
every user since Linux 6.12; elsewhere nothing changes.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

_SLICE = 100_000_000  # nanoseconds, the longest that is granted
_SCHED_BATCH = 3  # no preemption by whoever wakes up
_SYSTEM_CALL = {"x86_64": 314, "aarch64": 274}  # sched_setattr, which Python does not offer
_ATTRIBUTES = "=IIQiIQQQII"  # struct sched_attr of linux/sched/types.h


def take_long_turns() -> bool:
    """Ask for it, for this thread and the processes that it starts; returns whether it worked."""
    number = _SYSTEM_CALL.get(platform.machine())
    if platform.system() != "Linux" or number is None:
        return False
    size = struct.calcsize(_ATTRIBUTES)
    flags = priority = deadline = period = low = high = 0
    attributes = struct.pack(
        *(_ATTRIBUTES, size, _SCHED_BATCH, flags, os.nice(0), priority),
        *(_SLICE, deadline, period, low, high),
    )
    return bool(ctypes.CDLL(None).syscall(number, 0, attributes, 0) == 0)
