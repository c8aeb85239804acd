"""Read from a layout where what is written at one place of the sources stands on the pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint.anchors import rectangle_aabb
from weasyprint.formatting_structure import boxes

from handout.model.units import px_to_mm
from handout.paper.engine.boxes import LayoutBox
from handout.paper.engine.layout import Layout
from handout.paper.engine.lost_text import Area, real_box
from handout.paper.engine.overflow import CONTAINERS
from handout.paper.engine.places import PLACE_ATTRIBUTE, Places, place_named, tag_of
from handout.paper.engine.region import Region, RegionKind
from handout.paper.engine.slots import SLOT_ATTRIBUTE


def regions(layout: Layout) -> tuple[Region, ...]:
    """Return the regions of *layout*, in the order of its pages and of what is on them.

    What stands at one place is one region of each page, however many elements name it: the step and its
    command, the parts of a list. Each slot is one, on each face where it stands.
    """
    elements = {index: tuple(_areas(page_box, None)) for index, page_box in enumerate(layout.page_boxes)}
    # A list begins where its first step does: who means that place means the step, on whichever page it is.
    told = {
        element.get(PLACE_ATTRIBUTE)
        for on_page in elements.values()
        for element, _ in on_page
        if tag_of(element) not in CONTAINERS
    }
    return tuple(
        region
        for index, on_page in elements.items()
        for region in _on_page(
            [(e, area) for e, area in on_page if not _is_told_apart(e, told)], index, layout.places
        )
    )


def _is_told_apart(element: Element, told: Collection[str | None]) -> bool:
    """Tell whether *element* holds others, and one of those that is *told* of names its place."""
    return tag_of(element) in CONTAINERS and element.get(PLACE_ATTRIBUTE) in told


def _on_page(on_page: Iterable[tuple[Element, Area]], index: int, places: Places) -> Iterator[Region]:
    of_texts: dict[str, Area] = {}
    of_slots: dict[Element, Area] = {}
    for element, area in on_page:
        if element.get(SLOT_ATTRIBUTE):
            of_slots[element] = _around(of_slots.get(element), area)
        elif named := element.get(PLACE_ATTRIBUTE):
            of_texts[named] = _around(of_texts.get(named), area)
    for named, area in of_texts.items():
        yield Region(RegionKind.TEXT, index, place_named(named), "", *_in_mm(area))
    for element, area in of_slots.items():
        name = element.get(SLOT_ATTRIBUTE, "")
        yield Region(RegionKind.SLOT, index, places.of(element), name, *_in_mm(area))


def _areas(box: LayoutBox, matrix: Any) -> Iterator[tuple[Element, Area]]:
    """Yield the elements of the boxes inside *box*, with their border boxes as they come on the paper.

    *matrix* turns what stands in *box*: the engine has put it down, and moves boxes by it when it draws.
    """
    box = real_box(box)
    if box.transformation_matrix:
        matrix = box.transformation_matrix @ matrix if matrix else box.transformation_matrix
    element = box.element
    if isinstance(element, Element) and box.element_tag == element.tag and not isinstance(box, boxes.PageBox):
        sides = box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height()
        yield element, Area(*rectangle_aabb(matrix, *sides))
    for child in getattr(box, "children", ()):
        yield from _areas(child, matrix)


def _around(known: Area | None, area: Area) -> Area:
    """Return the area that holds both."""
    if known is None:
        return area
    return Area(
        min(known.left, area.left),
        min(known.top, area.top),
        max(known.right, area.right),
        max(known.bottom, area.bottom),
    )


def _in_mm(area: Area) -> tuple[float, float, float, float]:
    """Return left, top, width and height of *area*."""
    sides = area.left, area.top, area.right - area.left, area.bottom - area.top
    left, top, width, height = (round(px_to_mm(side), 2) for side in sides)
    return left, top, width, height
