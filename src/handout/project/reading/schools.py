"""Read the table of schools: one row a school, as a spreadsheet program writes it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from handout.machine.gate import Refused, decode_text, forbidden_character
from handout.model.findings import Finding, Place
from handout.model.messages import Message, all_of, say, say_count
from handout.model.names import quoted, slug_fault
from handout.model.rules import Rule
from handout.model.school import (
    LANGUAGE_TAG,
    LANGUAGES_COLUMN,
    LOGO_COLUMN,
    LOGO_FOLDER,
    MOST_COLUMNS,
    NEEDED_COLUMNS,
    STANDARD_COLUMNS,
    School,
)
from handout.project.reading import spoilt, workbooks
from handout.project.reading.cells import NO_BREAK_SPACE, UNSEEN, plain
from handout.project.reading.columns import like, meant
from handout.project.reading.notes import Notes
from handout.project.reading.spoilt import Kind
from handout.project.selection import ALL_SCHOOLS

MOST_BYTES = 4_000_000
MOST_SCHOOLS = 5_000
MOST_CELL_CHARACTERS = 200
"""A slot on the paper has a fixed size; no field of a school comes near this."""

_FORMULA_BEGINS = ("=", "+", "-", "@")
_PHONE = re.compile(r"\+[0-9](?:[\w ./(),:;-]|(?<=[ /])\+(?=[0-9]))*")
"""A number, and words with it: `+32 3 000 00 00 of +32 471 00 00 00`. No sign of a formula is in it."""

WORKBOOK_SUFFIX = ".xlsx"
_ZIP = b"PK\x03\x04"
_SEPARATOR = re.compile(r"""\ufeff?"?sep=([;,\t|])"?[ \t]*(?:\n|$)""", re.IGNORECASE)
"""A first line that tells Excel what parts the cells."""
_NO_WORDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class _Row:
    """A row that holds something."""

    line: int
    """On which it begins, counted from 0."""
    cells: tuple[str, ...]
    columns: tuple[int, ...]
    """The character of the line at which each cell begins, counted from 1; 0 in a row of several lines.

    In a workbook, the number of the column."""
    kinds: tuple[Kind, ...] = ()
    """What each cell holds; nothing: text."""


@dataclass(frozen=True)
class SchoolTable:
    """The table of schools, read."""

    schools: tuple[School, ...] = ()
    """The rows that have no fault."""
    refused: tuple[School, ...] = ()
    """The rows that have one: their id and name as far as they can be read, and the place."""
    findings: tuple[Finding, ...] = ()


def schools(
    path: str,
    data: bytes,
    columns: Sequence[str] = STANDARD_COLUMNS,
    words: Mapping[str, str] = _NO_WORDS,
) -> SchoolTable:
    """Return the schools in *data*, the bytes of *path*, CSV or .xlsx, and all that is wrong with it.

    Cells are parted by commas or semicolons; the header tells, and names some of *columns*, those that the
    project has declared, by their own name or by one of *words*: what is meant by the key of each.
    """
    notes = Notes(path)
    try:
        rows = _of_workbook(data) if path.endswith(WORKBOOK_SUFFIX) else _rows(_decoded(data), notes)
    except Refused as refused:
        notes.add(max(refused.line, 1) - 1, refused.rule, refused.what, refused.fix)
        return SchoolTable(findings=tuple(notes.findings))
    first = next(rows, None)
    header = _header(first, columns, words, notes)
    if first is None or header is None:
        return SchoolTable(findings=tuple(notes.findings))
    sound: list[School] = []
    refused_rows: list[School] = []
    for school, is_sound in _schools(rows, header, len(first.cells), notes):
        (sound if is_sound else refused_rows).append(school)
    return SchoolTable(tuple(sound), tuple(refused_rows), tuple(notes.findings))


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Refused(
            Rule.FILE_TOO_LARGE,
            say("the table has {data_count} bytes", data_count=len(data)),
            say("leave out what is no school: at most {most_bytes}", most_bytes=MOST_BYTES),
        )
    try:
        return decode_text(data, UNSEEN)
    except Refused as refused:
        is_workbook = data.startswith(_ZIP)
        fix = say("in Excel: Save As, 'CSV UTF-8 (Comma delimited)'")
        fix = (
            say(
                "call it schools{workbook_suffix} where it is an Excel workbook, or {fix}",
                workbook_suffix=WORKBOOK_SUFFIX,
                fix=fix,
            )
            if is_workbook
            else fix
        )
        raise Refused(refused.rule, refused.what, fix, refused.line) from refused


def _of_workbook(data: bytes) -> Iterator[_Row]:
    """Return the rows of a workbook, as `_rows` does. Raises Refused."""
    found = []
    for row in workbooks.rows(data):
        for cell in row.cells:
            if (forbidden := forbidden_character(cell.translate(UNSEEN))) is not None:
                what = say("a cell holds {name}, which a reader cannot see", name=forbidden.name)
                raise Refused(Rule.CHARACTER_HIDDEN, what, say("type the cell again"), row.number)
        cells = tuple(plain(unicodedata.normalize("NFC", cell)) for cell in row.cells)
        found.append(_Row(row.number - 1, cells, tuple(range(1, len(cells) + 1)), row.kinds))
    return iter(found)


def _rows(text: str, notes: Notes) -> Iterator[_Row]:
    """Yield the rows that hold something, the header first; stop at the first fault in the quoting."""
    named = _SEPARATOR.match(text)
    if named is not None:  # a word for spreadsheets, and no row: the others keep their lines
        text = "\n" + text[named.end() :]
    lines = text.split("\n")
    delimiter = named[1] if named else _delimiter(next((line for line in lines if line.strip()), ""))
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    begins = 0
    try:
        for cells in reader:
            meant = tuple(map(plain, cells))
            if any(meant):
                is_one_line = reader.line_num == begins + 1
                columns = _columns(lines[begins], delimiter) if is_one_line else (0,) * len(cells)
                yield _Row(begins, meant, columns)
            begins = reader.line_num
    except csv.Error as error:
        notes.add(
            begins,
            Rule.SCHOOLS_TABLE,
            say("the quotes of this row are wrong: {error}", error=_CSV_ERRORS.get(str(error), str(error))),
            say('write a quote inside "…" twice: ""'),
        )


def _columns(line: str, delimiter: str) -> tuple[int, ...]:
    """Return at which character of *line* each of its cells begins, counted from 1.

    >>> _columns('b;"x; y";z', ";")
    (1, 3, 10)
    """
    cell = re.compile(rf'(?:"(?:[^"]|"")*")?[^{delimiter}]*')
    found = [0]
    while (found_end := _end(cell, line, found[-1])) < len(line):
        found.append(found_end + 1)
    return tuple(start + 1 for start in found)


def _end(cell: re.Pattern[str], line: str, start: int) -> int:
    match = cell.match(line, start)
    return match.end() if match else len(line)


def _delimiter(header: str) -> str:
    """Return what parts the cells of *header*: a Dutch or Belgian Excel writes semicolons."""
    return ";" if header.count(";") > header.count(",") else ","


def _header(
    row: _Row | None, columns: Sequence[str], words: Mapping[str, str], notes: Notes
) -> tuple[str, ...] | None:
    """Return the columns that *row* names, without the empty ones at its end; None where it is faulty."""
    if row is None:
        if not notes.findings:
            notes.add(
                0,
                Rule.SCHOOLS_TABLE,
                say("the table is empty"),
                say("write the columns in its first line: {columns}", columns=",".join(columns)),
            )
        return None
    names = _without_empty_end(row.cells)
    before = len(notes.findings)
    _check_whole_header(row.line, names, columns, notes)
    if len(notes.findings) > before:
        return None
    found = tuple(meant(name, columns, words) for name in names)
    _check_names(row, names, found, columns, words, notes)
    _check_set(row.line, names, found, notes)
    return tuple(filter(None, found)) if len(notes.findings) == before else None


def _check_whole_header(line: int, names: Sequence[str], columns: Sequence[str], notes: Notes) -> None:
    """Note what makes it useless to look at the *names* one by one."""
    if len(names) == 1 and "\t" in names[0]:
        notes.add(
            line,
            Rule.SCHOOLS_TABLE,
            say("the columns are parted by tabs"),
            say("part them by commas or semicolons: save it as CSV"),
        )
    elif len(names) > MOST_COLUMNS:
        notes.add(
            line,
            Rule.SCHOOLS_COLUMN,
            say("the table has {names_count} columns", names_count=len(names)),
            say("leave out what is no field: {columns}", columns=", ".join(columns)),
        )


def _check_names(
    row: _Row,
    names: Sequence[str],
    found: Sequence[str | None],
    columns: Sequence[str],
    words: Mapping[str, str],
    notes: Notes,
) -> None:
    """Note the *names* that are empty or mean none of *columns*: *found* is what each means."""
    for number, (name, column, at) in enumerate(zip(names, found, row.columns, strict=False), 1):
        if not name:
            fix = say("write its name in the first line, or take the column out")
            notes.add(
                row.line, Rule.SCHOOLS_COLUMN, say("column {number} has no name", number=number), fix, at
            )
        elif column is None:
            fix = _fix_for_name(name, columns, words)
            notes.add(
                row.line, Rule.SCHOOLS_COLUMN, say("there is no column {name}", name=quoted(name)), fix, at
            )


def _check_set(line: int, names: Sequence[str], found: Sequence[str | None], notes: Notes) -> None:
    """Note the columns that are there twice, and those that every table needs and that are not."""
    for column, count in Counter(found).items():
        if column and count > 1:
            notes.add(line, Rule.SCHOOLS_COLUMN, *_twice(column, names, found))
    for name in NEEDED_COLUMNS:
        if name not in found:
            notes.add(
                line,
                Rule.SCHOOLS_COLUMN,
                say("the column '{name}' is missing", name=name),
                say("add it; every school needs {needed_columns}", needed_columns=all_of(NEEDED_COLUMNS)),
            )


def _twice(column: str, names: Sequence[str], found: Sequence[str | None]) -> tuple[Message, Message]:
    """Return what is wrong with the *names* that all mean *column*, and how to mend it."""
    same = dict.fromkeys(name for name, one in zip(names, found, strict=True) if one == column)
    if len(same) == 1:
        return say("the column {value} stands twice", value=quoted(*same)), say("take one of them out")
    written = all_of(map(quoted, same))
    return (
        say("{written} both stand for the column '{column}'", written=written, column=column),
        say(
            "write '{column}' above the one that is meant, and above the other what it is, or take it out",
            column=column,
        ),
    )


_CSV_ERRORS = {str(said): said for said in (say("unexpected end of data"), say("line contains NUL"))}
"""What Python's reader of CSV says, as it says it."""


