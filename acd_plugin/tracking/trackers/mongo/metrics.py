"""Copy a run's metrics into Sacred's collection ``metrics``, every point once.

Sacred keeps a metric in one document with three parallel lists. Ours holds at most `_PART` points,
far from MongoDB's limit of 16 MB; what is more goes into a document "NAME (part 2)" and so on.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from bson import ObjectId
from pymongo import InsertOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, PyMongoError

from acd_plugin.tracking.trackers.mongo.address import Document
from acd_plugin.tracking.trackers.mongo.metric_lines import MetricLines, Point

_PART = 200_000  # points of one document: about 10 MB
_ATTEMPTS = 5
_DUPLICATE_KEY = 11000

_Operation = InsertOne[Document] | UpdateOne


class _NotAsExpectedError(Exception):
    """The store holds something else than when we last looked: look again."""


class _Stored:
    """How much of one metric the store holds."""

    def __init__(self) -> None:
        self.count = 0
        self.last: datetime | None = None  # time of the last point, where the store was asked
        self.seen = 0  # points of the file that were compared with it


class MetricCopier:
    """Brings the metrics of one run into the store; may be called again and again.

    Safe against lost replies and against others who copy the same run: a document's id follows from
    the run's key and the metric's name, and points are appended only where the list still has the
    length that they follow on.
    """

    def __init__(self, lines: MetricLines, key: str, collection: Collection[Document]) -> None:
        self._lines = lines
        self._key = key
        self._collection = collection
        self._series: dict[str, _Stored] | None = None  # None: the store must be asked
        self._run_id: int | None = None

    def copy(self, run_id: int, is_new: bool = False) -> list[dict[str, str]]:
        """Append what is missing; returns what Sacred stores as ``info.metrics`` of the run.

        ``is_new``: the run was only now made in the store, which need not be asked.
        """
        if is_new:
            self._begin(run_id, {})
        for _ in range(_ATTEMPTS):
            try:
                self._copy(run_id)
                return self._index()
            except _NotAsExpectedError:
                self.forget()
            except PyMongoError:
                self.forget()
                raise
        raise PyMongoError("somebody else keeps changing the metrics of this run")

    def forget(self) -> None:
        """Ask the store again next time."""
        self._series = None

    def _copy(self, run_id: int) -> None:
        if self._series is None or run_id != self._run_id or self._lines.were_replaced():
            self._begin(run_id, self._ask(run_id))
        for portion in self._lines.new_points():
            self._append(portion)
        assert self._series is not None
        too_long = [name for name, stored in self._series.items() if stored.seen < stored.count]
        for name in too_long:  # the run went on from before the last of these points
            self._forget(name)
        if too_long:
            raise _NotAsExpectedError

    def _begin(self, run_id: int, series: dict[str, _Stored]) -> None:
        self._run_id, self._series = run_id, series
        self._lines.restart()

    def _ask(self, run_id: int) -> dict[str, _Stored]:
        """Return what the store has of this run; what belongs to a deleted copy of it goes."""
        self._collection.delete_many({"sync_key": self._key, "run_id": {"$ne": run_id}})
        series: dict[str, _Stored] = {}
        found = self._collection.aggregate(
            [
                {"$match": {"sync_key": self._key}},
                {
                    "$project": {
                        "metric": 1,
                        "part": 1,
                        "count": {"$size": "$values"},
                        "last": {"$arrayElemAt": ["$timestamps", -1]},
                    }
                },
            ]
        )
        for document in sorted(found, key=lambda document: document["part"]):
            stored = series.setdefault(document["metric"], _Stored())
            stored.count += document["count"]
            stored.last = document.get("last")
        return series

    def _append(self, portion: dict[str, list[Point]]) -> None:
        assert self._series is not None
        operations: list[_Operation] = []
        for name, points in portion.items():
            stored = self._series.setdefault(name, _Stored())
            known = min(len(points), stored.count - stored.seen)
            reaches_end = known > 0 and stored.seen + known == stored.count
            if reaches_end and stored.last not in (None, points[known - 1].time):
                self._forget(name)  # the run went on from before this point
                raise _NotAsExpectedError
            operations += self._operations(name, stored.count, points[known:])
            stored.seen += len(points)
            stored.count = max(stored.count, stored.seen)
            if len(points) > known:
                stored.last = None  # ours from here on
        if operations:
            self._write(operations)

    def _write(self, operations: list[_Operation]) -> None:
        try:
            result = self._collection.bulk_write(operations, ordered=True)
        except BulkWriteError as error:
            codes = {problem.get("code") for problem in error.details.get("writeErrors", ())}
            if codes == {_DUPLICATE_KEY}:
                raise _NotAsExpectedError from None
            raise
        updates = sum(isinstance(operation, UpdateOne) for operation in operations)
        if result.matched_count != updates:
            raise _NotAsExpectedError

    def _operations(self, name: str, count: int, points: list[Point]) -> list[_Operation]:
        """Return what appends ``points`` to the ``count`` that are stored."""
        operations: list[_Operation] = []
        while points:
            part, have = divmod(count, _PART)
            piece, points = points[: _PART - have], points[_PART - have :]
            columns = {
                "steps": [point.step for point in piece],
                "values": [point.value for point in piece],
                "timestamps": [point.time for point in piece],
            }
            where: Document = {"_id": self._id(name, part)}
            if have == 0:
                names = {"name": _title(name, part), "metric": name, "part": part}
                whose = {"run_id": self._run_id, "sync_key": self._key}
                operations.append(InsertOne({**where, **whose, **names, **columns}))
            else:
                push = {column: {"$each": values} for column, values in columns.items()}
                where = {**where, "run_id": self._run_id, "values": {"$size": have}}
                operations.append(UpdateOne(where, {"$push": push}))
            count += len(piece)
        return operations

    def _forget(self, name: str) -> None:
        """Delete a metric whose end is no longer the run's."""
        self._collection.delete_many({"sync_key": self._key, "metric": name})

    def _index(self) -> list[dict[str, str]]:
        return [
            {"name": _title(name, part), "id": str(self._id(name, part))}
            for name, stored in sorted((self._series or {}).items())
            for part in range(-(-stored.count // _PART))
        ]

    def _id(self, name: str, part: int) -> ObjectId:
        digest = hashlib.sha256(f"{self._key} {part} {name}".encode()).digest()
        return ObjectId(digest[:12])


def _title(name: str, part: int) -> str:
    return f"{name} (part {part + 1})" if part else name
