"""What a photo or scan says of a sheet: its codes, at what scale it was printed, whether its foot is there.

What cannot be known is not guessed: a photo has no millimetres of its own, so that the scale is told by the
edges of the paper, or by the dots an inch of a scan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import cv2
import numpy as np
import zxingcpp

from handout.model.units import MM_PER_INCH
from handout.proof.photo.edges import PaperEdge, PaperEdges, edges
from handout.proof.photo.known import Features, Grey, KnownSide, SideArea, features
from handout.proof.photo.placed import Placed, SeenCode, exactly, roughly

LONGEST_PX = 1600
"""Of the photo in which spots are looked for; all else looks at the photo itself."""
MOST_SPOTS = 6000
_QR_CODE = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


class FootState(StrEnum):
    """What became of the foot of a sheet."""

    WHOLE = "whole"
    CUT = "cut"
    """The paper ends above it."""
    MISSING = "missing"
    """The paper is empty there."""
    NOT_IN_PICTURE = "not-in-picture"
    UNCLEAR = "unclear"
    NONE = "none"
    """The side has no such line at its foot."""


class ScaleSource(StrEnum):
    """What a scale was measured by."""

    EDGES = "edges"
    """Of the paper, on the photo."""
    DPI = "dpi"
    """The dots an inch, which stand in the file of a scan."""


class NoScale(StrEnum):
    """Why no scale can be told."""

    NO_EDGES = "no-edges"
    """The edges of the paper are not to be seen, and the file says nothing that can be trusted."""
    NOT_ALIKE = "not-alike"
    """What is printed does not lie as on the sheet of today: it is set otherwise, or does not lie flat."""
    EDGES_DISAGREE = "edges-disagree"
    """The width of the paper says something else than its height."""


@dataclass(frozen=True)
class Scale:
    """How large a sheet was printed: 1 as it should be."""

    ratio: float
    source: ScaleSource
    paper: tuple[float, float] | None = None
    """Width and height in millimetres of the paper, where it is of another size than the sheet."""


@dataclass(frozen=True)
class Foot:
    """The foot of a sheet on a photo."""

    state: FootState
    texts: tuple[str, ...] = ()
    """What is not there, where it is cut off or missing."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo or scan, with what was found on it."""

    grey: Grey = field(repr=False)
    dpi: float | None
    """What its file says; None: nothing."""
    codes: tuple[SeenCode, ...]
    spots: Features = field(repr=False)


@dataclass(frozen=True, eq=False)
class SeenSide:
    """What a photo shows of the side that lies on it."""

    placed: Placed
    scale: Scale | NoScale
    foot: Foot


def photo_of(grey: Grey, dpi: float | None) -> Photo:
    """Return the photo *grey* with the codes and the spots on it."""
    return Photo(grey, dpi, codes_on(grey), features(grey, 1.0, LONGEST_PX, MOST_SPOTS))


def roughly_placed(photo: Photo, sides: Iterable[KnownSide]) -> Iterator[Placed]:
    """Yield each of *sides* that may lie on *photo*."""
    return (one for side in sides if (one := roughly(side, photo.grey, photo.spots)))


LEAST_OF_BEST = 0.3
"""With fewer spots in common than this part of the best, a side is that of another sheet."""
MOST_TRIED = 4


def placements(photo: Photo, rough: Iterable[Placed]) -> Iterator[Placed]:
    """Yield those of *rough* that lie on *photo*, that with the most spots in common first."""
    likely = sorted(rough, key=lambda one: -one.pairs)
    least = LEAST_OF_BEST * likely[0].pairs if likely else 0
    likely = [one for one in likely if one.pairs >= least][:MOST_TRIED]
    return (one for each in likely if (one := exactly(each, photo.grey, photo.codes)))


LEAST_AGREEMENT = 0.65
"""Of the sheet itself some five sixths of what is printed lies where it should, on a bad photo too."""
LEAST_OF_EARLIER = 0.25
"""Of an earlier sheet, on which what follows a change stands a line higher or lower."""


