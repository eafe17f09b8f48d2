"""Make the reference data of release 0.1.0 again; README.md beside this file describes them.

    cd CHECKOUT_OF_0.1.0 && PYTHONPATH=. python .../make.py OUT [PART ...]

Only the release's own code may do that, so everything else is refused. The release's modules are
looked up by name while this runs: later code, whose checks read this file too, need not have them.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import lzma
import math
import os
import platform
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]
Points = dict[str, list[list[Any]]]  # metric -> [[step, value as float.hex()], ...]

# `sources()` of release 0.1.0.
RELEASE = "0fd303b471fa860b8b9b28ea401fd97cf59b57b55c38a6da3a909fcbfe965340"


def release(module: str) -> Any:
    """Return a module of the release."""
    return importlib.import_module(f"acd_plugin.{module}")


def checkout() -> Path:
    """Return where the package that is imported lies."""
    package = importlib.import_module("acd_plugin").__file__
    assert package is not None
    return Path(package).resolve().parent.parent


def sources() -> str:
    """Return a hash of all code and configuration files of the package that is imported."""
    root = checkout()
    files = [*(root / "acd_plugin").rglob("*.py"), *(root / "config").rglob("*.yaml")]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


# ---------------------------------------------------------------------------------- state_digests

ENVIRONMENTS = (
    *("cyborg_small_no_block", "cyborg_small", "cyborg_small_green"),
    *("cyborg_large", "branch_office"),
)
PURPOSES = ("TRAIN", "TEST", "EVALUATE")
GAMES = 64
POLICY_SEED = 123
DICE = ("state.dice", "state.key")
BISECTED = (0, 1, 5)  # steps after which the digest so far is kept


class FieldDigests:
    """A running SHA-256 for every field: of all arrays that the field has been, one by one."""

    def __init__(self) -> None:
        self._running: dict[str, Any] = {}

    def add(self, name: str, array: NDArray[Any]) -> None:
        shape = ",".join(map(str, array.shape))
        running = self._running.setdefault(name, hashlib.sha256())
        running.update(f"{name} {array.dtype.str} {shape}\n".encode())
        running.update(np.ascontiguousarray(array).tobytes())

    def fields(self, dice: bool) -> dict[str, str]:
        """Return the digests so far, by name, of either the dice or all else."""
        return {
            name: self._running[name].hexdigest()
            for name in sorted(self._running)
            if (name in DICE) == dice
        }


def combined(fields: Mapping[str, str]) -> str:
    """Return one digest for several fields."""
    lines = "".join(f"{name} {fields[name]}\n" for name in sorted(fields))
    return hashlib.sha256(lines.encode()).hexdigest()


def play(environment: str, seed: int, purpose: str, first_episode: int) -> Json:
    """Play games to their end and return what is kept of them."""
    config = release("config").load_config("dial", environment, [])
    env = release("envs.registry").make_batch(config["env"], GAMES, seed, config["env_args"])
    policy = np.random.Generator(np.random.PCG64(POLICY_SEED))
    digests = FieldDigests()
    after: dict[int, tuple[str, str]] = {}

    def look(step: int) -> None:
        for name, array in env.state._asdict().items():
            digests.add(f"state.{name}", array)
        for name, array in env.totals._asdict().items():
            digests.add(f"totals.{name}", array)
        digests.add("threatened", env.threatened_agents())
        if step in BISECTED:
            after[step] = (combined(digests.fields(False)), combined(digests.fields(True)))

    env.reset(first_episode, release("envs.batch_env").Purpose[purpose])
    look(0)
    for step in range(1, env.episode_limit + 1):
        draws = policy.random((env.n_games, env.n_agents, env.n_actions))
        draws[~env.available_actions] = -1.0
        actions = draws.argmax(axis=2)
        result = env.step(actions)
        digests.add("actions", actions.astype(np.int64))
        for name in ("rewards", "terminated", "truncated"):
            digests.add(f"step.{name}", getattr(result, name))
        look(step)
    for name, values in env.episode_stats().items():
        digests.add(f"episode_stats.{name}", values)
    env.close()
    case: Json = {
        "environment": environment,
        "seed": seed,
        "purpose": purpose,
        "first_episode": first_episode,
        "steps": env.episode_limit,
    }
    for place, (group, dice) in enumerate((("game", False), ("dice", True))):
        fields = digests.fields(dice)
        case[group] = {
            "after_step": {str(step): found[place] for step, found in after.items()},
            "final": combined(fields),
            "fields": fields,
        }
    return case


def state_digests(out: Path) -> None:
    cases = [
        *(
            play(environment, seed, purpose, 0)
            for environment in ENVIRONMENTS
            for seed in (0, 7)
            for purpose in PURPOSES
        ),
        *(play(environment, 7, "TRAIN", 1000) for environment in ENVIRONMENTS),
    ]
    about = {"games": GAMES, "policy_seed": POLICY_SEED}
    write(out / "state_digests.json", {**about, "cases": cases})


# ------------------------------------------------------------------------------------------ runs


class Run(NamedTuple):
    """What is trained, and with which overrides."""

    algorithm: str
    environment: str
    overrides: tuple[str, ...]

    def about(self) -> Json:
        return {**self._asdict(), "overrides": list(self.overrides)}


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Work in an empty folder, so that all that is written is written at relative paths."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        try:
            yield Path()
        finally:
            os.chdir(before)


def command(*words: str) -> None:
    if release("cli.main").main(list(words)) != 0:
        raise RuntimeError(" ".join(words))


def train(run: Run) -> Path:
    """Train in the current folder and return the run's folder."""
    words = (f"--config={run.algorithm}", f"--env-config={run.environment}", "with")
    command(*words, *run.overrides)
    return Path("results/1")


