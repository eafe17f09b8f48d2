"""``main.py resume RUN [RUN ...] [with t_max=N device=cuda]``."""

from __future__ import annotations

import argparse

from acd_plugin.cli.words import several_runs
from acd_plugin.configuration.layers import read_overrides
from acd_plugin.tracking.results import refuse_in_use


def run(options: argparse.Namespace) -> int:
    """Go on with runs from their latest checkpoints, each in its own folder."""
    changes = read_overrides(options.overrides)
    names = several_runs(options.runs)
    for name in names:
        refuse_in_use(name, options.results)
    # Loads torch, which takes seconds: who comes second need not wait for it.
    from acd_plugin.cli.resuming import go_on  # noqa: PLC0415

    return go_on(names, changes, options)
