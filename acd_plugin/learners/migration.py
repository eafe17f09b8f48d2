"""Bring the state in an earlier release's checkpoint to what this release's classes load.

`configuration.migration` does the same for the configuration that lies beside it.
"""

from __future__ import annotations

from acd_plugin.components.contracts import StateDict
from acd_plugin.configuration.layers import Config

# Where 0.1.0's critics had the layers that are called as in EPyMARL now.
_CRITIC_LAYERS = {"0": "fc1", "2": "fc2", "4": "fc3"}


def migrate_state(state: StateDict, config: Config) -> StateDict:
    """Return ``Training.state_dict()`` as this release would have stored it.

    What an earlier release stored is known by its content, so a state of today comes back as it
    is. ``config`` is the run's configuration, before or after it was migrated itself.
    """
    learner = dict(state["learner"])
    if "last_target_update" in learner and "updates" not in learner:
        # 0.1.0's DIAL and RIAL counted episodes instead of updates.
        batch_size = config["batch_size"]
        learner["updates"] = state["episode"] // batch_size
        learner["last_target_update"] //= batch_size
    shared = not str(config.get("critic_type", "")).endswith("_ns")
    for name in ("critic", "target_critic"):
        if name in learner:
            weights = learner[name].items()
            learner[name] = {_critic_name(key, shared): weight for key, weight in weights}
    buffer = dict(state["buffer"])
    if buffer.pop("generator", None) is not None:  # 0.1.0's drew the samples, one for each update
        buffer["draws"] = learner["updates"]
    return {**state, "learner": learner, "buffer": buffer}


def _critic_name(key: str, shared: bool) -> str:
    """Turn "networks.AGENT.LAYER.weight" into "fc1.weight", or "AGENT.fc1.weight"."""
    if not key.startswith("networks."):
        return key
    _, agent, layer, kind = key.split(".")
    name = f"{_CRITIC_LAYERS[layer]}.{kind}"
    return name if shared else f"{agent}.{name}"
