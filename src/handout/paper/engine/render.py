"""From the HTML of one piece to its PDF and to what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handout.model.document import PictureFile, Setting
from handout.model.findings import Finding, Place, in_order
from handout.model.messages import say
from handout.model.rules import Rule
from handout.paper.engine import fonts
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.messages import NoPageFilled, TooManyPages
from handout.paper.engine.region import Region, slots_among
from handout.paper.engine.slots import DrawnPicture, FilledSlot, Set, Value

if TYPE_CHECKING:
    from handout.paper.engine.layout import Layout, Source, WrittenPdf


@dataclass(frozen=True)
class Rendered:
    """A piece as PDF."""

    pdf: bytes
    """Tagged: PDF/UA-1 and PDF/A-2a in one. Empty where the layout was stopped: then `findings` says why."""
    page_count: int
    """Where the layout was stopped: the pages until then."""
    findings: tuple[Finding, ...]
    arrangement: Arrangement | None = None
    """How it is set; None where the layout was stopped."""
    title: str = ""
    """From <title>."""
    language: str = ""
    """From <html lang>."""
    layouts: int = 0
    """How often it was laid out."""

    @property
    def setting(self) -> Setting | None:
        """How tightly it is set."""
        return self.arrangement.setting if self.arrangement else None


@dataclass(frozen=True)
class Sketch:
    """The pages of a piece as they look, before there is a file of it. Not picklable."""

    _layout: Layout

    @property
    def page_count(self) -> int:
        return len(self._layout.page_boxes)

    @property
    def regions(self) -> tuple[Region, ...]:
        """Where stands what was written where."""
        from handout.paper.engine.regions import regions

        return regions(self._layout)

    def page(self, index: int) -> bytes:
        """Return one page as a PDF without tags. Ask for each once."""
        from handout.paper.engine.layout import write_page

        return write_page(self._layout, index)


@dataclass(frozen=True)
class Cut:
    """A piece whose pages are cut at the slots, so that other values can take the place of those in it."""

    piece: Rendered
    slots: tuple[FilledSlot, ...]
    """In the order of the pages, and of what is painted on them."""
    values: tuple[Set, ...]
    """The values asked for, in their order, placed as in a slot at the upper left corner."""
    pictures: tuple[DrawnPicture, ...] = ()
    """Those among the values, each once."""
    uncut: tuple[str, ...] = ()
    """The slots that stand on the page in a way that another value cannot take over."""
    regions: tuple[Region, ...] = ()
    """Where all slots stand, those without a value too."""


def pdf(
    html: str,
    assets: Mapping[str, PictureFile],
    place: Place,
    promise: PageConstraints,
    arrangement: Arrangement | None = None,
) -> Rendered:
    """Return *html* as PDF, set so that it keeps *promise*, with every fault that can be seen from its pages.

    *html* holds its styles in <style> and names its pictures by the keys of *assets*. An element with
    `data-place="file:line"` lends its place to the findings about it and about what is in it, and a <style>
    to those about its lines; *place* is used for the rest. The same arguments give the same bytes, whatever
    the clock, the folder and the time zone are. With the *arrangement* of a piece that differs in its values
    alone, that is tried first: then one layout may do. EnvironmentFault when the fonts cannot be set up.
    """
    fonts.isolate()
    # These import WeasyPrint, which reads the font settings at that moment and never again.
    from handout.paper.engine.layout import write

    return _pdf(html, assets, place, promise, write, arrangement)


def shown(
    html: str,
    assets: Mapping[str, PictureFile],
    place: Place,
    promise: PageConstraints,
    arrangement: Arrangement | None = None,
) -> tuple[Rendered, tuple[Region, ...]]:
    """Return what `pdf` does, and where on its pages stands what was written where.

    No regions where the layout was stopped.
    """
    fonts.isolate()
    from handout.paper.engine.layout import write
    from handout.paper.engine.regions import regions

    found: list[Region] = []

    def write_and_look(layout: Layout) -> WrittenPdf:
        found.extend(regions(layout))
        return write(layout)

    return _pdf(html, assets, place, promise, write_and_look, arrangement), tuple(found)


def sketched(
    html: str,
    assets: Mapping[str, PictureFile],
    place: Place,
    promise: PageConstraints,
    arrangement: Arrangement,
) -> Sketch | None:
    """Return *html* laid out once, as *arrangement* says; None where it does not fit so.

    What `pdf` makes of it may be set otherwise, and no fault is looked for but those that the fit knows.
    """
    fonts.isolate()
    from handout.paper.engine import balance
    from handout.paper.engine.layout import parse
    from handout.paper.engine.messages import NoPageFilled, TooManyPages

    try:
        found = balance.arranged(parse(html, _files(assets), place), arrangement, promise)
    except (NoPageFilled, TooManyPages):
        return None
    return Sketch(found.layout) if found else None


def cut(
    html: str,
    assets: Mapping[str, PictureFile],
    place: Place,
    promise: PageConstraints,
    values: Sequence[Value],
    arrangement: Arrangement | None = None,
) -> Cut:
    """Return what `pdf` does, cut at the slots of *values*, with these set for them in the same fonts.

    The file then holds objects that nothing names. No slots where the layout was stopped.
    """
    fonts.isolate()
    from handout.paper.engine.cutter import Cutter
    from handout.paper.engine.layout import write
    from handout.paper.engine.regions import regions
    from handout.paper.engine.stacks import stacked
    from handout.paper.engine.values import lay_out_values

    stacks = stacked(values)
    cutters: list[Cutter] = []
    found: tuple[Region, ...] = ()

    def write_cut(layout: Layout) -> WrittenPdf:
        nonlocal stacks, found
        found = slots_among(regions(layout))
        cutters.append(Cutter(len(layout.page_boxes), frozenset(value.slot for value in values)))
        behind, stacks = lay_out_values(layout.setting, html, _files(assets), stacks, promise)
        return write(layout, behind, cutters[0])

    piece = _pdf(html, assets, place, promise, write_cut, arrangement)
    if not cutters:
        return Cut(piece, (), ())
    (cutter,) = cutters
    sets = stacks.apart(cutter.values)
    return Cut(piece, tuple(cutter.slots), sets, cutter.pictures, tuple(cutter.uncut), found)


def set_values(
    html: str,
    assets: Mapping[str, PictureFile],
    setting: Setting,
    promise: PageConstraints,
    values: Sequence[Value],
) -> tuple[Set, ...]:
    """Return *values* in their order, set as `cut` sets them for the piece of *html*, which has *setting*.

    Their letters are in the fonts of that piece where it was cut with the same letters among its values.
    """
    fonts.isolate()
    from handout.paper.engine.cutter import Cutter
    from handout.paper.engine.layout import take_values
    from handout.paper.engine.stacks import stacked
    from handout.paper.engine.values import lay_out_values

    behind, stacks = lay_out_values(setting, html, _files(assets), stacked(values), promise)
    cutter = Cutter(0, frozenset(value.slot for value in values))
    take_values(behind, cutter)
    return stacks.apart(cutter.values)


def _pdf(
    html: str,
    assets: Mapping[str, PictureFile],
    place: Place,
    promise: PageConstraints,
    write: Callable[[Layout], WrittenPdf],
    arrangement: Arrangement | None = None,
) -> Rendered:
    from handout.paper.engine.layout import parse

    try:
        return _rendered(parse(html, _files(assets), place), promise, write, arrangement)
    except NoPageFilled:
        return _stuck(place)
    except TooManyPages:
        return _stopped(place, promise)


def _files(assets: Mapping[str, PictureFile]) -> Mapping[str, tuple[str, bytes]]:
    return {path: (picture.type.value, picture.data) for path, picture in assets.items()}


def _rendered(
    source: Source,
    promise: PageConstraints,
    write: Callable[[Layout], WrittenPdf],
    arrangement: Arrangement | None,
) -> Rendered:
    from handout.paper.engine import balance, checks, fit, keys, overflow, white_space

    best = balance.arranged(source, arrangement, promise) if arrangement else None
    best = best or balance.balanced(fit.fitted(source, promise), source, promise)
    layout = best.layout
    printed = write(layout)
    found = [*best.faults]
    if best.fits:
        found += white_space.too_much_air(layout, promise)
        found += white_space.uneven_gaps(layout)
        found += white_space.column_holes(layout, promise)
        found += keys.broken_keys(layout)
    else:
        found += overflow.too_long(layout, promise)
    found += [finding for check in checks.SHEET_CHECKS for finding in check(layout)]
    found += [finding for check in checks.FONT_CHECKS for finding in check(layout, printed)]
    return Rendered(
        printed.pdf,
        len(layout.page_boxes),
        in_order(found),
        balance.arrangement_of(layout),
        checks.title(layout.root),
        checks.language(layout.root),
        source.layouts,
    )


def _stuck(place: Place) -> Rendered:
    finding = Finding(
        place,
        say("even with the least air something stands together that is higher than a page"),
        say("shorten its longest procedure, box or table; or choose a format with more room"),
        rule=Rule.TOO_LONG,
    )
    return Rendered(b"", 0, (finding,))


def _stopped(place: Place, promise: PageConstraints) -> Rendered:
    limit = promise.page_limit
    finding = Finding(
        place,
        say(
            "the text makes more than {limit} pages; this format has {pages}",
            limit=limit,
            pages=promise.pages,
        ),
        say("shorten the text, or look for a style that breaks the page again and again"),
        rule=Rule.PAGE_COUNT,
    )
    return Rendered(b"", limit, (finding,))
