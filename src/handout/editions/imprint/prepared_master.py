"""The file of an edition, locked up: all that every copy has is laid out once, and slots are left open.

What is written for a copy is the text in its slots, the tags of the lines of that text, its pictures, and the
table of objects; the rest is one run of bytes. A picture is kept once, however many copies show it. Rules:
ISO 32000-1 §7.5.7 (object streams), §7.5.8 (cross-reference streams), §14.7.4 (tags and marked content);
ISO 19005-2 §6.1 (the file of an archive).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from handout.model.links import shown_address
from handout.paper.engine.slots import ADDRESS_SLOT, DrawnPicture, FilledSlot, Set, SetLine, SetPicture

_HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"
"""The second line has bytes above 127, so that a file transfer takes the file for no text (§7.5.2)."""
_ROW = struct.Struct(">BIH")
"""Of the table of objects: the kind, four bytes of place, two of generation or index."""
ROW_BYTES = _ROW.size
_FREE_ROW = bytes(ROW_BYTES)


# What a copy of a card has of its own, behind the 27693 bytes that all copies of its master begin with: of
# each slot the text, its tag and the tags of its lines; the table from marks to tags; the table of objects.
#
#     19 0 obj
#     <</Length 332>>
#     stream
#     /Span
#     <</MCID 8>>
#     BDC
#     /a1.0 gs
#     0 g
#     BT
#     1 0 0 -1 30.746457 127.555433 Tm
#     /QSKXXJ 25.333008 Tf
#     [<0069>37<>17.88180871978721<0189>17 … <022b>0] TJ
#     ET
#     EMC
#     endstream
#     endobj
#     93 0 obj
#     << /K [ 57 0 R ] /P 83 0 R /Pg 10 0 R /S /Span /Type /StructElem >>
#     endobj
#     57 0 obj
#     << /K [ 8 ] /P 93 0 R /Pg 10 0 R /S /Span /Type /StructElem >>
#     endobj
#     28 0 obj
#     [51 0 R 52 0 R 53 0 R null 54 0 R 55 0 R null 56 0 R 57 0 R null 59 0 R null 61 0 R null]
#     endobj
#     122 0 obj
#     <</Type/XRef/Size 123/W[1 4 2]/Root 1 0 R/Info 2 0 R/ID[<27ce…><c20c…>]/Filter/FlateDecode/Length 331>>
#     stream
#
# This slot has two lines at most, 8 and 9. The school has one, so that 9 leads to null, and 58, its tag, is
# left out. An object may stand anywhere in a file as long as the table knows where (ISO 32000-2 §7.5.8): that
# is why none of the first bytes need change. A row of the table is seven bytes. Object 0 is free, 1 and 2 are
# the first two in the stream of objects 121 (0x79), and 3 begins at the byte 15.
#
#     00 00000000 ffff    02 00000079 0000    02 00000079 0001    01 0000000f 0000


class UnsuitableError(Exception):
    """The tags of a slot are not those of lines alone: another value cannot take its place."""


@dataclass(frozen=True)
class Opening:
    """A slot that is left open."""

    stream: int
    """The number of the object that holds its text."""
    page_index: int
    before: bytes
    """What opens its picture, or a line that no reader hears; empty where lines have tags."""
    ink: bytes
    element: int
    """The number of its tag; 0 where it has none."""
    bodies: tuple[bytes, ...]
    """Its tag with no line, with one, and so on; that of a picture up to its words."""
    lines: tuple[tuple[int, bytes], ...]
    """The tags of its lines: object numbers, and objects up to what a line says in place of its letters."""
    marks: tuple[int, ...]
    """The numbers of its lines among the tagged content of the page."""
    picture: int = 0
    """The number of the object that draws its picture; 0: it is for a text."""
    links: tuple[tuple[int, bytes], ...] = ()
    """The areas to click on that lead where its text says, up to where they lead."""


@dataclass(frozen=True)
class Pictures:
    """The pictures of the schools, each once."""

    number: int
    """The object in which the pages name the drawings and rasters that they show."""
    before: bytes
    """It begins with this: what every copy shows."""
    streams: tuple[bytes, ...]
    """What draws each of them."""
    names: tuple[bytes, ...]
    """What each of them adds to the object of names."""
    objects: tuple[tuple[tuple[int, bytes], ...], ...]
    """What stands behind these names: object numbers and objects."""

    def named(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Yield the objects that the pictures *numbers* need in a copy."""
        used = list(dict.fromkeys(numbers))
        yield self.number, self.before + b"".join(self.names[number] for number in used) + b">>"
        yield from dict(found for number in used for found in self.objects[number]).items()


