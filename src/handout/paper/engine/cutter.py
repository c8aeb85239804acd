"""The slots of a rendering: its pages are cut at them, and values of many schools are set beside them.

A value is set by the engine itself, on a page of its own behind the piece, in the markup that it has in its
slot. So it is shaped with the fonts and in the size of the piece, and these fonts, which the file holds in
part only, have its letters. Before the file is written that page is read and taken away again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pydyf

from handout.paper.engine.slots import SLOT_ATTRIBUTE, DrawnPicture, FilledSlot, Set, SetLine, SetPicture
from handout.paper.engine.structure import Mark, Node, Operators, StructureTree, mark_positions

# A line in a slot, as it stands in the content of its page, one item of pydyf on each row of these:
#
#     /Span                              opened by three: `_OPENING`
#     <</MCID 8>>
#     BDC
#     /a1.0 gs                           its ink; missing where the page has chosen the same before
#     0 g
#     BT
#     1 0 0 -1 30.746457 127.555433 Tm   its place, in pixels from the top: the page turns them round at once
#     /QSKXXJ 25.333008 Tf               its type and its letters, which another value brings along
#     [<0069>37<>17.88180871978721<0189>17<>17.88180871978721<016f>39 … <022b>0] TJ
#     ET
#     EMC
#
# and a picture, as `draw_replacedbox` of the engine draws it:
#
#     /Figure                            the first part; in a copy its place stands here as well
#     <</MCID 5>>
#     BDC
#     q                                  the second: what draws it there
#     /a1 gs
#     1 0 0 1 179.527559 5.669291 cm     its place, which is taken out: from here on it is at its own origin
#     q …
#     Q                                  stays with the page
#     EMC
#
# A reader takes the streams of a page for one, parted at white space (ISO 32000-2 §7.8.2). So the rows of a
# slot can be a stream of their own, and a copy changes that one alone.

_OPENING = 3
"""Operators that open a tagged piece: its kind, its number and the one that says so."""
_INK = re.compile(rb"(/\S+ gs\n?)?([\d.]+ g|[\d.]+ [\d.]+ [\d.]+ rg)?")
"""What chooses a colour, and how much shows through it."""
_TEXT_PLACE = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm")
_PICTURE_PLACE = re.compile(rb"1 0 0 1 (\S+) (\S+) cm")
_STATE = re.compile(rb"/\S+ gs|[\d. ]+ (?:g|G|rg|RG)")
_NAMED = re.compile(rb"/(\S+) Do")


@dataclass
class Cutter:
    """Takes the values from the pages behind a piece, and cuts its pages at their slots."""

    page_count: int
    """Of the piece: the pages behind it hold values."""
    names: frozenset[str]
    """The slots to cut at."""
    values: list[Set] = field(default_factory=list)
    """The stacks of values in their order, set."""
    slots: list[FilledSlot] = field(default_factory=list)
    """In the order in which the pages show them."""
    uncut: list[str] = field(default_factory=list)
    """The slots with more in them than lines of letters or one picture, or in a drawing of their own."""
    _cuts: list[_Cut] = field(default_factory=list)
    pictures: tuple[DrawnPicture, ...] = ()
    """Those among the values, each once."""
    _drawn: dict[bytes, int] = field(default_factory=dict)
    """What draws them, with their numbers."""

    def take(self, tree: StructureTree, contents: Sequence[Operators]) -> None:
        """Read the values from *tree*, the tags as the engine wrote them, and empty their pages.

        *contents* are the operators of each page.
        """
        marks = [dict(mark_positions(operators)) for operators in contents]
        for name, node in self._slots_of(tree):
            cut = self._picture(name, node, marks, contents) or _cut(name, node, marks, contents)
            if node.page_index >= self.page_count:
                self.values.append(cut.slot.content if cut else ())
            elif cut:
                self._cuts.append(cut)
            else:
                self.uncut.append(name)
        tree.root.kids[:] = [kid for kid in tree.root.nodes if kid.page_index < self.page_count]
        for operators in contents[self.page_count :]:
            operators.clear()  # else they are packed for the file, which names them nowhere

    def _slots_of(self, tree: StructureTree) -> Iterator[tuple[str, Node]]:
        """Yield name and tag of each slot to cut at: the outer one of an element that has several."""
        for parent, node in tree.pairs():
            name = _slot_name(node)
            if name in self.names and not node.is_part_of(parent):
                yield name, node

    def _picture(
        self,
        name: str,
        node: Node,
        positions: Sequence[Mapping[int, int]],
        contents: Sequence[Operators],
    ) -> _Cut | None:
        """Return where the picture of *node*, the tag of the slot *name*, is drawn; None where it is none."""
        inside = list(node.walk())
        marks = [kid for inner in inside for kid in inner.kids if isinstance(kid, Mark)]
        figure = next((inner for inner in inside if inner.kind == "Figure"), None)
        if len(marks) != 1 or figure is None:
            return None
        (mark,) = marks
        operators, start = contents[mark.page_index], positions[mark.page_index].get(mark.number)
        if start is None:
            return None
        end = operators.index(b"EMC", start)
        drawn = _drawn(operators[start + _OPENING : end])
        if drawn is None:
            return None
        x_px, y_px, own = drawn
        number = -1
        if mark.page_index >= self.page_count:
            number = self._drawn.setdefault(b"\n".join(own), len(self._drawn))
        alt = figure.dictionary["Alt"].string if "Alt" in figure.dictionary else ""
        drawing = SetPicture(x_px, y_px, number, _outline(own), alt)
        return _Cut(start, end, FilledSlot(name, mark.page_index, 0, (mark.number,), b"", b"", drawing))

    def find_again(self, contents: Sequence[Operators]) -> None:
        """Note where the slots stand now: the pages paint their pieces in another order since `take`."""
        marks = [dict(mark_positions(operators)) for operators in contents]
        for number, cut in enumerate(self._cuts):
            page_index, numbers = cut.slot.page_index, cut.slot.marks
            starts = [marks[page_index][mark] for mark in numbers]
            end = contents[page_index].index(b"EMC", starts[-1])
            self._cuts[number] = replace(cut, first=starts[0], last=end)

    def cut(self, pdf: Any, pages: Sequence[Any], contents: Sequence[Any]) -> None:
        """Give each page a stream for each slot and for what stands between. *contents* are their streams.

        What only the pictures among the values need stays named by the pages.
        """
        self._gather(pdf, pages[0]["Resources"], [content.stream for content in contents])
        for index, (page, content) in enumerate(zip(pages, contents, strict=True)):
            cuts = sorted((cut for cut in self._cuts if cut.slot.page_index == index), key=_first)
            if cuts:
                page["Contents"] = self._parts(pdf, content, cuts)

    def _gather(self, pdf: Any, resources_reference: bytes, contents: Sequence[Operators]) -> None:
        """Gather the pictures, and let the pages name what these and the pages draw, and nothing else."""
        resources = next(item for item in pdf.objects if item.reference == resources_reference)
        drawn = set(_drawn_between(contents, self._cuts))
        self.pictures = tuple(
            DrawnPicture(operators, tuple(name for name in _names(operators) if name not in drawn))
            for operators in self._drawn
        )
        kept = drawn.union(*(picture.names for picture in self.pictures))
        named = resources["XObject"]
        for name in [name for name in named if name not in kept]:
            del named[name]

    def _parts(self, pdf: Any, content: Any, cuts: Sequence[_Cut]) -> Any:
        """Return references to the streams of a page: what stands before a slot, the slot, and so on."""
        references: list[bytes] = []
        operators, at = content.stream, 0
        for cut in cuts:
            self.slots.append(replace(cut.opened(operators), part_index=len(references) + 1))
            first, *others = cut.parts
            parts = operators[at:first], *(operators[start:end] for start, end in pairwise(cut.parts))
            references += [_added(pdf, part) for part in parts]
            at = others[-1]
        references.append(_added(pdf, operators[at:]))
        return pydyf.Array(references)


@dataclass(frozen=True)
class _Cut:
    """Where a slot stands among the operators of its page."""

    first: int
    last: int
    slot: FilledSlot

    @property
    def parts(self) -> tuple[int, ...]:
        """Where what changes with the school begins, where a second part of it does, and where it ends.

        A picture has two: where it stands, and what draws it there.
        """
        if isinstance(self.slot.content, SetPicture):
            return self.first, self.first + _OPENING, self.last - 1
        return self.first, self.last + 1

    def opened(self, operators: Operators) -> FilledSlot:
        """Return its slot with what opens it, now that the tags are mended."""
        opening = operators[self.first : self.first + _OPENING]
        has_tag = "MCID" in opening[1]
        if isinstance(self.slot.content, SetPicture):
            return replace(self.slot, marks=self.slot.marks if has_tag else (), opening=_joined(opening))
        return self.slot if has_tag else replace(self.slot, opening=_joined(opening))


def _drawn(operators: Operators) -> tuple[float, float, list[bytes]] | None:
    """Return where *operators* draw a picture, and what draws it there; None where they draw something else.

    The engine saves the graphics state, moves the origin there, draws, and restores the state.
    """
    written = [pydyf._to_bytes(operator) for operator in operators]
    if not written or written[0] != b"q" or written[-1] != b"Q":
        return None
    at = next((at for at, one in enumerate(written[1:], 1) if _STATE.fullmatch(one) is None), 0)
    match = _PICTURE_PLACE.fullmatch(written[at])
    return (float(match[1]), float(match[2]), [*written[1:at], *written[at + 1 : -1]]) if match else None


def _outline(operators: Iterable[bytes]) -> str:
    lasting = (operator for operator in operators if _STATE.fullmatch(operator) is None)
    return hashlib.sha256(b"\n".join(lasting)).hexdigest()


def _drawn_between(contents: Sequence[Operators], cuts: Iterable[_Cut]) -> Iterator[str]:
    """Yield the names of what the pages draw outside of the slots that are cut."""
    slots = {
        (cut.slot.page_index, position) for cut in cuts for position in range(cut.parts[0], cut.parts[-1])
    }
    for index, operators in enumerate(contents):
        for position, operator in enumerate(operators):
            if isinstance(operator, bytes) and (index, position) not in slots:
                yield from _names(operator)


def _names(operators: bytes) -> Iterable[str]:
    """Return the names of the drawings and rasters that *operators* draw, each once."""
    return dict.fromkeys(name.decode() for name in _NAMED.findall(operators))


def _slot_name(node: Node) -> str:
    """Return the name of the slot that *node* was made for, or nothing."""
    is_own = node.origin is not None and node.origin.tag == node.origin.element.tag
    return node.origin.element.get(SLOT_ATTRIBUTE, "") if node.origin is not None and is_own else ""


def _first(cut: _Cut) -> int:
    return cut.first


def _cut(
    name: str, node: Node, positions: Sequence[Mapping[int, int]], contents: Sequence[Operators]
) -> _Cut | None:
    """Return where the text of *node*, the tag of the slot *name*, stands; None where it is not lines alone.

    Each line is a piece of content of its own.
    """
    marks = [kid for inner in node.walk() for kid in inner.kids if isinstance(kid, Mark)]
    if not marks or any(mark.number not in positions[mark.page_index] for mark in marks):
        return None
    page_index = marks[0].page_index
    operators = contents[page_index]
    starts = [positions[page_index][mark.number] for mark in marks]
    ends = [operators.index(b"EMC", start) for start in starts]
    pieces = [_piece(operators[start:end]) for start, end in zip(starts, ends, strict=True)]
    found = [piece for piece in pieces if piece is not None]
    if len(found) < len(pieces) or [end + 1 for end in ends[:-1]] != starts[1:]:
        return None
    numbers = tuple(mark.number for mark in marks)
    lines = tuple(piece.line for piece in found)
    return _Cut(starts[0], ends[-1], FilledSlot(name, page_index, 0, numbers, b"", found[0].ink, lines))


@dataclass(frozen=True)
class _Piece:
    """A piece of content that is a line of text."""

    ink: bytes
    line: SetLine


def _piece(operators: Operators) -> _Piece | None:
    """Return what *operators*, from the tag on, show; None where that is not one line of text."""
    if b"BT" not in operators or operators[-1] != b"ET":
        return None
    begin = operators.index(b"BT")
    ink = _joined(operators[_OPENING:begin])
    place, *type_ = operators[begin + 1 : -1]
    match = _TEXT_PLACE.fullmatch(place)
    if match is None or _INK.fullmatch(ink) is None:
        return None
    return _Piece(ink, SetLine(float(match[1]), float(match[2]), _joined(type_)))


def _joined(operators: Operators) -> bytes:
    return b"\n".join(pydyf._to_bytes(operator) for operator in operators)


def _added(pdf: Any, operators: Operators) -> bytes:
    """Add a stream of *operators* to *pdf*, and return the reference to it."""
    stream = pydyf.Stream(list(operators), compress=True)
    pdf.add_object(stream)
    reference: bytes = stream.reference
    return reference
