"""Options that several commands have."""

from __future__ import annotations

import argparse
import os

Parser = argparse.ArgumentParser


def add_results(parser: Parser) -> None:
    parser.add_argument("--results", default="results", help="folder of the runs (results)")


def add_some_runs(parser: Parser) -> None:
    told = "numbers or folders of runs (all); or several, as 3..9"
    parser.add_argument("runs", metavar="RUN", nargs="*", help=told)


def add_drawn(parser: Parser) -> None:
    parser.add_argument(
        "--metric", default="test_return_mean", help="what is drawn (test_return_mean)"
    )


def add_games_seed(parser: Parser) -> None:
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of the games (0), the same for all policies"
    )


def add_plugin(parser: Parser) -> None:
    parser.add_argument(
        "--plugin",
        metavar="FILE",
        dest="plugins",
        action="append",
        default=[],
        help="a Python file of your own that is imported first; may be repeated",
    )


def add_mongo(parser: Parser) -> None:
    parser.add_argument(
        "--mongo",
        metavar="URL",
        default=os.environ.get("ACD_MONGO_URL"),
        help="MongoDB that gets a copy of what is recorded (default: ACD_MONGO_URL)",
    )
