"""Stands in for ``python`` in the documents' commands: does the same with fewer and smaller games.

    python -m tests.documents.small main.py --config=dial --env-config=cyborg_small

Whoever reads a document trains for hours; a test finds out whether the command is right.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import yaml

from acd_plugin.cli.main import main
from acd_plugin.cli.options import COMMANDS

EPOCH = 8 * 30  # steps of a game of the small network, times the games of an epoch
SMALL = [
    *["batch_size=8", "batch_size_run=8", "buffer_size=8", "test_nepisode=8"],
    *[f"t_max={2 * EPOCH}", f"test_interval={EPOCH}", f"save_model_interval={EPOCH}"],
]
FURTHER, FURTHEST = f"t_max={3 * EPOCH}", f"t_max={4 * EPOCH}"  # of a run that is resumed
BUDGET = {"seeds": [1], "epochs": 1, "evaluation_episodes": 8}


def smaller(words: list[str]) -> list[str]:
    """Return the words of a command, less work."""
    place = words.index("with") if "with" in words else len(words)
    words, overrides = words[:place], words[place + 1 :]
    command = words[0] if words[0] in COMMANDS else "train"
    if command == "train":
        overrides = [re.sub(r"^seed=.*", "seed=1..2", word) for word in overrides] + SMALL
    elif command == "resume":
        overrides = [re.sub(r"^t_max=.*", FURTHEST, word) for word in overrides] or [FURTHER]
    elif command in ("evaluate", "communication"):
        words = [*words, "--episodes=8"]
    elif command == "experiment":
        shrink_plan(Path(next(word for word in words if word.endswith(".yaml"))))
        words = [re.sub(r"^--trials=.*", "--trials=1", word) for word in words]
    return [*words, "with", *overrides] if overrides else words


def shrink_plan(path: Path) -> None:
    plan = yaml.safe_load(path.read_text(encoding="utf-8"))
    plan["budgets"] = dict.fromkeys(plan["budgets"], BUDGET)
    plan["environments"] = dict([*plan["environments"].items()][:1])
    path.write_text(json.dumps(plan), encoding="utf-8")  # which is YAML, too


if __name__ == "__main__":
    if sys.argv[1] != "main.py":
        sys.exit(f"the documents' tests run main.py only, not {sys.argv[1]}")
    sys.argv = sys.argv[1:]
    sys.exit(main(smaller(sys.argv[1:])))
