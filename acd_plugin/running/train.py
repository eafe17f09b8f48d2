"""Use case: train a new run, or go on with one that was stopped, killed or finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from acd_plugin.configuration.layers import Config
from acd_plugin.envs.blueprint import MayRemark
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.host import Host
from acd_plugin.running.alone import Alone
from acd_plugin.running.assembly import refuse_unfit
from acd_plugin.running.console import Console, logger
from acd_plugin.running.device import describe_device
from acd_plugin.running.interruption import interruptible
from acd_plugin.running.memory import check_memory, free_memory
from acd_plugin.running.owned_folder import held, owned_folder
from acd_plugin.running.planned import Planned, continued
from acd_plugin.running.recorded_run import OpenRecord, Records, Train, recorded_run
from acd_plugin.running.run_spec import RunSpec, refuse_held_out
from acd_plugin.running.sacred_run import Output
from acd_plugin.running.turns import Turn
from acd_plugin.tracking.run_folder import RunFolder, check_writable
from acd_plugin.tracking.trackers.attached import Trackers


def train(spec: RunSpec, records: Records, host: Host = BUILTIN) -> RunFolder:
    """Train a new run and return its folder.

    Whatever is wrong shows before anything is written. Raises RunStopped after Ctrl-C.
    """
    return train_alone(Planned(spec, records), host)


def resume(
    name: str,
    results: str,
    records: Records,
    changes: Mapping[str, object] | None = None,
    plugins: Sequence[str] = (),
) -> RunFolder:
    """Go on with a run from its latest checkpoint, in its own folder; see `continued`."""
    return train_alone(continued(name, results, records, changes, plugins))


class Shown(NamedTuple):
    """What shows a run instead of a command's console, and what its ``cout.txt`` then holds."""

    console: Console
    output: Output


def train_alone(planned: Planned, host: Host = BUILTIN, shown: Shown | None = None) -> RunFolder:
    """Train a run that is by itself on its device, and return its folder."""
    spec, settings = planned.spec, planned.spec.settings
    mongo = planned.mongo()
    refuse_held_out(spec)
    check_memory(spec, free_memory(settings.device))
    host.check(spec.config)
    console, output = shown or (None, None)
    turn = Turn()
    try:
        with held(planned) as mine:
            train = _in_other_loop(spec, host) or Alone(mine, host, turn, console).train
            Trackers(spec.config)  # of which it may be that there is none of a name
            check_writable(settings.local_results_path)
            logger.info("host: %s (%s)", host.name, host.reason)
            tell_about(mine)
            with owned_folder(mine) as folder:
                recorded_run(spec, train, mine.records, mongo, folder, output)
            return folder
    finally:
        turn.end()


def tell_about(run: Planned) -> None:
    """Say from where and on what a run is trained, in which environment, and who records it.

    Warn of what its games may not have been meant to be.
    """
    settings, mongo = run.spec.settings, run.mongo()
    if run.stored:
        logger.info("going on from %s, of %s steps", run.stored.path, f"{settings.t_max:,}")
    logger.info("device: %s", describe_device(settings.device))
    logger.info("environment: %s %s", settings.env, _summary(settings.env_args))
    if mongo is not None:
        logger.info("records: also in %s", mongo)
    if isinstance(run.spec.blueprint, MayRemark):
        for remark in run.spec.blueprint.remarks:
            logger.warning("%s", remark)


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
    refuse_unfit(spec, host)

    def train(record: OpenRecord) -> float | None:
        config = {**spec.config, "blueprint": spec.blueprint}
        with interruptible():
            return loop(record.run, config, str(record.folder.path))

    return train


def _summary(env_args: Config) -> str:
    """The plain values of the environment's arguments."""
    plain = {key: value for key, value in env_args.items() if not isinstance(value, dict)}
    return ", ".join(f"{key}={value}" for key, value in plain.items())
