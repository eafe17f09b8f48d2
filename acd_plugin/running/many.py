"""Use case: train many runs, together those that can be, and the others each by itself."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.joint import NotTogetherError
from acd_plugin.running.console import logger
from acd_plugin.running.memory import free_memory, seeds_at_once
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorded_run import NotWrittenError, RunStopped
from acd_plugin.running.run_spec import refuse_held_out
from acd_plugin.running.together import Ended, Group
from acd_plugin.running.train import tell_about, train_alone
from acd_plugin.tracking.run_folder import check_writable
from acd_plugin.tracking.trackers.attached import Trackers

EachAlone = Callable[[Sequence[Planned]], list[Ended]]  # trains runs, each by itself


def train_many(runs: Sequence[Planned], each_alone: EachAlone, sharing: int = 1) -> list[Ended]:
    """Train all runs and return how each ended that was begun: after Ctrl-C no other begins.

    ``sharing`` is how many processes, this one among them, have the device and its memory.
    Whatever is wrong with one shows, as a UserError, before anything is written.
    """
    groups = alike(runs)
    sizes = [_size(group, sharing) for group in groups]
    ended: list[Ended] = []
    alone: list[Planned] = []
    for group, size in zip(groups, sizes, strict=True):
        if size == 0:
            alone += group
            continue
        for place in range(0, len(group), size):
            part = group[place : place + size]
            try:
                ended += _train_together(part)
            except _StoppedError as stopped:
                return ended + stopped.ended
            except NotTogetherError as error:
                logger.info("seeds are trained one by one: %s", error)
                alone += group[place:]
                break
            except UserError as error:  # while they were built
                if not ended:
                    raise
                ended += [Ended(run, run.folder, error) for run in part]
    return ended + each_alone(alone) if alone else ended


def one_by_one(runs: Sequence[Planned]) -> list[Ended]:
    """Train runs each by itself, one after another in this process."""
    ended: list[Ended] = []
    for run in runs:
        try:
            folder = train_alone(run)
        except RunStopped as stopped:
            ended.append(Ended(run, stopped.folder, stopped))
        except NotWrittenError as error:
            ended.append(Ended(run, error.folder, error))
        except (Exception, KeyboardInterrupt) as error:
            ended.append(Ended(run, run.folder, error))
        else:
            ended.append(Ended(run, folder, None))
        if was_stopped(ended):
            break
    return ended


def was_stopped(ended: Sequence[Ended]) -> bool:
    """Return whether the user has stopped one of the runs, which means all."""
    return any(isinstance(one.error, RunStopped | KeyboardInterrupt) for one in ended)


def alike(runs: Sequence[Planned]) -> list[list[Planned]]:
    """Return the runs in groups of those that can be trained together, the largest first."""
    groups: list[list[Planned]] = []
    for run in runs:
        found = next((group for group in groups if group[0].can_go_with(run)), None)
        if found is None:
            groups.append([run])
        else:
            found.append(run)
    return sorted(groups, key=len, reverse=True)


def _size(group: Sequence[Planned], sharing: int) -> int:
    """Return how many of a group's runs are trained together, 0: each alone.

    Raises UserError for what is wrong with any of them.
    """
    spec = group[0].spec
    for run in group:
        run.mongo()
        Trackers(run.spec.config)
    refuse_held_out(spec)
    if group[0].is_trained:
        return 0
    free = free_memory(spec.settings.device).times(1 / sharing)
    size = seeds_at_once(spec, len(group), free)
    if size == 1 and spec.settings.device == "cpu":
        return 0
    return size


class _StoppedError(Exception):
    """The user has asked to stop: no others are to begin."""

    def __init__(self, ended: list[Ended]) -> None:
        super().__init__()
        self.ended = ended


def _train_together(runs: Sequence[Planned]) -> list[Ended]:
    gc.collect()  # what a group before has left would count as taken
    group = Group(runs)
    for place in {run.spec.settings.local_results_path for run in runs}:
        check_writable(place)
    tell_about(runs[0])
    ended = group.train()
    if group.was_asked_to_stop():
        raise _StoppedError(ended)
    return ended
