"""Put runs that differ only by their seed into one group; never others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from acd_plugin.analysis.runs.run_record import RunRecord

# Settings that change what is recorded, where and how far, but not what is learned.
_NOT_LEARNING = {
    *("seed", "tags", "local_results_path", "mongo_url", "use_tensorboard", "t_max"),
    *("save_model", "save_model_interval", "keep_checkpoints", "test_interval", "log_interval"),
    *("runner_log_interval", "learner_log_interval", "torch_threads", "use_cuda"),
    "buffer_cpu_only",
}


def grouped(runs: Sequence[RunRecord], by_length: bool = False) -> dict[str, list[RunRecord]]:
    """Return groups by name: the algorithm, and every setting in which its runs differ.

    ``by_length`` also separates runs that were trained for different numbers of steps: their curves
    may be compared, their ends not.
    """

    def length(run: RunRecord) -> object:
        return run.config.get("t_max") if by_length else None

    groups: dict[Hashable, list[RunRecord]] = defaultdict(list)
    for run in runs:
        groups[learned_with(run.config), length(run)].append(run)
    scenarios = {run.columns["environment"] for run in runs}
    named: dict[str, list[RunRecord]] = {}
    for group in groups.values():
        first = group[0]
        rivals = [run for run in runs if run.columns["algorithm"] == first.columns["algorithm"]]
        parts = [str(first.columns["algorithm"])]
        if len(scenarios) > 1:
            parts.append(str(first.columns["environment"]))
        differing = [key for key in different_settings(rivals) if key != "env_args.scenario"]
        parts += named_values(first, differing)
        if len({length(run) for run in rivals}) > 1:
            parts.append(f"t_max={length(first)}")
        named[", ".join(parts)] = group
    return named


def settings(run: RunRecord) -> dict[str, Any]:
    """Return what a run learned with, nested keys with dots."""
    return _learning(run.config)


def named_values(run: RunRecord, keys: Sequence[str]) -> list[str]:
    """Return the run's values of these settings as ``key=value``, as names of groups have them."""
    own = settings(run)
    return [f"{key.removeprefix('env_args.')}={own.get(key)}" for key in keys]


def learned_with(config: Mapping[str, Any]) -> Hashable:
    """Return what is equal for two configurations that learn alike."""
    return tuple(sorted((key, repr(value)) for key, value in _learning(config).items()))


def different_settings(runs: Sequence[RunRecord]) -> list[str]:
    """Return the keys of the settings in which these runs are not all alike."""
    all_settings = [settings(run) for run in runs]
    keys = sorted({key for one in all_settings for key in one})
    return [key for key in keys if len({repr(one.get(key)) for one in all_settings}) > 1]


def _learning(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in _flat(config).items() if key not in _NOT_LEARNING}


def _flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
