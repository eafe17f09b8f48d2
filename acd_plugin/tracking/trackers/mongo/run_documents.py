"""A run folder as the document that Sacred's own MongoDB observer would have written."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from acd_plugin.configuration.migration import migrate
from acd_plugin.errors import UserError
from acd_plugin.tracking.columns import flat_columns
from acd_plugin.tracking.run_folder import RunFolder, read_json
from acd_plugin.tracking.trackers.mongo.address import Document

_FORMAT = "MongoObserver-0.7.0"  # what Sacred 0.8 writes
_OUTPUT_LIMIT = 1_000_000  # bytes; MongoDB refuses documents above 16 MB
_DATES = ("start_time", "stop_time", "heartbeat")


def run_document(folder: RunFolder) -> Document:
    """Return everything but metrics and files' content; UserError when the folder is damaged."""
    run = read_json(folder.path / "run.json")
    config = read_json(folder.path / "config.json")
    info = folder.path / "info.json"
    document = {
        "format": _FORMAT,
        "command": run.get("command"),
        "experiment": run.get("experiment", {}),
        "host": run.get("host", {}),
        "meta": run.get("meta", {}),
        "status": run.get("status"),
        "result": run.get("result"),
        "fail_trace": run.get("fail_trace"),
        "resources": run.get("resources", []),
        "artifacts": run.get("artifacts", []),
        "config": {**config, **flat_columns(migrate(config))},
        "info": read_json(info) if info.exists() else {},
        "captured_out": _captured_output(folder.path / "cout.txt"),
        "folder": str(folder.place.resolve()),
    }
    for name in _DATES:
        document[name] = _date(folder.path / "run.json", name, run.get(name))
    return document


def stored_date(text: str) -> datetime:
    """Return a time as MongoDB stores it: in UTC, without saying so, in whole milliseconds."""
    date = datetime.fromisoformat(text)
    if date.tzinfo is not None:
        date = date.astimezone(timezone.utc).replace(tzinfo=None)
    return date.replace(microsecond=date.microsecond // 1000 * 1000)


def _date(path: Path, name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return stored_date(text)
    except (TypeError, ValueError):
        raise UserError(f"{path}: '{name}' is {text!r}: must be a date and time") from None


def _captured_output(path: Path) -> str:
    """Return the console output, of a long one its end."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(0, size - _OUTPUT_LIMIT))
            text = file.read(_OUTPUT_LIMIT).decode(errors="replace")
    except OSError:
        return ""
    if size <= _OUTPUT_LIMIT:
        return text
    return f"[the last {_OUTPUT_LIMIT:,} of {size:,} bytes; all of it is in {path}]\n{text}"
