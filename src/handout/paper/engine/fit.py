"""Fit a text to its pages by rule: the roomiest setting with which nothing is lost and no page is over.

The order of trying, and why the page count alone does not tell: print-quality of paged engines is a promise
about words, so a setting fits only where pages, overflow and lost text all agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from handout.model.document import Density, Setting
from handout.model.findings import Finding
from handout.paper.engine import breaks, checks, forecast, messages
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout, Source, lay_out
from handout.paper.engine.sides import is_spread, sides_of

MOST_TRIES = 4
"""For the scale: what is left of the steps is halved where a guess would leave more than that can find."""
MOST_GUESSES = 3
"""By the forecast: what has not led there by then does not know this sheet."""
MOST_LAYOUTS = 3 + MOST_TRIES
"""A sheet that does not fit after this many tries is a matter for its editor: one for each of three
densities, and those for the scale.
"""
LEAST_LEFT = 0.08
"""Of the pages, for more air to be tried on a sheet that spreads what is left anyway: its leading alone, 6 mm
where it was 5.5 mm, takes 9 % more.
"""
NOTHING_LEFT = 0.07
"""Of the pages of a compact sheet, for the normal setting not to be tried: its leading takes 5 % more.

Its gaps take some too. Of seven sheets of a handbook that leave 4 to 10 %, only the one with 10 % fits.
"""


@dataclass(frozen=True)
class Attempt:
    """A layout at one setting, and why it does not fit."""

    layout: Layout
    faults: tuple[Finding, ...]

    @property
    def fits(self) -> bool:
        return not self.faults

    @property
    def is_full(self) -> bool:
        """Tell whether it fits with little to spare, which is spread over the sheet in the end."""
        return self.leaves_less_than(LEAST_LEFT)

    def leaves_less_than(self, part: float) -> bool:
        """Tell whether it fits with less than *part* of its pages to spare; False where nothing is spread."""
        if not self.fits or not is_spread(self.layout.root):
            return False
        sides = sides_of(self.layout)
        height_mm = sum(side.height_mm for side in sides)
        return sum(side.used_mm for side in sides) > height_mm * (1 - part)


FIT_CHECKS: tuple[Callable[[Layout], Iterator[Finding]], ...] = (
    checks.missing_texts,
    checks.sticking_out,
    breaks.bad_breaks,
)
"""What another setting can mend."""


def fitted(source: Source, promise: PageConstraints) -> Attempt:
    """Return *source* at the setting that fits *promise* best, in at most MOST_LAYOUTS layouts.

    Where nothing fits, it is the tightest setting that was tried, with the faults that are left. Raises
    messages.TooManyPages where a text goes on without end, messages.NoPageFilled where the engine gets stuck.
    """
    return search(
        lambda setting: attempted(source, setting, promise, is_last=setting.density is Density.COMPACT),
        promise,
        begins=_likeliest(source.places.root, promise),
    )


MOST_BLACK = 0.27
"""Elements on a cm², with twenty letters for one, up to which a page will have room to spare: so it is in a
handbook, where the leaflets that end in the roomy setting have up to 0.27, and the others more.
"""
MUCH_BLACK = 0.31
"""So many, and of 17 sheets of that handbook one fits in the normal setting."""
LETTERS_AN_ELEMENT = 20


def _likeliest(root: Element, promise: PageConstraints) -> Density:
    """Guess the density that *root* fits in. A wrong guess costs a layout and changes nothing."""
    body = root.find("body")
    if body is None or not is_spread(root):
        return Density.ROOMY  # a poster or card has few words
    letters = sum(len(" ".join(text.split())) for text in body.itertext())
    elements = sum(1 for _ in body.iter())
    black = (elements + letters / LETTERS_AN_ELEMENT) / (promise.pages * promise.page_cm2)
    if black < MOST_BLACK:
        return Density.ROOMY
    return Density.NORMAL if black < MUCH_BLACK else Density.COMPACT


def attempted(source: Source, setting: Setting, promise: PageConstraints, *, is_last: bool = True) -> Attempt:
    """Return *source* at *setting*, held against *promise*.

    Where it is not *is_last*, a tighter one comes after it, and nobody asks what stands on pages that are too
    many: messages.TooManyPages is raised when the first of them begins.
    """
    layout = lay_out(source, setting, promise.page_limit if is_last else promise.pages)
    faults = [finding for check in FIT_CHECKS for finding in check(layout)]
    faults += checks.page_count(layout, promise)
    return Attempt(layout, tuple(faults))


def search(
    attempt: Callable[[Setting], Attempt],
    promise: PageConstraints,
    *,
    begins: Density = Density.NORMAL,
    pages_at: Callable[[float, Sequence[Layout]], int] = forecast.pages_at,
) -> Attempt:
    """Return the first attempt that fits: normal or, with room to spare, roomy; compact; then smaller.

    What fits at one setting fits at a tighter one. So a text with room to spare in the roomy setting need not
    be tried in the normal one, nor in it one that takes all pages of the compact setting, where *begins* says
    to try that first. *pages_at* guesses how many pages a text takes at a scale, of its layouts at others.
    """
    at = _Densities(attempt).at
    roomy = at(Density.ROOMY) if begins is Density.ROOMY else None
    if roomy and roomy.fits and not roomy.is_full and not _has_page_to_spare(roomy, promise):
        return roomy
    normal = None if begins is Density.COMPACT and _takes_all(at, promise) else at(Density.NORMAL)
    if normal and (normal.fits or len(normal.layout.page_boxes) < promise.pages):
        roomy = None if normal.is_full else at(Density.ROOMY)
        return _roomier(normal, roomy)
    compact = at(Density.COMPACT)
    if promise.least_scale >= 1:
        return compact or attempt(Setting(Density.COMPACT))  # which says why it has no pages
    return compact if compact and compact.fits else _largest(attempt, promise, compact, pages_at)


LITTLE = 0.3
"""Of its last page, up to which a text in the roomy setting may do without it in a tighter one."""


def _has_page_to_spare(roomy: Attempt, promise: PageConstraints) -> bool:
    """Tell whether *roomy* takes a page more than a tighter setting may, of a format that would allow it."""
    pages = len(roomy.layout.page_boxes)
    if not promise.holds(pages - 1) or not is_spread(roomy.layout.root):
        return False
    sides = sides_of(roomy.layout)
    return sum(side.used_mm / side.height_mm for side in sides) < pages - 1 + LITTLE


def _roomier(normal: Attempt, roomy: Attempt | None) -> Attempt:
    """Return *roomy* where it fits, and not on more pages than *normal*."""
    if roomy is None or not roomy.fits:
        return normal
    is_longer = normal.fits and len(roomy.layout.page_boxes) > len(normal.layout.page_boxes)
    return normal if is_longer else roomy


@dataclass(frozen=True)
class _Densities:
    """The attempts at full size, each made when it is first asked for."""

    attempt: Callable[[Setting], Attempt]
    tried: dict[Density, Attempt | None] = field(default_factory=dict)

    def at(self, density: Density) -> Attempt | None:
        """Return the attempt at *density*; None where it made too many pages, or the engine got stuck."""
        if density not in self.tried:
            self.tried[density] = self._tried(density)
        return self.tried[density]

    def _tried(self, density: Density) -> Attempt | None:
        try:
            return _verified(self.attempt, Setting(density))
        except messages.TooManyPages:
            if density is Density.COMPACT:  # these have no end
                raise
            return None


def _takes_all(at: Callable[[Density], Attempt | None], promise: PageConstraints) -> bool:
    """Tell whether the compact setting has too many pages or no room to spare; a roomier one will not fit."""
    compact = at(Density.COMPACT)
    if compact is None:
        return False
    return len(compact.layout.page_boxes) > promise.pages or compact.leaves_less_than(NOTHING_LEFT)


def _verified(attempt: Callable[[Setting], Attempt], setting: Setting) -> Attempt | None:
    """Return the attempt at *setting*; None where the engine got stuck, as it may not in a tighter one."""
    try:
        return attempt(setting)
    except messages.NoPageFilled:
        return None


STEPS = 4
"""Scales between the compact setting and the smallest one: each a third of a point, which nobody sees."""


def _largest(
    attempt: Callable[[Setting], Attempt],
    promise: PageConstraints,
    compact: Attempt | None,
    pages_at: Callable[[float, Sequence[Layout]], int],
) -> Attempt:
    """Return the compact attempt at the largest scale that fits, of STEPS; at the least one where none does.

    The scale is tried at which *compact*, which does not fit, and what was tried since seem to fit just so:
    until one fits and the next larger one does not, which is found in MOST_TRIES attempts.
    """
    least = promise.least_scale
    scales = [round(least + (1 - least) * step / STEPS, 4) for step in range(STEPS)]
    layouts = [compact.layout] if compact else []
    found: dict[int, Attempt] = {}
    low, high, left = 0, STEPS, MOST_TRIES  # those below `low` fit, those from `high` on do not
    while low < high:
        left -= 1
        guesses = range(1, MOST_GUESSES + 1)
        pages = [pages_at(scale, layouts) for scale in scales] if len(layouts) in guesses else []
        step = _likeliest_step(pages, promise.pages, low, high)
        step = min(max(step, high - 2**left), low + 2**left - 1)  # what remains can be halved in time
        setting = Setting(Density.COMPACT, scales[step])
        # Nobody else tells what is wrong where the least one makes no pages.
        one = attempt(setting) if step == 0 else _verified(attempt, setting)
        if one:
            found[step] = one
            layouts.append(one.layout)
        low, high = (step + 1, high) if one and one.fits else (low, step)
    return found[max(low - 1, 0)]


def _likeliest_step(pages: Sequence[int], promised: int, low: int, high: int) -> int:
    """Return the largest step, *low* or above and below *high*, for which *promised* pages are foretold.

    The one in the middle where nothing is foretold; *low* where none is.
    """
    if not pages:
        return (low + high) // 2
    return max((step for step in range(low, high) if pages[step] <= promised), default=low)
