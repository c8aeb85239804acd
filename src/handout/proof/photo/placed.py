"""Where a known side lies on a photo: the homography from its millimetres to pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from handout.proof.photo.known import Features, Grey, KnownSide, SideArea

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]
"""(n, 2)."""

LEAST_PAIRS = 24
"""Spots that must lie as on the known side: by chance some ten do."""
MOST_DIFFERENT = 0.8
"""The ratio of Lowe (2004): the best likeness of a spot is much better than its second."""
PLAY_PX = 4.0
CODE_PLAY_MM = 2.0
"""How far the corners of a code that was read may lie from where it should be."""
PATCH_MM, STEP_MM, REACH_MM = 14.0, 11.0, 2.0
LEAST_LIKENESS = 0.55
LEAST_PATCHES = 8
OUTSIDE = 255
"""What is beside the photo, in grey."""
MOST_FINER = 1.6
"""How many pixels of a photo may be skipped for one of the flattened side."""
LEAST_CONTRAST = 18.0
"""The standard deviation of a patch that has something printed on it."""


@dataclass(frozen=True)
class SeenCode:
    """A QR code that was read from a photo."""

    payload: str
    corners: tuple[tuple[float, float], ...]
    """In pixels: upper left, upper right, lower right, lower left."""


@dataclass(frozen=True, eq=False)
class Placed:
    """A known side that was found on a photo."""

    side: KnownSide
    to_photo: Matrix = field(repr=False)
    """(3, 3): from millimetres on the side to pixels of the photo."""
    pairs: int
    """How many spots lie as on the known side."""
    agreement: float = 0.0
    """Of what is printed on the known side, and is on the photo: the part that lies where it should."""

    def mapped(self, points: Points) -> Points:
        """Return *points* of the side, in millimetres, in pixels of the photo."""
        return mapped(self.to_photo, points)

    def flattened(self, photo: Grey, area: SideArea, px_per_mm: float, outside: int = 255) -> Grey:
        """Return *area* of the side as *photo* shows it, seen from straight above."""
        width = max(round((area.right - area.left) * px_per_mm), 1)
        height = max(round((area.lower - area.upper) * px_per_mm), 1)
        return _flattened(photo, self.to_photo, area, px_per_mm, (width, height), outside)


def mapped(matrix: Matrix, points: Points) -> Points:
    """Return *points* behind *matrix*, a homography."""
    return np.asarray(
        cv2.perspectiveTransform(np.asarray(points, np.float64).reshape(-1, 1, 2), matrix), np.float64
    ).reshape(-1, 2)


def roughly(side: KnownSide, photo: Grey, spots: Features) -> Placed | None:
    """Return where *side* lies on *photo*, on which *spots* were found; None: it does not.

    By the spots alone: to some tenths of a millimetre.
    """
    here, there = _alike(side.features, spots)
    if len(here) < LEAST_PAIRS:
        return None
    found, pairs = _homography(here, there, PLAY_PX)
    if found is None or pairs < LEAST_PAIRS or not _is_possible(found, side, photo):
        return None
    return Placed(side, found, pairs)


def exactly(rough: Placed, photo: Grey, codes: Sequence[SeenCode]) -> Placed | None:
    """Return the same to a tenth of a millimetre; None where *codes* lie elsewhere than the side has them."""
    matrix, agreement = _refined(rough.side, photo, rough.to_photo)
    finer = replace(rough, to_photo=matrix, agreement=agreement)
    off_mm = _code_off_mm(finer.side, finer.to_photo, codes)
    return None if off_mm is not None and off_mm > CODE_PLAY_MM else finer


def _alike(known: Features, seen: Features) -> tuple[Points, Points]:
    """Return the spots that look the same on both, each with its fellow."""
    if len(known.looks) < 2 or len(seen.looks) < 2:
        return np.zeros((0, 2)), np.zeros((0, 2))
    near = cv2.BFMatcher(cv2.NORM_L2).knnMatch(seen.looks, known.looks, k=2)
    good = [pair[0] for pair in near if pair[0].distance < MOST_DIFFERENT * pair[1].distance]
    here = np.array([known.points[one.trainIdx] for one in good], np.float64).reshape(-1, 2)
    there = np.array([seen.points[one.queryIdx] for one in good], np.float64).reshape(-1, 2)
    return here, there


def _homography(here: Points, there: Points, play_px: float) -> tuple[Matrix | None, int]:
    """Return the matrix from *here* to *there*, and how many of the pairs it explains. The same each time."""
    cv2.setRNGSeed(1)
    found, inliers = cv2.findHomography(
        here, there, cv2.USAC_MAGSAC, play_px, maxIters=10_000, confidence=0.9999
    )
    count = int(np.count_nonzero(inliers))  # it gives None twice where it finds nothing
    return (np.asarray(found, np.float64), count) if count else (None, 0)


def _is_possible(matrix: Matrix, side: KnownSide, photo: Grey) -> bool:
    """Tell whether paper can lie like that: not mirrored, not folded over, neither a speck nor a mile."""
    quad = mapped(matrix, SideArea(0, 0, side.width_mm, side.height_mm).corners)
    edges = np.roll(quad, -1, 0) - quad
    turns = edges[:, 0] * np.roll(edges, -1, 0)[:, 1] - edges[:, 1] * np.roll(edges, -1, 0)[:, 0]
    if not np.all(np.isfinite(quad)) or np.any(turns <= 0):
        return False
    lengths = np.linalg.norm(edges, axis=1)
    least, most = 0.1 * min(photo.shape), 4.0 * max(photo.shape)
    opposite = (
        max(lengths[0], lengths[2]) / min(lengths[0], lengths[2]),
        max(lengths[1], lengths[3]) / min(lengths[1], lengths[3]),
    )
    return bool(lengths.min() > least and lengths.max() < most and max(opposite) < 2.5)


def _code_off_mm(side: KnownSide, matrix: Matrix, codes: Sequence[SeenCode]) -> float | None:
    """Return how far the *codes* lie from where *side* has them; a side may have one of them twice."""
    back = np.linalg.inv(matrix)
    offs = []
    for code in codes:
        at = mapped(np.asarray(back, np.float64), np.array(code.corners))
        places = [one.corners for one in side.codes if one.text == code.payload]
        if places:
            offs.append(min(float(np.linalg.norm(at - place, axis=1).max()) for place in places))
    return min(offs) if offs else None


# ---- to a tenth of a millimetre -----------------------------------------------------------------


def _refined(side: KnownSide, photo: Grey, matrix: Matrix) -> tuple[Matrix, float]:
    """Return *matrix* after what is printed was looked for around where it should be, patch by patch.

    And the part of the patches that lie there.
    """
    agreement = 0.0
    for reach_mm in (REACH_MM, REACH_MM / 2):
        patches = list(_patches(side, photo, matrix, reach_mm))
        found = [one for one in patches if one.moved is not None]
        if len(found) < LEAST_PATCHES:
            return matrix, 0.0
        here = np.array([one.middle for one in found])
        finer, inliers = _homography(here, mapped(matrix, np.array([one.moved for one in found])), 2.0)
        if finer is None or inliers < LEAST_PATCHES:
            return matrix, 0.0
        matrix, agreement = finer, inliers / len(patches)
    return matrix, agreement


@dataclass(frozen=True)
class _Patch:
    """A small square of the side with something printed on it."""

    middle: tuple[float, float]
    moved: tuple[float, float] | None
    """Where the photo has it, in millimetres of the side; None: not near there."""


def _patches(side: KnownSide, photo: Grey, matrix: Matrix, reach_mm: float) -> Iterator[_Patch]:
    """Yield the patches of *side* that are on *photo*."""
    scale = side.px_per_mm
    patch, step, reach = (max(round(mm * scale), 2) for mm in (PATCH_MM, STEP_MM, reach_mm))
    height, width = side.grey.shape
    flat = _flattened(
        photo, matrix, SideArea(0, 0, side.width_mm, side.height_mm), scale, (width, height), OUTSIDE
    )
    # Its own edges have no neighbours to be looked for in.
    padded = np.pad(flat, reach, constant_values=255)
    for y in range(0, height - patch, step):
        for x in range(0, width - patch, step):
            known = side.grey[y : y + patch, x : x + patch]
            middle = ((x + patch / 2) / scale, (y + patch / 2) / scale)
            if known.std() >= LEAST_CONTRAST and _is_on(photo, mapped(matrix, np.array([middle]))[0]):
                around = padded[y : y + patch + 2 * reach, x : x + patch + 2 * reach]
                shift = _shift(known, around)
                moved = (middle[0] + shift[0] / scale, middle[1] + shift[1] / scale) if shift else None
                yield _Patch(middle, moved)


def _is_on(photo: Grey, point: Points) -> bool:
    return bool(0 <= point[0] < photo.shape[1] and 0 <= point[1] < photo.shape[0])


def _shift(known: Grey, around: Grey) -> tuple[float, float] | None:
    """Return how far *known* lies from the middle of *around*, in pixels; None: it is not to be seen."""
    likeness = cv2.matchTemplate(around, known, cv2.TM_CCOEFF_NORMED)
    _, best, _, (dx, dy) = cv2.minMaxLoc(likeness)
    rows, columns = likeness.shape
    if best < LEAST_LIKENESS or not (0 < dx < columns - 1 and 0 < dy < rows - 1):
        return None
    across, down = _peak(likeness[dy, dx - 1 : dx + 2]), _peak(likeness[dy - 1 : dy + 2, dx])
    return dx + across - (columns - 1) / 2, dy + down - (rows - 1) / 2


def _peak(three: npt.NDArray[np.generic]) -> float:
    """Return where between its neighbours a peak is highest: of a parabola through all three."""
    low, middle, high = (float(value) for value in three)
    bend = low - 2 * middle + high
    return 0.0 if abs(bend) < 1e-9 else max(-0.5, min(0.5, (low - high) / (2 * bend)))


def _px_per_mm(matrix: Matrix, area: SideArea) -> float:
    """Return how many pixels of the photo a millimetre in the middle of *area* has."""
    x, y = (area.left + area.right) / 2, (area.upper + area.lower) / 2
    a, b, c = mapped(matrix, np.array([(x, y), (x + 1, y), (x, y + 1)]))
    (p, q), (r, s) = b - a, c - a
    return float(abs(p * s - q * r) ** 0.5)


def _flattened(
    photo: Grey, matrix: Matrix, area: SideArea, px_per_mm: float, size: tuple[int, int], outside: int
) -> Grey:
    """Return *area* of the side that *matrix* leads to *photo*, *size* pixels wide and high."""
    finer = _px_per_mm(matrix, area) / px_per_mm
    if finer > MOST_FINER:  # else most of its pixels would not count, and small type would flicker
        smaller = cv2.resize(photo, None, fx=1 / finer, fy=1 / finer, interpolation=cv2.INTER_AREA)
        ratio = smaller.shape[1] / photo.shape[1], smaller.shape[0] / photo.shape[0]
        photo, matrix = np.asarray(smaller, np.uint8), np.diag([*ratio, 1.0]) @ matrix
    # From a pixel of the result (its middle) to millimetres, to the photo, whose pixels have middles too.
    to_mm = np.array(
        [
            [1 / px_per_mm, 0, area.left + 0.5 / px_per_mm],
            [0, 1 / px_per_mm, area.upper + 0.5 / px_per_mm],
            [0, 0, 1],
        ]
    )
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])
    flat = cv2.warpPerspective(
        photo,
        half @ matrix @ to_mm,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=float(outside),
    )
    return np.asarray(flat, np.uint8)
