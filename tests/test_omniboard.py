"""What `omniboard/` adds to Omniboard: it answers its own page alone, on this machine alone."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "omniboard"
NODE = shutil.which("node")
# In the place of Omniboard: a server that allows everything to everybody, and says its address.
SERVER = """
const server = require("http").createServer((request, response) => {
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.end("done");
});
server.listen(0, () => console.log(JSON.stringify(server.address())));
"""

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no Node.js")


def serve(**environment: str) -> Iterator[int]:
    added = [word for name in ("loopback", "guard") for word in ("--require", f"./{name}.js")]
    process = subprocess.Popen(
        [str(NODE), *added, "-e", SERVER],
        cwd=FOLDER,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = json.loads(process.stdout.readline())
        assert address["address"] == "127.0.0.1"
        yield address["port"]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    yield from serve()


@pytest.fixture(scope="module")
def guarded_port() -> Iterator[int]:
    yield from serve(OMNIBOARD_PASSWORD="sesame: open")


def ask(port: int, method: str = "GET", host: str = "localhost", **headers: str) -> int:
    """The status of the answer to a request; names of headers have "_" for "-"."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    named = {name.replace("_", "-"): value.format(port=port) for name, value in headers.items()}
    connection.request(method, "/api", headers={"Host": f"{host}:{port}", **named})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_its_own_page_and_programs_are_answered(port: int, method: str) -> None:
    assert ask(port, method) == 200
    for host in ("localhost", "127.0.0.1"):
        own = {"Origin": f"http://{host}:{{port}}", "Sec_Fetch_Site": "same-origin"}
        assert ask(port, method, host, **own) == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Origin": "http://127.0.0.1:{port}"},  # the page is localhost's
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"host": "example.org"},  # a name that was made to lead here
        {"host": "localhost.example.org"},
    ],
)
def test_no_other_page_is(port: int, method: str, headers: dict[str, str]) -> None:
    assert ask(port, method, **headers) == 403


def test_a_link_to_it_can_be_followed(port: int) -> None:
    followed = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert ask(port, "GET", **followed) == 200
    assert ask(port, "POST", **followed) == 403


def test_it_asks_for_the_password_that_is_set(guarded_port: int) -> None:
    def login(words: str) -> str:
        return f"Basic {base64.b64encode(words.encode()).decode()}"

    assert ask(guarded_port) == 401
    assert ask(guarded_port, Authorization="Basic") == 401
    assert ask(guarded_port, Authorization=login("admin:sesame")) == 401
    assert ask(guarded_port, Authorization=login("admin:sesame: open")) == 200
    right = login("admin:sesame: open")
    assert ask(guarded_port, "DELETE", Authorization=right, Origin="https://example.org") == 403
