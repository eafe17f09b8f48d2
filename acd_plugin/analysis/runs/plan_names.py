"""What plans call their runs: kept in ``plans/`` beside the runs, for whoever reports on them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from acd_plugin.analysis.runs.groups import BETWEEN, is_of_length, learned_by, learned_with
from acd_plugin.analysis.runs.run_record import RunRecord
from acd_plugin.configuration.migration import Config, migrate
from acd_plugin.credentials import without_credentials
from acd_plugin.errors import UserError, with_remedy
from acd_plugin.tracking.archive import is_archive, unpacked
from acd_plugin.tracking.places import without_places
from acd_plugin.tracking.results import PLANS
from acd_plugin.tracking.run_folder import JsonObject, read_json, write_atomically


class PlanName(NamedTuple):
    """The names of a run's algorithm and environment in a plan, as the user wrote them."""

    algorithm: str
    environment: str


class Swept(NamedTuple):
    """Where a run stands in a sweep: one setting of an algorithm in an environment."""

    algorithm: str  # their names in the plan, without the values
    environment: str
    values: Mapping[str, object]  # of the settings that the plan varies; none if it varies none


Named = tuple[PlanName, Swept, Config]  # the settings of a run, and what a plan calls it


class PlanNames:
    """The names of all plans beside some runs; of runs that several plans name, the first's."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self._names: dict[Hashable, PlanName] = {}
        self._swept: dict[Hashable, Swept] = {}

    def add(self, config: Config, name: PlanName, swept: Swept | None = None) -> None:
        """Name the runs with these settings, of whatever seed and length."""
        key = learned_with(migrate(config))
        self._names.setdefault(key, name)
        if swept is not None and swept.values:
            self._swept.setdefault(key, swept)

    def swept(self, run: RunRecord) -> Swept | None:
        """Return where a run stands in a plan's sweep, None if it is in none."""
        return self._swept.get(learned_by(run))

    def of(self, run: RunRecord) -> PlanName | None:
        """Return how a plan calls a run, None if none has it."""
        return self._names.get(learned_by(run))

    @property
    def algorithms(self) -> list[str]:
        """All names of algorithms, in the order of the plans."""
        return list(dict.fromkeys(name.algorithm for name in self._names.values()))

    @property
    def environments(self) -> list[str]:
        """All names of environments, in the order of the plans."""
        return list(dict.fromkeys(name.environment for name in self._names.values()))


def write_plan_names(results: Path, plan: str, title: str, named: Iterable[Named]) -> None:
    """Keep a plan's names beside its runs; ``plan`` is the name of its file."""
    last = {name: (swept, config) for name, swept, config in named}  # of all seeds
    runs = [
        {
            **name._asdict(),
            "swept": swept._asdict(),
            "config": without_places(without_credentials(config)),
        }
        for name, (swept, config) in last.items()
    ]
    place = results / PLANS / f"{plan}.json"
    place.parent.mkdir(exist_ok=True)
    content = {"title": title, "runs": runs}
    write_atomically(place, (json.dumps(content, indent=1) + "\n").encode())


def read_plan_names(results: Path) -> PlanNames:
    """Return the names beside the runs in a folder or an archive; UserError if they are damaged."""
    place = unpacked(results) if is_archive(results) else results
    names = PlanNames()
    for path in _files(place):
        with with_remedy("delete it, and 'experiment run' writes it anew"):
            try:
                _add_all(read_json(path), names)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                problem = f"{type(error).__name__}: {error}"
                raise UserError(f"{path}: is damaged ({problem})") from None
    return names


def copy_plan_names(results: Path, target: Path) -> None:
    """Copy the names with the runs."""
    for path in _files(unpacked(results) if is_archive(results) else results):
        (target / PLANS).mkdir(exist_ok=True)
        shutil.copyfile(path, target / PLANS / path.name)


def _files(place: Path) -> list[Path]:
    return sorted((place / PLANS).glob("*.json"))


def _add_all(plan: JsonObject, names: PlanNames) -> None:
    names.titles.append(str(plan["title"]))
    for run in plan["runs"]:
        name = PlanName(str(run["algorithm"]), str(run["environment"]))
        names.add(run["config"], name, Swept(**run["swept"]))


def told_apart(shown: dict[str, str]) -> dict[str, str]:
    """Return shown names by own ones; equal shown names get what differs in the own.

    A length in an own name is shown in any case: other groups are of another.
    """
    alike: dict[str, list[str]] = {}
    for own, name in shown.items():
        alike.setdefault(name, []).append(own)
    result = {}
    for own, name in shown.items():
        others = [set(other.split(BETWEEN)) for other in alike[name] if other != own]
        parts = [part for part in own.split(BETWEEN)[1:] if part not in name.split(BETWEEN)]
        kept = [
            part
            for part in parts
            if is_of_length(part) or any(part not in other for other in others)
        ]
        result[own] = BETWEEN.join([name, *kept])
    return result
