"""Controllers: they run the agents' networks and pick the actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace

from acd_plugin.components.contracts import Scheme
from acd_plugin.controllers.basic_controller import BasicController, make_non_shared
from acd_plugin.controllers.controller import Controller
from acd_plugin.controllers.dial_controller import DialController
from acd_plugin.controllers.rial_controller import RialController

__all__ = ["REGISTRY", "BasicController", "Controller", "DialController", "RialController"]

REGISTRY: dict[str, Callable[[Scheme, Mapping[str, int], SimpleNamespace], Controller]] = {
    "basic_mac": BasicController,
    "non_shared_mac": make_non_shared,
    "dial_mac": DialController,
    "rial_mac": RialController,
}
