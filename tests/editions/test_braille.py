"""A handout in braille: every step, key and reference in cells, on pages that a braille printer takes."""

from __future__ import annotations

import json
import os
import re
import shutil
from functools import cache, partial
from pathlib import Path

import pytest
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at
from tests.handbook.handbook import project

from handout import proof
from handout.commands import app
from handout.document import resolve
from handout.editions import braille_text, expectations, sheet_code
from handout.machine import braille
from handout.model.document import Document
from handout.model.files import BRAILLE, FinishedPiece
from handout.model.findings import EnvironmentFault, ExitCode, Finding
from handout.paper.braille import laid, told
from handout.paper.braille.told import LineKind
from handout.paper.compose import screen
from handout.project.plan import editions
from handout.project.selection import Selection
from handout.proof import BraillePaper, ProofRule
from handout.proof.screen import read
from handout.proof.sequence import SignKind
from handout.proof.steps import items
from handout.proof.tags import squeezed

PAPER = BraillePaper(40, 25)
LEAFLET = ("mfa-instellen", "staff", "nl-BE")
HELPER = ("mfa-hulp-geven", "ict-anchor", "nl-BE")
ARABIC = ("het-lukt-niet", "students", "ar")
UKRAINIAN = ("mfa-instellen", "students", "uk")


@pytest.fixture(autouse=True, scope="module")
def _liblouis() -> None:
    if shutil.which(braille.COMMAND) is None:
        if os.environ.get("CI"):
            pytest.fail("no liblouis: `make test` installs it")
        pytest.skip("no liblouis on this machine")


@cache
def document(asked: tuple[str, str, str]) -> Document:
    slug, audience, language = asked
    (first, *_) = editions(project(), Selection((slug,), (audience,), languages=(language,)))
    return sheet_code.document(project(), first)[0]


@cache
def brf(asked: tuple[str, str, str]) -> bytes:
    sheet = document(asked)
    return braille_text.braille_text(FinishedPiece(b"", sheet, page=screen.page(sheet, project())))


def found_in(data: bytes, sheet: Document) -> tuple[Finding, ...]:
    in_cells = partial(braille.in_cells, language=sheet.language[:2])
    return proof.inspect_braille(data, sheet, expectations.of(project(), sheet), PAPER, in_cells)


def rows(data: bytes) -> list[str]:
    """Return the lines of *data* without those that number the pages."""
    pages = data.decode("ascii").split("\f")[:-1]
    return [line for page in pages for line in page.split("\r\n")[:-2]]


def test_steps_begin_lines_with_their_numbers_and_keys_stand_in_quotation_marks() -> None:
    lines = rows(brf(LEAFLET))
    numbered = [line for line in lines if line.startswith("#")]
    assert [line[:3] for line in numbered] == [f"#{letter}4" for letter in "ABCDEFGH"]
    # Number sign and digit; a capital; a full stop. The quotation mark of Dutch braille is ⠶.
    assert numbered[0] == "#A4 .INSTALLEER DE APP 8OP JE"
    at = lines.index("#B4 .MELD JE AAN 8OP JE COMPUTER0")
    assert "  B4 .KLIK OP 7.VOLGENDE7" in lines[at:]
    assert "  - .DOE STAP #H4" in lines


def test_each_page_has_its_lines_and_its_number() -> None:
    pages = brf(LEAFLET).decode("ascii").split("\f")
    assert pages.pop() == ""
    assert {page.count("\r\n") for page in pages} == {PAPER.lines}
    numbers = [page.split("\r\n")[-2].strip() for page in pages]
    assert numbers == [f"#{letter}" for letter in "ABCDEFGHI"[: len(pages)]]
    assert max(len(line) for page in pages for line in page.split("\r\n")) <= PAPER.cells


@pytest.mark.parametrize("asked", [LEAFLET, HELPER, ARABIC, UKRAINIAN])
def test_text_in_braille_is_that_of_the_sheet(asked: tuple[str, str, str]) -> None:
    assert found_in(brf(asked), document(asked)) == ()