def seen_side(photo: Photo, placed: Placed, *, is_earlier: bool) -> SeenSide:
    """Return what *photo* shows of the side that is *placed* on it.

    *is_earlier*: it said something else when it was printed. Then its width alone tells its scale, for what
    stands higher or lower does not stand more to the left, and its foot is whole, or not known.
    """
    if is_earlier and placed.agreement >= LEAST_OF_EARLIER:
        seen = replace(edges(placed, photo.grey), upper=None, lower=None)
        foot, _ = _foot(photo.grey, placed, seen)
        unknown = foot.state is FootState.MISSING
        return SeenSide(
            placed,
            _scale(photo, placed, seen, foot, is_earlier),
            Foot(FootState.UNCLEAR) if unknown else foot,
        )
    if placed.agreement < LEAST_AGREEMENT:
        return SeenSide(placed, NoScale.NOT_ALIKE, Foot(FootState.UNCLEAR))
    seen = edges(placed, photo.grey)
    foot, areas = _foot(photo.grey, placed, seen)
    if seen.lower and any(
        one.state is _Presence.THERE and one.area.upper > seen.lower.at_mm for one in areas
    ):
        seen = replace(seen, lower=None)  # what is printed beyond it is there: it is no edge
        foot, areas = _foot(photo.grey, placed, seen)
    return SeenSide(placed, _scale(photo, placed, seen, foot), foot)


# ---- codes --------------------------------------------------------------------------------------


def codes_on(grey: Grey) -> tuple[SeenCode, ...]:
    """Return the QR codes on *grey*, each once at its place."""
    return tuple(_read(grey))


def payloads_where(photo: Photo, placed: Placed, payload_starts: str) -> Iterator[str]:
    """Yield what is read on *photo* where the side has a code that starts so: seen from above, larger."""
    for area in placed.side.codes:
        if not area.text.startswith(payload_starts):
            continue
        side_mm = area.right - area.left
        flat = placed.flattened(photo.grey, _grown(area, side_mm * 0.35), 400 / side_mm)
        read = next(filter(None, map(_read, _clearer(flat))), [])
        yield from (one.payload for one in read)


def _clearer(flat: Grey) -> Iterator[Grey]:
    """Yield *flat*, then what a scanner may read more easily: without specks, without shades, sharper."""
    yield flat
    yield np.asarray(cv2.medianBlur(flat, 7), np.uint8)
    closed = cv2.morphologyEx(flat, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    yield np.asarray(closed, np.uint8)
    for sigma in (4.0, 8.0):
        soft = cv2.GaussianBlur(flat, (0, 0), sigma)
        yield np.asarray(cv2.addWeighted(flat, 3.0, soft, -2.0, 0), np.uint8)
    yield np.asarray(cv2.equalizeHist(flat), np.uint8)


def _read(grey: Grey) -> list[SeenCode]:
    found = []
    for barcode in zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=_QR_CODE):
        at = barcode.position
        points = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        found.append(SeenCode(barcode.text, tuple((float(one.x), float(one.y)) for one in points)))
    return found


# ---- scale --------------------------------------------------------------------------------------

SAME = 0.01
"""How far width and height may differ and still say the same."""
PAPERS_MM = ((210.0, 297.0), (215.9, 279.4), (297.0, 420.0))
"""What printers hold: A4, Letter, A3."""
LEAST_RATIO = 0.5
"""Nobody prints smaller, or so much larger."""
PLAY_MM = 3.0
"""How much a scan may be larger or smaller than the paper."""
BEDS_MM = ((210.0, 297.0), (215.9, 279.4), (215.9, 297.0), (215.9, 355.6), (297.0, 420.0), (148.0, 210.0))
"""What is scanned at its size: A4, Letter, the glass of many scanners, Legal, A3, A5."""
LEAST_DPI = 90
"""A camera says 72 of whatever it takes."""
MOST_SLANT = 0.006
"""How far from square a scan may see a square."""


