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
# ruff: noqa: PTH102, PTH105, PTH106, PTH108, PTH123

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import stat
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from handout import exchange
from handout.errors import EnvironmentFault, ExitCode, HandoutError, UsageError

MANIFEST = "manifest.json"
"""Names every file of the set; it is the last to be put in place."""

_GITIGNORE = ".gitignore"
_GITIGNORE_TEXT = b"*\n!.gitignore\n"
"""Keeps the folder in the repository, and nothing of what is built."""
_LOCK = ".lock"
_SYNC_WAITS = sys.platform.startswith("linux")
"""`os.sync` comes back when all is on the disk; POSIX lets it come back before (sync, "Rationale")."""
_STAGING_PREFIX = ".staging-"
_STAGING = re.compile(r"\.staging-[a-z0-9_]{8}")
_MARKER = "commit.json"
_NEXT = "next"
"""The new folder while it is filled, in the staging folder."""
_EXCHANGED = "exchanged.json"
"""What the exchange replaces and removes, in the staging folder: that goes along with the old files."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))]
)
"""Names of devices on Windows, with any suffix (Microsoft, "Naming Files, Paths, and Namespaces")."""
_LONGEST_NAME = 150
"""Characters in one part of a path: 255 is what file systems take, and Windows bounds the whole path."""
_LARGEST_LIST_BYTES = 64_000_000
"""A manifest or marker above this was not written by us."""

_OTHER_FOLDER = "choose another folder with --output"
_ALLOW_FIX = f"allow writing there and close the program that has the file open, or {_OTHER_FOLDER}"
_FIXES = {
    errno.ENOSPC: f"free some space on that disk, or {_OTHER_FOLDER}",
    errno.EDQUOT: f"free some of your quota on that disk, or {_OTHER_FOLDER}",
    errno.EFBIG: "raise the limit on the size of a file (ulimit -f)",
    errno.EROFS: f"allow writing to that disk, or {_OTHER_FOLDER}",
    errno.EACCES: _ALLOW_FIX,
    errno.EPERM: _ALLOW_FIX,
    errno.EEXIST: f"move away the file that stands where the folder must come, or {_OTHER_FOLDER}",
    errno.ENOTDIR: f"move away the file that stands where the folder must come, or {_OTHER_FOLDER}",
    errno.ENAMETOOLONG: "choose a folder with a shorter path with --output",
}
_OTHER_FIX = f"mend the disk, or {_OTHER_FOLDER}"


@dataclass(frozen=True)
class Output:
    """A finished file."""

    path: str
    """Relative to the output folder, with forward slashes: `staff/mfa-instellen-leaflet-a4.pdf`."""
    data: bytes


@dataclass(frozen=True)
class _Change:
    """One step from the old set to the new one."""

    number: int
    path: str
    removes: bool = False
    """True: the new set no longer has this file."""

    def new(self, staging: Path) -> str:
        """Where the new file waits. It is always either here or in place."""
        return _waiting(self.number, staging)

    def old(self, staging: Path) -> str:
        """Where the old file is kept until all is done."""
        return f"{staging}{os.sep}{self.number}.old"


@dataclass(frozen=True)
class Staged:
    """A file that waits in a staging folder."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Desk:
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
            _faults_about(_place(output.path, self.folder)),
            open(_waiting(self.numbers[output.path], self.staging), "wb") as file,
        ):
            file.write(output.data)
        return Staged(output.path, len(output.data), hashlib.sha256(output.data).hexdigest())

    def read(self, path: str) -> bytes:
        """Return the bytes of the file *path*, which was put here."""
        place = _waiting(self.numbers[path], self.staging)
        with _faults_about(place), open(place, "rb") as file:
            return file.read()


