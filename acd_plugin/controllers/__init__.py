"""Controllers: they run the agents' networks and pick the actions."""

from acd_plugin.controllers.dial_controller import DialController

__all__ = ["REGISTRY", "DialController"]

REGISTRY = {"dial_mac": DialController}
