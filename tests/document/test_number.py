"""The numbers and letters that stand on the paper."""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import BODY_LINE, handout, procedure, resolved, sheet
from tests.document.reading_order import section_lines

from handout.model.findings import Place
from handout.model.text import Choice, NumberedSteps


def one_procedure(body: str, **front_matter: str) -> Mapping[str, str]:
    return {
        "content/handouts/gids.md": handout("a", **front_matter),
        "content/procedures/a.md": procedure(body),
    }


def test_numbers_run_on_over_headings_callouts_fragments_and_only(tmp_path: Path) -> None:
    body = (
        "## Eerst\n\n1. Start\n\n/// caution\nLet op.\n///\n\n## Daarna\n\n![[sms]]\n\n"
        "/// only | staff\n1. Open Outlook\n///\n\n1. Sluit af\n"
    )
    files = {**one_procedure(body), "content/fragments/sms.md": "1. Typ de code\n"}

    assert section_lines(sheet(tmp_path, files)) == [
        "Eerst",
        "1 Start",
        "caution: Let op.",
        "Daarna",
        "2 Typ de code",
        "3 Open Outlook",
        "4 Sluit af",
    ]


def test_numbers_do_not_come_from_the_hand(tmp_path: Path) -> None:
    assert section_lines(sheet(tmp_path, one_procedure("7. Start\n3. Klaar"))) == ["1 Start", "2 Klaar"]


def test_substeps_are_lettered_in_each_step_and_go_on_after_a_callout(tmp_path: Path) -> None:
    body = (
        "1. Start\n   1. Klik\n   2. Kies\n\n   /// tip\n   Rustig.\n   ///\n\n   1. Typ\n\n"
        "2. Daarna\n   1. Sluit\n"
    )

    assert section_lines(sheet(tmp_path, one_procedure(body))) == [
        "1 Start",
        "1a Klik",
        "1b Kies",
        "1 tip: Rustig.",
        "1c Typ",
        "2 Daarna",
        "2a Sluit",
    ]


def test_steps_are_of_level_one_and_substeps_of_level_two_each_with_its_number(tmp_path: Path) -> None:
    (run,) = sheet(tmp_path, one_procedure("1. Start\n   1. Klik\n   2. Kies\n2. Klaar")).sections[0].blocks

    assert isinstance(run, NumberedSteps)
    (inner,) = run.steps[0].blocks
    assert isinstance(inner, NumberedSteps)
    assert (run.level, inner.level) == (1, 2)
    assert [(step.number, step.label) for step in run.steps] == [(1, "1"), (2, "2")]
    assert [(step.number, step.label) for step in inner.steps] == [(1, "a"), (2, "b")]


def test_each_option_of_a_choice_inside_a_step_starts_at_a(tmp_path: Path) -> None:
    body = (
        "1. Installeer\n\n   /// tab | Android\n   1. Open de Play Store\n   2. Zoek\n   ///\n"
        "   /// tab | iPhone\n   1. Open de App Store\n   ///\n\n2. Klaar\n"
    )

    assert section_lines(sheet(tmp_path, one_procedure(body))) == [
        "1 Installeer",
        "1 Android: a Open de Play Store",
        "1 Android: b Zoek",
        "1 iPhone: a Open de App Store",
        "2 Klaar",
    ]


TOP_CHOICE = "1. Start\n\n/// tab | Android\n1. Tik\n2. Veeg\n///\n/// tab | iPhone\n1. Druk\n///\n"


def test_each_option_of_a_choice_at_the_top_level_starts_at_one(tmp_path: Path) -> None:
    assert section_lines(sheet(tmp_path, one_procedure(TOP_CHOICE))) == [
        "1 Start",
        "Android: 1 Tik",
        "Android: 2 Veeg",
        "iPhone: 1 Druk",
    ]


def test_continuous_numbering_goes_on_through_options_and_procedures(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a, b", numbering="continuous"),
        "content/procedures/a.md": procedure(TOP_CHOICE),
        "content/procedures/b.md": procedure("1. Sluit\n   1. Klik\n2. Bewaar"),
    }

    document = sheet(tmp_path, files)

    assert section_lines(document, "a") == ["1 Start", "Android: 2 Tik", "Android: 3 Veeg", "iPhone: 4 Druk"]
    assert section_lines(document, "b") == ["5 Sluit", "5a Klik", "6 Bewaar"]
    assert [section.letter for section in document.sections] == [None, None]


def test_procedures_that_each_begin_at_one_are_told_apart_by_letters(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a, b, c, d"),
        "content/procedures/a.md": procedure("1. Start"),
        "content/procedures/b.md": procedure("Geen stappen."),
        "content/procedures/c.md": procedure("1. Klik"),
        "content/procedures/d.md": procedure(TOP_CHOICE.removeprefix("1. Start\n\n")),
    }

    document = sheet(tmp_path, files)

    assert [section.letter for section in document.sections] == ["A", "B", "C", "D"]
    assert section_lines(document, "c") == ["1 Klik"]


def test_the_only_procedure_with_steps_needs_no_letter(tmp_path: Path) -> None:
    files = {
        "content/handouts/gids.md": handout("a, b"),
        "content/procedures/a.md": procedure("1. Start"),
        "content/procedures/b.md": procedure("Geen stappen."),
    }

    assert [section.letter for section in sheet(tmp_path, files).sections] == [None, None]


