"""Where on its pages stands what was written where: values for who shows a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from handout.model.findings import Place


class RegionKind(StrEnum):
    """What a region is of."""

    TEXT = "text"
    """Something that an editor or designer wrote."""
    SLOT = "slot"
    """The place of a value of a school, of its logo, or of a code."""


@dataclass(frozen=True)
class Region:
    """A rectangle on a page, from the upper left corner of the paper. Picklable."""

    kind: RegionKind
    page_index: int
    place: Place
    """Of the source; of a slot, of what is in it."""
    name: str
    """Of a slot; empty for a text."""
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float


def slots_among(regions: Iterable[Region]) -> tuple[Region, ...]:
    """Return those of *regions* that are slots."""
    return tuple(region for region in regions if region.kind is RegionKind.SLOT)
