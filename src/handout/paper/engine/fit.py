"""Fit a text to its pages by rule: the roomiest setting with which nothing is lost and no page is over.

The order of trying, and why the page count alone does not tell: print-quality of paged engines is a promise
about words, so a setting fits only where pages, overflow and lost text all agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from handout.model.document import Density, Setting
from handout.model.findings import Finding
from handout.paper.engine import breaks, checks, messages
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout, Source, lay_out
from handout.paper.engine.sides import is_spread, sides_of

MOST_LAYOUTS = 7
"""A sheet that does not fit after this many tries is a matter for its editor: one for each of three
densities, and four for the scale.
"""
LEAST_LEFT = 0.06
"""Of the pages, for more air to be tried on a sheet that spreads what is left anyway: leading takes more."""


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
        if not self.fits or not is_spread(self.layout.root):
            return False
        sides = sides_of(self.layout)
        height_mm = sum(side.height_mm for side in sides)
        return sum(side.used_mm for side in sides) > height_mm * (1 - LEAST_LEFT)


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
        lambda setting: attempted(source, setting, promise),
        promise,
        begins_roomy=_may_be_roomy(source.places.root, promise),
    )


MOST_BLACK = 0.27
"""Elements on a cm², with twenty letters for one, up to which a page will have room to spare: so it is in a
handbook, where the leaflets that end in the roomy setting have up to 0.27, and the others more.
"""
LETTERS_AN_ELEMENT = 20


def _may_be_roomy(root: Element, promise: PageConstraints) -> bool:
    """Guess whether *root* fits in the roomy setting. A wrong guess costs a layout and changes nothing."""
    body = root.find("body")
    if body is None or not is_spread(root):
        return True  # a poster or card has few words
    letters = sum(len(" ".join(text.split())) for text in body.itertext())
    elements = sum(1 for _ in body.iter())
    return elements + letters / LETTERS_AN_ELEMENT < MOST_BLACK * promise.pages * promise.page_cm2


def attempted(source: Source, setting: Setting, promise: PageConstraints) -> Attempt:
    """Return *source* at *setting*, held against *promise*."""
    layout = lay_out(source, setting, promise.page_limit)
    faults = [finding for check in FIT_CHECKS for finding in check(layout)]
    faults += checks.page_count(layout, promise.pages)
    return Attempt(layout, tuple(faults))


def search(
    attempt: Callable[[Setting], Attempt], promise: PageConstraints, *, begins_roomy: bool = False
) -> Attempt:
    """Return the first attempt that fits: normal or, with room to spare, roomy; compact; then smaller.

    What fits at one setting fits at a tighter one. So a text with room to spare in the roomy setting, which
    *begins_roomy* has tried first, need not be tried in the normal one.
    """
    roomy = _verified(attempt, Setting(Density.ROOMY)) if begins_roomy else None
    if roomy and roomy.fits and not roomy.is_full:
        return roomy
    normal = _verified(attempt, Setting(Density.NORMAL))
    if normal and normal.is_full:
        return normal
    if normal and (normal.fits or len(normal.layout.page_boxes) < promise.pages):
        if not begins_roomy:
            roomy = _verified(attempt, Setting(Density.ROOMY))
        return roomy if roomy and roomy.fits else normal
    return _compact(attempt, promise)


def _compact(attempt: Callable[[Setting], Attempt], promise: PageConstraints) -> Attempt:
    """Return the attempt in the compact setting, or at the scale at which it fits."""
    if promise.least_scale >= 1:
        return attempt(Setting(Density.COMPACT))
    compact = _verified(attempt, Setting(Density.COMPACT))
    return compact if compact and compact.fits else _largest(attempt, promise.least_scale)


def _verified(attempt: Callable[[Setting], Attempt], setting: Setting) -> Attempt | None:
    """Return the attempt at *setting*; None where the engine got stuck, as it may not in a tighter one."""
    try:
        return attempt(setting)
    except messages.NoPageFilled:
        return None


STEPS = 8
"""Scales between the compact setting and the smallest one: three halvings of what is between them."""


def _largest(attempt: Callable[[Setting], Attempt], least_scale: float) -> Attempt:
    """Return the compact attempt at the largest scale that fits, of STEPS; at the least one where none does.

    The largest is tried first: most texts that do not fit by their air alone are a line or two too long. The
    others are halved then, four attempts in all.
    """
    scales = [round(least_scale + (1 - least_scale) * step / STEPS, 4) for step in range(STEPS)]
    best: Attempt | None = None
    low, middle, high = 0, STEPS - 1, STEPS
    while low < high:
        setting = Setting(Density.COMPACT, scales[middle])
        # Nobody else tells what is wrong where the least one makes no pages.
        found = attempt(setting) if middle == 0 else _verified(attempt, setting)
        if found and (found.fits or middle == 0):
            best = found
        low, high = (middle + 1, high) if found and found.fits else (low, middle)
        middle = (low + high) // 2
    assert best is not None  # where none fits the last one was the least
    return best