def test_more_procedures_than_letters_are_reported(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(27)]
    files = {
        "content/handouts/gids.md": handout(", ".join(names)),
        **{f"content/procedures/{name}.md": procedure("1. Start") for name in names},
    }

    _, (finding,) = resolved(tmp_path, files)

    assert finding.what == "'gids' has 27 procedures, more than there are letters"
    assert "numbering: continuous" in finding.fix


def test_steps_after_a_choice_at_the_top_level_are_reported_with_both_lines(tmp_path: Path) -> None:
    body = "/// tab | Android\n1. Tik\n///\n/// tab | iPhone\n1. Druk\n///\n\n1. Klaar\n"

    _, (finding,) = resolved(tmp_path, one_procedure(body))

    assert finding.place == Place("content/procedures/a.md", BODY_LINE + 7)
    assert finding.what.startswith(f"steps follow the choice on line {BODY_LINE},")
    assert "make the choice the last of the procedure" in finding.fix


def test_second_choice_with_steps_at_the_top_level_is_reported(tmp_path: Path) -> None:
    choice = "/// tab | Android\n1. Tik\n///\n/// tab | iPhone\n1. Druk\n///\n"

    _, (finding,) = resolved(tmp_path, one_procedure(f"{choice}\nOf zo:\n\n{choice}"))

    assert finding.place.line == BODY_LINE + 9


def test_text_and_a_choice_without_steps_may_follow_a_choice(tmp_path: Path) -> None:
    body = (
        "/// tab | Android\n1. Tik\n///\n/// tab | iPhone\n1. Druk\n///\n\n"
        "Kies je toestel.\n\n/// tab | Wit\nMooi.\n///\n/// tab | Zwart\nOok mooi.\n///\n"
    )

    assert section_lines(sheet(tmp_path, one_procedure(body)))[2:] == [
        "Kies je toestel.",
        "Wit: Mooi.",
        "Zwart: Ook mooi.",
    ]


def test_step_with_more_substeps_than_letters_is_reported(tmp_path: Path) -> None:
    substeps = "".join(f"   {number}. Klik\n" for number in range(1, 30))

    document, (finding,) = resolved(tmp_path, one_procedure(f"1. Start\n{substeps}"))

    assert finding.place.line == BODY_LINE + 27
    assert finding.what == "step 1 has more than 26 substeps"
    assert section_lines(document)[1:] == [f"1{letter} Klik" for letter in string.ascii_lowercase]


def test_device_is_printed_where_it_changes_only(tmp_path: Path) -> None:
    body = (
        "1. Ga zitten\n2. Zet aan {on computer}\n3. Klik {on computer}\n4. Wacht\n5. Klik {on computer}\n\n"
        "## Verder\n\n1. Tik {on smartphone}\n2. Kijk {on computer}\n"
    )

    steps = [
        step
        for block in sheet(tmp_path, one_procedure(body)).sections[0].blocks
        if isinstance(block, NumberedSteps)
        for step in block.steps
    ]

    changes = [(step.number, str(step.device)) for step in steps if step.device_changes]
    assert changes == [(2, "computer"), (6, "smartphone"), (7, "computer")]


def _shown(tmp_path: Path, body: str) -> list[bool]:
    (run,) = sheet(tmp_path, one_procedure(body)).sections[0].blocks
    assert isinstance(run, NumberedSteps)
    return [step.device_changes for step in run.steps]


def test_device_is_also_printed_at_a_step_of_several_acts(tmp_path: Path) -> None:
    """That may be the first step of a side or a panel."""
    body = (
        "1. Open {on computer}\n    1. Klik {on computer}\n2. Sluit {on computer}\n    1. Klik\n"
        "3. Ga {on computer}\n4. Tik {on smartphone}"
    )

    assert _shown(tmp_path, body) == [True, True, False, True]


def test_device_may_be_either_until_one_is_in_hand(tmp_path: Path) -> None:
    body = "1. Kijk {on any}\n2. Lees {on any}\n3. Klik {on computer}\n4. Lees {on any}"

    assert _shown(tmp_path, body) == [True, False, True, False]


def test_device_of_one_option_inside_a_step_is_not_that_of_the_next(tmp_path: Path) -> None:
    """The reader takes one option: each begins, and none ends, at the device of the step around it."""
    body = (
        "1. Kies {on computer}\n\n   /// tab | Android\n   1. Tik {on smartphone}\n   ///\n"
        "   /// tab | iPhone\n   1. Druk {on smartphone}\n   ///\n\n2. Kijk {on computer}\n"
    )

    (run,) = sheet(tmp_path, one_procedure(body)).sections[0].blocks

    assert isinstance(run, NumberedSteps)
    (choice,) = run.steps[0].blocks
    assert isinstance(choice, Choice)
    inner = [block for option in choice.options for block in option.blocks]
    changes = [[step.device_changes for step in one.steps] for one in inner if isinstance(one, NumberedSteps)]
    assert changes == [[True], [True]]
    assert [step.device_changes for step in run.steps] == [True, False]


def test_device_is_told_anew_in_each_option(tmp_path: Path) -> None:
    body = (
        "/// tab | Android\n1. Tik {on smartphone}\n2. Veeg {on smartphone}\n///\n"
        "/// tab | iPhone\n1. Druk {on smartphone}\n///\n"
    )

    (choice,) = sheet(tmp_path, one_procedure(body)).sections[0].blocks

    assert isinstance(choice, Choice)
    runs = [block for option in choice.options for block in option.blocks if isinstance(block, NumberedSteps)]
    assert [[step.device_changes for step in run.steps] for run in runs] == [[True, False], [True]]
