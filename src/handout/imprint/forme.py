"""The file of an edition, locked up: all that every copy has is laid out once, and slots are left open.

What is written for a copy is the text in its slots, the tags of the lines of that text, and the table of
objects; the rest is one run of bytes. Rules: ISO 32000-1 §7.5.7 (object streams), §7.5.8 (cross-reference
streams), §14.7.4 (tags and marked content); ISO 19005-2 §6.1 (the file of an archive).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from handout.engine.slots import Line, Slot

_HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
"""The second line has bytes above 127, so that a file transfer takes the file for no text (§7.5.2)."""
_ROW_BYTES = 7
"""Of the table of objects: the kind, four bytes of place, two of generation or index."""
_FREE_ROW = bytes(_ROW_BYTES)


class UnsuitableError(Exception):
    """The tags of a slot are not those of lines alone: another value cannot take its place."""


@dataclass(frozen=True)
class Opening:
    """A slot that is left open."""

    stream: int
    """The number of the object that holds its text."""
    page_index: int
    before: bytes
    """What opens a line that no reader hears; empty where the lines have tags."""
    ink: bytes
    element: int
    """The number of its tag; 0 where it has none."""
    bodies: tuple[bytes, ...]
    """Its tag with no line, with one, and so on."""
    lines: tuple[tuple[int, bytes], ...]
    """The tags of its lines: object numbers and objects."""
    marks: tuple[int, ...]
    """The numbers of its lines among the tagged content of the page."""


@dataclass(frozen=True)
class Forme:
    """The file of an edition, all but its slots."""

    constant: bytes
    """It begins with this."""
    rows: bytes
    """The table of its objects, empty where a slot is open."""
    openings: tuple[Opening, ...]
    tables: Mapping[int, tuple[int, tuple[bytes, ...]]]
    """For each page with an open slot the number of its table from marks to tags, and that table."""
    root: int
    info: int
    identity: str
    """What all copies have in common, as a hash."""

    def filled(self, values: Sequence[Sequence[Line]]) -> bytes:
        """Return the file with one of *values*, with the places of its page, in each opening."""
        seats = zip(self.openings, values, strict=True)
        objects = [item for opening, lines in seats for item in _text(opening, lines)]
        objects += self._filled_tables(values)
        return self._written(objects)

    def _filled_tables(self, values: Sequence[Sequence[Line]]) -> Iterator[tuple[int, bytes]]:
        """Yield the tables from marks to tags, without the lines that the values do not have."""
        for page_index, (number, tags) in self.tables.items():
            filled = list(tags)
            for opening, lines in zip(self.openings, values, strict=True):
                if opening.page_index == page_index:
                    for mark in opening.marks[len(lines) :]:
                        filled[mark] = b"null"
            yield number, b"[" + b" ".join(filled) + b"]"

    def _written(self, objects: Sequence[tuple[int, bytes]]) -> bytes:
        """Return the file with *objects* behind all others, and the table of objects as its last."""
        parts, rows, at = [self.constant], bytearray(self.rows), len(self.constant)
        for number, body in objects:
            part = _object(number, body)
            _place(rows, number, at)
            parts.append(part)
            at += len(part)
        own = hashlib.md5(b"".join(parts[1:]), usedforsecurity=False).hexdigest()
        number = len(rows) // _ROW_BYTES - 1
        _place(rows, number, at)
        packed = zlib.compress(bytes(rows), 6)
        head = (
            f"<</Type/XRef/Size {number + 1}/W[1 4 2]/Root {self.root} 0 R/Info {self.info} 0 R"
            f"/ID[<{self.identity}><{own}>]/Filter/FlateDecode/Length {len(packed)}>>"
        )
        parts.append(_object(number, _stream(head.encode(), packed)))
        parts.append(b"startxref\n%d\n%%%%EOF\n" % at)
        return b"".join(parts)


def _text(opening: Opening, lines: Sequence[Line]) -> Iterator[tuple[int, bytes]]:
    """Yield the objects of *lines* in *opening*: the text, its tag and the tags of the lines."""
    data = b"\n".join(_lines(opening, lines))
    yield opening.stream, _stream(b"<</Length %d>>" % len(data), data)
    if opening.element:
        yield opening.element, opening.bodies[len(lines)]
        yield from opening.lines[: len(lines)]


def _lines(opening: Opening, lines: Sequence[Line]) -> Iterator[bytes]:
    for index, line in enumerate(lines):
        yield opening.before or b"/Span\n<</MCID %d>>\nBDC" % opening.marks[index]
        if index == 0 and opening.ink:
            yield opening.ink
        yield b"BT\n1 0 0 -1 %s %s Tm" % (_number(line.x_px), _number(line.y_px))
        yield line.type
        yield b"ET\nEMC"


def _number(length: float) -> bytes:
    return f"{length:.6f}".rstrip("0").rstrip(".").encode()


def _object(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def _stream(head: bytes, data: bytes) -> bytes:
    # Data may end in a carriage return: a reader takes it and a line feed behind it for one line end.
    return head + b"\nstream\n" + data + b"\r\nendstream"


def _place(rows: bytearray, number: int, at: int) -> None:
    """Write in the table *rows* that the object *number* stands at the byte *at*."""
    rows[number * _ROW_BYTES : (number + 1) * _ROW_BYTES] = b"\1" + at.to_bytes(4, "big") + b"\0\0"


# ---- from a file to a forme -------------------------------------------------------------------


def locked(pdf: bytes, slots: Sequence[Slot], most_lines: Sequence[int]) -> Forme:
    """Return *pdf*, cut at *slots*, as a forme whose openings hold up to *most_lines* each.

    Raises UnsuitableError where a slot has tags that are not those of lines.
    """
    dense = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        tables = _tables(opened)
        marks = [_marks(opened, slot, most, tables) for slot, most in zip(slots, most_lines, strict=True)]
        # Written and read again it has the objects that are used, and no others, numbered from 1.
        opened.save(
            dense,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            static_id=True,
            fix_metadata_version=False,  # or it writes the metadata anew
        )
    with pikepdf.open(dense) as opened:
        tables = _tables(opened)
        openings = tuple(_opening(opened, slot, own, tables) for slot, own in zip(slots, marks, strict=True))
        return _forme(opened, openings, tables)


def _tables(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    """Return the tables from marks to tags, by page, each an object of its own."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    tables = {}
    for index in range(len(pdf.pages)):
        at = next(at for at in range(0, len(numbers), 2) if int(numbers[at]) == index)
        if not numbers[at + 1].is_indirect:
            numbers[at + 1] = pdf.make_indirect(numbers[at + 1])
        tables[index] = numbers[at + 1]
    return tables


