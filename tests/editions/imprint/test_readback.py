"""Copies read back: whatever letters meet in a value, the copy is right, and a wrong one is told."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from benchmarks import rows
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.editions.imprint.imprinting import imprinted, one_master
from tests.editions.imprint.test_imprint import edition, handbook, rendered

from handout.editions.imprint import Master, compare, longest
from handout.editions.imprint.readback import Reader, own_objects
from handout.model.school import School
from handout.paper.compose.slots import field_of, missing_letters, set_value
from handout.project.reading.cells import plain
from handout.project.settings import Slot, slots_of

FORMATS = ("leaflet-a4", "leaflet-a5", "trifold", "mini", "card", "poster-a3", "tent-a4", "wegwijzer-a4")
SCHOOLS_AT_ONCE = 40
EXAMPLES = int(os.environ.get("HANDOUT_EXAMPLES", "1"))
"""Plates a format: one in CI, as many as you like by hand."""


def faults(master: Master, spoilt: Callable[[bytes], bytes] = bytes) -> list[str]:
    """Return what is told of all copies of *master*, each changed by *spoilt*."""
    with closing(Reader(handbook(), master)) as reader:
        rooms = reader.rooms(master.copy(master.schools[0]))
        return [
            fault
            for school in master.schools
            for fault in reader.faults(spoilt(master.copy(school)), school, rooms)
        ]


def differences(master: Master) -> tuple[str, ...]:
    """Return in what the copy of *master* with the longest values is not a rendering of its own."""
    (school,) = longest(master.schools, 1)
    own = rendered(handbook(), replace(master.edition, school=school))
    return compare.differences(master.copy(school), own)


def master_of(format_: str, schools: Sequence[School]) -> Master:
    """Return one master of *schools*: none of them is rendered in full."""
    return one_master(handbook(), edition(format_), schools)


# ---- the law ----------------------------------------------------------------------------------


@st.composite
def schools_of(draw: st.DrawFn, format_: str) -> tuple[School, ...]:
    """Draw schools with values of any letters that our fonts hold, and that fit the slots of *format_*."""
    by_field: dict[str, list[Slot]] = {}
    for name, slot in slots_of(handbook().settings.formats, format_).items():
        by_field.setdefault(field_of(name, slot).replace("-", "_"), []).append(slot)
    columns = {
        field: draw(st.lists(values_of(tuple(slots)), min_size=SCHOOLS_AT_ONCE, max_size=SCHOOLS_AT_ONCE))
        for field, slots in by_field.items()
    }
    fields = ({field: column[n] for field, column in columns.items()} for n in range(SCHOOLS_AT_ONCE))
    return tuple(school_with(f"s{n}", own) for n, own in enumerate(fields))


def school_with(id_: str, fields: Mapping[str, str]) -> School:
    """Return a school with *fields*; an empty one is a cell that was left out."""
    given: dict[str, Any] = {field: value or None for field, value in fields.items()}
    return School(**{"name": f"School {id_}", **given, "id": id_})


JOINED = (
    "03 123 45 67",
    "0474/66.68.36",
    "'t No",
    "ck",
    "AVATo",
    "fi ffl",
    "1.1.1",
    "“Ť”",
    "İpek",
    "مدرسة ١٢",
    "Ẹ̀kọ́ m̂",
)
"""Some that the engine draws without kerning between them, a letter in two glyphs, and a further script."""


@cache
def values_of(slots: tuple[Slot, ...]) -> st.SearchStrategy[str]:
    """Return a strategy for values that stand in all of *slots*."""
    letters = [letter for letter in map(chr, range(0x21, 0x2123)) if _is_printed(letter)]
    held = [letter for letter in letters if not any(missing_letters(letter, slot) for slot in slots)]
    words = st.text(st.sampled_from(held), min_size=1, max_size=8) | st.sampled_from(JOINED)
    values = st.lists(words, min_size=1, max_size=3).map(" ".join)
    composed = values.map(lambda value: unicodedata.normalize("NFC", value))  # as the table is read
    return composed.filter(
        lambda value: not any(set_value(f"Lokaal {value}", slot).excess_mm for slot in slots)
    )


def _is_printed(letter: str) -> bool:
    """Tell whether names are written with *letter*.

    Not so are the signs of the Koran, some of which a font draws with one glyph: the engine names a glyph
    once, by the text for which it was needed first. What the table has as another letter is no value.
    """
    kind = unicodedata.category(letter)[0]
    return kind not in "CZ" and plain(letter) == letter and unicodedata.bidirectional(letter) != "NSM"


@pytest.mark.parametrize("format_", FORMATS)
def test_any_letters_that_the_fonts_hold_are_read_back_as_they_were_asked_for(format_: str) -> None:
    """One rendering proves forty values in each slot; one more, that they are seen as by themselves."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(schools_of(format_))
    def law(schools: tuple[School, ...]) -> None:
        assume(len({school.name for school in schools}) > SCHOOLS_AT_ONCE / 2)  # the first is forty times one
        master = master_of(format_, schools)
        assert faults(master) == []
        assert differences(master) == ()

    law()


# ---- strings of one glyph and of many ---------------------------------------------------------