# Where the title of a copy stands. The object that tells of the file, and the metadata, which say the same:
#
#     2 0 obj
#     << /Author (Stadsscholen) /Producer (WeasyPrint 70.0) /Title <feff004d…> >>
#     3 0 obj
#     <</Type/Metadata/Subtype/XML/Length 1780>>
#     stream
#     … <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Mailen – Voor medewerkers – BS De Linde</rdf:li> …


@dataclass(frozen=True)
class Titled:
    """What tells of the file, up to its title and from there on. It ends with the name of the school."""

    title: str
    """Without that name."""
    info: bytes
    """The dictionary without its title, up to its end."""
    metadata: int
    """The number of the stream."""
    head: bytes
    """Its dictionary without its length, up to its end."""
    before: bytes
    """Of the stream what stands before the name, and what after it."""
    after: bytes


@dataclass(frozen=True)
class PreparedMaster:
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
    titled: Titled
    pictures: Pictures | None = None
    """None: no slot is for one."""

    def filled(self, values: Sequence[Set], of_school: str) -> bytes:
        """Return the file with one of *values*, with the places of its page, in each opening.

        *of_school* is the end of its title.
        """
        seats = zip(self.openings, values, strict=True)
        objects = [item for opening, value in seats for item in self._content(opening, value)]
        objects += self._filled_tables(values)
        objects += self._told(of_school)
        if self.pictures:
            objects += self.pictures.named(value.picture for value in values if isinstance(value, SetPicture))
        if url := next((value.url for value in values if isinstance(value, SetPicture) and value.url), ""):
            objects += [area for opening in self.openings for area in _links(opening, url)]
        return self._written(objects)

    def _told(self, of_school: str) -> Iterator[tuple[int, bytes]]:
        own = self.titled
        yield self.info, own.info + b"/Title " + _string(own.title + of_school) + b">>"
        data = own.before + escape(of_school).encode() + own.after
        yield own.metadata, _stream(own.head + b"/Length %d>>" % len(data), data)

    def _content(self, opening: Opening, value: Set) -> Iterator[tuple[int, bytes]]:
        if not isinstance(value, SetPicture):
            yield from _text(opening, value)
        elif self.pictures:
            place = b"q\n1 0 0 1 %s %s cm" % (_number(value.x_px), _number(value.y_px))
            data = opening.before + b"\n" + place
            yield opening.stream, _stream(b"<</Length %d>>" % len(data), data)
            yield opening.picture, self.pictures.streams[value.picture]
            if opening.element:
                yield opening.element, opening.bodies[0] + b"/Alt " + _string(value.alt) + b">>"

    def _filled_tables(self, values: Sequence[Set]) -> Iterator[tuple[int, bytes]]:
        """Yield the tables from marks to tags, without the lines that the values do not have."""
        for page_index, (number, tags) in self.tables.items():
            filled = list(tags)
            for opening, value in zip(self.openings, values, strict=True):
                if opening.page_index == page_index and not isinstance(value, SetPicture):
                    for mark in opening.marks[len(value) :]:
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
        number = len(rows) // ROW_BYTES - 1
        _place(rows, number, at)
        packed = zlib.compress(rows, 1)  # tighter takes longer than all else
        head = (
            f"<</Type/XRef/Size {number + 1}/W[1 4 2]/Root {self.root} 0 R/Info {self.info} 0 R"
            f"/ID[<{self.identity}><{own}>]/Filter/FlateDecode/Length {len(packed)}>>"
        )
        parts.append(_object(number, _stream(head.encode(), packed)))
        parts.append(b"startxref\n%d\n%%%%EOF\n" % at)
        return b"".join(parts)


def _text(opening: Opening, lines: Sequence[SetLine]) -> Iterator[tuple[int, bytes]]:
    """Yield the objects of *lines* in *opening*: the text, its tag and the tags of the lines."""
    data = b"\n".join(_lines(opening, lines))
    yield opening.stream, _stream(b"<</Length %d>>" % len(data), data)
    if opening.element:
        yield opening.element, opening.bodies[len(lines)]
        for (number, tag), line in zip(opening.lines, lines, strict=False):
            yield number, tag + (b"/ActualText " + _string(line.said) if line.said else b"") + b">>"


def _links(opening: Opening, url: str) -> Iterator[tuple[int, bytes]]:
    """Yield the areas to click on in *opening*, which lead to *url* and say so."""
    words = _string(shown_address(url))
    leads = b"/A<</S/URI/Type/Action/URI %s>>/Contents %s>>" % (_string(url), words)
    for number, before in opening.links:
        yield number, before + leads


def _string(text: str) -> bytes:
    return String(text).unparse()


def _lines(opening: Opening, lines: Sequence[SetLine]) -> Iterator[bytes]:
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
    _ROW.pack_into(rows, number * ROW_BYTES, 1, at, 0)


# ---- from a file to a prepared master -------------------------------------------------------------------


