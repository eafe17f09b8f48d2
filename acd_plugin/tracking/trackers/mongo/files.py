"""Copy files into GridFS, equal ones once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from bson import ObjectId
from gridfs import GridFS

from acd_plugin.errors import UserError
from acd_plugin.tracking.trackers.mongo.address import Document, Documents


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
            content = path.read_bytes()
        except OSError as error:
            raise UserError(f"{path}: cannot be read ({error.strerror})") from None
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
    names = (*_names(document.get("artifacts")), "evaluations.jsonl", "checkpoints.json")
    return {name: folder / name for name in sorted(set(names)) if (folder / name).is_file()}


def file_entries(document: Document, folder: Path, files: FileCopier) -> Document:
    """Upload a run's artifacts and sources; returns the fields of its document that name them."""
    sources = document["experiment"].get("sources", [])
    return {
        "artifacts": [
            {"name": name, "file_id": files.copy(path)}
            for name, path in artifact_paths(document, folder).items()
        ],
        "experiment": {
            **document["experiment"],
            "sources": [
                [name, files.copy(folder.parent / stored)]
                for name, stored in sources
                if (folder.parent / stored).is_file()
            ],
        },
    }


def _names(artifacts: Sequence[str | Document] | None) -> list[str]:
    """Sacred's file observer lists names; others list mappings that have one."""
    return [entry if isinstance(entry, str) else entry["name"] for entry in artifacts or []]
