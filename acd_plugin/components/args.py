"""The ``args`` of EPyMARL's contract: a run's settings, as attributes."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from acd_plugin.configuration.ignored import Ignored
from acd_plugin.errors import UserError, nearest

# What asks for nothing: nothing at random, as EPyMARL's selectors want it said, or of messages.
_NOTHING = {
    "message_content": "learned",
    "bit_price": 0.0,
    "epsilon_start": 0.0,
    "epsilon_finish": 0.0,
    "epsilon_anneal_time": 1,
    "evaluation_epsilon": 0.0,
}


class MissingKeyError(UserError, AttributeError):
    """A component asks for a key that the configuration does not have.

    It is an AttributeError, so that ``getattr(args, key, default)`` means what it always does.
    """


class Args(SimpleNamespace):
    """Settings that know which of them were read."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        super().__setattr__("_read", set())
        super().__setattr__("_ignored", {})

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if not name.startswith("_"):
            super().__getattribute__("_read").add(name)
        return value

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there."""
        if name.startswith("_"):  # copies and the like look for methods
            raise AttributeError(name)
        raise MissingKeyError(
            f"the algorithm '{vars(self).get('name')}' needs the key '{name}', which the "
            f"configuration does not have{nearest(name, vars(self))}"
        )

    def refuse_unread(self, keys: Iterable[str]) -> None:
        """Raise UserError when some of these keys were read by nobody so far: they do nothing."""
        values = vars(self)
        unread = sorted(key for key in set(keys) - self._read if not self._asks_for_nothing(key))
        if unread:
            named = ("mac", "agent", "learner", "mixer", "critic_type", "action_selector")
            parts = ", ".join(f"{key}={values[key]}" for key in named if values.get(key))
            raise UserError(
                f"'{values.get('name')}' would ignore {', '.join(map(repr, unread))}: none of its "
                f"components ({parts}) reads that; leave it out, or choose another component"
            )

    def idle(self) -> Ignored:
        """Return the settings of which components have said that they `ignore` them."""
        return {
            key: reason for key, reason in self._ignored.items() if not self._asks_for_nothing(key)
        }

    def _asks_for_nothing(self, key: str) -> bool:
        return "." not in key and vars(self).get(key) == _NOTHING.get(key)


def ignore(args: SimpleNamespace, ignored: Ignored) -> None:
    """Say of settings that they were read and change nothing beside the others.

    They may be of other components, or the environment's.
    """
    if isinstance(args, Args):  # a host's own are not asked what was of use
        args._ignored.update(ignored)
