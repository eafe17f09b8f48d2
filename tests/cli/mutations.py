"""Command lines and files with slips and malice in them: the same for the same number."""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from acd_plugin.configuration.layers import load_config
from tests.house.source import ROOT

# What people write by mistake, and what others write on purpose.
VALUES = [
    *("", "~", "null", "None", "true", "True", "on", "no", "-", "=", "with", "--", "..", "."),
    *("0", "-1", "1", "2", "010", "0o17", "0x10", "1_000", "1e6", "5e-2", "1.5", "-0.0", "1e20"),
    *("1e300", "1e400", ".inf", "-.inf", ".nan", "4294967296", "18446744073709551616", "1:30"),
    *("9" * 50, "9" * 5000, "0x" + "f" * 5000, "1." + "0" * 5000, "x" * 50_000, "1e" + "9" * 60),
    *("2026-01-01", "[1, 2]", "[", "{", "{}", "[]", "{a: 1, a: 2}", "{a: {b: {c: 1}}}", "a: b: c"),
    *(
        "!!python/object/apply:os.system ['touch hacked']",
        "!!str 1",
        "! 1",
        "!!float 1",
        "%YAML 1.1",
    ),
    *("&a [*a]", "*a", "&a 1", "'", '"', "'a", '"\\ud800"', '"\\e[2J"', '"\\U00110000"', "| ", ">"),
    *("[" * 3000, "- " * 3000, "{a: " * 3000, "? " * 3000, "a: &a [x,x]", "<<: {a: 1}", "# a", "@"),
    *("nowhere.yaml", "/dev/zero", "/dev/null", "a/b", "../..", "pipe.yaml", "folder.yaml", "~/x"),
    *(
        "\t",
        "\n",
        "a\nb",
        "\r\n",
        "\x07",
        "é",
        "\U0001f98a",
        "\udcff",
        "\ufeff",
        "\u2028",
        "%s",
        "{0}",
    ),
    *("high", "native", "cyborg", "sau", "qmix", "dial", "dial_mac", "iql", "c_net", "rnn", "vdn"),
    *("held_out", "held_out:0..3", "held_out:99", "generated", "broadcast", "always_1", "inverted"),
    *("paper+direct", "team", "hidden_target", "[0.1, 0.9]", "[[1, 2]]", "set_net", "rial_mac"),
    *("0..3", "3..0", "0..9999999999", "1,1", "0,x", "[0, 1]", "0..1,4294967296", "auto", "cuda"),
]
FILES = {
    "algorithm": ["config/algs/dial.yaml", "config/algs/qmix.yaml", "config/algs/rial.yaml"],
    "environment": [
        "config/envs/cyborg_small.yaml",
        "config/envs/generated.yaml",
        "examples/environment/echo.yaml",
    ],
    "scenario": [
        "config/scenarios/dial_2_subnets.yaml",
        "config/scenarios/branch_office.yaml",
        "config/scenarios/hidden_target.yaml",
    ],
    "plan": ["experiments/smoke.yaml", "tests/data/variants.yaml"],
}
KINDS = ["command", *FILES]
_KEYS = sorted(load_config("dial", "cyborg_small", []))
_NESTED = [
    *("env_args.time_limit", "env_args.costs.block", "env_args.costs", "env_args.scenario"),
    *("env_args.networks", "env_args.games_per_network", "env_args.generator.hosts"),
    *("env_args.host_profile", "env_args.sees", "env_args.attacker", "env_args.reward_terms"),
    *("channel.loss", "channel.delay", "channel.flip", "channel.liar", "channel.lie"),
]
_SMALL = ["batch_size=8", "batch_size_run=8", "buffer_size=8", "hidden_dim=16", "test_nepisode=8"]


class Mutant(NamedTuple):
    """What is typed; the files that it names lie in the working folder."""

    words: list[str]
    told: str  # what was done, for who looks into a failure


def mutant(kind: str, number: int) -> Mutant:
    """Return a mutant, the same for the same number; writes files into the working folder."""
    rng = random.Random(f"{kind} {number}")
    if kind == "command":
        return _command(rng)
    source = ROOT / rng.choice(FILES[kind])
    for neighbour in source.parent.glob("*.py"):  # a plugin beside it
        shutil.copy(neighbour, neighbour.name)
    told = _write(rng, source, Path("mine.yaml"))
    if kind == "plan":
        words = ["experiment", "run", "mine.yaml", "--dry-run"]
    elif kind == "algorithm":
        words = ["--config=mine.yaml", "--env-config=cyborg_small"]
    elif kind == "environment":
        words = ["--config=qmix", "--env-config=mine.yaml"]
    else:
        overrides = [*_SMALL, "env_args.scenario=mine.yaml"]
        words = ["--config=dial", "--env-config=cyborg_small", "with", *overrides]
    return Mutant(words, f"{source.name}: {told}")


# With a run that was trained for three epochs.
_PLAYED = [
    ["evaluate", "1", "--episodes=2", "with", "channel.loss=0.5", "channel.liar=0"],
    ["evaluate", "1", "--episodes=2", "with", "env_args.attacker=[paper,direct]"],
    [
        *("evaluate", "1", "results/1", "--episodes=2", "--side-by-side", "with"),
        *("env_args.detection_rate=[0.1,0.9]", "channel.delay=[1,2]"),
    ],
    ["evaluate", "1", "--episodes=2", "--seed=3", "--render", "--backend=native"],
    ["watch", "1", "--games=1", "--out=games.html", "with", "env_args.sees=team"],
    ["export", "1", "--out=policy.safetensors"],
    ["communication", "1", "--episodes=2", "--seed=1"],
    ["networks", "draw", "0..2", "--out=drawn", "with", "generator.hosts=[2,3]"],
    ["compare", "1", "--out=picture.svg", "--metric=return_mean"],
    ["experiment", "run", "mine.yaml", "--dry-run", "--only=*seed 1"],
    ["resume", "1", "with", "t_max=720"],
]


