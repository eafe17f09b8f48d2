"""A short name for the network a policy was trained on, to notice when it has changed."""

from __future__ import annotations

import hashlib
from typing import Any

from acd_plugin.envs.cyborg.scenario import load_scenario


def fingerprint(config: dict[str, Any]) -> str:
    """Return a hash of the scenario's content, or of the arguments of another environment."""
    if "scenario" in config["env_args"]:
        content = load_scenario(config["env_args"]["scenario"]).model_dump_json()
    else:
        content = repr(sorted(config["env_args"].items()))
    return hashlib.sha256(f"{config['env']} {content}".encode()).hexdigest()[:16]
