"""MongoDB URLs: checked before they are used, and never shown with their password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pymongo
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

from acd_plugin.errors import UserError

_SCHEMES = ("mongodb", "mongodb+srv")
_DEFAULT_DATABASE = "sacred"
_EXAMPLE = "mongodb://user:password@localhost:27017/sacred"

# A server that does not answer must never keep anyone waiting for long.
_TIMEOUTS = {
    "serverSelectionTimeoutMS": 2000,
    "connectTimeoutMS": 2000,
    "socketTimeoutMS": 5000,
    "retryWrites": False,  # we try again ourselves, and cannot write anything twice
}
_WRONG_PASSWORD, _NOT_ALLOWED = (18, 8000), 13

Document = dict[str, Any]
Documents = Database[Document]


@dataclass(frozen=True)
class MongoAddress:
    """Where a database is. Its text is safe to show: the password is left out."""

    url: str = field(repr=False)
    shown: str
    database: str
    password: str = field(repr=False)

    def __str__(self) -> str:
        return self.shown

    def connect(self) -> Documents:
        """Return the database; nothing is sent before its first use (but names may be resolved)."""
        given = {key.lower() for key, _ in parse_qsl(urlsplit(self.url).query)}
        options: Document = {
            key: value for key, value in _TIMEOUTS.items() if key.lower() not in given
        }
        client: pymongo.MongoClient[Document] = pymongo.MongoClient(self.url, **options)
        return client[self.database]

    def explain(self, error: PyMongoError) -> str:
        """Say in one line what went wrong, without the password."""
        if isinstance(error, OperationFailure) and error.code in _WRONG_PASSWORD:
            return f"{self} refuses this user name or password"
        if isinstance(error, OperationFailure) and error.code == _NOT_ALLOWED:
            return f"{self}: this user may not write there (it needs the role readWrite)"
        if isinstance(error, ConnectionFailure):
            return f"{self} does not answer"
        reason = " ".join(str(error).split()) or type(error).__name__
        return f"{self}: {self._hide(reason)[:200]}"

    def _hide(self, text: str) -> str:
        for secret in {self.password, unquote(self.password)} - {""}:
            text = text.replace(secret, "***")
        return text


def parse_address(url: str) -> MongoAddress:
    """Check a MongoDB URL; the database's name is its path, by default ``sacred``.

    Raises UserError, without the password, for anything that is not such a URL.
    """
    try:
        parts = urlsplit(url)
        password = parts.password or ""
    except ValueError:
        raise UserError(f"cannot read the MongoDB URL: write it like {_EXAMPLE}") from None
    user = f"{parts.username}:***@" if parts.username else ""
    place = parts.netloc.rpartition("@")[2]
    database = unquote(parts.path.lstrip("/")) or _DEFAULT_DATABASE
    address = MongoAddress(url, f"{parts.scheme}://{user}{place}/{database}", database, password)
    if parts.scheme not in _SCHEMES or not place or set(database) & set('/\\. "$'):
        shown = address.shown if parts.scheme and place else "the MongoDB URL"
        raise UserError(f"{shown}: not a MongoDB URL; write it like {_EXAMPLE}")
    if parts.scheme == "mongodb":  # reading the other kind asks a name server
        try:
            parse_uri(url)
        except (PyMongoError, ValueError) as error:
            raise UserError(
                f"{address.explain(PyMongoError(str(error)))}; write it like {_EXAMPLE}"
            ) from None
    return address