class Staging:
    """Files on their way to the output folder; nobody sees one of them before `commit`.

    A file is written when it is added and not held in memory: a build may be larger than that.
    """

    def __init__(self, folder: Path, paths: Iterable[str]) -> None:
        with _faults_about(folder):
            folder.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=_STAGING_PREFIX, dir=folder))
        gitignore = () if os.path.lexists(folder / _GITIGNORE) else (_GITIGNORE,)
        names = (*paths, *gitignore, MANIFEST)
        self.desk = Desk(folder, staging, {path: number for number, path in enumerate(names)})
        """For the processes of this machine that make the files."""
        self._present: set[str] = set()
        self._withdrawn: set[str] = set()

    def add(self, output: Output) -> Staged:
        """Stage *output*, whose name was given to `staging`. Raises EnvironmentFault as the machine does."""
        staged = self.desk.put(output)
        self.take(staged)
        return staged

    def take(self, staged: Staged) -> None:
        """Hear that another process has put *staged* on the desk."""
        self._present.add(staged.path)

    def withdraw(self, paths: Iterable[str]) -> None:
        """Have no files *paths* in the folder: those of the set, staged or not, and others that are there."""
        self._withdrawn.update(paths)

    def read(self, path: str) -> bytes:
        """Return the bytes of the staged file *path*. Raises KeyError for one that was not added."""
        if path not in self._present:
            raise KeyError(path)
        return self.desk.read(path)

    def commit(self, manifest: bytes) -> str | None:
        """Put all files whose names were given to `staging` in place, and their *manifest*.

        Return None where all came at once, and else why they came one by one.

        The manifest says what the folder holds: a file that the previous one lists and this one does not is
        removed. Files that no manifest lists stay. Raises EnvironmentFault where the machine refuses, and
        ValueError where a file of the set was not added.
        """
        folder, staging, numbers = self.desk.folder, self.desk.staging, self.desk.numbers
        if _GITIGNORE in numbers:
            self.add(Output(_GITIGNORE, _GITIGNORE_TEXT))
        self.add(Output(MANIFEST, manifest))
        if missing := numbers.keys() - self._present - self._withdrawn:
            raise ValueError(f"files of the set were not added: {', '.join(sorted(missing))}")
        asked = tuple(
            _Change(number, path, removes=path in self._withdrawn) for path, number in numbers.items()
        )
        beside = self._withdrawn.difference(numbers)
        obsolete = (
            *_obsolete_paths({*numbers, *beside}, manifest, folder),
            *(path for path in sorted(beside) if _is_plain_file(path, folder)),
        )
        removed = (_Change(number, path, removes=True) for number, path in enumerate(obsolete, len(numbers)))
        changes = (*asked, *removed)
        with _faults_about(folder):
            why = _exchange(changes, staging, folder)
        if why is None:
            return None
        added = tuple(change for change in asked if not change.removes)
        _make_folders((change.path for change in added), folder)
        with _faults_about(folder):
            _sync_files(change.new(staging) for change in added)
            _write_marker(changes, staging, folder)
        _commit(changes, staging, folder)
        return why

    def drop(self) -> None:
        """Throw away what was added and is not in place; after `commit` there is nothing."""
        staging = self.desk.staging
        if staging.is_dir() and not os.path.lexists(staging / _MARKER):
            with suppress(OSError):
                _discard(staging)
            _remove_empty_folders(self.desk.numbers, self.desk.folder)