def points(folder: Path) -> Points:
    """Return all that a run has measured, but how fast it was."""
    found: Points = defaultdict(list)
    run_folder = release("tracking.run_folder").RunFolder(folder)
    for point in release("tracking.metric_file").read_metrics(run_folder):
        if point["name"] != "steps_per_second":
            found[point["name"]].append([point["step"], float(point["value"]).hex()])
    return dict(sorted(found.items()))


def between(found: Points, first: int, last: int) -> Points:
    """Return the points with ``first`` < step <= ``last``."""
    kept = {
        name: [point for point in series if first < point[0] <= last]
        for name, series in found.items()
    }
    return {name: series for name, series in kept.items() if series}


# ----------------------------------------------------------------------------------- checkpoints

FRESH = ("batch_size=4", "batch_size_run=4", "buffer_size=4")
REPLAYED = ("batch_size=4", "batch_size_run=2", "buffer_size=8")
TINY = (
    *("hidden_dim=8", "lr=0.01", "epsilon_anneal_time=2000"),  # soon acts by what it has learned
    *("test_nepisode=4", "keep_checkpoints=0"),
)
EVERY = ("runner_log_interval=1", "learner_log_interval=1")
SOMETIMES = ("runner_log_interval=400", "learner_log_interval=400")
EPISODES = 16  # greedy games


def _tiny(algorithm: str, *overrides: str, environment: str = "cyborg_small") -> Run:
    half = 2400 if environment == "cyborg_large" else 1200
    times = {
        "t_max": 2 * half,
        "save_model_interval": half,
        "test_interval": half // 4,
        "log_interval": half // 2,
    }
    words = [f"{key}={value}" for key, value in times.items()]
    return Run(algorithm, environment, (*TINY, *words, *overrides))


def _comm(algorithm: str, *overrides: str, environment: str = "cyborg_small") -> Run:
    own = (*FRESH, *EVERY, "target_update_interval_or_tau=12.0")  # episodes: 3 updates
    return _tiny(algorithm, *own, *overrides, environment=environment)


def _replayed(algorithm: str, *overrides: str) -> Run:
    own = (*REPLAYED, *SOMETIMES, "target_update_interval_or_tau=8.0")  # updates
    return _tiny(algorithm, *own, *overrides)


TINY_RUNS = {
    "dial": _comm("dial"),
    "dial_2_bits_separate": _comm("dial", "n_bits=2", "share_parameters=False"),
    "dial_large": _comm("dial", environment="cyborg_large"),
    "dial_nocomm": _comm("dial_nocomm"),
    "dial_alarm": _comm("dial_alarm"),
    "dial_oracle": _comm("dial_oracle"),
    "rial": _comm("rial"),
    "qmix": _replayed("qmix", "mixing_embed_dim=8", "hypernet_embed=8"),
    "vdn": _replayed("vdn"),
    "iql": _replayed("iql"),
    "ippo": _tiny("ippo", *FRESH, *SOMETIMES),  # the target follows softly at every update
    "mappo": _tiny("mappo", *FRESH, *SOMETIMES, "target_update_interval_or_tau=4.0"),
}


def greedy_returns(checkpoint: Path) -> list[float]:
    """Return what the policy reaches in evaluation games 0, 1, ... of seed 0."""
    release("hosts").use(release("hosts.builtin").BUILTIN)
    stored = release("tracking.checkpoint").load_checkpoint(checkpoint)
    training = release("cli.stored_run").load_policy(checkpoint, stored, 0, [])
    returns: list[float] = training.evaluate(EPISODES, False)["return"].tolist()
    training.runner.close_env()
    return returns


def resumed(checkpoint: Path) -> Points:
    """Return what a run measures that goes on from a copy of the checkpoint."""
    copy = Path("resumed/1/checkpoints") / checkpoint.name
    copy.parent.mkdir(parents=True)
    shutil.copyfile(checkpoint, copy)
    command("resume", str(copy))
    return points(copy.parent.parent)


