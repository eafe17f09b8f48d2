"""What a table of runs shows of a configuration: one plain value per column."""

from __future__ import annotations

from collections.abc import Mapping

_SETTINGS = ("host", "seed", "n_bits", "lr")
_OF_THE_ENVIRONMENT = ("backend", "detection_rate", "analyse_mode")


def flat_columns(config: Mapping[str, object]) -> dict[str, object]:
    """Return columns that every run has (None where a setting does not apply).

    Omniboard makes columns of plain values at the top of a configuration only.
    """
    env_args = config.get("env_args")
    env_args = env_args if isinstance(env_args, Mapping) else {}
    return {
        "algorithm": config.get("name"),
        "environment": config.get("env_name"),
        "tags": config.get("tags") or [],
        **{key: config.get(key) for key in _SETTINGS},
        **{key: env_args.get(key) for key in _OF_THE_ENVIRONMENT},
    }
