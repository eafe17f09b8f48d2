"""An experiment: all runs that a plan file means, each checked before any is begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path

from acd_plugin.configuration.ignored import refuse_ignored
from acd_plugin.configuration.validation import checked, sound_fields
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.errors import Mistakes, UserError, brief, listing
from acd_plugin.experiments.pairs import Job, Pairs
from acd_plugin.experiments.plan_file import Budget, PlanFile, shared_settings, sound_part
from acd_plugin.experiments.sweep import Choice, Varied, varied
from acd_plugin.running.variants import refuse_changes_of_the_policy

MOST_RUNS = 10_000

_UNKNOWN = Budget(seeds=[0], epochs=1, evaluation_episodes=2)  # while only mistakes are looked for


@dataclass(frozen=True)
class Plan:
    """All runs of one budget of a plan file."""

    name: str  # of the file
    title: str
    jobs: list[Job]


def load_plan(
    path: str, budget: str | None, plugins: Sequence[str] = (), device: str | None = None
) -> Plan:
    """Read a plan and check every run of it; a ``device`` counts before the plan's own.

    Raises UserError that lists all mistakes: unknown names and keys, wrong types, and overrides of
    an algorithm that contradict those of an environment.
    """
    content = read_yaml(Path(path))
    whole, problems = checked(PlanFile, content)
    file = whole or sound_part(content)
    mistakes = Mistakes()
    mistakes.add(*problems)
    spent = _UNKNOWN
    if whole or "budgets" in sound_fields(PlanFile, content):
        with mistakes.noted():
            spent = file.budget(path, budget)
    changes = {} if device is None else {"device": device}
    shared = shared_settings(file, has_all=whole is not None)
    evaluate_on = []
    for one in file.evaluate_on:
        with mistakes.noted():
            refuse_changes_of_the_policy(one, "evaluate_on")
            evaluate_on.append(one)
    pairs = Pairs(file.with_, plugins, changes, evaluate_on, shared)
    rows, columns = (_all_varied(part, mistakes) for part in (file.algorithms, file.environments))
    runs = len(rows) * len(columns) * len(spent.seeds)
    if runs > MOST_RUNS:
        mistakes.add(f"plans {runs:,} runs: at most {MOST_RUNS:,}")
        rows = []
    jobs: list[Job] = []
    wrong: dict[str, list[str]] = {}  # with what, in which pairs
    for row, column in product(rows, columns):
        try:
            jobs += pairs.jobs(row, column, spent)
        except UserError as error:
            for problem in error.problems:
                wrong.setdefault(problem, []).append(f"{row.base} on {column.base}")
    in_all = {f"{row.base} on {column.base}" for row, column in product(rows, columns)}
    for problem, where in wrong.items():
        in_some = "" if in_all.issubset(where) else f" ({brief(listing(dict.fromkeys(where)))})"
        mistakes.add(f"{problem}{in_some}")
    if not mistakes.problems:  # else some environments may not have been read
        with mistakes.noted():
            refuse_ignored(pairs.ignored_by_all, shared)
        with mistakes.noted():
            pairs.refuse_unused()
    if mistakes.problems:
        listed = "".join(f"\n  - {mistake}" for mistake in mistakes.problems)
        told = f" {mistakes.problems[0]}" if len(mistakes.problems) == 1 else listed
        raise UserError(f"{path}: nothing was run, because of{told}", mistakes.problems)
    # a seed of everything before the next seed of anything: a plan half done can be compared
    jobs.sort(key=lambda job: spent.seeds.index(job.seed))
    return Plan(Path(path).stem, file.title, jobs)


def _all_varied(choices: Mapping[str, Choice], mistakes: Mistakes) -> list[Varied]:
    """Return the settings of all choices; adds to the mistakes what is wrong with them."""
    found: list[Varied] = []
    for name, choice in choices.items():
        with mistakes.noted():
            found += varied(name, choice)
    return found


def only(plan: Plan, patterns: Sequence[str]) -> Plan:
    """Return the plan with the jobs whose names match any of the patterns, as of file names.

    UserError for a pattern that none matches.
    """
    for pattern in patterns:
        if not any(fnmatchcase(job.name, pattern) for job in plan.jobs):
            raise UserError(
                f"--only '{pattern}' matches no run of '{plan.name}': give a whole name, in which "
                f"* stands for anything; the first is '{plan.jobs[0].name}'"
            )
    chosen = [job for job in plan.jobs if any(fnmatchcase(job.name, p) for p in patterns)]
    return replace(plan, jobs=chosen)
