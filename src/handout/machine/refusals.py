"""What a machine that refuses a file is told as, and how to mend it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handout.model.findings import EnvironmentFault
from handout.model.messages import Message, say, verbatim

_ALLOW_FIX = say(
    "allow writing there and close the program that has the file open, or choose another folder with --output"
)
_MOVE_FIX = say(
    "move away the file that stands where the folder must come, or choose another folder with --output"
)
_FIXES = {
    errno.ENOSPC: say("free some space on that disk, or choose another folder with --output"),
    errno.EDQUOT: say("free some of your quota on that disk, or choose another folder with --output"),
    errno.EFBIG: say("raise the limit on the size of a file (ulimit -f)"),
    errno.EROFS: say("allow writing to that disk, or choose another folder with --output"),
    errno.EACCES: _ALLOW_FIX,
    errno.EPERM: _ALLOW_FIX,
    errno.EEXIST: _MOVE_FIX,
    errno.ENOTDIR: _MOVE_FIX,
    errno.ENAMETOOLONG: say("choose a folder with a shorter path with --output"),
}
_OTHER_FIX = say("mend the disk, or choose another folder with --output")
_REASONS = {
    errno.ENOSPC: say("no space left on device"),
    errno.EDQUOT: say("disk quota exceeded"),
    errno.EFBIG: say("file too large"),
    errno.EROFS: say("read-only file system"),
    errno.EACCES: say("permission denied"),
    errno.EPERM: say("operation not permitted"),
    errno.EEXIST: say("file exists"),
    errno.ENOENT: say("no such file or directory"),
    errno.ENOTDIR: say("not a directory"),
    errno.EISDIR: say("is a directory"),
    errno.EMFILE: say("too many open files"),
    errno.ENAMETOOLONG: say("file name too long"),
    errno.EIO: say("input/output error"),
}
"""As POSIX systems say it: other languages have words for these."""


@contextmanager
def faults_about(place: str | Path) -> Iterator[None]:
    """Turn an OSError into an EnvironmentFault that names *place*."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault(
            say("cannot write {place}: {reason}", place=place, reason=reason(error)), fix(error)
        ) from error


def reason(error: OSError) -> Message:
    """Return what the machine says of *error*, to stand within a sentence."""
    return _REASONS.get(error.errno or 0) or verbatim((error.strerror or str(error)).lower())


def fix(error: OSError) -> Message:
    """Return how to mend what *error* tells of."""
    return _FIXES.get(error.errno or 0, _OTHER_FIX)
