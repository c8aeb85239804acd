"""From the HTML of one piece to its PDF and to what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handout.engine import fonts
from handout.engine.messages import TooManyPages
from handout.errors import Finding, Place, in_order
from handout.model import PictureFile


@dataclass(frozen=True)
class Rendered:
    """A piece as PDF."""

    pdf: bytes
    """Tagged, PDF/UA-1. Empty where the layout was stopped: then `findings` says why."""
    page_count: int
    """Where the layout was stopped: the pages until then."""
    findings: tuple[Finding, ...]
    title: str = ""
    """From <title>."""
    language: str = ""
    """From <html lang>."""


def page_limit(page_budget: int) -> int:
    """Return where the layout is stopped: far enough to count the pages of any honest text."""
    return 3 * page_budget + 20


def pdf(html: str, assets: Mapping[str, PictureFile], place: Place, page_budget: int) -> Rendered:
    """Return *html* as PDF, with every fault that can be seen from its pages.

    *html* holds its styles in <style> and names its pictures by the keys of *assets*. An element with
    `data-place="file:line"` lends its place to the findings about it and about what is in it, and a <style>
    to those about its lines; *place* is used for the rest. The same arguments give the same bytes, whatever
    the clock, the folder and the time zone are. EnvironmentFault when the fonts cannot be set up.
    """
    fonts.isolate()
    # These import WeasyPrint, which reads the font settings at that moment and never again.
    from handout.engine import checks
    from handout.engine.layout import lay_out

    files = {path: (picture.type.value, picture.data) for path, picture in assets.items()}
    try:
        layout = lay_out(html, files, place, page_limit(page_budget))
    except TooManyPages:
        return _stopped(place, page_budget)
    found = [finding for check in checks.CHECKS for finding in check(layout)]
    found += checks.page_count(layout, page_budget)
    pages = len(layout.page_boxes)
    return Rendered(
        layout.pdf, pages, in_order(found), checks.title(layout.root), checks.language(layout.root)
    )


def _stopped(place: Place, page_budget: int) -> Rendered:
    limit = page_limit(page_budget)
    finding = Finding(
        place,
        f"the text makes more than {limit} pages; this format has {page_budget}",
        "shorten the text, or look for a style that breaks the page again and again",
    )
    return Rendered(b"", limit, (finding,))
