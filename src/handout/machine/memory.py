"""How much memory there is for processes that work for us, and how many of them that holds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

JOB_BYTES = 350 * 2**20
"""What a process may come to hold: `workers.MOST_RESIDENT_BYTES`, and one piece of work more. The third of it
that it shares with the others leaves room for the process that gives them work."""
MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")
"""What bounds the memory of a container (Linux, Documentation/admin-guide/cgroup-v2.rst)."""


def usual_jobs() -> int:
    """Return how many processes work where nobody says it: one a core, and no more than the memory holds."""
    return jobs_for(os.cpu_count() or 1, available_bytes())


def jobs_for(cores: int, free_bytes: int | None) -> int:
    """Return how many processes *cores* and *free_bytes* of memory are enough for, at least one.

    None: how much is free is not known.
    """
    return cores if free_bytes is None else max(1, min(cores, free_bytes // JOB_BYTES))


def available_bytes(meminfo: Path = MEMINFO, cgroup: Path = CGROUP) -> int | None:
    """Return the memory that can be had without taking it from others; None where the system does not say."""
    return min(_said(meminfo, cgroup), default=_half_of_all())


def _said(meminfo: Path, cgroup: Path) -> Iterator[int]:
    # In meminfo: "MemAvailable:   13373296 kB".
    if (available := _number(meminfo, r"^MemAvailable:\s+(\d+) kB$")) is not None:
        yield available * 1024
    # In memory.max: a number, or the word "max". What was read from files may be given up for us.
    most, used = (_number(cgroup / name, r"^(\d+)$") for name in ("memory.max", "memory.current"))
    if most is not None and used is not None:
        yield max(0, most - used + (_number(cgroup / "memory.stat", r"^inactive_file (\d+)$") or 0))


def _number(file: Path, line: str) -> int | None:
    with suppress(OSError, UnicodeDecodeError):
        found = re.search(line, file.read_text("ascii"), re.MULTILINE)
        return int(found[1]) if found else None
    return None


def _half_of_all() -> int | None:
    """Return half of the memory of the machine: macOS does not say how much is free, and Windows nothing."""
    with suppress(AttributeError, OSError, ValueError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return None
