"""Mixers: from the agents' values to the value of the team."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from torch import nn

from acd_plugin.mixers.qmix import QmixMixer
from acd_plugin.mixers.vdn import VdnMixer

__all__ = ["REGISTRY", "QmixMixer", "VdnMixer"]

REGISTRY: dict[str, Callable[[SimpleNamespace], nn.Module]] = {"vdn": VdnMixer, "qmix": QmixMixer}
