"""What a stored policy is to play: its own environment, or variants of it that it fits."""

from __future__ import annotations

from collections.abc import Sequence

from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.stored_policy import StoredPolicy
from acd_plugin.running.stored_run import (
    refuse_another_game,
    refuse_edited_rules,
    refuse_unplayable,
    spec_of,
)
from acd_plugin.running.variants import Changes, Variant, each_once, variant


def variants_of(
    run: StoredPolicy, all_changes: Sequence[Changes], device: str, plugins: Sequence[str]
) -> list[Variant]:
    """Return the variants of a policy's environment, each once.

    Raises UserError when one of them cannot be, or the policy cannot play it.
    """
    found = each_once(
        variant(run.config, changes, spec_to_play(run, changes, device, plugins))
        for changes in all_changes
    )
    refuse_unplayable(run, [one.spec for one in found], plugins)
    return found


def spec_to_play(
    run: StoredPolicy, changes: Changes, device: str, plugins: Sequence[str]
) -> RunSpec:
    """Return what the run was trained with, the environment changed; UserError if it cannot be."""
    spec = spec_of(run, {"device": device, **changes}, plugins)
    if changes:
        refuse_edited_rules(run, spec)
    else:
        remedy = "undo the change, or name the scenario to play with env_args.scenario=NAME"
        refuse_another_game(run, spec, remedy)
    return spec
