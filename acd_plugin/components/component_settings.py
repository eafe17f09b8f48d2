"""From the untyped ``args`` of EPyMARL's contract to one component's checked settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import ClassVar, TypeVar

from acd_plugin.components.args import ignore
from acd_plugin.configuration.ignored import Ignored
from acd_plugin.configuration.validation import Settings, parse

SelfT = TypeVar("SelfT", bound="ComponentSettings")


class ComponentSettings(Settings):
    """Base of what a component reads from a configuration; field names are its keys.

    Fields without a default must stand in the configuration; the others may be left out, as in
    EPyMARL. Where the class is imported its keys are known: a configuration may have them.
    """

    declares_keys: ClassVar[bool] = True

    @property
    def ignored(self) -> Ignored:
        """Keys that change nothing beside the others, each with the reason."""
        return {}

    @classmethod
    def from_args(cls: type[SelfT], args: SimpleNamespace) -> SelfT:
        """Pick the settings out of ``args``; UserError names every wrong one."""
        known = {name: getattr(args, name) for name in cls.model_fields if hasattr(args, name)}
        found = parse(cls, known, f"configuration of '{getattr(args, 'name', cls.__name__)}'")
        ignore(args, found.ignored)
        return found
