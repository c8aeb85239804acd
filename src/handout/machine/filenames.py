"""Which names a file may have, on every system that a folder may be copied to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from handout.model.findings import ExitCode, HandoutError
from handout.model.messages import Message, say
from handout.model.names import RESERVED_ON_WINDOWS

MANIFEST = "manifest.json"
"""Names every file of the set; it is the last to be put in place."""
CODES = "codes.json"
"""What the codes of sheets stood for: for the next build, on whatever machine, and not for the pages."""
INDEX = "index.html"
"""The page that leads to all files of a folder."""
STAGING_PREFIX = ".staging-"
"""How the folder in the output folder begins in which a build leaves its files until all are there."""
NEXT = "next"
"""The new folder while it is filled, in the staging folder."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_LONGEST_NAME = 150
"""Characters in one part of a path: 255 is what file systems take, and Windows bounds the whole path."""


def beside_name(name: str, staging_name: str) -> str:
    """Return the name of the folder beside the one of *name* that takes its place, and then holds the old."""
    return f".{name}.{NEXT}-{staging_name.removeprefix(STAGING_PREFIX)}"


def refuse_bad_names(paths: Iterable[str]) -> None:
    """Raise HandoutError where *paths*, those of one build, cannot all be names of files in one folder."""
    seen = {MANIFEST: MANIFEST}
    for path in paths:
        key = _folded(path)
        if key in seen:
            raise _name_error(
                say("two files of this build have one name: {seen} and {path}", seen=seen[key], path=path),
                say("rename one of the two handouts or schools that they are made from"),
            )
        seen[key] = path
    for key, path in seen.items():
        if fault := path_fault(path):
            raise _name_error(fault, say("rename the handout or school that it is made from"))
        for parent in parents(key):
            if parent in seen:
                raise _name_error(
                    say(
                        "{seen} is a file of this build, and {path} needs a folder of that name",
                        seen=seen[parent],
                        path=path,
                    ),
                    say("rename one of the two handouts or schools that they are made from"),
                )


def _name_error(what: Message, fix: Message) -> HandoutError:
    return HandoutError(what, fix, ExitCode.FINDINGS)


def _folded(path: str) -> str:
    """Return *path* as a file system compares it that knows no case (APFS, NTFS)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def path_fault(path: str) -> Message | None:
    """Return what is wrong with *path* as the name of an output, or None."""
    for name in path.split("/"):
        if not _SLUG.fullmatch(name):
            return say(
                "the file name {path} may hold only small letters, digits, and '-', '_', '.' between them",
                path=path,
            )
        if len(name) > _LONGEST_NAME:
            return say(
                "the file name {path} has {name_count} characters; {longest_name} are allowed",
                path=path,
                name_count=len(name),
                longest_name=_LONGEST_NAME,
            )
        if name.partition(".")[0] in RESERVED_ON_WINDOWS:
            return say(
                "the file name {path} is reserved on Windows: {partition} is a device there",
                path=path,
                partition=name.partition(".")[0],
            )
    return None


def parents(path: str) -> Iterator[str]:
    """Yield the folders that *path* stands in, the outermost first."""
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)
