"""A trained policy, to be asked for actions and messages step by step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from acd_plugin.api.settings import of_policy
from acd_plugin.configuration.plugins import plugin_files
from acd_plugin.configuration.ranges import integer
from acd_plugin.errors import UserError
from acd_plugin.running.device import chosen_device
from acd_plugin.running.export import export
from acd_plugin.running.stored_run import load_trained_policy, open_policy
from acd_plugin.running.to_play import variants_of
from acd_plugin.running.trained_policy import TrainedPolicy


def load_policy(
    run: str | Path,
    *,
    results: str | Path = "results",
    plugins: Sequence[str] = (),
    seed: int = 0,
    device: str = "cpu",
    episode_limit: int | None = None,
    **env_args: object,
) -> TrainedPolicy:
    """Return the policy of a run (its folder, or its number in ``results``) or of a file.

    ``seed`` is that of whatever it draws; ``episode_limit`` is the length of the longest game, if
    it is to play longer ones than in training; ``env_args`` are settings of the environment that
    are to be others, as for `evaluate`. Raises UserError when there is no such policy, when it does
    not fit the environment, or when its run needs ``plugins`` that are not named.
    """
    seed = integer("seed", seed, 0)
    if episode_limit is not None:
        episode_limit = integer("episode_limit", episode_limit, 1)
    chosen_device(device)  # of a name that cannot be, before anything is read
    plugins = plugin_files(plugins)
    stored = open_policy(str(run), str(results))
    other = None
    if env_args:
        changes = of_policy(env_args, stored.config)
        other = variants_of(stored, [changes], device, plugins)[0].spec
    return load_trained_policy(stored, plugins, seed, device, episode_limit, other)


def export_policy(
    run: str | Path,
    out: str | Path,
    *,
    results: str | Path = "results",
    plugins: Sequence[str] = (),
) -> Path:
    """Write the policy of a run, or of a checkpoint, into one file without anything else.

    ``out`` ends in ``.safetensors`` (`load_policy` reads it) or in ``.onnx`` (one step of the
    networks, for other programs). Raises UserError when there is such a file already.
    """
    if not isinstance(out, str | Path):
        raise UserError(f"out is {out!r}: give the path of the file that is to be written")
    return export(open_policy(str(run), str(results)), Path(out), plugin_files(plugins))
