"""The ``args`` of EPyMARL's contract: a run's settings, as attributes."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

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

    def refuse_unread(self, keys: Iterable[str], ignored: frozenset[str] = frozenset()) -> None:
        """Raise UserError when some of these keys were read by nobody so far: they do nothing.

        Nor do those that are read and ``ignored``, because of others.
        """
        values, read = vars(self), self._read - ignored
        unread = sorted(key for key in set(keys) - read if values[key] != _NOTHING.get(key))
        if unread:
            named = ("mac", "agent", "learner", "mixer", "critic_type", "action_selector")
            parts = ", ".join(f"{key}={values[key]}" for key in named if values.get(key))
            if ignored & set(unread):
                parts += f", n_bits={values.get('n_bits')}"
            raise UserError(
                f"'{values.get('name')}' would ignore {', '.join(map(repr, unread))}: none of its "
                f"components ({parts}) reads that; leave it out, or choose another component"
            )
