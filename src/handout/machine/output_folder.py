"""Writes what a build made: all or nothing. The only stage that writes.

Everything is first written to a staging folder beside the old files. Where the system can, a second folder is
then made of the new files and of links to all others, and takes the place of the old one by one exchange of
names: who prints meets the old set or the new one, and so does a build that was killed.

Elsewhere one small file, the marker, is put in the staging folder: from that moment the new set counts. Then
the files are moved into place, the manifest last. A build that was killed before the marker leaves the old
set, and one that was killed after it leaves some of each, until the next build finishes it. A build that the
machine refuses halfway is undone.
"""

# Thousands of files are put in place one by one: joining strings takes a tenth of what a Path does.
# ruff: noqa: PTH105, PTH123

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from handout.machine import folder_exchange
from handout.machine.filenames import MANIFEST, STAGING_PREFIX, path_fault, refuse_bad_names
from handout.machine.refusals import faults_about
from handout.machine.transaction import (
    GITIGNORE,
    MARKER,
    STAGING,
    Change,
    carry_out,
    discard,
    is_plain_file,
    make_folders,
    place_of,
    read_json,
    refuse_blocked,
    remove_empty_folders,
    roll_forward,
    sync_files,
    waiting,
    write_marker,
)
from handout.model.findings import ExitCode, HandoutError, UsageError
from handout.model.messages import Message, and_more, say

_GITIGNORE_TEXT = b"*\n!.gitignore\n"
"""Keeps the folder in the repository, and nothing of what is built."""
_LOCK = ".lock"


@dataclass(frozen=True)
class Output:
    """A finished file."""

    path: str
    """Relative to the output folder, with forward slashes: `staff/mfa-instellen-leaflet-a4.pdf`."""
    data: bytes


