"""What can go wrong: errors that stop a run, and findings that a run collects."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What the process answers; the same table stands in the README."""

    DONE = 0
    FINDINGS = 1
    """The content has faults; nothing was written."""
    USAGE = 2
    """The command line asks for something that does not exist."""
    RENDERER = 3
    """The renderer crashed or met a limit."""
    BUSY = 4
    """Another build is writing to the same folder."""
    ENVIRONMENT = 5
    """The machine refuses: disk, permission, missing library."""
    INCOMPLETE = 6
    """Written, but for the copies of the schools that are named."""
    INTERRUPTED = 130


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The sheet would be wrong: it is not written."""
    WARNING = "warning"
    """The sheet is right, but an editor should look."""


@dataclass(frozen=True, order=True)
class Place:
    """A line in a file of the project."""

    path: str
    """Relative to the project, with forward slashes."""
    line: int = 0
    """Counted from 1; 0 means the file as a whole."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True)
class Finding:
    """A fault in the project: what is wrong, where, and how to mend it."""

    place: Place
    what: str
    fix: str
    severity: Severity = Severity.ERROR
    rule: str = ""
    """The name under which docs/findings.md tells of it, `qr-missing`; empty where it has none."""

    def __str__(self) -> str:
        name = f"[{self.rule}]" if self.rule else ""
        return f"{self.place}: {self.severity}{name}: {self.what}\n  fix: {self.fix}"


@dataclass(frozen=True)
class RefusedRow:
    """A row of the table of schools for which nothing can be printed."""

    id: str
    """Of the school; empty where its row does not say it."""
    name: str
    place: Place
    findings: tuple[Finding, ...]
    """Why, each an error."""

    def __str__(self) -> str:
        return f"{self.id or self.name} ({self.place})" if self.id or self.name else str(self.place)


Report = Callable[[Finding], None]
"""Where a stage leaves what it finds."""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return *findings* without doubles, sorted by file, line and text."""
    return tuple(sorted(set(findings), key=lambda f: (f.place, f.severity, f.what, f.fix)))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether any of *findings* forbids writing."""
    return any(finding.severity is Severity.ERROR for finding in findings)


class HandoutError(Exception):
    """We cannot go on: what is wrong, how to mend it, and the exit code that says so."""

    def __init__(self, what: str, fix: str, exit_code: ExitCode) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type[HandoutError], tuple[str, str, ExitCode]]:
        # A worker sends it to us: what is pickled of an exception by default does not fill our arguments.
        return HandoutError, (self.what, self.fix, self.exit_code)


class UsageError(HandoutError):
    """The command line names something that is not there."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix, ExitCode.USAGE)


class EnvironmentFault(HandoutError):
    """The machine refuses to do what is asked."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what, fix, ExitCode.ENVIRONMENT)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that looks most like *word*, or None when nothing does."""
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return found[0] if found else None


MOST_NAMES_LISTED = 12


def suggest(word: str, known: Iterable[str]) -> str:
    """Return a fix for the unknown *word*: the nearest of *known*, and all of them where they are few."""
    names = sorted(known)
    near = nearest(word, names)
    listed = ", ".join(names[:MOST_NAMES_LISTED]) + (", …" if len(names) > MOST_NAMES_LISTED else "")
    if not names:
        return "there are none yet"
    if near is None:
        return f"use one of: {listed}"
    return f"did you mean '{near}'?" + (f" Known: {listed}" if len(names) <= MOST_NAMES_LISTED else "")
