"""The words that references, fields and links get on the paper."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest
from tests.conftest import BODY_LINE, SCHOOLS, SETTINGS, handout, procedure, resolved, sheet
from tests.document.reading_order import lines, section_lines

from handout.model.document import QrTarget
from handout.model.findings import Place, in_order
from handout.model.text import Address, Link, NumberedSteps, Paragraph, Route, Text, WriteIn

TWO_PROCEDURES = {
    "content/handouts/gids.md": handout("a, b"),
    "content/procedures/a.md": procedure("1. Start\n2. Klik {#klik}\n   1. Kies\n   2. Typ {#typ}\n", "App"),
}
CHOICE = (
    "1. Start {#start}\n\n/// tab | Android\n1. Tik {#tik}\n2. Veeg {#veeg}\n///\n"
    "/// tab | iPhone\n1. Druk {#druk}\n2. Ga door na [](#druk) of [](#tik)\n///\n"
)


def test_reference_in_its_own_procedure_gives_the_number_alone(tmp_path: Path) -> None:
    body = (
        "1. Ga naar [](#typ)\n2. Klik {#klik}\n   1. Kies\n   2. Typ {#typ}\n3. Terug naar [de klik](#klik)\n"
    )
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    assert section_lines(sheet(tmp_path, files)) == [
        "1 Ga naar <2b>",
        "2 Klik",
        "2a Kies",
        "2b Typ",
        "3 Terug naar <2 as de klik>",
    ]


def test_reference_into_another_procedure_of_the_sheet_gives_its_letter(tmp_path: Path) -> None:
    files = {
        **TWO_PROCEDURES,
        "content/procedures/b.md": procedure("1. Doe [](a.md#klik)\n2. Doe [](a.md#typ)"),
    }

    assert section_lines(sheet(tmp_path, files), "b") == ["1 Doe <A 2>", "2 Doe <A 2b>"]


def test_reference_to_a_later_procedure_of_the_sheet_gives_its_letter(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a, b"),
        "content/procedures/a.md": procedure("1. Doe [](b.md#klik) of [](#hier) {#hier}"),
        "content/procedures/b.md": procedure("1. Start\n2. Klik {#klik}"),
    }

    assert section_lines(sheet(tmp_path, files)) == ["1 Doe <B 2> of <1>"]


def test_reference_on_a_sheet_that_numbers_on_needs_no_letter(tmp_path: Path) -> None:
    files = {
        **TWO_PROCEDURES,
        "content/handouts/gids.md": handout("a, b", numbering="continuous"),
        "content/procedures/b.md": procedure("1. Doe [](a.md#klik)\n2. Doe [](b.md#hier)\n3. Hier {#hier}"),
    }

    assert section_lines(sheet(tmp_path, files), "b") == ["3 Doe <2>", "4 Doe <5>", "5 Hier"]


def test_reference_in_a_handout_gives_the_letter_and_number(tmp_path: Path) -> None:
    files = {
        **TWO_PROCEDURES,
        "content/handouts/gids.md": handout("a, b", "Begin bij [](a.md#klik).\n\n## Of\n\nDoe [](a.md)."),
        "content/procedures/b.md": procedure("1. Klaar"),
    }

    document = sheet(tmp_path, files)

    assert lines([Paragraph(document.lead, document.place)]) == ["Begin bij <A 2>."]
    assert lines(document.opening) == ["Of", "Doe <A App>."]


def test_reference_to_a_whole_procedure_gives_its_title_for_this_audience(tmp_path: Path) -> None:
    files = {
        **TWO_PROCEDURES,
        "content/procedures/a.md": procedure("1. Klik").replace(
            "---\n", "---\ntitle@students: Jouw app\n", 1
        ),
        "content/procedures/b.md": procedure("1. Doe [](a.md)\n2. Doe [de app](a.md)"),
    }

    document = sheet(tmp_path, files, "students")

    assert section_lines(document, "b") == ["1 Doe <A Jouw app>", "2 Doe <A Jouw app as de app>"]


def test_reference_into_an_option_names_the_option_except_from_inside_it(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a, b"),
        "content/procedures/a.md": procedure(CHOICE),
        "content/procedures/b.md": procedure("1. Doe [](a.md#veeg) na [](a.md#start)"),
    }

    document = sheet(tmp_path, files)

    assert section_lines(document)[-1] == "iPhone: 2 Ga door na <1> of <1 bij Android>"
    assert section_lines(document, "b") == ["1 Doe <A 2 bij Android> na <A 1>"]


def test_reference_to_a_substep_in_an_option_names_the_option(tmp_path: Path) -> None:
    body = (
        "1. Installeer\n\n   /// tab | Android\n   1. Zoek {#zoek}\n   ///\n"
        "   /// tab | iPhone\n   1. Druk\n   ///\n\n2. Lukt [](#zoek) niet?\n"
    )
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    assert section_lines(sheet(tmp_path, files))[-1] == "2 Lukt <1a bij Android> niet?"


def test_reference_to_an_option_inside_an_option_names_both(tmp_path: Path) -> None:
    inner = "   /// tab | Wifi\n   1. Kies {#id}\n   ///\n   /// tab | Kabel\n   1. Steek in\n   ///\n\n"
    body = (
        f"Zoek [](#wit) of [](#zwart).\n\n/// tab | Wit\n1. Verbind\n\n{inner.replace('id', 'wit')}///\n"
        f"/// tab | Zwart\n1. Verbind\n\n{inner.replace('id', 'zwart')}///\n"
    )
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    assert section_lines(sheet(tmp_path, files))[0] == "Zoek <1a bij Wit, Wifi> of <1a bij Zwart, Wifi>."


def test_reference_within_an_option_inside_an_option_names_neither(tmp_path: Path) -> None:
    def white_or_black(name: str) -> str:
        inner = (
            f"/// tab | Wifi\n1. Kies {{#{name.lower()}}}\n2. Terug naar [](#wit) of [](#zwart)\n///\n"
            "/// tab | Kabel\n1. Steek in\n///\n"
        )
        return f"/// tab | {name}\n1. Verbind\n\n{indent(inner, '   ')}\n///\n"

    body = white_or_black("Wit") + white_or_black("Zwart")
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    assert [line for line in section_lines(sheet(tmp_path, files)) if "Terug" in line] == [
        "Wit: 1 Wifi: b Terug naar <1a> of <1a bij Zwart, Wifi>",
        "Zwart: 1 Wifi: b Terug naar <1a bij Wit, Wifi> of <1a>",
    ]


# ---- other handouts ---------------------------------------------------------------------------


def two_handouts(reference: str, **front_matter: str) -> dict[str, str]:
    return {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(f"1. Doe {reference}"),
        "content/handouts/mail.md": handout("b, c", title="Je mail", **front_matter),
        "content/procedures/b.md": procedure("1. Start", "Outlook"),
        "content/procedures/c.md": procedure(
            "1. Start\n2. Kies {#kies}\n3. Typ {#typ @students}", "Telefoon"
        ),
    }


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("[](c.md#kies)", "<B 2 in Je mail>"),
        ("[](c.md)", "<Telefoon in Je mail>"),
        ("[](mail.md)", "<Je mail in Je mail>"),
        ("[](mail.md#kies)", "<B 2 in Je mail>"),
        ("[je mail](mail.md)", "<Je mail in Je mail as je mail>"),
    ],
)
def test_reference_elsewhere_names_the_handout(tmp_path: Path, reference: str, words: str) -> None:
    assert section_lines(sheet(tmp_path, two_handouts(reference))) == [f"1 Doe {words}"]


@pytest.mark.parametrize("other", ["brief", "gids-b", "mail"])
def test_reference_is_found_in_a_handout_of_any_name(tmp_path: Path, other: str) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(
            f"1. Doe [](telefoon.md), [](telefoon.md#kies) of [](handouts/{other}.md#kies)"
        ),
        f"content/handouts/{other}.md": handout("telefoon", title="Brief"),
        "content/procedures/telefoon.md": procedure("1. Start\n2. Kies {#kies}", "Telefoon"),
    }

    assert section_lines(sheet(tmp_path, files)) == [
        "1 Doe <Telefoon in Brief>, <2 in Brief> of <2 in Brief>"
    ]


def test_reference_into_a_handout_that_numbers_on_gives_its_number(tmp_path: Path) -> None:
    files = two_handouts("[](c.md#kies)", numbering="continuous")

    assert section_lines(sheet(tmp_path, files)) == ["1 Doe <3 in Je mail>"]


def test_reference_to_a_procedure_that_several_handouts_hold_asks_which(tmp_path: Path) -> None:
    files = {**two_handouts("[](c.md#kies)"), "content/handouts/oud.md": handout("c", title="Oud")}

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place == Place("content/procedures/a.md", BODY_LINE)
    assert finding.what == "'c' stands in several handouts: 'mail', 'oud'"
    assert finding.fix == "say which one: [](handouts/mail.md#kies)"


def test_reference_can_say_which_handout_it_means(tmp_path: Path) -> None:
    files = {
        **two_handouts("[](handouts/oud.md#kies)"),
        "content/handouts/oud.md": handout("c", title="Oud"),
    }

    assert section_lines(sheet(tmp_path, files)) == ["1 Doe <2 in Oud>"]


def test_reference_to_its_own_handout_by_name_stays_on_the_sheet(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", "Doe [](gids.md#klik)."),
        "content/procedures/a.md": procedure("1. Start\n2. Klik {#klik}"),
    }

    document = sheet(tmp_path, files)

    assert lines([Paragraph(document.lead, document.place)]) == ["Doe <2>."]


@pytest.mark.parametrize(
    ("reference", "what", "fix"),
    [
        ("[](d.md)", "there is no procedure 'd.md'", "write it as content/procedures/d.md, or use one"),
        ("[](mail.md#kiez)", "handout 'mail' has no step with id 'kiez' for staff", "did you mean 'kies'?"),
        (
            "[](c.md#typ)",
            "step 'typ' of 'c' is not there for staff",
            "keep the step for staff, or keep this reference from staff with '/// only'",
        ),
    ],
)
def test_reference_to_nothing_elsewhere_is_reported(
    tmp_path: Path, reference: str, what: str, fix: str
) -> None:
    _, (finding,) = resolved(tmp_path, two_handouts(reference))

    assert finding.place == Place("content/procedures/a.md", BODY_LINE)
    assert finding.what == what
    assert finding.fix.startswith(fix)


def test_reference_to_a_step_that_two_procedures_of_a_handout_have_asks_for_other_ids(tmp_path: Path) -> None:
    files = {
        **two_handouts("[](mail.md#kies)"),
        "content/procedures/b.md": procedure("1. Kies {#kies}", "Outlook"),
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place == Place("content/procedures/a.md", BODY_LINE)
    assert finding.what == "handout 'mail' has more than one step with id 'kies' for staff"
    assert finding.fix == "give each of them an id of its own; the procedures are b, c"
    assert finding.rule == "reference-ambiguous"


def test_reference_to_a_procedure_that_no_handout_shows_is_reported(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Doe [](b.md#klik)"),
        "content/procedures/b.md": procedure("1. Klik {#klik}", audiences="students"),
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.what == "no handout shows 'b' to staff"
    assert "'/// only'" in finding.fix


def test_procedure_that_other_audiences_are_shown_is_told_for_this_one(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Doe [](b.md)"),
        "content/procedures/b.md": procedure("1. Klik"),
        "content/handouts/mail.md": handout("b", audiences="[students]"),
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.what == "no handout shows 'b' to staff"


@pytest.mark.parametrize(
    ("reference", "shows", "what"),
    [
        ("[](handouts/weg.md)", "a", "there is no handout 'weg'"),
        ("[](b.md)", "a", "no handout shows 'b'"),
        ("[](b.md)", "b", "'b' stands in several handouts: 'mail', 'oud'"),
    ],
)
def test_reference_that_is_wrong_for_all_audiences_is_told_once(
    tmp_path: Path, reference: str, shows: str, what: str
) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(f"1. Doe {reference}"),
        "content/procedures/b.md": procedure("1. Klik"),
        "content/handouts/mail.md": handout(shows),
        "content/handouts/oud.md": handout(shows),
    }

    faults = [*resolved(tmp_path / "1", files)[1], *resolved(tmp_path / "2", files, audience="students")[1]]

    assert {finding.what for finding in in_order(faults)} == {what}
    assert len(in_order(faults)) == 1


def test_handout_of_another_audience_can_be_named_but_not_its_steps(tmp_path: Path) -> None:
    named = sheet(tmp_path / "1", two_handouts("[](mail.md)", audiences="[students]"))
    _, (finding,) = resolved(tmp_path / "2", two_handouts("[](mail.md#kies)", audiences="[students]"))

    assert section_lines(named) == ["1 Doe <Je mail in Je mail>"]
    assert finding.what == "there is no handout 'mail' for staff"
    assert finding.fix.startswith("add staff to 'audiences' of content/handouts/mail.md, or keep this")


def test_faults_of_another_handout_are_left_to_its_own_run(tmp_path: Path) -> None:
    files = {**two_handouts("[](c.md#kies)"), "content/procedures/b.md": procedure("1. ![[weg]]")}

    assert section_lines(sheet(tmp_path, files)) == ["1 Doe <2 in Je mail>"]


# ---- references to nothing --------------------------------------------------------------------


def test_reference_to_a_missing_step_gives_the_line_and_the_nearest_id(tmp_path: Path) -> None:
    body = "1. Start {#start}\n2. Methode toevoegen {#add-method}\n3. Doe\n   [](#add-metod)\n"
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    _, (finding,) = resolved(tmp_path, files)

    assert str(finding) == (
        f"content/procedures/a.md:{BODY_LINE + 3}: error[reference-missing]: 'a' has no step 'add-metod'\n"
        "  fix: did you mean 'add-method'?"
    )


def test_missing_step_may_be_written_in_the_procedure_and_in_each_fragment_of_it(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Start\n2. ![[sms]]\n3. Doe [](#weg)\n\n![[los]]"),
        "content/fragments/sms.md": "Typ.\n",
        "content/fragments/los.md": "Wacht.\n\n![[diep]]\n",
        "content/fragments/diep.md": "Rustig.\n",
        "content/fragments/elders.md": "Niets.\n",
    }

    _, findings = resolved(tmp_path, files)
    (finding,) = (one for one in findings if one.rule == "reference-missing")

    assert sorted(finding.about) == [
        "content/fragments/diep.md",
        "content/fragments/los.md",
        "content/fragments/sms.md",
        "content/procedures/a.md",
    ]


def test_reference_to_a_step_that_this_audience_does_not_see_is_reported(tmp_path: Path) -> None:
    body = "1. Start\n2. Typ {#typ @students}\n3. Terug naar [](#typ)\n"
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place.line == BODY_LINE + 2
    assert finding.what == "step 'typ' of 'a' is not there for staff"
    assert section_lines(sheet(tmp_path, files, "students"))[-1] == "3 Terug naar <2>"


def test_reference_to_a_step_of_a_fragment_that_stands_twice_is_reported_with_both_places(
    tmp_path: Path,
) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. ![[sms]]\n2. Start\n3. ![[sms]]\n4. Naar [](#code)"),
        "content/fragments/sms.md": "1. Wacht\n2. Typ de code {#code}\n",
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place.line == BODY_LINE + 3
    assert finding.what.startswith("'code' names 2 steps of 'a'")
    assert "content/fragments/sms.md:2" in finding.what


def test_reference_inside_a_fragment_points_into_the_procedure_that_holds_it(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a, b"),
        "content/procedures/a.md": procedure("1. Start\n2. ![[sms]]"),
        "content/procedures/b.md": procedure("1. ![[sms]]"),
        "content/fragments/sms.md": "1. Typ de code {#code}\n2. Opnieuw? Doe [](#code)\n",
    }

    document = sheet(tmp_path, files)

    assert section_lines(document)[-1] == "3 Opnieuw? Doe <2>"
    assert section_lines(document, "b")[-1] == "2 Opnieuw? Doe <1>"


WAYFINDING = {
    "content/handouts/begin.md": handout("", title="Begin", leads_to="[gids, ander]").replace(
        "procedures: []\n", ""
    ),
    "content/handouts/gids.md": handout("a, b"),
    "content/handouts/ander.md": handout("c", title="Ander"),
    "content/procedures/a.md": procedure("1. Start\n2. Klik {#klik}\n3. Sluit {#sluit}", "App"),
    "content/procedures/b.md": procedure("1. Doe [](a.md#klik)\n2. Doe [](a.md) en [](b.md#hier) {#hier}"),
    "content/procedures/c.md": procedure("1. Open {#open}\n2. Lees\n3. Sluit {#dicht}", "Lezen"),
}
"""A wayfinding sheet leads to two handouts: they have the letters A and B."""


def test_where_handouts_have_letters_a_procedure_is_called_by_its_name(tmp_path: Path) -> None:
    document = sheet(tmp_path, WAYFINDING)

    assert document.letter == "A"
    assert [section.letter for section in document.sections] == [None, None]
    assert section_lines(document, "b") == ["1 Doe <2 van App>", "2 Doe <App> en <2>"]


def test_reference_to_another_handout_gives_its_letter(tmp_path: Path) -> None:
    body = "1. Doe [](c.md#open)\n2. Lees [](c.md) of [](handouts/ander.md)\n3. Zoek [](handouts/begin.md)"
    document = sheet(tmp_path, {**WAYFINDING, "content/procedures/b.md": procedure(body)})

    assert section_lines(document, "b") == [
        "1 Doe <1 in B Ander>",
        "2 Lees <Lezen in B Ander> of <Ander in B Ander>",
        "3 Zoek <Begin in Begin>",
    ]


def test_other_sheets_that_the_steps_need_are_named_in_the_head(tmp_path: Path) -> None:
    steps = "1. Doe [](c.md#open)\n2. Lees\n\n    Doe [](c.md#dicht), en kijk op [](handouts/begin.md)."
    files = {
        **WAYFINDING,
        "content/procedures/b.md": procedure(steps),
        "content/handouts/gids.md": handout("a, b", needs="[je pas]"),
    }

    (brought,) = lines([Paragraph(sheet(tmp_path, files).bring, Place("x"))])

    assert brought == "Neem <Ander in B Ander>, <Begin in Begin> en je pas erbij."


@pytest.mark.parametrize("format_", ["card", "poster-a3"])
def test_format_without_a_place_for_them_names_no_other_sheets(tmp_path: Path, format_: str) -> None:
    steps = {"content/procedures/b.md": procedure("1. Doe [](c.md#open)")}
    files = {**WAYFINDING, **steps, "content/handouts/gids.md": handout("a, b", formats=f"[{format_}]")}

    assert sheet(tmp_path, files).bring == ()


def test_sheet_that_hands_out_those_of_another_audience_needs_none_of_them(tmp_path: Path) -> None:
    files = {
        **WAYFINDING,
        "content/handouts/ander.md": handout("c", title="Ander", audiences="[students]"),
        "content/procedures/b.md": procedure("1. Geef [](handouts/ander.md)"),
    }

    assert sheet(tmp_path, files).bring == ()


def test_run_of_steps_gives_the_first_and_the_last(tmp_path: Path) -> None:
    body = "1. Doe [](a.md#klik..sluit)\n2. Doe [deze](c.md#open..dicht)\n3. Doe [](#x..y) {#x}\n4. Ga {#y}"
    document = sheet(tmp_path, {**WAYFINDING, "content/procedures/b.md": procedure(body)})

    assert section_lines(document, "b") == [
        "1 Doe <2 tot 3 van App>",
        "2 Doe <1 tot 3 in B Ander as deze>",
        "3 Doe <3 tot 4>",
        "4 Ga",
    ]


def test_run_alone_in_a_paragraph_of_a_step_leads_there_and_back_to_the_next_step(tmp_path: Path) -> None:
    body = "1. Koppel\n\n    [](c.md#open..dicht)\n\n2. Kies\n\n    [](c.md#open..dicht)\n"
    document = sheet(tmp_path, {**WAYFINDING, "content/procedures/b.md": procedure(body)})

    assert section_lines(document, "b") == [
        "1 Koppel",
        "1 Doe <1 tot 3 in B Ander>. Kom dan terug voor <2>.",
        "2 Kies",
        "2 Doe <1 tot 3 in B Ander>. Kom dan terug naar dit blad.",
    ]


@pytest.mark.parametrize(
    ("run", "what", "rule"),
    [
        ("#dicht..open", "a run of steps goes from step 3 to step 1", "reference-run"),
        ("#open..open", "a run of steps goes from step 1 to step 1", "reference-run"),
        (
            "#open..sub",
            "a run of steps begins or ends in a substep, or in another option",
            "reference-run",
        ),
        ("#open..dich", "'c' has no step 'dich'", "reference-missing"),
        ("#oppen..dicht", "'c' has no step 'oppen'", "reference-missing"),
    ],
)
def test_run_that_is_none_is_reported_with_its_line(tmp_path: Path, run: str, what: str, rule: str) -> None:
    files = {
        **WAYFINDING,
        "content/procedures/b.md": procedure(f"1. Start\n2. Doe [](c.md{run})"),
        "content/procedures/c.md": procedure(
            "1. Open {#open}\n2. Lees\n   1. Kijk {#sub}\n3. Sluit {#dicht}"
        ),
    }

    _, (finding,) = resolved(tmp_path, files)

    assert (finding.place, finding.what, finding.rule) == (
        Place("content/procedures/b.md", BODY_LINE + 1),
        what,
        rule,
    )


def test_reference_in_handout_text_must_name_the_file(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", "Begin bij [](#klik)."),
        "content/procedures/a.md": procedure("1. Klik {#klik}"),
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place == Place("content/handouts/gids.md", 7)
    assert finding.what == "'#klik' does not say which procedure holds the step"
    assert finding.fix == "write the file before it: [](procedure.md#step)"


# ---- routes -----------------------------------------------------------------------------------


def route_of(tmp_path: Path, paragraph: str, **front_matter: str) -> object:
    files = {
        "content/handouts/gids.md": handout("a, b", f"Lees dit.\n\n{paragraph}", **front_matter),
        "content/procedures/a.md": procedure("1. Start {#start}\n2. Klik\n   1. Typ {#typ}", "App"),
        "content/procedures/b.md": procedure("1. Sms {#sms}\n2. Klaar", "Sms"),
    }
    document = sheet(tmp_path, files)
    return document.opening[0]


def test_references_alone_in_a_paragraph_are_a_route(tmp_path: Path) -> None:
    assert route_of(tmp_path, "[](a.md)") == Route((1, 2), "A")
    assert route_of(tmp_path, "[](a.md#start) [](b.md)", numbering="continuous") == Route((1, 3, 4), None)


@pytest.mark.parametrize(
    ("paragraph", "words"),
    [
        ("[](a.md#start)", "<A 1>"),
        ("Doe [](a.md)", "Doe <A App>"),
        ("[de app](a.md)", "<A App as de app>"),
        ("[](a.md) [](a.md#typ)", "<A App> <A 2a>"),
        ("[](a.md#start) [](b.md)", "<A 1> <B Sms>"),
        ("[](a.md) en", "<A App> en"),
    ],
)
def test_references_that_no_row_of_numbers_can_say_stay_words(
    tmp_path: Path, paragraph: str, words: str
) -> None:
    block = route_of(tmp_path, paragraph)

    assert isinstance(block, Paragraph)
    assert lines([block]) == [words]


def test_route_over_a_choice_stays_words(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", "Lees dit.\n\n[](a.md)\n\n[](a.md#start) [](a.md#tik)"),
        "content/procedures/a.md": procedure(CHOICE),
    }

    assert lines(sheet(tmp_path, files).opening) == ["<Aanmelden>", "<1> <1 bij Android>"]


def test_route_along_a_missing_step_is_reported(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a", "Lees dit.\n\n[](a.md#strat) [](a.md#klik)"),
        "content/procedures/a.md": procedure("1. Start {#start}\n2. Klik {#klik}"),
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place == Place("content/handouts/gids.md", 9)
    assert finding.what == "'a' has no step 'strat'"


# ---- the code -----------------------------------------------------------------------------------

OWN_PAGES = {
    "content/handouts/gids.md": handout("a", qr="security-info"),
    "content/procedures/a.md": procedure("1. Klik"),
    "content/schools.csv": "id,name,page\nnoord,Noord,https://mfa.school.be/noord\nzuid,Zuid,\n",
}
WITH_PAGES = (
    SETTINGS.replace(
        'security-info = "https://mfa.school.be/info"',
        'security-info = { url = "https://mfa.school.be/info", column = "page" }',
    )
    + '[schools]\ncolumns = ["id", "name", "page"]\n'
)


@pytest.mark.parametrize(
    ("school", "url"),
    [("noord", "mfa.school.be/noord"), ("zuid", "mfa.school.be/info"), (None, "mfa.school.be/info")],
)
def test_code_leads_to_the_page_of_the_school_or_else_to_that_of_all(
    tmp_path: Path, school: str | None, url: str
) -> None:
    document = sheet(tmp_path, OWN_PAGES, school=school, settings=WITH_PAGES)

    assert document.qr == QrTarget("security-info", f"https://{url}", url)


def test_sheet_that_asks_for_no_code_has_none(tmp_path: Path) -> None:
    assert (
        sheet(tmp_path, {**OWN_PAGES, "content/handouts/gids.md": handout("a")}, settings=WITH_PAGES).qr
        is None
    )


def test_code_that_leads_to_no_link_is_reported_at_its_key(tmp_path: Path) -> None:
    files = {**OWN_PAGES, "content/handouts/gids.md": handout("a", qr="security-inf")}

    document, (finding,) = resolved(tmp_path, files, settings=WITH_PAGES)

    assert document.qr is None
    assert finding.place == Place("content/handouts/gids.md", 6)
    assert finding.what == "qr names the link 'security-inf', which does not exist"
    assert finding.rule == "name-unknown"


@pytest.mark.parametrize(
    ("school", "place"),
    [
        ("noord", Place("content/schools.csv", 2, 13)),
        ("zuid", Place("content/handouts/gids.md", 1)),
        (None, Place("content/handouts/gids.md", 1)),
    ],
)
def test_code_that_is_too_fine_is_reported_where_its_address_stands(
    tmp_path: Path, school: str | None, place: Place
) -> None:
    settings = f"{WITH_PAGES}\n[formats.leaflet-a4]\nqr-mm = 10\n"

    _, (finding,) = resolved(tmp_path, OWN_PAGES, school=school, settings=settings)

    assert (finding.place, finding.rule) == (place, "qr-too-small")
    assert finding.what.startswith("leaflet-a4: the QR code for https://mfa.school.be/")


# ---- fields and links -------------------------------------------------------------------------

FIELDS = {
    "content/handouts/gids.md": handout("a"),
    "content/schools.csv": SCHOOLS,
    "content/procedures/a.md": procedure(
        "Vraag het aan {{ school.ict-anchor }} in {{ school.name }}.\n\n"
        "{{ audience.systems }} van {{ organisation.name }}: {{ audience.label }}.\n"
    ),
}


def test_fields_of_a_school_are_filled_in_for_that_school(tmp_path: Path) -> None:
    document = sheet(tmp_path, FIELDS, school="noord")

    assert section_lines(document) == [
        "Vraag het aan An Peeters in Basisschool Noord.",
        "Outlook en Smartschool van Stadsscholen: Voor medewerkers.",
    ]
    assert document.school is not None
    assert document.school.id == "noord"


def test_field_that_a_school_leaves_empty_is_a_line_to_write_on(tmp_path: Path) -> None:
    assert section_lines(sheet(tmp_path, FIELDS, school="zuid"))[0] == (
        "Vraag het aan ____ naam in Basisschool Zuid."
    )


def test_fields_of_a_school_are_lines_to_write_on_without_a_school(tmp_path: Path) -> None:
    document = sheet(tmp_path, FIELDS)

    paragraph = document.sections[0].blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.children[1] == WriteIn("naam")
    assert section_lines(document)[0] == "Vraag het aan ____ naam in ____ school."


def test_field_of_a_link_is_a_link_with_the_address_as_one_types_it(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Surf naar {{ link.security-info }}."),
    }

    document = sheet(tmp_path, files)

    assert section_lines(document) == ["1 Surf naar mfa.school.be/info."]


def test_field_of_a_link_alone_in_its_paragraph_is_an_address(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Surf\n\n   {{ link.security-info }}"),
    }

    steps = sheet(tmp_path, files).sections[0].blocks[0]

    assert isinstance(steps, NumberedSteps)
    assert steps.steps[0].blocks == (Address("mfa.school.be/info", "https://mfa.school.be/info"),)


@pytest.mark.parametrize(
    ("field", "near"),
    [
        ("link.security-inf", "link.security-info"),
        ("school.ict-anker", "school.ict-anchor"),
        ("audience.system", "audience.systems"),
        ("organisation.naam", "organisation.name"),
        ("organisation.names", "organisation.name"),
    ],
)
@pytest.mark.parametrize("around", ["{}", "Zie {}."])
def test_unknown_field_is_reported_once_with_its_line_and_the_nearest(
    tmp_path: Path, field: str, near: str, around: str
) -> None:
    body = "1. Start\n\n" + around.format(f"{{{{ {field} }}}}")
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    _, (finding,) = resolved(tmp_path, files)

    assert finding.place == Place("content/procedures/a.md", BODY_LINE + 2)
    assert finding.what == f"there is no field '{field}'"
    assert finding.fix.startswith(f"did you mean '{near}'?")


@pytest.mark.parametrize(
    ("field", "fix"),
    [
        ("school.lokaal", "did you mean 'school.room'?"),
        ("school.gebouw", "use one of: school."),
        ("link.zoekmachine", "use one of: link.security-info"),
        ("gebouw.naam", "use one of: audience."),
        ("tafel.lokaal", "use one of: audience."),
    ],
)
def test_unknown_field_that_is_like_no_other_is_answered_with_those_of_its_kind(
    tmp_path: Path, field: str, fix: str
) -> None:
    body = f"1. Start\n\n{{{{ {field} }}}}"
    files = {"content/handouts/gids.md": handout("a"), "content/procedures/a.md": procedure(body)}

    _, (finding,) = resolved(tmp_path, files)

    assert finding.fix.startswith(fix)


@pytest.mark.parametrize(
    ("field", "meant"), [("school.lokaal", "school.room"), ("school.telefoon", "school.phone")]
)
def test_field_called_as_a_column_may_be_called_is_reported_with_the_name_of_that_column(
    tmp_path: Path, field: str, meant: str
) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(f"1. Ga naar {{{{ {field} }}}}"),
    }
    _, (finding,) = resolved(tmp_path, files)
    assert finding.fix.startswith(f"did you mean '{meant}'?")


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Mail naar jan.modaal+ict@stad.voorbeeld.be.", ["jan.modaal+ict@stad.voorbeeld.be"]),
        ("Mail **Balie@Voorbeeld.be** of `b@voorbeeld.be`.", ["b@voorbeeld.be", "balie@voorbeeld.be"]),
        ("Mail balie@voorbeeld.be of ga naar www.voorbeeld.be", ["balie@voorbeeld.be", "www.voorbeeld.be"]),
    ],
)
def test_mail_address_that_is_typed_is_reported_with_the_link_to_write(
    tmp_path: Path, text: str, typed: list[str]
) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(f"1. Start\n\n{text}"),
    }
    _, findings = resolved(tmp_path, files)
    assert [finding.what for finding in findings] == [
        f"the address '{one}' is typed in the text" for one in typed
    ]
    for finding, one in zip(findings, typed, strict=True):
        assert (f"[{one}](mailto:{one})" in finding.fix) == ("@" in one)


def test_mail_link_that_the_finding_asks_for_is_right(tmp_path: Path) -> None:
    mail = "balie@mfa.school.be"
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(f"1. Mail naar [{mail}](mailto:{mail})"),
    }
    _, findings = resolved(tmp_path, files)
    assert not findings


def test_link_to_an_allowed_host_is_kept(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(
            "Zie [de site](https://mfa.school.be/x) of [mail](mailto:ict@school.be)."
        ),
    }

    block = sheet(tmp_path, files).sections[0].blocks[0]

    assert isinstance(block, Paragraph)
    site, mail = block.children[1], block.children[3]
    assert isinstance(site, Link)
    assert isinstance(mail, Link)
    assert (site.url, site.children) == ("https://mfa.school.be/x", (Text("de site"),))
    assert mail.url == "mailto:ict@school.be"


@pytest.mark.parametrize(
    ("link", "what", "fix"),
    [
        (
            "[de site](https://mfa.schol.be/x)",
            "a link cannot be used: the host 'mfa.schol.be' is not one of the allowed hosts",
            "did you mean 'mfa.school.be'?",
        ),
        (
            "[de site](http://mfa.school.be/x)",
            "a link cannot be used: the address 'http://mfa.school.be/x' does not begin with https://",
            "write https://mfa.school.be/x",
        ),
        (
            "[login.evil.com](https://mfa.school.be/x)",
            "the words 'login.evil.com' name another site than 'https://mfa.school.be/x'",
            "make them agree",
        ),
        (
            "[mail](mailto:ict@a.be?to=b)",
            "a link cannot be used: the mail link 'mailto:ict@a.be?to=b' carries more than an address",
            "leave out the part from '?'",
        ),
    ],
)
def test_link_that_may_not_stand_on_paper_is_reported(tmp_path: Path, link: str, what: str, fix: str) -> None:
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure(f"1. Start\n2. Zie {link}"),
    }

    _, findings = resolved(tmp_path, files)

    finding = next(finding for finding in findings if finding.what == what)
    assert finding.place == Place("content/procedures/a.md", BODY_LINE + 1)
    assert finding.fix.startswith(fix)


def test_field_that_shows_another_site_than_its_link_is_reported(tmp_path: Path) -> None:
    settings = SETTINGS.replace('"Outlook en Smartschool"', '"login.evil.com"')
    files = {
        "content/handouts/gids.md": handout("a"),
        "content/procedures/a.md": procedure("1. Zie [{{ audience.systems }}](https://mfa.school.be/x)"),
    }

    _, findings = resolved(tmp_path, files, settings=settings)

    assert any("name another site" in finding.what for finding in findings)
