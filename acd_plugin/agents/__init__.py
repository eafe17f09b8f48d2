"""Networks that turn what an agent observes into action values and messages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from torch import nn

from acd_plugin.agents.c_net import CNet, CNetSettings
from acd_plugin.agents.comm_agent import CommAgent, CommSizes
from acd_plugin.agents.rnn import RnnAgent, SeparateRnnAgents
from acd_plugin.agents.separate import SeparateCNets
from acd_plugin.agents.set_net import make_set_net
from acd_plugin.agents.silent_set_net import SilentSetNet


def make_c_net(sizes: CommSizes, args: SimpleNamespace) -> CommAgent:
    """Return one C-Net for all agents or, with ``share_parameters: False``, one for each."""
    settings = CNetSettings.from_args(args)
    if settings.share_parameters:
        return CNet(sizes, settings, settings.n_agents)
    return SeparateCNets(sizes, settings)


# Networks that exchange messages; built by the controllers that carry them.
REGISTRY: dict[str, Callable[[CommSizes, SimpleNamespace], CommAgent]] = {
    "c_net": make_c_net,
    "set_net": make_set_net,
}

# Networks that do not, with EPyMARL's signature and names: one for all agents, or one for each.
SILENT_REGISTRY: dict[str, Callable[[int, SimpleNamespace], nn.Module]] = {
    "rnn": RnnAgent,
    "rnn_ns": SeparateRnnAgents,
    "set_net": SilentSetNet,
}
