"""The edges of the paper on a photo, in millimetres of the side that is printed on it.

The printed side is flattened first, with what lies around it. An edge of the paper is then a straight line,
nearly upright or level, on which grey changes all the way; lines that are printed are known, and left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from handout.proof.photo.known import Grey, KnownSide, SideArea
from handout.proof.photo.placed import Placed

PX_PER_MM = 3.0
BEYOND = 0.35
"""How far around the side is looked, as a part of it: on paper that is printed at 74 % the edge is there."""
FOOT = 0.25
"""An edge that was cut may cross this part of the side, at its foot."""
MOST_SKEW_DEGREES = 3.0
SKEW_STEP_DEGREES = 0.15
LEAST_CHANGE = 5.0
"""Of grey, in a millimetre across an edge."""
LEAST_SUPPORT = 0.6
"""Along so much of it an edge must show."""
NEAR_BEST = 0.85
LEAST_LOOKED_AT = 0.25
"""So much of the length of an edge must be on the photo, with nothing printed on it."""
INK_MM = 1.2
"""So near to what is printed nothing counts."""
DARK = 200

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PaperEdge:
    """A straight edge, through a point and across: x = at + slope · (y − middle), or the same of y."""

    at_mm: float
    """Where it crosses the middle of the side."""
    slope: float
    support: float
    """Part of it along which grey changes."""


@dataclass(frozen=True)
class PaperEdges:
    """The edges of the paper; None: not to be seen, or not on the photo."""

    left: PaperEdge | None
    upper: PaperEdge | None
    right: PaperEdge | None
    lower: PaperEdge | None

    @property
    def width_mm(self) -> float | None:
        """From left to right, in millimetres of the printed side."""
        return _between(self.left, self.right)

    @property
    def height_mm(self) -> float | None:
        return _between(self.upper, self.lower)


def _between(one: PaperEdge | None, other: PaperEdge | None) -> float | None:
    """Return how far two edges are apart; None where one is unknown, or they are not parallel."""
    if one is None or other is None:
        return None
    if abs(one.slope - other.slope) > MOST_WEDGE:
        return None
    return (other.at_mm - one.at_mm) * math.cos(math.atan((one.slope + other.slope) / 2))


MOST_WEDGE = 0.02
"""Paper that was cut by hand is not quite square."""


def edges(placed: Placed, photo: Grey) -> PaperEdges:
    """Return the edges of the paper that *placed* is printed on."""
    side = placed.side
    across, down = side.width_mm * BEYOND, side.height_mm * BEYOND
    area = SideArea(-across, -down, side.width_mm + across, side.height_mm + down)
    flat = placed.flattened(photo, area, PX_PER_MM)
    inked, ink = _ink(side, area, flat.shape)
    counts = placed.flattened(np.full_like(photo, 255), area, PX_PER_MM, outside=0)
    counts = np.asarray(cv2.erode(counts, np.ones((5, 5), np.uint8)), np.uint8)
    seen = (counts > 250) & ~inked
    foot = min(ink.lower, side.height_mm * (1 - FOOT))
    rows = slice(_px(-area.upper), _px(side.height_mm - area.upper))
    columns = slice(_px(-area.left), _px(side.width_mm - area.left))
    from_left, from_right = _px(ink.left - area.left), _px(ink.right - area.left)
    from_upper, from_lower = _px(ink.upper - area.upper), _px(foot - area.upper)
    # Each strip begins at what is printed and runs outwards, along its columns.
    left = _edge(flat[rows, :from_left][:, ::-1], seen[rows, :from_left][:, ::-1])
    right = _edge(flat[rows, from_right:], seen[rows, from_right:])
    upper = _edge(flat[:from_upper, columns][::-1].T, seen[:from_upper, columns][::-1].T)
    lower = _edge(flat[from_lower:, columns].T, seen[from_lower:, columns].T)
    return PaperEdges(
        left=_turned(left, from_left / PX_PER_MM + area.left, -1),
        upper=_turned(upper, from_upper / PX_PER_MM + area.upper, -1),
        right=_turned(right, from_right / PX_PER_MM + area.left, 1),
        lower=_turned(lower, from_lower / PX_PER_MM + area.upper, 1),
    )


def _px(length_mm: float) -> int:
    return max(round(length_mm * PX_PER_MM), 0)


def _turned(found: PaperEdge | None, from_mm: float, direction: int) -> PaperEdge | None:
    """Return *found* in a strip that begins at *from_mm* of the side and runs in *direction*, on the side."""
    if found is None:
        return None
    return PaperEdge(from_mm + direction * found.at_mm, direction * found.slope, found.support)


def _ink(side: KnownSide, area: SideArea, shape: tuple[int, ...]) -> tuple[npt.NDArray[np.bool_], SideArea]:
    """Return where in *area* something is printed, or nearly so, and the rectangle around all that is."""
    size = _px(side.width_mm), _px(side.height_mm)
    page = np.asarray(cv2.resize(side.grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    dark = (page < DARK).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(dark)
    around = 2 * _px(INK_MM) + 1
    dark = np.asarray(cv2.dilate(dark, np.ones((around, around), np.uint8)), np.uint8)
    whole = np.zeros(shape, np.bool_)
    at_x, at_y = _px(-area.left), _px(-area.upper)
    whole[at_y : at_y + size[1], at_x : at_x + size[0]] = dark > 0
    box = (x / PX_PER_MM, y / PX_PER_MM, (x + width) / PX_PER_MM, (y + height) / PX_PER_MM)
    return whole, SideArea(*box)


def _edge(strip: Grey, seen: npt.NDArray[np.bool_]) -> PaperEdge | None:
    """Return the edge of the paper that crosses the rows of *strip*, which begins on the paper; or None.

    The innermost line that is as good as the best one: paper is even up to its edge, a table may be striped.
    """
    strip, seen = np.ascontiguousarray(strip), np.ascontiguousarray(seen)
    if strip.shape[1] < 8 or strip.shape[0] < 8:
        return None
    change = _change(strip)
    change[~seen] = 0
    usual = float(np.median(change[seen])) if seen.any() else 0.0
    strong = (change > max(LEAST_CHANGE, 3 * usual)).astype(np.float32)
    strong = np.asarray(cv2.dilate(strong, np.ones((1, 3), np.uint8)), np.float32) * seen
    found = [(support, slope) for slope, support in _supports(strong, seen)]
    best = max((float(support.max()) for support, _ in found), default=0.0)
    if best < LEAST_SUPPORT:
        return None
    least = max(LEAST_SUPPORT, NEAR_BEST * best)
    at = min(int(np.argmax(support >= least)) for support, _ in found if support.max() >= least)
    near = [
        (float(support[column]), column, slope)
        for support, slope in found
        for column in range(at, min(at + 6, len(support)))
    ]
    support, column, slope = max(near)
    return _fitted(change, seen, column, slope, support)


def _supports(strong: Floats, seen: npt.NDArray[np.bool_]) -> Iterator[tuple[float, npt.NDArray[np.float32]]]:
    """Yield slopes, and for each the part of each line of that slope along which grey changes."""
    height, width = strong.shape
    looked = seen.astype(np.float32)
    steps = round(MOST_SKEW_DEGREES / SKEW_STEP_DEGREES)
    for step in range(-steps, steps + 1):
        slope = math.tan(math.radians(step * SKEW_STEP_DEGREES))
        shear = np.array([[1, slope, -slope * (height - 1) / 2], [0, 1, 0]])
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        on_line = cv2.warpAffine(strong, shear, (width, height), flags=flags).sum(0)
        counted = cv2.warpAffine(looked, shear, (width, height), flags=flags).sum(0)
        support = np.where(counted > LEAST_LOOKED_AT * height, on_line / np.maximum(counted, 1), 0)
        yield slope, np.asarray(support, np.float32)


def _change(strip: Grey) -> Floats:
    """Return how much grey changes across an edge, smoothed along it."""
    smooth = cv2.GaussianBlur(strip.astype(np.float32), (0, 0), sigmaX=0.8, sigmaY=2.0)
    across = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3), np.float32)
    return np.asarray(np.abs(across) * (PX_PER_MM / 8), np.float32)


def _fitted(
    change: Floats, seen: npt.NDArray[np.bool_], column: int, slope: float, support: float
) -> PaperEdge | None:
    """Return the edge near a line, through where grey changes most in each row."""
    height, width = change.shape
    reach = 4
    rows, at = [], []
    for row in range(height):
        middle = round(column + slope * (row - (height - 1) / 2))
        low, high = max(middle - reach, 0), min(middle + reach + 1, width)
        part = change[row, low:high] if low < high else change[row, :0]
        if part.size == 0 or not seen[row, low:high].all() or part.max() < LEAST_CHANGE:
            continue
        weight = part**2
        rows.append(row - (height - 1) / 2)
        at.append(float((weight * np.arange(low, high)).sum() / weight.sum()))
    if len(rows) < 8:
        return None
    y, x = np.array(rows), np.array(at)
    for _ in range(4):
        fit, middle_px = np.polyfit(y, x, 1)
        off = np.abs(x - (fit * y + middle_px))
        keep = off <= max(2 * float(np.median(off)), 0.3)
        if keep.all() or keep.sum() < 8:
            break
        y, x = y[keep], x[keep]
    return PaperEdge((float(middle_px) + 0.5) / PX_PER_MM, float(fit), support)
