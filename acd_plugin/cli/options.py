"""The commands, and what each word after them means."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from acd_plugin import __version__
from acd_plugin.cli.conditions import add_conditions
from acd_plugin.cli.parser import Parser
from acd_plugin.cli.shared_options import (
    add_drawn,
    add_games_seed,
    add_mongo,
    add_plugin,
    add_results,
    add_some_runs,
)

_RUN_OR_FILE = "number or folder of a run, or a checkpoint file (.pt)"
_POLICY = f"{_RUN_OR_FILE}, or an exported policy (.safetensors)"
_ALGORITHM = "a name in config/algs, or a .yaml file"
_ENVIRONMENT = "a name in config/envs, or a .yaml file"


class Command(NamedTuple):
    """One command; its name is that of the module in this package that runs it."""

    help: str
    add_options: Callable[[Parser], None]
    overrides: bool = False  # may end in: with key=value ...


def make_parser(program: str) -> Parser:
    """Return the parser of all commands; it leaves what to call in ``handler``."""
    with_overrides = ", ".join(name for name, command in COMMANDS.items() if command.overrides)
    parser = Parser(
        prog=program,
        description="Teams of cyber defenders that learn to communicate.",
        epilog=f"{with_overrides} may end in: with key=value ... (dots for nested keys)",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"acd-plugin {__version__}")
    parsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        # An abbreviated --mongo would not be kept out of what is recorded.
        own = parsers.add_parser(name, help=command.help, allow_abbrev=False)
        command.add_options(own)
        own.set_defaults(handler=partial(_handle, name))
        if command.overrides:
            own.set_defaults(overrides=[])
    return parser


def _handle(name: str, options: argparse.Namespace) -> int:
    """Run a command; its module is imported only now, so that mistakes do not wait for torch."""
    from acd_plugin.cli.words import check_words  # noqa: PLC0415 - not needed for an unknown option

    check_words(options)
    code: int = importlib.import_module(f"acd_plugin.cli.{name}").run(options)
    return code


def _train(parser: Parser) -> None:
    parser.add_argument("--config", required=True, help=f"algorithm: {_ALGORITHM}")
    parser.add_argument("--env-config", required=True, help=f"environment: {_ENVIRONMENT}")
    parser.add_argument(
        "--epymarl",
        metavar="PATH",
        help="train in this EPyMARL checkout's own loop (default: EPYMARL_HOME, if it is set)",
    )
    parser.add_argument(
        "--tag", action="append", default=[], help="a word to find the run by; may be repeated"
    )
    parser.add_argument("--note", help="a remark about the run, stored with it")
    add_plugin(parser)
    add_mongo(parser)


def _resume(parser: Parser) -> None:
    several = "several are trained together where they can be"
    parser.add_argument(
        "runs", metavar="RUN", nargs="+", help=f"{_RUN_OR_FILE}; or several, as 3..9; {several}"
    )
    add_results(parser)
    add_plugin(parser)
    add_mongo(parser)


def _evaluate(parser: Parser) -> None:
    parser.add_argument("runs", metavar="RUN", nargs="+", help=f"{_POLICY}; or several, as 3..9")
    add_results(parser)
    parser.add_argument("--episodes", type=int, default=128, help="games to play (128)")
    add_games_seed(parser)
    parser.add_argument(
        "--render",
        action="store_true",
        help="show the first game as text, step by step (it is played once more for this)",
    )
    parser.add_argument(
        "--backend", metavar="NAME", help="play on this simulator too, and compare (cyborg)"
    )
    parser.add_argument(
        "--side-by-side",
        action="store_true",
        help="of several lists play the first values together, then the second ones, ... (all "
        "combinations)",
    )
    add_plugin(parser)


def _watch(parser: Parser) -> None:
    parser.add_argument("run", help=_POLICY)
    add_results(parser)
    parser.add_argument("--games", type=int, default=8, help="games to play (8)")
    add_games_seed(parser)
    parser.add_argument(
        "--out", metavar="FILE.html", help="the page (games.html in the run's folder)"
    )
    add_plugin(parser)


def _export(parser: Parser) -> None:
    parser.add_argument("run", help=_POLICY)
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="a .safetensors file, to be loaded again; or .onnx, one step of the networks",
    )
    add_results(parser)
    add_plugin(parser)


def _runs(parser: Parser) -> None:
    add_results(parser)
    add_conditions(parser)
    parser.add_argument(
        "--sort",
        default="id",
        choices=["id", "result", "date", "steps", "algorithm", "environment", "seed", "status"],
        help="order of the rows (id); result: best first",
    )


def _show(parser: Parser) -> None:
    parser.add_argument("run", help="number or folder of a run")
    add_results(parser)
    add_drawn(parser)


def _compare(parser: Parser) -> None:
    add_some_runs(parser)
    add_results(parser)
    add_drawn(parser)
    add_conditions(parser)
    kinds = "a picture (.png, .pdf, .svg), a page (.html) or a table for LaTeX (.tex)"
    parser.add_argument(
        "--out", required=True, metavar="FILE", action="append", help=f"{kinds}; may be repeated"
    )
    parser.add_argument(
        "--iqm", action="store_true", help="interquartile means over runs instead of means"
    )


def _sync(parser: Parser) -> None:
    add_some_runs(parser)
    add_results(parser)
    parser.add_argument(
        "--tracker",
        metavar="NAME",
        action="append",
        default=[],
        help="tensorboard, wandb or mlflow instead of MongoDB; may be repeated",
    )
    add_mongo(parser)


def _experiment(parser: Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    run = actions.add_parser("run", help="do what is not done yet of a plan", allow_abbrev=False)
    _plan(run)
    run.add_argument(
        "--only",
        metavar="PATTERN",
        action="append",
        default=[],
        help="runs with such names, as 'DIAL on *' or '*, seed 1'; may be repeated (all)",
    )
    run.add_argument("--dry-run", action="store_true", help="only say what would be done")
    looked_for = "look for the best setting of a plan's sweep"
    search = actions.add_parser("search", help=looked_for, allow_abbrev=False)
    _plan(search)
    search.add_argument("--trials", type=int, default=20, help="settings to try in all (20)")


def _plan(parser: Parser) -> None:
    parser.add_argument("plan", help="a .yaml file, such as experiments/smoke.yaml")
    parser.add_argument("--budget", help="which of the plan's budgets (full, or the only one)")
    parser.add_argument("--results", help="folder of the runs (results/NAME OF THE PLAN)")
    parser.add_argument("--workers", type=int, help="runs at a time (one per core; one on a GPU)")
    parser.add_argument(
        "--device",
        choices=["cpu", "cuda", "auto"],
        help="train there, whatever the plan says; on a GPU the seeds of a setting together",
    )
    parser.add_argument(
        "--ray-address",
        metavar="ADDRESS",
        help="work on this Ray cluster instead; 'auto', or 'local' for one of its own",
    )
    add_plugin(parser)


def _report(parser: Parser) -> None:
    parser.add_argument("results", help="folder of the runs")
    where = "where it goes (RESULTS/report; beside an archive)"
    parser.add_argument("--out", metavar="FOLDER", help=where)
    parser.add_argument("--title", help="its heading (the folder's name)")


def _communication(parser: Parser) -> None:
    parser.add_argument("runs", metavar="RUN", nargs="+", help=f"{_POLICY}; or several, as 3..9")
    add_results(parser)
    parser.add_argument("--episodes", type=int, default=256, help="games to play (256)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the games (0)")
    parser.add_argument(
        "--probability", type=float, default=0.1, help="of a flipped bit, or a lost message (0.1)"
    )
    add_plugin(parser)


def _publish(parser: Parser) -> None:
    parser.add_argument("results", help="folder of the runs")
    parser.add_argument("folder", help="where the copies go: NAME.tar.xz, or a folder")
    parser.add_argument(
        "--metric",
        action="append",
        help="a metric that the copies keep; may be repeated (test_return_mean)",
    )
    parser.add_argument(
        "--policies", action="store_true", help="with the trained policies, which can be evaluated"
    )
    add_plugin(parser)


def _networks(parser: Parser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    draw = actions.add_parser(
        "draw", help="write networks of the generator as scenarios", allow_abbrev=False
    )
    draw.add_argument("numbers", help="which ones: 0..9, held_out or held_out:0..3")
    draw.add_argument("--out", required=True, metavar="FOLDER", help="where the files go")
    draw.add_argument(
        "--env-config",
        default="generated",
        metavar="ENV",
        help=f"whose generator: {_ENVIRONMENT} (generated)",
    )


def _check(parser: Parser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    for kind, meaning in (
        ("environment", _ENVIRONMENT),
        ("scenario", "a name in config/scenarios, or a .yaml file"),
        ("algorithm", _ALGORITHM),
    ):
        own = kinds.add_parser(kind, help=f"check {meaning}", allow_abbrev=False)
        own.add_argument("name", help=meaning)
        add_plugin(own)


COMMANDS = {
    "train": Command("train (also without the word 'train')", _train, overrides=True),
    "resume": Command("go on with a run that was stopped or killed", _resume, overrides=True),
    "evaluate": Command("play greedy games with a trained policy", _evaluate, overrides=True),
    "watch": Command("write a page that shows a trained policy's games", _watch, overrides=True),
    "export": Command("write a trained policy alone into one file", _export),
    "runs": Command("list the recorded runs", _runs),
    "show": Command("print one recorded run with its learning curve", _show),
    "compare": Command("draw the learning curves of several runs", _compare),
    "sync": Command("copy recorded runs into MongoDB, or into a tracker", _sync),
    "experiment": Command("many runs by one plan", _experiment),
    "report": Command("tables, curves and statistics of many runs", _report),
    "communication": Command(
        "what a trained policy's messages mean, and who listens", _communication, overrides=True
    ),
    "publish": Command("copy finished runs, small enough to share", _publish),
    "networks": Command("draw networks to play on", _networks, overrides=True),
    "check": Command("an environment, a scenario or an algorithm of your own", _check),
}
