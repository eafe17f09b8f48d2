"""What a table of runs shows of a configuration: one plain value per column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def flat_columns(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns that every run has (None where a setting does not apply).

    Omniboard makes columns of plain values at the top of a configuration only.
    """
    env_args = config.get("env_args", {})
    return {
        "algorithm": config.get("name"),
        "environment": env_args.get("scenario", config.get("env")),
        "backend": env_args.get("backend"),
        "detection_rate": env_args.get("detection_rate"),
        "analyse_mode": env_args.get("analyse_mode"),
        "host": config.get("host"),
        "seed": config.get("seed"),
        "n_bits": config.get("n_bits"),
        "lr": config.get("lr"),
        "tags": config.get("tags", []),
    }