def tiny_run(name: str, out: Path) -> Json:
    """Train one, keep its checkpoint at half time and return what else is kept."""
    run = TINY_RUNS[name]
    with temporary_folder():
        folder = train(run)
        first, second = sorted(folder.glob("checkpoints/*.pt"), key=lambda path: int(path.stem))
        half, end = int(first.stem), int(second.stem)
        found = points(folder)
        later = between(found, half, end)
        if resumed(first) != later:
            raise RuntimeError(f"{name}: goes on otherwise when it is resumed")
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{name}.pt.xz").write_bytes(lzma.compress(first.read_bytes(), preset=9))
        return {
            **run.about(),
            "checkpoint": f"checkpoints/{name}.pt.xz",
            "t1": half,
            "t2": end,
            "until_t1": between(found, -1, half),
            "after_t1": later,
            "greedy_returns_t1": greedy_returns(first),
            "greedy_returns_t2": greedy_returns(second),
        }


def checkpoints(out: Path) -> None:
    runs = {name: tiny_run(name, out / "checkpoints") for name in TINY_RUNS}
    write(out / "continued_metrics.json", {"runs": runs})


# ---------------------------------------------------------------------------------- first_epochs

SEED = ("seed=3", "torch_threads=1")
FULL_RUNS = {
    "dial": Run("dial", "cyborg_small", (*SEED, "t_max=19200")),
    "dial_large": Run("dial", "cyborg_large", (*SEED, "t_max=38400")),
    "dial_nocomm": Run("dial_nocomm", "cyborg_small", (*SEED, "t_max=11520")),
    "rial": Run("rial", "cyborg_small", (*SEED, "t_max=11520")),
    "qmix": Run("qmix", "cyborg_small", (*SEED, "t_max=9600", "batch_size=16", *EVERY)),
    "ippo": Run("ippo", "cyborg_small", (*SEED, "t_max=9600", *EVERY)),
}


def full_run(name: str) -> Json:
    with temporary_folder():
        return {**FULL_RUNS[name].about(), "metrics": points(train(FULL_RUNS[name]))}


def first_epochs(out: Path) -> None:
    write(out / "first_epochs.json", {"runs": {name: full_run(name) for name in FULL_RUNS}})


# ------------------------------------------------------------------------------ published_groups


def published_groups(out: Path) -> None:
    results = checkout() / "docs" / "results" / "runs"
    records, damaged = release("analysis.run_record").read_records(results)
    found, problems = release("analysis.scores").cells(records)
    if damaged or problems:
        raise RuntimeError([*damaged, *problems])
    runs = {
        score.run.id: {
            "group": cell.group,
            "environment": cell.environment,
            "mean": score.mean,
            "sd": None if math.isnan(score.sd) else score.sd,
            "episodes": score.episodes,
        }
        for cell in found
        for score in cell.scores
    }
    identities: dict[Any, list[str]] = defaultdict(list)
    for record in records:
        identities[release("analysis.groups").learned_with(record.config)].append(record.id)
    content = {
        "runs": {run: runs[run] for run in sorted(runs, key=int)},
        "identities": sorted(
            (sorted(alike, key=int) for alike in identities.values()), key=lambda ids: int(ids[0])
        ),
    }
    write(out / "published_groups.json", content)


# ------------------------------------------------------------------------------------------ main


def made_with(out: Path) -> None:
    torch, cpuinfo = map(importlib.import_module, ("torch", "cpuinfo"))
    versions = {
        name: importlib.import_module(name).__version__ for name in ("torch", "numpy", "numba")
    }
    about = {
        "sources": sources(),
        "python": platform.python_version(),
        **versions,
        "torch_cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "cpu_vendor": cpuinfo.get_cpu_info().get("vendor_id_raw"),
    }
    write(out / "made_with.json", about)


def write(path: Path, content: Json) -> None:
    """Write JSON, with a list of plain values on one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(content, "") + "\n")


def _text(value: Any, margin: str) -> str:
    inner = margin + " "
    if isinstance(value, dict) and value:
        rows = [f"{json.dumps(key)}: {_text(own, inner)}" for key, own in value.items()]
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        rows = [_text(own, inner) for own in value]
    else:
        return json.dumps(value, allow_nan=False)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    lines = ",\n".join(inner + row for row in rows)
    return f"{opening}\n{lines}\n{margin}{closing}"


PARTS: dict[str, Callable[[Path], None]] = {
    part.__name__: part
    for part in (made_with, state_digests, checkpoints, first_epochs, published_groups)
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the reference data of release 0.1.0 again.")
    parser.add_argument("out", type=Path, help="the folder that gets them")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (all)")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if sources() != RELEASE:
        print("error: the package that is imported is not release 0.1.0", file=sys.stderr)
        return 2
    for part in options.parts or PARTS:
        PARTS[part](options.out.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
