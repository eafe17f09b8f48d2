"""Entry point: choose the command, and turn bad input into one line and an exit code.

Exit codes: 0 done, 1 a failure inside the program (with its traceback), 2 bad input, 130 stopped
by the user.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from typing import TYPE_CHECKING

from acd_plugin.cli.options import COMMANDS, WITH_OVERRIDES, make_parser
from acd_plugin.errors import UserError, nearest

if TYPE_CHECKING:
    from acd_plugin.analysis.runs.selection import Selection

_ADDRESSES = ("--mongo=", "mongo_url=")


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
    options = make_parser().parse_args(words)
    if overrides and options.command not in WITH_OVERRIDES:
        raise UserError(
            f"'{options.command}' takes no overrides, but got 'with {' '.join(overrides)}' "
            f"(those that do: {', '.join(WITH_OVERRIDES)})"
        )
    return _call(options, overrides, _without_passwords(words, overrides))


def _without_passwords(words: list[str], overrides: list[str]) -> str:
    """Return the command to repeat, less the address of a database, which may hold a password."""
    words = [*words, "with", *overrides] if overrides else words
    kept = [
        word
        for previous, word in zip(["", *words], words, strict=False)
        if word != "--mongo" and previous != "--mongo" and not word.startswith(_ADDRESSES)
    ]
    return shlex.join(["python", "main.py", *kept])


def _call(  # noqa: PLR0911
    options: argparse.Namespace, overrides: list[str], command_line: str
) -> int:
    # Imported only now: a mistake on the command line should not have to wait for torch.
    if options.command == "train":
        from acd_plugin.cli.train import RecordOptions, train  # noqa: PLC0415

        records = RecordOptions(options.mongo, tuple(options.tag), options.note, command_line)
        return train(options.config, options.env_config, options.epymarl, records, overrides)
    if options.command == "resume":
        from acd_plugin.cli.resume import resume  # noqa: PLC0415

        return resume(options.run, options.results, options.mongo, overrides)
    if options.command == "evaluate":
        from acd_plugin.cli.evaluate import evaluate  # noqa: PLC0415

        return evaluate(
            *(options.run, options.results, options.episodes, options.seed),
            *(options.render, options.backend, overrides),
        )
    if options.command == "runs":
        from acd_plugin.cli.runs import runs  # noqa: PLC0415

        return runs(options.results, _selection(options), options.sort)
    if options.command == "show":
        from acd_plugin.cli.show import show  # noqa: PLC0415

        return show(options.run, options.results, options.metric)
    if options.command == "compare":
        from acd_plugin.cli.compare import compare  # noqa: PLC0415

        return compare(
            *(options.runs, options.results, _selection(options)),
            *(options.metric, options.iqm, options.out),
        )
    if options.command == "communication":
        from acd_plugin.cli.communication import communication  # noqa: PLC0415

        return communication(
            *(options.runs, options.results, options.episodes, options.seed),
            options.probability,
        )
    if options.command == "report":
        from acd_plugin.cli.report import report  # noqa: PLC0415

        return report(options.results, options.out, options.title)
    if options.command == "publish":
        from acd_plugin.cli.publish import publish  # noqa: PLC0415

        return publish(options.results, options.folder, options.metric)
    if options.command == "experiment":
        from acd_plugin.cli.experiment import run_experiment  # noqa: PLC0415

        return run_experiment(
            *(options.plan, options.budget, options.only, options.results, options.workers),
            *(options.ray_address, options.dry_run),
        )
    from acd_plugin.cli.sync import sync  # noqa: PLC0415

    return sync(options.runs, options.results, options.mongo)


def _selection(options: argparse.Namespace) -> Selection:
    from acd_plugin.analysis.runs.selection import Selection  # noqa: PLC0415

    return Selection(
        algorithm=options.algorithm,
        environment=options.env,
        seed=options.seed,
        status=options.status,
        tag=options.tag,
        since=options.since,
        until=options.until,
    )


if __name__ == "__main__":
    sys.exit(main())
