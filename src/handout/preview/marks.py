"""Where on the pages a finding stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handout.model.findings import Finding
from handout.paper.engine.region import Region, RegionKind


def marked(finding: Finding, regions: Iterable[Region]) -> tuple[Region, ...]:
    """Return the regions of what *finding* is about, one of each page where it stands.

    Those of its line; else of the nearest line before it in the same file that stands on a page: of a text
    that does not fit what comes before it does, and of one that was broken meanwhile the old place is near.
    """
    place = finding.place
    if not place.line:
        return ()
    own = [
        region
        for region in regions
        if region.kind is RegionKind.TEXT
        and region.place.path == place.path
        and 0 < region.place.line <= place.line
    ]
    if not own:
        return ()
    line = max(region.place.line for region in own)
    return _one_a_page([region for region in own if region.place.line == line])


def _one_a_page(regions: Sequence[Region]) -> tuple[Region, ...]:
    """Return the largest of *regions* on each page: the step, and not a word in it."""
    largest: dict[int, Region] = {}
    for region in regions:
        known = largest.get(region.page_index)
        if known is None or _size(region) > _size(known):
            largest[region.page_index] = region
    return tuple(largest.values())


def _size(region: Region) -> float:
    return region.width_mm * region.height_mm
