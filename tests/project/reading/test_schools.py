"""The table of schools is read as spreadsheet programs write it."""

from __future__ import annotations

import csv
import io
import tomllib
import zipfile
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handout.machine.program import packaged_root
from handout.model.findings import Finding, Place
from handout.model.school import STANDARD_COLUMNS, School
from handout.project.project import COLUMNS_FILE
from handout.project.reading import schools as reader
from handout.project.reading.columns import key

NAMES = [
    (column, word)
    for table in tomllib.loads((packaged_root() / COLUMNS_FILE).read_text("utf-8")).values()
    for column, words in table.items()
    for word in words
]
TWO_NAMES = "'School' and 'Naam' both stand for the column 'name'"
WORDS = {key(word): column for column, word in NAMES}
ID = "the id of a school names its files:"
HEADER = "id,name,address,ict-anchor,room,phone,email,hours\n"


def schools(
    path: str, data: bytes, columns: tuple[str, ...] = STANDARD_COLUMNS
) -> tuple[tuple[School, ...], tuple[Finding, ...]]:
    """Return the sound rows of *data*, read with the packaged words, and what is wrong with the others."""
    table = reader.schools(path, data, columns, WORDS)
    return table.schools, table.findings


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


def test_head_of_the_table_may_be_in_dutch_and_in_any_capitals() -> None:
    head = "Schoolcode;Naam;Adres;ICT-anker;Lokaal;Telefoon;E-mail;Uren;Logo;Talen"
    rows, findings = schools("s.csv", f"{head}\na;A;Kaai 1;An;B1;03 1;a@b.be;8 uur;a.svg;nl\n".encode())

    assert findings == ()
    assert rows == (
        School("a", "A", "Kaai 1", "An", "B1", "03 1", "a@b.be", "8 uur", "images/a.svg", ("nl",)),
    )
    assert schools("s.csv", b"ID;NAME;Ict Anchor\na;A;An\n")[0] == (School("a", "A", ict_anchor="An"),)


def test_own_column_comes_before_a_word_for_another() -> None:
    rows, findings = schools("s.csv", b"id;name;Lokaal\na;A;x\n", ("id", "name", "room", "lokaal"))

    assert findings == ()
    assert [(row.room, row.own) for row in rows] == [(None, (("lokaal", "x"),))]


def test_each_word_stands_for_one_column_that_there_is() -> None:
    assert {column for column, _ in NAMES} <= set(STANDARD_COLUMNS)
    assert len(WORDS) == len({(column, key(word)) for column, word in NAMES})
    assert not {key(column) for column in STANDARD_COLUMNS} & WORDS.keys()


def test_refused_row_is_known_by_its_id_and_its_place() -> None:
    data = b"id,name,room\na,A,B1\nb,B,Kaai 1, gang\nall,C,\nd,D,=1\n,E,\na,F,\ng\n"
    table = reader.schools("s.csv", data)

    assert [school.id for school in table.schools] == ["a"]
    assert [(school.id, school.name, school.place.line) for school in table.refused] == [
        ("b", "B", 3), ("all", "C", 4), ("d", "D", 5), ("", "E", 6), ("a", "F", 7), ("g", "", 8)
    ]  # fmt: skip


def test_table_that_ends_in_the_middle_has_no_refused_rows_for_the_rest_is_not_known() -> None:
    table = reader.schools("s.csv", b'id,name\na,A\nb,"B\nc,C\n')

    assert ([school.id for school in table.schools], table.refused) == (["a"], ())
    assert [finding.place.line for finding in table.findings] == [3]


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
        (("id", "name", "room"), "id,name,Lokaalnr", "there is no column 'Lokaalnr'", "did you mean 'room'?"),
        (("id", "name"), "id,name,Lokaal", "there is no column 'Lokaal'", "use one of: id, name"),
        (("id", "name"), "id,School,Naam", TWO_NAMES, "write 'name'"),
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
        ("a,A\nb,B, C,\n", [(3, "the row has 4 cells, the header 2")]),
        ("a,A\nb,B,\n", [(3, "the row has 3 cells, the header 2")]),
        ("a\n", [(2, "the row has 1 cell, the header 2")]),
        ('a,"A" x\n', [(2, "the quotes of this row are wrong: ',' expected after '\"'")]),
        ('a,A\nb,"B\nc,C\n', [(3, "the quotes of this row are wrong: unexpected end of data")]),
        ('a,"A\nB"\nb\n', [(2, "'name' holds a line end or a tab"), (4, "the row has 1 cell, the header 2")]),
        (",A\na,\n", [(2, "the row has no id"), (3, "the row has no name")]),
        ("a,A\nb,B\na,C\n", [(4, "the id 'a' stands twice; first in line 2")]),
        ("De Kaai,A\n", [(2, f"{ID} the name 'De Kaai' cannot become the name of a file")]),
        ("all,A\nALL,B\n", [
            (2, "no school can have the id 'all': on the command line it means all of them"),
            (3, "no school can have the id 'ALL': on the command line it means all of them"),
            (3, "the id 'ALL' stands twice; first in line 2"),
        ]),
        ("a,A\nA,B\n", [
            (3, "the id 'A' stands twice; first in line 2"),
            (3, f"{ID} the name 'A' cannot become the name of a file"),
        ]),
        ("aux,A\n", [(2, f"{ID} Windows keeps the name 'aux' for a device")]),
        ("a,=1+1\n", [(2, "'name' is '=1+1', which a spreadsheet takes for a formula")]),
        ("a,@SUM(A1)\n", [(2, "'name' is '@SUM(A1)', which a spreadsheet takes for a formula")]),
        ("a,-\n", [(2, "'name' is '-', which a spreadsheet takes for a formula")]),
        ("a,+x()!A0\n", [(2, "'name' is '+x()!A0', which a spreadsheet takes for a formula")]),
        ("a," + "x" * 201 + "\n", [(2, "'name' has 201 characters")]),
    ],
)  # fmt: skip
def test_fault_of_a_row_is_reported_with_its_line(rows: str, expected: list[tuple[int, str]]) -> None:
    assert sorted(read("id,name\n" + rows)[1]) == sorted(expected)


@pytest.mark.parametrize(
    ("header", "cells"), [("id,name,address,room", (5, 4)), ("id,name,address,room,,", (7, 6))]
)
def test_comma_in_an_address_shifts_no_cell_where_the_last_is_empty(
    header: str, cells: tuple[int, int]
) -> None:
    end = header.removeprefix("id,name,address,room")
    rows, findings = schools(
        "s.csv", f'{header}\na,A,"Kaai 1, Gent",{end}\nb,B,Kaai 1, Gent,{end}\n'.encode()
    )

    assert [(row.address, row.room) for row in rows] == [("Kaai 1, Gent", None)]
    assert [(f.place.line, f.what) for f in findings] == [
        (3, f"the row has {cells[0]} cells, the header {cells[1]}")
    ]
    assert findings[0].fix.endswith('in quotes: "Kerkstraat 1, Antwerpen"')


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

    (school,), _ = schools("s.csv", file.getvalue().encode(), ("id", "name", *columns))

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
        ("Co\u0140legi \u01c7ubica \u01c4", "Col\u00b7legi LJubica D\u017d"),
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
    assert finding.fix.endswith("in Excel: Save As, 'CSV UTF-8 (Comma delimited)'")
    assert ("call it schools.xlsx" in finding.fix) == ("Excel," in kind)


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
