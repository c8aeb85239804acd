"""Put a whole set of files in place, or none: what is staged becomes what is there."""

# Thousands of files are put in place one by one: joining strings takes a tenth of what a Path does.
# ruff: noqa: PTH105, PTH123

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from handout.machine.filenames import parents, path_fault
from handout.machine.refusals import faults_about, fix, reason
from handout.model.findings import EnvironmentFault
from handout.model.messages import say

_SYNC_WAITS = sys.platform.startswith("linux")
"""`os.sync` comes back when all is on the disk; POSIX lets it come back before (sync, "Rationale")."""
GITIGNORE = ".gitignore"
STAGING = re.compile(r"\.staging-[a-z0-9_]{8}")
MARKER = "commit.json"
_LARGEST_LIST_BYTES = 64_000_000
"""A manifest or marker above this was not written by us."""


@dataclass(frozen=True)
class Change:
    """One step from the old set to the new one."""

    number: int
    path: str
    removes: bool = False
    """True: the new set no longer has this file."""

    def new(self, staging: Path) -> str:
        """Where the new file waits. It is always either here or in place."""
        return waiting(self.number, staging)

    def old(self, staging: Path) -> str:
        """Where the old file is kept until all is done."""
        return f"{staging}{os.sep}{self.number}.old"


def refuse_blocked(paths: Iterable[str], folder: Path) -> None:
    """Raise EnvironmentFault where something stands in the way of *paths*, a symbolic link among others."""
    seen: set[str] = set()  # hundreds of files may stand in one folder
    for path in paths:
        for parent in parents(path):
            if parent not in seen:
                seen.add(parent)
                _refuse_no_folder(place_of(parent, folder), folder)
        place = place_of(path, folder)
        mode = _mode(place)
        if mode is not None and stat.S_ISDIR(mode):
            raise EnvironmentFault(
                say("{place} is a folder, and a file must come there", place=place),
                say("move it away: {place}", place=place),
            )


def _refuse_no_folder(place: str, folder: Path) -> None:
    """Raise EnvironmentFault where something else than a folder stands at *place*."""
    mode = _mode(place)
    if mode is not None and stat.S_ISLNK(mode):
        raise EnvironmentFault(
            say(
                "{place} is a symbolic link, and what is built must stay in {folder}",
                place=place,
                folder=folder,
            ),
            say("remove the link: {place}", place=place),
        )
    if mode is not None and not stat.S_ISDIR(mode):
        raise EnvironmentFault(
            say("{place} is a file, and a folder must come there", place=place),
            say("move it away: {place}", place=place),
        )


def _mode(place: str | Path) -> int | None:
    """Return the mode of what stands at *place*, links not followed, or None where nothing does."""
    with faults_about(place):
        try:
            return os.lstat(place).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None


def place_of(path: str, folder: Path) -> str:
    """Return where the file *path* of the set stands in *folder*."""
    return f"{folder}{os.sep}{path.replace('/', os.sep)}"


def waiting(number: int, staging: Path) -> str:
    """Return where the new file *number* waits in *staging*."""
    return f"{staging}{os.sep}{number}.new"


def _folders_of(paths: Iterable[str], folder: Path) -> list[str]:
    """Return the folders between *folder* and *paths*, an outer one before those in it."""
    return [place_of(parent, folder) for parent in sorted({one for path in paths for one in parents(path)})]


def is_plain_file(path: str, folder: Path) -> bool:
    """Tell whether *path* in *folder* is a file and no link: nothing else is ours to remove."""
    modes = [_mode(place) for place in _folders_of([path], folder)]
    file_mode = _mode(place_of(path, folder))
    inside = all(mode is not None and stat.S_ISDIR(mode) for mode in modes)
    return inside and file_mode is not None and stat.S_ISREG(file_mode)


def read_json(path: Path) -> object:
    """Return the value in *path*, or None where it is missing, a link, too large or no JSON."""
    mode = _mode(path)
    if mode is None or not stat.S_ISREG(mode):
        return None
    with faults_about(path):
        if path.stat().st_size > _LARGEST_LIST_BYTES:
            return None
        text = path.read_bytes()
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def make_folders(paths: Iterable[str], folder: Path) -> None:
    """Make the folders that *paths* need in *folder*."""
    for place in _folders_of(paths, folder):
        with faults_about(place), suppress(FileExistsError):
            Path(place).mkdir()


def sync_files(places: Iterable[str]) -> None:
    """Wait until the files at *places* are on the disk."""
    if _SYNC_WAITS:
        os.sync()  # one wait for all of them: each alone takes longer than to write it
        return
    for place in places:
        with open(place, "rb+") as file:
            os.fsync(file.fileno())


