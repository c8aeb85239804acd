"""The structure tree of a PDF as values: nodes, marks, annotations, and where each came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

import pydyf

PdfDictionary: TypeAlias = Any
"""A pydyf.Dictionary; pydyf carries no types."""
Operators: TypeAlias = list[Any]
"""The content of a page as pydyf holds it: one operator with its operands an item, or a part of one."""


@dataclass(frozen=True)
class Origin:
    """The box that a tag was made for."""

    element: Element
    tag: str
    """The element's name, `li`, or that of a pseudo-element, `li::marker`."""
    list_style: object
    order: int
    """Counts the boxes in the order of the text."""


@dataclass(frozen=True)
class Mark:
    """A marked piece of a page's content."""

    page_index: int
    number: int


@dataclass(frozen=True, eq=False)
class Annotation:
    """A link's area on a page."""

    reference: PdfDictionary
    """The object reference (OBJR) that stands among the kids of a tag."""
    annotation: PdfDictionary


@dataclass(eq=False)
class Node:
    """A tag: a structure element of the PDF."""

    kind: str
    """The standard structure type, `P`."""
    kids: list[Node | Mark | Annotation]
    origin: Origin | None = None
    page_index: int = 0
    dictionary: PdfDictionary = None
    """The element in the file; None for a tag that we add."""
    text: str | None = None
    """What is to be read in place of its content (ISO 32000-1 §14.9.4)."""
    language: str = ""
    """Of a tag that we add, where it is not that of the tags around it."""

    @property
    def element(self) -> Element | None:
        return self.origin.element if self.origin else None

    @property
    def nodes(self) -> list[Node]:
        """The kids that are tags."""
        return [kid for kid in self.kids if isinstance(kid, Node)]

    def walk(self) -> Iterator[Node]:
        """Yield this tag and all below it, in the order of the text."""
        yield self
        for node in self.nodes:
            yield from node.walk()

    def is_part_of(self, other: Node) -> bool:
        """Tell whether both were made for one element, as the anonymous boxes inside a box are."""
        return self.element is not None and self.element is other.element


@dataclass(frozen=True)
class MarginLine:
    """What a style sheet prints in the margin of a page, as its foot."""

    keyword: str
    """Where: `@bottom-left`."""
    text: str
    marks: tuple[Mark, ...]
    languages: tuple[str, ...]
    """Of the words of each mark, where it is not that of the page; else empty."""
    is_of_page: bool
    """It holds the number of the page or of all pages, or what the page goes on with: nobody need hear it."""


@dataclass
class StructureTree:
    """The tags of a document, and what the repairs need to know about its pages."""

    root: Node
    page_heights_px: tuple[float, ...]
    list_systems: Mapping[str, str]
    """The name of each counter style of the style sheets, with the predefined one that it extends."""
    texts: Mapping[Mark, str] = field(default_factory=dict)
    """What is to be read in place of the glyphs of a line, where these tell it in another order."""
    blanks: frozenset[Mark] = frozenset()
    """Those that show white space alone."""
    labels: Mapping[Mark, str] = field(default_factory=dict)
    """What the labels of items show."""
    step_words: str = ""
    """What is heard in place of the number of a step, `Stap {number}`; empty: the number."""
    margins: tuple[MarginLine, ...] = ()
    """In the order of the pages."""
    dropped: list[Annotation] = field(default_factory=list)

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Yield each tag with its parent. The kids of a parent may be changed while walking."""
        for parent in list(self.root.walk()):
            for node in parent.nodes:
                yield parent, node


# The engine opens a piece of content in three items (`Stream.marked` in weasyprint/pdf/stream.py) and closes
# it in one; what it draws stands between. Its number, which counts on each page anew, is what a tag names
# among its kids (ISO 32000-2 §14.6.2, §14.7.5):
#
#     "/Span", {"MCID": 8}, b"BDC", b"/a1.0 gs", b"0 g", b"BT", …, b"ET", b"EMC"
#     <</Type /StructElem/S /Span/K [8]/Pg 16 0 R/P 120 0 R>>
#
# The second item is a dictionary until the file is written: among bytes it cannot be taken for anything else.
def mark_positions(operators: Operators) -> Iterator[tuple[int, int]]:
    """Yield the number of each tagged piece of a page, and where it begins among the *operators*."""
    for position, operand in enumerate(operators):
        if isinstance(operand, pydyf.Dictionary) and "MCID" in operand:
            yield operand["MCID"], position - 1
