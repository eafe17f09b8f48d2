"""How large the networks of a run are, as follows from its settings before they are built.

A network of the user's own is taken for one of ours with the same settings.
"""

from __future__ import annotations

from collections.abc import Mapping

from acd_plugin.agents import REGISTRY
from acd_plugin.agents.observation_encoders import table_rows
from acd_plugin.running.run_spec import RunSpec

_RECURRENT = 6  # of `hidden` times `hidden` weights of a GRU cell
# Numbers kept for the backward pass per row and unit of the network, the target's included.
_KEPT = 24
_KEPT_PER_LAYER = 8  # recurrent
_KEPT_OF_MIXER = 4
_SET_NET = "set_net"  # it keeps as much of every host as of the agent
_SQUARES_OF_SET_NET = 2 * _RECURRENT + 10  # of `hidden` times `hidden` weights


def weights(spec: RunSpec) -> int:
    """Return how many numbers are learned; UserError for a network that is made for less."""
    return _agent(spec) + _critic(spec) + _mixer(spec)


def kept_per_step(spec: RunSpec) -> int:
    """Return how many numbers are kept for the backward pass for a step of one episode."""
    layers = number(spec, "rnn_layers", 1)
    units = _rows(spec) * _hidden(spec) * (_KEPT + _KEPT_PER_LAYER * layers)
    mixing = number(spec, "mixing_embed_dim") * (spec.sizes.n_agents + 4)
    return units + _KEPT_OF_MIXER * (mixing + 2 * number(spec, "hypernet_embed"))


def number(spec: RunSpec, key: str, default: int = 0) -> int:
    """Return a number among the algorithm's own settings, which not every one has."""
    value = spec.config.get(key)
    return value if isinstance(value, int) else default


def has_network_for_each(config: Mapping[str, object]) -> bool:
    """Return whether every agent has a network of its own."""
    return str(config.get("agent")).endswith("_ns") or config.get("share_parameters") is False


def _rows(spec: RunSpec) -> int:
    """Return how many rows go through the network for a step of one episode."""
    layout = spec.blueprint.comm_layout
    is_set = spec.config.get("agent") == _SET_NET
    return spec.sizes.n_agents * (1 + (layout.host_slots if layout and is_set else 0))


def _hidden(spec: RunSpec) -> int:
    return number(spec, "hidden_dim", 64)


def _agent(spec: RunSpec) -> int:
    sizes, hidden, agent = spec.sizes, _hidden(spec), str(spec.config.get("agent"))
    if agent == _SET_NET:
        return hidden * (hidden * _SQUARES_OF_SET_NET + sizes.n_actions)
    layout = spec.blueprint.comm_layout if agent in REGISTRY else None
    inputs = table_rows(layout) if layout else sizes.observation_size + sizes.n_agents
    squares = _RECURRENT * number(spec, "rnn_layers", 1) + 1
    one = hidden * (hidden * squares + inputs + 2 * sizes.n_actions)
    return one * sizes.n_agents if has_network_for_each(spec.config) else one


def _critic(spec: RunSpec) -> int:
    sizes, hidden, kind = spec.sizes, _hidden(spec), str(spec.config.get("critic_type") or "")
    if not kind:
        return 0
    everything = sizes.state_size + sizes.n_agents * (sizes.observation_size + sizes.n_actions)
    inputs = everything if kind.startswith("cv") else sizes.observation_size
    one = hidden * (hidden + inputs + sizes.n_agents)
    return one * sizes.n_agents if kind.endswith("_ns") else one


def _mixer(spec: RunSpec) -> int:
    state, width = spec.sizes.state_size, number(spec, "mixing_embed_dim")
    outputs = width * (spec.sizes.n_agents + 1)  # of the hyper-networks that make the weights
    inside = number(spec, "hypernet_embed") if spec.config.get("hypernet_layers") == 2 else 0
    made = inside * (2 * state + outputs) if inside else state * outputs
    return made + 2 * state * width
