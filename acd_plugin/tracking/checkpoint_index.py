"""``checkpoints.json``: which checkpoints a run has, small enough to be stored with its record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from acd_plugin.tracking.plain_files import read_plain
from acd_plugin.tracking.plain_values import LARGEST_INTEGER
from acd_plugin.tracking.run_folder import RunFolder, write_atomically

_LARGEST_FILE = 2**24  # bytes

_Count = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]


class Listed(BaseModel):
    """One checkpoint."""

    model_config = ConfigDict(strict=True, frozen=True)

    t_env: _Count
    file: str = ""  # from the run's folder on
    bytes: _Count = 0


_LISTS = TypeAdapter(list[Listed])


def write_index(folder: RunFolder) -> None:
    """List the checkpoints that are there."""
    found = [(path, path.stat().st_size) for path in folder.stored_checkpoints()]
    index = [
        Listed(t_env=int(path.stem), file=path.relative_to(folder.path).as_posix(), bytes=size)
        for path, size in found
    ]
    write_atomically(folder.checkpoint_index, index_file(index))


def index_file(index: Sequence[Listed]) -> bytes:
    """Return the content of the file."""
    return _LISTS.dump_json(list(index), indent=2) + b"\n"


def read_index(folder: RunFolder) -> list[Listed]:
    """Return what is listed; nothing of a list that is damaged."""
    try:
        return _LISTS.validate_json(read_plain(folder.checkpoint_index, _LARGEST_FILE))
    except (OSError, ValidationError):
        return []
