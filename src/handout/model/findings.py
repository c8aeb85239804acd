"""What can go wrong: errors that stop a run, and findings that a run collects."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from itertools import takewhile
from typing import Any

from handout.model.messages import Message, message_of, message_row, say
from handout.model.rules import LOSING


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


def printable(text: str) -> str:
    """Return *text* with what nobody sees, or a terminal obeys, as its number: `\\u001b`, `\\udce9`.

    The name of a file may hold anything; half a character stands for a byte that is not UTF-8 (PEP 383).
    """
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


@dataclass(frozen=True, order=True)
class Place:
    """A line in a file of the project."""

    path: str
    """Relative to the project, with forward slashes."""
    line: int = 0
    """Counted from 1; 0 means the file as a whole."""
    column: int = 0
    """The character of the line, counted from 1; 0 means the line as a whole. Of a workbook, the column."""

    def __str__(self) -> str:
        parts = (printable(self.path), self.line, self.column)
        return ":".join(str(part) for part in parts if part)


@dataclass(frozen=True)
class Finding:
    """A fault in the project: what is wrong, where, and how to mend it."""

    place: Place
    what: Message
    fix: Message
    severity: Severity = Severity.ERROR
    rule: str = ""
    """The name under which docs/findings.md tells of it, `qr-missing`; empty where it has none."""
    about: tuple[str, ...] = field(default=(), compare=False)
    """The files that something is missed from, `content/procedures/mfa.md`; a folder ends in a slash."""

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
    """Return *findings* without doubles and consequences, sorted by file, line and text.

    Who misses something from a file that could not be read, or not whole, is not told of it: the cause is.
    """
    found = set(findings)
    lost = _lost(found)
    causes = (f for f in found if not _is_missed(f.about, lost))
    return tuple(sorted(causes, key=lambda f: (f.place, f.severity, f.what, f.fix)))


def is_consequence(about: Iterable[str], findings: Iterable[Finding]) -> bool:
    """Tell whether one of *findings* says why something is missed from the files *about*.

    A folder among *about* ends in a slash; one that was refused takes all its files with it.
    """
    return _is_missed(about, _lost(findings))


def _lost(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the files and folders that could not be read, or not whole, as *findings* tell."""
    return frozenset(_plain(f.place.path) for f in findings if f.rule in LOSING and is_error(f))


def _is_missed(about: Iterable[str], lost: frozenset[str]) -> bool:
    return any(path in lost or any(_takes(one, path) for one in lost) for path in map(_plain, about))


def _takes(lost: str, path: str) -> bool:
    """Tell whether *path* cannot be known where the file or folder *lost* is not."""
    return f"{lost}/".startswith(path) if path.endswith("/") else path.startswith(f"{lost}/")


def _plain(path: str) -> str:
    """Return *path* as if its name were one that we take: `Café één.md` may be meant by `cafe-een.md`."""
    letters = unicodedata.normalize("NFKD", path).casefold().replace(" ", "-").replace("_", "-")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_error(finding: Finding) -> bool:
    """Tell whether *finding* forbids writing."""
    return finding.severity is Severity.ERROR


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether any of *findings* forbids writing."""
    return any(map(is_error, findings))


class HandoutError(Exception):
    """We cannot go on: what is wrong, how to mend it, and the exit code that says so."""

    def __init__(self, what: Message, fix: Message, exit_code: ExitCode) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type[HandoutError], tuple[Message, Message, ExitCode]]:
        # A worker sends it to us: what is pickled of an exception by default does not fill our arguments.
        return HandoutError, (self.what, self.fix, self.exit_code)


class UsageError(HandoutError):
    """The command line names something that is not there.

    *about* are the files that it is missed from, as those of a finding.
    """

    def __init__(self, what: Message, fix: Message, about: tuple[str, ...] = ()) -> None:
        super().__init__(what, fix, ExitCode.USAGE)
        self.about = about
        self.findings: tuple[Finding, ...] = ()
        """What is wrong with the project all the same."""


class EnvironmentFault(HandoutError):
    """The machine refuses to do what is asked."""

    def __init__(self, what: Message, fix: Message) -> None:
        super().__init__(what, fix, ExitCode.ENVIRONMENT)


LEAST_LIKENESS = 0.65
"""Of two names that may be one, mistyped: `sing-in` and `sign-in` have 0.86, `scherm` and `hero` 0.6."""


_ENDINGS = (".md", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".html", ".css")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that looks most like *word*, or None when nothing does."""
    found = max(sorted(known), default=None, key=lambda name: likeness(word, name))
    return found if found is not None and likeness(word, found) >= LEAST_LIKENESS else None


def likeness(word: str, name: str) -> float:
    """Return how much *word* looks like *name*, from 0 to 1.

    A folder or a kind that both have tells nothing, nor does the ending of a file: `images/a.svg` is not like
    `images/b.svg`. The folder may be left out.
    """
    word, name = (_without_ending(one.casefold()) for one in (word, name))
    if "/" not in word:
        name = name.rpartition("/")[2]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, name, strict=False)))
    begin = max(word.rfind(sign, 0, shared) for sign in "/.") + 1
    return difflib.SequenceMatcher(None, word[begin:], name[begin:]).ratio()


def _without_ending(name: str) -> str:
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)


MOST_NAMES_LISTED = 12
NONE_YET = say("there are none yet")


def suggest(word: str, known: Iterable[str], none: Message = NONE_YET) -> Message:
    """Return a fix for the unknown *word*: the nearest of *known*, and all of them where they are few.

    *none* is the fix where nothing is known.
    """
    names = sorted(known)
    near = nearest(word, names)
    listed = ", ".join(names[:MOST_NAMES_LISTED]) + (", …" if len(names) > MOST_NAMES_LISTED else "")
    if not names:
        return none
    if near is None:
        return say("use one of: {names}", names=listed)
    if len(names) > MOST_NAMES_LISTED:
        return say("did you mean '{name}'?", name=near)
    return say("did you mean '{name}'? Known: {names}", name=near, names=listed)


def row_of(finding: Finding) -> list[object]:
    """Return *finding* as JSON has it."""
    return [
        finding.place.path,
        finding.place.line,
        finding.place.column,
        message_row(finding.what),
        message_row(finding.fix),
        finding.severity,
        finding.rule,
    ]


def finding_of(row: Any) -> Finding:
    """Return the finding that `row_of` made *row* of. Raises ValueError and TypeError for another one."""
    path, line, column, what, fix, severity, rule = row
    return Finding(Place(path, line, column), message_of(what), message_of(fix), Severity(severity), rule)
