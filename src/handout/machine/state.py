"""What a build depends on, each as a sum or a version: the project's files, the program, the machine.

Two builds with the same state make the same files. It is asked before anything is loaded, so that a build in
which nothing changed is over at once: hence the light imports.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from handout.machine import doctor, gate
from handout.machine.braille import COMMAND
from handout.machine.program import PACKAGE, packaged_root
from handout.model.names import SETTINGS_FILE

State: TypeAlias = Mapping[str, str]

FOLDERS = ("content", "templates", "styles")
"""Everything that a project is read from lies in them, or in its settings."""
LARGEST_FILE_BYTES = 50_000_000
_DISTRIBUTION = re.compile(r"([^-]+)(?:-([^-]+))?.*\.(?:dist|egg)-info")
_BESIDE_THE_POINT = frozenset(
    {"pip", "setuptools", "wheel", "uv", "typer", "rich", "shellingham", "filelock"}
)
"""Packages that no page can depend on. Any other may have a hand in it, also one that we do not know."""


def of_project(root: Path) -> State | None:
    """Return the files of the project in *root* with their SHA-256; None where the gate refuses one."""
    try:
        paths = [SETTINGS_FILE]
        for folder in FOLDERS:
            if os.path.lexists(root / folder):
                paths += gate.list_files(root, folder)
        return {path: _sum(_bytes(root, path)) for path in paths}
    except (gate.Refused, OSError):
        return None


def of_machine() -> State:
    """Return the program, with its packaged templates and styles, and what it runs on."""
    return {
        "the program": _sum_of_files(program_files()),
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{check.name: check.found or "" for check in doctor.check_libraries()},
        **dict(_braille()),
        **dict(_packages()),
    }


def digest(parts: Iterable[str]) -> str:
    """Return one SHA-256 for *parts* in their order; no other parts have the same."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode()
        total.update(b"%d:" % len(data))
        total.update(data)
    return total.hexdigest()


def digest_of(state: State) -> str:
    """Return one SHA-256 for all of *state*."""
    return digest(part for item in sorted(state.items()) for part in item)


def _bytes(root: Path, path: str) -> bytes:
    """Return the bytes of a file that the gate has listed: a plain one at once, for only their sum is taken.

    The gate judges a link, a pipe and a giant.
    """
    found = (root / path).lstat()
    if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST_FILE_BYTES:
        return (root / path).read_bytes()
    return gate.read_bytes(root, path, LARGEST_FILE_BYTES)


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def program_files() -> Iterator[Path]:
    """Yield the program's own files. The code stands for its version, which a checkout does not raise."""
    yield from PACKAGE.rglob("*.py")
    for folder in ("templates", "styles"):
        yield from (path for path in (packaged_root() / folder).rglob("*") if path.is_file())


def _sum_of_files(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(f"{'/'.join(file.parts[-3:])}\0{_sum(file.read_bytes())}\n".encode())
    return total.hexdigest()


def _braille() -> Iterator[tuple[str, str]]:
    """Yield the program that makes braille, where it is there: each version of it has other bytes."""
    if (path := shutil.which(COMMAND)) is not None:
        with suppress(OSError):
            yield "liblouis", _sum(Path(path).read_bytes())


def _packages() -> Iterator[tuple[str, str]]:
    """Yield each installed package with its version, as the names of their folders tell: that is quick."""
    for folder in dict.fromkeys(sys.path):
        with suppress(OSError):
            for entry in sorted(Path(folder or os.curdir).iterdir()):
                if (found := _DISTRIBUTION.fullmatch(entry.name)) is not None:
                    name = found[1].lower().replace("_", "-")
                    if name not in _BESIDE_THE_POINT:
                        yield f"package {name}", found[2] or ""
