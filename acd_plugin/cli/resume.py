"""``main.py resume RUN [with t_max=N]``."""

from __future__ import annotations

from acd_plugin.cli.train import RecordOptions, run
from acd_plugin.configuration.layers import override
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.running.fingerprint import fingerprint
from acd_plugin.running.stored_run import open_run
from acd_plugin.tracking.console import set_up_logging
from acd_plugin.tracking.run_folder import RunFolder


def resume(name: str, results: str, mongo: str | None, overrides: list[str]) -> int:
    """Go on with a run from its latest checkpoint, in its own folder; returns the exit code."""
    for text in overrides:
        if not text.startswith("t_max="):
            raise UserError(
                f"cannot resume with '{text}': only t_max may change; start a new run instead"
            )
    path, checkpoint = open_run(name, results)
    config = override(checkpoint.config, overrides)
    if fingerprint(config) != checkpoint.scenario:
        raise UserError(
            f"{path}: the scenario '{config['env_args'].get('scenario')}' has changed since this "
            "run was started: undo the change, or train again"
        )
    if checkpoint.t_env >= config["t_max"]:
        raise UserError(
            f"{path}: the run has reached its t_max of {config['t_max']}; "
            "go on with: resume RUN with t_max=LARGER"
        )
    folder = RunFolder(path.parent.parent)
    config["local_results_path"] = str(folder.path.parent)
    set_up_logging()
    return run(config, BUILTIN, RecordOptions(mongo), (folder, checkpoint))
