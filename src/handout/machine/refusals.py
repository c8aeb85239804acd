"""What a machine that refuses a file is told as, and how to mend it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handout.model.findings import EnvironmentFault

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


@contextmanager
def faults_about(place: str | Path) -> Iterator[None]:
    """Turn an OSError into an EnvironmentFault that names *place*."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(f"cannot write {place}: {reason(error)}", fix(error)) from error


def reason(error: OSError) -> str:
    """Return what the machine says of *error*, to stand within a sentence."""
    return (error.strerror or str(error)).lower()


def fix(error: OSError) -> str:
    """Return how to mend what *error* tells of."""
    return _FIXES.get(error.errno or 0, _OTHER_FIX)
