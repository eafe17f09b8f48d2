"""Runs that are to exist once: whoever trains one keeps others from beginning an equal one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from acd_plugin.analysis.runs.run_record import RunRecord, read_record
from acd_plugin.configuration.layers import Config
from acd_plugin.errors import UserError
from acd_plugin.experiments.progress import identity
from acd_plugin.running.planned import Claim
from acd_plugin.tracking.ownership import OwnedError, owned, owner_in_words
from acd_plugin.tracking.recorded_config import run_name
from acd_plugin.tracking.results import CLAIMS
from acd_plugin.tracking.run_folder import RunFolder


def claim_of(config: Config) -> Claim:
    """Return the claim on a new run of this configuration in its folder of results.

    Whoever takes it gets OwnedError while another process has it, and when there is such a run by
    now: one that is complete, goes on, or can be resumed.
    """
    results = Path(config["local_results_path"])
    name = run_name(config)

    @contextmanager
    def claim() -> Iterator[Callable[[RunFolder], None]]:
        place = results / CLAIMS  # with a file for each run that was ever claimed
        place.mkdir(parents=True, exist_ok=True)
        with owned(place / f"{_file_name(config)}.json", name) as ownership:
            begun = _begun(config, results, ownership.told.get("folder"))
            if begun is not None:
                who = owner_in_words(begun.folder.owner)
                raise OwnedError(
                    f"{name}: was begun meanwhile: {begun.folder} is {begun.status} ({who})"
                )
            yield lambda folder: ownership.tell(folder=folder.path.name)

    return claim


def _begun(config: Config, results: Path, folder: object) -> RunRecord | None:
    """Return the run in the folder that was told by the last who had the claim, if it counts."""
    if not isinstance(folder, str) or not folder.isdecimal():
        return None
    try:
        run = read_record(RunFolder(results / folder))
    except UserError:
        return None
    counts = run.status in ("COMPLETED", "RUNNING") or run.can_be_resumed
    return run if counts and identity(run.config) == identity(config) else None


def _file_name(config: Config) -> str:
    learned, *others = identity(config)
    text = repr((sorted((key, repr(value)) for key, value in learned), others))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
