"""Lengths on paper. Every conversion of the program stands here."""

from __future__ import annotations

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72
"""PDF user space (ISO 32000-2 §8.3.2.3)."""
PIXELS_PER_INCH = 96
"""CSS reference pixel (CSS Values 4 §6.2); the unit of WeasyPrint's boxes."""


def mm_to_pt(length_mm: float) -> float:
    """Return *length_mm* in PDF points."""
    return length_mm * POINTS_PER_INCH / MM_PER_INCH


def pt_to_mm(length_pt: float) -> float:
    """Return *length_pt* in millimetres."""
    return length_pt * MM_PER_INCH / POINTS_PER_INCH


def px_to_mm(length_px: float) -> float:
    """Return a length in CSS pixels in millimetres."""
    return length_px * MM_PER_INCH / PIXELS_PER_INCH
