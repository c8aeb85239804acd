"""The slots on real pages: nothing else moves with a value, and what is said to fit does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import cycle

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import REPOSITORY, loaded
from tests.handbook.reading import Tag, read, squeezed
from tests.paper.compose.test_slots import FORMATS, LONGEST

from handout.document import resolve
from handout.model.findings import Place
from handout.model.rules import Rule
from handout.model.school import School, SchoolField
from handout.model.units import pt_to_mm
from handout.paper.compose import page as compose
from handout.paper.compose.inline import InlineRenderer
from handout.paper.compose.slots import filled, set_value, width_em
from handout.paper.engine import render
from handout.paper.engine.constraints import PageConstraints
from handout.project.plan import Selection, editions
from handout.project.project import Project
from handout.project.reading.schools import schools
from handout.project.settings import FontFace, Slot, slots_of

SHORTEST = School("kort", "De Q", ict_anchor="Z. Q.", room="Q1", phone="03 9", hours="9 u")
LONG = School(
    "lang",
    LONGEST[SchoolField.NAME],
    ict_anchor=LONGEST[SchoolField.ICT_ANCHOR],
    room=LONGEST[SchoolField.ROOM],
    phone=LONGEST[SchoolField.PHONE],
    hours=LONGEST[SchoolField.HOURS],
)
NAME_ALONE = School("leeg", "De Q")
PRINTED = tuple(format_ for format_ in FORMATS if format_ != "booklet-a5")
"""The formats that a handout of the handbook has."""
FACTOR = 100
"""Places are compared in hundredths of a point."""

Letters = Counter[tuple[int, str, int, int]]


@cache
def _project() -> Project:
    return loaded(REPOSITORY)


@pytest.fixture(scope="module")
def project() -> Project:
    return _project()


@cache
def _pdf(format_: str, school: School) -> bytes:
    """Return the handout of the handbook with the fewest texts in *format_*, for *school*."""
    project = _project()
    chosen = min(
        editions(project, Selection(formats=(format_,))),
        key=lambda one: (len(one.handout.procedures), one.name),
    )
    document, faults = resolve.document(project, replace(chosen, school=school))
    html, slips = compose.html(document, project)
    made = project.settings.formats[format_]
    promise = PageConstraints(document.page_budget, made.least_scale, made.most_air)
    rendered = render.pdf(html, document.pictures, document.place, promise)
    assert [str(finding) for finding in (*faults, *slips)] == []
    assert [str(finding) for finding in rendered.findings if finding.place.path.endswith(".csv")] == []
    return rendered.pdf


def letters(pdf: bytes) -> Letters:
    """Return every letter of *pdf* with its page and place."""
    found: Letters = Counter()
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document):
        text = page.get_textpage()
        for index in range(text.count_chars()):
            letter = text.get_text_range(index, 1)
            if letter.strip():
                left, bottom, _, _ = text.get_charbox(index, loose=True)
                found[number, letter, round(left * FACTOR), round(bottom * FACTOR)] += 1
    document.close()
    return found


def changed(old: bytes, new: bytes) -> Counter[str]:
    """Return the letters of *old* that *new* has not at the same place."""
    return Counter(letter for _, letter, _, _ in (letters(old) - letters(new)).elements())


def letters_of(*texts: str | None) -> Counter[str]:
    return Counter("".join(squeezed(text) for text in texts if text))


def printed(project: Project, school: School) -> Counter[str]:
    """Return the letters that the values of *school* put on a sheet that shows each of them once."""
    values = [school.value(name) for name in SchoolField]
    return letters_of(*values, project.word("nl", "school.room").capitalize())


def times(count: int, counted: Counter[str]) -> Counter[str]:
    return Counter({letter: count * number for letter, number in counted.items()})


def faces(format_: str) -> int:
    """Return how often a sheet shows the school: a tent stands on both sides of a table."""
    return 2 if format_ == "tent-a4" else 1


@pytest.mark.parametrize("format_", PRINTED)
def test_only_the_letters_of_the_values_change_with_the_school(project: Project, format_: str) -> None:
    short, long = _pdf(format_, SHORTEST), _pdf(format_, LONG)

    gone, come = changed(short, long), changed(long, short)

    assert gone <= times(faces(format_), printed(project, SHORTEST))
    assert come <= times(faces(format_), printed(project, LONG))
    assert come.total() > 40


@pytest.mark.parametrize("format_", ["leaflet-a5", "poster-a3", "tent-a4", "card"])
def test_nothing_else_moves_where_a_value_is_missing(project: Project, format_: str) -> None:
    whole, bare = _pdf(format_, SHORTEST), _pdf(format_, NAME_ALONE)

    words = [project.word("nl", f"school.{name}") for name in SchoolField]
    on_the_lines = times(faces(format_), letters_of(*words, *(word.capitalize() for word in words)))

    assert changed(whole, bare) <= times(faces(format_), printed(project, SHORTEST))
    assert changed(bare, whole) <= on_the_lines


def boxes(tag: Tag) -> Iterator[Tag]:
    """Yield the outermost spans below *tag*: a slot holds one for each of its lines."""
    for kid in tag.kids:
        if isinstance(kid, Tag):
            yield from [kid] if kid.kind == "Span" else boxes(kid)


@pytest.mark.parametrize("format_", PRINTED)
@pytest.mark.parametrize("school", [SHORTEST, LONG], ids=["shortest", "longest"])
def test_each_value_stands_once_in_a_tag_of_its_own(project: Project, format_: str, school: School) -> None:
    texts = Counter(squeezed(tag.text) for tag in boxes(read(_pdf(format_, school)).root))

    slots = slots_of(project.settings.formats, format_)
    for field in {slot.field or SchoolField(name) for name, slot in slots.items()}:
        value = squeezed(school.value(field) or "")
        assert texts[f"Lokaal{value}" if value == "Q1" else value] == 1, field


def test_cell_that_was_copied_from_elsewhere_prints_as_a_person_sees_it() -> None:
    row = "a,A,\u202aAn\u202fJo\u2011Bos\u00adman\u200b,03/12.45\u2010\u2060x\n"
    (school,) = schools("s.csv", f"id,name,ict-anchor,phone\n{row}".encode()).schools

    texts = [tag.text for tag in boxes(read(_pdf("card", school)).root)]

    assert {"An Jo-Bosman", "03/12.45-x"} <= set(texts)


# ---- what is said to fit does -----------------------------------------------------------------

LETTERS = "".join(chr(code) for code in range(0x21, 0x7F)) + "éèëêàáäçïîöôüûÉÀÖß’‘“”–·€"
VALUES = st.lists(st.text(LETTERS, min_size=1, max_size=18), min_size=1, max_size=14).map(" ".join)
SHEET = """<html lang="nl"><head><title>Proef</title><style>
@page {{ size: 300mm 4000mm; margin: 10mm }} .slot {{ display: block; white-space: nowrap }}
</style></head><body>{}</body></html>"""


VALUES_A_SHEET = 6
"""How often a value is tried: each time in another slot."""


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(VALUES, min_size=20, max_size=20))
def test_value_that_is_said_to_fit_stays_in_its_slot_on_the_page(values: list[str]) -> None:
    settings_ = _project().settings
    slots = [slot for format_ in FORMATS for slot in slots_of(settings_.formats, format_).values()]
    set_values = [
        (slot, set_value(value, slot))
        for slot, value in zip(cycle(slots), values * VALUES_A_SHEET, strict=False)
    ]
    boxes = [
        filled("proef", slot, set_, Place("content/schools.csv", 2), InlineRenderer({}, "#000000", {}))
        for slot, set_ in set_values
        if not set_.excess_mm
    ]

    rendered = render.pdf(SHEET.format("".join(boxes)), {}, Place("proef.md"), PageConstraints(1))

    assert [str(finding) for finding in rendered.findings] == []


# ---- letters that join ------------------------------------------------------------------------

ARABIC = (
    "محمد الأمين",
    "عبد الرحمن بن خالد",
    "مدرسة القديس يوسف للتعليم الأساسي",
    "علی\u200cرضا پگاه چمران ژاله",
    "لالالالا",
    "مُحَمَّدٌ",
    "ثانوية الملك فهد ٢",
)
CLOSE = 0.84
"""What is held for marks and a ligature of two letters is more than they take."""


@pytest.mark.parametrize("face", list(FontFace))
def test_joined_letters_are_measured_as_wide_as_they_print_and_little_more(face: FontFace) -> None:
    slot = Slot.model_validate({"width-mm": 200, "leading-mm": 8, "size-pt": 14.5}).model_copy(
        update={"face": face}
    )
    widths_mm = [pt_to_mm(width_em(text, slot) * slot.size_pt) for text in ARABIC]

    def sticking_out(part: float) -> int:
        """Return how many of the texts hang out of a box of that *part* of their widths."""
        boxes = (
            filled(
                "proef",
                slot.model_copy(update={"width_mm": part * width_mm}),
                set_value(text, slot),
                PLACE,
                InlineRenderer({}, "#000000", {}),
            )
            for text, width_mm in zip(ARABIC, widths_mm, strict=True)
        )
        found = render.pdf(SHEET.format("".join(boxes)), {}, Place("proef.md"), PageConstraints(1)).findings
        return len([finding for finding in found if finding.rule == Rule.STICKS_OUT])

    assert sticking_out(1) == 0
    assert sticking_out(CLOSE) == len(ARABIC)


PLACE = Place("content/schools.csv", 2)
