"""A run folder as the document that Sacred's own MongoDB observer would have written."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import cast

import bson
import bson.errors

from acd_plugin.configuration.migration import migrate
from acd_plugin.credentials import shown, without_credentials
from acd_plugin.errors import UserError, with_remedy
from acd_plugin.tracking.columns import flat_columns
from acd_plugin.tracking.plain_files import open_plain
from acd_plugin.tracking.recorded_config import read_config
from acd_plugin.tracking.run_file import parse_run, utc
from acd_plugin.tracking.run_folder import JsonObject, RunFolder, read_json
from acd_plugin.tracking.trackers.mongo.address import Document

_FORMAT = "MongoObserver-0.7.0"  # what Sacred 0.8 writes
_OUTPUT_LIMIT = 1_000_000  # bytes; MongoDB refuses documents above 16 MB
_DATES = ("start_time", "stop_time", "heartbeat")
_LARGEST = 15_000_000  # bytes of a document


def run_document(folder: RunFolder) -> Document:
    """Return everything but metrics and files' content; UserError when the folder is damaged.

    Addresses in it have lost their user and password: earlier releases recorded some.
    """
    path = folder.path / "run.json"
    info = folder.path / "info.json"
    with with_remedy(folder.remedy):
        run, config = read_json(path), read_config(folder)
        parsed = parse_run(run, str(path))
        facts = read_json(info) if os.path.lexists(info) else {}
    document = {
        "format": _FORMAT,
        "command": run.get("command"),
        "experiment": _experiment(run.get("experiment") or {}, folder),
        "host": run.get("host") or {},
        "meta": run.get("meta") or {},
        "status": run.get("status"),
        "result": run.get("result"),
        "revision": parsed.revision,
        "fail_trace": run.get("fail_trace"),
        "resources": run.get("resources") or [],
        "artifacts": parsed.artifacts,
        "config": {**config, **flat_columns(migrate(config))},
        "info": facts,
        "captured_out": _captured_output(folder.path / "cout.txt"),
        "folder": str(folder.place.resolve()),
    }
    document = cast(Document, without_credentials(document))
    for name in _DATES:
        date = getattr(parsed, name)
        document[name] = None if date is None else _in_milliseconds(date)
    _check_storable(document, folder)
    return document


def stored_date(text: str) -> datetime:
    """Return a time as MongoDB stores it: in UTC, without saying so, in whole milliseconds."""
    return _in_milliseconds(utc(text))


def _in_milliseconds(date: datetime) -> datetime:
    return date.replace(microsecond=date.microsecond // 1000 * 1000)


def _check_storable(document: Document, folder: RunFolder) -> None:
    """Raise UserError for what a run may hold, but no document: certain names, too much."""
    try:
        size = len(bson.encode(document))
    except (bson.errors.BSONError, OverflowError, TypeError, ValueError) as error:
        reason = str(error).split(" | ")[0][:200]
        raise UserError(f"{folder}: cannot be stored in MongoDB ({reason})") from None
    if size > _LARGEST:
        raise UserError(f"{folder}: its record of {size:,} bytes is too large for MongoDB")


def _experiment(experiment: JsonObject, folder: RunFolder) -> JsonObject:
    """Return what Sacred knows of the experiment, in whose name stands the number of the folder.

    Omniboard shows the name in a column of every table; its own numbers are the database's.
    """
    return {**experiment, "name": f"{experiment.get('name')}, run {folder.id}"}


def _captured_output(path: Path) -> str:
    """Return the console output, of a long one its end."""
    try:
        with open_plain(path) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _OUTPUT_LIMIT))
            text = shown(file.read(_OUTPUT_LIMIT).decode(errors="replace"))
    except OSError:
        return ""
    if size <= _OUTPUT_LIMIT:
        return text
    return f"[the last {_OUTPUT_LIMIT:,} of {size:,} bytes; all of it is in {path}]\n{text}"
