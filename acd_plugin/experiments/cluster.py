"""Work through a plan on a cluster, through Ray."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from acd_plugin.errors import UserError
from acd_plugin.experiments.plan import Job
from acd_plugin.experiments.pool import Progress, collect
from acd_plugin.experiments.processes import Processes, Task, do


def run_on_ray(
    tasks: Mapping[Job, Task], seconds: Mapping[Job, float], address: str
) -> dict[Job, str | None]:
    """Do all jobs as Ray tasks of one processor each; see `pool.run_all`.

    ``address`` is that of a cluster, ``auto`` for the one that this machine belongs to, or
    ``local`` for one of its own that ends with the plan. All machines must have this program and
    see the folder of results under the same path. Raises UserError when there is no Ray there.
    """
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError:
        raise UserError("--ray-address needs Ray: pip install 'acd-plugin[ray]'") from None
    try:
        ray.init(address=address, log_to_driver=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(
            f"--ray-address {address}: no Ray cluster there ({reason}); give the address of its "
            "head, 'auto', or 'local'"
        ) from None
    workers = int(ray.cluster_resources().get("CPU", 1))
    work = ray.remote(num_cpus=1, max_retries=0)(_work)
    try:
        jobs: dict[Future[str | None], Job] = {
            work.remote(job.name, task).future(): job for job, task in tasks.items()
        }
        return collect(jobs, Progress(seconds, workers))
    finally:
        ray.shutdown()


def _work(name: str, task: Task) -> str | None:
    return do(name, task, Processes().run)
