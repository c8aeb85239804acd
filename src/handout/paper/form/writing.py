"""Write fields into a PDF, with what they look like and with their tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from handout.paper.form.fonts import form_font
from handout.paper.form.rooms import GAP_PT, Room
from handout.proof.geometry import Box
from handout.proof.tags import kids_of

MULTILINE, DO_NOT_SCROLL = 1 << 12, 1 << 23
"""Flags of a field for text (ISO 32000-1 table 228): more than it shows cannot be typed."""
PRINTED = 4
"""The flag of an annotation that goes on paper (table 165)."""
LEADING_EM = 1.2


@dataclass(frozen=True)
class PlacedField:
    """A field on a page of the sheet that is printed."""

    number: int
    """Of its room."""
    page_index: int
    room: Room
    """With the box where it comes."""
    is_copy: bool
    """True: the same page stands elsewhere too, and is read there."""


# A field with two places, and one of them. What both say stands in the field; viewers fill both.
#
#     <</FT /Tx/T (room)/TU (lokaal)/DA (/F0 0 Tf 0 g)/Ff 8388608/MaxLen 26/Kids [61 0 R 62 0 R]>>
#     <</Type /Annot/Subtype /Widget/Parent 60 0 R/TU (lokaal)/Rect [421.6 135.2 506.3 153.8]/F 4/P 9 0 R
#     /AP <</N 63 0 R>>/DA (/F0 0 Tf 0 g)/StructParent 4>>


def write_fields(
    pdf: pikepdf.Pdf, fields: Sequence[PlacedField], seats: Mapping[int, pikepdf.Object]
) -> None:
    """Put *fields* into *pdf*; *seats* are the tags that wait for them, by the number of the room.

    One of a copy, and one whose words have no tag, is read behind all else.
    """
    files = dict.fromkeys(one.room.slot.font for one in fields)
    names = {file: f"F{number}" for number, file in enumerate(files)}
    put = {name: form_font(file).put(pdf) for file, name in names.items()}
    resources = Dictionary(Font=Dictionary({f"/{name}": font for name, font in put.items()}))
    writer = _FieldWriter(pdf, names, resources)
    by_name: dict[str, list[PlacedField]] = {}
    for one in fields:
        by_name.setdefault(one.room.slot.field, []).append(one)
    tops = [writer.field(name, own) for name, own in by_name.items()]
    for one, widget in writer.widgets(fields):
        seat = None if one.is_copy else seats.get(one.number)
        _tag(pdf, widget, seat or _last_seat(pdf, widget.P))
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array(tops), DR=writer.resources))


class _FieldWriter:
    """Writes the fields of one file."""

    def __init__(self, pdf: pikepdf.Pdf, names: Mapping[str, str], resources: pikepdf.Object) -> None:
        self._pdf = pdf
        self._names = names
        self.resources = pdf.make_indirect(resources)
        self._made: dict[int, pikepdf.Object] = {}

    def field(self, name: str, places: Sequence[PlacedField]) -> pikepdf.Object:
        """Return the field *name*, which stands in all *places*."""
        first = places[0].room
        has_lines = all(one.room.has_lines for one in places)
        values = [one.room.value for one in places if one.room.value]
        field = self._pdf.make_indirect(
            Dictionary(
                FT=Name.Tx,
                T=String(name),
                TU=String(first.slot.words),
                DA=self._type(first, has_lines),
                Ff=DO_NOT_SCROLL | (MULTILINE if has_lines else 0),
                MaxLen=min(one.room.most_letters for one in places),
                Q=2 if all(one.room.slot.is_at_end for one in places) else 0,
            )
        )
        if values:
            field.V = field.DV = String("\r".join(values[0].split("\n")))
        kids = [self._widget(field, one, has_lines, values[0] if values else "") for one in places]
        field.Kids = Array(kids)
        return field

    def widgets(self, fields: Iterable[PlacedField]) -> Iterator[tuple[PlacedField, pikepdf.Object]]:
        """Yield *fields* in their order, each as it stands on its page."""
        for one in fields:
            yield one, self._made[id(one)]

    def _widget(self, field: pikepdf.Object, one: PlacedField, has_lines: bool, value: str) -> pikepdf.Object:
        page, room = self._pdf.pages[one.page_index].obj, one.room
        widget = self._pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                Parent=field,
                TU=field.TU,  # pdf.js looks for it here alone
                Rect=_array(room.box),
                F=PRINTED,
                P=page,
                DA=self._type(room, has_lines),
                AP=Dictionary(N=self._look(room, value, has_lines, int(field.Q) == 2)),
            )
        )
        if room.is_turned:
            widget.MK = Dictionary(R=180)
        page.Annots = Array([*page.get("/Annots", Array()), widget])
        page.Tabs = Name.S
        self._made[id(one)] = widget
        return widget

    def _type(self, room: Room, has_lines: bool) -> pikepdf.String:
        """Return which font is typed in, how large and in which colour; size 0 is as large as goes in."""
        size_pt = room.size_pt if has_lines else 0
        return String(f"/{self._names[room.slot.font]} {_number(size_pt)} Tf {_colour(room)}")

    def _look(self, room: Room, value: str, has_lines: bool, is_at_end: bool) -> pikepdf.Object:
        """Return what draws *room*: nothing, or the *value* in it."""
        text = b"".join(self._drawn(room, value, has_lines, is_at_end)) if value else b""
        look = self._pdf.make_stream(
            b"/Tx BMC\n%sEMC" % text,
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=_array(Box(0, 0, room.box.width, room.box.height)),
            Resources=self.resources,
        )
        if room.is_turned:
            turned: list[float] = [-1, 0, 0, -1, _rounded(room.box.width), _rounded(room.box.height)]
            look.Matrix = Array(turned)
        return look

    def _drawn(self, room: Room, value: str, has_lines: bool, is_at_end: bool) -> Iterator[bytes]:
        font, box, size_pt = form_font(room.slot.font), room.box, room.size_pt
        lines = value.split("\n")
        leading_pt = LEADING_EM * size_pt
        first = box.height - GAP_PT / 2 - size_pt * font.ascent_em
        if not has_lines:
            lines, first = [" ".join(lines)], (box.height - 0.7 * size_pt) / 2
        yield f"q BT /{self._names[room.slot.font]} {_number(size_pt)} Tf {_colour(room)}\n".encode()
        for number, line in enumerate(lines):
            left = box.width - GAP_PT / 2 - font.width_em(line) * size_pt if is_at_end else GAP_PT / 2
            place = f"1 0 0 1 {_number(left)} {_number(first - number * leading_pt)} Tm "
            yield place.encode() + font.shown(line) + b" Tj\n"
        yield b"ET Q\n"


def placed_in(one: PlacedField, box: Box, scale: float, is_turned: bool) -> PlacedField:
    """Return *one* in *box*, its type *scale* times as large."""
    room = replace(one.room, box=box, size_pt=one.room.size_pt * scale, is_turned=is_turned)
    return replace(one, room=room)


def _tag(pdf: pikepdf.Pdf, widget: pikepdf.Object, seat: pikepdf.Object) -> None:
    """Let *seat* be the tag of *widget* (ISO 32000-1 §14.7.4.3 and table 340)."""
    root = pdf.Root.StructTreeRoot
    numbers = root.ParentTree.Nums
    key = max((int(numbers[at]) for at in range(0, len(numbers), 2)), default=-1) + 1
    widget.StructParent = key
    numbers.append(key)
    numbers.append(seat)
    root.ParentTreeNextKey = key + 1
    seat.Pg = widget.P
    seat.K = Array([Dictionary(Type=Name.OBJR, Obj=widget, Pg=widget.P)])


def _last_seat(pdf: pikepdf.Pdf, page: pikepdf.Object) -> pikepdf.Object:
    """Return a new tag at the end of the document."""
    root = pdf.Root.StructTreeRoot
    document = next((kid for kid in kids_of(root) if isinstance(kid, Dictionary) and "/S" in kid), root)
    seat = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Form, P=document, Pg=page, K=Array()))
    document.K = Array([*kids_of(document), seat])
    return seat


def _colour(room: Room) -> str:
    red, green, blue = room.colour
    if red == green == blue:
        return f"{_number(red)} g"
    return f"{_number(red)} {_number(green)} {_number(blue)} rg"


def _array(box: Box) -> pikepdf.Array:
    return Array([_rounded(side) for side in (box.left, box.low, box.right, box.top)])


def _rounded(length: float) -> float:
    return round(length, 3)


def _number(length: float) -> str:
    return f"{length:.3f}".rstrip("0").rstrip(".")
