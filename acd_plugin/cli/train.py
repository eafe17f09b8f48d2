"""``main.py --config=ALG --env-config=ENV [--epymarl=PATH] [with key=value seed=0..31 ...]``."""

from __future__ import annotations

import argparse

from acd_plugin.cli.request import read_request


def run(options: argparse.Namespace) -> int:
    """Start a new run, or one for each of several seeds, here or in an EPyMARL checkout."""
    request = read_request(options)
    # Loads torch, which takes seconds: mistakes in the words need not wait for it.
    from acd_plugin.cli.training import start  # noqa: PLC0415

    return start(request, options)
