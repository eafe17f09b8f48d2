"""How much of the machine this process may use: in a container or a batch job, less than there is.

Linux tells in files: which cores it may run on (affinity), and in the control groups (cgroups,
version 1 or 2) that it is in, how much of their time and how much memory. A group's limit holds for
all below it. Sources: the kernel's admin-guide/cgroup-v2.rst, admin-guide/cgroup-v1/memory.rst and
scheduler/sched-bwc.rst; proc_pid_mountinfo(5).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import psutil

_ROOT = Path("/")


def cores(root: Path = _ROOT) -> int:
    """Return how many cores' time this process may use, at least 1; parts of a core do not count.

    ``root`` is where the system's files are.
    """
    shares = [_quota(group) for group in _groups(root, "cpu")]
    return max(1, min([_reachable(), *(int(share) for share in shares if share is not None)]))


def free_memory(root: Path = _ROOT) -> int:
    """Return how many bytes of memory this process and others like it may still take."""
    left = [_left(group) for group in _groups(root, "memory")]
    return max(0, min([_available(root), *(size for size in left if size is not None)]))


def _reachable() -> int:
    """Return on how many cores this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(group: Path) -> float | None:
    """Return how many cores' time a control group may use; None if that is not limited."""
    words = _words(group / "cpu.max")  # version 2: "max 100000"
    if not words:
        words = _words(group / "cpu.cfs_quota_us") + _words(group / "cpu.cfs_period_us")
    quota, period = (_number(word) for word in words) if len(words) == 2 else (None, None)
    return quota / period if quota and period else None


def _left(group: Path) -> int | None:
    """Return what a control group's limit leaves; None if there is none."""
    limit, used = _bytes(group / "memory.max"), _bytes(group / "memory.current")
    if limit is None or used is None:
        limit, used = (
            _bytes(group / "memory.limit_in_bytes"),
            _bytes(group / "memory.usage_in_bytes"),
        )
    return None if limit is None or used is None else limit - used + _given_back(group)


def _given_back(group: Path) -> int:
    """Return how much of what is used holds files that were read, and is free when it is needed."""
    words = _words(group / "memory.stat")
    held = dict(zip(words[::2], words[1::2], strict=False))
    return _number(held.get("total_inactive_file", held.get("inactive_file", ""))) or 0


def _available(root: Path) -> int:
    """Return the bytes that are free on the whole machine."""
    words = _words(root / "proc" / "meminfo")
    if "MemAvailable:" in words:
        return 1024 * (_number(words[words.index("MemAvailable:") + 1]) or 0)
    return int(psutil.virtual_memory().available)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folder of the control group that this process is in, and those above it."""
    own = _own_groups(root)
    for line in _lines(root / "proc" / "self" / "mountinfo"):
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) < 5 or len(kind) < 3:
            continue
        name = controller if controller in kind[2].split(",") and kind[0] == "cgroup" else ""
        if name in own and (name or kind[0] == "cgroup2"):
            top = root / fields[4].lstrip("/")
            inside = _inside(own[name], fields[3])
            yield from (top / part for part in (inside, *inside.parents))


def _own_groups(root: Path) -> dict[str, str]:
    """Return the path of the group that this process is in for each controller; "": version 2."""
    own: dict[str, str] = {}
    for line in _lines(root / "proc" / "self" / "cgroup"):
        _, _, told = line.partition(":")
        controllers, _, path = told.partition(":")
        own |= dict.fromkeys(controllers.split(","), path)
    return own


def _inside(path: str, mounted: str) -> PurePosixPath:
    """Return where a group is below a mount that shows what is below ``mounted``.

    A container sees its own group at the top, and may be told the path outside.
    """
    group, top = PurePosixPath(path), PurePosixPath(mounted)
    if ".." not in group.parts and group.is_relative_to(top):
        return group.relative_to(top)
    return PurePosixPath()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []


def _words(path: Path) -> list[str]:
    return " ".join(_lines(path)).split()


def _bytes(path: Path) -> int | None:
    words = _words(path)
    return _number(words[0]) if words else None


def _number(word: str) -> int | None:
    """Return a count, None for anything else: "max", -1, nothing."""
    return int(word) if word.isascii() and word.isdigit() else None
