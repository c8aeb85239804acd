"""Read a copy back: what it has of its own is held against the row of its school.

What all copies of a master share is one run of bytes, the code among it. That was proved on the pages of the
master, so of a copy it is enough that it begins with these bytes. The rest is read from the finished file, by
way of the table at its end: no other pages are read, and a copy takes a fraction of a millisecond.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias
from xml.sax.saxutils import unescape

import pikepdf

from handout.editions.imprint import Master
from handout.editions.imprint.prepared_master import ROW_BYTES, PreparedMaster
from handout.model.messages import Message, any_of, say
from handout.model.school import School
from handout.model.units import MM_PER_INCH
from handout.paper.compose.page import reading_label
from handout.paper.compose.slots import field_of, joined, printed
from handout.project.project import Project, primary_language
from handout.project.settings import Align, Slot, slots_of
from handout.project.translations import printed_words, settings_in
from handout.proof.content import PartReader, TextRun, UnreadableError
from handout.proof.font_file import Font, read_as

PX_PER_MM = 96 / MM_PER_INCH
"""The engine counts in the pixels of CSS (CSS Values 4 §6.2)."""
SLACK_PX = 0.5
"""Widths in a file are rounded to thousandths of the size."""
ACROSS = 4
"""Where a matrix says how far from the left something begins."""
_START = re.compile(rb"startxref\n(\d+)\n%%EOF\n\Z")


Rooms: TypeAlias = tuple[tuple[float, float] | None, ...]
"""Where each slot of a master begins and ends across, in pixels of CSS; None for a picture."""


class Reader:
    """Reads the copies of *master* back. Close it."""

    def __init__(self, project: Project, master: Master) -> None:
        self._master = master
        self._declared = slots_of(project.settings.formats, master.edition.format)
        document = master.document
        settings = settings_in(project, document)
        reading = reading_label(document, printed_words(project, document))
        parts = (document.title, settings.audiences[document.audience].label, reading)
        self._title = " – ".join(filter(None, parts))
        self._words = project.strings[primary_language(master.edition.language)]
        # For the fonts, which all copies share.
        self._file = pikepdf.open(BytesIO(master.copy(master.schools[0])))
        self._fonts: dict[tuple[int, int], Font] = {}
        self._readers: dict[int, PartReader] = {}

    def close(self) -> None:
        self._file.close()

    def rooms(self, copy: bytes) -> Rooms:
        """Return where the slots are on the pages, as *copy* tells: one that was proved as a whole."""
        slots = zip(self._master.slots, self._lines(copy), strict=True)
        return tuple(_sides(self._declared.get(name), lines) for name, lines in slots)

    def faults(self, copy: bytes, school: School, rooms: Rooms) -> Iterator[Message]:
        """Yield in what *copy* is not the one for *school*, whose values must stay in *rooms*."""
        if not copy.startswith(self._master.prepared.constant):
            yield say("what all copies share is not as it was proved")
            return
        try:
            lines, titles = self._lines(copy), titles_of(copy, self._master.prepared)
        except (ValueError, KeyError, zlib.error, pikepdf.PdfError, UnreadableError) as error:
            yield say("the slots cannot be read back: {error}", error=error)
            return
        if titles != {title := self._title + school.in_title}:
            yield say(
                "the title reads '{found}' in place of '{wanted}'", found=any_of(sorted(titles)), wanted=title
            )
        for name, room, own in zip(self._master.slots, rooms, lines, strict=True):
            if room is not None:
                yield from self._of_slot(name, room, own, school)

    def _of_slot(
        self, name: str, room: tuple[float, float], lines: Sequence[ReadLine], school: School
    ) -> Iterator[Message]:
        field = field_of(name, self._declared.get(name))
        wanted = printed(field, school.value(field) or "", self._words)
        found = joined([line.text.strip() for line in lines], wanted)
        if not says(found, wanted):
            yield say(
                "the {field} reads '{found}' in place of '{wanted}'", field=field, found=found, wanted=wanted
            )
        if any(line.is_flawed for line in lines):
            yield say(
                "the {field} '{wanted}' has a letter that its font does not hold", field=field, wanted=wanted
            )
        left_px, right_px = room
        if any(line.left_px < left_px - SLACK_PX or line.right_px > right_px + SLACK_PX for line in lines):
            yield say(
                "the {field} '{wanted}' hangs out of the slot '{name}'", field=field, wanted=wanted, name=name
            )

    def _lines(self, copy: bytes) -> list[tuple[ReadLine, ...]]:
        """Return what stands in each slot of *copy*.

        Raises ValueError, zlib.error and UnreadableError where that is no text.
        """
        openings = self._master.prepared.openings
        bodies = own_objects(copy, [opening.stream for opening in openings])
        return [self._read(opening.page_index, bodies[opening.stream]) for opening in openings]

    def _read(self, page_index: int, body: bytes) -> tuple[ReadLine, ...]:
        if page_index not in self._readers:
            page = self._file.pages[page_index].obj
            self._readers[page_index] = PartReader(page, page_index, self._fonts)
        reader = self._readers[page_index]
        return _plain_lines(body, reader) or tuple(map(_line, _by_line(reader.runs(body))))


# The stream of a slot, as `prepared_master` writes it and this takes it in one step:
#
#     /Span
#     <</MCID 10>>
#     BDC
#     /a1.0 gs
#     0 g
#     BT
#     1 0 0 -1 50.4 160.027105 Tm
#     /WJKLAQ 12.666016 Tf
#     [<0028>0<0085>0<0003>0<001f>0<0085>0] TJ
#     ET
#     EMC
#
# That reads "Z. Q.": five codes of two bytes, which the font names. A second font in the line, as for an
# Arabic name, is a further `Tf` and a raised letter a `Ts` (`draw_first_line` in weasyprint/draw/text.py):
# such a line goes to the general reader.
_PLAIN_LINE = re.compile(
    rb"/[^\n]+\n(?:<<[^\n]*>>\n)?B[DM]C\n(?:/\S+ gs\n)?(?:[\d. ]+ r?g\n)?"
    rb"BT\n1 0 0 -1 (\S+) \S+ Tm\n(/\S+) (\S+) Tf\n(\[[^\]()]*\]) TJ\nET\nEMC\n?"
)
"""A line in one font, without raised letters, as a prepared master writes it."""


def _plain_lines(body: bytes, reader: PartReader) -> tuple[ReadLine, ...]:
    """Return the lines of *body* where all are plain, as most are; nothing where one is not.

    The general reader takes six times as long, for nearly all that stands in slots.
    """
    found: list[ReadLine] = []
    at = 0
    while line := _PLAIN_LINE.match(body, at):
        at = line.end()
        x_px, name, size_px, operands = line.groups()
        if (font := reader.font(name)) is None:
            return ()
        shown = font.shown(operands)
        left_px, advance_em = float(x_px), sum([one.advance_em for one in shown])
        right_px = left_px + advance_em * float(size_px)
        is_flawed = any(one.is_flawed for one in shown)
        found.append(ReadLine(read_as(one.text for one in shown), left_px, right_px, is_flawed))
    return tuple(found) if at == len(body) else ()


_RIGHT_TO_LEFT = frozenset({"R", "AL"})
"""Bidirectional classes of letters (Unicode Standard Annex 9, table 4)."""


def says(found: str, wanted: str) -> bool:
    """Tell whether *found* is *wanted*; where that runs to the left in part, whether its letters are.

    The engine stores such letters in the order of the eye, and a bracket among them as the one that is drawn.
    """
    if found == wanted or not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in wanted):
        return found == wanted
    return _unordered(found) == _unordered(wanted)


def _unordered(text: str) -> list[str]:
    return sorted("(" if unicodedata.mirrored(letter) else letter for letter in text if letter != " ")


def _by_line(runs: Iterable[TextRun]) -> list[list[TextRun]]:
    lines: list[list[TextRun]] = []
    for run in runs:
        if run.begins_line:
            lines.append([])
        lines[-1].append(run)
    return lines


@dataclass(frozen=True)
class ReadLine:
    """A line of a copy, as its font and its place tell."""

    text: str
    left_px: float
    right_px: float
    is_flawed: bool
    """True where a glyph has no shape or no name."""


def _line(runs: Sequence[TextRun]) -> ReadLine:
    return ReadLine(
        read_as(run.text for run in runs),
        runs[0].matrix[ACROSS],
        # The last glyph may be an accent, which is drawn on the letter before it.
        max(run.matrix[ACROSS] + max((glyph.end for glyph in run.glyphs), default=0.0) for run in runs),
        any(run.is_flawed for run in runs),
    )


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


# From the end of the file backwards (ISO 32000-2 §7.5.5): where the table is, the table, an object.
#
#     startxref
#     29056
#     %%EOF
#
#     122 0 obj
#     <</Type/XRef/Size 123/W[1 4 2] … /Filter/FlateDecode/Length 331>>
#     stream
#
#     21 0 obj
#     <</Length 140>>
#     stream
#
# No other program wrote these, so that their heads are read by their letters, and an object that is not where
# the table says is a fault.
def own_objects(pdf: bytes, numbers: Iterable[int]) -> Mapping[int, bytes]:
    """Return the content of the streams *numbers* of *pdf*, a filled prepared master, by the table at its
    end.

    They are not packed (ISO 32000-1 §7.5.8). Raises ValueError where it is no such file.
    """
    rows = _rows_of(pdf)
    return {number: _stream_at(pdf, _place_of(rows, number), number) for number in numbers}


def titles_of(pdf: bytes, prepared: PreparedMaster) -> set[str]:
    """Return what *pdf*, filled from *prepared*, says to be its title: about the file, and in its metadata.

    Empty where it says none. Raises ValueError and pikepdf.PdfError where it is no such file.
    """
    rows = _rows_of(pdf)
    place = _place_of(rows, prepared.info)
    about = pdf[place : pdf.index(b"\nendobj\n", place)].removeprefix(b"%d 0 obj\n" % prepared.info)
    metadata = _stream_at(pdf, _place_of(rows, prepared.titled.metadata), prepared.titled.metadata)
    found = _SAID_TITLE.findall(metadata.decode())
    return {str(pikepdf.Object.parse(about).get("/Title", "")), *map(unescape, found or [""])}


_SAID_TITLE = re.compile(
    r"<dc:title>\s*<rdf:Alt>\s*<rdf:li [^>]*>([^<]*)</rdf:li>\s*</rdf:Alt>\s*</dc:title>"
)


def _rows_of(pdf: bytes) -> bytes:
    """Return the table of the objects of *pdf*. Raises ValueError where it has none of ours."""
    start = _START.search(pdf, len(pdf) - 40)
    if start is None:
        raise ValueError("the file does not end as a PDF does")
    return zlib.decompress(_stream_at(pdf, int(start[1])))


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
