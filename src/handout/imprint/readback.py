"""Read a copy back: what it has of its own is held against the row of its school.

What all copies of a plate share is one run of bytes, the code among it. That was proved on the pages of the
plate, so of a copy it is enough that it begins with these bytes. The rest is read from the finished file, by
way of the table at its end: no other pages are read, and a copy takes a fraction of a millisecond.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias

import pikepdf

from handout.composing.slots import field_of, joined, printed
from handout.imprint import Plate
from handout.imprint.forme import ROW_BYTES
from handout.model import School
from handout.project import Project, primary_language
from handout.proof.content import UNKNOWN, Font
from handout.settings import Align, Slot, slots_of
from handout.units import MM_PER_INCH

PX_PER_MM = 96 / MM_PER_INCH
"""The engine counts in the pixels of CSS (CSS Values 4 §6.2)."""
SLACK_PX = 0.5
"""Widths in a file are rounded to thousandths of the size."""
_START = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")


Rooms: TypeAlias = tuple[tuple[float, float] | None, ...]
"""Where each slot of a plate begins and ends across, in pixels of CSS; None for a picture."""


class Reader:
    """Reads the copies of *plate* back. Close it."""

    def __init__(self, project: Project, plate: Plate) -> None:
        self._plate = plate
        self._declared = slots_of(project.settings.formats, plate.edition.format)
        self._words = project.strings[primary_language(plate.edition.language)]
        # For the fonts, which all copies share.
        self._file = pikepdf.open(BytesIO(plate.copy(plate.schools[0])))
        self._fonts: dict[tuple[int, bytes], _Signs] = {}

    def close(self) -> None:
        self._file.close()

    def rooms(self, copy: bytes) -> Rooms:
        """Return where the slots are on the pages, as *copy* tells: one that was proved as a whole."""
        slots = zip(self._plate.slots, self._lines(copy), strict=True)
        return tuple(_sides(self._declared.get(name), lines) for name, lines in slots)

    def faults(self, copy: bytes, school: School, rooms: Rooms) -> Iterator[str]:
        """Yield in what *copy* is not the one for *school*, whose values must stay in *rooms*."""
        if not copy.startswith(self._plate.forme.constant):
            yield "what all copies share is not as it was proved"
            return
        try:
            lines = self._lines(copy)
        except (ValueError, KeyError, zlib.error, pikepdf.PdfError) as error:
            yield f"the slots cannot be read back: {error}"
            return
        for name, room, own in zip(self._plate.slots, rooms, lines, strict=True):
            if room is not None:
                yield from self._of_slot(name, room, own, school)

    def _of_slot(
        self, name: str, room: tuple[float, float], lines: Sequence[ReadLine], school: School
    ) -> Iterator[str]:
        field = field_of(name, self._declared.get(name))
        wanted = printed(field, school.value(field) or "", self._words)
        found = joined([line.text.strip() for line in lines], wanted)
        if found != wanted:
            yield f"the {field} reads '{found}' in place of '{wanted}'"
        if any(line.is_flawed for line in lines):
            yield f"the {field} '{wanted}' has a letter that its font does not hold"
        left_px, right_px = room
        if any(line.left_px < left_px - SLACK_PX or line.right_px > right_px + SLACK_PX for line in lines):
            yield f"the {field} '{wanted}' hangs out of the slot '{name}'"

    def _lines(self, copy: bytes) -> list[tuple[ReadLine, ...]]:
        """Return what stands in each slot of *copy*. Raises ValueError and KeyError where that is no text."""
        openings = self._plate.forme.openings
        bodies = own_objects(copy, [opening.stream for opening in openings])
        return [self._read(opening.page_index, bodies[opening.stream]) for opening in openings]

    def _read(self, page_index: int, body: bytes) -> tuple[ReadLine, ...]:
        lines = _LINE.findall(body)
        if len(lines) != body.count(b"BT\n"):
            raise ValueError("there is more in a slot than lines of text")
        return tuple(self._line(page_index, *line) for line in lines)

    def _line(self, page_index: int, x_px: bytes, name: bytes, size_px: bytes, shown: bytes) -> ReadLine:
        signs = self._font(page_index, name)
        found = [signs[sign] for sign in _SIGN.findall(shown)]
        texts, widths_em, flaws = zip(*found, strict=True) if found else ((), (), ())
        left_px = float(x_px)
        return ReadLine("".join(texts), left_px, left_px + sum(widths_em) * float(size_px), any(flaws))

    def _font(self, page_index: int, name: bytes) -> _Signs:
        if (page_index, name) not in self._fonts:
            fonts = self._file.pages[page_index].obj.Resources.Font
            self._fonts[page_index, name] = _Signs(Font(fonts[f"/{name.decode('ascii')}"]))
        return self._fonts[page_index, name]


class _Signs(dict[bytes, tuple[str, float, bool]]):
    """Of each sign in a shown text, a glyph or a gap, its text, its width in em, and whether it is flawed.

    Each is found out once: a plate has thousands of copies and some dozens of signs.
    """

    def __init__(self, font: Font) -> None:
        self._font = font

    def __missing__(self, sign: bytes) -> tuple[str, float, bool]:
        if sign.startswith(b"<"):
            text, width_em, is_missing = self._font.letters[int(sign[1:-1], 16)]
            self[sign] = text, width_em, is_missing or text in (UNKNOWN, "\0")
        else:
            self[sign] = "", -float(sign) / 1000, False
        return self[sign]


@dataclass(frozen=True)
class ReadLine:
    """A line of a copy, as its font and its place tell."""

    text: str
    left_px: float
    right_px: float
    is_flawed: bool
    """True where a glyph has no shape or no name."""


_LINE = re.compile(rb"BT\n1 0 0 -1 (\S+) \S+ Tm\n/(\S+) (\S+) Tf\n\[([^\]]*)\] TJ\nET\n")
"""As a forme writes it: where it begins across, its font with the size, and what is shown."""
_SIGN = re.compile(rb"<[0-9a-f]{4}>|-?[\d.]+")


def _sides(slot: Slot | None, lines: Sequence[ReadLine]) -> tuple[float, float] | None:
    if slot is None or not lines:
        return None
    width_px = slot.width_mm * PX_PER_MM
    left_px, right_px = min(line.left_px for line in lines), max(line.right_px for line in lines)
    match slot.align:
        case Align.START:
            return left_px, left_px + width_px
        case Align.CENTER:
            return (left_px + right_px - width_px) / 2, (left_px + right_px + width_px) / 2
        case Align.END:
            return right_px - width_px, right_px


def own_objects(pdf: bytes, numbers: Iterable[int]) -> Mapping[int, bytes]:
    """Return the content of the streams *numbers* of *pdf*, a filled forme, by the table at its end.

    They are not packed (ISO 32000-1 §7.5.8). Raises ValueError where it is no such file.
    """
    start = _START.search(pdf, len(pdf) - 40)
    if start is None:
        raise ValueError("the file does not end as a PDF does")
    rows = zlib.decompress(_stream_at(pdf, int(start[1])))
    return {number: _stream_at(pdf, _place_of(rows, number), number) for number in numbers}


def _place_of(rows: bytes, number: int) -> int:
    row = rows[number * ROW_BYTES : (number + 1) * ROW_BYTES]
    if row[:1] != b"\1":
        raise ValueError(f"the table does not say where object {number} is")
    return int.from_bytes(row[1:5], "big")


def _stream_at(pdf: bytes, place: int, number: int | None = None) -> bytes:
    head_end = pdf.index(b"\nstream\n", place)
    head = pdf[place:head_end]
    if number is not None and not head.startswith(b"%d 0 obj\n" % number):
        raise ValueError(f"object {number} is not where the table says")
    length = int(head[head.rindex(b"/Length ") + 8 :].partition(b">>")[0])
    begin = head_end + len(b"\nstream\n")
    return pdf[begin : begin + length]