def _without_empty_end(cells: Sequence[str]) -> tuple[str, ...]:
    """Return *cells* up to the last that holds something: a spreadsheet writes the width of its sheet."""
    last = max((number for number, cell in enumerate(cells, 1) if cell), default=0)
    return tuple(cells[:last])


def _fix_for_name(name: str, columns: Sequence[str], words: Mapping[str, str]) -> Message:
    """Return how to mend the unknown column *name*: which of *columns* is meant, or how to declare it."""
    near = like(name, columns, words)
    if slug_fault(name) is not None:
        return (
            say("did you mean '{near}'?", near=near)
            if near
            else say("use one of: {columns}", columns=", ".join(columns))
        )
    listed = ", ".join(f'"{column}"' for column in (*columns, name))
    declared = say("declare it under [schools] in handout.toml: columns = [{listed}]", listed=listed)
    return say("did you mean '{near}'? Else {declared}", near=near, declared=declared) if near else declared


def _schools(
    rows: Iterator[_Row], header: Sequence[str], width: int, notes: Notes
) -> Iterator[tuple[School, bool]]:
    """Yield each school with whether its row is sound; of one that is not, only what tells which it is.

    *width* counts the cells of the header with the empty ones at its end.
    """
    lines_by_id: dict[str, int] = {}
    for count, row in enumerate(rows, start=1):
        line = row.line
        if count > MOST_SCHOOLS:
            notes.add(
                line,
                Rule.FILE_TOO_LARGE,
                say("the table has more than {most_schools} schools", most_schools=MOST_SCHOOLS),
                say("part it"),
            )
            return
        cells = (*row.cells[: len(header)], *_without_empty_end(row.cells[len(header) :]))
        # `b,B,Kaai 1, Gent,` under `id,name,address,room`: empty at its end, and yet a cell too many.
        # A workbook knows the column of each cell.
        is_wider = not row.kinds and len(row.cells) > width
        cells = row.cells if is_wider else cells
        if len(cells) != len(header):
            notes.add(
                line,
                Rule.SCHOOLS_TABLE,
                say_count(
                    len(cells),
                    "the row has {n} cell, the header {wanted}",
                    "the row has {n} cells, the header {wanted}",
                    wanted=width if is_wider else len(header),
                ),
                _fix_for_count(cells),
            )
            yield _named(header, cells, notes.place(line)), False
            continue
        values = dict(zip(header, cells, strict=True))
        at = dict(zip(header, row.columns, strict=False))
        kinds = dict(zip(header, row.kinds, strict=False))
        is_new = not values["id"] or _id_is_new(values["id"], lines_by_id, line, at, notes)
        if _row_is_sound(values, kinds, line, at, notes) and is_new:
            yield _school(values, notes.place(line), at), True
        else:
            yield School(values["id"], values["name"], place=notes.place(line)), False