def locked(
    pdf: bytes,
    slots: Sequence[FilledSlot],
    most_lines: Sequence[int],
    of_school: str,
    pictures: Sequence[DrawnPicture] = (),
) -> PreparedMaster:
    """Return *pdf*, cut at *slots*, as a prepared master whose openings hold up to *most_lines* each, or
    *pictures*. Its title ends with *of_school*, which is cut off.

    Raises UnsuitableError where a slot has tags that are not those of lines, or the title no such end.
    """
    dense = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        if pictures:
            resources = opened.pages[0].obj.Resources
            resources.XObject = opened.make_indirect(resources.XObject)
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
        titled = _titled(opened, of_school)
        return _prepared(opened, openings, tables, titled, _pictures(opened, pictures) if pictures else None)


def _titled(pdf: pikepdf.Pdf, of_school: str) -> Titled:
    """Return what tells of the file *pdf*, cut where *of_school* stands in its title."""
    info, metadata = pdf.trailer.Info, pdf.Root.Metadata
    title, data = str(info.get("/Title", "")), metadata.read_bytes()
    found = escape(title).encode() + b"</rdf:li>"
    before, is_there, after = data.partition(b">" + found)
    if not title.endswith(of_school) or not is_there or found in after:
        raise UnsuitableError
    title = title.removesuffix(of_school)
    kept = {key: value for key, value in metadata.items() if key not in ("/Length", "/Filter")}
    return Titled(
        title,
        _without(info, "/Title"),
        metadata.objgen[0],
        Dictionary(kept).unparse().rstrip().removesuffix(b">>"),
        before + b">" + escape(title).encode(),
        b"</rdf:li>" + after,
    )


def _pictures(pdf: pikepdf.Pdf, pictures: Sequence[DrawnPicture]) -> Pictures:
    """Return *pictures*, and take away what only they need from what the pages of *pdf* name."""
    named = pdf.pages[0].obj.Resources.XObject
    own = {name: named[f"/{name}"] for picture in pictures for name in picture.names}
    for name in own:
        del named[f"/{name}"]
    shared = _reached([pdf.Root, pdf.trailer.Info])
    bodies = {number: _body(pdf.get_object(number, 0)) for number in _reached(own.values(), shared)}
    reached = [_reached([own[name] for name in picture.names], shared) for picture in pictures]
    return Pictures(
        named.objgen[0],
        named.unparse(resolved=True).rstrip().removesuffix(b">>"),
        tuple(_packed(picture.operators) for picture in pictures),
        tuple(
            b"".join(b"/%s %d 0 R" % (name.encode(), own[name].objgen[0]) for name in picture.names)
            for picture in pictures
        ),
        tuple(tuple((number, bodies[number]) for number in numbers) for numbers in reached),
    )


def _reached(starts: Iterable[pikepdf.Object], others: Mapping[int, None] | None = None) -> dict[int, None]:
    """Return the numbers of the objects that *starts* lead to, but for *others*."""
    found: dict[int, None] = {}
    waiting: list[object] = list(starts)
    while waiting:
        one = waiting.pop()
        if not isinstance(one, pikepdf.Object):
            continue
        number = one.objgen[0]
        if number in found or (others is not None and number in others):
            continue
        if number:
            found[number] = None
        if isinstance(one, Array):
            waiting.extend(one)
        elif isinstance(one, Dictionary | pikepdf.Stream):
            waiting.extend(value for _, value in one.items())
    return found


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
    pdf: pikepdf.Pdf, slot: FilledSlot, most_lines: int, tables: Mapping[int, pikepdf.Object]
) -> tuple[int, ...]:
    """Give *slot* tags for *most_lines*, and return the numbers of these lines on its page."""
    if slot.opening or isinstance(slot.content, SetPicture):
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
    pdf: pikepdf.Pdf, slot: FilledSlot, marks: tuple[int, ...], tables: Mapping[int, pikepdf.Object]
) -> Opening:
    parts = pdf.pages[slot.page_index].obj.Contents
    stream = parts[slot.part_index].objgen[0]
    if isinstance(slot.content, SetPicture):
        picture = parts[slot.part_index + 1].objgen[0]
        tagged = [tables[slot.page_index][mark] for mark in slot.marks]
        number = tagged[0].objgen[0] if tagged else 0
        up_to_words = tuple(_without(figure, "/Alt") for figure in tagged)
        return Opening(stream, slot.page_index, slot.opening, b"", number, up_to_words, (), (), picture)
    if not marks:
        return Opening(stream, slot.page_index, slot.opening, slot.ink, 0, (), (), ())
    tags = [tables[slot.page_index][mark] for mark in marks]
    element = tags[0].P
    bodies = tuple(_with_kids(element, tags[:count]) for count in range(len(tags) + 1))
    lines = tuple((tag.objgen[0], _without(tag, "/ActualText")) for tag in tags)
    links = _areas(element) if slot.name == ADDRESS_SLOT else ()
    return Opening(stream, slot.page_index, b"", slot.ink, element.objgen[0], bodies, lines, marks, 0, links)


