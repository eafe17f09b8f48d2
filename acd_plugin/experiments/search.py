"""The best setting of a plan's sweep, looked for by Optuna, which stops trials that do poorly.

A trial is one setting with all seeds of the budget: ordinary runs in the folder of results. The
study lies beside them, so that a search that was stopped goes on with the same command; runs that
are there already are not trained again.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acd_plugin.analysis.runs.plan_names import Named, PlanName, Swept, write_plan_names
from acd_plugin.configuration.number_ranges import ranges
from acd_plugin.configuration.validation import parse
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.errors import UserError
from acd_plugin.experiments.pairs import Job, Pairs
from acd_plugin.experiments.plan_file import Budget, PlanFile
from acd_plugin.experiments.sweep import Choice, Range, Varied, with_values
from acd_plugin.tracking.command_line import with_override
from acd_plugin.tracking.results import SEARCHES

_UNPRUNED = 5  # trials that are never stopped early, with which others are compared


@dataclass(frozen=True)
class Search:
    """What is searched, and where: all that a worker on another machine needs."""

    name: str  # of the plan's file
    file: PlanFile
    budget: Budget
    results: Path
    plugins: Sequence[str]
    changes: Mapping[str, object]  # of all runs, before the plan's own

    @property
    def base(self) -> tuple[str, str]:
        """The names of algorithm and environment in the plan."""
        return next(iter(self.file.algorithms)), next(iter(self.file.environments))

    @property
    def choice(self) -> Choice:
        return self.file.algorithms[self.base[0]]

    def jobs(self, values: Mapping[str, object]) -> list[Job]:
        """Return the runs of one setting, one for each seed; UserError if it cannot be trained."""
        row, column = self.base
        pairs = Pairs(self.file.with_, self.plugins, self.changes)
        jobs = pairs.jobs(
            Varied(row, values, with_values(self.choice, values)),
            Varied(column, {}, self.file.environments[column]),
            self.budget,
        )
        pairs.refuse_unused()
        return jobs

    def study(self) -> Any:
        """Open the study; UserError when there is no Optuna here."""
        optuna = optuna_here()
        place = self.results / SEARCHES
        place.mkdir(parents=True, exist_ok=True)
        backend = optuna.storages.journal.JournalFileBackend(str(place / f"{self.name}.journal"))
        ranges = {key: repr(values) for key, values in self.choice.sweep.items()}
        return optuna.create_study(
            storage=optuna.storages.JournalStorage(backend),
            # Scores of other games, lengths, seeds or ranges are no trials of this study.
            study_name=json.dumps([*self.base, ranges, self.budget.model_dump()], sort_keys=True),
            load_if_exists=True,
            direction="maximize",
            pruner=optuna.pruners.MedianPruner(n_startup_trials=_UNPRUNED),
        )

    def suggest(self, trial: Any) -> dict[str, object]:
        """Return the setting that a trial of the study is to try."""
        return {key: _suggested(trial, key, values) for key, values in self.choice.sweep.items()}

    def values_of(self, trial: Any) -> dict[str, object]:
        """Return the setting that a trial has tried."""
        return {
            key: values.rounded(trial.params[key])
            if isinstance(values, Range)
            else trial.params[key]
            for key, values in self.choice.sweep.items()
        }

    def named(self, values: Mapping[str, object]) -> Named:
        """Return what reports are to know of the runs of one setting."""
        job = self.jobs(values)[0]
        swept = Swept(*job.base, job.swept)
        return PlanName(job.algorithm, job.environment), swept, job.spec.config

    def keep_names(self, named: Iterable[Named]) -> None:
        """Let reports know the runs of these settings."""
        write_plan_names(self.results, f"{self.name}.search", self.file.title, named)

    def command(self, values: Mapping[str, object]) -> str:
        """Return the command that trains a setting anew, with as many seeds, none of them used."""
        used = self.budget.seeds
        first = max(used) + 1
        seeds = ",".join(ranges(range(first, first + len(used))))
        return with_override(self.jobs(values)[0].command_line, "seed", seeds)


def load_search(
    path: str, budget: str | None, results: Path, plugins: Sequence[str], device: str | None
) -> Search:
    """Read a plan as a search; UserError unless it sweeps one algorithm in one environment."""
    file = parse(PlanFile, read_yaml(Path(path)), path)
    spent = file.budget(path, budget)
    choices = [*file.algorithms.values(), *file.environments.values()]
    if len(choices) != 2 or not choices[0].sweep or choices[1].sweep:
        raise UserError(
            f"{path}: a search needs one algorithm, with a 'sweep', and one environment without; "
            f"there are {len(file.algorithms)} and {len(file.environments)}, and "
            f"{sum(bool(choice.sweep) for choice in choices)} with a sweep"
        )
    changes = {} if device is None else {"device": device}
    search = Search(Path(path).stem, file, spent, results, list(plugins), changes)
    ends = [
        {key: _end(values, place) for key, values in search.choice.sweep.items()}
        for place in (0, -1)
    ]
    for values in ends:
        search.jobs(values)  # what is wrong shows before anything runs
    return search


def optuna_here() -> Any:
    """Return the package; UserError when it is not installed."""
    try:
        optuna = importlib.import_module("optuna")
    except ImportError:
        raise UserError("a search needs Optuna: pip install '.[search]'") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _suggested(trial: Any, key: str, values: list[Any] | Range) -> object:
    if not isinstance(values, Range):
        return trial.suggest_categorical(key, values)
    kind = trial.suggest_int if values.is_whole else trial.suggest_float
    return values.rounded(kind(key, values.low, values.high, log=values.log))


def _end(values: list[Any] | Range, place: int) -> object:
    return [values.low, values.high][place] if isinstance(values, Range) else values[place]
