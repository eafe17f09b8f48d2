"""Kill a short run at every single write, and see whether what is left can be gone on with.

``python -m tests.cli.every_write FOLDER FIRST STEP`` does so at write FIRST, FIRST + STEP, ... of a
run, and prints what went wrong. Each run is a fork of this process, which has loaded and compiled
everything: that takes long. A write is whatever changes a file or a folder; one of content is cut
in half.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

import torch

from acd_plugin.analysis.runs.run_record import read_record
from acd_plugin.cli.main import main
from acd_plugin.tracking import plain_files, run_folder
from acd_plugin.tracking.checkpoint import load_checkpoint
from acd_plugin.tracking.metric_file import parse_point
from acd_plugin.tracking.run_folder import RunFolder
from tests.cli.conftest import EPOCH, TINY_RUN, numbers, run_json
from tests.tracking.test_checkpoint import same

EPOCHS = 2
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate", "shutil.copyfile"}


class Writes:
    """Counts the writes below a folder, and kills this process at one of them."""

    def __init__(self, folder: Path, last: int) -> None:
        self._folder = str(folder)
        self._last = last
        self.count = 0
        sys.addaudithook(self._watch)
        write, open_new = os.write, plain_files.open_new

        def write_or_die(file: int, content: Any) -> int:
            if self._is_inside(Path(f"/proc/self/fd/{file}").readlink()):
                self._count(lambda: write(file, bytes(content)[: len(content) // 2]))
            return write(file, content)

        def open_torn(path: Path) -> BinaryIO:
            return _Torn(self, open_new(path))  # type: ignore[return-value]

        os.write = write_or_die
        run_folder.open_new = open_torn  # type: ignore[attr-defined]

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        is_write = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3
        if (is_write or event in _CHANGES) and any(map(self._is_inside, arguments)):
            self._count(lambda: None)

    def _is_inside(self, path: object) -> bool:
        if isinstance(path, bytes | os.PathLike):
            path = os.fsdecode(path)
        return isinstance(path, str) and os.path.abspath(path).startswith(self._folder)  # noqa: PTH100

    def _count(self, tear: Callable[[], object]) -> None:
        self.count += 1
        if self.count == self._last:
            tear()
            os.kill(os.getpid(), signal.SIGKILL)


class _Torn:
    """A new file that is cut in half at its first write, or not moved into place after the last."""

    def __init__(self, writes: Writes, file: BinaryIO) -> None:
        self._writes, self._file = writes, file
        self._is_begun = False

    def write(self, piece: bytes) -> int:
        if not self._is_begun:
            self._is_begun = True
            self._writes._count(lambda: self._tear(bytes(piece)))
        return self._file.write(piece)

    def writelines(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self.write(piece)

    def flush(self) -> None:
        self._file.flush()
        self._writes._count(lambda: None)

    def _tear(self, piece: bytes) -> None:
        self._file.write(piece[: len(piece) // 2])
        self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Torn:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def in_a_fork(work: Callable[[], int]) -> int:
    """Do something in a process of its own; returns its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open("stderr", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def train(results: Path, last: int = 0, words: tuple[str, ...] = ()) -> int:
    """Train, or do what the words say, up to a write; returns the exit code."""

    def work() -> int:
        writes = Writes(results.absolute(), last)
        code = main(list(words) or [*_TRAIN, f"local_results_path={results}"])
        Path("count").write_text(str(writes.count))
        return code

    return in_a_fork(work)


_TRAIN = (
    "--config=dial",
    "--env-config=cyborg_small",
    "with",
    *TINY_RUN,
    f"t_max={EPOCHS * EPOCH}",
)


def problems_of(results: Path, whole: Path) -> list[str]:
    """Go on with what a kill has left, and return what is not as in the run that nobody killed."""
    folder = RunFolder(results / "1")
    if not (folder.path / "config.json").exists():
        return []  # the run had not begun
    record = read_record(folder)
    found = [] if record.status in ("KILLED", "COMPLETED") else [f"is {record.status}"]
    if record.status == "KILLED":
        words = ("resume", str(folder.path))
        code = train(results, words=words)
        if not record.can_be_resumed:
            return found + ([] if code == 2 else [f"without a checkpoint: exit code {code}"])
        if code:
            return [*found, f"resume: exit code {code}: {Path('stderr').read_text()[-300:]}"]
    if numbers(folder.path) != numbers(whole):
        found.append("other numbers")
    found += [f"line {line!r}" for line in damaged_lines(folder)]
    name = f"checkpoints/{EPOCHS * EPOCH}.pt"
    states = [load_checkpoint(place / name).state for place in (folder.path, whole)]
    if not same(*states):
        found.append("another checkpoint")
    ends = [run_json(place) for place in (folder.path, whole)]
    keys = ("status", "result", "artifacts")
    found += [f"{key}: {ends[0][key]}" for key in keys if ends[0][key] != ends[1][key]]
    left = [str(path) for path in results.rglob("*.tmp")]
    return found + ([f"left behind: {left}"] if left else [])


def damaged_lines(folder: RunFolder) -> list[bytes]:
    """Return the lines of metrics that cannot be read."""
    damaged = []
    for line in folder.metrics.read_bytes().splitlines(keepends=True):
        try:
            parse_point(line)
        except ValueError:
            damaged.append(line)
    return damaged


def enumerate_writes(place: Path, first: int, step: int) -> None:
    """Kill a run at each of these writes, and print what went wrong, and how many there were."""
    os.chdir(place)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    sys.stderr = io.StringIO()
    main([*_TRAIN, "local_results_path=warm"])
    sys.stderr = sys.__stderr__
    assert train(Path("whole")) == 0
    count = int(Path("count").read_text())
    tried = 0
    for last in range(first, count + 1, step):
        results = Path("killed")
        shutil.rmtree(results, ignore_errors=True)
        code = train(results, last)
        if code != -signal.SIGKILL:
            print(f"write {last}: exit code {code}")
        for problem in problems_of(results, Path("whole/1")):
            print(f"write {last}: {problem}")
        tried += 1
    print(f"{tried} of {count} writes")


if __name__ == "__main__":
    enumerate_writes(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
