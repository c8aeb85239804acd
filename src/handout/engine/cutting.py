"""The slots of a rendering: its pages are cut at them, and values of many schools are set beside them.

A value is set by the engine itself, on a page of its own behind the piece, in the markup that it has in its
slot. So it is shaped with the fonts and in the size of the piece, and these fonts, which the file holds in
part only, have its letters. Before the file is written that page is read and taken away again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

import pydyf

from handout.engine.layout import Layout, lay_out, parse
from handout.engine.promise import Promise
from handout.engine.slots import Line, Slot, Value
from handout.engine.tags import Mark, Node, Tree
from handout.errors import Place

Operators: TypeAlias = list[Any]
"""The content of a page as pydyf holds it: one operator with its operands an item, or a part of one."""

SLOT_ATTRIBUTE = "data-slot"
_AT_THE_CORNER = "position: absolute; inset: 0 0 auto 0"
_INK = re.compile(rb"(/\S+ gs\n?)?([\d.]+ [\d.]+ [\d.]+ rg)?")
"""What chooses a colour, and how much shows through it."""
_TEXT_PLACE = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm")


def lay_out_values(layout: Layout, html: str, values: Sequence[Value], promise: Promise) -> Layout:
    """Return *values* on a page that is dressed as *layout*, the piece of *html*: all at the same place.

    A value then stands there as it stands in its slot, but for the place of the slot on the page.
    """
    source = parse(html, {}, Place(""))
    pile = "".join(f'<div style="{_AT_THE_CORNER}">{value.html}</div>' for value in values)
    body = _body(source.places.root)
    attributes = dict(body.attrib)
    body.clear()
    body.attrib.update(attributes)
    body.extend(_body(parse(f"<body>{pile}</body>", {}, Place("")).places.root))
    return lay_out(source, layout.setting, promise.page_limit)


def _body(root: Element) -> Element:
    body = root.find("body")
    assert body is not None  # the parser adds one where it is missing
    return body


@dataclass
class Cutter:
    """Takes the values from the pages behind a piece, and cuts its pages at their slots."""

    page_count: int
    """Of the piece: the pages behind it hold values."""
    names: frozenset[str]
    """The slots to cut at."""
    values: list[tuple[Line, ...]] = field(default_factory=list)
    """The values in their order, set."""
    slots: list[Slot] = field(default_factory=list)
    """In the order in which the pages show them."""
    uncut: list[str] = field(default_factory=list)
    """The slots whose text is more than lines of letters, or stands in a drawing of its own."""
    _cuts: list[_Cut] = field(default_factory=list)

    def take(self, tree: Tree, contents: Sequence[Operators]) -> None:
        """Read the values from *tree*, the tags as the engine wrote them, and drop the tags of their pages.

        *contents* are the operators of each page.
        """
        marks = [_positions(operators) for operators in contents]
        for parent, node in tree.pairs():
            name = _slot_name(node)
            if name in self.names and not node.is_part_of(parent):
                cut = _cut(name, node, marks, contents)
                if node.page_index >= self.page_count:
                    self.values.append(cut.slot.lines if cut else ())
                elif cut:
                    self._cuts.append(cut)
                else:
                    self.uncut.append(name)
        tree.root.kids[:] = [kid for kid in tree.root.nodes if kid.page_index < self.page_count]

    def cut(self, pdf: Any, pages: Sequence[Any], contents: Sequence[Any]) -> None:
        """Give each page a stream for each slot and for what stands between. *contents* are their streams."""
        for index, (page, content) in enumerate(zip(pages, contents, strict=True)):
            cuts = sorted((cut for cut in self._cuts if cut.slot.page_index == index), key=_first)
            if cuts:
                page["Contents"] = self._parts(pdf, content, cuts)

    def _parts(self, pdf: Any, content: Any, cuts: Sequence[_Cut]) -> Any:
        """Return references to the streams of a page: what stands before a slot, the slot, and so on."""
        operators, references, at = content.stream, [], 0
        for part_index, cut in enumerate(cuts):
            opening = cut.opening(operators)
            self.slots.append(replace(cut.slot, part_index=2 * part_index + 1, opening=opening))
            parts = operators[at : cut.first], operators[cut.first : cut.last + 1]
            references += [_added(pdf, part) for part in parts]
            at = cut.last + 1
        references.append(_added(pdf, operators[at:]))
        return pydyf.Array(references)


@dataclass(frozen=True)
class _Cut:
    """Where a slot stands among the operators of its page."""

    first: int
    last: int
    slot: Slot

    def opening(self, operators: Operators) -> bytes:
        """Return what opens each of its lines, now that the tags are mended; empty where they have tags."""
        opening = operators[self.first : self.first + 3]
        return b"" if "MCID" in opening[1] else _joined(opening)


def _slot_name(node: Node) -> str:
    """Return the name of the slot that *node* was made for, or nothing."""
    is_own = node.origin is not None and node.origin.tag == node.origin.element.tag
    return node.origin.element.get(SLOT_ATTRIBUTE, "") if node.origin is not None and is_own else ""


def _first(cut: _Cut) -> int:
    return cut.first


def _positions(operators: Operators) -> Mapping[int, int]:
    """Return where each tagged piece of a page begins, by its number."""
    return {
        operand["MCID"]: position - 1
        for position, operand in enumerate(operators)
        if isinstance(operand, pydyf.Dictionary) and "MCID" in operand
    }


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
    return _Cut(starts[0], ends[-1], Slot(name, page_index, 0, numbers, b"", found[0].ink, lines))


@dataclass(frozen=True)
class _Piece:
    """A piece of content that is a line of text."""

    ink: bytes
    line: Line


def _piece(operators: Operators) -> _Piece | None:
    """Return what *operators*, from the tag on, show; None where that is not one line of text."""
    if b"BT" not in operators or operators[-1] != b"ET":
        return None
    begin = operators.index(b"BT")
    ink = _joined(operators[3:begin])
    place, *type_ = operators[begin + 1 : -1]
    match = _TEXT_PLACE.fullmatch(place)
    if match is None or _INK.fullmatch(ink) is None:
        return None
    return _Piece(ink, Line(float(match[1]), float(match[2]), _joined(type_)))


def _joined(operators: Operators) -> bytes:
    return b"\n".join(pydyf._to_bytes(operator) for operator in operators)


def _added(pdf: Any, operators: Operators) -> bytes:
    """Add a stream of *operators* to *pdf*, and return the reference to it."""
    stream = pydyf.Stream(list(operators), compress=True)
    pdf.add_object(stream)
    reference: bytes = stream.reference
    return reference
