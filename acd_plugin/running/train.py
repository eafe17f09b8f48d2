"""Use case: train a new run, or go on with one that was stopped, killed or finished."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from acd_plugin.configuration.layers import Config
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.host import Host
from acd_plugin.running.built_run import BuiltRun
from acd_plugin.running.console import logger
from acd_plugin.running.device import describe_device
from acd_plugin.running.memory import check_memory, free_memory
from acd_plugin.running.recorded_run import Records, Train, recorded_run
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.sacred_run import SacredRun
from acd_plugin.running.stored_run import StoredRun, open_run, refuse_another_game, spec_of
from acd_plugin.tracking.command_line import with_override
from acd_plugin.tracking.run_folder import RunFolder, check_writable
from acd_plugin.tracking.trackers.mongo.address import parse_address

_LENGTH = ("t_max", "episodes_max")
_MACHINE = ("device", "use_cuda", "seeds_at_once")


def train(spec: RunSpec, records: Records, host: Host = BUILTIN) -> RunFolder:
    """Train a new run and return its folder.

    Whatever is wrong shows before anything is written. Raises RunStopped after Ctrl-C.
    """
    return _train(spec, host, records)


def resume(
    name: str,
    results: str,
    records: Records,
    changes: Mapping[str, object] | None = None,
    plugins: Sequence[str] = (),
) -> RunFolder:
    """Go on with a run from its latest checkpoint, in its own folder.

    Only its length may change, and on what it goes on.
    ``name`` is its number in the folder of ``results``, or a path. Note and command stay as they
    were recorded.
    """
    changes = dict(changes or {})
    for key, value in changes.items():
        if key not in (*_LENGTH, *_MACHINE):
            raise UserError(
                f"cannot resume with '{key}={value}': only t_max may change (and episodes_max, "
                "device, seeds_at_once); start a new run instead"
            )
    run = open_run(name, results)
    folder = RunFolder(run.path.parent.parent)
    spec = spec_of(run, {**changes, "local_results_path": str(folder.path.parent)}, plugins)
    refuse_another_game(run, spec, "undo the change, or train again")
    _refuse_finished(run, spec)
    note, command = _told_about(folder, spec.config)
    return _train(spec, BUILTIN, records._replace(note=note, command_line=command), run)


def _train(
    spec: RunSpec, host: Host, records: Records, stored: StoredRun | None = None
) -> RunFolder:
    settings = spec.settings
    url = records.mongo or settings.mongo_url
    mongo = parse_address(url) if url else None
    check_memory(spec, free_memory(settings.device))
    host.check(spec.config)
    train = _in_other_loop(spec, host) or BuiltRun(spec, host, stored).train
    check_writable(settings.local_results_path)
    logger.info("host: %s (%s)", host.name, host.reason)
    logger.info("device: %s", describe_device(settings.device))
    logger.info("environment: %s %s", settings.env, _summary(settings.env_args))
    if mongo is not None:
        logger.info("records: also in %s", mongo)
    folder = RunFolder(stored.path.parent.parent) if stored else None
    return recorded_run(spec, train, records, mongo, folder)


def _in_other_loop(spec: RunSpec, host: Host) -> Train | None:
    """Return how the host itself trains, if it does."""
    loop = host.loop
    if loop is None:
        return None
    if spec.settings.episodes_max is not None:
        raise UserError(
            f"episodes_max={spec.settings.episodes_max}: the loop of the host {host.name} counts "
            "steps only; set episodes_max=None and choose t_max"
        )

    def train(run: SacredRun, folder: RunFolder) -> float | None:
        return loop(run, {**spec.config, "blueprint": spec.blueprint}, str(folder.path))

    return train


def _refuse_finished(run: StoredRun, spec: RunSpec) -> None:
    """Raise UserError when the run has come as far as it was to come."""
    reached = {"t_max": run.t_env, "episodes_max": run.episode}
    for key, done in reached.items():
        limit = spec.config[key]
        if limit is not None and done >= limit:
            raise UserError(
                f"{run.path}: the run has reached its {key} of {limit}; "
                f"go on with: resume RUN with {key}=LARGER"
            )


def _told_about(folder: RunFolder, config: Config) -> tuple[str | None, str | None]:
    """Return the note and the command that were stored with a run when it was started.

    The command is the one that makes the whole run, even if it goes on for longer than was planned.
    """
    try:
        run = json.loads((folder.path / "run.json").read_text())
        planned = json.loads((folder.path / "config.json").read_text())
        meta = dict(run.get("meta") or {})
        command = meta.get("command_line")
        for key in _LENGTH:
            if command and planned.get(key) != config[key]:
                command = with_override(command, key, config[key])
    except (OSError, ValueError, TypeError, AttributeError):
        return None, None  # damaged; that is no reason not to go on
    return meta.get("comment"), command


def _summary(env_args: Config) -> str:
    """The plain values of the environment's arguments."""
    plain = {key: value for key, value in env_args.items() if not isinstance(value, dict)}
    return ", ".join(f"{key}={value}" for key, value in plain.items())
