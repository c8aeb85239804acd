"""From an element of the HTML back to the line that an editor wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from handout.model.findings import Place

PLACE_ATTRIBUTE = "data-place"
"""`content/procedures/x.md:12`, on each element that stands for something an editor or designer wrote."""

_PLACE = re.compile(r"(.+?):([0-9]+)(?::([0-9]+))?")
"""File, line and perhaps column, as `str` writes a place."""


def place_named(text: str) -> Place:
    """Return the place that a `data-place` attribute names."""
    named = _PLACE.fullmatch(text)
    return Place(named[1], int(named[2]), int(named[3] or 0)) if named else Place(text)


@dataclass(frozen=True)
class StyleSource:
    """A stylesheet in a page."""

    text: str
    place: Place | None
    """Of its first line; None where the page does not tell."""


@dataclass(frozen=True)
class Places:
    """The places of a page's elements."""

    root: Element
    fallback: Place
    """Where nothing nearer is known: the file of the handout."""
    sheets: tuple[StyleSource, ...] = ()
    """In their order."""
    _parents: dict[Element, Element] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._parents.update((child, parent) for parent in self.root.iter() for child in parent)

    def of(self, element: Element | None) -> Place:
        """Return the place that *element*, or the nearest element around it, names."""
        for candidate in self.around(element):
            if named := candidate.get(PLACE_ATTRIBUTE):
                return place_named(named)
        return self.fallback

    def of_line(self, sheet: StyleSource, number: int) -> Place:
        """Return the place of the line *number* of *sheet*, the first being 1."""
        start = sheet.place
        return Place(start.path, (start.line or 1) + number - 1) if start else self.fallback

    def around(self, element: Element | None) -> Iterator[Element]:
        """Yield *element* and the elements around it, outwards."""
        while element is not None:
            yield element
            element = self._parents.get(element)


def tag_of(element: Element) -> str:
    """Return the name of *element* without its namespace; empty for a comment."""
    name: object = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def text_of(element: Element) -> str:
    """Return all words in *element*, those of neighbouring blocks apart."""
    return " ".join(" ".join(element.itertext()).split())


def excerpt(text: str, length: int = 40) -> str:
    """Return the first words of *text*, on one line, at most *length* characters."""
    words = " ".join(text.split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
