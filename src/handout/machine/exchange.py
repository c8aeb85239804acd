"""Exchange two folders by one rename, where the system can: at no moment is either name without a folder."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from functools import cache

_AT_FDCWD = -100
"""A path that does not begin at the root begins where the process is (linux/fcntl.h)."""
_RENAME_EXCHANGE = 2
"""Swap the two names (linux/fs.h; renameat2(2), Linux 3.15)."""


def folders(one: str, other: str) -> None:
    """Exchange the folders *one* and *other*, atomically.

    Raises OSError, and changes nothing, where the system or the file system cannot, where they lie on two
    file systems or one in the other, and without the right to write where they stand.
    """
    rename = _renameat2()
    if rename is None:
        raise OSError(errno.ENOSYS, "this system cannot exchange two folders")
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), one, None, other)


def is_known() -> bool:
    """Tell whether the system has such a call; whether a file system takes it, only `folders` tells."""
    return _renameat2() is not None


@cache
def _renameat2() -> ctypes._NamedFuncPointer | None:
    """Return the function of the C library (glibc 2.28, musl 1.2.5), or None where it has none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        found = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    found.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    found.restype = ctypes.c_int
    return found
