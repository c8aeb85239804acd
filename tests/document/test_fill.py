"""What an audience gets to see, and what fragments put in its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import BODY_LINE, handout, procedure, resolved, sheet
from tests.document.reading_order import lines, section_lines

from handout.model.findings import Place


def test_step_for_one_audience_is_there_for_that_audience_alone(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(
            "1. Start\n2. Open Outlook {@staff}\n3. Open Smartschool {@students}\n4. Klaar"
        ),
    }

    staff = sheet(tmp_path, files, "staff")
    students = sheet(tmp_path, files, "students")

    assert section_lines(staff) == ["1 Start", "2 Open Outlook", "3 Klaar"]
    assert section_lines(students) == ["1 Start", "2 Open Smartschool", "3 Klaar"]


def test_substep_for_one_audience_leaves_no_gap_in_the_letters(tmp_path: Path) -> None:
    body = "1. Start\n   1. Klik {@students}\n   2. Kies\n   3. Typ {@staff,students}\n"
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    assert section_lines(sheet(tmp_path, files)) == ["1 Start", "1a Kies", "1b Typ"]


@pytest.mark.parametrize(("audience", "word"), [("staff", "medewerker"), ("students", "leerling")])
def test_only_blocks_are_kept_in_handout_procedure_and_fragment(
    tmp_path: Path, audience: str, word: str
) -> None:
    only = "/// only | staff\nVoor de medewerker.\n///\n\n/// only | students\nVoor de leerling.\n///\n"
    files = {
        "content/handouts/gids.md": handout("a", f"Lees dit.\n\n{only}\n---\n\n{only}"),
        "content/procedures/a.md": procedure(f"{only}\n1. Klik\n\n   ![[regels]]\n"),
        "content/fragments/regels.md": only,
    }

    document = sheet(tmp_path, files, audience)

    assert lines(document.opening) == [f"Voor de {word}."]
    assert lines(document.closing) == [f"Voor de {word}."]
    assert section_lines(document) == [f"Voor de {word}.", "1 Klik", f"1 Voor de {word}."]


def test_only_inside_a_callout_and_an_option_is_filtered_too(tmp_path: Path) -> None:
    body = (
        "/// tip\nVoor allen.\n\n/// only | students\nVoor de leerling.\n///\n///\n\n"
        "/// tab | Laptop\n/// only | students\nVoor de leerling.\n///\nDoe open.\n///\n"
        "/// tab | Tablet\nZet aan.\n///\n"
    )
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    assert section_lines(sheet(tmp_path, files)) == [
        "tip: Voor allen.",
        "Laptop: Doe open.",
        "Tablet: Zet aan.",
    ]


def test_procedure_of_another_audience_is_left_out_and_its_letter_with_it(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a, b, c"),
        "content/procedures/a.md": procedure("1. Klik", "Eerst"),
        "content/procedures/b.md": procedure("1. Klik", "Leerlingen", audiences="students"),
        "content/procedures/c.md": procedure("1. Klik", "Daarna"),
    }

    document = sheet(tmp_path, files)

    assert [(section.letter, section.title) for section in document.sections] == [
        ("A", "Eerst"),
        ("B", "Daarna"),
    ]


def test_title_for_an_audience_replaces_that_of_handout_and_procedure(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", **{"title@students": "Gids voor jou"}),
        "content/procedures/a.md": procedure("1. Klik").replace(
            "---\n", "---\ntitle@students: Meld je aan\n", 1
        ),
    }

    staff, students = sheet(tmp_path, files, "staff"), sheet(tmp_path, files, "students")

    assert (staff.title, staff.sections[0].title) == ("Gids", "Aanmelden")
    assert (students.title, students.sections[0].title) == ("Gids voor jou", "Meld je aan")


def test_handout_without_a_procedure_for_its_audience_is_reported(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Klik", audiences="students"),
    }

    _, (finding,) = resolved(tmp_path, files, "staff")

    assert finding.what == "'gids' has no procedure for staff"
    assert finding.place == Place("content/handouts/gids.md", 1)


# ---- fragments --------------------------------------------------------------------------------


def test_steps_of_a_fragment_stand_in_the_place_of_its_name(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Start\n2. ![[sms]]\n3. Klaar\n\n![[sms]]\n"),
        "content/fragments/sms.md": "1. Lees de code\n2. Typ de code\n",
    }

    assert section_lines(sheet(tmp_path, files)) == [
        "1 Start",
        "2 Lees de code",
        "3 Typ de code",
        "4 Klaar",
        "5 Lees de code",
        "6 Typ de code",
    ]


def test_text_of_a_fragment_parts_a_list_whose_numbers_go_on(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Start\n2. ![[sms]]\n3. Klaar"),
        "content/fragments/sms.md": "1. Lees de code\n\n/// tip\nEénmalig.\n///\n\n1. Typ de code\n",
    }

    assert section_lines(sheet(tmp_path, files)) == [
        "1 Start",
        "2 Lees de code",
        "tip: Eénmalig.",
        "3 Typ de code",
        "4 Klaar",
    ]


def test_fragment_inside_a_fragment_is_put_in(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. ![[buiten]]"),
        "content/fragments/buiten.md": "1. Start\n2. ![[binnen]]\n",
        "content/fragments/binnen.md": "1. Typ de code\n",
    }

    document = sheet(tmp_path, files)

    assert section_lines(document) == ["1 Start", "2 Typ de code"]
    assert document.sources == (
        "content/fragments/binnen.md",
        "content/fragments/buiten.md",
        "content/handouts/gids.md",
        "content/procedures/a.md",
    )


def test_unknown_fragment_is_reported_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Start\n2. ![[aanmelden-sms]]"),
        "content/fragments/aanmelden-met-sms.md": "1. Typ de code\n",
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place == Place("content/procedures/a.md", BODY_LINE + 1)
    assert finding.what == "there is no fragment 'aanmelden-sms'"
    assert finding.fix.startswith("did you mean 'aanmelden-met-sms'?")


def test_fragments_that_hold_each_other_are_reported_with_their_path(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. ![[kip]]"),
        "content/fragments/kip.md": "1. Leg\n2. ![[ei]]\n",
        "content/fragments/ei.md": "1. Broed\n2. ![[kip]]\n",
    }

    document, (finding,) = resolved(tmp_path, files)

    assert str(finding.place) == "content/fragments/ei.md:2"
    assert finding.what == "fragment 'kip' contains itself: kip > ei > kip"
    assert section_lines(document) == ["1 Leg", "2 Broed"]


def test_fragments_nested_too_deep_are_reported(tmp_path: Path) -> None:
    files: dict[str, str] = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("![[f0]]"),
        **{f"content/fragments/f{n}.md": f"![[f{n + 1}]]\n" for n in range(12)},
        "content/fragments/f12.md": "Tekst.\n",
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place.path == "content/fragments/f7.md"
    assert "nested too deep" in finding.what


def test_fragments_that_multiply_are_stopped(tmp_path: Path) -> None:
    files: dict[str, str] = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("![[f0]]"),
        **{f"content/fragments/f{n}.md": f"![[f{n + 1}]]\n\n" * 20 for n in range(7)},
        "content/fragments/f7.md": "Tekst.\n",
    }

    document, findings = resolved(tmp_path, files)

    assert any("more than 200 fragments" in finding.what for finding in findings)
    assert len(section_lines(document)) <= 200


@pytest.mark.parametrize(
    ("body", "container"),
    [
        ("/// tip\n![[stappen]]\n///", "callout"),
        ("- ![[stappen]]", "bullet list"),
        ("1. Klik\n   1. Kies\n\n      ![[stappen]]", "substep"),
    ],
)
def test_steps_that_a_fragment_brings_where_they_get_no_number_are_reported(
    tmp_path: Path, body: str, container: str
) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(body),
        "content/fragments/stappen.md": "1. Open de app\n",
    }

    _, (finding,) = resolved(tmp_path, files)

    assert container in finding.what
    assert finding.place == Place("content/fragments/stappen.md", 1)


def test_steps_that_a_fragment_brings_into_the_opening_text_are_reported(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", "Lees dit.\n\n![[stappen]]"),
        "content/procedures/a.md": procedure("1. Klik"),
        "content/fragments/stappen.md": "1. Open de app\n",
    }

    _, (finding,) = resolved(tmp_path, files)

    assert "the text of a handout" in finding.what
