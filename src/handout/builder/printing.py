"""What is sent to a printer of the files of a build: one file of each edition, as it fits the queue. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from handout.builder.jobs import JOB
from handout.builder.sheets import to_print
from handout.model.document import Ink, SheetKind
from handout.model.findings import UsageError, suggest
from handout.model.messages import Message, say
from handout.project.selection import ALL_LANGUAGES, ALL_READINGS, ALL_SCHOOLS, Selection

if TYPE_CHECKING:
    from handout.builder.manifest import FileRow

PIECE = "piece"
"""What a person asks for who wants the pages themselves, and no print sheet."""
_SIDES = {None: "one-sided", "long edge": "two-sided-long-edge", "short edge": "two-sided-short-edge"}


def sides_of(row: FileRow) -> str:
    """Return on which sides *row* is printed, as IPP says it: `two-sided-short-edge`.

    The edge is that of the paper: CUPS turns a page that lies on its side, both of its sides the same way.
    """
    return _SIDES[row["duplex"]]


def sheets_of(row: FileRow) -> int:
    """Return how many sheets of paper one copy of *row* takes."""
    return -(-row["pages"] // row["sides"])


def chosen(rows: Iterable[FileRow], selection: Selection, sheet: str | None) -> tuple[FileRow, ...]:
    """Return the file to print of each edition that *selection* asks for: its print sheet, else the piece.

    *sheet* asks for another: `piece`, or a kind of print sheet. Raises UsageError for names that no file has.
    """
    printable = [row for row in rows if row["paper"]]
    asked = [row for row in printable if _is_asked(row, selection) and (sheet or row["sheet"] != JOB)]
    if not asked:
        raise UsageError(say("no file of the last build is what you ask for"), _nearest(printable, selection))
    found = [one for edition in _by_edition(asked) if (one := _one_of(edition, sheet)) is not None]
    if not found and sheet is None:
        raise UsageError(say("no file of the last build is what you ask for"), _BUILD)
    if not found:
        kinds = {PIECE, *(row["sheet"] for row in asked if row["sheet"])}
        raise UsageError(
            say("none of these has a print sheet '{sheet}'", sheet=sheet), suggest(sheet or "", kinds)
        )
    return tuple(found)


def _by_edition(rows: Iterable[FileRow]) -> Iterator[Sequence[FileRow]]:
    for _, edition in groupby(sorted(rows, key=_edition), key=_edition):
        yield tuple(edition)


def _edition(row: FileRow) -> tuple[str, ...]:
    school = row["school"] or ""
    return school, row["audience"], row["handout"], row["format"], row["reading"], row["language"], row["ink"]


def _one_of(edition: Sequence[FileRow], sheet: str | None) -> FileRow | None:
    if sheet is not None:
        return next((row for row in edition if (row["sheet"] or PIECE) == sheet), None)
    return to_print(edition)


def other_sheets(rows: Iterable[FileRow], chosen_row: FileRow, papers: frozenset[str]) -> tuple[str, ...]:
    """Return the kinds of print sheets that say the same as *chosen_row* on one of *papers*."""
    same = (row for row in rows if _edition(row) == _edition(chosen_row) and row["paper"] in papers)
    return tuple(row["sheet"] for row in same if row["sheet"] in set(SheetKind))


def _is_asked(row: FileRow, selection: Selection) -> bool:
    if row["school"] is None:
        of_school = not selection.schools
    else:
        wanted = {_folded(id_) for id_ in selection.schools}
        of_school = bool(wanted & {ALL_SCHOOLS, _folded(row["school"])})
    return (
        of_school
        and row["ink"] == (Ink.MONO if selection.mono else Ink.COLOUR)
        and all(
            not names or row[key] in names  # type: ignore[literal-required]
            for key, names in _named(selection)
        )
    )


def _folded(school: str) -> str:
    """Return the id of a *school* as a build takes it: in whatever case it is typed."""
    return school.casefold()


def _named(selection: Selection) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("handout", selection.handouts),
        ("audience", selection.audiences),
        ("format", selection.formats),
        ("reading", () if ALL_READINGS in selection.readings else selection.readings),
        ("language", () if ALL_LANGUAGES in selection.languages else selection.languages),
    )


def _nearest(rows: Sequence[FileRow], selection: Selection) -> Message:
    """Return how to mend a *selection* that no file is of: the first name that none has, or a build."""
    schools = tuple(id_ for id_ in selection.schools if _folded(id_) != ALL_SCHOOLS)
    for key, names in (*_named(selection), ("school", schools)):
        there = {str(row[key]) for row in rows if row[key]}  # type: ignore[literal-required]
        if (name := _missing(names, there, key)) is not None:
            return say("{kind} '{name}': {fix}", kind=_KEYS[key], name=name, fix=suggest(name, there, _BUILD))
    return _BUILD


def _missing(names: Iterable[str], there: Iterable[str], key: str) -> str | None:
    """Return the first of *names* that is not *there*; that of a school counts in whatever case."""
    as_taken = _folded if key == "school" else str
    known = set(map(as_taken, there))
    return next((name for name in names if as_taken(name) not in known), None)


_KEYS = {
    "handout": say("handout"),
    "audience": say("audience"),
    "format": say("format"),
    "reading": say("reading"),
    "language": say("language"),
    "school": say("school"),
}


_BUILD = say("build it first: handout build, with the same words")
