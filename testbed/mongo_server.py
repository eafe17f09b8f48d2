"""A server that speaks MongoDB's wire protocol on a real port, and that can be made to misbehave.

The driver, its sockets and its timeouts are real; documents are encoded by pymongo's own bson and
kept by mongomock. Not covered: authentication that succeeds, TLS, replica sets.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

import bson
import mongomock

_LIMIT = 16 * 1024 * 1024  # bytes of one document
_HELLO = {
    "ismaster": True,
    "isWritablePrimary": True,
    "minWireVersion": 0,
    "maxWireVersion": 21,
    "maxBsonObjectSize": _LIMIT,
    "maxMessageSizeBytes": 48_000_000,
    "maxWriteBatchSize": 100_000,
}
_OP_QUERY, _OP_REPLY, _OP_MSG = 2004, 1, 2013
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Reply = dict[str, Any]


class _CommandError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class WireServer:
    """Serves a `mongomock` store on 127.0.0.1.

    ``mode`` may be changed at any time: "ok"; "freeze" (never answers); "slow"; "reset" (hangs up
    instead of answering); "deaf" (does what it is told and hangs up without a reply); "error" (not
    primary); "auth" (refuses everybody). `stop` makes connections fail, `start` opens the same port
    again, `empty` drops everything.
    """

    def __init__(self) -> None:
        self.store: Any = mongomock.MongoClient()
        self.mode = "ok"
        self.port = 0
        self.answered = 0
        self._lock = threading.RLock()
        self._connections: set[socket.socket] = set()
        self._server: socketserver.ThreadingTCPServer | None = None

    @property
    def url(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/sacred"

    @property
    def database(self) -> Any:
        return self.store["sacred"]

    def __enter__(self) -> WireServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.mode = "ok"
        self.stop()

    def start(self) -> None:
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer._connections.add(self.request)
                try:
                    outer._converse(self.request)
                except (OSError, EOFError):
                    pass
                finally:
                    outer._connections.discard(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def start_again(self) -> None:
        """Open the port if it is closed."""
        if self._server is None:
            self.start()

    def stop(self) -> None:
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def empty(self, collection: str | None = None) -> None:
        """Lose everything, or one collection."""
        with self._lock:
            if collection is None:
                self.store.drop_database("sacred")
            else:
                self.store["sacred"][collection].drop()

    def _converse(self, connection: socket.socket) -> None:
        while True:
            size, request, _, operation = struct.unpack("<iiii", _receive(connection, 16))
            body = _receive(connection, size - 16)
            while self.mode == "freeze":
                time.sleep(0.01)
            if self.mode == "slow":
                time.sleep(0.02)
            if self.mode == "reset":
                return _hang_up(connection)
            if operation == _OP_QUERY:  # only the very first hello comes in this form
                content = struct.pack("<iqii", 8, 0, 0, 1) + bson.encode({"ok": 1.0, **_HELLO})
                kind = _OP_REPLY
            else:
                command = _read_message(body)
                content = struct.pack("<iB", 0, 0) + bson.encode(self._answer(command))
                kind = _OP_MSG
                if self.mode == "deaf" and "hello" not in command:
                    return _hang_up(connection)
            header = struct.pack("<iiii", 16 + len(content), request, request, kind)
            connection.sendall(header + content)
            self.answered += 1

    def _answer(self, command: dict[str, Any]) -> Reply:
        name = next(key for key in command if key not in {"documents", "updates", "deletes"})
        if name.lower() in {"hello", "ismaster"}:
            return {"ok": 1.0, **_HELLO}
        if name in {"ping", "endSessions"}:
            return {"ok": 1.0}
        try:
            if self.mode == "error":
                raise _CommandError(10107, "not primary")
            if self.mode == "auth" or name.startswith("sasl"):
                raise _CommandError(18, "Authentication failed.")
            with self._lock:
                return {"ok": 1.0, **self._execute(name, command)}
        except _CommandError as error:
            return {"ok": 0.0, "code": error.code, "errmsg": str(error)}
        except Exception as error:  # shown to the client, whose test then fails with it
            return {"ok": 0.0, "code": 8, "errmsg": f"{type(error).__name__}: {error}"}

    def _execute(self, name: str, command: dict[str, Any]) -> Reply:  # noqa: PLR0911
        database = self.store[command["$db"]]
        if name == "listCollections":
            return _cursor(database, ({"name": n} for n in database.list_collection_names()))
        collection = database[command[name]]
        if name == "insert":
            return _insert(collection, command["documents"])
        if name == "update":
            return _update(collection, command["updates"])
        if name == "delete":
            deleted = [
                (collection.delete_many if entry["limit"] == 0 else collection.delete_one)(
                    entry["q"]
                )
                for entry in command["deletes"]
            ]
            return {"n": sum(result.deleted_count for result in deleted)}
        if name == "find":
            found = collection.find(command.get("filter"), command.get("projection"))
            if command.get("sort"):
                found = found.sort(list(command["sort"].items()))
            found = found.skip(command.get("skip", 0)).limit(abs(command.get("limit", 0)))
            return _cursor(collection, found)
        if name == "aggregate":
            return _cursor(collection, collection.aggregate(command["pipeline"]))
        if name == "drop":
            collection.drop()
            return {}
        if name == "listIndexes":
            indexes = collection.index_information().items()
            return _cursor(
                collection, ({"v": 2, "name": n, "key": dict(i["key"])} for n, i in indexes)
            )
        if name == "createIndexes":
            for index in command["indexes"]:
                keys, options = list(index["key"].items()), ("name", "unique", "sparse")
                collection.create_index(
                    keys, **{key: index[key] for key in options if key in index}
                )
            return {}
        raise _CommandError(59, f"no such command: {name}")


def _insert(collection: Any, documents: list[dict[str, Any]]) -> Reply:
    errors = []
    for number, document in enumerate(documents):
        if len(bson.encode(document)) > _LIMIT:
            raise _CommandError(10334, "object to insert too large")
        try:
            collection.insert_one(document)
        except mongomock.DuplicateKeyError as error:
            errors.append({"index": number, "code": 11000, "errmsg": str(error)})
            break
    done = {"n": len(documents) if not errors else errors[0]["index"]}
    return {**done, "writeErrors": errors} if errors else done


def _update(collection: Any, updates: list[dict[str, Any]]) -> Reply:
    matched = modified = 0
    for update in updates:
        change = collection.update_many if update.get("multi") else collection.update_one
        result = change(update["q"], update["u"], upsert=update.get("upsert", False))
        matched += result.matched_count
        modified += result.modified_count
        changed = collection.find_one(update["q"])
        if changed is not None and len(bson.encode(changed)) > _LIMIT:
            raise _CommandError(17419, "resulting document after update is larger than 16777216")
    return {"n": matched, "nModified": modified}


def _cursor(place: Any, documents: Iterable[Mapping[str, Any]]) -> Reply:
    return {"cursor": {"id": 0, "ns": f"sacred.{place.name}", "firstBatch": list(documents)}}


def _hang_up(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    connection.close()


def _receive(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        part = connection.recv(size - len(content))
        if not part:
            raise EOFError
        content += part
    return content


def _read_message(body: bytes) -> dict[str, Any]:
    """Decode the sections of an OP_MSG: one document, and lists of documents by name."""
    (flags,) = struct.unpack_from("<I", body)
    place, end = 4, len(body) - (4 if flags & 1 else 0)
    command: dict[str, Any] = {}
    while place < end:
        kind, place = body[place], place + 1
        (size,) = struct.unpack_from("<i", body, place)
        section = body[place : place + size]
        if kind == 0:
            command = {**bson.decode(section), **command}
        else:
            name, _, documents = section[4:].partition(b"\0")
            command[name.decode()] = bson.decode_all(documents)
        place += size
    return command
