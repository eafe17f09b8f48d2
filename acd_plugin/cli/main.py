"""Entry point: choose the command, and turn bad input into one line and an exit code.

Exit codes: 0 done, 1 a failure inside the program (with its traceback), 2 bad input, 130 stopped
by the user.
"""

from __future__ import annotations

import errno
import gc
import os
import re
import shlex
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from acd_plugin.cli.streams import prepare_streams
from acd_plugin.credentials import shown
from acd_plugin.errors import UserError, brief, nearest, program
from acd_plugin.running.interruption import ctrl_c_not_lost

_OBJECTS = 50_000  # new ones before a look for circles: thousands of records, which stay, have none
_ADDRESSES = ("--mongo=", "mongo_url=")
_LONG_WORD = re.compile(r"\S{400,}")
_SETTING = re.compile(r"[A-Za-z_][\w.]*=.*", re.DOTALL)
# Every character but the line breaks of a list of mistakes.
_IN_A_LINE = re.compile(r"\n(?!  - )|(?!\n).", re.DOTALL)

# No room, or an output that cannot be written at all.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EBADF)


def main(arguments: list[str] | None = None) -> int:
    """Run one command with these arguments (None: the process's own) and return the exit code."""
    prepare_streams()
    gc.set_threshold(_OBJECTS)
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = _code_of(lambda: _run(words))
    return _code_of(sys.stdout.flush) or code  # here, where it can be told that it failed


def _code_of(do: Callable[[], int | None]) -> int:
    """Return the exit code of what is done, after one line of what went wrong."""
    try:
        with ctrl_c_not_lost():
            return do() or 0
    except UserError as error:
        return _refuse(str(error))
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", __package__.partition(".")[0]):
            raise
        return _refuse(_not_installed(package))
    except BrokenPipeError:  # the reader of the output, `head` say, has seen enough
        _print_no_more()
        return 0
    except OSError as error:
        if error.errno not in (*_NO_ROOM, errno.ENAMETOOLONG):
            raise
        return _refuse(_told(error))
    except KeyboardInterrupt:
        print("stopped at once", file=sys.stderr)
        return 130


def _told(error: OSError) -> str:
    if error.errno in _NO_ROOM:
        _print_no_more()
        what = shown(str(error.filename or "what was to be printed or stored"))
        return f"cannot write {what}: {error.strerror}"
    # It was typed, wherever it was looked for.
    return f"'{shown(brief(str(error.filename), 300))}': the name is too long for a file"


def _print_no_more() -> None:
    """Let standard output lead nowhere: what it still holds is written when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _not_installed(package: str) -> str:
    return (
        f"the package '{package}' is missing in {sys.prefix}: activate the environment in which "
        "this program is installed, or install it and all that it needs, in its folder: "
        "pip install -c constraints.txt ."
    )


def _refuse(problem: str) -> int:
    """Say what is wrong, whatever characters are in it, and return the exit code."""
    text = _IN_A_LINE.sub(lambda found: _printable(found[0]), problem)
    text = _LONG_WORD.sub(lambda found: brief(found[0], 300), text)
    print(f"error: {text}", file=sys.stderr)
    return 2


def _printable(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def _run(words: list[str]) -> int:
    from acd_plugin.cli.options import COMMANDS, make_parser  # noqa: PLC0415 - packages may miss

    words, overrides = _split_overrides(words)
    if not words:
        raise UserError(
            f"no command: '{program()} --help' lists all; training takes --config=ALGORITHM and "
            "--env-config=ENVIRONMENT"
        )
    for word in words:
        if word.endswith("=--"):  # of which argparse would make an empty list
            raise UserError(f"'{brief(word)}': '--' is no value")
    if not words[0].startswith("-") and words[0] not in COMMANDS:
        raise UserError(
            f"unknown command '{brief(words[0])}'{nearest(words[0], COMMANDS)} "
            f"(legal: {', '.join(COMMANDS)}; without one: train)"
        )
    if words[0] not in (*COMMANDS, "-h", "--help", "--version"):
        words = ["train", *words]
    if words[0] in COMMANDS and COMMANDS[words[0]].overrides:
        _refuse_forgotten_with(words)
    try:
        options = make_parser(program()).parse_args(words)
    except SystemExit:  # it was asked for help or the version
        return 0
    options.command_line = _without_passwords(words, overrides)
    if not hasattr(options, "overrides"):
        if overrides:
            raise UserError(
                f"'{words[0]}' takes no overrides, but got 'with {' '.join(overrides)}' (those "
                f"that do: {', '.join(name for name, one in COMMANDS.items() if one.overrides)})"
            )
    else:
        options.overrides = overrides
    return options.handler(options)


def _split_overrides(words: list[str]) -> tuple[list[str], list[str]]:
    """Split at ``with``: what follows are key=value overrides."""
    if "with" not in words:
        return words, []
    place = words.index("with")
    return words[:place], words[place + 1 :]


def _refuse_forgotten_with(words: list[str]) -> None:
    """Refuse settings without the word before them, which would be taken for something else."""
    for previous, word in pairwise(words):
        if _SETTING.fullmatch(word) and not (previous.startswith("-") and "=" not in previous):
            raise UserError(
                f"'{brief(word)}': settings stand at the end, after the word 'with': "
                f"... with {brief(word)}"
            )


def _without_passwords(words: list[str], overrides: list[str]) -> str:
    """Return the command to repeat, less the database's address and secrets in any other."""
    words = [*words, "with", *overrides] if overrides else words
    kept = [
        word
        for previous, word in zip(["", *words], words, strict=False)
        if word != "--mongo" and previous != "--mongo" and not word.startswith(_ADDRESSES)
    ]
    name = Path(sys.argv[0]).name  # less the folders of this machine, which are nothing to record
    called = "python main.py" if name == "main.py" else program()
    return f"{called} {shlex.join(map(shown, kept))}"


if __name__ == "__main__":
    sys.exit(main())
