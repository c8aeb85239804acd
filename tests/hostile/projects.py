"""Hostile projects: each a folder of cases/ that holds what differs from base/, and its one outcome."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

HERE = Path(__file__).parent
BASE = HERE / "base"
CASES = HERE / "cases"
EXPECTED = "expected.toml"

MOST_MEMORY_BYTES = 4_000_000_000
"""Of addresses: what a process asks for and never touches counts too."""
MOST_CPU_S = 60
MOST_WALL_S = 120

# Read once: pytest takes names out of its environment while the threads here start processes.
_ENVIRONMENT = dict(os.environ)

_LOWER_BOUNDS = """\
import importlib, sys
for bound in sys.argv.pop(1).split():
    name, _, value = bound.partition("=")
    module, _, constant = name.rpartition(".")
    kind = type(getattr(importlib.import_module(module), constant))
    assert kind in (int, float), name
    setattr(sys.modules[module], constant, kind(value))
from handout.__main__ import main
main()
"""
"""The command line with some bounds lowered: what is too much for them is no burden to the machine."""

_HEAD = re.compile(r"^(?P<at>\S.*?): (?P<severity>error|warning)\[(?P<rule>[a-z-]+)\]: (?P<says>.*)$", re.M)


@dataclass(frozen=True)
class Found:
    """A finding, as it is printed or as a case expects it."""

    severity: str
    rule: str
    at: str
    """`content/handouts/gids.md:4`, with the column where there is one."""
    says: str


@dataclass(frozen=True)
class Case:
    """A project, the command that is given in it, and what must come of that."""

    name: str
    why: str
    """What a person did, or met."""
    guard: str
    """The function that sees it: `handout.machine.gate:decode_text`."""
    exit: int
    run: tuple[str, ...] = ("check",)
    found: tuple[Found, ...] = ()
    """All findings, in the order in which they are printed."""
    says: tuple[str, ...] = ()
    """What is printed besides."""
    silent: tuple[str, ...] = ()
    """What may not be printed."""
    edit: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    """In files of the base: a text, and what comes in its place."""
    made: tuple[Mapping[str, Any], ...] = ()
    """What a repository cannot hold, or not well: a link, a pipe, bytes that are no text, odd names."""
    bounds: tuple[str, ...] = ()
    """Limits that are lowered: `handout.machine.gate.MOST_FILES=5`."""


@dataclass(frozen=True)
class Answer:
    """What the command line answered."""

    exit: int
    out: str
    err: str

    @property
    def found(self) -> tuple[Found, ...]:
        """The findings that were printed, in order."""
        return tuple(Found(**match.groupdict()) for match in _HEAD.finditer(self.err))


def read(name: str) -> Case:
    """Return the case in the folder *name*."""
    table = tomllib.loads((CASES / name / EXPECTED).read_text(encoding="utf-8"))
    found = tuple(Found(**{"severity": "error", **row}) for row in table.pop("found", ()))
    lists: dict[str, Any] = {
        key: tuple(table.pop(key)) for key in ("run", "says", "silent", "made", "bounds") if key in table
    }
    return Case(name, found=found, **lists, **table)


def names() -> list[str]:
    """Return the names of all cases, sorted."""
    return sorted(path.parent.name for path in CASES.glob(f"*/{EXPECTED}"))


def lay_down(case: Case, root: Path) -> Path:
    """Write the project of *case* in *root*, a new folder; return *root*."""
    shutil.copytree(BASE, root)
    for path in sorted((CASES / case.name).rglob("*")):
        relative = path.relative_to(CASES / case.name)
        if path.is_file() and relative != Path(EXPECTED):
            (root / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / relative)
    for name, changes in case.edit.items():
        file = root / name
        text = file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"{case.name}: {name} does not hold {old!r}"
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    for thing in case.made:
        _make(root, thing)
    return root


def _make(root: Path, thing: Mapping[str, Any]) -> None:
    """Make one *thing* of a case; its path has %E9 for a byte that no TOML can hold."""
    file = Path(os.fsdecode(bytes(root) + b"/" + unquote_to_bytes(thing["path"])))
    file.parent.mkdir(parents=True, exist_ok=True)
    match thing:
        case {"absent": True}:
            file.unlink()
        case {"pipe": True}:
            os.mkfifo(file)
        case {"folder": True}:
            file.mkdir()
        case {"link": target}:
            file.unlink(missing_ok=True)
            file.symlink_to(str(target).replace("ROOT", str(root)))
        case {"hex": digits}:
            file.write_bytes(bytes.fromhex(digits))
        case {"copy": source, "encoding": encoding}:
            text = (root / source).read_text(encoding="utf-8")
            file.write_bytes(text.encode(encoding))
        case {"text": text, "times": times}:
            file.write_text(text * times, encoding="utf-8")
        case {"text": text}:
            file.write_text(text, encoding="utf-8")
        case _:
            raise AssertionError(f"nothing is known of {thing}")


def answer(case: Case, root: Path, cache: Path) -> Answer:
    """Return what the command line, in a process of its own, says of the project of *case* in *root*."""
    arguments = [word.replace("ROOT", str(root)) for word in case.run]
    started = ["-c", _LOWER_BOUNDS, " ".join(case.bounds)] if case.bounds else ["-m", "handout"]
    return told([*started, *arguments, "--project", str(root)], cache)


def told(arguments: Sequence[str], cache: Path, **more: Any) -> Answer:
    """Return what Python says, started with *arguments* in a process with bounds on memory and time."""
    own = {
        "HANDOUT_CACHE_DIR": str(cache),
        "COLUMNS": "1000",
        # Where Python keeps no compiled modules, each of hundreds of processes would compile all of them.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(cache.with_name("compiled")),
    }
    environment = {**_ENVIRONMENT, **own, **more.pop("env", {})}
    done = subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        env=environment,
        stdin=subprocess.DEVNULL,
        timeout=MOST_WALL_S,
        preexec_fn=_bounded,
        **more,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
