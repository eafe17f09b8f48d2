"""No password of an address is shown, written or sent, whatever characters it is made of."""

from __future__ import annotations

import argparse
import io
import json
import random
import string
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError

from acd_plugin.cli.main import main
from acd_plugin.cli.options import make_parser
from acd_plugin.credentials import shown, shown_command, without_credentials
from acd_plugin.errors import UserError
from acd_plugin.tracking.publication import Copies, publish
from acd_plugin.tracking.trackers.mongo.address import parse_address
from acd_plugin.tracking.trackers.mongo.run_documents import run_document
from tests.slow import slow
from tests.tracking.trackers.mongo.conftest import RecordedRun

SOME = [0, *slow([50, 100, 150])]  # cases
ODD = "/?#@:%&=+ '\"\\[]{}<>|$;,!~*()^`äß漢\t"


def secret_words(rng: random.Random) -> list[str]:
    """Letters that occur nowhere else."""
    return ["".join(rng.choices(string.ascii_letters, k=9)) for _ in range(3)]


def odd_address(rng: random.Random, words: list[str]) -> str:
    """An address whose password is these words with odd characters around and between them."""
    parts = [word + "".join(rng.choices(ODD, k=rng.randrange(3))) for word in words]
    password = "".join(rng.choices(ODD, k=rng.randrange(2))) + "".join(parts)
    scheme = rng.choice(["mongodb", "mongodb+srv", "https", "redis", "ssh"])
    user = rng.choice(["", "me", "a.b", "o'neil"])
    end = rng.choice(["", "/lab", "/lab?retryWrites=true", ":27017/lab", ":not a port/x", "/a.b"])
    return f"{scheme}://{user}:{password}@{rng.choice(['localhost', 'db.example.org'])}{end}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACD_MONGO_URL", raising=False)
    return tmp_path


def cases(first: int = 0, count: int = 200) -> Iterator[tuple[str, list[str], random.Random]]:
    for seed in range(first, first + count):
        rng = random.Random(seed)
        words = secret_words(rng)
        yield odd_address(rng, words), words, rng


def tells(text: str, words: list[str]) -> bool:
    return any(word in text for word in words)


def output_of(*words: str) -> str:
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        main(list(words))
    return output.getvalue()


@pytest.mark.parametrize("first", SOME)
@pytest.mark.usefixtures("here")
def test_no_message_tells_a_password(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for address, words, rng in cases(first, 50):
        commands = [
            ["sync", f"--mong={address}"],
            ["sync", f"--mongo={address}"],
            ["sync", "--mongo", address],
            ["train", "--config=dial", "--env-config=cyborg_small", f"--mongo={address}", "x"],
            [f"--config={address}", "--env-config=cyborg_small"],
            ["evaluate", "1", "with", address],
            ["evaluate", "1", "with", f"env_args.server={address}"],
            ["evaluate", address],
            ["report", address],
            [address],
        ]
        for command in rng.sample(commands, 3):
            assert not tells(output_of(*command), words), command
        monkeypatch.setenv("ACD_MONGO_URL", address)
        assert not tells(output_of("sync"), words), address
        monkeypatch.delenv("ACD_MONGO_URL")


def test_what_is_no_url_of_mongodb_is_refused_without_its_password() -> None:
    read = 0
    for address, words, _ in cases():
        told, is_read = told_of(address)
        assert not tells(told, words), address
        assert is_read or "write it like mongodb://user:password@localhost" in told
        read += is_read
    assert read > 5


def told_of(address: str) -> tuple[str, bool]:
    """All that is said of an address, and whether it can be read."""
    try:
        found = parse_address(address)
    except UserError as error:
        return str(error), False
    return f"{found} {found!r} {found.explain(PyMongoError(f'no luck with {address}'))}", True


@pytest.mark.parametrize("first", SOME)
def test_nothing_that_is_recorded_copied_or_sent_has_a_password(first: int, tmp_path: Path) -> None:
    for number, (address, words, _) in enumerate(cases(first, 50)):
        here = tmp_path / str(number)
        run = RecordedRun(here / "results", remote=address)
        told = f"connected to {address}\nhalf of a line: "
        run.log(0, 3, output=told + address[: len(address) // 2])
        run.log(3, 4, output=f"{told}{address}\n")
        run.complete()
        assert not tells(repr(run_document(run.folder)), words)
        assert not files_that_tell(here, words)
        record = json.loads((run.folder.path / "run.json").read_text())
        record["meta"] = {"command_line": f"main.py with server={address!r}", "comment": address}
        record["experiment"]["repositories"] = [{"url": address, "commit": "a", "dirty": False}]
        (run.folder.path / "run.json").write_text(json.dumps(record))  # as an earlier release did
        assert not tells(repr(run_document(run.folder)), words)
        publish(run.folder, Copies(here / "copies"), ["loss"])
        assert not files_that_tell(here / "copies", words)


def files_that_tell(folder: Path, words: list[str]) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if tells(path.read_text(), words)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no address: a@b", "no address: a@b"),
        ("see https://example.org/a for more", "see https://example.org/a for more"),
        ("git://me:pw@host/x.git", "git://***@host/x.git"),
        ("ssh://git@host/x", "ssh://***@host/x"),
        ("https://host/x?access_token=abc&b=1", "https://host/x?access_token=***&b=1"),
        ("'x' is 'redis://me:pa ss...': no", "'x' is 'redis://***@ ss...': no"),
    ],
)
def test_what_is_shown_of_a_text(text: str, told: str) -> None:
    if "..." not in text:
        assert shown(text) == told
    assert shown(shown(text)) == shown(text)


def test_what_stands_between_two_words_of_a_command_stays() -> None:
    command = "main.py 'server=redis://me:a b@host/1' lr=0.1 note=a@b"
    assert shown_command(command) == "main.py 'server=redis://***@host/1' lr=0.1 note=a@b"
    assert without_credentials({"command_line": command, "n": [1, None]}) == {
        "command_line": shown_command(command),
        "n": [1, None],
    }


def test_no_option_can_be_abbreviated() -> None:
    waiting = [make_parser("main.py")]
    seen = 0
    while waiting:
        parser = waiting.pop()
        seen += 1
        assert not parser.allow_abbrev, parser.prog
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                waiting += action.choices.values()
    assert seen > 12