@contextmanager
def staging(folder: Path, paths: Iterable[str]) -> Iterator[Staging]:
    """Give a place for the files *paths* of a build; what is not committed at the end is thrown away.

    The caller holds `lock`. Raises HandoutError for names that cannot stand side by side, and
    EnvironmentFault where the machine refuses.
    """
    paths = list(paths)
    _refuse_bad_names(paths)
    recover(folder)
    _refuse_blocked((*paths, MANIFEST, _GITIGNORE), folder)
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
        place = _place(file.path, folder)
        with _faults_about(place):
            parent = Path(place).parent
            with tempfile.NamedTemporaryFile(dir=parent, prefix=_STAGING_PREFIX, delete=False) as new:
                new.write(file.data)
            os.replace(new.name, place)


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold *folder*, made where it is missing, so that no other build writes to it.

    Raises HandoutError (`ExitCode.BUSY`) where another one does. The lock of a process that died is free.
    """
    from filelock import FileLock, Timeout  # only here: a process that makes files needs none

    held = FileLock(folder / _LOCK)
    with _faults_about(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with _faults_about(folder / _LOCK):
        try:
            held.acquire(timeout=0)
        except Timeout as error:
            raise HandoutError(
                f"another build is writing to {folder}",
                "wait until it is done, or choose another folder with --output",
                ExitCode.BUSY,
            ) from error
    try:
        yield
    finally:
        held.release()


def recover(folder: Path) -> None:
    """Finish or drop what a killed build left in *folder*. The caller holds `lock`."""
    with _faults_about(folder):
        for left in _left_beside(folder):
            _clear(left, folder)
        for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
            if _STAGING.fullmatch(entry.name) and entry.is_dir() and not entry.is_symlink():
                if os.path.lexists(entry / _MARKER):
                    _roll_forward(entry, folder)
                _discard(entry)


_LITTER = frozenset((_LOCK, ".DS_Store", "Thumbs.db", "desktop.ini"))
"""What an empty folder may hold: our lock, and what the windows of a system leave behind."""
_KEEPERS = frozenset((_GITIGNORE, ".gitkeep"))
"""What keeps an empty folder in a repository."""
_MOST_SHOWN = 3


def refuse_foreign(folder: Path, signed: Iterable[str]) -> None:
    """Raise UsageError where *folder* is neither empty nor one that this program writes to.

    It is one where a manifest of ours lies there, or another of the files *signed*, which name the program
    that wrote them too; or what a first build left that was stopped.
    """
    if not folder.is_dir():
        return
    with _faults_about(folder):
        names = sorted(path.name for path in folder.iterdir())
    ours = [name for name in names if _STAGING.fullmatch(name)]
    others = [name for name in names if name not in ours and name not in _LITTER]
    if not set(others) - _KEEPERS:
        return
    if any(os.path.lexists(folder / name / _MARKER) for name in ours):
        return
    if any(_names_us(_read_json(folder / name)) for name in (MANIFEST, *signed)):
        return
    shown = ", ".join(ascii(name) for name in others[:_MOST_SHOWN])
    more = f" and {len(others) - _MOST_SHOWN} more" if len(others) > _MOST_SHOWN else ""
    raise UsageError(
        f"{folder} holds what handout did not make: {shown}{more}",
        "name an empty folder with --output, or one that handout made; or move these files away",
    )


def _names_us(value: object) -> bool:
    program = value.get("program") if isinstance(value, dict) else None
    return isinstance(program, str) and program.startswith("handout ")


def manifest_rows(folder: Path) -> tuple[dict[str, object], ...]:
    """Return what the manifest in *folder* says of each file; nothing where it is missing or damaged."""
    return _rows(_read_json(folder / MANIFEST))


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
    return any(os.path.lexists(left / _MARKER) for left in folder.glob(f"{_STAGING_PREFIX}*"))


def _rows(manifest: object) -> tuple[dict[str, object], ...]:
    files = manifest.get("files") if isinstance(manifest, dict) else None
    return tuple(row for row in files if isinstance(row, dict)) if isinstance(files, list) else ()


# ---- names ------------------------------------------------------------------------------------


def _refuse_bad_names(paths: Iterable[str]) -> None:
    seen = {MANIFEST: MANIFEST}
    for path in paths:
        key = _folded(path)
        if key in seen:
            raise _name_error(
                f"two files of this build have one name: {seen[key]} and {path}",
                "rename one of the two handouts or schools that they are made from",
            )
        seen[key] = path
    for key, path in seen.items():
        if fault := _path_fault(path):
            raise _name_error(fault, "rename the handout or school that it is made from")
        for parent in _parents(key):
            if parent in seen:
                raise _name_error(
                    f"{seen[parent]} is a file of this build, and {path} needs a folder of that name",
                    "rename one of the two handouts or schools that they are made from",
                )


def _name_error(what: str, fix: str) -> HandoutError:
    return HandoutError(what, fix, ExitCode.FINDINGS)


def _folded(path: str) -> str:
    """Return *path* as a file system compares it that knows no case (APFS, NTFS)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _path_fault(path: str) -> str | None:
    """Return what is wrong with *path* as the name of an output, or None."""
    for name in path.split("/"):
        if not _SLUG.fullmatch(name):
            return (
                f"the file name {path!a} may hold only small letters, digits, and '-', '_', '.' between them"
            )
        if len(name) > _LONGEST_NAME:
            return f"the file name {path!a} has {len(name)} characters; {_LONGEST_NAME} are allowed"
        if name.partition(".")[0] in _RESERVED:
            return (
                f"the file name {path!a} is reserved on Windows: {name.partition('.')[0]!a} is a device there"
            )
    return None


