"""Do the same work on the same tensors again and again: as it stands, or captured as a graph."""

from __future__ import annotations

import logging
from collections.abc import Callable

import torch

_log = logging.getLogger(__name__)

Work = Callable[[], None]  # on tensors that stay where they are
_WARM_UP = 2  # times before capturing, in which libraries choose how they do it


def repeatable(work: Work, device: torch.device) -> Work:
    """Return ``work`` in the form in which it is fastest when it is repeated on this device.

    On a GPU it is captured as a CUDA graph. For that it is done a few times, so whatever it changes
    must be set back afterwards. What cannot be captured is done step by step, and the log says why.
    """
    if device.type != "cuda":
        work()  # whatever cannot be done shows now, as on a GPU
        return work
    side = torch.cuda.Stream(device)
    side.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(side):
        for _ in range(_WARM_UP):
            work()
    torch.cuda.current_stream(device).wait_stream(side)
    torch.cuda.synchronize(device)
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.cuda.graph(graph):
            work()
    except RuntimeError as error:
        torch.cuda.synchronize(device)
        reason = str(error).strip().splitlines()[0]
        _log.warning("no CUDA graph, step by step instead, which is slower: %s", reason)
        return work
    return graph.replay
