"""A policy in several variants of its environment, as a table of pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from acd_plugin.api.settings import of_policy
from acd_plugin.configuration.nested import value_at
from acd_plugin.configuration.packages import need
from acd_plugin.errors import UserError
from acd_plugin.running.evaluation import Games, evaluate_on
from acd_plugin.running.stored_policy import StoredPolicy
from acd_plugin.running.to_play import variants_of
from acd_plugin.running.variants import Variant, expanded
from acd_plugin.tracking.evaluations import Evaluation

if TYPE_CHECKING:  # a package that is no part of the installation
    from pandas import DataFrame

_PREFIX = "env_args."


def evaluation_table(
    run: StoredPolicy,
    changes: Mapping[str, object],
    on: Mapping[str, object] | Sequence[Mapping[str, object]],
    games: Games,
    plugins: Sequence[str],
) -> DataFrame:
    """Play the games ``on`` variants of a policy's environment, all with these ``changes``.

    Returns a row for each: the value of every setting that any of them changes, and the evaluation.
    """
    need("pandas", "pandas", "evaluate(on=...)")
    import pandas as pd  # noqa: PLC0415 - an extra

    wanted = [
        one
        for own in _dictionaries(on)
        for one in expanded({**changes, **of_policy(own, run.config)}, run.config)
    ]
    variants = variants_of(run, wanted, games.device, plugins)
    keys = list(dict.fromkeys(key for variant in variants for key in variant.changes))
    return pd.DataFrame([_row(*played, keys) for played in evaluate_on(run, variants, games)])


def _dictionaries(
    on: Mapping[str, object] | Sequence[Mapping[str, object]],
) -> Sequence[Mapping[str, object]]:
    found = [on] if isinstance(on, Mapping) else on
    is_legal = isinstance(found, Sequence) and all(isinstance(one, Mapping) for one in found)
    if not is_legal or not found:
        raise UserError(
            f"on is {on!r}: give a dictionary of settings of the environment, or a list of such"
        )
    return found


def _row(variant: Variant, found: Evaluation, keys: Sequence[str]) -> dict[str, object]:
    low, high = found.return_ci95 or (float("nan"), float("nan"))
    return {
        **{key.removeprefix(_PREFIX): value_at(variant.spec.config, key) for key in keys},
        "episodes": found.episodes,
        "return_mean": found.return_mean,
        "return_std": found.return_std,
        "return_low": low,
        "return_high": high,
        **found.statistics,
    }
