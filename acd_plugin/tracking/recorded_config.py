"""The settings that were recorded with a run: checked as far as something else relies on them.

An algorithm, an environment or a plugin may have settings of its own, of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_values import LARGEST_INTEGER
from acd_plugin.tracking.run_folder import RunFolder, read_json

Config = dict[str, Any]

_Count = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)] | None
_Positive = Annotated[int, Field(ge=1, le=LARGEST_INTEGER)] | None
_Text = str | None
_Texts = list[str] | None


class _Known(BaseModel):
    """What every run has, or had in one release."""

    model_config = ConfigDict(strict=True)

    name: _Text = None
    env: _Text = None
    env_name: _Text = None
    learner: _Text = None
    critic_type: _Text = None
    host: _Text = None
    seed: _Count = None
    numbers: _Count = None
    t_max: _Positive = None
    episodes_max: _Positive = None
    episode_limit: _Positive = None
    batch_size: _Positive = None
    test_nepisode: _Count = None
    tags: _Texts = None
    plugins: _Texts = None
    trackers: _Texts = None
    env_args: dict[str, object] | None = None
    game: dict[str, str] | None = None


def run_name(config: Mapping[str, object]) -> str:
    """Return what a run is called wherever it is told of: ``dial on cyborg_small, seed 0``."""
    return f"{config.get('name')} on {config.get('env_name')}, seed {config.get('seed') or 0}"


def check_config(config: object) -> None:
    """Raise ValueError, naming the setting, for recorded settings that cannot be any."""
    try:
        _Known.model_validate(config)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise ValueError(f"'{where}': {problem['msg']}" if where else problem["msg"]) from None


def read_config(folder: RunFolder) -> Config:
    """Return the settings of a run as they were recorded; UserError when they are damaged."""
    path = folder.path / "config.json"
    config = read_json(path)
    try:
        check_config(config)
    except ValueError as error:
        raise UserError(f"{path}: is damaged ({error})") from None
    return config
