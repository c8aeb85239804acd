"""From HTML to pages: the one place that runs WeasyPrint. Import it after `fonts.isolate()`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from weasyprint import HTML
from weasyprint.css import get_all_computed_styles
from weasyprint.css.counters import CounterStyle

from handout.model.document import Setting
from handout.model.findings import Place
from handout.paper.engine import archive, direction, kept, line_ends, messages, styles, subsets, tags
from handout.paper.engine.fetch import BASE_URL, AssetFetcher
from handout.paper.engine.messages import LogRecord
from handout.paper.engine.pixels import keep_what_shows
from handout.paper.engine.places import PLACE_ATTRIBUTE, Places, StyleSource, place_named

if TYPE_CHECKING:
    from handout.paper.engine.cutter import Cutter

_DRAWING = "{http://www.w3.org/2000/svg}svg"


@dataclass(frozen=True)
class FontUse:
    """A font in the PDF."""

    family: str
    missing: tuple[int, ...]
    """The code points that it was asked for and does not hold; nor does any other font of ours."""


@dataclass(frozen=True)
class Source:
    """The HTML of one piece, parsed once for all settings that are tried."""

    places: Places
    _html: Any
    _fetcher: AssetFetcher
    is_read_apart: bool
    """Its stylesheets are read by `styles`, and not again by the engine for each layout."""
    _pictures: dict[str, Any] = field(default_factory=dict, compare=False)
    """The engine's decoded pictures, by address."""
    _records: list[LogRecord] = field(default_factory=list, compare=False)
    _settings: list[Setting] = field(default_factory=list, compare=False)

    @property
    def records(self) -> tuple[LogRecord, ...]:
        """What the engine wrote in its log so far, from reading the styles on."""
        return tuple(self._records)

    @property
    def layouts(self) -> int:
        """How often it was laid out so far."""
        return len(self._settings)

    @property
    def refused(self) -> tuple[str, ...]:
        """The addresses that the page asked for in vain so far."""
        return tuple(self._fetcher.refused)

    def note(self, records: Iterable[str], sheet: StyleSource | None = None) -> None:
        """Put down what the engine wrote in its log, while it read *sheet*."""
        self._records.extend(LogRecord(text, sheet) for text in records)


@dataclass(frozen=True)
class Layout:
    """The pages of one piece at one setting."""

    setting: Setting
    page_boxes: tuple[Any, ...]
    """WeasyPrint's boxes, one a page."""
    source: Source
    is_hidden: Callable[[Element], bool]
    """Tells whether a style sheet takes an element away; slow, it works the styles out once more."""
    _document: Any = field(compare=False)
    _counter_styles: Mapping[str, Any] = field(compare=False)

    @property
    def places(self) -> Places:
        return self.source.places

    @property
    def root(self) -> Element:
        return self.source.places.root


@dataclass(frozen=True)
class WrittenPdf:
    """The file of a layout."""

    pdf: bytes
    fonts: tuple[FontUse, ...]


def parse(html: str, assets: Mapping[str, tuple[str, bytes]], place: Place) -> Source:
    """Return *html* parsed. *assets* are the files that it may show, by their paths."""
    fetcher = AssetFetcher(assets)
    with messages.overheard(page_limit=0) as records:
        parsed = HTML(string=html, base_url=BASE_URL, url_fetcher=fetcher)
    root = parsed.etree_element
    _take_anchors_away(root)
    sheets = tuple(_sheet(element) for element in root.iter("style"))
    source = Source(Places(root, place, sheets), parsed, fetcher, styles.are_apart(sheets))
    source.note(records)
    if source.is_read_apart:
        for parent in list(root.iter()):
            for element in parent.findall("style"):
                parent.remove(element)
    return source


def _take_anchors_away(root: Element) -> None:
    """Let the ids in drawings be none of the page: each drawing counts its gradients from 1."""
    for drawing in root.iter(_DRAWING):
        for element in drawing.iter():
            if element.get("id"):
                element.set("style", "-weasy-anchor: initial")


def _sheet(element: Element) -> StyleSource:
    """Return what the *element* <style> holds, without the media that it is for."""
    text, media = element.text or "", element.get("media")
    named = element.get(PLACE_ATTRIBUTE)
    return StyleSource(f"@media {media} {{{text}}}" if media else text, place_named(named) if named else None)


