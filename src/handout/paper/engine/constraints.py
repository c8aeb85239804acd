"""What a format promises of its pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageConstraints:
    """What a format promises of its pages."""

    pages: int
    """Exactly so many, or fewer down to `least_pages`."""
    least_scale: float = 1.0
    """How far type and spacing may shrink together; 1: only the spacing, by its densities."""
    most_air: float = 1.0
    """The part of a page that may stay empty in one piece."""
    page_cm2: float = 21.0 * 29.7
    """The area of a page: it only decides which setting is tried first."""

    least_pages: int | None = None
    """What a short text may do with; None: none but all pages are right."""

    def holds(self, pages: int) -> bool:
        """Tell whether a piece may have so many *pages*."""
        return (self.least_pages or self.pages) <= pages <= self.pages

    @property
    def page_limit(self) -> int:
        """Where a layout is stopped: far enough to count the pages of any honest text."""
        return 3 * self.pages + 20
