"""What containers and schedulers allow, told by made-up trees of the system's files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from acd_plugin.machine import cores, free_memory

GIB = 2**30
MEMINFO = f"MemTotal: 99 kB\nMemAvailable: {8 * GIB // 1024} kB\nSwapFree: 0 kB\n"
V2 = "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
V1 = (
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
)
IN_V1 = "12:memory:/job/7\n11:cpu,cpuacct:/job/7\n1:name=systemd:/job/7\n0::/job/7\n"


def tree(folder: Path, mounts: str, groups: str, files: Mapping[str, object]) -> Path:
    """A root with /proc as given and ``files`` in /sys/fs/cgroup."""
    texts = {"proc/meminfo": MEMINFO, "proc/self/mountinfo": mounts, "proc/self/cgroup": groups}
    texts |= {f"sys/fs/cgroup/{name}": f"{text}\n" for name, text in files.items()}
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(autouse=True)
def sixteen_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 16),
        ({"a/b/cpu.max": "max 100000"}, 16),
        ({"a/b/cpu.max": "400000 100000"}, 4),
        ({"a/b/cpu.max": "250000 100000"}, 2),
        ({"a/b/cpu.max": "50000 100000"}, 1),
        ({"a/b/cpu.max": "9900000 100000"}, 16),
        ({"a/b/cpu.max": "800000 100000", "a/cpu.max": "300000 100000"}, 3),  # from above
        ({"a/b/cpu.max": "400000 100000", "a/b/c/cpu.max": "100000 100000"}, 4),  # not ours
        ({"cpu.max": "200000 100000"}, 2),
        ({"a/b/cpu.max": "400000 0"}, 16),
        ({"a/b/cpu.max": "nonsense"}, 16),
        ({"a/b/cpu.max": ""}, 16),
    ],
)
def test_cores_under_cgroups_v2(tmp_path: Path, files: dict[str, str], expected: int) -> None:
    assert cores(tree(tmp_path, V2, "0::/a/b\n", files)) == expected


@pytest.mark.parametrize(
    ("quota", "period", "expected"), [(-1, 100000, 16), (300000, 100000, 3), (10000, 100000, 1)]
)
def test_cores_under_cgroups_v1(tmp_path: Path, quota: int, period: int, expected: int) -> None:
    group = "cpu,cpuacct/job/7"
    files = {f"{group}/cpu.cfs_quota_us": quota, f"{group}/cpu.cfs_period_us": period}
    assert cores(tree(tmp_path, V1, IN_V1, files)) == expected


def test_a_container_sees_its_own_group_at_the_top(tmp_path: Path) -> None:
    """Without a namespace of cgroups it is told the path that the group has outside."""
    files = {"cpu.max": "200000 100000", "memory.max": 3 * GIB, "memory.current": GIB}
    cases = [("/", "/"), ("/docker/4f", "/docker/4f"), ("/..", "/"), ("/", "/../other")]
    for number, (shown, told) in enumerate(cases):
        mounts = V2.replace(" / /sys", f" {shown} /sys")
        root = tree(tmp_path / str(number), mounts, f"0::{told}\n", files)
        assert (cores(root), free_memory(root)) == (2, 2 * GIB)


def test_affinity_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 7})
    assert cores(tree(tmp_path, V2, "0::/a\n", {"a/cpu.max": "800000 100000"})) == 2
    assert cores(tmp_path / "nothing") == 2


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 8 * GIB),
        ({"a/b/memory.max": "max", "a/b/memory.current": GIB}, 8 * GIB),
        ({"a/b/memory.max": 4 * GIB, "a/b/memory.current": GIB}, 3 * GIB),
        ({"a/b/memory.max": 4 * GIB}, 8 * GIB),
        ({"a/memory.max": 4 * GIB, "a/memory.current": 5 * GIB}, 0),
        ({"a/b/memory.max": 99 * GIB, "a/b/memory.current": GIB}, 8 * GIB),
        (
            {
                "a/b/memory.max": 4 * GIB,
                "a/b/memory.current": 3 * GIB,
                "a/b/memory.stat": f"anon 7\nfile 9\ninactive_file {GIB}\nactive_file 5",
            },
            2 * GIB,
        ),
    ],
)
def test_memory_under_cgroups_v2(tmp_path: Path, files: dict[str, object], expected: int) -> None:
    assert free_memory(tree(tmp_path, V2, "0::/a/b\n", files)) == expected


def test_memory_under_cgroups_v1(tmp_path: Path) -> None:
    files = {
        "memory/job/7/memory.limit_in_bytes": 2**63 - 4096,  # none
        "memory/job/7/memory.usage_in_bytes": 2 * GIB,
        "memory/job/memory.limit_in_bytes": 5 * GIB,
        "memory/job/memory.usage_in_bytes": 4 * GIB,
        "memory/job/memory.stat": f"inactive_file 1\ntotal_inactive_file {GIB}",
    }
    assert free_memory(tree(tmp_path, V1, IN_V1, files)) == 2 * GIB


def test_systems_without_these_files(tmp_path: Path) -> None:
    assert 0 < free_memory(tmp_path) <= psutil.virtual_memory().total
    assert cores(tmp_path) == 16


def test_this_machine() -> None:
    assert 1 <= cores() <= 16
    assert 0 < free_memory() <= psutil.virtual_memory().total
