"""A game as text: what is true, what each defender sees, and what everybody just did."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.game.types import GameState
from acd_plugin.envs.cyborg.scene import network_of, scene_of
from acd_plugin.envs.scene import HostState, amount_text, attack_text, deed_text


def picture_of(
    definition: GameDefinition, state: GameState, game: int, actions: NDArray[np.int64]
) -> str:
    """Return row ``game`` of the state as several lines of text.

    ``actions`` (N,) are the defenders' of the last step.
    """
    network, scene = network_of(definition), scene_of(definition, state, game, actions)
    lines = [
        f"step {state.step[game]} of {definition.settings.time_limit}, "
        f"reward {amount_text(float(state.reward[game]), sign='+')}",
        f"  {'host':<14} {'truth':<6} {'seen':<8} {'believed':<11} process known",
    ]
    for number, subnet in enumerate(network.subnets):
        names = ", ".join(network.defenders[agent] for agent in subnet.defenders)
        lines.append(f"{subnet.name} ({names})")
        for index, host in enumerate(network.hosts):
            if host.subnet == number:
                columns = _columns(scene.hosts[index], own=index == network.foothold)
                lines.append(f"  {host.name:<14} {columns}")
    for agent, deed in enumerate(scene.deeds):
        name = definition.action_names[agent][actions[agent]] or "Sleep"
        lines.append(f"{network.defenders[agent]:<6} {name}{deed_text(deed)}")
    if scene.deeds:
        lines.append(f"red    {attack_text(network, scene.attack)}")
    if scene.scanned is not None:
        lines.append(f"green  scans {network.hosts[scene.scanned].name}")
    return "\n".join(lines)


def _columns(host: HostState, own: bool) -> str:
    if own:
        return f"{host.truth:<6} (the attacker's own host)"
    known = "yes" if host.process_known else "no"
    return f"{host.truth:<6} {host.seen:<8} {host.believed:<11} {known}"