def _marks(
    pdf: pikepdf.Pdf, slot: Slot, most_lines: int, tables: Mapping[int, pikepdf.Object]
) -> tuple[int, ...]:
    """Give *slot* tags for *most_lines*, and return the numbers of these lines on its page."""
    if slot.opening:
        return ()
    table = tables[slot.page_index]
    tags = [table[mark] for mark in slot.marks]
    element = tags[0].P
    if [tag.objgen for tag in tags] != [kid.objgen for kid in element.K if isinstance(kid, Dictionary)]:
        raise UnsuitableError
    marks = list(slot.marks)
    while len(marks) < most_lines:
        marks.append(len(table))
        tag = Dictionary(Type=Name.StructElem, S=tags[0].S, P=element, Pg=tags[0].Pg, K=Array([marks[-1]]))
        tags.append(pdf.make_indirect(tag))
        table.append(tags[-1])
    element.K = Array(tags)
    return tuple(marks)


def _opening(
    pdf: pikepdf.Pdf, slot: Slot, marks: tuple[int, ...], tables: Mapping[int, pikepdf.Object]
) -> Opening:
    stream = pdf.pages[slot.page_index].obj.Contents[slot.part_index].objgen[0]
    if not marks:
        return Opening(stream, slot.page_index, slot.opening, slot.ink, 0, (), (), ())
    tags = [tables[slot.page_index][mark] for mark in marks]
    element = tags[0].P
    bodies = tuple(_with_kids(element, tags[:count]) for count in range(len(tags) + 1))
    lines = tuple((tag.objgen[0], tag.unparse(resolved=True)) for tag in tags)
    return Opening(stream, slot.page_index, b"", slot.ink, element.objgen[0], bodies, lines, marks)


def _with_kids(element: pikepdf.Object, kids: Sequence[pikepdf.Object]) -> bytes:
    """Return the tag *element* with *kids* below it, as it is written."""
    return Dictionary({**dict(element.items()), "/K": Array(kids)}).unparse()


def _forme(pdf: pikepdf.Pdf, openings: tuple[Opening, ...], tables: Mapping[int, pikepdf.Object]) -> Forme:
    shown = {opening.page_index for opening in openings}
    open_tables = {
        index: (table.objgen[0], tuple(_reference(tag) for tag in table))
        for index, table in tables.items()
        if index in shown
    }
    left_open = {number for number, _ in open_tables.values()}
    for opening in openings:
        left_open |= {opening.stream, opening.element, *(number for number, _ in opening.lines)}
    constant, rows = _laid_out(pdf, left_open)
    return Forme(
        constant,
        rows,
        openings,
        open_tables,
        pdf.Root.objgen[0],
        pdf.trailer.Info.objgen[0],
        hashlib.md5(constant, usedforsecurity=False).hexdigest(),
    )


def _reference(tag: pikepdf.Object | None) -> bytes:
    return b"null" if tag is None else b"%d 0 R" % tag.objgen[0]


def _laid_out(pdf: pikepdf.Pdf, left_open: set[int]) -> tuple[bytes, bytes]:
    """Return the objects of *pdf* but those *left_open* as the file begins with them, and their table."""
    size = len(pdf.objects) + 3  # object 0, the object stream and the table itself
    rows, file, packed = bytearray(_FREE_ROW * size), bytearray(_HEADER), []
    rows[:_ROW_BYTES] = b"\0\0\0\0\0\xff\xff"  # the head of the list of free objects (§7.5.4)
    for number in range(1, size - 2):
        found = pdf.get_object(number, 0)
        if number in left_open:
            continue
        if isinstance(found, pikepdf.Stream):
            _place(rows, number, len(file))
            data = found.read_raw_bytes()
            head = Dictionary({**dict(found.items()), "/Length": len(data)})
            file += _object(number, _stream(head.unparse(), data))
        else:
            packed.append((number, found.unparse(resolved=True)))
    _place(rows, size - 2, len(file))
    for index, (number, _) in enumerate(packed):
        row = b"\2" + (size - 2).to_bytes(4, "big") + index.to_bytes(2, "big")
        rows[number * _ROW_BYTES : (number + 1) * _ROW_BYTES] = row
    file += _object(size - 2, _object_stream(packed))
    return bytes(file), bytes(rows)


def _object_stream(objects: Sequence[tuple[int, bytes]]) -> bytes:
    head, body = [], bytearray()
    for number, data in objects:
        head.append(f"{number} {len(body)}")
        body += data + b"\n"
    index = " ".join(head).encode() + b"\n"
    packed = zlib.compress(index + bytes(body), 9)
    about = f"<</Type/ObjStm/N {len(objects)}/First {len(index)}/Filter/FlateDecode/Length {len(packed)}>>"
    return _stream(about.encode(), packed)
