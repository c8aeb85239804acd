"""Fill a folder with the new files and links to all others, and let it take the place of the old one."""

# Thousands of files are put in place one by one: joining strings takes a tenth of what a Path does.
# ruff: noqa: PTH102, PTH105, PTH106, PTH108

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from handout.machine import exchange
from handout.machine.filenames import NEXT, STAGING_PREFIX, beside_name, parents
from handout.machine.refusals import reason
from handout.machine.transaction import (
    STAGING,
    Change,
    place_of,
    read_json,
    sync_folder,
    write_through,
)
from handout.model.messages import Message, say

_EXCHANGED = "exchanged.json"
"""What the exchange replaces and removes, in the staging folder: that goes along with the old files."""


def replace(changes: Sequence[Change], staging: Path, folder: Path) -> Message | None:
    """Carry out *changes* by one exchange of folders; return why not, where that cannot be.

    Then nothing has changed. Raises OSError where the machine refuses to clean up after that.
    """
    if not exchange.is_known():
        return say("this system cannot exchange two folders")
    real = folder.resolve()
    if _is_run_in(real):
        return say("the command was given in it, and its folder must not go away")
    filled = staging / NEXT
    beside = real.parent / beside_name(real.name, staging.name)
    try:
        _fill(filled, changes, staging, real)
        write_through(staging / _EXCHANGED, json.dumps([change.path for change in changes]).encode())
        os.sync()
        filled.rename(beside)
        exchange.folders(str(beside), str(real))
    except OSError as error:
        # Nothing else needs the folder that was filled: it holds links alone.
        for left in (filled, beside):
            if left.is_dir():
                shutil.rmtree(left)
        (staging / _EXCHANGED).unlink(missing_ok=True)
        return reason(error)
    except BaseException:
        with suppress(OSError):
            if beside.is_dir():
                clear(beside, real)
        raise
    # What is left of the old set does no harm: the next build removes it.
    with suppress(OSError):
        sync_folder(real.parent)
        clear(beside, real)
    return None


def _is_run_in(folder: Path) -> bool:
    """Tell whether this process stands in *folder*: so does the shell that started it."""
    try:
        return Path.cwd().is_relative_to(folder)
    except OSError:  # where it stands is gone already
        return False


def left_beside(folder: Path) -> list[Path]:
    """Return the folders beside *folder* that killed builds left, whether before their exchange or after."""
    real = folder.resolve()
    name = re.compile(re.escape(beside_name(real.name, "")) + "[a-z0-9_]{8}")
    try:
        found = [path for path in real.parent.iterdir() if name.fullmatch(path.name)]
    except OSError:  # we may not look there: then no build of ours has written there
        return []
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())


def _fill(filled: Path, changes: Sequence[Change], staging: Path, folder: Path) -> None:
    """Make *filled*: the new files of *changes*, and links to all else in *folder*. Raises OSError."""
    filled.mkdir()
    made = {""}
    for change in changes:
        if not change.removes:
            _make_parents(change.path, filled, made)
            os.link(change.new(staging), place_of(change.path, filled))
    _link_others(folder, filled, "", frozenset(change.path for change in changes), made)
    for path in made:
        if (old := Path(place_of(path, folder))).is_dir():
            _dress(Path(place_of(path, filled)), old)


def _make_parents(path: str, folder: Path, made: set[str]) -> None:
    """Make the folders that *path* stands in, but for those *made*."""
    for parent in parents(path):
        if parent not in made:
            os.mkdir(place_of(parent, folder))
            made.add(parent)


def _link_others(folder: Path, filled: Path, at: str, changed: frozenset[str], made: set[str]) -> None:
    """Link in *filled* what is in *folder*, below *at*, and not *changed*: it may be anybody's."""
    place = place_of(at, folder)
    if not os.access(place, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"{place} may not be written to")
    with os.scandir(place) as found:
        entries = list(found)
    if not entries and at not in made:  # an empty folder is somebody's too
        _make_parents(f"{at}/", filled, made)
    for entry in entries:
        path = f"{at}/{entry.name}" if at else entry.name
        if entry.is_dir(follow_symlinks=False):
            if at or not STAGING.fullmatch(entry.name):
                _link_others(folder, filled, path, changed, made)
        elif path not in changed:
            _make_parents(path, filled, made)
            os.link(entry.path, place_of(path, filled), follow_symlinks=False)


def _dress(new: Path, old: Path) -> None:
    """Give the folder *new* the owner and rights of *old*. Raises OSError where we may not."""
    before, now = old.stat(), new.stat()
    if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
        os.chown(new, before.st_uid, before.st_gid)
    shutil.copystat(old, new)  # access lists too; of the times that come along only this moment is true
    os.utime(new)


def clear(beside: Path, folder: Path) -> None:
    """Remove *beside*, which a build filled for *folder*, or exchanged it with. Raises OSError.

    After the exchange it holds the old set, and what others put there since it was filled: that comes to
    *folder*. The list of what was exchanged goes last: without it all that is left are links.
    """
    lists = [path for path in beside.glob(f"{STAGING_PREFIX}*/{_EXCHANGED}") if path.is_file()]
    for list_ in lists:
        changed = read_json(list_)
        if isinstance(changed, list):
            _hand_over(beside, folder, "", frozenset(path for path in changed if isinstance(path, str)))
        shutil.rmtree(list_.parent)
    if not lists:
        shutil.rmtree(beside)
    else:
        beside.rmdir()


def _hand_over(beside: Path, folder: Path, at: str, changed: frozenset[str]) -> None:
    """Empty *beside* below *at*: what was *changed* or is linked in *folder* goes, the rest comes there."""
    with os.scandir(place_of(at, beside)) as found:
        entries = list(found)
    for entry in entries:
        path = f"{at}/{entry.name}" if at else entry.name
        place = place_of(path, folder)
        if entry.is_dir(follow_symlinks=False):
            if at or not STAGING.fullmatch(entry.name):
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
