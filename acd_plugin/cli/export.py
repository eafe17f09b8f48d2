"""``main.py export RUN --out FILE``: the policy alone, in one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from acd_plugin.running.export import export
from acd_plugin.running.stored_run import open_policy


def run(options: argparse.Namespace) -> int:
    """Write the policy of a run, or of a checkpoint, into a file that is not there yet."""
    stored = open_policy(options.run, options.results)
    path = export(stored, Path(options.out), options.plugins)
    print(f"{stored.path} ({stored.config['name']}, trained for {stored.t_env:,} steps)")
    print(f"written: {path} ({path.stat().st_size:,} bytes)")
    return 0
