"""Networks that turn what an agent observes into action values and messages."""

from __future__ import annotations

from collections.abc import Callable

from acd_plugin.agents.c_net import CNet
from acd_plugin.agents.separate import SeparateCNets
from acd_plugin.components.dial_settings import DialSettings
from acd_plugin.envs.comm_layout import CommLayout

CommAgent = CNet | SeparateCNets


def make_c_net(obs_size: int, settings: DialSettings, layout: CommLayout | None) -> CommAgent:
    """Return one C-Net for all agents or, with ``share_parameters: False``, one for each."""
    if settings.share_parameters:
        return CNet(obs_size, settings, layout, settings.n_agents)
    return SeparateCNets(obs_size, settings, layout)


REGISTRY: dict[str, Callable[[int, DialSettings, CommLayout | None], CommAgent]] = {
    "c_net": make_c_net
}
