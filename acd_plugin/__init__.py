"""Learned communication for autonomous cyber defence: a plugin for EPyMARL.

From Python (docs/python.md): what is named below is imported when it is first used, so that
``import acd_plugin`` takes no time.
"""

import importlib

__version__ = "0.3.0"
NUMBERS = 1  # raised whenever the same settings give results that chance does not explain
CHANCE = 2  # raised whenever the same settings and seed give other random numbers

_HOMES = {
    "acd_plugin.errors": ["UserError"],
    "acd_plugin.envs.batch_env": ["Purpose"],
    "acd_plugin.running.hearing": ["hear"],
    "acd_plugin.running.recorded_run": ["RunStopped"],
    "acd_plugin.api.environments": [
        *("make", "make_batch", "make_epymarl", "make_gymnasium", "names"),
    ],
    "acd_plugin.api.policies": ["load_policy", "export_policy"],
    "acd_plugin.api.runs": ["train", "resume", "evaluate"],
    "acd_plugin.api.tables": ["read_runs", "read_metrics"],
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["CHANCE", "NUMBERS", "__version__", *_HOME]  # noqa: PLE0604 - all of them are names


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