def _named(header: Sequence[str], cells: Sequence[str], place: Place) -> School:
    """Return which school it is of whose *cells* there are too few or too many: the first ones are right."""
    known = dict(zip(header[: len(NEEDED_COLUMNS)], cells, strict=False))
    return School(known.get("id", ""), known.get("name", ""), place=place)


def _fix_for_count(cells: Sequence[str]) -> Message:
    if len(cells) == 1:
        return say("part the cells as the header does")
    fix = say('put a cell that holds a comma or semicolon in quotes: "Kerkstraat 1, Antwerpen"')
    return (
        say("write as many cells; {fix}", fix=fix)
        if cells[-1]
        else say("take the sign at the end of the row out, or {fix}", fix=fix)
    )


def _row_is_sound(
    values: dict[str, str], kinds: Mapping[str, Kind], line: int, at: Mapping[str, int], notes: Notes
) -> bool:
    before = len(notes.findings)
    for column, value in values.items():
        if (fault := spoilt.fault(column, value, kinds.get(column, Kind.TEXT))) is not None:
            what, fix = fault
            if kinds:
                what = say("cell {cell}: {what}", cell=workbooks.reference(line, at[column]), what=what)
            notes.add(line, Rule.SCHOOLS_SPOILT, what, fix, at[column])
        else:
            _check_cell(column, value, line, at[column], notes)
    for tag in _language_tags(values.get(LANGUAGES_COLUMN, "")):
        if not re.fullmatch(LANGUAGE_TAG, tag):
            fix = say("write tags as nl or nl-BE, parted by spaces; leave the cell empty for every language")
            notes.add(
                line,
                Rule.SCHOOLS_CELL,
                say("{tag} is no language", tag=quoted(tag)),
                fix,
                at[LANGUAGES_COLUMN],
            )
    if values["id"].casefold() == ALL_SCHOOLS:
        what = say(
            "no school can have the id '{values}': on the command line it means all of them",
            values=values["id"],
        )
        notes.add(line, Rule.NAME_UNUSABLE, what, say("give it another id"), at["id"])
    elif values["id"] and (fault := slug_fault(values["id"])) is not None:
        what, fix = fault
        notes.add(
            line,
            Rule.NAME_UNUSABLE,
            say("the id of a school names its files: {what}", what=what),
            fix,
            at["id"],
        )
    return len(notes.findings) == before


