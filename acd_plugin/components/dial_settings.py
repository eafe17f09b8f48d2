"""What DIAL reads from a configuration (``config/algs/dial.yaml``), checked once."""

from __future__ import annotations

from types import SimpleNamespace

from pydantic import Field

from acd_plugin.validation import Settings, parse


class DialSettings(Settings):
    """Settings of the C-Net, the DRU and the learner; the names are the configuration's keys."""

    n_agents: int = Field(ge=1)
    n_actions: int = Field(ge=1)
    n_bits: int = Field(ge=0)  # size of a message; 0: no communication
    dru_sigma: float = Field(ge=0.0)  # standard deviation of the channel noise while learning
    hidden_dim: int = Field(ge=1)
    rnn_layers: int = Field(ge=1)
    share_parameters: bool
    gamma: float = Field(ge=0.0, le=1.0)
    lr: float = Field(gt=0.0)
    optim_alpha: float = Field(ge=0.0, lt=1.0)
    optim_eps: float = Field(gt=0.0)
    optim_momentum: float = Field(ge=0.0, lt=1.0)
    grad_norm_clip: float = Field(gt=0.0)
    target_update_interval_or_tau: float = Field(gt=0.0)  # above 1: episodes; else: soft update
    batch_size: int = Field(ge=1)
    batch_size_run: int = Field(ge=1)
    buffer_size: int = Field(ge=1)
    seed: int

    @classmethod
    def from_args(cls, args: SimpleNamespace) -> DialSettings:
        """Pick the settings out of EPyMARL's ``args``; UserError names every wrong one."""
        known = {name: getattr(args, name) for name in cls.model_fields if hasattr(args, name)}
        return parse(cls, known, f"configuration of '{getattr(args, 'name', 'dial')}'")
