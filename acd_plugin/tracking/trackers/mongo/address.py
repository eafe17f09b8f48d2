"""MongoDB URLs: checked before they are used, and never shown with their password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import pymongo
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError, WriteError
from pymongo.uri_parser import parse_uri

from acd_plugin.credentials import shown
from acd_plugin.errors import UserError

_SCHEMES = ("mongodb", "mongodb+srv")
_DEFAULT_DATABASE = "sacred"
_EXAMPLE = "mongodb://user:password@localhost:27017/sacred"
_SECRET = re.compile("pass|secret|token|key|properties", re.IGNORECASE)  # options that may hold one

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


class AddressError(UserError):
    """About an address, without any part of it that may be its password."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, f"{message}; write it like {_EXAMPLE}")


@dataclass(frozen=True)
class MongoAddress:
    """Where a database is. Its text is safe to show: the password is left out."""

    url: str = field(repr=False)
    shown: str
    database: str
    options: str = field(repr=False, default="")  # what stands behind the question mark
    secrets: frozenset[str] = field(repr=False, default=frozenset())

    def __str__(self) -> str:
        return self.shown

    def connect(self) -> Documents:
        """Return the database; nothing is sent before its first use (but names may be resolved)."""
        given = {key.lower() for key, _ in parse_qsl(self.options)}
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

    def refuses_this(self, error: OperationFailure) -> bool:
        """Whether the database refuses what was sent to it, and not whoever sent it."""
        return isinstance(error, WriteError) and error.code not in (*_WRONG_PASSWORD, _NOT_ALLOWED)

    def _hide(self, text: str) -> str:
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return shown(text)


def parse_address(url: str) -> MongoAddress:
    """Check a MongoDB URL; the database's name is its path, by default ``sacred``.

    Raises UserError, without any part of what may be a password, for what is not such a URL.
    """
    scheme, _, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    if scheme not in _SCHEMES or not place:
        raise AddressError("this is not a MongoDB URL")
    if set(user) & set("/?#@"):
        raise AddressError(
            "cannot read the MongoDB URL: in a user name or password / is %2F, ? %3F, # %23, @ %40"
        )
    location, _, options = place.partition("?")
    hosts, _, path = location.partition("/")
    database = unquote(path) or _DEFAULT_DATABASE
    if set(database) & set('/\\. "$'):
        raise AddressError("cannot read the MongoDB URL: its end is no name of a database")
    # What is wrong with the user is told in our words, and all else by a URL with another user.
    _check(f"mongodb://{user}{at}localhost", "a % or : in a user name or password is %25 or %3A")
    if scheme == "mongodb":  # reading the other kind asks a name server
        _check(f"{scheme}://{'user:password@' if at else ''}{place}")
    name, _, password = user.partition(":")
    shown_user = f"{name}:***@" if at else ""
    values = {password, *(value for key, value in parse_qsl(options) if _SECRET.search(key))}
    secrets = frozenset(values | {unquote(value) for value in values}) - {""}
    text = f"{scheme}://{shown_user}{hosts}/{database}"
    return MongoAddress(url, text, database, options, secrets)


def _check(url: str, told: str = "") -> None:
    """Raise AddressError with what pymongo has against a URL, or with what is to be told of it."""
    try:
        parse_uri(url)
    except (PyMongoError, ValueError) as error:
        reason = told or " ".join(str(error).split())
        raise AddressError(f"cannot read the MongoDB URL: {reason}") from None
