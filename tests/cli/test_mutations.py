"""Whatever is typed or stands in a file: it is legal, or it is refused in words, soon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

import pytest

from acd_plugin.cli import training as train_command
from acd_plugin.envs.registry import REGISTRY
from acd_plugin.experiments import estimate
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.hosts.host import Host
from acd_plugin.running.assembly import make_training
from acd_plugin.running.planned import Planned
from acd_plugin.running.recorded_run import Records
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.together import Ended
from acd_plugin.tracking.run_folder import RunFolder
from tests.cli.conftest import Call, Outcome
from tests.cli.mutations import KINDS, mutant, played
from tests.house.source import ROOT
from tests.slow import slow

AT_ONCE = 20  # mutants of a test
SECONDS = 20  # of a processor's time that one may take
WAITING = 60  # seconds that it may take on a busy machine
TryWords = Callable[[list[str], str], Outcome]
ALWAYS = [(kind, 0) for kind in KINDS]  # 100
MORE = [(kind, first) for kind in KINDS for first in range(AT_ONCE, 400, AT_ONCE)]  # 2,000 in all
# Of what is built: how large it may be.
SMALL = dict.fromkeys(["hidden_dim", "mixing_embed_dim", "hypernet_embed", "batch_size_run"], 256)
SMALL |= {"rnn_layers": 4, "n_bits": 16, "buffer_size": 5000}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[RunSpec]:
    """The runs that would have been started: they are built if that takes no time, not trained."""
    runs: list[RunSpec] = []

    def build(spec: RunSpec, records: Records | None, host: Host) -> RunFolder:
        del records
        if all(int(spec.config.get(key, 0)) <= most for key, most in SMALL.items()):
            make_training(spec, NullRecorder(), host)
        runs.append(spec)
        return RunFolder(Path("not_written"))

    def build_all(planned: Sequence[Planned], each_alone: object) -> list[Ended]:
        del each_alone
        for run in planned:
            build(run.spec, None, BUILTIN)
        return []

    monkeypatch.setattr(train_command, "train", build)
    monkeypatch.setattr(train_command, "train_many", build_all)
    monkeypatch.setattr(estimate, "estimate", lambda jobs: {job.name: 1.0 for job in jobs})
    return runs


@pytest.fixture(autouse=True)
def watch() -> Iterator[None]:
    """Nothing may hang: neither in reading nor in waiting for a pipe."""

    def give_up(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, give_up)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def try_words(call: Call) -> TryWords:
    """Return a function that runs ``what``, which must end in time and without a traceback."""

    def run(words: list[str], what: str) -> Outcome:
        signal.alarm(WAITING)
        try:
            outcome = call(*words)
        except Exception as error:
            raise AssertionError(what) from error
        signal.alarm(0)
        assert outcome.code in (0, 2), what
        return outcome

    return run


@pytest.mark.parametrize(("kind", "first"), [*ALWAYS, *slow(MORE)])
def test_no_slip_ends_in_a_traceback(
    try_words: TryWords,
    started: list[RunSpec],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    first: int,
) -> None:
    for number in range(first, first + AT_ONCE):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        words, told = mutant(kind, number)
        REGISTRY.pop("echo", None)  # the example's environment, which registers itself
        what = f"mutant('{kind}', {number}): {[word[:80] for word in words]} {told}"
        already = len(started)
        begin = time.process_time()
        code, _, err = try_words(words, what)
        assert time.process_time() - begin < SECONDS, what
        if code == 2:
            assert len(started) == already, what
            assert "error: " in err, what
            assert len(err) < 3000, what
            assert len(err.splitlines()) == 1 or "nothing was run, because of" in err, what
        assert not Path("hacked").exists(), what
        assert not Path("results").exists() or kind == "plan", what


@pytest.mark.parametrize("first", [0, *slow(range(11, 330, 11))])
def test_no_slip_about_a_run_ends_in_a_traceback(
    try_words: TryWords, trained: str, started: list[RunSpec], results: Path, first: int
) -> None:
    kept = (results / trained / "run.json").read_bytes()
    for number in range(first, first + 11):
        words = played(number)
        what = f"played({number}): {[word[:80] for word in words]}"
        code, out, err = try_words(words, what)
        assert code == 0 or "error: " in err, what
        assert "nan" not in out.lower().split(), what
        assert (results / trained / "run.json").read_bytes() == kept, what
        if Path("mine.yaml").is_dir():
            Path("mine.yaml").rmdir()
        else:
            Path("mine.yaml").unlink(missing_ok=True)
    assert not started
    assert not Path("hacked").exists()


BAD = [
    ["--config=pipe.yaml", "--env-config=cyborg_small"],
    *slow(
        [
            ["--config=bomb.yaml", "--env-config=cyborg_small"],
            ["--config=dial", "--env-config=cyborg_small", "with", f"seed={'9' * 5000}"],
        ]
    ),
]


@pytest.mark.parametrize("words", BAD)
def test_the_program_itself_refuses_in_one_line(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "bomb.yaml").write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    os.mkfifo(tmp_path / "pipe.yaml")
    result = subprocess.run(
        [sys.executable, ROOT / "main.py", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("error: ")
    assert not (tmp_path / "results").exists()
