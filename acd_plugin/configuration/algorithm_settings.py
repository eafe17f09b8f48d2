"""The keys of the algorithms that come with the package, and what each may be at all.

A component reads those that it needs, and may be stricter, in a settings class of its own. They
stand here so that a mistake in any file shows before an algorithm is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from acd_plugin.configuration.ranges import Decay, Share, Width
from acd_plugin.configuration.validation import Settings


class AlgorithmSettings(Settings):
    """Names, types and limits; no algorithm has all of them."""

    # which components
    agent: str
    mixer: str | None
    critic_type: str
    action_selector: str

    # communication
    n_bits: int = Field(ge=0, le=1024)
    message_content: str
    bit_price: float = Field(ge=0.0, le=1e6)  # rewards are small numbers
    bit_limit: int | None = Field(ge=0, le=10**9)
    channel: dict[str, Any]  # `channel_settings.ChannelSettings`, when all layers are merged
    dru_sigma: float = Field(ge=0.0, le=1e3)

    # networks
    hidden_dim: Width
    rnn_layers: int = Field(ge=1, le=64)
    share_parameters: bool
    use_rnn: bool
    agent_output_type: str
    mask_before_softmax: bool
    obs_agent_id: bool
    obs_last_action: bool
    obs_individual_obs: bool
    mixing_embed_dim: Width
    hypernet_layers: int = Field(ge=1, le=64)
    hypernet_embed: Width

    # exploration
    epsilon_start: Share
    epsilon_finish: Share
    epsilon_anneal_time: int = Field(ge=0, le=10**15)  # environment steps
    evaluation_epsilon: Share
    test_greedy: bool

    # learning
    gamma: Share
    lr: float = Field(gt=0.0, le=100.0)
    optim_alpha: Decay
    optim_eps: float = Field(gt=0.0, le=1.0)
    optim_momentum: Decay
    grad_norm_clip: float = Field(gt=0.0, le=1e9)
    target_update_interval_or_tau: float = Field(gt=0.0, le=1e15)  # updates; at most 1: a share
    common_reward: bool
    standardise_rewards: bool
    standardise_returns: bool
    double_q: bool
    td_lambda: Share
    epochs: int = Field(ge=1, le=10_000)
    eps_clip: float = Field(gt=0.0, le=1e3)
    entropy_coef: float = Field(ge=0.0, le=1e3)
    q_nstep: int = Field(ge=1, le=10**6)
    add_value_last_step: bool


def talks(config: Mapping[str, object]) -> bool:
    """Return whether agents send messages with a whole configuration, of this release or migrated.

    An algorithm whose agents never do has no channel, and one that is silenced has no bits.
    """
    return "channel" in config and config.get("n_bits") != 0