def lay_out(source: Source, setting: Setting, page_limit: int) -> Layout:
    """Return *source* as pages at *setting*.

    The stylesheets see the setting on the root element: `data-density`, and the custom property `--fit`.
    Raises messages.TooManyPages when it goes past *page_limit*, messages.NoPageFilled when it gets stuck.
    """
    source._settings.append(setting)
    root, scale = source.places.root, f"{setting.scale:g}"
    root.set("data-density", setting.density)
    root.set("style", f"--fit: {scale}")
    sheets, counter_styles = _read(source, {"--fit": scale})
    fonts = kept.for_layout(source.places) if source.is_read_apart else None
    with messages.overheard(page_limit) as records, direction.mended(), kept.in_place(), line_ends.mended():
        try:
            document = source._html.render(
                font_config=fonts,
                counter_style=counter_styles,
                pdf_variant=archive.VARIANT,
                cache=source._pictures,
                stylesheets=sheets,
            )
        except AssertionError as error:
            if messages.is_no_page_filled(error):
                raise messages.NoPageFilled from error
            raise
        finally:
            source.note(records)
            if records:
                styles.forget()
                kept.forget()
    return Layout(
        setting,
        tuple(page._page_box for page in document.pages),
        source,
        _hidden_test(source, sheets, document.font_config),
        document,
        counter_styles,
    )


def _read(source: Source, own: Mapping[str, str]) -> tuple[list[Any], CounterStyle]:
    """Return the stylesheets of *source* as the engine holds them, and the counter styles in them.

    Nothing, where the engine is to read them itself. *own* is what the style of the root element declares.
    """
    if not source.is_read_apart:
        return [], CounterStyle()
    read = styles.read(source.places.sheets, source.places.root, own)
    counter_styles = styles.CounterStyles()
    for sheet, found in zip(source.places.sheets, read, strict=True):
        source.note(found.records, sheet)
        counter_styles.update(found.counter_styles)
    return [found.css for found in read], counter_styles


def write(layout: Layout, behind: Layout | None = None, cutter: Cutter | None = None) -> WrittenPdf:
    """Return *layout* as a tagged PDF, with the fonts in it.

    The pages *behind* it are drawn too, with the same fonts; *cutter* takes them out again.
    """
    document = layout._document
    if behind is not None:
        document = document.copy([*document.pages, *behind._document.pages])
    keep_what_shows(page._page_box for page in document.pages)
    with messages.overheard(page_limit=0) as records, subsets.cut_by_us():
        pdf = tags.write_pdf(document, _list_systems(layout._counter_styles), cutter)
    layout.source.note(records)
    return WrittenPdf(
        pdf, tuple(FontUse(font.family, tuple(font.missing)) for font in document.fonts.values())
    )


def write_page(layout: Layout, index: int) -> bytes:
    """Return the page *index* of *layout* as a PDF to look at, without tags.

    It looks as what `write` gives, but for the colour space of its black: a shade that nobody sees.
    """
    page = layout._document.pages[index]
    keep_what_shows([page._page_box])
    with messages.overheard(page_limit=0), subsets.cut_by_us():
        return bytes(layout._document.copy([page]).write_pdf(pdf_variant=None, uncompressed_pdf=True))


def take_values(layout: Layout, cutter: Cutter) -> None:
    """Have *cutter* read the values on all pages of *layout*, of which nothing is written."""
    keep_what_shows(layout.page_boxes)
    with messages.overheard(page_limit=0):
        tags.take_values(layout._document, cutter)


def _hidden_test(source: Source, sheets: list[Any], fonts: Any) -> Callable[[Element], bool]:
    """Return a function that tells whether an element, or one around it, has `display: none`."""
    found: list[Any] = []

    def is_hidden(element: Element) -> bool:
        if not found:
            with messages.overheard(page_limit=0):
                found.append(get_all_computed_styles(source._html, sheets, font_config=fonts))
        style_for = found[0]
        return any(style_for(around)["display"] == ("none",) for around in source.places.around(element))

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
