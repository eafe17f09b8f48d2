"""A process that does what is left of one run: ``python -m acd_plugin.experiments.worker < TASK``.

What it prints goes into the run's log. Exit codes are those of the command line.
"""

from __future__ import annotations

import json
import os
import sys

from acd_plugin.analysis.curves.run_picture import draw_run
from acd_plugin.errors import UserError
from acd_plugin.experiments.processes import Task
from acd_plugin.running.console import logger, set_up_logging
from acd_plugin.running.evaluation import Games, evaluate, store
from acd_plugin.running.recorded_run import Records, RunStopped
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.stored_run import open_run
from acd_plugin.running.train import resume, train


def work(task: Task) -> None:
    """Train a run or go on with it, and evaluate it on the games that all policies share."""
    results, plugins = task.config["local_results_path"], task.config["plugins"]
    mongo = os.environ.get("ACD_MONGO_URL") or task.config["mongo_url"]
    records = Records(command_line=task.command_line, mongo=mongo, draw=draw_run)
    folder = task.folder
    if folder is None:
        folder = str(train(resolve(task.config), records).path)
    elif task.is_stopped:
        resume(folder, results, records, plugins=plugins)
    run = open_run(folder, results)
    played = evaluate(run, Games(task.evaluation_episodes), plugins)
    store(run, played)
    logger.info("evaluated: return %.3f", played[0].evaluation.return_mean)


def main() -> int:
    """Do the task that stands on the standard input; returns the exit code."""
    sys.argv[0] = "main.py"  # which a person would call, for messages that say what to type
    set_up_logging()
    try:
        work(Task(**json.load(sys.stdin)))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except (RunStopped, KeyboardInterrupt) as stopped:
        print(str(stopped) or "stopped at once", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
