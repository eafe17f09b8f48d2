"""Use case: write a trained policy into one file, without anything of the run or the machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from acd_plugin.configuration.layers import Config
from acd_plugin.configuration.paths import config_root
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.errors import UserError
from acd_plugin.running.network_step import write_onnx
from acd_plugin.running.stored_policy import StoredPolicy
from acd_plugin.running.stored_run import acting_parts, trained_policy
from acd_plugin.tracking.places import without_places
from acd_plugin.tracking.policy_file import ENDING, PolicyContent, write_policy
from acd_plugin.tracking.run_folder import refuse_lost_link

ONNX = ".onnx"
# Of the keys of every run, which say how it was trained, where and how it was recorded.
_KEPT = ("seed", "plugins")
_OF_THE_RUN = ("host", "tags")


def export(stored: StoredPolicy, out: Path, plugins: Sequence[str] = ()) -> Path:
    """Write a policy in the format that the file's name ends in, and return the file.

    Raises UserError for another ending, when there is such a file, or when the game is no more the
    one that the policy was trained on.
    """
    if out.suffix not in (ENDING, ONNX):
        raise UserError(f"{out}: must end in {ENDING} (to be loaded again) or {ONNX}")
    if out.exists():
        raise UserError(f"{out}: exists already: delete it, or choose another name")
    refuse_lost_link(out)
    config, interface = acting_parts(stored, plugins, in_the_same_game=True)
    policy = trained_policy(stored, config, interface)
    if out.suffix == ONNX:
        write_onnx(policy, out)
    else:
        weights = policy.mac.agent.state_dict()
        write_policy(out, PolicyContent(_settings(stored), stored.t_env, interface, weights))
    return out


def _settings(stored: StoredPolicy) -> Config:
    """Return what defines the policy and its game."""
    of_any_run = read_yaml(config_root() / "default.yaml").keys() - set(_KEPT)
    kept = {
        key: value
        for key, value in stored.config.items()
        if key not in of_any_run and key not in _OF_THE_RUN
    }
    plugins = [Path(file).name for file in stored.config["plugins"]]
    without: Config = without_places({**kept, "plugins": plugins})  # type: ignore[assignment]
    return without