def write_marker(changes: Sequence[Change], staging: Path, folder: Path) -> None:
    """Write *changes* to the marker in *staging*, whole or not at all: from then on the new set counts."""
    sync_folder(staging)
    sync_folder(folder)
    rows = [[change.path, change.removes] for change in changes]
    unfinished = staging / f"{MARKER}.new"
    write_through(unfinished, json.dumps(rows).encode())
    unfinished.replace(staging / MARKER)
    sync_folder(staging)


def write_through(path: Path, data: bytes) -> None:
    """Write *data* to *path*, and wait until it is on the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in *folder* are on the disk. Windows has no such call, and orders them itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(staging: Path) -> None:
    """Remove *staging*, the marker first: the rest is then only litter, which the next build removes too."""
    if os.path.lexists(staging / MARKER):
        (staging / MARKER).unlink()
        sync_folder(staging)
    shutil.rmtree(staging, ignore_errors=True)


def carry_out(changes: Sequence[Change], staging: Path, folder: Path) -> None:
    """Carry out *changes*, or undo them where the machine refuses one."""
    try:
        for change in changes:
            with faults_about(place_of(change.path, folder)):
                _apply(change, staging, folder)
        _sync_folders_of(changes, folder)
    except BaseException:
        _undo(changes, staging, folder)
        with suppress(OSError):
            discard(staging)
        remove_empty_folders((change.path for change in changes), folder)
        raise
    # A marker that cannot be removed now does no harm: all that it lists is done.
    with suppress(OSError):
        discard(staging)
    remove_empty_folders((change.path for change in changes if change.removes), folder)


def _apply(change: Change, staging: Path, folder: Path) -> None:
    place = place_of(change.path, folder)
    with suppress(FileNotFoundError):
        os.replace(place, change.old(staging))
    if not change.removes:
        os.replace(change.new(staging), place)


def _undo(changes: Sequence[Change], staging: Path, folder: Path) -> None:
    """Put the old files back. The marker stays until all are: a build killed here is finished by the next."""
    try:
        for change in reversed(changes):
            place = place_of(change.path, folder)
            if not change.removes and not os.path.lexists(change.new(staging)):
                os.replace(place, change.new(staging))
            if os.path.lexists(change.old(staging)):
                os.replace(change.old(staging), place)
        _sync_folders_of(changes, folder)
    except OSError as error:
        raise EnvironmentFault(
            say(
                "{folder} holds a part of the old files and a part of the new ones: {reason}",
                folder=folder,
                reason=reason(error),
            ),
            say("{fix}; the next build then puts the rest in place", fix=fix(error)),
        ) from error


def roll_forward(staging: Path, folder: Path) -> None:
    """Finish the changes of a build that was killed after its marker."""
    changes = _marked_changes(staging)
    for change in changes:
        refuse_blocked([change.path], folder)
        place = place_of(change.path, folder)
        with faults_about(place):
            if change.removes:
                Path(place).unlink(missing_ok=True)
            elif os.path.lexists(change.new(staging)):
                Path(place).parent.mkdir(parents=True, exist_ok=True)
                os.replace(change.new(staging), place)
            elif not os.path.lexists(place):
                raise _damaged(staging)
    with faults_about(folder):
        _sync_folders_of(changes, folder)
    remove_empty_folders((change.path for change in changes if change.removes), folder)


def _marked_changes(staging: Path) -> tuple[Change, ...]:
    """Return the changes that the marker in *staging* lists; a strange one may have come with the folder."""
    rows = read_json(staging / MARKER)
    if not isinstance(rows, list):
        raise _damaged(staging)
    changes = tuple(_marked_change(number, row, staging) for number, row in enumerate(rows))
    for change in changes:
        mode = _mode(change.new(staging))
        if mode is not None and not stat.S_ISREG(mode):
            raise _damaged(staging)
    return changes


def _marked_change(number: int, row: object, staging: Path) -> Change:
    match row:
        case [str(path), bool(removes)] if path == GITIGNORE or not path_fault(path):
            return Change(number, path, removes)
    raise _damaged(staging)


def _damaged(staging: Path) -> EnvironmentFault:
    return EnvironmentFault(
        say(
            "a build was stopped writing to {parent}, and what it left in {name} is damaged",
            parent=staging.parent,
            name=staging.name,
        ),
        say("move {parent} away and build again", parent=staging.parent),
    )


def _sync_folders_of(changes: Iterable[Change], folder: Path) -> None:
    if _SYNC_WAITS:
        os.sync()
        return
    for place in (folder, *map(Path, _folders_of((change.path for change in changes), folder))):
        if place.is_dir():
            sync_folder(place)


def remove_empty_folders(paths: Iterable[str], folder: Path) -> None:
    """Remove the folders of *paths* in *folder* that hold nothing any more."""
    for place in reversed(_folders_of(paths, folder)):
        # A folder that is not empty, or not ours to remove, stays: nothing is wrong with that.
        with suppress(OSError):
            Path(place).rmdir()
