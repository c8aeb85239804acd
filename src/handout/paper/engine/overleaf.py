"""What a text names on a sheet of two sides, and that stands on the other one: only the pages say so.

The program writes a place for a sign behind each name, with what is named; the engine gives the class
`is-overleaf` to those that lead to the other side, and a stylesheet shows their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from handout.paper.engine.breaks import STEP_CLASS
from handout.paper.engine.layout import Layout
from handout.paper.engine.places import text_of

NAMED = "data-overleaf"
OVERLEAF_CLASS = "is-overleaf"
PROCEDURE_CLASS = "procedure"
SIDES = 2

_NUMBER = re.compile(r"list-item (-?\d+)")
# A style of the templates: "counter-set: list-item 4" is step 5, for the engine adds one.


@dataclass(frozen=True)
class _Procedure:
    """A procedure of a sheet, as a reader names it."""

    element: Element
    letter: str
    title: str
    steps: dict[int, Element]


def signs_overleaf(layout: Layout) -> frozenset[Element]:
    """Return the places for a sign whose name leads to the other side of a sheet of two."""
    if len(layout.page_boxes) != SIDES:
        return frozenset()
    signs = [element for element in layout.root.iter() if element.get(NAMED) is not None]
    if not signs:
        return frozenset()
    pages, procedures = pages_of(layout), tuple(_procedures(layout.root))
    return frozenset(sign for sign in signs if _leads_overleaf(sign, layout, pages, procedures))


def pages_of(layout: Layout) -> dict[Element, int]:
    """Return on which page each element begins, counted from 0."""
    pages: dict[Element, int] = {}
    for index, page_box in enumerate(layout.page_boxes):
        for box in page_box.descendants():
            if isinstance(box.element, Element):
                pages.setdefault(box.element, index)
    return pages


def _leads_overleaf(
    sign: Element, layout: Layout, pages: dict[Element, int], procedures: tuple[_Procedure, ...]
) -> bool:
    around = [*layout.places.around(sign)]
    own = next((pages[element] for element in around if element in pages), None)
    targets = {pages[one] for one in _named(sign.get(NAMED, ""), around, procedures) if one in pages}
    return own is not None and len(targets) == 1 and own not in targets


def _named(named: str, around: list[Element], procedures: tuple[_Procedure, ...]) -> Iterator[Element]:
    """Yield what *named* may mean: where numbers begin anew in each procedure, the own one comes first."""
    letter, _, rest = named.partition(":")
    title, _, number = rest.rpartition(":")
    among = [one for one in procedures if letter in ("", one.letter) and title in ("", one.title)]
    if not number:
        yield from (one.element for one in among)
        return
    digits = int(re.sub(r"\D", "", number) or 0)
    holding = [one for one in among if digits in one.steps]
    inner = [one for one in holding if one.element in around]
    yield from (one.steps[digits] for one in inner or holding)


def _procedures(root: Element) -> Iterator[_Procedure]:
    for element in root.iter():
        classes = element.get("class", "").split()
        if PROCEDURE_CLASS in classes:
            heads = list(element.iter("h2"))
            badges = [one for one in element.iter("span") if one.get("class") == "badge"]
            yield _Procedure(
                element,
                _words(badges[0]) if badges else "",
                _words(heads[0]) if heads else "",
                dict(_steps(element)),
            )


def _words(element: Element) -> str:
    return " ".join(text_of(element).split())


def _steps(procedure: Element) -> Iterator[tuple[int, Element]]:
    for element in procedure.iter("li"):
        found = _NUMBER.search(element.get("style", ""))
        if found and STEP_CLASS in element.get("class", "").split():
            yield int(found[1]) + 1, element
