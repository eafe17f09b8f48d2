"""EPyMARL's own Q-learner and controller, unchanged, in the loop that comes with the plugin.

    python examples/epymarl_learner.py /path/to/epymarl --config=qmix --env-config=cyborg_small \
        with mac=epymarl_mac learner=epymarl_q_learner save_model=False

Checkpoints are off because EPyMARL's components cannot store what resuming needs.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from acd_plugin.cli.main import main
from acd_plugin.controllers import REGISTRY as CONTROLLERS
from acd_plugin.learners import REGISTRY as LEARNERS


def register_from(checkout: str) -> None:
    """Make two components of a checkout known by names of our own."""
    sys.path.insert(0, str(Path(checkout) / "src"))  # its modules import each other from there
    CONTROLLERS["epymarl_mac"] = importlib.import_module("controllers").REGISTRY["basic_mac"]
    LEARNERS["epymarl_q_learner"] = importlib.import_module("learners").REGISTRY["q_learner"]


if __name__ == "__main__":
    register_from(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
