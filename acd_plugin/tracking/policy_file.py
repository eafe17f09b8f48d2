"""A trained policy in one file: its weights, its settings and what it knows of an environment.

The file has the format of safetensors, which holds numbers and texts and can run no code. A
checksum over all of it tells whether it was damaged or altered; not by whom it was made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from acd_plugin.configuration.layers import Config
from acd_plugin.envs.blueprint import EnvSizes, Interface
from acd_plugin.envs.comm_layout import NO_SLOT, CommLayout
from acd_plugin.errors import UserError
from acd_plugin.machine import free_memory
from acd_plugin.tracking.plain_files import open_plain, reason
from acd_plugin.tracking.plain_values import parse_json
from acd_plugin.tracking.recorded_config import check_config
from acd_plugin.tracking.run_folder import write_named

ENDING = ".safetensors"
FORMAT = 1  # raised whenever the content of a file changes its meaning
_MARK = "acd_plugin"  # under which a file says its checksum and, after a space, what it is


class PolicyContent(NamedTuple):
    """What a file holds."""

    settings: Config  # of the algorithm, and of the environment that it was trained on
    t_env: int  # for how many environment steps it was trained
    interface: Interface
    weights: dict[str, Tensor]


class _Sizes(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    n_agents: int = Field(ge=1, le=10**4)
    n_actions: int = Field(ge=1, le=10**6)
    observation_size: int = Field(ge=1, le=10**7)
    state_size: int = Field(ge=0, le=10**9)
    episode_limit: int = Field(ge=1, le=10**6)


class _Layout(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    host_slots: int = Field(ge=0, le=10**5)
    block_bits: int = Field(ge=0, le=30)
    bits_per_host: int = Field(ge=1, le=30)
    gate_on_host_bits: bool
    unlocked_by_message: list[list[bool]]
    broadcast: list[list[list[bool]]] | None = None
    host_numbers: int = Field(default=0, ge=0, le=100)
    block_numbers: int = Field(default=0, ge=0, le=10**5)
    action_kinds: list[Annotated[int, Field(ge=0, le=100)]] | None = None
    action_slots: list[list[Annotated[int, Field(ge=NO_SLOT, lt=10**5)]]] | None = None
    agents: list[str] = Field(default_factory=list)
    always_there: int | None = Field(default=None, ge=0, le=10**4)


class _Told(BaseModel):
    """The text in a file."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: int
    settings: dict[str, Any]
    t_env: int = Field(ge=0, lt=2**63)
    sizes: _Sizes
    comm_layout: _Layout | None


def write_policy(path: Path, content: PolicyContent) -> None:
    """Write the file; UserError when there is one already, or when it cannot be written."""
    if path.exists():
        raise UserError(f"{path}: exists already: delete it, or choose another name")
    sizes, layout = content.interface
    told = _Told(
        format=FORMAT,
        settings=content.settings,
        t_env=content.t_env,
        sizes=_Sizes(**sizes._asdict()),
        comm_layout=None if layout is None else _layout_told(layout),
    ).model_dump_json()
    weights = {name: weight.detach().cpu().contiguous() for name, weight in content.weights.items()}
    data = save(weights, {_MARK: f"{_checksum(told, weights)} {told}"})
    write_named(path, data)


def read_policy(path: Path) -> PolicyContent:
    """Read a file; UserError, in one line, when it is missing, damaged, altered or something else.

    Nothing in it is believed before the checksum was compared.
    """
    try:
        with open_plain(path, follow=True) as file:
            limit = free_memory() // 4
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except OSError as error:
        raise UserError(f"{path}: not a readable policy ({reason(error)})") from None
    if len(data) > limit:
        raise UserError(f"{path}: not a readable policy (too large for the memory that is free)")
    try:
        weights = load(data)
        said = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {})
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        problem = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path}: not a readable policy ({problem}): export it again") from None
    if _MARK not in said:
        raise UserError(f"{path}: holds weights, but is no policy of this program: export one")
    checksum, _, told = str(said[_MARK]).partition(" ")
    if checksum != _checksum(told, weights):
        raise UserError(
            f"{path}: its checksum is another: it was damaged or altered; export it again"
        )
    return _content(path, told, weights)


def _content(path: Path, text: str, weights: dict[str, Tensor]) -> PolicyContent:
    try:
        content = parse_json(text.encode())
        if isinstance(content, dict) and content.get("format") != FORMAT:
            raise UserError(
                f"{path}: has the format {content.get('format')!s:.20}, and this version reads "
                f"{FORMAT}: use the version that wrote it, or export it again"
            )
        told = _Told.model_validate(content)
        check_config(told.settings)
        for name, weight in weights.items():
            if not torch.isfinite(weight).all():
                raise ValueError(f"'{name}' has numbers that are not finite")
        interface = _interface(told)
    except ValidationError as error:
        first = error.errors()[0]
        problem = f"'{'.'.join(map(str, first['loc']))}': {first['msg']}"
        raise UserError(f"{path}: is incomplete ({problem}): export it again") from None
    except ValueError as error:
        raise UserError(f"{path}: is incomplete ({error}): export it again") from None
    return PolicyContent(told.settings, told.t_env, interface, weights)


def _layout_told(layout: CommLayout) -> _Layout:
    arrays = {
        name: value.tolist()
        for name, value in vars(layout).items()
        if isinstance(value, np.ndarray)
    }
    return _Layout(**{**vars(layout), **arrays, "agents": list(layout.agents)})


def _interface(told: _Told) -> Interface:
    sizes, layout = EnvSizes(**told.sizes.model_dump()), told.comm_layout
    if layout is None:
        return Interface(sizes, None)
    each = (sizes.n_agents, sizes.n_actions)
    arrays: dict[str, NDArray[Any] | None] = {
        "unlocked_by_message": _array(layout, "unlocked_by_message", each, np.bool_),
        "action_kinds": _array(layout, "action_kinds", each[1:], np.int64),
        "action_slots": _array(layout, "action_slots", each, np.int64),
    }
    if layout.broadcast is not None:
        arrays["broadcast"] = says = np.array(layout.broadcast, np.bool_)
        if says.ndim != 3 or says.shape[::2] != (sizes.n_agents, sizes.observation_size):
            raise ValueError(f"'comm_layout.broadcast' has the shape {says.shape}")
    if len(layout.agents) not in (0, sizes.n_agents):
        raise ValueError(f"'comm_layout.agents' names {len(layout.agents)} agents")
    agents = tuple(layout.agents)
    read = CommLayout(**{**vars(layout), **arrays, "agents": agents})
    if read.observation_size != sizes.observation_size:
        raise ValueError(
            f"'sizes.observation_size' is {sizes.observation_size}, and 'comm_layout' tells of "
            f"{read.observation_size} numbers"
        )
    return Interface(sizes, read)


def _array(
    layout: _Layout, name: str, shape: tuple[int, ...], kind: type[np.generic]
) -> NDArray[Any] | None:
    """Return a field as an array; ValueError when it has another shape."""
    value = getattr(layout, name)
    if value is None:
        return None
    array = np.array(value, kind)
    if array.shape != shape:
        raise ValueError(f"'comm_layout.{name}' has the shape {array.shape}")
    return array


def _checksum(told: str, weights: Mapping[str, Tensor]) -> str:
    """Return a digest of all that a file holds."""
    digest = hashlib.sha256(told.encode(errors="replace"))
    for name, weight in sorted(weights.items()):
        digest.update(f"\n{name} {weight.dtype} {tuple(weight.shape)}\n".encode(errors="replace"))
        digest.update(weight.contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return f"sha256:{digest.hexdigest()}"
