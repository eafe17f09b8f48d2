"""What the communicating algorithms read from a configuration, checked once."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from acd_plugin.components.component_settings import ComponentSettings


class CommSettings(ComponentSettings):
    """Settings of the C-Net and its controller; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    n_actions: int = Field(ge=1)
    n_bits: int = Field(ge=0)  # size of a message; 0: no communication
    hidden_dim: int = Field(ge=1)
    rnn_layers: int = Field(ge=1)
    share_parameters: bool
    seed: int

    @property
    def message_outputs(self) -> int:
        """Outputs of the network beside the action values."""
        return self.n_bits


class DialSettings(CommSettings):
    """What DIAL adds (``config/algs/dial.yaml``): one output per bit, and a noisy channel."""

    dru_sigma: float = Field(ge=0.0)  # standard deviation of the channel noise while learning
    # What is sent: what the network says or, as controls, always the same, an alarm (1 while the
    # sender's own hosts show anything), or the truth (1 while the attacker holds one of them).
    message_content: Literal["learned", "always_0", "always_1", "alarm", "oracle"] = "learned"


class RialSettings(CommSettings):
    """What RIAL needs (``config/algs/rial.yaml``): one output per message, of which one is sent."""

    n_bits: int = Field(ge=1, le=8)

    @property
    def message_outputs(self) -> int:
        return int(2**self.n_bits)
