"""What a sheet cannot show of the table of schools is told at its cell, before anything is rendered."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY, SETTINGS, handout, loaded, procedure, project_at

from handout.commands import app
from handout.document import resolve
from handout.editions import unprintable
from handout.model.findings import ExitCode, Finding
from handout.model.rules import Rule
from handout.paper.compose import page
from handout.project.plan import Edition, Selection, editions

SIGN = "\U00013000"
"""A hieroglyph: no font for handouts has it."""
FILES = {
    "content/handouts/gids.md": handout("a", audiences="[staff]"),
    "content/procedures/a.md": procedure("1. Klik"),
}
LONG = "Lokaal B12 op de tweede verdieping van het oude gebouw aan de achterkant van de speelplaats"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process; return its exit code and all that it said."""

    def answer(*arguments: str | Path) -> tuple[int, str]:
        code = app.run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return code, captured.out + captured.err

    return answer


def found(root: Path, files: dict[str, str], *schools: str, settings: str = SETTINGS) -> list[Finding]:
    """Return what the copies for *schools*, or all, cannot show."""
    project = loaded(project_at(root, {**FILES, **files}, settings))

    def html(edition: Edition) -> str:
        return page.html(resolve.document(project, edition)[0], project)[0]

    return list(unprintable.findings(project, editions(project, Selection(schools=schools)), html))


# ---- all of them at once ----------------------------------------------------------------------

COLUMNS = ("id", "name", "ict-anchor", "room", "phone", "hours")
SOUND = {
    "name": "Basisschool ’t Kompas – campus Noord",
    "ict-anchor": "İlse Łukasz-Öztürk",
    "room": "secretariaat",
    "phone": "03 123 45 67 of 0471 23 45 67",
    "hours": "ma-vr 8.00-12.00 en 13.00-16.30",
}
FAULTY = {
    "name": "Vrije Gesubsidieerde Lagere School met Internaat Onze-Lieve-Vrouw van de Berg en de Wijde Zee "
    "en het Oude Bos aan de Rand van de Stad",
    "ict-anchor": f"An {SIGN} Peeters",
    "room": LONG,
    "phone": "03 123 45 67 (secretariaat) of 0471 23 45 67 (directie, na 16 uur)",
    "hours": "maandag, dinsdag, donderdag en vrijdag van 8.30 tot 15.30, woensdag tot 12.00",
}
ROWS = 300


