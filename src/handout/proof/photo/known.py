"""One side of paper as its PDF has it: its picture, its codes, and what stands at its foot."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from handout.model.units import MM_PER_INCH, pt_to_mm
from handout.proof.codes import scanned
from handout.proof.geometry import Box
from handout.proof.paper import Paper

Grey = npt.NDArray[np.uint8]
"""Rows of pixels, 0 black to 255 white."""

LONGEST_PX = 1600
"""Of the picture of a side: a letter of 8 points on A4 is then some ten pixels high."""
MOST_PX_PER_MM = 6.0
FEATURES_PX = 1200
"""Of the picture in which spots are looked for: finer ones are not found again on a photo."""
MOST_FEATURES = 4000


@dataclass(frozen=True)
class SideArea:
    """An upright rectangle on a side, in millimetres from its upper left corner."""

    left: float
    upper: float
    right: float
    lower: float
    text: str = ""
    """What stands there."""

    @property
    def corners(self) -> npt.NDArray[np.float64]:
        """The corners as (4, 2): upper left, upper right, lower right, lower left."""
        x, y, u, v = self.left, self.upper, self.right, self.lower
        return np.array([(x, y), (u, y), (u, v), (x, v)], dtype=np.float64)


@dataclass(frozen=True)
class Features:
    """Spots of a picture that are found again on another one, with what each looks like."""

    points: npt.NDArray[np.float32]
    """(n, 2), in the units of who asked."""
    looks: npt.NDArray[np.float32]
    """(n, 128): SIFT (Lowe, 2004)."""


@dataclass(frozen=True, eq=False)
class KnownSide:
    """One side of paper, as it should come out."""

    path: str
    """The file, relative to the output folder."""
    page: int
    """Counted from 1."""
    width_mm: float
    height_mm: float
    grey: Grey = field(repr=False)
    px_per_mm: float
    features: Features = field(repr=False)
    codes: tuple[SideArea, ...]
    """The QR codes without their quiet zones; the text of each is what it holds."""
    foot: tuple[SideArea, ...]
    """What is printed on the line of the code of the sheet and below it."""


def sides(path: str, paper: Paper, code: str, payloads: Collection[str] | None) -> Iterator[KnownSide]:
    """Yield each page of *paper* that has a QR code with one of *payloads*; of None every page.

    *paper* is the file *path* and bears *code* at its foot.
    """
    for page, box in enumerate(paper.boxes):
        read = [one for one in paper.once(scanned) if one.page == page]
        if payloads is not None and not any(one.payload in payloads for one in read):
            continue
        width_mm, height_mm = pt_to_mm(box.width), pt_to_mm(box.height)
        px_per_mm = min(LONGEST_PX / max(width_mm, height_mm), MOST_PX_PER_MM)
        grey = np.asarray(paper.fine_scan(page, box, px_per_mm * MM_PER_INCH), dtype=np.uint8)
        # Whole pixels are a little more or less than the page.
        px_per_mm = (grey.shape[1] / width_mm + grey.shape[0] / height_mm) / 2
        yield KnownSide(
            path=path,
            page=page + 1,
            width_mm=width_mm,
            height_mm=height_mm,
            grey=grey,
            px_per_mm=px_per_mm,
            features=features(grey, 1 / px_per_mm, FEATURES_PX, MOST_FEATURES),
            codes=tuple(_area(one.box, box, one.payload) for one in read),
            foot=tuple(_foot(paper, page, code)),
        )


def features(grey: Grey, unit: float, longest_px: int, most: int) -> Features:
    """Return at *most* so many spots of *grey*, a pixel of which is *unit* wide.

    They are looked for in a copy that is at most *longest_px* long.
    """
    shrink = longest_px / max(grey.shape)
    if shrink < 1:
        size = max(round(grey.shape[1] * shrink), 1), max(round(grey.shape[0] * shrink), 1)
        unit *= grey.shape[1] / size[0]
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    points, looks = cv2.SIFT.create(nfeatures=most, contrastThreshold=0.02).detectAndCompute(grey, None)
    if not points:  # and no looks
        return Features(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
    # The centre of the first pixel lies half a pixel in.
    at = (np.array([point.pt for point in points], np.float32) + 0.5) * unit
    return Features(at, np.asarray(looks, np.float32))


def _foot(paper: Paper, page: int, code: str) -> Iterator[SideArea]:
    """Yield each text of the line with *code*, and of those below it; none where a page has no such line."""
    runs = [run for run in paper.drawn[page].runs if run.text.strip() and run.is_drawn]
    lines = [run.box for run in runs if code in run.text]
    if not lines or not code:
        return
    top = min(line.top for line in lines)
    edge = paper.boxes[page]
    if top > edge.low + edge.height / 4:
        return  # a card says its code at its head
    for run in runs:
        if run.box.low < top and run.box.top <= top + run.box.height / 2:
            yield _area(run.box, edge, " ".join(run.text.split()))


def _area(box: Box, edge: Box, text: str) -> SideArea:
    return SideArea(
        pt_to_mm(box.left - edge.left),
        pt_to_mm(edge.top - box.top),
        pt_to_mm(box.right - edge.left),
        pt_to_mm(edge.top - box.low),
        text,
    )
