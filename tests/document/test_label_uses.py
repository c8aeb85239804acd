"""Where the sheets show a label: every key and every drawing, with the numbers that stand on the paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import SCHOOLS, handout, loaded, procedure, project_at

from handout.commands import app
from handout.document import label_uses
from handout.document.label_uses import LabelUse, LabelUses
from handout.model.findings import Place, UsageError
from handout.project.plan import Selection, editions
from handout.project.screen_labels import LABELS_FILE

GUIDE = "content/handouts/gids.md"
PROCEDURE = "content/procedures/a.md"
REGISTER = """\
[[label]]
id = "save"
text = "Bewaren"
source = ["S1"]
language = "nl"
platform = ["web"]
current = ["Bewaren", "Opslaan"]

[[label.seen]]
text = "Opslaan"
source = "handleiding"

[[label.seen]]
text = "Ja"
source = "handleiding"

[[label]]
id = "yes"
text = "Ja"
source = ["S1"]
language = "nl"
platform = ["web"]
"""
DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 20"><text x="1" y="9" font-size="8" '
    'font-family="Lexend">Tik op Bewaren</text></svg>'
)


def uses(
    root: Path, label: str, files: dict[str, str | bytes], selection: Selection | None = None
) -> LabelUses:
    project = loaded(project_at(root, files))
    found, findings = label_uses.find(project, editions(project, selection or Selection()), label)
    assert findings == ()
    return found


def of_body(root: Path, label: str, body: str, **more: str | bytes) -> list[LabelUse]:
    """Return where the sheet for staff of one procedure shows *label*."""
    files: dict[str, str | bytes] = {GUIDE: handout("a"), PROCEDURE: procedure(body), **more}
    found = uses(root, label, files, Selection(audiences=("staff",)))
    return [use for sheet in found.sheets for use in sheet.uses]


def steps(found: list[LabelUse]) -> list[tuple[str | None, str | None]]:
    return [(use.step, use.option) for use in found]


def test_key_is_found_in_each_step_with_its_number_on_the_paper(tmp_path: Path) -> None:
    body = (
        "Zoek `Bewaren`.\n\n1. Klik op `Bewaren` {@students}\n2. Klik op `Bewaren`\n3. Wacht\n"
        "4. Doe dit\n    1. Kies\n    2. Tik op **`Bewaren`**\n\n    Zie je `Bewaren` niet?\n\n"
        "Klaar! Je ziet `Bewaren`"
    )

    assert steps(of_body(tmp_path, "Bewaren", body)) == [
        (None, None),
        ("1", None),
        ("3b", None),
        ("3", None),
        (None, None),
    ]


def test_key_in_an_option_names_the_option(tmp_path: Path) -> None:
    body = (
        "1. Kies\n\n    /// tab | iPhone\n    1. Tik\n    2. Tik op `Ja`\n    ///\n\n"
        "    /// tab | Android\n    Zie `Ja`\n    ///\n"
    )
    assert steps(of_body(tmp_path, "Ja", body)) == [("1b", "iPhone"), ("1", "Android")]


def test_letter_of_the_procedure_stands_before_the_number_as_in_a_reference(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a, b"),
        PROCEDURE: procedure("1. Klik"),
        "content/procedures/b.md": procedure("1. Klik\n2. Tik op `Ja`\n    1. Zoek `Ja`"),
    }
    (staff, students) = uses(tmp_path, "Ja", files).sheets

    assert [(use.procedure, use.step) for use in staff.uses] == [("b", "B2"), ("b", "B2a")]
    assert staff.uses == students.uses
    assert staff.uses[0].place == Place("content/procedures/b.md", 6)


@pytest.mark.parametrize(
    "body",
    [
        "Zoek `Ja` nu.",
        "/// tip | `Ja`\nKijk.\n///",
        "| a |\n|---|\n| `Ja` |",
        "- Zie\n- `Ja`",
        "## `Ja`\n\nKijk.",
    ],
)
def test_key_outside_of_the_steps_is_found_and_has_no_number(tmp_path: Path, body: str) -> None:
    (found,) = of_body(tmp_path, "Ja", body)
    assert (found.procedure, found.step) == ("a", None)


def test_key_in_the_text_of_a_handout_has_no_procedure(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        GUIDE: handout("a", "Zoek `Ja` eerst.\n\nEn dan `Ja`.\n\n---\n\nZoek `Ja` later."),
        PROCEDURE: procedure("1. Klik"),
    }
    sheet, _ = uses(tmp_path, "Ja", files).sheets
    assert [use.procedure for use in sheet.uses] == [None, None, None]


def test_words_that_are_no_key_and_longer_labels_are_not_taken_for_it(tmp_path: Path) -> None:
    body = "Zeg Ja.\n\n1. Klik op `Ja, graag`\n2. Klik op `JA`\n3. Klik op `Ja`"
    assert steps(of_body(tmp_path, "Ja", body)) == [("3", None)]


def test_drawing_that_shows_the_label_is_found_and_one_with_a_longer_word_is_not(tmp_path: Path) -> None:
    body = "1. Klik op `Bewaren`\n\n    ![Een knop](images/knop.svg)\n\n    ![Een vak](images/vak.svg)"
    longer = DRAWN.replace("Bewaren", "Bewarende")
    images: dict[str, str | bytes] = {"content/images/knop.svg": DRAWN, "content/images/vak.svg": longer}
    found = of_body(tmp_path, "Bewaren", body, **images)

    assert [(use.step, use.picture) for use in found] == [("1", None), ("1", "images/knop.svg")]
    assert found[1].place == Place(PROCEDURE, 7)


# ---- entries ----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["Bewaren", "Opslaan", "  Opslaan "])
def test_all_texts_of_an_entry_are_the_same_label_and_a_key_with_two_is_one_place(
    tmp_path: Path, asked: str
) -> None:
    body = "1. Klik op `Bewaren`\n2. Klik op `Opslaan`\n3. Klik op `Ja`"
    assert steps(of_body(tmp_path, asked, body, **{LABELS_FILE: REGISTER})) == [("1", None), ("2", None)]


def test_text_that_is_also_the_own_text_of_another_entry_is_that_one(tmp_path: Path) -> None:
    body = "1. Klik op `Bewaren`\n2. Klik op `Ja`"
    assert steps(of_body(tmp_path, "Ja", body, **{LABELS_FILE: REGISTER})) == [("2", None)]


def test_label_that_nothing_knows_is_wrong_usage_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        of_body(tmp_path, "Opslan", "1. Klik op `Ja`", **{LABELS_FILE: REGISTER})
    assert "did you mean 'Opslaan'?" in raised.value.fix


def test_entry_that_no_sheet_shows_is_no_fault(tmp_path: Path) -> None:
    assert of_body(tmp_path, "Opslaan", "1. Klik op `Ja`", **{LABELS_FILE: REGISTER}) == []


# ---- copies and the command -------------------------------------------------------------------

NETWORK: dict[str, str | bytes] = {
    GUIDE: handout("a", formats="[leaflet-a4, card]"),
    PROCEDURE: procedure("1. Klik op `Ja`\n2. Klik op `Bewaren`"),
    "content/schools.csv": SCHOOLS,
    LABELS_FILE: REGISTER,
}


@pytest.mark.parametrize(
    ("schools", "copies"), [((), 2), (("all",), 2), (("zuid",), 1), (("zuid", "noord"), 2)]
)
def test_copies_are_those_of_the_schools_that_were_asked_for_or_of_all(
    tmp_path: Path, schools: tuple[str, ...], copies: int
) -> None:
    found = uses(tmp_path, "Ja", NETWORK, Selection(schools=schools))

    assert len(found.sheets) == 4
    assert {sheet.copies for sheet in found.sheets} == {copies}
    assert {sheet.edition.school for sheet in found.sheets} == {None}


def test_project_without_schools_has_no_copies(tmp_path: Path) -> None:
    files = {path: text for path, text in NETWORK.items() if not path.endswith(".csv")}
    assert {sheet.copies for sheet in uses(tmp_path, "Ja", files).sheets} == {0}


def test_list_prints_a_line_for_each_place_and_the_same_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project_at(tmp_path, NETWORK)
    command = ["list", "--label", "Opslaan", "--project", str(tmp_path), "--audience", "staff"]

    code = app.run(command)
    told = capsys.readouterr().out.splitlines()
    app.run([*command, "--json"])
    answer = json.loads(capsys.readouterr().out)

    assert code == 0
    assert [line.split() for line in told[:-1]] == [
        ["handout", "audience", "format", "procedure", "step", "written", "at", "copies"],
        ["gids", "staff", "leaflet-a4", "a", "2", f"{PROCEDURE}:6", "2"],
        ["gids", "staff", "card", "a", "2", f"{PROCEDURE}:6", "2"],
    ]
    assert told[-1] == "sheets that show 'Bewaren' or 'Opslaan': 2; copies of them for schools: 4"
    assert answer["texts"] == ["Bewaren", "Opslaan"]
    assert answer["sheets"][0] == {
        "handout": "gids",
        "audience": "staff",
        "format": "leaflet-a4",
        "reading": "standard",
        "language": "nl-BE",
        "ink": "colour",
        "path": "staff/gids-leaflet-a4.pdf",
        "copies": 2,
        "uses": [{"procedure": "a", "step": "2", "option": None, "picture": None, "place": f"{PROCEDURE}:6"}],
    }


def test_two_lists_at_a_time_are_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project_at(tmp_path, NETWORK)

    assert app.run(["list", "--label", "Ja", "--sources", "--project", str(tmp_path)]) == 2
    assert "one of them at a time" in capsys.readouterr().err


def test_label_that_no_sheet_shows_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project_at(tmp_path, {**NETWORK, PROCEDURE: procedure("1. Klik op `Ja`")})

    assert app.run(["list", "--label", "Bewaren", "--project", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "no sheet shows 'Bewaren' or 'Opslaan'\n"
