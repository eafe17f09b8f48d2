"""The words of the command line, and what each means."""

from __future__ import annotations

import argparse
import os

COMMANDS = (
    *("train", "resume", "evaluate", "runs", "show", "compare", "sync", "experiment"),
    *("report", "communication", "publish"),
)
WITH_OVERRIDES = ("train", "resume", "evaluate")
_RUN_OR_FILE = "number or folder of a run, or a checkpoint file (.pt)"


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Teams of cyber defenders that learn to communicate.",
        epilog=f"{', '.join(WITH_OVERRIDES)} may end in: with key=value ... (overrides, dots for "
        "nested keys)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_train(commands.add_parser("train", help="train (also without the word 'train')"))
    resume = commands.add_parser("resume", help="go on with a run that was stopped or killed")
    evaluate = commands.add_parser("evaluate", help="play greedy games with a trained policy")
    _add_evaluate(evaluate)
    runs = commands.add_parser("runs", help="list the recorded runs")
    show = commands.add_parser("show", help="print one recorded run with its learning curve")
    compare = commands.add_parser("compare", help="draw the learning curves of several runs")
    _add_compare(compare)
    sync = commands.add_parser("sync", help="copy recorded runs into MongoDB")
    report = commands.add_parser("report", help="tables, curves and statistics of many runs")
    report.add_argument("results", help="folder of the runs")
    report.add_argument("--out", metavar="FOLDER", help="where it goes (RESULTS/report)")
    report.add_argument("--title", help="its heading (the folder's name)")
    publish = commands.add_parser("publish", help="copy finished runs, small enough to share")
    publish.add_argument("results", help="folder of the runs")
    publish.add_argument("folder", help="where the copies go: NAME.tar.xz, or a folder")
    publish.add_argument(
        "--metric",
        action="append",
        help="a metric that the copies keep; may be repeated (test_return_mean)",
    )
    _add_experiment(commands.add_parser("experiment", help="many runs by one plan"))
    communication = commands.add_parser(
        "communication", help="what a trained policy's messages mean, and who listens"
    )
    communication.add_argument("--episodes", type=int, default=256, help="games to play (256)")
    communication.add_argument("--seed", type=int, default=0, help="seed of the games (0)")
    communication.add_argument(
        "--probability", type=float, default=0.1, help="of a flipped or lost bit (0.1)"
    )
    for command in (resume, evaluate):
        command.add_argument("run", help=_RUN_OR_FILE)
    communication.add_argument("runs", metavar="RUN", nargs="+", help=_RUN_OR_FILE)
    show.add_argument("run", help="number or folder of a run")
    for command in (compare, sync):
        command.add_argument("runs", nargs="*", help="numbers or folders of runs (all)")
    for command in (resume, evaluate, communication, runs, show, compare, sync):
        command.add_argument("--results", default="results", help="folder of the runs (results)")
    for command in (show, compare):
        command.add_argument(
            "--metric", default="test_return_mean", help="what is drawn (test_return_mean)"
        )
    for command in (runs, compare):
        _add_conditions(command)
    runs.add_argument(
        "--sort",
        default="id",
        choices=["id", "result", "date", "steps", "algorithm", "environment", "seed", "status"],
        help="order of the rows (id); result: best first",
    )
    for command in (commands.choices["train"], resume, sync):
        command.add_argument(
            "--mongo",
            metavar="URL",
            default=os.environ.get("ACD_MONGO_URL"),
            help="MongoDB that gets a copy of what is recorded (default: ACD_MONGO_URL)",
        )
    return parser


def _add_train(train: argparse.ArgumentParser) -> None:
    train.add_argument("--config", required=True, help="algorithm: a name in config/algs or a file")
    train.add_argument(
        "--env-config", required=True, help="environment: a name in config/envs or a file"
    )
    train.add_argument(
        "--epymarl",
        metavar="PATH",
        help="train in this EPyMARL checkout's own loop (default: EPYMARL_HOME, if it is set)",
    )
    train.add_argument(
        "--tag", action="append", default=[], help="a word to find the run by; may be repeated"
    )
    train.add_argument("--note", help="a remark about the run, stored with it")


def _add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    evaluate.add_argument("--episodes", type=int, default=128, help="games to play (128)")
    evaluate.add_argument(
        "--seed", type=int, default=0, help="seed of the games (0), the same for all policies"
    )
    evaluate.add_argument("--render", action="store_true", help="show the first game as text")
    evaluate.add_argument(
        "--backend", metavar="NAME", help="play on this simulator too, and compare (cyborg)"
    )


def _add_compare(compare: argparse.ArgumentParser) -> None:
    compare.add_argument("--out", required=True, metavar="FILE", help="a .png, or a .html page")
    compare.add_argument(
        "--iqm", action="store_true", help="interquartile means over runs instead of means"
    )


def _add_experiment(experiment: argparse.ArgumentParser) -> None:
    actions = experiment.add_subparsers(dest="action", required=True)
    run = actions.add_parser("run", help="do what is not done yet of a plan")
    run.add_argument("plan", help="a .yaml file, such as experiments/smoke.yaml")
    run.add_argument("--budget", default="full", help="which of the plan's budgets (full)")
    run.add_argument(
        "--only",
        metavar="PATTERN",
        action="append",
        default=[],
        help="runs with such names, as 'DIAL on *' or '*, seed 1'; may be repeated (all)",
    )
    run.add_argument("--results", help="folder of the runs (results/NAME OF THE PLAN)")
    run.add_argument("--workers", type=int, help="runs at a time (one per core)")
    run.add_argument(
        "--ray-address",
        metavar="ADDRESS",
        help="work on this Ray cluster instead; 'auto', or 'local' for one of its own",
    )
    run.add_argument("--dry-run", action="store_true", help="only say what would be done")


def _add_conditions(command: argparse.ArgumentParser) -> None:
    for option, kind, meaning in (
        ("--algorithm", str, "only runs of this algorithm"),
        ("--env", str, "only runs on this scenario"),
        ("--seed", int, "only runs with this seed"),
        ("--status", str, "only runs that are so: COMPLETED, KILLED, ..."),
        ("--tag", str, "only runs with this tag"),
    ):
        command.add_argument(
            option, type=kind, action="append", default=[], help=f"{meaning}; may be repeated"
        )
    command.add_argument("--since", metavar="DATE", help="only runs started then or later (UTC)")
    command.add_argument("--until", metavar="DATE", help="only runs started then or before (UTC)")