def _refuse_blocked(paths: Iterable[str], folder: Path) -> None:
    """Raise EnvironmentFault where something stands in the way of *paths*, a symbolic link among others."""
    seen: set[str] = set()  # hundreds of files may stand in one folder
    for path in paths:
        for parent in _parents(path):
            if parent not in seen:
                seen.add(parent)
                _refuse_no_folder(_place(parent, folder), folder)
        place = _place(path, folder)
        mode = _mode(place)
        if mode is not None and stat.S_ISDIR(mode):
            raise EnvironmentFault(
                f"{place} is a folder, and a file must come there", f"move it away: {place}"
            )


def _refuse_no_folder(place: str, folder: Path) -> None:
    """Raise EnvironmentFault where something else than a folder stands at *place*."""
    mode = _mode(place)
    if mode is not None and stat.S_ISLNK(mode):
        raise EnvironmentFault(
            f"{place} is a symbolic link, and what is built must stay in {folder}",
            f"remove the link: {place}",
        )
    if mode is not None and not stat.S_ISDIR(mode):
        raise EnvironmentFault(f"{place} is a file, and a folder must come there", f"move it away: {place}")


def _mode(place: str | Path) -> int | None:
    """Return the mode of what stands at *place*, links not followed, or None where nothing does."""
    with _faults_about(place):
        try:
            return os.lstat(place).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None


def _place(path: str, folder: Path) -> str:
    return f"{folder}{os.sep}{path.replace('/', os.sep)}"


def _waiting(number: int, staging: Path) -> str:
    """Return where the new file *number* waits in *staging*."""
    return f"{staging}{os.sep}{number}.new"


def _parents(path: str) -> Iterator[str]:
    """Yield the folders that *path* stands in, the outermost first."""
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)


def _folders_of(paths: Iterable[str], folder: Path) -> list[str]:
    """Return the folders between *folder* and *paths*, an outer one before those in it."""
    return [_place(parent, folder) for parent in sorted({one for path in paths for one in _parents(path)})]


def _with_gitignore(files: list[Output], folder: Path) -> list[Output]:
    present = os.path.lexists(folder / _GITIGNORE)
    return files if present else [Output(_GITIGNORE, _GITIGNORE_TEXT), *files]


# ---- the previous set -------------------------------------------------------------------------


def _obsolete_paths(written: Iterable[str], manifest: bytes, folder: Path) -> tuple[str, ...]:
    """Return what the previous manifest lists, the new one does not, and can be removed without harm."""
    before = set(_listed(manifest_rows(folder))).difference(written)
    if not before:
        return ()
    obsolete = sorted(before.difference(_listed(_rows(json.loads(manifest)))))
    return tuple(path for path in obsolete if not _path_fault(path) and _is_plain_file(path, folder))


def _listed(rows: Iterable[dict[str, object]]) -> Iterator[str]:
    return (path for row in rows if isinstance(path := row.get("path"), str))


def _is_plain_file(path: str, folder: Path) -> bool:
    modes = [_mode(place) for place in _folders_of([path], folder)]
    file_mode = _mode(_place(path, folder))
    inside = all(mode is not None and stat.S_ISDIR(mode) for mode in modes)
    return inside and file_mode is not None and stat.S_ISREG(file_mode)


