"""Fit a text to its pages by rule: the roomiest setting with which nothing is lost and no page is over.

The order of trying, and why the page count alone does not tell: print-quality of paged engines is a promise
about words, so a setting fits only where pages, overflow and lost text all agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handout.model.document import Density, Setting
from handout.model.findings import Finding
from handout.paper.engine import breaks, checks, messages
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.layout import Layout, Source, lay_out
from handout.paper.engine.sides import is_spread, sides_of

MOST_LAYOUTS = 6
"""A sheet that does not fit after this many tries is a matter for its editor."""
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
    return search(lambda setting: attempted(source, setting, promise), promise)


def attempted(source: Source, setting: Setting, promise: PageConstraints) -> Attempt:
    """Return *source* at *setting*, held against *promise*."""
    layout = lay_out(source, setting, promise.page_limit)
    faults = [finding for check in FIT_CHECKS for finding in check(layout)]
    faults += checks.page_count(layout, promise.pages)
    return Attempt(layout, tuple(faults))


def search(attempt: Callable[[Setting], Attempt], promise: PageConstraints) -> Attempt:
    """Return the first attempt that fits: normal or, with room to spare, roomy; compact; then smaller.

    Between the compact setting and the smallest one the scale is found by bisection.
    """
    normal = _verified(attempt, Setting(Density.NORMAL))
    if normal and normal.is_full:
        return normal
    if normal and (normal.fits or len(normal.layout.page_boxes) < promise.pages):
        roomy = _verified(attempt, Setting(Density.ROOMY))
        return roomy if roomy and roomy.fits else normal
    if promise.least_scale >= 1:
        return attempt(Setting(Density.COMPACT))
    compact = _verified(attempt, Setting(Density.COMPACT))
    if compact and compact.fits:
        return compact
    smallest = attempt(Setting(Density.COMPACT, promise.least_scale))
    return _bisected(attempt, smallest, MOST_LAYOUTS - 3) if smallest.fits else smallest


def _verified(attempt: Callable[[Setting], Attempt], setting: Setting) -> Attempt | None:
    """Return the attempt at *setting*; None where the engine got stuck, as it may not in a tighter one."""
    try:
        return attempt(setting)
    except messages.NoPageFilled:
        return None


def _bisected(attempt: Callable[[Setting], Attempt], best: Attempt, layouts: int) -> Attempt:
    """Return the largest scale found to fit, between that of *best* and 1."""
    low, high = best.layout.setting.scale, 1.0
    for _ in range(layouts):
        middle = round((low + high) / 2, 4)
        found = _verified(attempt, Setting(Density.COMPACT, middle))
        if found and found.fits:
            best, low = found, middle
        else:
            high = middle
    return best
