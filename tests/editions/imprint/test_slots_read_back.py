"""What stands in the slots of a copy, moved, lost or exchanged by hand: the bytes of one that was made."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from functools import cache

import pytest
from tests.editions.imprint.test_imprint import handbook
from tests.editions.imprint.test_readback import NO_KERNING, bodies, master_of, unkerned
from tests.proof.tagged import GLYPH_PT, Line, Node, paper_of

from handout.editions.imprint import Master, readback
from handout.editions.imprint.readback import Reader, ReadLine, own_objects
from handout.model.school import School
from handout.project.settings import Align, slots_of

PLACE = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm\n/(\S+) (\S+) Tf")
PX_PER_MM = 96 / 25.4


def told(school: School, spoilt: Callable[[bytes], bytes] = bytes, master: Master | None = None) -> list[str]:
    """Return what is told of the copy for the first school, changed, as that of *school*."""
    master = master or unkerned()
    with closing(Reader(handbook(), master)) as reader:
        copy = master.copy(master.schools[0])
        return list(reader.faults(spoilt(copy), school, reader.rooms(copy)))


def swapped(before: bytes, after: bytes) -> Callable[[bytes], bytes]:
    """Return the change of *before*, which stands in a copy once, to *after*, which is as long."""
    assert len(before) == len(after)

    def change(copy: bytes) -> bytes:
        assert copy.count(before) == 1
        return copy.replace(before, after)

    return change


def otherwise_written(copy: bytes) -> bytes:
    """Return *copy* with its lines in another spelling, as long: a space for a line end."""
    assert copy.count(b"BT\n1 0") == 3
    return copy.replace(b"BT\n1 0", b"BT 1 0")


FORMS = {"as it is written": bytes, "in another spelling": otherwise_written}
FIRST = NO_KERNING[0]


# ---- where a line stands ----------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_line_is_read_whatever_its_spelling(form: Callable[[bytes], bytes]) -> None:
    assert told(FIRST, form) == []
    with closing(Reader(handbook(), unkerned())) as reader:
        copy = unkerned().copy(FIRST)
        assert [room and pytest.approx(room) for room in reader.rooms(copy)] == list(reader.rooms(form(copy)))


TWO_LINES = tuple(
    School(
        f"s{n}", "De Es", ict_anchor=f"Marie-Antoinette Vandenbroucke-Verstraete {n}", room="B1", phone="1"
    )
    for n in range(2)
)


@cache
def of_two_lines() -> Master:
    return master_of("card", TWO_LINES)


@pytest.mark.parametrize("line", [0, 1])
def test_line_in_another_spelling_than_its_neighbour_is_read_too(line: int) -> None:
    (body,) = (one for one in bodies(of_two_lines(), TWO_LINES[0]) if one.count(b"BT\n1 0") == 2)
    parts = body.split(b"BT\n1 0")
    spelt = (
        b"BT 1 0".join(parts[:2]) + b"BT\n1 0" + parts[2]
        if line == 0
        else body[::-1].replace(b"\nTB", b" TB", 1)[::-1]
    )
    assert len(spelt) == len(body)
    assert told(TWO_LINES[0], swapped(body, spelt), of_two_lines()) == []
    other = replace(TWO_LINES[0], ict_anchor=TWO_LINES[1].ict_anchor)
    assert len(told(other, swapped(body, spelt), of_two_lines())) == 1


def moved(slot: int, by_px: float) -> Callable[[bytes], bytes]:
    """Return the change that moves the line in *slot* to the right."""
    found = PLACE.search(bodies(unkerned(), FIRST)[slot])
    assert found is not None
    x = f"{float(found[1]) + by_px:.9f}"[: len(found[1])].encode()
    assert abs(float(x) - float(found[1]) - by_px) < 0.05
    return swapped(found[0], found[0].replace(found[1], x, 1))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("slot", [0, 2])
@pytest.mark.parametrize(("off_px", "is_told"), [(0.4, False), (0.6, True)])
def test_line_may_stand_half_a_pixel_outside_of_its_slot_on_either_side(
    off_px: float, is_told: bool, slot: int, form: Callable[[bytes], bytes]
) -> None:
    master = unkerned()
    with closing(Reader(handbook(), master)) as reader:
        room = reader.rooms(master.copy(FIRST))[slot]
    assert room is not None
    field, value = {0: ("room", "Lokaal 011"), 2: ("phone", "03 123 45 67")}[slot]
    expected = [f"the {field} '{value}' hangs out of the slot '{field}'"] if is_told else []
    for move in (moved(slot, -off_px), moved(slot, room[1] - right_of(slot) + off_px)):
        assert told(FIRST, lambda copy, move=move: form(move(copy))) == expected  # type: ignore[misc]


def right_of(slot: int) -> float:
    """Return where the line in *slot* ends, in pixels, by the widths that its font has in the file."""
    return {0: 163.97436, 2: 277.87104}[slot]


def test_room_of_a_slot_is_as_wide_as_it_is_declared() -> None:
    with closing(Reader(handbook(), unkerned())) as reader:
        rooms = reader.rooms(unkerned().copy(FIRST))
    widths = [round((room[1] - room[0]) / PX_PER_MM, 6) for room in rooms if room]
    assert widths == [40.0, 64.0, 24.2]
    assert [round(room[0], 3) for room in rooms if room] == [30.746, 50.4, 203.471]


@pytest.mark.parametrize(
    ("align", "room"),
    [(Align.START, (5, 105)), (Align.CENTER, (-32.5, 67.5)), (Align.END, (-70, 30))],
)
def test_room_of_a_slot_lies_around_its_lines_as_they_are_aligned(
    align: Align, room: tuple[float, float]
) -> None:
    declared = slots_of(handbook().settings.formats, "card")["phone"]
    slot = declared.model_copy(update={"width_mm": 100 / PX_PER_MM, "align": align})
    lines = ReadLine("a", 10, 30, False), ReadLine("b", 5, 20, False)

    assert readback._sides(slot, lines) == pytest.approx(room)
    assert readback._sides(None, lines) is None
    assert readback._sides(slot, ()) is None


def test_line_ends_where_its_last_piece_does_also_where_that_is_empty() -> None:
    nodes = Node("P", (Line("ab", 10), Line("cd", 50), Line("", 90)))
    with paper_of(nodes) as paper:
        first, second, empty = paper.runs
        assert readback._line([first, second]) == ReadLine("abcd", 10, 50 + 2 * GLYPH_PT, False)
        assert readback._line([first, empty]) == ReadLine("ab", 10, 90, False)


# ---- what a line says -------------------------------------------------------------------------


def test_title_that_names_another_school_is_told_wherever_it_stands() -> None:
    prepared, values, own = unkerned().prepared, unkerned().types[FIRST.id], FIRST.in_title
    wrong = prepared.filled(values, " – De Linde")
    assert "De Linde" in told(FIRST, lambda _: wrong)[0]
    # The metadata say it as letters, the object that tells of the file as a text of PDF.
    in_metadata = prepared.filled(values, own).replace(f"{own}</rdf".encode(), f"{own[:-1]}X</rdf".encode())
    (found,) = told(FIRST, lambda _: in_metadata)
    assert found.startswith("the title reads '")
    assert own[:-1] + "X" in found


def test_value_of_another_school_is_told_with_both() -> None:
    assert told(replace(FIRST, phone="03 123 45 68")) == [
        "the phone reads '03 123 45 67' in place of '03 123 45 68'"
    ]
    assert told(replace(FIRST, room=None)) == ["the room reads 'Lokaal 011' in place of ''"]
    assert len(told(NO_KERNING[1])) == 2


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_glyph_without_a_shape_is_told(form: Callable[[bytes], bytes]) -> None:
    spoilt = swapped(b"[<0005>0<0008>0<0003>", b"[<0000>0<0008>0<0003>")
    findings = told(FIRST, lambda copy: form(spoilt(copy)))
    assert findings[-1] == "the phone '03 123 45 67' has a letter that its font does not hold"
    assert findings[0].startswith("the phone reads '")


TURNED = School("een", "مدرسة (فرع) ab", ict_anchor="An", phone="1")
TURNED_TOO = School("twee", "مدرسة (فرع) cd", ict_anchor="Bo", phone="2")


@cache
def turned() -> Master:
    return master_of("leaflet-a4", (TURNED, TURNED_TOO))


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("مدرسة (فرع) ab", True),
        ("مدرسة )فرع( ab", True),
        ("مدرسة ab (فرع)", True),
        ("(فرع) مدرسة ab", True),
        ("مدرسة(فرع)  ab", True),
        ("".join(sorted("مدرسة(فرع)ab")), True),
        ("مدرسة (فرع) ac", False),
        ("مدرسة (فر) ab", False),
        ("مدرسة (فرعع) ab", False),
        ("مدرسة فرع ab", False),
        ("a", False),
    ],
)
def test_name_that_runs_to_the_left_has_the_same_letters_in_any_order(name: str, is_right: bool) -> None:
    found = [one for one in told(replace(TURNED, name=name), master=turned()) if one.startswith("the name")]
    assert bool(found) is not is_right


def test_name_that_runs_to_the_right_has_its_letters_in_order() -> None:
    assert told(replace(FIRST, phone="03 123 45 76")) != []
    assert told(replace(FIRST, ict_anchor="N'Golo kc 0")) != []
    assert told(replace(FIRST, ict_anchor="N'Golock 0")) != []


# ---- the bytes that all copies share, and the table at the end --------------------------------


def test_one_byte_of_what_all_copies_share_is_told() -> None:
    at = len(unkerned().prepared.constant) - 1
    assert told(FIRST, lambda copy: copy[:at] + bytes([copy[at] ^ 1]) + copy[at + 1 :]) == [
        "what all copies share is not as it was proved"
    ]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda copy: copy + b"%",
        lambda copy: copy[:-1],
        lambda copy: copy.replace(b"/Filter/FlateDecode/Length", b"/Filter/FlateDecode/Lengte"),
        swapped(b"/WJKLAQ 12.666016 Tf\n[<0005>0<0008>", b"/WJKLAQ 12.666016 Tf\n[<0005>0<00x8>"),
    ],
    ids=["a byte more", "a byte less", "no length", "no digit"],
)
def test_copy_that_cannot_be_read_back_is_told(spoilt: Callable[[bytes], bytes]) -> None:
    (fault,) = told(FIRST, spoilt)
    assert fault.startswith(("the slots cannot be read back: ", "what all copies share"))


ROW = struct.Struct(">BIH")


def file_of(objects: Mapping[int, bytes], off: int = 0, kind: int = 1, end: bytes = b"") -> bytes:
    """Return a file with *objects*, and a table that says that each stands *off* bytes further on."""
    data, rows = b"%PDF-1.7\n" + b"%" * 70_000 + b"\n", bytearray(ROW.size * (max(objects) + 1))
    for number, body in objects.items():
        ROW.pack_into(rows, ROW.size * number, kind, len(data) + off, 0)
        data += b"%d 0 obj\n<</Length1 7/Length %d>>\nstream\n%s\r\nendstream\nendobj\n" % (
            number,
            len(body),
            body,
        )
    packed = zlib.compress(rows)
    place = len(data)
    data += b"%d 0 obj\n<</Length %d>>\nstream\n%s\r\nendstream\nendobj\n" % (99, len(packed), packed)
    return data + b"startxref\n%d\n%%%%EOF\n" % place + end


OBJECTS = {1: b"een", 3: b"drie\nstream\n", 12: b""}


def test_objects_are_read_by_the_table_at_the_end() -> None:
    assert own_objects(file_of(OBJECTS), [12, 3, 1]) == OBJECTS
    assert own_objects(file_of(OBJECTS), []) == {}


@pytest.mark.parametrize(
    ("data", "number", "what"),
    [
        (file_of(OBJECTS), 2, "the table does not say where object 2 is"),
        (file_of(OBJECTS), 13, "the table does not say where object 13 is"),
        (file_of(OBJECTS, kind=2), 3, "the table does not say where object 3 is"),
        (file_of(OBJECTS, kind=0), 3, "the table does not say where object 3 is"),
        (file_of(OBJECTS, off=1), 3, "object 3 is not where the table says"),
        (file_of(OBJECTS, off=-1), 3, "object 3 is not where the table says"),
        (file_of(OBJECTS, off=1), 12, "object 12 is not where the table says"),
        (file_of(OBJECTS, end=b"\n"), 1, "the file does not end as a PDF does"),
        (file_of(OBJECTS) + b" " * 60, 1, "the file does not end as a PDF does"),
        (b"", 1, "the file does not end as a PDF does"),
    ],
)
def test_object_that_is_not_where_the_table_says_is_refused(data: bytes, number: int, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        own_objects(data, [number])
