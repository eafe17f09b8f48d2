"""Copy files into GridFS, equal ones once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from bson import ObjectId
from gridfs import GridFS

from acd_plugin.errors import UserError
from acd_plugin.tracking.plain_files import plain_file_in, read_plain, reason
from acd_plugin.tracking.trackers.mongo.address import Document, Documents

_LARGEST_FILE = 2**28  # bytes
_SOURCES = "_sources"
_SIZES = {"metadata.md5": 1, "length": 1, "chunkSize": 1}


class FileCopier:
    """Uploads files by content; remembers what is there.

    Others may upload the same content at the same time: then it is stored twice, which is no harm.
    """

    def __init__(self, database: Documents) -> None:
        self._database = database
        self._grid = GridFS(database)
        self._known: dict[str, ObjectId] = {}  # by digests of content
        self._whole: set[ObjectId] = set()

    def copy(self, paths: Iterable[Path]) -> dict[Path, ObjectId]:
        """Return the ids of stored files with the content of these."""
        digests = {path: _digest(_read(path)) for path in paths}
        lost = self._look_up([digest for digest in digests.values() if digest not in self._known])
        for path, digest in digests.items():
            if digest not in self._known:
                place = {"_id": lost[digest]} if digest in lost else {}
                about = {"filename": path.name, "metadata": {"md5": digest}}
                self._known[digest] = self._grid.put(_read(path), **about, **place)
        return {path: self._known[digest] for path, digest in digests.items()}

    def has_all(self, ids: Collection[ObjectId]) -> bool:
        """Return whether these files are stored, with all of their content."""
        asked = set(ids) - self._whole
        files = self._database["fs.files"].find({"_id": {"$in": list(asked)}}, _SIZES)
        self._whole |= self._with_content(list(files))
        return set(ids) <= self._whole

    def forget(self) -> None:
        """Ask the store again next time: it may have been emptied."""
        self._known.clear()
        self._whole.clear()

    def _look_up(self, digests: Sequence[str]) -> dict[str, ObjectId]:
        """Note which files are stored; returns the ids of those that have lost their content.

        Of these nothing is left: what is put in their place is so in place for whoever names them.
        """
        found = list(self._database["fs.files"].find({"metadata.md5": {"$in": digests}}, _SIZES))
        whole = self._with_content(found)
        lost = {}
        for file in found:
            digest = file["metadata"]["md5"]
            if file["_id"] in whole:
                self._known[digest] = file["_id"]
            else:
                self._grid.delete(file["_id"])
                lost[digest] = file["_id"]
        return lost

    def _with_content(self, files: Sequence[Document]) -> set[ObjectId]:
        """Return the ids of those whose content is stored in whole."""
        pipeline: list[Document] = [
            {"$match": {"files_id": {"$in": [file["_id"] for file in files]}}},
            {"$group": {"_id": "$files_id", "count": {"$sum": 1}}},
        ]
        counted = self._database["fs.chunks"].aggregate(pipeline)
        chunks = {entry["_id"]: entry["count"] for entry in counted}
        return {
            file["_id"]
            for file in files
            if chunks.get(file["_id"], 0) == -(-file["length"] // file["chunkSize"])
        }


def _read(path: Path) -> bytes:
    try:
        return read_plain(path, _LARGEST_FILE)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({reason(error)})") from None


def _digest(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def artifact_paths(document: Document, folder: Path) -> dict[str, Path]:
    """Return the files of a run that are worth keeping with its record, by name."""
    found = {name: plain_file_in(folder, name) for name in _artifacts(document)}
    return {name: path for name, path in found.items() if path is not None}


def file_entries(document: Document, folder: Path, files: FileCopier) -> Document:
    """Upload a run's artifacts and sources; returns the fields of its document that name them."""
    artifacts = artifact_paths(document, folder)
    sources = [(name, _source(folder, stored)) for name, stored in _sources(document)]
    there = [(name, path) for name, path in sources if path is not None]
    ids = files.copy([*artifacts.values(), *(path for _, path in there)])
    return {
        "artifacts": [{"name": name, "file_id": ids[path]} for name, path in artifacts.items()],
        "experiment": {
            **document["experiment"],
            "sources": [[name, ids[path]] for name, path in there],
        },
    }


def stored_ids(run: Document) -> list[ObjectId]:
    """Return the ids of the files that a stored run names."""
    artifacts = [entry["file_id"] for entry in run.get("artifacts") or []]
    sources = (run.get("experiment") or {}).get("sources") or []
    return artifacts + [file_id for _, file_id in sources]


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
