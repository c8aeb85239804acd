"""What is wrong with a laid-out piece: one function a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from handout.model.findings import Finding, Place
from handout.model.messages import Message, say, say_count, verbatim
from handout.model.rules import Rule
from handout.model.scripts import missing_letters
from handout.model.units import px_to_mm
from handout.paper.engine import messages
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.fonts import FAMILIES, letters
from handout.paper.engine.layout import Layout, WrittenPdf
from handout.paper.engine.lost_text import InkPiece, Limit, Overflow, lost_texts, overflows, page_inks
from handout.paper.engine.places import Places, excerpt, tag_of

SVG = "{http://www.w3.org/2000/svg}"


def engine_messages(layout: Layout) -> Iterator[Finding]:
    """Yield what the page engine itself complains about, from reading the styles to writing the PDF."""
    shown_elsewhere = tuple(
        told
        for url in layout.source.refused
        for told in (f"Failed to load image at '{url}'", f"Failed to load stylesheet at {url}")
    )
    records = [record for record in layout.source.records if not record.text.startswith(shown_elsewhere)]
    return messages.findings(records, layout.places)


def refused_addresses(layout: Layout) -> Iterator[Finding]:
    """Yield the addresses that the page wants to load and that are not part of the project."""
    for url in dict.fromkeys(layout.source.refused):
        path = url.removeprefix("https://project.invalid/")
        place = _place_of_address(path, layout.places)
        if path != url:
            yield Finding(
                place,
                say("the file '{path}' is not there", path=path),
                say("add the file, or correct its name"),
                rule=Rule.PICTURE_MISSING,
            )
        else:
            yield Finding(
                place,
                say(
                    "the sheet asks for '{excerpt}', which is not part of the project",
                    excerpt=excerpt(url, 60),
                ),
                say(
                    "put the picture into content/images/ and name it there; nothing is fetched from "
                    "elsewhere"
                ),
                rule=Rule.ADDRESS_FOREIGN,
            )


def _place_of_address(path: str, places: Places) -> Place:
    """Return the place of the first element with an attribute, or of the style sheet, that holds *path*."""
    for element in places.root.iter():
        if any(value.endswith(path) for value in element.attrib.values()):
            return places.of(element)
    sheet = next((sheet for sheet in places.sheets if path in sheet.text), None)
    return places.of_line(sheet, 1) if sheet else places.fallback


def missing_texts(layout: Layout) -> Iterator[Finding]:
    """Yield the words that stand on no page."""
    for lost in lost_texts(layout.root, layout.page_boxes, layout.is_hidden):
        yield Finding(
            layout.places.of(lost.element),
            say("'{excerpt}' did not fit and stands on no page", excerpt=excerpt(lost.text)),
            say("shorten the text in this part of the sheet"),
            rule=Rule.TEXT_MISSING,
        )


LONGEST_TOLD_MM = 10_000
"""Beyond it a slip in a stylesheet is meant, `line-height: 1e300`: how far that is, nobody needs to read."""


def sticking_out(layout: Layout) -> Iterator[Finding]:
    """Yield what sticks out of the page, of its box or of its column."""
    for overflow in overflows(layout.page_boxes):
        place = layout.places.of(overflow.element)
        excess_mm = px_to_mm(overflow.excess_px)
        far = say("{excess_mm:.1f} mm", excess_mm=excess_mm) if excess_mm < LONGEST_TOLD_MM else say("metres")
        yield Finding(
            place,
            say(
                "{thing_and_place}: {far} too far",
                thing_and_place=_excess_words(overflow),
                far=far,
            ),
            say("shorten it, or let the style sheet give it more room"),
            rule=Rule.STICKS_OUT,
        )


def _picture_name(element: Element | None) -> Message:
    if element is None:
        return say("a picture")
    title = element.find(f"{SVG}title")
    name = element.get("alt") or (title.text if title is not None else None) or element.get("src")
    return say("the picture '{name}'", name=excerpt(name)) if name else say("a picture")


_SIDES = {
    "bottom": say("at the bottom"),
    "top": say("at the top"),
    "left": say("on the left"),
    "right": say("on the right"),
}


def _excess_words(overflow: Overflow) -> Message:
    """Return what sticks out, on which page, of what and on which side.

    The name that style sheets have for its box says nothing to an editor.
    """
    subject = verbatim(f"'{excerpt(overflow.text)}'") if overflow.text else _picture_name(overflow.element)
    thing = say("{thing} on page {page}", thing=subject, page=overflow.page_number)
    side = _SIDES[overflow.side]
    match overflow.limit:
        case Limit.PAGE:
            return say("{thing} falls off the paper {side}", thing=thing, side=side)
        case Limit.MARGIN:
            return say("{thing} runs into the margin {side}", thing=thing, side=side)
        case Limit.CLIPPED:
            return say("{thing} is cut off {side} of its box", thing=thing, side=side)
        case Limit.BOX:
            return say("{thing} sticks out {side} of its box", thing=thing, side=side)
        case Limit.COLUMN:
            return say("{thing} is too wide for its box {side}", thing=thing, side=side)


def unknown_fonts(layout: Layout, printed: WrittenPdf) -> Iterator[Finding]:
    """Yield the fonts that a style sheet asks for, or the PDF holds, and that are not ours."""
    asked: dict[str, InkPiece] = {}
    for page_box in layout.page_boxes:
        for ink in page_inks(page_box):
            if ink.families and ink.families[0] not in FAMILIES:
                asked.setdefault(ink.families[0], ink)
    for family, ink in asked.items():
        what = say(
            "the font '{family}' is asked for '{text}' and is not bundled",
            family=family,
            text=excerpt(ink.text),
        )
        yield _unknown_font(layout.places.of(ink.element), what)
    for family in sorted({font.family for font in printed.fonts} - {*FAMILIES, *asked}):
        what = say("the font '{family}' is asked and is not bundled", family=family)
        yield _unknown_font(layout.places.fallback, what)


def _unknown_font(place: Place, what: Message) -> Finding:
    return Finding(
        place,
        what,
        say("use one of: {families}", families=", ".join(FAMILIES)),
        rule=Rule.FONT_UNKNOWN,
    )


def missing_glyphs(layout: Layout, printed: WrittenPdf) -> Iterator[Finding]:
    """Yield the characters that none of our fonts holds, and the scripts."""
    missing = {chr(code) for font in printed.fonts for code in font.missing}
    if not missing:
        return
    inks = [ink for page_box in layout.page_boxes for ink in page_inks(page_box)]
    found: dict[Place, dict[str, None]] = {}
    for letter in sorted(missing):
        places = [layout.places.of(ink.element) for ink in inks if letter in ink.text]
        for place in places or [layout.places.fallback]:
            found.setdefault(place, {})[letter] = None
    yield from missing_letters(found.items(), letters())


def nameless_pictures(layout: Layout) -> Iterator[Finding]:
    """Yield the pictures that a screen reader cannot name."""
    for element in layout.root.iter():
        if (tag_of(element) == "img" and element.get("alt") is None) or (
            element.tag == f"{SVG}svg" and not _has_title(element) and not _is_hidden(element, layout.places)
        ):
            yield Finding(
                layout.places.of(element),
                say("a picture has no words for who cannot see it"),
                say("give it an alt text (a drawing in the page: a <title> first), or mark it as decoration"),
                rule=Rule.PICTURE_ALT,
            )


def _has_title(drawing: Element) -> bool:
    title = drawing.find(f"{SVG}title")
    return title is not None and bool((title.text or "").strip())


def _is_hidden(element: Element, places: Places) -> bool:
    return any(around.get("aria-hidden") == "true" for around in places.around(element))


def nameless_document(layout: Layout) -> Iterator[Finding]:
    """Yield what the PDF needs to present itself: a title and a language (PDF/UA-1 §7.1, §7.2)."""
    if not title(layout.root):
        yield Finding(
            layout.places.fallback,
            say("the sheet has no title"),
            say("fill <title> in the template"),
            rule=Rule.SHEET_NAMELESS,
        )
    if not language(layout.root):
        yield Finding(
            layout.places.fallback,
            say("the sheet has no language"),
            say('write <html lang="…"> in the template'),
            rule=Rule.SHEET_NAMELESS,
        )


def title(root: Element) -> str:
    """Return the words of <title>, which become the title of the PDF."""
    return " ".join((root.findtext("head/title") or "").split())


def language(root: Element) -> str:
    """Return the `lang` of <html>, which becomes the language of the PDF."""
    return root.get("lang", "")


SHEET_CHECKS: tuple[Callable[[Layout], Iterator[Finding]], ...] = (
    engine_messages,
    refused_addresses,
    nameless_pictures,
    nameless_document,
)
"""What is the same at every setting."""

FONT_CHECKS: tuple[Callable[[Layout, WrittenPdf], Iterator[Finding]], ...] = (unknown_fonts, missing_glyphs)


# ---- the number of pages ----------------------------------------------------------------------


def page_count(layout: Layout, promise: PageConstraints) -> Iterator[Finding]:
    """Yield a finding when the piece has more or fewer pages than *promise* allows."""
    pages, page_budget = len(layout.page_boxes), promise.pages
    if pages > page_budget:
        first = _first_text(layout, page_budget)
        what = say(
            "the text makes {pages}; this format has {budget}",
            pages=_pages(pages),
            budget=_pages(page_budget),
        )
        if first:
            what = say(
                "{what}, and page {page} begins at '{text}'",
                what=what,
                page=page_budget + 1,
                text=excerpt(first.text),
            )
        yield Finding(
            layout.places.of(first.element if first else None),
            what,
            say("shorten the text, or leave something out"),
            rule=Rule.PAGE_COUNT,
        )
    elif not promise.holds(pages):
        yield Finding(
            layout.places.fallback,
            say(
                "the text makes {pages}; this format has {budget}",
                pages=_pages(pages),
                budget=_pages(page_budget),
            ),
            say("add text, or choose a smaller format"),
            rule=Rule.PAGE_COUNT,
        )


def _first_text(layout: Layout, page_index: int) -> InkPiece | None:
    """Return the first words in the body of a page."""
    inks = page_inks(layout.page_boxes[page_index])
    return next((ink for ink in inks if ink.text and ink.element is not None), None)


def _pages(number: int) -> Message:
    return say_count(number, "{n} page", "{n} pages")
