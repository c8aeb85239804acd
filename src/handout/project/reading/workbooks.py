"""Read the cells of a workbook (.xlsx) in a process of its own, with bounds on time and memory."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from handout.machine import workers
from handout.machine.gate import Refused
from handout.model.messages import Message, say
from handout.model.rules import Rule
from handout.project.reading.spoilt import Kind

LONGEST_S = 30
MOST_UNPACKED_BYTES = 100_000_000
"""A table of 5,000 schools takes two million."""
MOST_ROWS = 5_100
MOST_CELLS = 60
"""In a row; more columns than a table may have, so that the one too many is told."""
MOST_AREA = 5_000_000
_COPY = say("copy the table into a new, empty workbook, and save that as schools.xlsx")


@dataclass(frozen=True)
class Row:
    """A row that holds something."""

    number: int
    """As the spreadsheet counts it, from 1."""
    cells: tuple[str, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class _WorkbookFault:
    """Why a workbook cannot be read."""

    what: Message
    fix: Message


def rows(data: bytes) -> tuple[Row, ...]:
    """Return the rows of the first sheet in *data*, an .xlsx file, that is not hidden.

    A formula is what it came to when the file was saved. Raises Refused where *data* is no such file.
    """
    with closing(workers.imap_unordered(_read, [data], 1, LONGEST_S)) as answers:
        _, answer = next(answers)
    if isinstance(answer, tuple):
        return answer
    fault = (
        answer
        if isinstance(answer, _WorkbookFault)
        else _WorkbookFault(say("the workbook cannot be read"), _COPY)
    )
    if isinstance(answer, workers.Loss):
        fault = _WorkbookFault(say("the workbook takes too long to read, or too much memory"), _COPY)
    rule = Rule.SCHOOLS_TABLE if isinstance(answer, _WorkbookFault | workers.Failed) else Rule.FILE_TOO_LARGE
    raise Refused(rule, fault.what, fault.fix)


def reference(row: int, column: int) -> str:
    """Return how a spreadsheet calls the cell in *row*, counted from 0, and *column*, counted from 1.

    >>> reference(11, 28)
    'AB12'
    """
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


# ---- in the process of its own --------------------------------------------------------------------


_NO_WORKBOOK = _WorkbookFault(
    say("the file is no workbook (.xlsx), or is damaged"), say("save it again as an Excel workbook (.xlsx)")
)


def _read(data: bytes) -> tuple[Row, ...] | _WorkbookFault:
    import python_calamine

    # The reader is written in Rust. What it says when it panics or runs out of memory is for its makers.
    with _silenced():
        try:
            return _read_quietly(data)
        except python_calamine.PasswordError:
            return _WorkbookFault(say("the workbook is locked with a password"), say("save it without one"))
        except Exception:  # noqa: BLE001 - whatever a damaged file makes three readers stumble over
            return _NO_WORKBOOK
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            return _NO_WORKBOOK  # a panic is no Exception


@contextmanager
def _silenced() -> Iterator[None]:
    """Let nothing that is written to standard error, by whatever library, be seen."""
    sys.stderr.flush()
    ours = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(ours, 2)
        os.close(ours)


def _read_quietly(data: bytes) -> tuple[Row, ...] | _WorkbookFault:
    import python_calamine

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED_BYTES:
            return _WorkbookFault(say("the workbook holds more than a table of schools can need"), _COPY)
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        seen = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible is python_calamine.SheetVisibleEnum.Visible
            and sheet.typ is python_calamine.SheetTypeEnum.WorkSheet
        ]
        if not seen:
            return _WorkbookFault(
                say("the workbook has no sheet that is not hidden"), say("show the sheet with the table")
            )
        surveyed = _survey(packed, seen[0])
        height, width = surveyed.size
        # The reader holds a sheet as a rectangle.
        if height * width > MOST_AREA:
            far = reference(height - 1, width)
            return _WorkbookFault(
                say("the sheet reaches as far as the cell {far}, which is too far to read", far=far), _COPY
            )
        sheet = workbook.get_sheet_by_name(seen[0])
        return tuple(_rows(sheet.to_python(), sheet.start or (0, 0), surveyed.without_result))


def _rows(
    values: list[list[Any]], start: tuple[int, int], errors: Mapping[tuple[int, int], str]
) -> Iterator[Row]:
    """Yield the rows among *values*, whose first cell is that at *start*; *errors* are by row and column."""
    by_row: dict[int, dict[int, tuple[str, Kind]]] = {}
    for row, line in enumerate(values, start[0]):
        texts = ((column, _text(value)) for column, value in enumerate(line, start[1]))
        by_row[row] = {column: text for column, text in texts if text[0]}
    for (row, column), error in errors.items():
        by_row.setdefault(row, {}).setdefault(column, (error, Kind.ERROR))
    width = min(max((max(cells) + 1 for cells in by_row.values() if cells), default=0), MOST_CELLS)
    for row in islice((row for row in sorted(by_row) if by_row[row]), MOST_ROWS):
        pairs = [by_row[row].get(column, ("", Kind.TEXT)) for column in range(width)]
        yield Row(row + 1, tuple(text for text, _ in pairs), tuple(kind for _, kind in pairs))


def _text(value: Any) -> tuple[str, Kind]:
    """Return *value* as it would be typed, and what it is."""
    match value:
        case bool():
            return str(value).upper(), Kind.TRUTH
        case int() | float():
            return (str(int(value)) if float(value).is_integer() else repr(value)), Kind.NUMBER
        case datetime() | date() | time() | timedelta():
            return str(value), Kind.MOMENT
        case _:
            return str(value), Kind.TEXT


@dataclass(frozen=True)
class _Survey:
    """What the file of a sheet says that the reader does not tell."""

    size: tuple[int, int]
    """How many rows and columns there are up to the last cell."""
    without_result: Mapping[tuple[int, int], str]
    """The cells that hold an error, or a formula without its result, by row and column from 0.

    Of an error it is the word that a spreadsheet shows (ECMA-376 §18.18.11). The reader gives nothing for
    either, as for an empty cell."""


def _survey(packed: zipfile.ZipFile, sheet: str) -> _Survey:
    found: dict[tuple[int, int], str] = {}
    height = width = 0
    with packed.open(_part_of(packed, sheet)) as file:
        for _, element in ElementTree.iterparse(file):
            if _local(element.tag) == "row":
                element.clear()  # or all of them stay in memory
            if _local(element.tag) != "c":
                continue
            row, column = _position(element.get("r", ""))
            height, width = max(height, row + 1), max(width, column + 1)
            inside = {_local(child.tag): child.text or "" for child in element}
            # A formula that came to an empty text has the type of one.
            is_open = "f" in inside and not inside.get("v") and element.get("t") != "str"
            if element.get("t") == "e" or is_open:
                found[row, column] = inside.get("v", "")
    return _Survey((height, width), found)


def _part_of(packed: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds *sheet*. Raises KeyError where there is none."""
    links = {
        link.get("Id"): link.get("Target", "")
        for link in ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    }
    for element in ElementTree.fromstring(packed.read("xl/workbook.xml")).iter():
        if _local(element.tag) == "sheet" and element.get("name") == sheet:
            named = next(value for key, value in element.items() if key.endswith("}id"))
            target = links[named]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _position(reference: str) -> tuple[int, int]:
    """Return row and column, counted from 0, of *reference*, as `AB12`."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters) :] or 0) - 1, column - 1


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