def played(number: int) -> list[str]:
    """Return words about a trained run, with a few mistakes in them."""
    rng = random.Random(f"played {number}")
    words = list(_PLAYED[number % len(_PLAYED)])
    _write(rng, ROOT / FILES["plan"][1], Path("mine.yaml"))
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(1, len(words))
        key, equals, _ = words[place].partition("=")
        value = rng.choice(VALUES)
        kind = rng.randrange(6)
        if kind <= 1:
            words[place] = f"{key}={value}" if equals else value
        elif kind == 2 and words[place]:
            words[place] = _slip(rng, words[place])
        elif kind == 3:
            words.insert(place, words[rng.randrange(1, len(words))])
        elif kind == 4:
            words += [*([] if "with" in words else ["with"]), f"{rng.choice(_NESTED)}={value}"]
        elif len(words) > 2:
            del words[place]
    return words


def _command(rng: random.Random) -> Mutant:
    options = ["--config=dial", "--env-config=cyborg_small"]
    overrides = list(_SMALL)
    for _ in range(rng.randint(1, 3)):
        key, value = rng.choice(_KEYS + _NESTED), rng.choice(VALUES)
        place = rng.randrange(2)
        kind = rng.choices(range(8), weights=[8, 2, 2, 1, 2, 1, 3, 1])[0]
        if kind == 0:
            overrides.append(f"{key}={value}")
        elif kind == 1:
            overrides.append(f"{_slip(rng, key)}={value}")
        elif kind == 2:
            overrides.append(_slip(rng, f"{key}={value[:20]}"))
        elif kind == 3:
            overrides.append(value)
        elif kind == 4:
            options[place] = options[place].partition("=")[0] + "=" + value
        elif kind == 5:
            options[place] = _slip(rng, options[place])
        elif kind == 6:
            options.append(rng.choice(["--plugin=", "--tag=", "--epymarl="]) + value)
        else:
            options.insert(0, value)
    return Mutant([*options, "with", *overrides], "")


def _slip(rng: random.Random, word: str) -> str:
    """Return a word with one slip of the finger in it."""
    place = rng.randrange(len(word))
    return rng.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + rng.choice(".=_- 0aZ") + word[place:],
            word[:place] + word[place:].swapcase(),
            word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
        ]
    )


def _write(rng: random.Random, source: Path, path: Path) -> str:
    """Write a file that is, in most cases, like the source but for a few places."""
    text = source.read_text(encoding="utf-8")
    special: dict[str, Callable[[], object]] = {
        "a pipe": lambda: os.mkfifo(path),
        "a folder": path.mkdir,
        "a device": lambda: path.symlink_to("/dev/zero"),
        "a circle": lambda: path.symlink_to(path.name),
        "nothing": lambda: None,
        "too large": lambda: path.write_text(text + "#" * 2**18),
        "not UTF-8": lambda: path.write_bytes(text.encode("utf-16")),
        "two documents": lambda: path.write_text(f"{text}---\n{text}"),
        "Windows": lambda: path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()),
        "bombs": lambda: path.write_text(_bomb()),
    }
    if rng.random() < 0.1:
        told = rng.choice(sorted(special))
        special[told]()
        return told
    done = []
    for _ in range(rng.randint(1, 3)):
        change = rng.choice(
            [_line_lost, _line_twice, _value, _value, _value, _key, _character, _cut]
        )
        text, told = change(rng, text)
        done.append(told)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return ", ".join(done)


def _bomb() -> str:
    names = [chr(letter) for letter in range(ord("a"), ord("k"))]
    lines = ["a: &a [x, x, x, x, x, x, x, x]"]
    for before, name in itertools.pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 8)}]")
    return "\n".join(lines)


Change = tuple[str, str]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True) or ["\n"]


def _line_lost(rng: random.Random, text: str) -> Change:
    lines = _lines(text)
    place = rng.randrange(len(lines))
    return "".join(lines[:place] + lines[place + 1 :]), f"line {place + 1} lost"


def _line_twice(rng: random.Random, text: str) -> Change:
    lines = _lines(text)
    place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines.insert(other, lines[place])
    return "".join(lines), f"line {place + 1} again before line {other + 1}"


def _value(rng: random.Random, text: str) -> Change:
    lines = _lines(text)
    places = [number for number, line in enumerate(lines) if ": " in line] or [0]
    place, value = rng.choice(places), rng.choice(VALUES)
    head = lines[place].partition(": ")[0]
    lines[place] = f"{head}: {value}\n"
    return "".join(lines), f"{head.strip()}: {value[:40]!r}"


def _key(rng: random.Random, text: str) -> Change:
    lines = _lines(text)
    places = [number for number, line in enumerate(lines) if ":" in line] or [0]
    place = rng.choice(places)
    key, colon, rest = lines[place].partition(":")
    slipped = _slip(rng, key) if key else "x"
    lines[place] = slipped + colon + rest
    return "".join(lines), f"{key.strip()} is {slipped.strip()!r}"


def _character(rng: random.Random, text: str) -> Change:
    place = rng.randrange(len(text) or 1)
    character = rng.choice(
        "\t\x00\x1b\x7f\x85\u2028\udc80{}[]:,#&*!|>'\"%@`-? \n\r\ufeff\U0001f98a"
    )
    return text[:place] + character + text[place:], f"{character!r} at {place}"


def _cut(rng: random.Random, text: str) -> Change:
    begin = rng.randrange(len(text) or 1)
    end = begin + rng.randint(1, 60)
    return text[:begin] + text[end:], f"{begin} to {end} lost"
