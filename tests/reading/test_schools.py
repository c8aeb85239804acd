"""The table of schools is read as spreadsheet programs write it."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handout.errors import Place
from handout.model import STANDARD_COLUMNS, School
from handout.reading.schools import schools

ID = "the id of a school names its files:"
HEADER = "id,name,address,ict-anchor,room,phone,email,hours\n"


def read(text: str) -> tuple[tuple[School, ...], list[tuple[int, str]]]:
    rows, findings = schools("content/schools.csv", text.encode())
    assert all(finding.fix for finding in findings)
    return rows, [(finding.place.line, finding.what) for finding in findings]


def test_row_becomes_a_school_and_an_empty_cell_is_no_value() -> None:
    rows, faults = read(
        HEADER + 'de-kaai,De Kaai,"Kaai 1, Antwerpen",,B.012,+32 3 123 45 67,ict@example.org,\n'
    )
    assert faults == []
    assert rows == (
        School(
            "de-kaai", "De Kaai", "Kaai 1, Antwerpen", None, "B.012", "+32 3 123 45 67", "ict@example.org"
        ),
    )


def test_semicolons_byte_order_mark_and_windows_line_ends_are_taken() -> None:
    data = "\ufeffname;id;room\r\nDe Kaai;de-kaai;B, 12\r\n;;\r\n\r\n".encode()
    rows, findings = schools("s.csv", data)
    assert findings == ()
    assert rows == (School("de-kaai", "De Kaai", room="B, 12"),)


def test_table_as_excel_saves_it_is_taken_with_its_empty_columns_and_rows() -> None:
    data = (
        '\ufeffid;name;hours;logo;;\r\nde-kaai;"De ""Kaai""; 2060";"8.30; 13 uur";kaai.svg;;\r\n'
        "de-sluis;De Sluis;;;;\r\n;;;;;\r\n;;;;;\r\n"
    ).encode()

    rows, findings = schools("s.csv", data)

    assert findings == ()
    assert rows == (
        School("de-kaai", 'De "Kaai"; 2060', hours="8.30; 13 uur", logo="images/kaai.svg"),
        School("de-sluis", "De Sluis"),
    )


def test_column_of_the_projects_own_is_a_field() -> None:
    rows, findings = schools("s.csv", b"id,name,wifi\na,A,gast\nb,B,\n", (*STANDARD_COLUMNS, "wifi", "page"))

    assert findings == ()
    assert [(row.value("wifi"), row.value("page"), row.value("room")) for row in rows] == [
        ("gast", None, None),
        (None, None, None),
    ]


@pytest.mark.parametrize(
    ("columns", "header", "what", "fix"),
    [
        (
            ("id", "name"),
            "id,name,wifi",
            "there is no column 'wifi'",
            'declare it under [schools] in handout.toml: columns = ["id", "name", "wifi"]',
        ),
        (("id", "name", "room"), "id,name,rooms", "there is no column 'rooms'", "did you mean 'room'? Else"),
        (("id", "name", "room"), "id,name,Room", "there is no column 'Room'", "did you mean 'room'?"),
        (("id", "name"), "id,name,room", "there is no column 'room'", "declare it under [schools]"),
        (("id", "name"), "id,,name", "column 2 has no name", "write its name in the first line"),
    ],
)  # fmt: skip
def test_column_that_the_project_does_not_have_is_reported_with_how_to_declare_it(
    columns: tuple[str, ...], header: str, what: str, fix: str
) -> None:
    _, (finding,) = schools("s.csv", f"{header}\na,A,\n".encode(), columns)

    assert (finding.place.line, finding.what) == (1, what)
    assert finding.fix.startswith(fix)


def test_languages_are_parted_by_spaces_or_commas_and_a_bad_tag_is_reported() -> None:
    rows, findings = schools(
        "s.csv", b'id;name;languages\na;A;nl-BE en\nb;B;"fr, nl"\nc;C;\nd;D;nl nederlands\n'
    )

    assert [row.languages for row in rows] == [("nl-BE", "en"), ("fr", "nl"), ()]
    assert [(f.place.line, f.what) for f in findings] == [(5, "'nederlands' is no language")]


@pytest.mark.parametrize(
    ("languages", "speaks"),
    [((), True), (("nl",), True), (("nl-BE", "en"), True), (("nl-NL",), False), (("n",), False)],
)
def test_school_wants_copies_in_its_languages(languages: tuple[str, ...], speaks: bool) -> None:
    assert School("a", "A", languages=languages).speaks("nl-BE") is speaks


def test_missing_unknown_and_double_columns_are_reported() -> None:
    rows, findings = schools("s.csv", b"id,adress,room,room\nx,y,z,w\n")
    assert rows == ()
    assert [(f.place.line, f.what, f.fix.partition("?")[0]) for f in findings] == [
        (1, "there is no column 'adress'", "did you mean 'address'"),
        (1, "the column 'room' stands twice", "take one of them out"),
        (1, "the column 'name' is missing", "add it; every school needs id and name"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("a,A\nb,B,C\n", [(3, "the row has 3 cells, the header 2")]),
        ("a\n", [(2, "the row has 1 cell, the header 2")]),
        ('a,"A" x\n', [(2, "the quotes of this row are wrong: ',' expected after '\"'")]),
        ('a,A\nb,"B\nc,C\n', [(3, "the quotes of this row are wrong: unexpected end of data")]),
        ('a,"A\nB"\nb\n', [(2, "'name' holds a line end or a tab"), (4, "the row has 1 cell, the header 2")]),
        (",A\na,\n", [(2, "the row has no id"), (3, "the row has no name")]),
        ("a,A\nb,B\na,C\n", [(4, "the id 'a' stands twice; first in line 2")]),
        ("De Kaai,A\n", [(2, f"{ID} the name 'De Kaai' cannot become the name of a file")]),
        ("aux,A\n", [(2, f"{ID} Windows keeps the name 'aux' for a device")]),
        ("a,=1+1\n", [(2, "'name' is '=1+1', which a spreadsheet takes for a formula")]),
        ("a,@SUM(A1)\n", [(2, "'name' is '@SUM(A1)', which a spreadsheet takes for a formula")]),
        ("a,-\n", [(2, "'name' is '-', which a spreadsheet takes for a formula")]),
        ("a,+x()!A0\n", [(2, "'name' is '+x()!A0', which a spreadsheet takes for a formula")]),
        ("a," + "x" * 201 + "\n", [(2, "'name' has 201 characters")]),
    ],
)  # fmt: skip
def test_fault_of_a_row_is_reported_with_its_line(rows: str, expected: list[tuple[int, str]]) -> None:
    assert read("id,name\n" + rows)[1] == expected


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ("a,=1\n", 3),
        ('"a","De ""Kaai"", 2060",=1\n', 25),
        ('a,5" buis,=1\n', 11),
        ("a,\u00adb,=1\n", 6),
        ('a,"x\ny",=1\n', 0),
    ],
)
def test_fault_of_a_cell_is_reported_with_the_character_at_which_it_begins(rows: str, column: int) -> None:
    header = "id,name\n" if rows.count(",") == 1 else "id,name,room\n"
    _, findings = schools("s.csv", (header + rows).encode())

    assert findings[-1].place == Place("s.csv", 2, column)
    assert str(findings[-1].place) == (f"s.csv:2:{column}" if column else "s.csv:2")


CELLS = st.lists(st.text("ab;,\"' é", max_size=6), min_size=2, max_size=5)


@given(CELLS, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_each_cell_of_a_school_is_found_where_it_stands(cells: list[str], quoting: Literal[0, 1]) -> None:
    columns = [f"c{number}" for number in range(len(cells))]
    file = io.StringIO()
    csv.writer(file, quoting=quoting, lineterminator="\n").writerows(
        [["id", "name", *columns], ["a", "A", *cells]]
    )

    (school,), _ = schools("s.csv", file.getvalue().encode(), ["id", "name", *columns])

    line = file.getvalue().split("\n")[1]
    for column, cell in zip(columns, cells, strict=True):
        shown = line[school.place_of(column).column - 1 :]
        assert next(csv.reader([f"{shown},"]))[0] == cell


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("Basis\u00adschool", "Basisschool"),
        ("\ufeffDe\u200bKaai\u200e", "DeKaai"),
        ("Sint\u2011Jan \u2010 Zuid", "Sint-Jan - Zuid"),
        ("\u202a03\u202f123\u00a045\u200967\u202c", "03\u00a0123\u00a045 67"),
        ("Sol\u02bcany", "Sol\u2019any"),
        ("\u2003De Kaai\u00a0", "De Kaai"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"),
        ("a\u200cb", "ab"),
        ("\u200b", None),
    ],
)
def test_cell_says_what_a_person_sees_in_it(cell: str, meant: str | None) -> None:
    (school,), findings = schools("s.csv", f"id,name,room\na,A,{cell}\n".encode())

    assert findings == ()
    assert school.room == meant


@pytest.mark.parametrize(
    "phone",
    ["+32\u00a03\u00a0123\u00a045\u00a067", "+32 3 123 45 67 of +32 471 23 45 67", "+32 3 123, toestel 12"],
)
def test_number_of_a_phone_in_any_words_is_no_formula(phone: str) -> None:
    (school,), findings = schools("s.csv", f'id,name,phone\na,A,"{phone}"\n'.encode())

    assert findings == ()
    assert school.phone == phone


def test_sound_rows_stay_when_others_have_a_fault() -> None:
    rows, faults = read("id,name\na,A\nb\nc,C\n")
    assert [row.id for row in rows] == ["a", "c"]
    assert len(faults) == 1


def test_empty_table_is_reported() -> None:
    assert read("")[1] == read("\n ; \n")[1] == [(1, "the table is empty")]


def test_table_with_tabs_is_named_for_what_it_is() -> None:
    assert read("id\tname\na\tA\n")[1] == [(1, "the columns are parted by tabs")]


def test_table_with_very_many_rows_is_cut_off_with_a_finding() -> None:
    rows, faults = read("id,name\n" + "".join(f"s{number},S\n" for number in range(5_002)))
    assert len(rows) == 5_000
    assert faults == [(5_002, "the table has more than 5000 schools")]


def test_table_that_is_too_large_is_reported() -> None:
    assert read("x" * 4_000_001)[1] == [(1, "the table has 4000001 bytes")]


def test_table_with_very_many_columns_is_reported_once() -> None:
    assert read("a," * 10_000)[1] == [(1, "the table has 10000 columns")]


def workbook() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (workbook(), "an Excel, Word or ZIP file"),
        ("id;name\nx;é".encode("utf-16"), "UTF-16"),
        ("id;name\nx;“é”".encode("cp1252"), "Windows-1252"),
    ],
)
def test_file_that_is_no_csv_in_utf_8_is_named_for_what_it_is(data: bytes, kind: str) -> None:
    rows, (finding,) = schools("s.csv", data)
    assert rows == ()
    assert kind in finding.what
    assert finding.fix == "in Excel: Save As, 'CSV UTF-8 (Comma delimited)'"


@settings(max_examples=50, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=100),
        st.lists(st.sampled_from((*'ab,;"\n\r=+ ', "id", "name", "\nx,y", '""')), max_size=30).map(
            lambda pieces: ("id,name\n" + "".join(pieces)).encode()
        ),
    )
)
def test_any_bytes_give_schools_or_findings(data: bytes) -> None:
    rows, findings = schools("s.csv", data)
    assert len({row.id.casefold() for row in rows}) == len(rows)
    assert all(finding.place.line >= 1 for finding in findings)
