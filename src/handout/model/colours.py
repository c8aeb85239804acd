"""Colours as the eye tells them apart."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

Colour: TypeAlias = tuple[float, float, float]
"""Red, green and blue of sRGB, each from 0 to 1."""

WHITE: Colour = (1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0)
LEAST_CONTRAST, LEAST_CONTRAST_LARGE = 7.0, 4.5
"""Of letters with their ground; of large type, from 18 pt or 14 pt bold (WCAG 2.2, 1.4.6)."""


def of_hex(code: str) -> Colour:
    """Return the colour that *code* writes: `#123e8c`."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def tint(code: str, share: float) -> str:
    """Return white with a *share*, 0 to 1, of the colour that *code* writes: `tint("#123e8c", 0.2)`."""
    parts = (round(255 * (1 - share + share * part)) for part in of_hex(code))
    return "#" + "".join(f"{part:02x}" for part in parts)


@lru_cache(maxsize=256)
def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