def test_check_tells_every_cell_of_three_hundred_schools_at_once(tmp_path: Path, run: Run) -> None:
    file = io.StringIO()
    table = csv.writer(file, delimiter=";", lineterminator="\n")
    table.writerow(COLUMNS)
    for number in range(ROWS):
        bad = COLUMNS[1 + number // 20 % 5] if number % 20 == 7 else None
        values = [FAULTY[name] if name == bad else SOUND[name] for name in COLUMNS[1:]]
        table.writerow([f"s{number}", *values])
    lines = file.getvalue().split("\n")
    expected = [
        (line, lines[line - 1].index(value) + 1)
        for line in range(2, ROWS + 2)
        for value in FAULTY.values()
        if value in lines[line - 1]
    ]
    for folder in ("content", "styles", "templates"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    shutil.copy(REPOSITORY / "handout.toml", tmp_path)
    (tmp_path / "content/schools.csv").write_text(file.getvalue(), "utf-8")

    code, said = run("check", "--project", tmp_path)

    assert code == ExitCode.FINDINGS
    errors = [line for line in said.split("\n") if ": error[" in line]
    places = [line.partition(": ")[0] for line in errors]
    assert places == [f"content/schools.csv:{line}:{column}" for line, column in expected]
    assert len(expected) == ROWS // 20
    assert sum("[slot-too-long]" in line for line in errors) == 12
    assert sum("[character-missing]" in line for line in errors) == 3


TABLE = f"id,name,room\ngoed,Goed,B12\nfout,Fout,{LONG}\n"


def test_build_stops_at_the_cell_before_it_renders(tmp_path: Path, run: Run) -> None:
    root = project_at(tmp_path, {**FILES, "content/schools.csv": TABLE})

    code, said = run("build", "--project", root, "--school", "all")

    assert code == ExitCode.FINDINGS
    assert "content/schools.csv:3:11: error[slot-too-long]" in said
    # What a rendering finds is put in a report there.
    assert not (root / "build").exists()


def test_only_the_schools_that_are_asked_for_are_judged(tmp_path: Path) -> None:
    files = {"content/schools.csv": TABLE}

    assert found(tmp_path, files, "goed") == []
    assert [str(one.place) for one in found(tmp_path, files, "all")] == ["content/schools.csv:3:11"]
    assert [str(one.place) for one in found(tmp_path, files)] == ["content/schools.csv:3:11"]


def test_cell_that_is_too_long_for_several_formats_is_told_once_with_the_narrowest(tmp_path: Path) -> None:
    own = "[formats.leaflet-a5.slots.room]\nwidth-mm = 30\n"
    sheets = handout("a", audiences="[staff, students]", formats="[leaflet-a4, leaflet-a5]")
    files = {"content/handouts/gids.md": sheets, "content/schools.csv": TABLE}

    (finding,) = found(tmp_path, files, settings=SETTINGS + own)

    assert "is too long for leaflet-a4, leaflet-a5: " in finding.what
    assert "leaflet-a5 has 2 lines of 30 mm for it" in finding.what
    most = int(finding.fix.split()[3])
    shorter = {**files, "content/schools.csv": TABLE.replace(LONG, LONG[:most])}
    assert found(tmp_path, shorter, settings=SETTINGS + own) == []


# ---- what stands on no sheet is no fault ------------------------------------------------------

NARROW = '[formats.leaflet-a4.slots]\nsign = { field = "room", width-mm = 5, leading-mm = 6, size-pt = 10 }\n'
ASKING = (
    "{% extends 'sheet.html' %}{% block body %}"
    "{% if document.school and document.school.room|length < 4 %}{{ slot('sign') }}{% endif %}{% endblock %}"
)


def test_slot_that_no_page_shows_is_not_asked_for(tmp_path: Path) -> None:
    files = {"content/schools.csv": "id,name,room\na,A,bureau van de directie\n"}

    assert found(tmp_path, files, settings=SETTINGS + NARROW) == []


def test_template_that_asks_for_the_school_is_asked_for_each(tmp_path: Path) -> None:
    table = "id,name,room\na,A,bureau van de directie\nb,B,WMW\n"
    files = {"content/schools.csv": table, "templates/formats/leaflet-a4.html": ASKING}

    assert [str(one.place) for one in found(tmp_path, files, settings=SETTINGS + NARROW)] == [
        "content/schools.csv:3:5"
    ]


def test_letter_in_a_cell_that_no_sheet_shows_is_no_fault_until_a_text_names_it(tmp_path: Path) -> None:
    table = f"id,name,email\na,A,{SIGN}@school.be\nb,B,b@school.be\n"
    named = handout("a", "Mail naar {{ school.email }}.", audiences="[staff]")

    assert found(tmp_path, {"content/schools.csv": table}) == []
    (finding,) = found(tmp_path, {"content/schools.csv": table, "content/handouts/gids.md": named})

    assert (str(finding.place), finding.rule) == ("content/schools.csv:2:5", Rule.CHARACTER_MISSING)
    assert finding.what == (
        f"no font has the character '{SIGN}' (U+13000, EGYPTIAN HIEROGLYPH A001) in the email of 'A'"
    )


# ---- letters in the texts ---------------------------------------------------------------------


def test_check_finds_a_letter_that_no_font_has_in_a_text(tmp_path: Path, run: Run) -> None:
    text = procedure(f"1. Klik\n\n   Let op {SIGN}.")
    root = project_at(tmp_path, {**FILES, "content/procedures/a.md": text})

    code, said = run("check", "--project", root)

    assert code == ExitCode.FINDINGS
    assert "content/procedures/a.md:7: error[character-missing]: no font has the character" in said


def test_script_without_a_font_is_told_once_with_how_many_places(tmp_path: Path, run: Run) -> None:
    body = "1. გახსენი პროგრამა\n\n   დააჭირე აქ.\n2. Klik\n\n   हिन्दी में लिखो। Ꝏ"
    root = project_at(tmp_path, {**FILES, "content/procedures/a.md": procedure(body)})

    code, said = run("check", "--project", root)

    assert code == ExitCode.FINDINGS
    told = [line.partition(": error")[::2] for line in said.split("\n") if "[character-missing]" in line]
    assert [(place, what.partition("]: ")[2]) for place, what in told] == [
        (
            "content/procedures/a.md:5",
            "no font has the script Georgian: გ ა ხ …, in 2 places, of which this is the first",
        ),
        (
            "content/procedures/a.md:10",
            "no font has the character 'Ꝏ' (U+A74E, LATIN CAPITAL LETTER OO)",
        ),
        (
            "content/procedures/a.md:10",
            "no font has the script Devanagari (Hindi, Nepali, Marathi): ह ि न …, here alone",
        ),
    ]


@pytest.mark.parametrize(
    "word", ["na\u00efef", "e\u0323en", "Sint\u2011Jan", "af\u00adbreken", "a\u200bb", "\u2192", "٣ محمد"]
)
def test_letter_that_the_engine_can_print_is_no_fault(tmp_path: Path, run: Run, word: str) -> None:
    root = project_at(tmp_path, {**FILES, "content/procedures/a.md": procedure(f"1. Klik\n\n   {word}.")})

    _, said = run("check", "--project", root)

    assert "character-missing" not in said