def _scale(
    photo: Photo, placed: Placed, seen: PaperEdges, foot: Foot, is_earlier: bool = False
) -> Scale | NoScale:
    by_dpi = _by_dpi(photo, placed, is_earlier)
    if by_dpi is not None:
        return by_dpi
    side = placed.side
    across = side.width_mm / seen.width_mm if seen.width_mm else None
    down = side.height_mm / seen.height_mm if seen.height_mm else None
    if across is None or down is None:
        return _by_one(across, down, foot)
    return _by_both(across, down, side, foot)


def _by_both(across: float, down: float, side: KnownSide, foot: Foot) -> Scale | NoScale:
    """Return the scale where paper as large as *side* says *across* and *down*."""
    if abs(across - down) <= SAME:
        return Scale((across + down) / 2, ScaleSource.EDGES)
    is_cut = foot.state is FootState.CUT and down > across
    for paper in PAPERS_MM:
        width, height = paper if side.height_mm > side.width_mm else paper[::-1]
        u, v = width / side.width_mm * across, height / side.height_mm * down
        # A4 without its lowest 25 mm has the shape of Letter.
        is_likely = abs(u - 1) <= SAME if is_cut else LEAST_RATIO < u < 1 / LEAST_RATIO
        if abs(u - v) <= SAME and is_likely:
            return Scale((u + v) / 2, ScaleSource.EDGES, (width, height))
    return Scale(across, ScaleSource.EDGES) if is_cut else NoScale.EDGES_DISAGREE


def _by_one(across: float | None, down: float | None, foot: Foot) -> Scale | NoScale:
    """Return the scale by two edges alone. The height says nothing where the foot is cut off."""
    if across is not None:
        return Scale(across, ScaleSource.EDGES)
    if down is None or foot.state is FootState.CUT:
        return NoScale.NO_EDGES
    return Scale(down, ScaleSource.EDGES)


def _by_dpi(photo: Photo, placed: Placed, is_earlier: bool) -> Scale | None:
    """Return the scale of a scan: its file says how many dots an inch has, and its size is that of paper."""
    if photo.dpi is None or photo.dpi < LEAST_DPI:
        return None
    size_mm = sorted(pixels / photo.dpi * MM_PER_INCH for pixels in photo.grey.shape)
    if not any(abs(size_mm[0] - u) <= PLAY_MM and abs(size_mm[1] - v) <= PLAY_MM for u, v in BEDS_MM):
        return None
    side = placed.side
    u, v, w, x = placed.mapped(SideArea(0, 0, side.width_mm, side.height_mm).corners)
    across = [float(np.linalg.norm(one)) / side.width_mm for one in (v - u, w - x)]
    down = [float(np.linalg.norm(one)) / side.height_mm for one in (x - u, w - v)]
    lengths = across if is_earlier else (*across, *down)
    if max(lengths) / min(lengths) > 1 + MOST_SLANT:
        return None
    return Scale(sum(lengths) / len(lengths) / photo.dpi * MM_PER_INCH, ScaleSource.DPI)


# ---- foot ---------------------------------------------------------------------------------------

SEARCH_MM = 1.5
CLEAR_LIKENESS = 0.45
NO_LIKENESS = 0.3
NO_INK = 0.25
"""Of what is printed elsewhere on the side, so little is none."""
EDGE_PLAY_MM = 0.3


class _Presence(StrEnum):
    THERE = "there"
    GONE = "gone"
    CUT = "cut"
    OUTSIDE = "outside"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class _FootText:
    """A text of the foot on the photo."""

    area: SideArea
    state: _Presence


def _foot(photo: Grey, placed: Placed, seen: PaperEdges) -> tuple[Foot, tuple[_FootText, ...]]:
    """Return what became of the foot, and of each of its texts."""
    if not placed.side.foot:
        return Foot(FootState.NONE), ()
    usual = _usual_ink(photo, placed)
    texts = tuple(_FootText(area, _presence(area, photo, placed, seen, usual)) for area in placed.side.foot)
    return _together(texts), texts


