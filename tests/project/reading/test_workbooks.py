"""A workbook is read as it stands on the screen; what a spreadsheet spoiled is told at its cell."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.books import Cell, Value, date_cell, letters, time_cell, workbook

from handout.model.school import SchoolField
from handout.project.reading import spoilt, workbooks
from handout.project.reading.schools import SchoolTable, schools

HEADER = ("id", "Naam", "ICT-anker", "Lokaal", "Telefoon", "Uren")


def read(*rows: tuple[Value, ...], **built: object) -> SchoolTable:
    return schools(
        "content/schools.xlsx",
        workbook([HEADER, *rows], **built),  # type: ignore[arg-type]
        words={
            "naam": "name",
            "ictanker": "ict-anchor",
            "lokaal": "room",
            "telefoon": "phone",
            "uren": "hours",
        },
    )


def told(table: SchoolTable) -> list[tuple[int, int, str, str]]:
    return [(f.place.line, f.place.column, f.rule, f.what) for f in table.findings]


# ---- what is right


def test_first_sheet_that_is_not_hidden_is_read_with_the_texts_as_they_are() -> None:
    table = read(
        ("de-zon", "  École 't Zonnetje & co ", "Łukasz", "1.20", "+32 471 00 00 00", "8.30 tot 16.00"),
        (None, None, None),
        ("de-maan", "De Maan", None, 12, "03 000 00 00", 8),
        before={"Oud": "hidden", "Nog ouder": "veryHidden"},
    )
    assert told(table) == []
    sun, moon = table.schools
    assert (sun.name, sun.room, sun.phone, sun.place.line) == (
        "École 't Zonnetje & co",
        "1.20",
        "+32 471 00 00 00",
        2,
    )
    # A whole number is what was typed.
    assert (moon.id, moon.room, moon.hours, moon.ict_anchor) == ("de-maan", "12", "8", None)
    assert moon.place.line == 4
    assert moon.place_of("phone").column == 5


def test_table_may_begin_anywhere_on_its_sheet_as_long_as_its_columns_have_names() -> None:
    table = read(("de-zon", "De Zon"), at=(3, 1))
    assert [school.place.line for school in table.schools] == [4]


def test_formula_that_came_to_nothing_leaves_the_cell_empty() -> None:
    table = read(("de-zon", "De Zon", None, Cell("", "str", 'IF(1=2,"B12","")')))
    assert told(table) == []
    assert table.schools[0].room is None


def test_formula_is_what_it_came_to() -> None:
    table = read(
        (Cell("de-zon", "str", 'LOWER("DE-ZON")'), Cell("De Zon", "str", "B9"), None, Cell("7", "n", "3+4"))
    )
    assert told(table) == []
    assert [(school.id, school.name, school.room) for school in table.schools] == [("de-zon", "De Zon", "7")]


# ---- what a spreadsheet spoiled


@pytest.mark.parametrize(
    ("column", "value", "shown", "did"),
    [
        (5, 471234567, "471234567", "takes the 0 or + at the beginning off"),
        (5, 1234, "1234", "takes the 0 or + at the beginning off"),
        (4, 1.2, "1.2", "takes zeros at its end off"),
        (6, 8.3, "8.3", "takes zeros at its end off"),
        (4, date_cell(46_056), "2026-02-03", "a date or a time"),
        (6, time_cell(0.354166666666667), "08:30:00", "a date or a time"),
        (3, True, "TRUE", "'true' or 'false'"),
        (2, Cell("#N/A", "e", "VLOOKUP(1,A:A,1)"), "#N/A", "a formula without a result"),
        (5, Cell("#REF!", "e"), "#REF!", "a formula without a result"),
        (4, Cell(None, "n", "A1"), "", "a formula without a result"),
        (4, Cell("", "n", "A1"), "", "a formula without a result"),
        (5, "4,75E+08", "4,75E+08", "kept its first digits"),
    ],
)
def test_cell_that_is_no_text_is_told_where_that_changes_it(
    column: int, value: Value, shown: str, did: str
) -> None:
    row: list[Value] = ["de-zon", "De Zon", "Wim", "B12", "03 000 00 00", "9 uur"]
    row[column - 1] = value

    table = read(tuple(row), ("de-maan", "De Maan"))

    ((line, at, rule, what),) = told(table)
    assert (line, at, rule) == (2, column, "schools-spoilt")
    assert what.startswith(f"cell {letters(column)}2: '")
    assert f"is '{shown}': " in what
    assert did in what
    assert [school.id for school in table.schools] == ["de-maan"]


# ---- what is no table


def damaged(data: bytes) -> bytes:
    return data[: len(data) // 2]


def without_visible_sheet() -> bytes:
    file = io.BytesIO(workbook([HEADER]))
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'state="visible"', b'state="hidden"'))
    return made.getvalue()


def swollen() -> bytes:
    file = io.BytesIO(workbook([HEADER]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/veel.bin", bytes(workbooks.MOST_UNPACKED_BYTES))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"id,name\n", "the file is no workbook (.xlsx), or is damaged"),
        (b"", "the file is no workbook (.xlsx), or is damaged"),
        (damaged(workbook([HEADER])), "the file is no workbook (.xlsx), or is damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "the file is no workbook (.xlsx), or is damaged"),
        (without_visible_sheet(), "the workbook has no sheet that is not hidden"),
        (swollen(), "the workbook holds more than a table of schools can need"),
        (
            workbook([[*HEADER, *[None] * 900, *"x" * 1], *[[]] * 9_999, ["y"]]),
            "the sheet reaches as far as the cell ",
        ),
        (workbook([]), "the table is empty"),
        (workbook([["id", "name"], ["a", "x\ufffdy"]]), "a cell holds REPLACEMENT CHARACTER (U+FFFD), "),
    ],
    ids=["csv", "empty", "half", "xls", "hidden", "swollen", "far", "bare", "lost"],
)
def test_file_that_is_no_table_is_told_for_what_it_is(data: bytes, what: str) -> None:
    (finding,) = schools("content/schools.xlsx", data).findings
    assert finding.what.startswith(what)
    assert finding.fix


def test_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LONGEST_S", 0)
    (finding,) = schools("content/schools.xlsx", workbook([HEADER])).findings
    assert finding.what == "the workbook takes too long to read, or too much memory"
    assert "new, empty workbook" in finding.fix


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3_000), st.binary(min_size=1, max_size=6))
def test_any_damage_gives_a_table_or_a_finding(position: int, damage: bytes) -> None:
    data = workbook([HEADER, ("de-zon", "De Zon")])
    table = schools("content/schools.xlsx", data[:position] + damage + data[position + len(damage) :])
    assert table.findings or table.schools


# ---- cells of a CSV file


@pytest.mark.parametrize(
    ("column", "value", "did"),
    [
        ("phone", "4.75E+08", "kept its first digits"),
        ("room", "1,20E+01", "kept its first digits"),
        ("phone", "471234567", "the 0 at the beginning off: 0471234567?"),
        ("phone", "32471234567", "the + at the beginning off: +32471234567?"),
        ("phone", "471234567,0", "the 0 at the beginning off"),
        ("gsm", "471234567", "the 0 at the beginning off"),
        ("phone", "'0475 00 00 00", "the apostrophe marks a text inside of a spreadsheet only"),
        ("name", "’3 Linden", "the apostrophe marks a text inside of a spreadsheet only"),
        ("hours", "08:30:00 AM", "a time of day"),
        ("hours", "8:30:00", "a time of day"),
        ("hours", "0,354166667", "a time of day"),
        ("room", "03/02/2026", "took it for a date"),
        ("room", "2026-02-03 00:00:00", "took it for a date"),
        ("room", "3-feb", "took it for a date"),
        ("hours", "Mei-26", "took it for a date"),
        ("address", "#N/A", "a formula without a result"),
        ("logo", "#REF!", "a formula without a result"),
        ("name", "#VERW!", "a formula without a result"),
        ("hours", "########", "a column that was too narrow"),
    ],
)
def test_cell_that_a_spreadsheet_spoiled_is_told(column: str, value: str, did: str) -> None:
    columns = tuple(dict.fromkeys(("id", "name", column)))
    rows = f"a,{value}\nb,De Maan" if column == "name" else f'a,De Zon,"{value}"\nb,De Maan,'
    table = schools("s.csv", f"{','.join(columns)}\n{rows}\n".encode(), columns)

    (finding,) = table.findings
    assert (finding.rule, finding.place.line) == ("schools-spoilt", 2)
    assert finding.place.column == (3 if column == "name" else 10)
    assert did in finding.what
    assert finding.fix in (spoilt.AS_TEXT, spoilt.AS_VALUE)
    assert [school.id for school in table.schools] == ["b"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "'t Zonnetje"),
        ("name", "’s Gravenhof"),
        ("name", "Basisschool 2026"),
        ("name", "#school"),
        ("phone", "0471234567"),
        ("phone", "+32471234567"),
        ("phone", "0032471234567"),
        ("phone", "0471.23.45.67"),
        ("phone", "1712"),
        ("phone", "03 123 45 67 of 0471 00 00 00"),
        ("room", "1E2"),
        ("room", "1.20"),
        ("room", "3/2"),
        ("room", "10-12-14"),
        ("room", "B-2026"),
        ("room", "4751234567"),
        ("hours", "8:30"),
        ("hours", "8:30-16:00"),
        ("hours", "8.30"),
        ("opening", "03/02/2026"),
        ("klas", "471234567"),
    ],
)
def test_value_that_a_person_types_stays(column: str, value: str) -> None:
    columns = tuple(dict.fromkeys(("id", "name", column)))
    row = "a," + (value if column == "name" else f"De Zon,{value}")
    table = schools("s.csv", f"{','.join(columns)}\n{row}\n".encode(), columns)
    assert table.findings == ()
    assert len(table.schools) == 1


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*SchoolField, "own"]), st.text(max_size=20))
def test_any_value_is_told_or_not_in_whole_words(column: str, value: str) -> None:
    found = spoilt.fault(str(column), value)
    assert found is None or all(found)


@pytest.mark.parametrize(
    ("first", "parts"),
    [("sep=;", ";"), ("sep=,", ","), ("SEP=\t", "\t"), ('"sep=;"', ";"), ("sep=|", "|")],
)
def test_first_line_that_names_the_separator_is_heeded(first: str, parts: str) -> None:
    rows = [["id", "name", "address"], ["a", "De, Zon; hier" if parts not in ",;" else "De Zon", ""]]
    text = "\r\n".join([first, *(parts.join(row) for row in rows), "b"])

    table = schools("s.csv", text.encode("utf-8-sig"))

    assert [(school.id, school.name, school.place.line) for school in table.schools] == [("a", rows[1][1], 3)]
    ((line, what),) = [(finding.place.line, finding.what) for finding in table.findings]
    assert (line, what) == (4, "the row has 1 cell, the header 3")
