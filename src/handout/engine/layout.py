"""From HTML to pages: the one place that runs WeasyPrint. Import it after `fonts.isolate()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint import HTML
from weasyprint.css import get_all_computed_styles
from weasyprint.css.counters import CounterStyle

from handout.engine import messages, tags
from handout.engine.fetch import BASE_URL, AssetFetcher
from handout.engine.places import Places
from handout.errors import Place


@dataclass(frozen=True)
class Font:
    """A font in the PDF."""

    family: str
    missing: tuple[int, ...]
    """The code points that it was asked for and does not hold; nor does any other font of ours."""


@dataclass(frozen=True)
class Layout:
    """The pages of one piece, and all that the checks ask about them."""

    pdf: bytes
    page_boxes: tuple[Any, ...]
    """WeasyPrint's boxes, one a page."""
    places: Places
    fonts: tuple[Font, ...]
    records: tuple[str, ...]
    """What the engine wrote in its log, from reading the styles to writing the PDF."""
    refused: tuple[str, ...]
    """The addresses that the page asked for in vain."""
    is_hidden: Callable[[Element], bool]
    """Tells whether a style sheet takes an element away; slow, it works the styles out once more."""

    @property
    def root(self) -> Element:
        return self.places.root


def lay_out(html: str, assets: Mapping[str, tuple[str, bytes]], place: Place, page_limit: int) -> Layout:
    """Return *html* as pages and PDF.

    *assets* are the files that it may show, by their paths. Raises messages.TooManyPages when the layout
    goes past *page_limit*.
    """
    fetcher = AssetFetcher(assets)
    counter_styles = CounterStyle()
    with messages.overheard(page_limit) as records:
        source = HTML(string=html, base_url=BASE_URL, url_fetcher=fetcher)
        document = source.render(counter_style=counter_styles, pdf_variant=tags.VARIANT)
        pdf = tags.write_pdf(document, _list_systems(counter_styles))
    places = Places(source.etree_element, place)
    return Layout(
        pdf=pdf,
        page_boxes=tuple(page._page_box for page in document.pages),
        places=places,
        fonts=tuple(Font(font.family, tuple(font.missing)) for font in document.fonts.values()),
        records=tuple(records),
        refused=tuple(fetcher.refused),
        is_hidden=_hidden_test(source, places),
    )


def _hidden_test(source: Any, places: Places) -> Callable[[Element], bool]:
    """Return a function that tells whether an element, or one around it, has `display: none`."""
    found: list[Any] = []

    def is_hidden(element: Element) -> bool:
        if not found:
            with messages.overheard(page_limit=0):
                found.append(get_all_computed_styles(source))
        style_for = found[0]
        return any(style_for(around)["display"] == ("none",) for around in places.around(element))

    return is_hidden


def _list_systems(counter_styles: Mapping[str, Any]) -> dict[str, str]:
    """Return each counter style with the one that it extends in the end, or with itself."""
    return {name: _root_system(name, counter_styles) for name in counter_styles}


def _root_system(name: str, counter_styles: Mapping[str, Any]) -> str:
    for _ in counter_styles:  # a bound: a style may extend itself
        extends, system, _ = counter_styles.get(name, {}).get("system") or (None, "", None)
        if not extends:
            break
        name = str(system)
    return name
