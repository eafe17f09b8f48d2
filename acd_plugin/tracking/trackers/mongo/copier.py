"""Bring one run folder into a database, again and again, without ever doubling anything."""

from __future__ import annotations

import enum
import hashlib

from pymongo.errors import DuplicateKeyError, PyMongoError

from acd_plugin.errors import UserError
from acd_plugin.tracking.run_folder import RunFolder
from acd_plugin.tracking.trackers.mongo.address import Document, Documents, MongoAddress
from acd_plugin.tracking.trackers.mongo.files import (
    FileCopier,
    artifact_paths,
    file_entries,
    left_out,
    stored_ids,
)
from acd_plugin.tracking.trackers.mongo.metric_lines import MetricLines
from acd_plugin.tracking.trackers.mongo.metrics import MetricCopier
from acd_plugin.tracking.trackers.mongo.run_documents import run_document

_SACREDS_FIELDS = {"config", "experiment", "status"}
_WANTED = (
    "heartbeat",
    "revision",
    "sync_digest",
    "info.metrics",
    "artifacts",
    "experiment.sources",
)
_BESIDE_RUNS = {"metrics", "fs.files", "fs.chunks"}


class Change(enum.Enum):
    """What copying a run did."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    NEWER_THERE = "newer in the database"


class RunStore:
    """A database in Sacred's schema, into which run folders are copied."""

    def __init__(self, address: MongoAddress) -> None:
        self.address = address
        self.database: Documents = address.connect()
        self.files = FileCopier(self.database)
        self._is_checked = False

    def check(self) -> None:
        """Raise UserError when the database is somebody else's; make the index that we rely on."""
        if self._is_checked:
            return
        names = set(self.database.list_collection_names())
        run = self.database.runs.find_one({})
        foreign = names - _BESIDE_RUNS if "runs" not in names else set()
        if foreign or (run is not None and not run.keys() >= _SACREDS_FIELDS):
            raise UserError(
                f"{self.address}: this database is not Sacred's (it has "
                f"{', '.join(sorted(names)[:5])}): name another one at the end of the URL"
            )
        self.database.runs.create_index("sync_key", unique=True, sparse=True)
        self.database.metrics.create_index("sync_key")
        self._is_checked = True

    def forget(self) -> None:
        """Take nothing for granted any more."""
        self._is_checked = False
        self.files.forget()

    def close(self) -> None:
        self.database.client.close()


class RunCopier:
    """Copies the run in ``folder``; afterwards the store holds all of it, once.

    It does not matter what was copied before, by whom, or whether replies got lost: a run is found
    by its key, and its revision, a count of what was written, says who knows it better.
    """

    def __init__(self, folder: RunFolder, store: RunStore) -> None:
        self._folder = folder
        self._store = store
        self._key = folder.key()
        self.lines = MetricLines(folder.metrics)
        self._metrics = MetricCopier(self.lines, self._key, store.database.metrics)
        self._was_there = False
        self.left_out: list[str] = []  # what the run lists and does not have in its folder

    def copy(self) -> Change:
        """Bring the store up to date; PyMongoError when it cannot be done now."""
        try:
            return self._copy()
        except PyMongoError:
            self._store.forget()
            raise

    def _copy(self) -> Change:
        self._store.check()
        document = run_document(self._folder)
        self.left_out = left_out(document, self._folder.path)
        run, is_new = self._find_or_insert(document)
        if is_new and self._was_there:  # the database was emptied behind our back
            self._store.forget()
            self._store.check()
        self._was_there = True
        if _is_newer(run, document):
            return Change.NEWER_THERE
        digest = self._digest(document)
        if run.get("sync_digest") == digest:
            if self._has_metrics(run) and self._store.files.has_all(stored_ids(run)):
                return Change.UNCHANGED
            self._metrics.forget()
            self._store.files.forget()
        document["info"]["metrics"] = self._metrics.copy(run["_id"], is_new)
        document |= file_entries(document, self._folder.path, self._store.files)
        runs, mine = self._store.database.runs, {"_id": run["_id"], "sync_key": self._key}
        # Once more, now within one operation: somebody may have copied more of it meanwhile.
        result = runs.update_one(
            {**mine, **_not_newer(document)}, {"$set": {**document, "sync_digest": digest}}
        )
        if result.matched_count:
            return Change.NEW if is_new else Change.UPDATED
        if runs.find_one(mine, {"_id": 1}) is None:
            raise PyMongoError("the run was deleted while it was copied")
        return Change.NEWER_THERE

    def _digest(self, document: Document) -> str:
        """Return what changes with anything that is copied; stored when all of it has arrived."""
        files = (self._folder.metrics, *artifact_paths(document, self._folder.path).values())
        sizes = [(path.name, path.stat().st_size) for path in files if path.is_file()]
        return hashlib.sha256(repr((document, sizes)).encode()).hexdigest()

    def _has_metrics(self, run: Document) -> bool:
        found = self._store.database.metrics.find({"sync_key": self._key}, {"_id": 1})
        return {str(series["_id"]) for series in found} == {
            series["id"] for series in run["info"]["metrics"]
        }

    def _find_or_insert(self, document: Document) -> tuple[Document, bool]:
        """Return what is needed of the stored run, and whether it was made just now."""
        runs = self._store.database.runs
        wanted = dict.fromkeys(_WANTED, 1)
        while True:
            run = runs.find_one({"sync_key": self._key}, wanted)
            if run is not None:
                return run, False
            # Strings are ids as well in Sacred; a comparison with a number leaves them out.
            last = runs.find_one({"_id": {"$gte": 0}}, {"_id": 1}, sort=[("_id", -1)])
            run_id = int(last["_id"]) + 1 if last else 1
            # It must not look finished before everything has followed.
            unknown: Document = {"heartbeat": None, "revision": None, "artifacts": []}
            first = {**document, "status": "RUNNING", **unknown}
            try:
                runs.insert_one({"_id": run_id, "sync_key": self._key, **first})
            except DuplicateKeyError:
                continue  # somebody took this id, or copied this run: look again
            return {"_id": run_id}, True


def _is_newer(run: Document, document: Document) -> bool:
    """Whether the stored run knows more than the folder: of clocks, which may be set back, only
    where neither has a revision, as in earlier releases.
    """
    there, here = run.get("revision") or 0, document["revision"]
    if there or here:
        return bool(there > here)
    then, now = run.get("heartbeat"), document["heartbeat"]
    return then is not None and (now is None or now < then)


def _not_newer(document: Document) -> Document:
    """Return the condition that a stored run is not newer than the folder."""
    revision, heartbeat = document["revision"], document["heartbeat"]
    if revision:
        return {"revision": {"$not": {"$gt": revision}}}
    same = None if heartbeat is None else {"$not": {"$gt": heartbeat}}
    return {"revision": {"$in": [None, 0]}, "heartbeat": same}