MUTANTS = {
    "a number is another": (ProofRule.BRAILLE_STEPS, b"#C4 .BEGIN", b"#D4 .BEGIN"),
    "a step begins within a line": (ProofRule.BRAILLE_STEPS, b"\r\n#C4 .BEGIN", b" #C4 .BEGIN"),
    "a letter of a substep is another": (ProofRule.BRAILLE_STEPS, b"  E4 .KLIK BIJ", b"  D4 .KLIK BIJ"),
    "a key has no mark": (ProofRule.BRAILLE_STEPS, b"7.AANMELDEN7", b".AANMELDEN"),
    "a key is another": (ProofRule.BRAILLE_STEPS, b"7.AANMELDEN7", b"7.AFMELDEN7"),
    "a reference is to another step": (ProofRule.BRAILLE_TEXT, b"STAP #H4", b"STAP #G4"),
    "a device is another": (ProofRule.BRAILLE_TEXT, b"8OP JE COMPUTER0", b"8OP JE SMARTPHONE0"),
    "a text is gone": (ProofRule.BRAILLE_TEXT, b".DIE CODE DIENT MAAR ==N KEER4", b""),
    "a line is too long": (
        ProofRule.BRAILLE_PAGE,
        b"  .VOOR MEDEWERKERS",
        b"  .VOOR MEDEWERKERS" + b" " * 30,
    ),
    "a page has a line more": (ProofRule.BRAILLE_PAGE, b"\r\n", b"\r\n\r\n"),
    "a sign is no cell": (ProofRule.BRAILLE_PAGE, b".VOOR MEDEWERKERS", b".voor medewerkers"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_braille_with_one_thing_wrong_does_not_pass(name: str) -> None:
    rule, before, after = MUTANTS[name]
    assert before in brf(LEAFLET)
    found = found_in(brf(LEAFLET).replace(before, after, 1), document(LEAFLET))
    assert rule in {finding.rule for finding in found}
    assert all(finding.fix for finding in found)


def test_steps_in_another_order_do_not_pass() -> None:
    swapped = brf(LEAFLET).replace(b"#C4 .BEGIN", b"#D4 .BEGIN").replace(b"#D4 .VOEG", b"#C4 .VOEG")
    assert ProofRule.BRAILLE_STEPS in {finding.rule for finding in found_in(swapped, document(LEAFLET))}


def test_letter_that_no_cell_stands_for_is_told(tmp_path: Path) -> None:
    files = {
        "content/procedures/een.md": procedure("1. Klik op `☂`.\n2. Groet Şahin \\ of `C:\\Temp`."),
        "content/handouts/gids.md": handout("een", audiences="[staff]"),
    }
    own = loaded(project_at(tmp_path, files))
    (edition,) = editions(own, Selection(audiences=("staff",)))
    sheet, _ = resolve.document(own, edition)
    data = braille_text.braille_text(FinishedPiece(b"", sheet, page=screen.page(sheet, own)))
    in_cells = partial(braille.in_cells, language="nl")
    found = proof.inspect_braille(data, sheet, expectations.of(own, sheet), PAPER, in_cells)
    assert [finding.rule for finding in found] == [ProofRule.BRAILLE_LETTER]
    assert "'☂'" in found[0].what
    # A letter with a mark stands as the one below it, and a backslash begins no number.
    assert any("$AHIN" in line or ".SAHIN" in line for line in rows(data))


@pytest.mark.parametrize(
    ("language", "letters", "cells"),
    [
        ("nl", "é ë ï ü 5", "⠿ ⠫ ⠻ ⠳ ⠼⠑"),
        ("fr", "é è à œ 5", "⠿ ⠮ ⠷ ⠪ ⠠⠱"),
        ("de", "ä ö ü ß 5", "⠜ ⠪ ⠳ ⠮ ⠼⠑"),
        ("es", "á ñ ¿ ü 5", "⠷ ⠻ ⠢ ⠳ ⠼⠑"),
        ("uk", "і ї є ґ 5", "⠽ ⠹ ⠜ ⠻ ⠼⠑"),
        ("ar", "ا ش ق ة 5", "⠁ ⠩ ⠟ ⠡ ⠼⠑"),
    ],
)
def test_letters_and_numbers_are_those_of_the_language(language: str, letters: str, cells: str) -> None:
    assert braille.in_cells([letters], language).lines == (cells.replace(" ", braille.BLANK),)


def test_long_text_comes_back_whole() -> None:
    text = "woord " * 1500
    (line,) = braille.in_cells([text], "nl").lines
    assert line.split(braille.BLANK) == ["⠺⠕⠕⠗⠙"] * 1500
    assert braille.in_cells(["", "a", ""], "nl").lines == ("", "⠁", "")


def test_words_wrap_and_a_heading_goes_along_with_what_it_heads() -> None:
    blank, one = laid.BLANK, "⠁"
    lines = [
        (LineKind.TEXT, blank.join([one * 3] * 30)),
        (LineKind.SUBHEADING, one),
        (LineKind.STEP, one * 50),
    ]
    pages = laid.brf(lines, lambda count: [one] * count, 20, 10).decode("ascii").split("\f")[:-1]
    assert [page.split("\r\n")[:-2] for page in pages] == [
        ["  AAA AAA AAA AAA", *["AAA AAA AAA AAA AAA"] * 5, "AAA", "", ""],
        ["    A", "A" * 20, "  " + "A" * 18, "  " + "A" * 12, "", "", "", "", ""],
    ]


def test_table_says_the_heading_of_a_column_before_each_cell() -> None:
    lines = [line.text for line in told.lines_of(screen.page(document(HELPER), project()))]
    at = lines.index("Gsm of smartphone vergeten")
    assert lines[at + 1].startswith("Wat doe je? ")
    assert lines[at + 2].startswith("Hoelang? 1 dag")


# ---- what a person types ----------------------------------------------------------------------


BODY = """\
1. Open Outlook {#open on computer}

    1. Klik op `Bestand`
    2. Klik op `Account toevoegen` {on smartphone}

2. Kies {#kies on computer}

    /// tab | Mail
    1. Klik op `Volgende`
    ///
    /// tab | Sms
    1. Doe [](#open) nog eens.
    2. Klik op `Gereed`
    ///

3. Ga terug naar [](#kies).
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of a small project, on paper, for a screen and in braille."""
    files = {
        "content/procedures/een.md": procedure(BODY),
        "content/handouts/gids.md": handout("een", audiences="[staff]"),
    }
    settings = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n\n[braille]\ncells = 30\nlines = 20\n"
    root = project_at(tmp_path_factory.mktemp("project"), files, settings)
    asked = ["--reading", "braille", "--html", "--jobs", "1", "-q"]
    assert app.run(["build", "--project", str(root), *asked]) == ExitCode.DONE
    return root / "build"


def test_reading_braille_writes_a_file_beside_the_sheet(built: Path) -> None:
    rows = json.loads((built / "manifest.json").read_bytes())["files"]
    (row,) = (one for one in rows if one["sheet"] == BRAILLE)
    assert row["path"] == "staff/gids.brf"
    data = (built / "staff/gids.brf").read_bytes()
    assert data.count(b"\r\n") == 20 * data.count(b"\f")
    assert 'href="staff/gids.brf"' in (built / "index.html").read_text("utf-8")


def test_paper_page_and_braille_have_the_same_steps_keys_and_references(built: Path) -> None:
    with proof.opened((built / "staff/gids-leaflet-a4.pdf").read_bytes()) as paper:
        on_paper = [(item.label, item.body) for item in items(paper.tags)]
    page = read((built / "staff/gids.html").read_bytes())
    in_braille = rows((built / "staff/gids.brf").read_bytes())

    numbers = [sign.text for sign in page.signs if sign.kind == SignKind.NUMBER]
    assert numbers == ["1", "a", "b", "2", "a", "a", "b", "3"]
    assert [label for label, _ in on_paper] == numbers
    begun = [re.match(r"(#[A-J]|  [A-Z])4 ", line) for line in in_braille]
    assert [number[1].strip() for number in begun if number] == ["#A", "A", "B", "#B", "A", "A", "B", "#C"]

    # Each key and each reference in the step that it belongs to.
    own: list[list[str]] = []
    for sign in page.signs:
        if sign.kind == SignKind.NUMBER:
            own.append([])
        elif sign.kind != SignKind.DEVICE:
            own[-1].append(sign.text)
    keys = [["Bestand"], ["Account toevoegen"]], [["Volgende"], ["stap 1"], ["Gereed"]]
    assert own == [[], *keys[0], [], *keys[1], ["stap 2"]]
    assert all(squeezed(text) in on_paper[at][1] for at, texts in enumerate(own) for text in texts)
    whole = " ".join(line.strip() for line in in_braille)
    told_there = ["7.BESTAND7", "7.ACCOUNT TOEVOEGEN7", "7.VOLGENDE7", "STAP #A", "7.GEREED7", "STAP #B"]
    assert [whole.index(cells) for cells in told_there] == sorted(map(whole.index, told_there))


def test_language_without_a_table_is_told_before_anything_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["mfa-instellen", "--language", "tr", "--reading", "braille"]
    assert app.run(["list", "--project", str(Path(__file__).parents[2]), *asked]) == ExitCode.USAGE
    assert "no braille table for the language 'tr'" in capsys.readouterr().err


def test_machine_without_liblouis_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    asked = ["mfa-instellen", "--reading", "braille", "--project", str(Path(__file__).parents[2])]
    assert app.run(["list", *asked]) == ExitCode.ENVIRONMENT
    assert "liblouis-bin liblouis-data" in capsys.readouterr().err


def test_program_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    endless = tmp_path / braille.COMMAND
    endless.write_text("#!/bin/sh\nwhile :; do echo x; done\n")
    endless.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(braille, "MOST_OUTPUT_BYTES", 10_000)
    with pytest.raises(EnvironmentFault, match="cannot use the table"):
        braille.in_cells(["a"], "nl")
    endless.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(braille, "LONGEST_ANSWER_S", 0.1)
    with pytest.raises(EnvironmentFault, match="cannot use the table"):
        braille.in_cells(["a"], "nl")
