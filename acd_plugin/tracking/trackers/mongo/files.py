"""Copy files into GridFS, equal ones once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from bson import ObjectId
from gridfs import GridFS

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_files import plain_file_in, read_plain, reason
from acd_plugin.tracking.trackers.mongo.address import Document, Documents

_LARGEST_FILE = 2**28  # bytes
_SOURCES = "_sources"


class FileCopier:
    """Uploads files by content; remembers what is there.

    Others may upload the same content at the same time: then it is stored twice, which is no harm.
    """

    def __init__(self, database: Documents) -> None:
        self._database = database
        self._grid = GridFS(database)
        self._known: dict[str, ObjectId] = {}

    def copy(self, path: Path) -> ObjectId:
        """Return the id of a stored file with this content."""
        try:
            content = read_plain(path, _LARGEST_FILE)
        except OSError as error:
            raise UserError(f"{path}: cannot be read ({reason(error)})") from None
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if md5 not in self._known:
            stored = self._database["fs.files"].find_one({"metadata.md5": md5}, {"_id": 1})
            self._known[md5] = (
                stored["_id"]
                if stored
                else self._grid.put(content, filename=path.name, metadata={"md5": md5})
            )
        return self._known[md5]

    def forget(self) -> None:
        """Ask the store again next time: it may have been emptied."""
        self._known.clear()


def artifact_paths(document: Document, folder: Path) -> dict[str, Path]:
    """Return the files of a run that are worth keeping with its record, by name."""
    found = {name: plain_file_in(folder, name) for name in _artifacts(document)}
    return {name: path for name, path in found.items() if path is not None}


def file_entries(document: Document, folder: Path, files: FileCopier) -> Document:
    """Upload a run's artifacts and sources; returns the fields of its document that name them."""
    sources = [(name, _source(folder, stored)) for name, stored in _sources(document)]
    return {
        "artifacts": [
            {"name": name, "file_id": files.copy(path)}
            for name, path in artifact_paths(document, folder).items()
        ],
        "experiment": {
            **document["experiment"],
            "sources": [[name, files.copy(path)] for name, path in sources if path is not None],
        },
    }


def left_out(document: Document, folder: Path) -> list[str]:
    """Return the names under which a run lists what does not lie in its folder.

    A folder of somebody else's could so read this machine.
    """
    named = {name: plain_file_in(folder, name) for name in _artifacts(document)}
    named |= {stored: _source(folder, stored) for _, stored in _sources(document)}
    places = (folder, folder.parent)
    return [
        name
        for name, path in named.items()
        if path is None and any(os.path.lexists(place / name) for place in places)
    ]


def _artifacts(document: Document) -> list[str]:
    return sorted({*document["artifacts"], "evaluations.jsonl", "checkpoints.json"})


def _sources(document: Document) -> list[tuple[str, str]]:
    return [(name, stored) for name, stored in document["experiment"].get("sources") or []]


def _source(folder: Path, stored: str) -> Path | None:
    """Return the copy of a source file, which Sacred keeps beside the runs."""
    place, _, name = stored.partition("/")
    return plain_file_in(folder.parent / place, name) if place == _SOURCES else None
