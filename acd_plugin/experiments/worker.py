"""A process that does what is left of one run: ``python -m acd_plugin.experiments.worker < TASK``.

What it prints goes into the run's log. Exit codes are those of the command line.
"""

from __future__ import annotations

import json
import sys

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.errors import UserError
from acd_plugin.experiments.progress import State
from acd_plugin.experiments.task import Task
from acd_plugin.running.console import logger, set_up_logging
from acd_plugin.running.evaluation import Games, evaluate, store, summary
from acd_plugin.running.recorded_run import RunStopped
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.sacred_run import About
from acd_plugin.running.stored_run import open_run
from acd_plugin.running.train import Records, resume, train

STOPPED = 130


def work(task: Task) -> None:
    """Train a run or go on with it, and evaluate it on the games that all policies share."""
    plugins = task.config["plugins"]
    records = Records(task.mongo, draw_run)
    place = task.folder
    if place is None:
        spec = resolve(task.config)
        place = str(train(spec, About(command_line=task.command_line), records).path)
    elif task.todo == State.STOPPED.name:
        resume(place, task.results, plugins=plugins, records=records)
    run = open_run(place, task.results)
    games = Games(task.evaluation_episodes)
    played = evaluate(run, games, plugins)
    store(run, games, played)
    logger.info("evaluated: return %.3f", summary(played[0].outcome)["return_mean"])


def main() -> int:
    """Do the task that stands on the standard input; returns the exit code."""
    task = Task(**json.load(sys.stdin))
    sys.argv[0] = task.program.removeprefix("python ")  # for messages that say what to type
    set_up_logging()
    try:
        work(task)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (RunStopped, KeyboardInterrupt) as stopped:
        print(stopped or "stopped at once", file=sys.stderr)
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
