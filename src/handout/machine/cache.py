"""Keep what was made in the user's cache folder, so that it need not be made again.

An entry has a name and bytes. It is there whole or not at all: it is written beside its place and moved in,
and holds a sum of its bytes, so that a damaged one counts as absent. Builds may use the folder at the same
time. Where it becomes too large, what was not used for longest goes first.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from handout.machine import gate

VARIABLE = "HANDOUT_CACHE_DIR"
"""The variable of the environment that names another folder."""
MOST_BYTES = 500_000_000
"""Of all entries together: a thousand builds of a handbook."""
LARGEST_ENTRY_BYTES = 200_000_000
"""A file above this was not written by us."""
_ENTRIES = "entries"
_UNFINISHED = ".new-"


def user_folder() -> Path:
    """Return the folder of this user, which need not exist yet."""
    return Path(os.environ.get(VARIABLE) or platformdirs.user_cache_path("handout"))


@dataclass(frozen=True)
class Removed:
    """What went."""

    files: int
    bytes: int


@dataclass(frozen=True)
class Cache:
    """The entries in one folder."""

    folder: Path

    def read(self, name: str) -> bytes | None:
        """Return the entry *name*, or None where there is none, or one that is damaged."""
        try:
            data = gate.read_bytes(self._entries, name, LARGEST_ENTRY_BYTES)
        except gate.Refused:
            return None
        sum_, _, content = data.partition(b"\n")
        if sum_ != _sum(content):
            return None
        with suppress(OSError):  # a folder that nobody may write to serves all the same
            os.utime(self._entries / name)
        return content

    def write(self, name: str, content: bytes) -> None:
        """Keep *content* as the entry *name*. Where the machine refuses nothing is kept: a build goes on."""
        import tempfile  # only here: reading alone must be quick

        with suppress(OSError):
            self._entries.mkdir(parents=True, exist_ok=True)
            descriptor, path = tempfile.mkstemp(prefix=_UNFINISHED, dir=self._entries)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(_sum(content) + b"\n" + content)
                Path(path).replace(self._entries / name)
            except BaseException:
                Path(path).unlink(missing_ok=True)
                raise

    def trim(self, most_bytes: int = MOST_BYTES) -> Removed:
        """Remove what was not used for longest, until *most_bytes* are left at most."""
        found = sorted(self._files(), key=lambda file: (file.used_at, file.path.name), reverse=True)
        kept_bytes = 0
        obsolete = []
        for file in found:
            kept_bytes += file.bytes
            if kept_bytes > most_bytes:
                obsolete.append(file)
        return _remove(obsolete)

    def clear(self) -> Removed:
        """Remove all entries."""
        return _remove(list(self._files()))

    @property
    def _entries(self) -> Path:
        return self.folder / _ENTRIES

    def _files(self) -> Iterator[_CacheFile]:
        if not self._entries.is_dir():
            return
        for path in self._entries.iterdir():
            with suppress(OSError):  # another process may have taken it away since
                found = path.lstat()
                yield _CacheFile(path, found.st_size, found.st_mtime_ns)


@dataclass(frozen=True)
class _CacheFile:
    path: Path
    bytes: int
    used_at: int
    """When it was last read or written, in nanoseconds: says which goes first, never what it holds."""


def _sum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _remove(files: list[_CacheFile]) -> Removed:
    removed = []
    for file in files:
        with suppress(OSError):
            file.path.unlink()
            removed.append(file)
    return Removed(len(removed), sum(file.bytes for file in removed))