def _read_json(path: Path) -> object:
    """Return the value in *path*, or None where it is missing, a link, too large or no JSON."""
    mode = _mode(path)
    if mode is None or not stat.S_ISREG(mode):
        return None
    with _faults_about(path):
        if path.stat().st_size > _LARGEST_LIST_BYTES:
            return None
        text = path.read_bytes()
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


# ---- staging ----------------------------------------------------------------------------------


def _make_folders(paths: Iterable[str], folder: Path) -> None:
    """Make the folders that *paths* need in *folder*."""
    for place in _folders_of(paths, folder):
        with _faults_about(place), suppress(FileExistsError):
            Path(place).mkdir()


def _sync_files(places: Iterable[str]) -> None:
    """Wait until the files at *places* are on the disk."""
    if _SYNC_WAITS:
        os.sync()  # one wait for all of them: each alone takes longer than to write it
        return
    for place in places:
        with open(place, "rb+") as file:
            os.fsync(file.fileno())


def _write_marker(changes: Sequence[_Change], staging: Path, folder: Path) -> None:
    _sync_folder(staging)
    _sync_folder(folder)
    rows = [[change.path, change.removes] for change in changes]
    unfinished = staging / f"{_MARKER}.new"
    _write_through(unfinished, json.dumps(rows).encode())
    unfinished.replace(staging / _MARKER)
    _sync_folder(staging)


def _write_through(path: Path, data: bytes) -> None:
    """Write *data* to *path*, and wait until it is on the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Wait until the names in *folder* are on the disk. Windows has no such call, and orders them itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(staging: Path) -> None:
    """Remove *staging*, the marker first: the rest is then only litter, which the next build removes too."""
    if os.path.lexists(staging / _MARKER):
        (staging / _MARKER).unlink()
        _sync_folder(staging)
    shutil.rmtree(staging, ignore_errors=True)


# ---- from the old set to the new, at once -----------------------------------------------------


def _exchange(changes: Sequence[_Change], staging: Path, folder: Path) -> str | None:
    """Carry out *changes* by one exchange of folders; return why not, where that cannot be.

    Then nothing has changed. Raises OSError where the machine refuses to clean up after that.
    """
    if not exchange.is_known():
        return "this system cannot exchange two folders"
    real = folder.resolve()
    if _is_run_in(real):
        return "the command was given in it, and its folder must not go away"
    filled = staging / _NEXT
    beside = real.parent / _beside(real.name, staging.name)
    try:
        _fill(filled, changes, staging, real)
        _write_through(staging / _EXCHANGED, json.dumps([change.path for change in changes]).encode())
        os.sync()
        filled.rename(beside)
        exchange.folders(str(beside), str(real))
    except OSError as error:
        # Nothing else needs the folder that was filled: it holds links alone.
        for left in (filled, beside):
            if left.is_dir():
                shutil.rmtree(left)
        (staging / _EXCHANGED).unlink(missing_ok=True)
        return _reason(error)
    except BaseException:
        with suppress(OSError):
            if beside.is_dir():
                _clear(beside, real)
        raise
    # What is left of the old set does no harm: the next build removes it.
    with suppress(OSError):
        _sync_folder(real.parent)
        _clear(beside, real)
    return None


def _is_run_in(folder: Path) -> bool:
    """Tell whether this process stands in *folder*: so does the shell that started it."""
    try:
        return Path.cwd().is_relative_to(folder)
    except OSError:  # where it stands is gone already
        return False


def _beside(name: str, staging_name: str) -> str:
    """Return the name of the folder beside the one of *name* that takes its place, and then holds the old."""
    return f".{name}.{_NEXT}-{staging_name.removeprefix(_STAGING_PREFIX)}"


def _left_beside(folder: Path) -> list[Path]:
    """Return the folders beside *folder* that killed builds left, whether before their exchange or after."""
    real = folder.resolve()
    name = re.compile(re.escape(_beside(real.name, "")) + "[a-z0-9_]{8}")
    try:
        found = [path for path in real.parent.iterdir() if name.fullmatch(path.name)]
    except OSError:  # we may not look there: then no build of ours has written there
        return []
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())


def _fill(filled: Path, changes: Sequence[_Change], staging: Path, folder: Path) -> None:
    """Make *filled*: the new files of *changes*, and links to all else in *folder*. Raises OSError."""
    filled.mkdir()
    made = {""}
    for change in changes:
        if not change.removes:
            _make_parents(change.path, filled, made)
            os.link(change.new(staging), _place(change.path, filled))
    _link_others(folder, filled, "", frozenset(change.path for change in changes), made)
    for path in made:
        if (old := Path(_place(path, folder))).is_dir():
            _dress(Path(_place(path, filled)), old)


def _make_parents(path: str, folder: Path, made: set[str]) -> None:
    """Make the folders that *path* stands in, but for those *made*."""
    for parent in _parents(path):
        if parent not in made:
            os.mkdir(_place(parent, folder))
            made.add(parent)


def _link_others(folder: Path, filled: Path, at: str, changed: frozenset[str], made: set[str]) -> None:
    """Link in *filled* what is in *folder*, below *at*, and not *changed*: it may be anybody's."""
    place = _place(at, folder)
    if not os.access(place, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"{place} may not be written to")
    with os.scandir(place) as found:
        entries = list(found)
    if not entries and at not in made:  # an empty folder is somebody's too
        _make_parents(f"{at}/", filled, made)
    for entry in entries:
        path = f"{at}/{entry.name}" if at else entry.name
        if entry.is_dir(follow_symlinks=False):
            if at or not _STAGING.fullmatch(entry.name):
                _link_others(folder, filled, path, changed, made)
        elif path not in changed:
            _make_parents(path, filled, made)
            os.link(entry.path, _place(path, filled), follow_symlinks=False)