def _check_cell(column: str, value: str, line: int, at: int, notes: Notes) -> None:
    if not value and column in NEEDED_COLUMNS:
        notes.add(
            line,
            Rule.SCHOOLS_CELL,
            say("the row has no {column}", column=column),
            say("every school needs {needed_columns}", needed_columns=all_of(NEEDED_COLUMNS)),
            at,
        )
    if len(value) > MOST_CELL_CHARACTERS:
        notes.add(
            line,
            Rule.SCHOOLS_CELL,
            say("'{column}' has {value_count} characters", column=column, value_count=len(value)),
            say("shorten it: at most {most_cell_characters}", most_cell_characters=MOST_CELL_CHARACTERS),
            at,
        )
    if "\n" in value or "\t" in value:
        what = say("'{column}' holds a line end or a tab", column=column)
        notes.add(line, Rule.SCHOOLS_CELL, what, say("write it on one line"), at)
    if value.startswith(_FORMULA_BEGINS) and not _PHONE.fullmatch(value.replace(NO_BREAK_SPACE, " ")):
        notes.add(
            line,
            Rule.SCHOOLS_CELL,
            say(
                "'{column}' is {value}, which a spreadsheet takes for a formula",
                column=column,
                value=quoted(value),
            ),
            say("write a text that does not begin with = + - @, or leave the cell empty; +32 3 … is fine"),
            at,
        )


def _id_is_new(
    school_id: str, lines_by_id: dict[str, int], line: int, at: Mapping[str, int], notes: Notes
) -> bool:
    key = school_id.casefold()
    if key in lines_by_id:
        first = notes.place(lines_by_id[key]).line
        notes.add(
            line,
            Rule.ID_TWICE,
            say(
                "the id {school_id} stands twice; first in line {first}",
                school_id=quoted(school_id),
                first=first,
            ),
            say("give one another id"),
            at["id"],
        )
        return False
    lines_by_id[key] = line
    return True


def _school(values: dict[str, str], place: Place, at: Mapping[str, int]) -> School:
    given = {column: value or None for column, value in values.items()}
    logo = given.get(LOGO_COLUMN)
    return School(
        id=values["id"],
        name=values["name"],
        address=given.get("address"),
        ict_anchor=given.get("ict-anchor"),
        room=given.get("room"),
        phone=given.get("phone"),
        email=given.get("email"),
        hours=given.get("hours"),
        logo=f"{LOGO_FOLDER}/{logo}" if logo else None,
        languages=_language_tags(values.get(LANGUAGES_COLUMN, "")),
        own=tuple((name, value) for name, value in values.items() if value and name not in STANDARD_COLUMNS),
        place=place,
        cells=tuple(at.items()),
    )


def _language_tags(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.replace(",", " ").split()))
