"""Weights & Biases: runs on its server or, with ``WANDB_MODE=offline``, in the run's folder."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acd_plugin.credentials import without_credentials
from acd_plugin.errors import UserError
from acd_plugin.tracking.recorded_config import run_name
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.naming import tag

_PROJECT = "acd-plugin"  # unless WANDB_PROJECT names another
_STEPS = "game_steps"  # what all metrics are drawn over
_LOCAL = ("offline", "dryrun", "disabled")  # modes that need no login


class WandB:
    """A run of W&B; needs the package wandb and, unless it is offline, a login."""

    def __init__(self, folder: Path, config: Mapping[str, object], is_anew: bool = False) -> None:
        """``is_anew`` replaces the run of this folder on the server, if it is there.

        Nothing is sent or waited for before the first number is written. Raises UserError without
        the package or a login.
        """
        try:
            self._wandb: Any = importlib.import_module("wandb")
        except ImportError:
            raise UserError(
                "the tracker wandb needs the package wandb: pip install '.[wandb]'"
            ) from None
        mode = os.environ.get("WANDB_MODE") or "online"
        if mode not in _LOCAL and not self._wandb.login(prompt=False, verify=False):
            raise UserError(
                "the tracker wandb needs a login: run 'wandb login', or set WANDB_MODE=offline"
            )
        self._options = {
            "project": os.environ.get("WANDB_PROJECT") or _PROJECT,
            "name": run_name(config),
            "id": RunFolder(folder).key(),
            "dir": str(folder),
            "config": without_credentials(dict(config)),
            "mode": mode,
            "resume": None if is_anew or mode in _LOCAL else "allow",
            "reinit": "create_new",  # several runs may be trained in one process
        }
        self._run: Any = None

    def write(self, name: str, value: float, step: int) -> None:
        run = self._run or self._begin()
        run.log({tag(name): value, _STEPS: step})

    def close(self) -> None:
        if self._run is not None:
            self._run.finish()

    def _begin(self) -> Any:
        settings = self._wandb.Settings(
            console="off", silent=True, disable_git=True, save_code=False, x_disable_stats=True
        )
        self._run = self._wandb.init(**self._options, settings=settings)
        self._run.define_metric("*", step_metric=_STEPS)
        return self._run