NO_KERNING = tuple(
    School(
        f"s{n}", "No ck 11", ict_anchor=f"N'Golo ck {n}", room=f"{n}11", phone="03 123 45 67", hours="11 u"
    )
    for n in range(2)
)
SHOWN = re.compile(rb"\[([^\]]*)\] TJ")


def bodies(master: Master, school: School) -> list[bytes]:
    """Return the content of each slot in the copy for *school*."""
    numbers = [opening.stream for opening in master.prepared.openings]
    return list(own_objects(master.copy(school), numbers).values())


@cache
def unkerned() -> Master:
    return master_of("card", NO_KERNING)


def test_glyphs_without_kerning_share_a_string_and_are_read() -> None:
    strings = [len(one) for body in bodies(unkerned(), NO_KERNING[0]) for one in re.findall(rb"<\w+>", body)]

    assert min(strings) == len("<0000>") < max(strings)
    assert faults(unkerned()) == []


def test_brackets_of_a_name_that_runs_to_the_left_do_not_turn_those_of_others() -> None:
    turned, plain = "مدرسة (فرع)", "«Zuid» (campus) {1} [2] <3>"
    schools = [
        School(f"s{n}", name, ict_anchor=f"{name[:9]}…", phone="03 1")
        for n, name in enumerate((turned, plain))
    ]

    master = master_of("leaflet-a4", schools)

    assert faults(master) == []
    for school in schools:
        own = rendered(handbook(), replace(master.edition, school=school))
        assert compare.differences(master.copy(school), own) == ()


def test_letters_of_another_font_at_the_foot_of_a_full_page_move_nothing() -> None:
    last = ("9 uur", "İ 9 uur", "٩ ساعة")
    schools = [School(one[:2], "De Linde", ict_anchor="An", room="B1", phone="03", hours=one) for one in last]

    master = master_of("wegwijzer-a4", schools)

    for school in schools:
        own = rendered(handbook(), replace(master.edition, school=school))
        assert compare.differences(master.copy(school), own) == ()


@pytest.mark.parametrize("spoilt", ["swapped", "lost", "twice", "pushed", "unclosed", "exponent"])
def test_copy_with_one_thing_wrong_in_a_slot_is_told(spoilt: str) -> None:
    """The bytes of a copy stay as many: the table at its end says where its objects are."""
    school = NO_KERNING[0]
    (shown, *_) = (found[1] for body in bodies(unkerned(), school) if (found := SHOWN.search(body)))
    first, second = re.findall(rb"<(\w{4})", shown)[:2]
    changed = {
        "swapped": shown.replace(first, b"####", 1).replace(second, first, 1).replace(b"####", second, 1),
        "lost": shown.replace(b"<" + first, b" <", 1).ljust(len(shown)),
        "twice": shown.replace(second, first, 1),
        "pushed": shown.replace(b">0<", b">-9999999<", 1)[: shown.rindex(b"<") - 7].ljust(len(shown)),
        "unclosed": shown.replace(b">", b" ", 1),
        "exponent": shown.replace(b"<" + first + b">", b"1e-005", 1),
    }[spoilt]
    assert len(changed) == len(shown)
    assert changed != shown

    assert faults(unkerned(), lambda copy: copy.replace(shown, changed)) != []


@pytest.mark.parametrize("x_px", [b"-9", b"99999"], ids=["to the left", "to the right"])
def test_line_that_begins_outside_of_its_slot_is_told(x_px: bytes) -> None:
    school = NO_KERNING[0]
    place = re.search(rb"1 0 0 -1 (\S{5,}) ", bodies(unkerned(), school)[0])
    assert place is not None
    moved = place[0].replace(place[1], x_px.ljust(len(place[1]), b"9" if x_px[:1] == b"-" else b"0"), 1)
    assert len(moved) == len(place[0])

    found = faults(unkerned(), lambda copy: copy.replace(place[0], moved))

    assert found
    assert all("hangs out of the slot" in fault for fault in found)


# ---- rows as schools have them ----------------------------------------------------------------


@pytest.mark.parametrize("format_", ["leaflet-a4", "poster-a3", "card"])
def test_rows_as_schools_have_them_are_filled_and_read_back(format_: str) -> None:
    schools = [school_with(row.id, vars(row)) for row in rows.rows(72)]

    made = imprinted(handbook(), edition(format_), schools)

    assert [one.why for one in made.fallbacks if "too long for its slot" not in one.why] == []
    assert len(made.fallbacks) < 6
    assert [fault for master in made.masters for fault in faults(master)] == []


def test_rows_hold_what_schools_have() -> None:
    found = rows.rows(300)
    texts = "\n".join(value for row in found for value in vars(row).values())

    assert all(
        any(mark in value for value in texts.split("\n"))
        for mark in ("’", "'", "İpek", "Łukasz", "Олена", "-")
    )
    assert {unicodedata.bidirectional(letter) for letter in texts} >= {"L", "AL", "EN", "CS"}
    assert len({re.sub(r"\d", "0", row.phone) for row in found}) == 9, "eight notations, and none"
    assert max(len(row.name) for row in found) == 90
    assert len({row.name for row in rows.rows(3000)}) == 3000
    assert found == rows.rows(400)[:300]
