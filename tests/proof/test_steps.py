"""Numbers, commands and references on paper, each line put where it is right or just wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from tests.proof import plain
from tests.proof.tagged import GLYPH_PT, Line, Node, item, numbered, paper_of

from handout.model.document import Section
from handout.model.findings import Finding, Place
from handout.model.text import NumberedStep, NumberedSteps, Paragraph, StepLabel, Text
from handout.model.units import mm_to_pt
from handout.proof import ProofRule
from handout.proof.expected import Expected
from handout.proof.steps import FARTHEST, steps

TEXT = "content/procedures/a.md"
HANDOUT = "content/handouts/a.md"
ROW_PT = 40.0
BODY_X = 70.0


def step(label: str, command: str = "Klik", line: int = 0, *inside: NumberedSteps) -> NumberedStep:
    number = int(label) if label.isdigit() else ord(label) - ord("a") + 1
    place = Place(TEXT, line or 10 + number)
    return NumberedStep(number, label, (Text(command),), inside, place)


def run(*steps_: NumberedStep, level: int = 1) -> NumberedSteps:
    return NumberedSteps(level, steps_, Place(TEXT, 10))


def section(*blocks: NumberedSteps | Paragraph, letter: str | None = None) -> Section:
    return Section((letter or "a").lower(), "A", blocks, Place(TEXT, 1), letter)


def expected(*sections: Section, right_to_left: bool = False) -> Expected:
    words = {**plain.terms().words, "in-handout": "in {handout}"}
    terms = replace(plain.terms(), words=words, is_right_to_left=right_to_left)
    return Expected(replace(plain.document(None), sections=sections), terms)


def rows(*labels: str, command: str = "Klik") -> Iterator[Node]:
    """Yield items one below the other."""
    for at, label in enumerate(labels):
        y = 500 - at * ROW_PT
        yield item(Line(label, 50, y), Line(command, BODY_X, y))


def found(model: Expected, *nodes: Node, pages: int = 1) -> list[Finding]:
    with paper_of(*nodes, pages=pages) as paper:
        return list(steps(paper, model))


def rules(findings: Sequence[Finding]) -> list[str]:
    return [str(finding.rule) for finding in findings]


# ---- numbers and commands ---------------------------------------------------------------------

THREE = expected(section(run(step("1"), step("2"), step("3"))))


def test_steps_as_the_model_has_them_are_right() -> None:
    assert found(THREE, numbered("Decimal", *rows("1", "2", "3"))) == []


def test_number_of_another_step_is_told_with_where_it_stands_and_what_belongs_there() -> None:
    (finding,) = found(expected(section(run(step("1"), step("2")))), numbered("Decimal", *rows("1", "1")))
    assert finding.rule == ProofRule.STEP_NUMBER
    assert finding.place == Place(TEXT, 12)
    assert finding.what == (
        "'1' stands on page 1, 18 mm from the left and 47 mm from the top, where step 2 belongs"
    )


def test_step_without_a_number_is_told_at_its_command() -> None:
    model = expected(section(run(step("1"))))
    (finding,) = found(model, numbered("Decimal", item(None, Line("Klik", 70, 500))))
    assert finding.what == (
        "'' stands on page 1, 25 mm from the left and 33 mm from the top, where step 1 belongs"
    )
    findings = found(model, numbered("Decimal", item(None)))
    assert findings[0].what == "'' stands on none of the pages, where step 1 belongs"


def test_letter_of_another_substep_is_told_as_that_of_a_substep() -> None:
    model = expected(section(run(step("1", "Klik", 11, run(step("a", "Typ"), level=2)))))
    inner = numbered("LowerAlpha", item(Line("b", 60, 480), Line("Typ", 80, 480)))
    (finding,) = found(model, numbered("Decimal", item(Line("1", 50), Line("Klik", 70), inner)))
    assert (finding.rule, finding.place.line) == (ProofRule.STEP_NUMBER, 11)
    assert finding.what.endswith("where substep a belongs")


@pytest.mark.parametrize(("printed", "count"), [(("1", "2"), 2), (("1", "2", "3", "4"), 4)])
def test_step_too_few_or_too_many_is_told_of_the_whole(printed: tuple[str, ...], count: int) -> None:
    (finding,) = found(THREE, numbered("Decimal", *rows(*printed)))
    assert (finding.rule, finding.place.path) == (ProofRule.STEP_NUMBER, HANDOUT)
    assert finding.what == f"the pages have {count} numbered steps and substeps; the model has 3"


def test_items_of_a_list_without_numbers_are_no_steps() -> None:
    bullets = numbered("Disc", item(Line("-", 50, 100), Line("Los", 70, 100)))
    assert found(THREE, bullets, numbered("Decimal", *rows("1", "2", "3")), bullets) == []
    assert len(found(expected(), numbered("Decimal", *rows("1")))) == 1


def test_item_in_a_part_of_its_list_is_a_step_of_it() -> None:
    assert found(THREE, numbered("Decimal", Node("Div", tuple(rows("1", "2", "3"))))) == []


def test_command_of_another_step_is_told_with_both() -> None:
    model = expected(section(run(step("1", "Klik op Start"))))
    (finding,) = found(model, numbered("Decimal", *rows("1", command="Klik op Stop")))
    assert (finding.rule, finding.place.line) == (ProofRule.STEP_COMMAND, 11)
    assert finding.what == (
        "step 1, on page 1, 18 mm from the left and 33 mm from the top, says 'KlikopStop'; "
        "the model says 'Klik op Start'"
    )


def test_command_comes_first_in_its_item_and_more_may_follow() -> None:
    model = expected(section(run(step("1", "Klik op Start"))))
    assert found(model, numbered("Decimal", *rows("1", command="Klik op Start. Wacht."))) == []
    assert rules(found(model, numbered("Decimal", *rows("1", command="Dus: Klik op Start")))) == [
        "step-command"
    ]


def test_long_command_is_shown_up_to_sixty_letters() -> None:
    model = expected(section(run(step("1", "a" * 70))))
    (finding,) = found(model, numbered("Decimal", *rows("1", command="b" * 65)))
    assert f"'{'b' * 60}'" in finding.what
    assert f"'{'a' * 60}'" in finding.what


# ---- counting ---------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", ["123", "1212", "112", "1"])
def test_numbers_that_follow_each_other_or_begin_anew_count(labels: str) -> None:
    model = expected(section(run(*(step(label) for label in labels))))
    assert found(model, numbered("Decimal", *rows(*labels))) == []


@pytest.mark.parametrize(
    ("labels", "number", "before"), [("124", 4, 2), ("2", 2, 0), ("132", 3, 1), ("1233", 3, 3), ("13", 3, 1)]
)
def test_number_that_leaps_is_told_with_the_one_before_even_where_the_model_leaps(
    labels: str, number: int, before: int
) -> None:
    model = expected(section(run(*(step(label) for label in labels))))
    findings = [
        one for one in found(model, numbered("Decimal", *rows(*labels))) if one.rule == "step-counting"
    ]
    assert findings[0].what.startswith(f"step {number} stands on page 1, ")
    assert findings[0].what.endswith(f" and follows step {before}")
    assert findings[0].place.path == HANDOUT


@pytest.mark.parametrize("label", ["1.", "Stap", "²", "1a"])
def test_label_that_is_no_number_is_told_and_takes_no_part_in_counting_or_order(label: str) -> None:
    model = expected(section(run(step("1"), step("2"))))
    items = [item(Line(one, 40, y), Line("Klik", 70, y)) for one, y in ((label, 400), ("1", 500))]
    assert rules(found(model, numbered("Decimal", *items))) == ["step-number", "step-number"]


def test_substeps_do_not_take_part_in_counting() -> None:
    inside = run(step("a", "Typ"), step("b", "Typ"), level=2)
    model = expected(section(run(step("1", "Klik", 11, inside), step("2"))))
    inner = numbered(
        "LowerAlpha",
        item(Line("a", 60, 480), Line("Typ", 80, 480)),
        item(Line("b", 60, 460), Line("Typ", 80, 460)),
    )
    first = item(Line("1", 50), Line("Klik", 70), inner)
    second = item(Line("2", 50, 440), Line("Klik", 70, 440))
    assert found(model, numbered("Decimal", first, second)) == []


# ---- distances --------------------------------------------------------------------------------

ONE = expected(section(run(step("1"))))


def apart(label: Line, *body: Line) -> list[str]:
    return rules(found(ONE, numbered("Decimal", item(label, *body)), pages=2))


@pytest.mark.parametrize(
    ("gap_pt", "is_beside"), [(0, True), (-0.5, True), (-1, False), (-1.5, False), (70, True), (72, False)]
)
def test_number_stands_up_to_25_mm_before_or_behind_its_command(gap_pt: float, is_beside: bool) -> None:
    assert mm_to_pt(25) == FARTHEST
    assert 70 < FARTHEST < 72
    told = [] if is_beside else ["step-apart"]
    assert apart(Line("1", 50), Line("Klik", 50 + GLYPH_PT + gap_pt)) == told
    assert apart(Line("1", 100 + 4 * GLYPH_PT + gap_pt), Line("Klik", 100)) == told


@pytest.mark.parametrize(
    ("lower_pt", "is_level"), [(0, True), (6, True), (8, False), (-6, True), (-8, False)]
)
def test_number_stands_level_with_its_command(lower_pt: float, is_level: bool) -> None:
    """Seven points is how high a capital of ten points is."""
    told = [] if is_level else ["step-apart"]
    assert apart(Line("1", 50, 500), Line("Klik", 70, 500 - lower_pt)) == told


@pytest.mark.parametrize("sizes", [(20, 10), (10, 20)])
def test_the_larger_of_number_and_command_says_what_is_level(sizes: tuple[float, float]) -> None:
    label, body = sizes
    assert apart(Line("1", 40, 500, size=label), Line("Klik", 70, 493, size=body)) == []
    # Fourteen points between their middles, each 0.35 of its size above the baseline.
    below = 500 - 14 + (label - body) * 0.35
    assert apart(Line("1", 40, 500, size=label), Line("Klik", 70, below - 1, size=body)) == ["step-apart"]
    assert apart(Line("1", 40, 500, size=label), Line("Klik", 70, below + 1, size=body)) == []


@pytest.mark.parametrize(("gap_pt", "is_beside"), [(79, True), (85, False)])
def test_large_number_may_stand_twice_its_height_from_its_command(gap_pt: float, is_beside: bool) -> None:
    """The figures of sixty points are 42 points high; the frame of a key takes room before its words."""
    told = [] if is_beside else ["step-apart"]
    label, start = Line("1", 50, size=60), 50 + 6 * GLYPH_PT
    assert apart(label, Line("Klik", start + gap_pt, size=60)) == told
    assert apart(replace(label, x=start + gap_pt + 24 * GLYPH_PT), Line("Klik", start, size=60)) == told


def test_number_on_another_page_is_apart_and_told_with_both_places() -> None:
    body = Line("Kl", 70, page=1), Line("ik", 70, 300, 1)
    (finding,) = found(ONE, numbered("Decimal", item(Line("1", 50), *body)), pages=2)
    assert (finding.rule, finding.place.line) == (ProofRule.STEP_APART, 11)
    assert finding.what == (
        "the number 1 stands on page 1, 18 mm from the left and 33 mm from the top, away from its command "
        "on page 2, 25 mm from the left and 33 mm from the top"
    )


def test_number_may_stand_beside_any_piece_of_the_first_line_and_of_no_other() -> None:
    far, near = Line("Kl", 250), Line("ik", 70)
    assert apart(Line("1", 50), far, near) == []
    assert apart(Line("1", 50), far, replace(near, y=480)) == ["step-apart"]
    assert apart(Line("1", 50), far, replace(near, page=1)) == ["step-apart"]
    assert apart(Line("1", 50, page=1), far, replace(near, page=1)) == ["step-apart"]
    assert apart(Line("1", 50), replace(far, page=1), near) == ["step-apart"]
    assert apart(Line("1", 50, 480), Line("Kl", 70), replace(near, y=480)) == ["step-apart"]


def test_white_space_in_front_of_a_number_or_command_is_no_part_of_it() -> None:
    label = Node("Lbl", (Line(" ", 300, 100), Line("1", 50)))
    body = Node("LBody", (Line(" ", 300, 100), Line("Klik", 70)))
    assert found(ONE, numbered("Decimal", Node("LI", (label, body)))) == []


# ---- order ------------------------------------------------------------------------------------

TWO = (step("1"), step("2"))


def two(
    second: tuple[float, float], right_to_left: bool = False, pages: tuple[int, int] = (0, 0)
) -> list[Finding]:
    """Return what is found where the first step stands at 150, 300 and the next at *second*."""
    model = expected(section(run(*TWO)), right_to_left=right_to_left)
    items = [
        item(Line(label, x, y, page), Line("Klik", x + 15, y, page))
        for label, x, y, page in (("1", 150, 300, pages[0]), ("2", *second, pages[1]))
    ]
    return found(model, numbered("Decimal", *items), pages=2)


@pytest.mark.parametrize("right_to_left", [False, True])
@pytest.mark.parametrize(
    ("second", "forward", "backward"),
    [
        ((150, 200), True, True),
        ((20, 200), True, True),
        ((300, 200), True, True),
        ((300, 400), True, False),
        ((300, 300), True, False),
        ((20, 400), False, True),
        ((20, 300), False, True),
        ((150, 400), False, False),
        ((150, 293.5), True, True),
        ((150, 294.5), False, False),
        ((150, 294), False, False),
        ((150 + GLYPH_PT, 400), False, False),
        ((150 - GLYPH_PT, 400), False, False),
        ((150 + GLYPH_PT - 1, 400), False, False),
        ((150 + GLYPH_PT + 1, 400), True, False),
        ((150 - GLYPH_PT + 1, 400), False, False),
        ((150 - GLYPH_PT - 1, 400), False, True),
    ],
)
def test_next_step_stands_lower_or_farther_in_the_direction_of_reading(
    second: tuple[float, float], forward: bool, backward: bool, right_to_left: bool
) -> None:
    is_right = backward if right_to_left else forward
    assert rules(two(second, right_to_left)) == ([] if is_right else ["step-order"])


def test_step_above_the_one_before_is_told_with_both_places() -> None:
    (finding,) = two((150, 400))
    assert finding.place.path == HANDOUT
    assert finding.what == (
        "step 2 stands on page 1, 53 mm from the left and 68 mm from the top, above or beside step 1 "
        "on page 1, 53 mm from the left and 103 mm from the top"
    )


@pytest.mark.parametrize("right_to_left", [False, True])
@pytest.mark.parametrize("second", [(150, 400), (20, 200), (300, 400)])
def test_next_step_stands_anywhere_on_the_next_page_and_nowhere_on_the_one_before(
    second: tuple[float, float], right_to_left: bool
) -> None:
    assert two(second, right_to_left, (0, 1)) == []
    assert rules(two(second, right_to_left, (1, 0))) == ["step-order"]


@pytest.mark.parametrize(("sign", "rules_found"), [("stap 2", []), ("stap 3", ["step-onward"])])
def test_sign_to_turn_over_names_the_step_that_begins_overleaf(sign: str, rules_found: list[str]) -> None:
    model = expected(section(run(step("1"), step("2"), step("3"))))
    words = {**model.terms.words, "onward-page": "Draai om: stap {number}"}
    model = replace(model, terms=replace(model.terms, words=words))
    at = [("1", 400, 0), ("2", 400, 1), ("3", 300, 1)]
    items = [item(Line(label, 50, y, page), Line("Klik", 70, y, page)) for label, y, page in at]

    with paper_of(
        numbered("Decimal", *items), pages=2, loose=[Line(f"Draai om: {sign}", 70, 300, 0)]
    ) as paper:
        findings = list(steps(paper, model))

    assert rules(findings) == rules_found
    if findings:
        assert "stap 3" in findings[0].what
        assert "page 1" in findings[0].what


def test_sign_to_turn_over_where_nothing_goes_on_is_told() -> None:
    model = expected(section(run(step("1"), step("2"))))
    words = {**model.terms.words, "onward-page": "Draai om: stap {number}"}
    model = replace(model, terms=replace(model.terms, words=words))
    with paper_of(numbered("Decimal", *rows("1", "2")), loose=[Line("Draai om: stap 2", 70, 300)]) as paper:
        assert rules(list(steps(paper, model))) == ["step-onward"]


HEAD_WORDS = "vervolg: stap {number}"


@pytest.mark.parametrize(
    ("head", "page", "rules_found"),
    [
        ("Gids · vervolg: stap 2", 1, []),
        ("Gids · vervolg: stap 3", 1, ["step-onward"]),
        ("Gids · vervolg: stap 2", 0, ["step-onward"]),
        ("Gids", 1, []),
    ],
)
def test_head_of_a_side_names_the_step_that_it_goes_on_with(
    head: str, page: int, rules_found: list[str]
) -> None:
    model = expected(section(run(step("1"), step("2"), step("3"))))
    words = {**model.terms.words, "continued": HEAD_WORDS}
    model = replace(model, terms=replace(model.terms, words=words))
    at = [("1", 400, 0), ("2", 400, 1), ("3", 300, 1)]
    items = [item(Line(label, 50, y, page), Line("Klik", 70, y, page)) for label, y, page in at]

    with paper_of(numbered("Decimal", *items), pages=2, loose=[Line(head, 70, 500, page)]) as paper:
        assert rules(list(steps(paper, model))) == rules_found


def test_head_of_a_side_may_name_a_step_that_goes_on_there() -> None:
    model = expected(section(run(step("1"), step("2"))))
    words = {**model.terms.words, "continued": HEAD_WORDS}
    model = replace(model, terms=replace(model.terms, words=words))
    items = [
        item(Line("1", 50, 400, 0), Line("Klik", 70, 400, 0), Line("en wacht", 70, 400, 1)),
        item(Line("2", 50, 300, 1), Line("Klik", 70, 300, 1)),
    ]
    head = Line(HEAD_WORDS.format(number=1), 70, 500, 1)
    with paper_of(numbered("Decimal", *items), pages=2, loose=[head]) as paper:
        assert rules(list(steps(paper, model))) == []


@pytest.mark.parametrize(("named", "rules_found"), [("1", ["step-overleaf"]), ("2", [])])
def test_sign_overleaf_stands_behind_a_step_that_is_there(named: str, rules_found: list[str]) -> None:
    to = StepLabel(named)
    first = replace(step("1"), blocks=(Paragraph((Text("Doe "), to), Place("content/x.md", 3)),))
    model = expected(section(run(first, step("2"))))
    model = replace(
        model, terms=replace(model.terms, words={**model.terms.words, "overleaf": "(achterkant)"})
    )
    said = [Line("Doe stap", 70, 380, 0), Line(named, 140, 380, 0)]
    items = [
        item(Line("1", 50, 400, 0), Line("Klik", 70, 400, 0), *said),
        item(Line("2", 50, 400, 1), Line("Klik", 70, 400, 1)),
    ]

    with paper_of(numbered("Decimal", *items), pages=2, loose=[Line("(achterkant)", 160, 380, 0)]) as paper:
        findings = list(steps(paper, model))

    assert rules(findings) == rules_found
    assert all("page 1" in finding.what and f"behind '{named}'" in finding.what for finding in findings)


@pytest.mark.parametrize(
    ("said", "rules_found"),
    [
        (["Doe «Inloggen»"], []),
        (["Doe «Inloggen", "»"], []),
        (["Doe «In", "loggen»"], []),
        (["Doe «Aanmelden»"], ["step-overleaf"]),
        (["Doe «Aanmelden", "»"], ["step-overleaf"]),
    ],
)
def test_sign_overleaf_stands_behind_a_name_whose_quotation_marks_may_be_of_another_font(
    said: list[str], rules_found: list[str]
) -> None:
    model = expected(section(run(step("1"), step("2"))))
    words = {**model.terms.words, "overleaf": "(achterkant)", "own-procedure": "«{procedure}»"}
    model = replace(model, terms=replace(model.terms, words=words))
    lines = [Line(text, 70 + 80 * at, 380, 0) for at, text in enumerate(said)]
    items = [
        item(Line("1", 50, 400, 0), Line("Klik", 70, 400, 0), *lines),
        item(Line("2", 50, 400, 1), Line("Klik", 70, 400, 1)),
    ]
    heads = [Node("H2", (Line(name, 50, 600, page),)) for page, name in enumerate(("Aanmelden", "Inloggen"))]

    with paper_of(
        *heads, numbered("Decimal", *items), pages=2, loose=[Line("(achterkant)", 240, 380, 0)]
    ) as paper:
        assert rules(list(steps(paper, model))) == rules_found


def test_head_of_a_side_that_a_step_goes_on_over_names_that_step() -> None:
    model = expected(section(run(step("1"), step("2"), step("3"))))
    model = replace(model, terms=replace(model.terms, words={**model.terms.words, "continued": HEAD_WORDS}))
    items = [
        item(Line("1", 50, 400), Line("Klik", 70, 400)),
        item(Line("2", 50, 300), Line("Klik", 70, 300), Line("dan", 70, 700, 1)),
        item(Line("3", 50, 400, 1), Line("Klik", 70, 400, 1)),
    ]

    with paper_of(numbered("Decimal", *items), pages=2, loose=[Line("vervolg: stap 2", 70, 780, 1)]) as paper:
        assert rules(list(steps(paper, model))) == []


def test_procedure_that_begins_anew_at_one_may_stand_anywhere() -> None:
    model = expected(section(run(step("1"), step("2"))), section(run(step("1"))))
    lower = [item(Line(one, 50, y), Line("Klik", 70, y)) for one, y in (("1", 300), ("2", 250))]
    above = item(Line("1", 50, 400), Line("Klik", 70, 400))
    assert found(model, numbered("Decimal", *lower), numbered("Decimal", above)) == []


# ---- references -------------------------------------------------------------------------------


def sentence(*pieces: str, y: float = 100) -> Node:
    """Return a paragraph of pieces of text beside each other."""
    return Node("P", tuple(Line(piece, 50 + 60 * at, y) for at, piece in enumerate(pieces)))


def referring(*labels: StepLabel, text: str = "Doe ", letter: str | None = None) -> Section:
    own = Paragraph((Text(text), *labels), Place(TEXT, 30))
    return section(run(step("1"), step("2")), own, letter=letter)


def references(model: Section, *said: Node) -> list[Finding]:
    return found(expected(model), numbered("Decimal", *rows("1", "2")), *said)


def test_reference_as_the_model_has_it_is_right() -> None:
    assert references(referring(StepLabel("2")), sentence("Doe stap ", "2")) == []
    assert references(referring(StepLabel("2")), sentence("Doe ", "stap", " ", "2", ".")) == []


@pytest.mark.parametrize("label", ["2", "12", "2b", "b"])
def test_reference_that_is_not_on_the_pages_is_told_with_its_line(label: str) -> None:
    findings = references(referring(StepLabel(label)), sentence("Doe ", "iets", label))
    finding = findings[0]
    assert (finding.rule, finding.place) == (ProofRule.STEP_REFERENCE, Place(TEXT, 30))
    assert finding.what == f"'stap {label}' stands on none of the pages"


def test_reference_with_another_number_is_told_with_the_one_that_stands_there() -> None:
    (finding,) = references(referring(StepLabel("2")), sentence("Doe stap ", "1"))
    assert finding.what == (
        "'stap 2' stands on none of the pages; 'stap 1' stands on page 1, 39 mm from the left and 174 mm "
        "from the top"
    )


def test_run_of_steps_is_a_reference_to_its_first_and_last() -> None:
    model = referring(StepLabel("2", until="5"))
    assert references(model, sentence("Doe stap ", "2", " tot en met ", "5", ".")) == []
    assert references(model, sentence("Doe stap ", "2", " tot en", "met ", "5", ".")) == [], (
        "a line ends there"
    )
    (finding,) = references(model, sentence("Doe stap ", "2", " tot en met ", "6", "."))
    assert finding.what.startswith("'stap 2 – 5' stands on none of the pages")
    assert rules(references(model, sentence("Doe stap ", "2", " en ", "5"))) == ["step-reference"]
    assert rules(references(referring(StepLabel("2")), sentence("Doe stap ", "2", " tot en met ", "5"))) == [
        "step-reference"
    ]


def test_letter_of_a_procedure_is_part_of_its_reference() -> None:
    model = referring(StepLabel("2", "A"), letter="A")
    assert references(model, sentence("Doe stap ", "A", "2")) == []
    (finding,) = references(model, sentence("Doe stap ", "B", "2"))
    assert finding.what.startswith("'stap A2' stands on none of the pages; 'stap B2' stands on page 1, 60 mm")


def test_reference_that_the_model_does_not_have_is_told_with_its_place() -> None:
    model = expected(section(run(step("1"), step("2"))))
    (finding,) = found(model, numbered("Decimal", *rows("1", "2")), sentence("Doe stap ", "2"))
    assert (finding.rule, finding.place.path) == (ProofRule.STEP_REFERENCE, HANDOUT)
    assert finding.what == (
        "'stap 2' stands on page 1, 39 mm from the left and 174 mm from the top, and the model has no such "
        "reference"
    )


def test_place_of_a_reference_is_that_of_its_number() -> None:
    model = section(run(step("1"), step("2")))
    for pieces, across_mm in ((("x", "stap", "2"), 60), (("x", "y", "stap", "A", "2"), 102)):
        (finding,) = references(model, sentence(*pieces))
        assert f" stands on page 1, {across_mm} mm from the left" in finding.what


def test_number_that_a_tag_says_in_place_of_its_letters_stands_at_the_first_of_them() -> None:
    model = section(run(step("1"), step("2")))
    spelt = Node("Span", (Line("I", 60, 100), Line("I", 90, 100)), says="2")
    (finding,) = references(model, Node("P", (Line("stap", 20, 100), spelt)))
    assert finding.what.startswith("'stap 2' stands on page 1, 21 mm from the left")


def test_each_reference_of_the_model_stands_for_one_on_the_pages() -> None:
    twice = [sentence("Doe stap ", "2"), sentence("Doe stap ", "2", y=80)]
    assert references(referring(StepLabel("2"), StepLabel("2")), *twice) == []
    assert rules(references(referring(StepLabel("2")), *twice)) == ["step-reference"]
    (finding,) = references(referring(StepLabel("2"), StepLabel("2")), twice[0])
    assert finding.what == "'stap 2' stands on none of the pages"


def test_missing_and_strange_references_are_told_once_in_pairs() -> None:
    """Of two in the place of one that is missing, only the second is told by itself."""
    said = [sentence("Doe stap ", "1"), sentence("Doe stap ", "1", y=80)]
    missing, strange = references(referring(StepLabel("2")), *said)
    assert missing.what.startswith("'stap 2' stands on none of the pages; 'stap 1' stands")
    assert strange.what.endswith("and the model has no such reference")


def test_words_that_only_resemble_a_reference_are_none() -> None:
    model = section(run(step("1"), step("2")))
    for pieces in (
        ("Doe stap ", "voor ", "2"),
        ("Doe opstap", "2"),
        ("Doe stap",),
        ("stap", "A"),
        ("stap", "A", "B"),
        ("stap", "2bc"),
        ("stappen", "2"),
    ):
        assert references(model, sentence(*pieces)) == [], pieces


def test_step_that_the_text_names_by_itself_is_no_reference() -> None:
    typed = section(run(step("1"), step("2")), Paragraph((Text("Zie stap 3 van de film."),), Place(TEXT, 30)))
    assert references(typed, sentence("Zie stap ", "3", " van de film.")) == []
    twice = [sentence("Zie stap ", "3"), sentence("Zie stap ", "3", y=80)]
    assert rules(references(typed, *twice)) == ["step-reference"]
    assert rules(references(typed, sentence("Zie stap ", "A", "3"))) == ["step-reference"]


def test_named_step_is_counted_beside_the_references_to_it() -> None:
    """The text of the model has the words of a reference too, and they stand for one on the pages."""
    model = referring(StepLabel("2"))
    twice = [sentence("Doe stap ", "2"), sentence("Doe stap ", "2", y=80)]
    assert rules(references(model, *twice)) == ["step-reference"]
    both = referring(StepLabel("2"), text="Zoals stap 2 van de film: ")
    assert references(both, *twice) == []


# ---- targets ----------------------------------------------------------------------------------


def targets(label: StepLabel, *sections: Section) -> list[str]:
    """Return what is found of a reference to *label* that stands in the first of *sections*."""
    first, *others = sections
    own = Paragraph((label,), Place(TEXT, 30))
    model = expected(replace(first, blocks=(*first.blocks, own)), *others)
    pieces = ["stap", *(label.section or ""), label.label]
    nodes: list[Node] = []
    for numbered_ in model.steps:
        y = 560.0 - 30 * len(nodes)
        kind = "Decimal" if numbered_.level == 1 else "LowerAlpha"
        nodes.append(numbered(kind, item(Line(numbered_.step.label, 50, y), Line("Klik", 70, y))))
    return [finding.what for finding in found(model, *nodes, sentence(*pieces, y=20))]


SUBSTEPS = run(step("a"), step("b"), level=2)
WITH_SUBSTEPS = run(step("1"), step("2", "Klik", 12, SUBSTEPS))


@pytest.mark.parametrize("label", ["1", "2", "2a", "2b", "a", "b"])
def test_reference_to_a_step_or_substep_of_its_procedure_leads_there(label: str) -> None:
    assert targets(StepLabel(label), section(WITH_SUBSTEPS)) == []
    lettered = section(WITH_SUBSTEPS, letter="A"), section(run(step("1")), letter="B")
    assert targets(StepLabel(label), *lettered) == []
    assert targets(StepLabel(label, "A"), *lettered) == []


@pytest.mark.parametrize("label", ["3", "1a", "2c", "c"])
def test_reference_to_a_step_that_is_not_there_is_told(label: str) -> None:
    assert targets(StepLabel(label), section(WITH_SUBSTEPS)) == [
        f"the reference to step {label} leads to no step on the pages"
    ]


def test_letter_of_another_procedure_decides_where_a_reference_leads() -> None:
    sheet = section(run(step("1")), letter="A"), section(run(step("1"), step("2")), letter="B")
    assert targets(StepLabel("2", "B"), *sheet) == []
    assert targets(StepLabel("2", "A"), *sheet) == ["the reference to step A2 leads to no step on the pages"]
    assert targets(StepLabel("2"), *sheet) == ["the reference to step 2 leads to no step on the pages"]
    assert targets(StepLabel("1", "C"), *sheet) == ["the reference to step C1 leads to no step on the pages"]


def test_reference_from_the_text_of_a_handout_leads_to_a_step_of_the_only_letterless_procedure() -> None:
    sheet = section(run(step("1"))), section(run(step("2")))
    assert targets(StepLabel("2"), *sheet) == []
    assert targets(StepLabel("3"), *sheet) == ["the reference to step 3 leads to no step on the pages"]


def test_reference_into_another_handout_is_not_looked_for_here() -> None:
    label, own = StepLabel("7", None, None, "De andere gids"), StepLabel("8")
    model = expected(section(run(step("1")), Paragraph((label, own), Place(TEXT, 30))))
    said = sentence("stap", "7", "in De andere gids", y=20), sentence("stap", "8")
    (finding,) = found(model, numbered("Decimal", *rows("1")), *said)
    assert finding.what == "the reference to step 8 leads to no step on the pages"
