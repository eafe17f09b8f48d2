"""MLflow: runs on a server or, by default, in a database file beside the runs."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acd_plugin.configuration.nested import flat
from acd_plugin.credentials import shown, without_credentials
from acd_plugin.errors import UserError
from acd_plugin.tracking.recorded_config import run_name
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.naming import tag

_EXPERIMENT = "acd-plugin"  # unless MLFLOW_EXPERIMENT_NAME names another
_KEY = "acd.key"  # the tag by which a run is found again
_LONGEST = 500  # letters of a parameter, which every MLflow takes
_NUMBERS, _PARAMETERS = 1000, 100  # that every MLflow takes at once
_HELD = 5.0  # seconds; each request is a transaction, or a way to a server and back


class MLflow:
    """A run of MLflow; needs the package mlflow or mlflow-skinny."""

    def __init__(self, folder: Path, config: Mapping[str, object], is_anew: bool = False) -> None:
        """``is_anew`` replaces the run of this folder, if it is there.

        Nothing is sent or waited for before the first number is written. Raises UserError without
        the package, or for an address that is none.
        """
        try:
            self._client_of: Any = importlib.import_module("mlflow.tracking").MlflowClient
        except ImportError:
            raise UserError(
                "the tracker mlflow needs the package mlflow: pip install '.[mlflow]'"
            ) from None
        database = (folder.parent / "mlflow.db").resolve()
        self._address = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{database}"
        scheme = self._address.partition("://")[0]
        if "://" in self._address and not _is_known(scheme):
            raise UserError(
                f"MLFLOW_TRACKING_URI is {shown(self._address)}: begin it with http://, https:// "
                "or sqlite:///, or leave it out"
            )
        self._key = RunFolder(folder).key()
        self._name = run_name(config)
        self._settings = flat(config)
        self._is_anew = is_anew
        self._client: Any = None
        self._entities: Any = None  # MLflow's classes
        self._run = ""
        self._numbers: list[Any] = []  # that are still to be sent
        self._sent = 0.0  # when others were

    def write(self, name: str, value: float, step: int) -> None:
        if self._client is None:
            self._begin()
        now = int(1000 * time.time())
        self._numbers.append(self._entities.Metric(tag(name), value, now, step))
        if len(self._numbers) == _NUMBERS or time.monotonic() - self._sent > _HELD:
            self._send()

    def close(self) -> None:
        if self._client is not None:
            self._send()
            self._client.set_terminated(self._run)

    def _send(self) -> None:
        self._client.log_batch(self._run, metrics=self._numbers)
        self._numbers = []
        self._sent = time.monotonic()

    def _begin(self) -> None:
        self._entities = importlib.import_module("mlflow.entities")
        client = self._client_of(tracking_uri=self._address)
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or _EXPERIMENT
        found = client.get_experiment_by_name(name)
        experiment = found.experiment_id if found else client.create_experiment(name)
        known = client.search_runs([experiment], f"tags.`{_KEY}` = '{self._key}'")
        if self._is_anew:
            for run in known:
                client.delete_run(run.info.run_id)
            known = []
        if known:
            self._run = known[0].info.run_id
        else:
            run = client.create_run(experiment, run_name=self._name, tags={_KEY: self._key})
            self._run = run.info.run_id
            settings = [
                self._entities.Param(key, str(without_credentials(value))[:_LONGEST])
                for key, value in self._settings.items()
            ]
            for first in range(0, len(settings), _PARAMETERS):
                client.log_batch(self._run, params=settings[first : first + _PARAMETERS])
        self._client = client


def _is_known(scheme: str) -> bool:
    return scheme.partition("+")[0] in ("http", "https", "sqlite", "postgresql", "mysql", "mssql")