@dataclass(frozen=True)
class Staged:
    """A file that waits in a staging folder."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class StagingWriter:
    """Where files of the new set are put, also by other processes than the one that commits it. Picklable.

    Nobody sees them before `Staging.commit`, and `Staging.take` must have been told of each.
    """

    folder: Path
    staging: Path
    numbers: Mapping[str, int]
    """Of the files of the set, by path, in the order in which they are put in place."""

    def put(self, output: Output) -> Staged:
        """Write *output*, one of the set, and in place of what a process that died wrote of it.

        Raises EnvironmentFault as the machine does.
        """
        with (
            faults_about(place_of(output.path, self.folder)),
            open(waiting(self.numbers[output.path], self.staging), "wb") as file,
        ):
            file.write(output.data)
        return Staged(output.path, len(output.data), hashlib.sha256(output.data).hexdigest())

    def read(self, path: str) -> bytes:
        """Return the bytes of the file *path*, which was put here."""
        place = waiting(self.numbers[path], self.staging)
        with faults_about(place), open(place, "rb") as file:
            return file.read()


class Staging:
    """Files on their way to the output folder; nobody sees one of them before `commit`.

    A file is written when it is added and not held in memory: a build may be larger than that.
    """

    def __init__(self, folder: Path, paths: Iterable[str]) -> None:
        with faults_about(folder):
            folder.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=folder))
        gitignore = () if os.path.lexists(folder / GITIGNORE) else (GITIGNORE,)
        names = (*paths, *gitignore, MANIFEST)
        self.writer = StagingWriter(folder, staging, {path: number for number, path in enumerate(names)})
        """For the processes of this machine that make the files."""
        self._present: set[str] = set()
        self._withdrawn: set[str] = set()
        self._standing: set[str] = set()

    def add(self, output: Output) -> Staged:
        """Stage *output*, whose name was given to `staging`. Raises EnvironmentFault as the machine does."""
        staged = self.writer.put(output)
        self.take(staged)
        return staged

    def take(self, staged: Staged) -> None:
        """Hear that another process has written *staged*."""
        self._present.add(staged.path)

    def leave(self, paths: Iterable[str]) -> None:
        """Leave the files *paths* of the set in the folder as they are there."""
        self._standing.update(paths)

    def withdraw(self, paths: Iterable[str]) -> None:
        """Have no files *paths* in the folder: those of the set, staged or not, and others that are there."""
        self._withdrawn.update(paths)

    def read(self, path: str) -> bytes:
        """Return the bytes of the file *path*, staged or left in place. Raises KeyError for another."""
        if path in self._standing:
            place = place_of(path, self.writer.folder)
            with faults_about(place), open(place, "rb") as file:
                return file.read()
        if path not in self._present:
            raise KeyError(path)
        return self.writer.read(path)

    def commit(self, manifest: bytes) -> Message | None:
        """Put all files whose names were given to `staging` in place, and their *manifest*.

        Return None where all came at once, and else why they came one by one.

        The manifest says what the folder holds: a file that the previous one lists and this one does not is
        removed. Files that no manifest lists stay. Raises EnvironmentFault where the machine refuses, and
        ValueError where a file of the set was not added.
        """
        folder, staging, numbers = self.writer.folder, self.writer.staging, self.writer.numbers
        if GITIGNORE in numbers:
            self.add(Output(GITIGNORE, _GITIGNORE_TEXT))
        self.add(Output(MANIFEST, manifest))
        left = self._standing - self._withdrawn
        if missing := numbers.keys() - self._present - self._withdrawn - left:
            raise ValueError(f"files of the set were not added: {', '.join(sorted(missing))}")
        asked = tuple(
            Change(number, path, removes=path in self._withdrawn) for path, number in numbers.items()
        )
        beside = self._withdrawn.difference(numbers)
        obsolete = (
            *_obsolete_paths({*numbers, *beside}, manifest, folder),
            *(path for path in sorted(beside) if is_plain_file(path, folder)),
        )
        removed = (Change(number, path, removes=True) for number, path in enumerate(obsolete, len(numbers)))
        all_ = (*asked, *removed)
        changes = tuple(change for change in all_ if change.path not in left)
        with faults_about(folder):
            why = folder_exchange.replace(changes, staging, folder)
        if why is None:
            return None
        added = tuple(change for change in changes if not change.removes)
        make_folders((change.path for change in added), folder)
        with faults_about(folder):
            sync_files(change.new(staging) for change in added)
            write_marker(all_, staging, folder)  # it tells the number of a file by its place
        carry_out(changes, staging, folder)
        return why

    def drop(self) -> None:
        """Throw away what was added and is not in place; after `commit` there is nothing."""
        staging = self.writer.staging
        if staging.is_dir() and not os.path.lexists(staging / MARKER):
            with suppress(OSError):
                discard(staging)
            remove_empty_folders(self.writer.numbers, self.writer.folder)


@contextmanager
def staging(folder: Path, paths: Iterable[str]) -> Iterator[Staging]:
    """Give a place for the files *paths* of a build; what is not committed at the end is thrown away.

    The caller holds `lock`. Raises HandoutError for names that cannot stand side by side, and
    EnvironmentFault where the machine refuses.
    """
    paths = list(paths)
    refuse_bad_names(paths)
    recover(folder)
    refuse_blocked((*paths, MANIFEST, GITIGNORE), folder)
    files = Staging(folder, paths)
    try:
        yield files
    finally:
        files.drop()


def write(outputs: Sequence[Output], manifest: bytes, folder: Path) -> None:
    """Put *outputs* and their *manifest* in *folder*: all of them or none. See `staging`."""
    with staging(folder, (output.path for output in outputs)) as files:
        for output in outputs:
            files.add(output)
        files.commit(manifest)


def put(outputs: Iterable[Output], folder: Path) -> None:
    """Put *outputs* in *folder*, each at once; the files of the last build and their manifest stay.

    The caller holds `lock`. Raises EnvironmentFault where the machine refuses.
    """
    for file in _with_gitignore(list(outputs), folder):
        place = place_of(file.path, folder)
        with faults_about(place):
            parent = Path(place).parent
            with tempfile.NamedTemporaryFile(dir=parent, prefix=STAGING_PREFIX, delete=False) as new:
                new.write(file.data)
            os.replace(new.name, place)


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold *folder*, made where it is missing, so that no other build writes to it.

    Raises HandoutError (`ExitCode.BUSY`) where another one does. The lock of a process that died is free.
    """
    from filelock import FileLock, Timeout  # only here: a process that makes files needs none

    held = FileLock(folder / _LOCK)
    with faults_about(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with faults_about(folder / _LOCK):
        try:
            held.acquire(timeout=0)
        except Timeout as error:
            raise HandoutError(
                say("another build is writing to {folder}", folder=folder),
                say("wait until it is done, or choose another folder with --output"),
                ExitCode.BUSY,
            ) from error
    try:
        yield
    finally:
        held.release()


def recover(folder: Path) -> None:
    """Finish or drop what a killed build left in *folder*. The caller holds `lock`."""
    with faults_about(folder):
        for left in folder_exchange.left_beside(folder):
            folder_exchange.clear(left, folder)
        for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
            if STAGING.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink():
                if os.path.lexists(entry / MARKER):
                    roll_forward(entry, folder)
                discard(entry)


_LITTER = frozenset((_LOCK, ".DS_Store", "Thumbs.db", "desktop.ini"))
"""What an empty folder may hold: our lock, and what the windows of a system leave behind."""
_KEEPERS = frozenset((GITIGNORE, ".gitkeep"))
"""What keeps an empty folder in a repository."""
_MOST_SHOWN = 3


def refuse_foreign(folder: Path, signed: Iterable[str]) -> None:
    """Raise UsageError where *folder* is neither empty nor one that this program writes to.

    It is one where a manifest of ours lies there, or another of the files *signed*, which name the program
    that wrote them too; or what a first build left that was stopped.
    """
    if not folder.is_dir():
        return
    with faults_about(folder):
        names = sorted(path.name for path in folder.iterdir())
    ours = [name for name in names if STAGING.fullmatch(name)]
    others = [name for name in names if name not in ours and name not in _LITTER]
    if not set(others) - _KEEPERS:
        return
    if any(os.path.lexists(folder / name / MARKER) for name in ours):
        return
    if any(_names_us(read_json(folder / name)) for name in (MANIFEST, *signed)):
        return
    shown = and_more(", ".join(ascii(name) for name in others[:_MOST_SHOWN]), len(others) - _MOST_SHOWN)
    raise UsageError(
        say("{folder} holds what handout did not make: {names}", folder=folder, names=shown),
        say("name an empty folder with --output, or one that handout made; or move these files away"),
    )


def _names_us(value: object) -> bool:
    program = value.get("program") if isinstance(value, dict) else None
    return isinstance(program, str) and program.startswith("handout ")


def manifest_rows(folder: Path) -> tuple[dict[str, object], ...]:
    """Return what the manifest in *folder* says of each file; nothing where it is missing or damaged."""
    return _rows(read_json(folder / MANIFEST))


def mark_of(folder: Path) -> tuple[int, int] | None:
    """Return what tells the set in *folder* from the one that comes after it; None where there is none.

    A set is whole when its manifest is in place, which is a new file each time.
    """
    try:
        found = (folder / MANIFEST).lstat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def is_half_done(folder: Path) -> bool:
    """Tell whether a build that was stopped left *folder* for the next one to finish."""
    return any(os.path.lexists(left / MARKER) for left in folder.glob(f"{STAGING_PREFIX}*"))


def _rows(manifest: object) -> tuple[dict[str, object], ...]:
    files = manifest.get("files") if isinstance(manifest, dict) else None
    return tuple(row for row in files if isinstance(row, dict)) if isinstance(files, list) else ()


# ---- names ------------------------------------------------------------------------------------


def _with_gitignore(files: list[Output], folder: Path) -> list[Output]:
    present = os.path.lexists(folder / GITIGNORE)
    return files if present else [Output(GITIGNORE, _GITIGNORE_TEXT), *files]


# ---- the previous set -------------------------------------------------------------------------


def _obsolete_paths(written: Iterable[str], manifest: bytes, folder: Path) -> tuple[str, ...]:
    """Return what the previous manifest lists, the new one does not, and can be removed without harm."""
    before = set(_listed(manifest_rows(folder))).difference(written)
    if not before:
        return ()
    obsolete = sorted(before.difference(_listed(_rows(json.loads(manifest)))))
    return tuple(path for path in obsolete if not path_fault(path) and is_plain_file(path, folder))


def _listed(rows: Iterable[dict[str, object]]) -> Iterator[str]:
    return (path for row in rows if isinstance(path := row.get("path"), str))
