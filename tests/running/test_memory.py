"""Memory is estimated before anything starts."""

from __future__ import annotations

import pytest

from acd_plugin.configuration.layers import load_config
from acd_plugin.errors import UserError
from acd_plugin.running.memory import (
    Memory,
    check_memory,
    check_playing,
    free_memory,
    memory_to_train,
    seeds_at_once,
)
from acd_plugin.running.run_spec import RunSpec, resolve

GIB = 2**30
PLENTY = Memory(10_000 * GIB, 10_000 * GIB)
H100 = Memory(100 * GIB, 70 * GIB)


def spec_of(algorithm: str, env: str = "cyborg_small", *overrides: str) -> RunSpec:
    return resolve(load_config(algorithm, env, ["device=cuda", *overrides]))


@pytest.mark.parametrize(("env", "measured"), [("cyborg_small", 0.12), ("cyborg_large", 0.35)])
def test_the_estimate_is_a_little_more_than_was_measured(env: str, measured: float) -> None:
    estimate = memory_to_train(spec_of("dial", env)).device / GIB
    assert measured < estimate < 1.5 * measured


@pytest.mark.parametrize(
    ("command", "measured"),  # by benchmarks/memory.py, in MiB
    [
        ("dial cyborg_small", 106),
        ("dial cyborg_large", 365),
        ("dial cyborg_small hidden_dim=2048", 1277),
        ("dial cyborg_small hidden_dim=512 rnn_layers=8", 413),
        ("dial cyborg_large hidden_dim=1024 share_parameters=False", 1163),
        ("qmix cyborg_large hidden_dim=2048", 792),
        ("qmix cyborg_large hypernet_layers=2 hypernet_embed=4096", 80),
        ("mappo cyborg_large hidden_dim=1024", 303),
    ],
)
def test_the_estimate_of_large_networks_is_what_they_take(command: str, measured: float) -> None:
    algorithm, env, *sizes = command.split()
    few = ["batch_size_run=8", "batch_size=8", "buffer_size=8"] if sizes else []
    spec = resolve(load_config(algorithm, env, [*sizes, *few]))
    assert 0.7 < memory_to_train(spec).host / 2**20 / measured < 1.6


def test_what_makes_a_network_large_is_named() -> None:
    with pytest.raises(UserError, match=r"hidden_dim=16000, rnn_layers=2 need about \d+\.\d GiB"):
        check_memory(spec_of("dial", "cyborg_small", "hidden_dim=16000"), Memory(GIB, GIB))


def test_a_replay_buffer_counts() -> None:
    buffers = ("buffer_size=10000", "buffer_size=5000")
    more, less = (memory_to_train(spec_of("qmix", "cyborg_large", b)) for b in buffers)
    assert 0.3 < (more.device - less.device) / GIB < 0.4
    assert more.host > less.host


def test_as_many_seeds_as_fit_are_trained_together() -> None:
    large = spec_of("dial", "cyborg_large")
    assert seeds_at_once(large, 32, H100) == 32
    assert seeds_at_once(large, 1, H100) == 1
    one = memory_to_train(large)
    room_for_20 = Memory(100 * GIB, 20.5 * one.device)
    assert seeds_at_once(large, 32, room_for_20) == 16  # in two groups of one size
    assert seeds_at_once(large, 45, room_for_20) == 15
    little_host = Memory(4.5 * one.host, 1000 * GIB)
    assert seeds_at_once(large, 8, little_host) == 4
    assert seeds_at_once(spec_of("qmix", "cyborg_large", "buffer_size=500000"), 10, H100) < 10


def test_a_number_is_honoured_or_refused() -> None:
    eight = spec_of("dial", "cyborg_small", "seeds_at_once=8")
    assert seeds_at_once(eight, 32, PLENTY) == 8
    assert seeds_at_once(eight, 5, PLENTY) == 5
    one = memory_to_train(eight)
    with pytest.raises(
        UserError, match=r"seeds_at_once=8: 8 seeds need about .* GiB of GPU memory"
    ):
        seeds_at_once(eight, 32, Memory(100 * GIB, 3.5 * one.device))
    with pytest.raises(UserError, match=r"at most 3, or leave it out"):
        seeds_at_once(eight, 32, Memory(100 * GIB, 3.5 * one.device))
    on_cpu = eight.changed(device="cpu")
    assert seeds_at_once(on_cpu, 32, Memory(100 * GIB)) == 8
    with pytest.raises(UserError, match=r"GiB of memory, and"):
        seeds_at_once(on_cpu, 32, Memory(0.5 * GIB))


def test_on_the_cpu_together_is_no_faster() -> None:
    assert seeds_at_once(spec_of("dial").changed(device="cpu"), 32, PLENTY) == 1


def test_a_device_that_is_too_small_is_told_with_the_figure() -> None:
    large = spec_of("dial", "cyborg_large")
    with pytest.raises(
        UserError,
        match=r"rnn_layers=2 need about 0\.\d GiB of GPU memory, and 0\.2 GiB are free: lower",
    ):
        seeds_at_once(large, 32, Memory(100 * GIB, 0.2 * GIB))
    with pytest.raises(UserError, match=r"GiB of memory, and 0\.0 GiB are free: lower them"):
        check_memory(large, Memory(0.0, 100 * GIB))


def test_games_that_are_only_played_must_fit_too() -> None:
    sizes = spec_of("dial").sizes
    check_playing(sizes, 1000, free_memory("cpu"))
    with pytest.raises(UserError, match=r"100000 games at once need about 1\.\d GiB of memory"):
        check_playing(sizes, 100_000, Memory(GIB))
    with pytest.raises(UserError, match=r"a game of 10000000 steps needs about .*: play shorter"):
        check_playing(sizes._replace(episode_limit=10**7), 1, Memory(GIB))
    with pytest.raises(UserError, match=r"of GPU memory, and 1\.0 GiB are free: play fewer"):
        check_playing(sizes, 100_000, Memory(64 * GIB, GIB))