def _dress(new: Path, old: Path) -> None:
    """Give the folder *new* the owner and rights of *old*. Raises OSError where we may not."""
    before, now = old.stat(), new.stat()
    if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
        os.chown(new, before.st_uid, before.st_gid)
    shutil.copystat(old, new)  # access lists too; of the times that come along only this moment is true
    os.utime(new)


def _clear(beside: Path, folder: Path) -> None:
    """Remove *beside*, which a build filled for *folder*, or exchanged it with. Raises OSError.

    After the exchange it holds the old set, and what others put there since it was filled: that comes to
    *folder*. The list of what was exchanged goes last: without it all that is left are links.
    """
    lists = [path for path in beside.glob(f"{_STAGING_PREFIX}*/{_EXCHANGED}") if path.is_file()]
    for list_ in lists:
        changed = _read_json(list_)
        if isinstance(changed, list):
            _hand_over(beside, folder, "", frozenset(path for path in changed if isinstance(path, str)))
        shutil.rmtree(list_.parent)
    if not lists:
        shutil.rmtree(beside)
    else:
        beside.rmdir()


def _hand_over(beside: Path, folder: Path, at: str, changed: frozenset[str]) -> None:
    """Empty *beside* below *at*: what was *changed* or is linked in *folder* goes, the rest comes there."""
    with os.scandir(_place(at, beside)) as found:
        entries = list(found)
    for entry in entries:
        path = f"{at}/{entry.name}" if at else entry.name
        place = _place(path, folder)
        if entry.is_dir(follow_symlinks=False):
            if at or not _STAGING.fullmatch(entry.name):
                _hand_over(beside, folder, path, changed)
                os.rmdir(entry.path)
        elif path in changed or _is_one_file(entry.path, place):
            os.unlink(entry.path)
        else:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            os.replace(entry.path, place)


def _is_one_file(one: str, other: str) -> bool:
    """Tell whether *one* and *other* are links to the same file."""
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except OSError:
        return False


# ---- from the old set to the new, file by file ------------------------------------------------


