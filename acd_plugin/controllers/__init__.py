"""Controllers: they run the agents' networks and pick the actions."""

from collections.abc import Callable
from typing import Any

from acd_plugin.controllers.basic_controller import BasicController, make_non_shared
from acd_plugin.controllers.dial_controller import DialController
from acd_plugin.controllers.rial_controller import RialController

__all__ = ["REGISTRY", "BasicController", "DialController", "RialController"]

REGISTRY: dict[str, Callable[..., Any]] = {
    "basic_mac": BasicController,
    "non_shared_mac": make_non_shared,
    "dial_mac": DialController,
    "rial_mac": RialController,
}