def _areas(tag: pikepdf.Object) -> tuple[tuple[int, bytes], ...]:
    """Return the areas of the link that *tag* stands in, without where they lead."""
    while tag.get("/S", "") != "/Link":
        if "/P" not in tag:
            raise UnsuitableError
        tag = tag.P
    areas = [kid.Obj for kid in tag.K if isinstance(kid, Dictionary) and kid.get("/Type") == "/OBJR"]
    return tuple((area.objgen[0], _without(area, "/A", "/Contents")) for area in areas)


def _without(found: pikepdf.Object, *keys: str) -> bytes:
    """Return the dictionary *found* as it is written, without *keys*, up to its end."""
    kept = Dictionary({key: value for key, value in found.items() if key not in keys})
    return kept.unparse().rstrip().removesuffix(b">>")


def _with_kids(element: pikepdf.Object, kids: Sequence[pikepdf.Object]) -> bytes:
    """Return the tag *element* with *kids* below it, as it is written."""
    return Dictionary({**dict(element.items()), "/K": Array(kids)}).unparse()


def _prepared(
    pdf: pikepdf.Pdf,
    openings: tuple[Opening, ...],
    tables: Mapping[int, pikepdf.Object],
    titled: Titled,
    pictures: Pictures | None,
) -> PreparedMaster:
    shown = {opening.page_index for opening in openings}
    open_tables = {
        index: (table.objgen[0], tuple(_reference(tag) for tag in table))
        for index, table in tables.items()
        if index in shown
    }
    left_open = {number for number, _ in open_tables.values()}
    left_open |= {titled.metadata, pdf.trailer.Info.objgen[0]}
    for opening in openings:
        left_open |= {opening.stream, opening.element, *(number for number, _ in opening.lines)}
        left_open |= {opening.picture, *(number for number, _ in opening.links)}
    if pictures:
        left_open |= {pictures.number, *(number for own in pictures.objects for number, _ in own)}
    constant, rows = _laid_out(pdf, left_open)
    return PreparedMaster(
        constant,
        rows,
        openings,
        open_tables,
        pdf.Root.objgen[0],
        pdf.trailer.Info.objgen[0],
        hashlib.md5(constant, usedforsecurity=False).hexdigest(),
        titled,
        pictures,
    )


def _reference(tag: pikepdf.Object | None) -> bytes:
    return b"null" if tag is None else b"%d 0 R" % tag.objgen[0]


def _laid_out(pdf: pikepdf.Pdf, left_open: set[int]) -> tuple[bytes, bytes]:
    """Return the objects of *pdf* but those *left_open* as the file begins with them, and their table."""
    size = len(pdf.objects) + 3  # object 0, the object stream and the table itself
    rows, file, packed = bytearray(_FREE_ROW * size), bytearray(_HEADER), []
    rows[:ROW_BYTES] = b"\0\0\0\0\0\xff\xff"  # the head of the list of free objects (§7.5.4)
    for number in range(1, size - 2):
        found = pdf.get_object(number, 0)
        if number in left_open:
            continue
        if isinstance(found, pikepdf.Stream):
            _place(rows, number, len(file))
            file += _object(number, _body(found))
        else:
            packed.append((number, found.unparse(resolved=True)))
    _place(rows, size - 2, len(file))
    for index, (number, _) in enumerate(packed):
        _ROW.pack_into(rows, number * ROW_BYTES, 2, size - 2, index)
    file += _object(size - 2, _object_stream(packed))
    return bytes(file), bytes(rows)


def _packed(data: bytes) -> bytes:
    """Return *data* as a stream."""
    packed = zlib.compress(data, 9)
    return _stream(b"<</Filter/FlateDecode/Length %d>>" % len(packed), packed)


def _body(found: pikepdf.Object) -> bytes:
    """Return an object as it is written."""
    if not isinstance(found, pikepdf.Stream):
        return found.unparse(resolved=True)
    data = found.read_raw_bytes()
    head = Dictionary({**dict(found.items()), "/Length": len(data)})
    return _stream(head.unparse(), data)


def _object_stream(objects: Sequence[tuple[int, bytes]]) -> bytes:
    head, body = [], bytearray()
    for number, data in objects:
        head.append(f"{number} {len(body)}")
        body += data + b"\n"
    index = " ".join(head).encode() + b"\n"
    packed = zlib.compress(index + bytes(body), 9)
    about = f"<</Type/ObjStm/N {len(objects)}/First {len(index)}/Filter/FlateDecode/Length {len(packed)}>>"
    return _stream(about.encode(), packed)
