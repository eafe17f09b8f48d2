"""Options that choose among recorded runs."""

from __future__ import annotations

import argparse

from acd_plugin.analysis.runs.selection import Selection


def add_conditions(parser: argparse.ArgumentParser) -> None:
    for option, kind, meaning in (
        ("--algorithm", str, "only runs of this algorithm"),
        ("--env", str, "only runs in this environment"),
        ("--seed", int, "only runs with this seed"),
        ("--status", str, "only runs that are so: COMPLETED, KILLED, ..."),
        ("--tag", str, "only runs with this tag"),
    ):
        parser.add_argument(
            option, type=kind, action="append", default=[], help=f"{meaning}; may be repeated"
        )
    parser.add_argument("--since", metavar="DATE", help="only runs started then or later (UTC)")
    parser.add_argument("--until", metavar="DATE", help="only runs started then or before (UTC)")


def selection(options: argparse.Namespace) -> Selection:
    """Return the conditions that the options set."""
    return Selection(
        algorithm=options.algorithm,
        environment=options.env,
        seed=options.seed,
        status=options.status,
        tag=options.tag,
        since=options.since,
        until=options.until,
    )