def _commit(changes: Sequence[_Change], staging: Path, folder: Path) -> None:
    """Carry out *changes*, or undo them where the machine refuses one."""
    try:
        for change in changes:
            with _faults_about(_place(change.path, folder)):
                _apply(change, staging, folder)
        _sync_folders_of(changes, folder)
    except BaseException:
        _undo(changes, staging, folder)
        with suppress(OSError):
            _discard(staging)
        _remove_empty_folders((change.path for change in changes), folder)
        raise
    # A marker that cannot be removed now does no harm: all that it lists is done.
    with suppress(OSError):
        _discard(staging)
    _remove_empty_folders((change.path for change in changes if change.removes), folder)


def _apply(change: _Change, staging: Path, folder: Path) -> None:
    place = _place(change.path, folder)
    with suppress(FileNotFoundError):
        os.replace(place, change.old(staging))
    if not change.removes:
        os.replace(change.new(staging), place)


def _undo(changes: Sequence[_Change], staging: Path, folder: Path) -> None:
    """Put the old files back. The marker stays until all are: a build killed here is finished by the next."""
    try:
        for change in reversed(changes):
            place = _place(change.path, folder)
            if not change.removes and not os.path.lexists(change.new(staging)):
                os.replace(place, change.new(staging))
            if os.path.lexists(change.old(staging)):
                os.replace(change.old(staging), place)
        _sync_folders_of(changes, folder)
    except OSError as error:
        raise EnvironmentFault(
            f"{folder} holds a part of the old files and a part of the new ones: {_reason(error)}",
            f"{_fix(error)}; the next build then puts the rest in place",
        ) from error


def _roll_forward(staging: Path, folder: Path) -> None:
    """Finish the changes of a build that was killed after its marker."""
    changes = _marked_changes(staging)
    for change in changes:
        _refuse_blocked([change.path], folder)
        place = _place(change.path, folder)
        with _faults_about(place):
            if change.removes:
                Path(place).unlink(missing_ok=True)
            elif os.path.lexists(change.new(staging)):
                Path(place).parent.mkdir(parents=True, exist_ok=True)
                os.replace(change.new(staging), place)
            elif not os.path.lexists(place):
                raise _damaged(staging)
    with _faults_about(folder):
        _sync_folders_of(changes, folder)
    _remove_empty_folders((change.path for change in changes if change.removes), folder)


def _marked_changes(staging: Path) -> tuple[_Change, ...]:
    """Return the changes that the marker in *staging* lists; a strange one may have come with the folder."""
    rows = _read_json(staging / _MARKER)
    if not isinstance(rows, list):
        raise _damaged(staging)
    changes = tuple(_marked_change(number, row, staging) for number, row in enumerate(rows))
    for change in changes:
        mode = _mode(change.new(staging))
        if mode is not None and not stat.S_ISREG(mode):
            raise _damaged(staging)
    return changes


def _marked_change(number: int, row: object, staging: Path) -> _Change:
    match row:
        case [str(path), bool(removes)] if path == _GITIGNORE or not _path_fault(path):
            return _Change(number, path, removes)
    raise _damaged(staging)


def _damaged(staging: Path) -> EnvironmentFault:
    return EnvironmentFault(
        f"a build was stopped writing to {staging.parent}, and what it left in {staging.name} is damaged",
        f"move {staging.parent} away and build again",
    )


def _sync_folders_of(changes: Iterable[_Change], folder: Path) -> None:
    if _SYNC_WAITS:
        os.sync()
        return
    for place in (folder, *map(Path, _folders_of((change.path for change in changes), folder))):
        if place.is_dir():
            _sync_folder(place)


def _remove_empty_folders(paths: Iterable[str], folder: Path) -> None:
    for place in reversed(_folders_of(paths, folder)):
        # A folder that is not empty, or not ours to remove, stays: nothing is wrong with that.
        with suppress(OSError):
            Path(place).rmdir()


# ---- when the machine refuses -----------------------------------------------------------------


@contextmanager
def _faults_about(place: str | Path) -> Iterator[None]:
    """Turn an OSError into an EnvironmentFault that names *place*."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(f"cannot write {place}: {_reason(error)}", _fix(error)) from error


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _fix(error: OSError) -> str:
    return _FIXES.get(error.errno or 0, _OTHER_FIX)
