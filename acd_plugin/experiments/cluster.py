"""Work through a plan on a cluster, through Ray."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from acd_plugin.errors import UserError
from acd_plugin.experiments.pool import Progress, Reports, Worked, collect, outcome
from acd_plugin.experiments.processes import Processes, Work, do
from acd_plugin.running.console import logger


def run_on_ray(works: Sequence[Work], seconds: Mapping[str, float], address: str) -> Worked:
    """Do all the work as Ray tasks of one processor each, and a GPU where runs want it.

    After Ctrl-C those that go on save, and no others begin. Raises UserError as of `connected`.
    """
    with connected(address) as ray:
        workers = int(ray.cluster_resources().get("CPU", 1))
        begin = ray.remote(num_cpus=1, max_retries=0)(_do)
        tasks = [begin.options(num_gpus=_gpus(work)).remote(work) for work in works]
        pending: dict[Future[Reports], Work] = {
            task.future(): work for task, work in zip(tasks, works, strict=True)
        }
        try:
            return Worked(collect(pending, Progress(works, seconds, workers)), False)
        except KeyboardInterrupt:
            logger.info("stopping: the runs that go on now save first")
            for task in tasks:
                ray.cancel(task)  # which interrupts what goes on; see `Processes.run`
            ended = [outcome(future, work) for future, work in pending.items()]
            return Worked({name: one for told in ended for name, one in told.items()}, True)


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Yield Ray, connected to a cluster.

    ``address`` is that of a cluster, ``auto`` for the one that this machine belongs to, or
    ``local`` for one of its own that ends with the plan. All machines must have this program and
    see the folder of results under the same path. Raises UserError when there is no Ray there.
    """
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError:
        raise UserError("--ray-address needs Ray: pip install '.[ray]'") from None
    try:
        ray.init(address=address, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(
            f"--ray-address {address}: no Ray cluster there ({reason}); give the address of its "
            "head, 'auto', or 'local'"
        ) from None
    try:
        yield ray
    finally:
        ray.shutdown()


def _gpus(work: Work) -> int:
    return int(work.is_on_gpu)


def _do(work: Work) -> Reports:
    return do(work, Processes().run)
