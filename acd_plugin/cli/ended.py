"""How runs ended, in lines for the person who started them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence

from acd_plugin.errors import DivergedError, UserError, program
from acd_plugin.experiments.seeds import FailedError, resume_command, run_words
from acd_plugin.running.device import DeviceFailedError
from acd_plugin.running.many import was_stopped
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorded_run import NotWrittenError, RunStopped
from acd_plugin.running.together import Ended
from acd_plugin.tracking.run_folder import RunFolder

_AT_ONCE = "stopped at once; what the last checkpoint does not hold is lost"


def told(do: Callable[[], RunFolder], can_be_evaluated: bool = True) -> int:
    """Train one run and say how it ended; returns the exit code."""
    try:
        folder = do()
    except RunStopped as stopped:
        _tell(str(stopped))
        return 130 if stopped.is_saved else 1
    except KeyboardInterrupt:
        _tell(_AT_ONCE)
        return 130
    except (DeviceFailedError, DivergedError, NotWrittenError) as error:  # not the input's fault
        print(f"error: {error}", file=sys.stderr)
        return 1
    hint = f" (see it play: {program()} watch {folder.path})" if can_be_evaluated else ""
    print(f"done: {folder.path}{hint}")
    return 0


def _tell(text: str) -> None:
    """Print to the standard error, which may be the terminal whose closing has stopped the run."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr)


def told_of_all(runs: Sequence[Planned], ended: Sequence[Ended]) -> int:
    """Say how many runs ended, a line for each that failed; returns the exit code."""
    stopped = [one for one in ended if was_stopped([one])]
    failed = [one for one in ended if one.error is not None and one not in stopped]
    done = [one.folder for one in ended if one.error is None and one.folder]
    for one in failed:
        print(f"error: {_name(one)}: {_reason(one.error)}", file=sys.stderr)
    if done:
        places = " ".join(run_words(done))
        print(f"done: {places} ({len(done)} of {len(runs)} runs)")
    begun = {id(one.run) for one in ended}
    waiting = [run for run in runs if id(run) not in begun]
    if not stopped and not waiting:
        return 1 if failed else 0
    saved = [
        one.folder
        for one in stopped
        if isinstance(one.error, RunStopped) and one.error.is_saved and one.folder
    ]
    if len(saved) < len(stopped):
        print(_AT_ONCE, file=sys.stderr)
    for run in waiting:
        print(f"not begun: seed {run.seed}; start it with: {_command(run)}", file=sys.stderr)
    if saved:
        print(f"stopped; resume with: {resume_command(saved)}", file=sys.stderr)
    return 130


def _command(run: Planned) -> str:
    """Return the command that makes a run alone."""
    return run.records.command_line or f"{program()} resume {run.folder}"


def _name(one: Ended) -> str:
    where = f" ({one.folder})" if one.folder else ""
    return f"seed {one.run.seed}{where}"


def _reason(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines() or ["no reason is known"]
    if isinstance(error, UserError | FailedError | NotWrittenError):
        return lines[0]
    return f"{type(error).__name__}: {lines[0]}"
