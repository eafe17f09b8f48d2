"""Chance as release 0.1.0 drew it, from generators that were asked one after the other.

Chance is drawn in another way since. What learning makes of it is not, and the release's own
numbers show it when a run draws as the release did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from acd_plugin.components.streams import named_generator

Choose = Callable[[Tensor, Tensor, Tensor, float], Tensor]


def draw_as_0_1_0(training: Any, state: Any = None) -> None:
    """Let a run draw as the release did, from its beginning or from a stored ``state``."""
    mac, seed = training.mac, training.args.seed
    stored = {} if state is None else state["mac"]
    drawn = None if state is None else state["buffer"]["generator"]
    training.buffer.sample = _replay(training.buffer, _generator(seed, "replay", drawn))
    exploration = _generator(seed, "exploration", stored.get("exploration"))
    if hasattr(mac.action_selector, "epsilon"):
        mac.action_selector.choose = _epsilon_greedy(exploration)
    else:
        mac.action_selector.choose = _from_policy(exploration)
    if hasattr(mac, "message_selector"):
        messages = _generator(seed, "messages", stored.get("messages"))
        mac.message_selector.choose = _epsilon_greedy(messages)
    if getattr(mac, "message_size", 0) and hasattr(mac, "make_noise"):
        noise = _generator(seed, "message_noise", stored.get("noise_generator"))
        shape = (training.args.batch_size_run, mac.n_agents, mac.message_size)
        sigma = mac.settings.dru_sigma
        mac.make_noise = lambda _draws: torch.randn(shape, generator=noise) * sigma


def _generator(seed: int, name: str, state: Tensor | None) -> torch.Generator:
    generator = named_generator(seed, name)
    if state is not None:
        generator.set_state(state)
    return generator


def _replay(buffer: Any, generator: torch.Generator) -> Callable[[int], Any]:
    def sample(batch_size: int) -> Any:
        if buffer.episodes_in_buffer == batch_size:
            return buffer[:batch_size]
        return buffer[torch.randperm(buffer.episodes_in_buffer, generator=generator)[:batch_size]]

    return sample


def _best(outputs: Tensor, available: Tensor) -> Tensor:
    return outputs.masked_fill(available == 0, -torch.inf).argmax(dim=-1)


def _drawn(weights: Tensor, generator: torch.Generator) -> Tensor:
    return torch.multinomial(weights.flatten(0, 1), 1, generator=generator).view(weights.shape[:2])


def _epsilon_greedy(generator: torch.Generator) -> Choose:
    def choose(outputs: Tensor, available: Tensor, _chances: Tensor, epsilon: float) -> Tensor:
        best = _best(outputs, available)
        if epsilon == 0.0:
            return best
        coins = torch.rand(best.shape, generator=generator)
        return torch.where(coins < epsilon, _drawn(available.float(), generator), best)

    return choose


def _from_policy(generator: torch.Generator) -> Choose:
    def choose(outputs: Tensor, available: Tensor, _chances: Tensor, exploration: float) -> Tensor:
        if exploration == 0.0:
            return _best(outputs, available)
        return _drawn(outputs * (available > 0), generator)

    return choose
