"""What can be told of the ink of a paper in figures. Apart: a build that renders nothing reads them back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InkFigures:
    """What can be told of the ink of a paper in figures."""

    ink_coverage: tuple[float, ...]
    """The part of each page that is ink, 0 to 1."""
    smallest_type_pt: float
    """Outside drawings."""
    least_contrast: float
