"""Entry point: choose the command, and turn bad input into one line and an exit code.

Exit codes: 0 done, 1 a failure inside the program (with its traceback), 2 bad input, 130 stopped
by the user.
"""

from __future__ import annotations

import argparse
import os
import sys

from acd_plugin.errors import UserError, nearest

COMMANDS = ("train", "resume", "evaluate", "sync")


def main(arguments: list[str] | None = None) -> int:
    """Run one command with these arguments (None: the process's own) and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    words, overrides = _split_overrides(words)
    try:
        return _run(words, overrides)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of the output, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _split_overrides(words: list[str]) -> tuple[list[str], list[str]]:
    """Split at ``with``: what follows are key=value overrides."""
    if "with" not in words:
        return words, []
    place = words.index("with")
    return words[:place], words[place + 1 :]


def _run(words: list[str], overrides: list[str]) -> int:
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        raise UserError(
            f"unknown command '{words[0]}'{nearest(words[0], COMMANDS)} "
            f"(legal: {', '.join(COMMANDS)}; without one: train)"
        )
    if not words or words[0] not in (*COMMANDS, "-h", "--help"):
        words = ["train", *words]
    options = _parser().parse_args(words)
    # Imported only now: a mistake on the command line should not have to wait for torch.
    if options.command == "train":
        from acd_plugin.cli.train import RecordOptions, train  # noqa: PLC0415

        records = RecordOptions(options.mongo, options.tag, options.note)
        return train(options.config, options.env_config, options.epymarl, records, overrides)
    if options.command == "resume":
        from acd_plugin.cli.resume import resume  # noqa: PLC0415

        return resume(options.run, options.results, options.mongo, overrides)
    if options.command == "sync":
        from acd_plugin.cli.sync import sync  # noqa: PLC0415

        return sync(options.runs, options.results, options.mongo)
    from acd_plugin.cli.evaluate import evaluate  # noqa: PLC0415

    return evaluate(
        options.run, options.results, options.episodes, options.seed, options.render, overrides
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Teams of cyber defenders that learn to communicate.",
        epilog="any command may end in: with key=value ... (overrides, dots for nested keys)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train (also without the word 'train')")
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
    resume = commands.add_parser("resume", help="go on with a run that was stopped or killed")
    evaluate = commands.add_parser("evaluate", help="play greedy games with a trained policy")
    evaluate.add_argument("--episodes", type=int, default=128, help="games to play (128)")
    evaluate.add_argument(
        "--seed", type=int, default=0, help="seed of the games (0), the same for all policies"
    )
    evaluate.add_argument("--render", action="store_true", help="show the first game as text")
    sync = commands.add_parser("sync", help="copy recorded runs into MongoDB")
    sync.add_argument("runs", nargs="*", help="numbers or folders of runs (all)")
    for command in (resume, evaluate):
        command.add_argument("run", help="number or folder of a run, or a checkpoint file (.pt)")
    for command in (resume, evaluate, sync):
        command.add_argument("--results", default="results", help="folder of the runs (results)")
    for command in (train, resume, sync):
        command.add_argument(
            "--mongo",
            metavar="URL",
            default=os.environ.get("ACD_MONGO_URL"),
            help="MongoDB that gets a copy of what is recorded (default: ACD_MONGO_URL)",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