def _together(texts: Sequence[_FootText]) -> Foot:
    """Return what the states of all *texts* of a foot come to."""
    there = [one.area for one in texts if one.state is _Presence.THERE]
    lowest = max((area.lower for area in there), default=0.0)
    # A knife, and a printer that cannot reach the edge, take all that is as low.
    lost = [one for one in texts if one.area.lower > lowest]
    for state, of_foot in ((_Presence.CUT, FootState.CUT), (_Presence.GONE, FootState.MISSING)):
        if gone := tuple(one.area.text for one in lost if one.state is state):
            return Foot(of_foot, gone)
    if any(one.state is _Presence.OUTSIDE for one in texts):
        return Foot(FootState.NOT_IN_PICTURE)
    return Foot(FootState.WHOLE if len(there) * 2 > len(texts) else FootState.UNCLEAR)


def _is_below(area: SideArea, edge: PaperEdge) -> bool:
    return area.lower > edge.at_mm + EDGE_PLAY_MM


def _presence(area: SideArea, photo: Grey, placed: Placed, seen: PaperEdges, usual: float) -> _Presence:
    corners = placed.mapped(_grown(area, SEARCH_MM / 2).corners)
    height, width = photo.shape
    if np.any(corners < 0) or np.any(corners[:, 0] >= width) or np.any(corners[:, 1] >= height):
        return _Presence.OUTSIDE
    likeness, ink = _likeness(area, photo, placed)
    if likeness >= CLEAR_LIKENESS:
        return _Presence.THERE
    if seen.lower and _is_below(area, seen.lower):
        return _Presence.CUT
    is_empty = likeness < NO_LIKENESS and ink < NO_INK * usual
    return _Presence.GONE if is_empty else _Presence.UNCLEAR


def _likeness(area: SideArea, photo: Grey, placed: Placed) -> tuple[float, float]:
    """Return how like *area* of the photo is to what should stand there, and how much of its ink is there."""
    side, scale = placed.side, placed.side.px_per_mm
    left, upper = (max(round(mm * scale), 0) for mm in (area.left, area.upper))
    right, lower = (round(mm * scale) for mm in (area.right, area.lower))
    known = side.grey[upper:lower, left:right]
    reach = round(SEARCH_MM * scale)
    around = SideArea(
        (left - reach) / scale, (upper - reach) / scale, (right + reach) / scale, (lower + reach) / scale
    )
    flat = placed.flattened(photo, around, scale)
    if known.size == 0 or known.std() == 0 or flat.shape[0] <= known.shape[0]:
        return 0.0, 0.0
    likeness = cv2.matchTemplate(flat, known, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(likeness)
    part = flat[y : y + known.shape[0], x : x + known.shape[1]]
    return float(best), _ink(part, known)


def _ink(part: Grey, known: Grey) -> float:
    """Return how much darker *part* is where *known* is black than where it is white, as part of that."""
    dark = 255.0 - known.astype(np.float64)
    dark -= dark.mean()
    spread = float((dark**2).sum())
    light = part.astype(np.float64)
    return float(-(dark * (light - light.mean())).sum()) / spread if spread else 0.0


def _usual_ink(photo: Grey, placed: Placed) -> float:
    """Return the ink of the whole side, as `_ink` counts it."""
    side = placed.side
    flat = placed.flattened(photo, SideArea(0, 0, side.width_mm, side.height_mm), side.px_per_mm)
    height, width = (min(pair) for pair in zip(flat.shape, side.grey.shape, strict=True))
    return _ink(flat[:height, :width], side.grey[:height, :width])


def _grown(area: SideArea, by_mm: float) -> SideArea:
    return replace(
        area,
        left=area.left - by_mm,
        upper=area.upper - by_mm,
        right=area.right + by_mm,
        lower=area.lower + by_mm,
    )
