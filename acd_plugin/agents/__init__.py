"""Networks that turn what an agent observes into action values and messages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from torch import nn

from acd_plugin.agents.c_net import CNet
from acd_plugin.agents.rnn import RnnAgent, SeparateRnnAgents
from acd_plugin.agents.separate import SeparateCNets
from acd_plugin.communication.comm_settings import CommSettings
from acd_plugin.envs.comm_layout import CommLayout

CommAgent = CNet | SeparateCNets


def make_c_net(obs_size: int, settings: CommSettings, layout: CommLayout | None) -> CommAgent:
    """Return one C-Net for all agents or, with ``share_parameters: False``, one for each."""
    if settings.share_parameters:
        return CNet(obs_size, settings, layout, settings.n_agents)
    return SeparateCNets(obs_size, settings, layout)


# Networks that exchange messages; built by the controllers that carry them.
REGISTRY: dict[str, Callable[[int, CommSettings, CommLayout | None], CommAgent]] = {
    "c_net": make_c_net
}

# Networks that do not, with EPyMARL's signature and names: one for all agents, or one for each.
SILENT_REGISTRY: dict[str, Callable[[int, SimpleNamespace], nn.Module]] = {
    "rnn": RnnAgent,
    "rnn_ns": SeparateRnnAgents,
}
