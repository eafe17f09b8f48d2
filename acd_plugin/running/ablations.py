"""What can be done to the messages of a trained policy to see what they are worth, as settings.

They are the settings of training: controls of what is sent, and what happens on the way.
"""

from __future__ import annotations

from collections.abc import Mapping

from acd_plugin.configuration.layers import Config


def ablations(config: Mapping[str, object], n_agents: int, probability: float) -> dict[str, Config]:
    """Return changes of a policy's settings by what messages then are.

    ``config`` is what it was trained with, ``probability`` that of a flipped bit or lost message.
    """
    own = config.get("channel")
    channel: Config = dict(own) if isinstance(own, Mapping) else {}

    def on_the_way(**changes: object) -> Config:
        return {"channel": {**channel, **changes}}

    return {
        "always 0": {"message_content": "always_0"},
        "always 1": {"message_content": "always_1"},
        "shuffled across games": {"message_content": "shuffled"},
        "delayed by one step": on_the_way(delay=int(channel.get("delay", 0)) + 1),
        f"flipped with probability {probability:g}": on_the_way(flip=probability),
        f"lost with probability {probability:g}": on_the_way(loss=probability),
        **{
            f"{lie} from agent {agent}": on_the_way(liar=agent, lie=lie)
            for agent in range(n_agents)
            for lie in ("inverted", "random")
        },
    }
