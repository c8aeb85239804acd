"""Let Python's collector of cycles rest: a quarter of a build would go to it.

What the engine lays out holds itself: boxes their pages, styles their parents. While it grows, the collector
looks through all of it time and again and finds nothing; when it is done with, all goes at once. So it need
not look often. A process that is short, or makes way for a new one, need not look at all.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

MOST_UNCOLLECTED = 1_000_000
"""Objects that hold others, made and not given back since the collector looked last: some 150 MiB of what the
engine leaves behind. Twenty layouts of a leaflet, or one absurd table, of which no process may die."""
COUNTING = frozenset({"pikepdf", "zxingcpp"})
"""Bound by nanobind, which warns on standard error."""
_ROUNDS = 10
"""As Python has it: how often the young are looked through before the older ones are."""


def rest() -> None:
    """Let the collector look only when MOST_UNCOLLECTED objects are new: the memory stays bounded."""
    gc.set_threshold(MOST_UNCOLLECTED, _ROUNDS, _ROUNDS)


def rest_from_now() -> None:
    """Let it rest, and never look at what is there by now: it stays as long as the process does."""
    gc.freeze()
    rest()


def leave() -> None:
    """Never look again: a process that ends gives all back at once, and Python would look through it first.

    It does so twice as it ends, which takes a seventh of a check of some thirty sheets. Not where a library
    is loaded that counts what is left of its objects at the end, and prints it as leaks.
    """
    if sys.modules.keys().isdisjoint(COUNTING):
        gc.freeze()


def resident_bytes() -> int | None:
    """Return how much memory this process holds, with what it shares; None where the system does not say.

    Linux alone tells what is held now, and not only the most that it ever was.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    import resource

    return pages * resource.getpagesize()
