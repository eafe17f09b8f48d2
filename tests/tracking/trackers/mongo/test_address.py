"""MongoDB URLs: what is refused, and that passwords stay unseen."""

from __future__ import annotations

import pytest
from pymongo.errors import (
    AutoReconnect,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from acd_plugin.errors import UserError
from acd_plugin.tracking.trackers.mongo.address import parse_address

SECRET = "hunt%40r2"


@pytest.mark.parametrize(
    "url",
    [
        "localhost:27017",
        "http://localhost/sacred",
        "mongodb://",
        f"mongodb://me:{SECRET}@localhost:notaport/sacred",
        f"mongodb://me:{SECRET}@localhost:99999/sacred",
        f"mongodb://me:{SECRET}@localhost/a.b",
        f"mongodb://me:{SECRET}@[::1/sacred",
        "",
        "{}",
    ],
)
def test_what_is_no_mongodb_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(
        UserError, match=r"write it like mongodb://user:password@localhost"
    ) as error:
        parse_address(url)
    assert "hunt" not in str(error.value)


def test_the_password_is_never_shown() -> None:
    address = parse_address(f"mongodb://me:{SECRET}@localhost:27017/lab?authSource=admin")
    assert str(address) == "mongodb://me:***@localhost:27017/lab"
    assert "hunt" not in repr(address)
    told = address.explain(PyMongoError("no luck with hunt@r2 or hunt%40r2\nat all"))
    assert told == "mongodb://me:***@localhost:27017/lab: no luck with *** or *** at all"


def test_the_database_is_sacred_unless_the_url_names_one() -> None:
    assert parse_address("mongodb://localhost").database == "sacred"
    assert parse_address("mongodb+srv://cluster.example.org/lab").database == "lab"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationFailure("Authentication failed.", 18), "refuses this user name or password"),
        (OperationFailure("bad auth", 8000), "refuses this user name or password"),
        (OperationFailure("not authorized", 13), "may not write there (it needs the role readWr"),
        (ServerSelectionTimeoutError("a long story"), "does not answer"),
        (AutoReconnect("connection reset by peer"), "does not answer"),
    ],
)
def test_common_errors_are_told_in_plain_words(error: PyMongoError, words: str) -> None:
    assert words in parse_address("mongodb://localhost/lab").explain(error)


def test_timeouts_are_short_unless_the_url_sets_them() -> None:
    options = parse_address("mongodb://localhost").connect().client.options
    assert options.server_selection_timeout == 2.0
    assert options.pool_options.socket_timeout == 5.0
    patient = parse_address("mongodb://localhost/?serverSelectionTimeoutMS=9000").connect()
    assert patient.client.options.server_selection_timeout == 9.0
