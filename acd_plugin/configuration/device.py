"""The device of a run has two names: ``device``, and EPyMARL's ``use_cuda``."""

from __future__ import annotations

from collections.abc import Mapping

from acd_plugin.errors import UserError

DEVICE_KEYS = ("device", "use_cuda")


def with_both_names(changes: Mapping[str, object]) -> dict[str, object]:
    """Return changes in which either name says what the other does, if there is one at all.

    Raises UserError when they contradict each other. What has no meaning is left as it is, for the
    check of all settings to tell.
    """
    told = dict(changes)
    device, use_cuda = (told.get(key) for key in DEVICE_KEYS)
    if device is None and isinstance(use_cuda, bool):
        told["device"] = _name(use_cuda)
    elif use_cuda is None and isinstance(device, str):
        told["use_cuda"] = device == "cuda"
    elif isinstance(use_cuda, bool) and isinstance(device, str) and device != _name(use_cuda):
        raise UserError(
            f"device={device} and use_cuda={use_cuda} contradict each other: use_cuda={use_cuda} "
            f"means device={_name(use_cuda)}; give only device"
        )
    return told


def _name(use_cuda: bool) -> str:
    return "cuda" if use_cuda else "cpu"


def split_device(changes: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Return the device that the changes name, ``cpu`` if they name none, and all others."""
    told = with_both_names(changes)
    others = {key: value for key, value in told.items() if key not in DEVICE_KEYS}
    return str(told.get("device", "cpu")), others
