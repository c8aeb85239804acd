"""A finished PDF, opened once for all proofs: what it draws, what it says, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any, TypeVar, cast

import pikepdf
import pypdfium2
from PIL import Image

from handout.model.messages import Message
from handout.model.units import MM_PER_INCH, POINTS_PER_INCH
from handout.proof.content import Drawn, TextRun, read_page
from handout.proof.font_file import Font
from handout.proof.geometry import Box, position
from handout.proof.tags import Leaf, Tag, leaves, read_tags

Read = TypeVar("Read")

RASTER_DPI = 150
"""A module of 0.4 mm is more than two pixels wide; of the finest code that a phone reads, one and a half."""


@dataclass(frozen=True, eq=False)
class Paper:
    """A finished PDF: opened, drawn and read when that is first asked for, and then no more."""

    data: bytes = field(repr=False)
    _open: ExitStack = field(repr=False)
    """Closes what was opened of it."""
    _once: dict[Callable[[Paper], object], object] = field(default_factory=dict, repr=False)
    """What `once` was asked, with the answers."""

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        """Raises pikepdf.PdfError where it is none."""
        return self._open.enter_context(pikepdf.open(BytesIO(self.data)))

    @cached_property
    def raster(self) -> pypdfium2.PdfDocument:
        """Raises pypdfium2.PdfiumError where it is none."""
        return self._open.enter_context(closing(pypdfium2.PdfDocument(self.data)))

    def once(self, read: Callable[[Paper], Read]) -> Read:
        """Return what *read* gives of this paper; it is not called again for it."""
        if read not in self._once:
            self._once[read] = read(self)
        return cast(Read, self._once[read])

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """What a reader sees of each page, in points of that page."""
        return tuple(Box(*(float(length) for length in page.cropbox)) for page in self.pdf.pages)

    @cached_property
    def drawn(self) -> tuple[Drawn, ...]:
        """What each page draws."""
        fonts: dict[tuple[int, int], Font] = {}
        return tuple(read_page(page.obj, number, fonts) for number, page in enumerate(self.pdf.pages))

    @cached_property
    def runs(self) -> tuple[TextRun, ...]:
        """All text, in the order in which it is drawn."""
        return tuple(run for drawn in self.drawn for run in drawn.runs)

    @cached_property
    def tags(self) -> Tag:
        """The tag of the whole document; one without kids where the file has no tags."""
        return read_tags(self.pdf, self.runs) or Tag("Document", (), "", "")

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The lines that a screen reader reads, in its order, without those in pictures."""
        return tuple(leaves(self.tags))

    @cached_property
    def in_pictures(self) -> frozenset[int]:
        """The runs that are part of a picture with words of its own, by `id`."""
        return frozenset(id(run) for figure in self.tags.all("Figure") for run in figure.runs)

    @cached_property
    def scans(self) -> tuple[Image.Image, ...]:
        """Its pages in grey, at RASTER_DPI."""
        return tuple(self._scan(page, RASTER_DPI) for page in range(len(self.boxes)))

    def fine_scan(self, page: int, part: Box, dpi: float) -> Image.Image:
        """Return *part* of a page in grey, at *dpi*."""
        box = self.boxes[page]
        part = box.shared(part)
        crop = (part.left - box.left, part.low - box.low, box.right - part.right, box.top - part.top)
        return self._scan(page, dpi, crop)

    def _scan(
        self, page: int, dpi: float, crop: tuple[float, float, float, float] = (0, 0, 0, 0)
    ) -> Image.Image:
        opened = self._opened[page]
        image = opened.render(scale=dpi / POINTS_PER_INCH, grayscale=True, crop=crop).to_pil()
        assert isinstance(image, Image.Image)
        return image

    @cached_property
    def _opened(self) -> tuple[pypdfium2.PdfPage, ...]:
        return tuple(self.raster[page] for page in range(len(self.raster)))

    def grey(self, page: int, x: int, y: int) -> int:
        """Return the grey of a pixel on the scan of *page*; beyond its edge it is paper."""
        scan = self.scans[page]
        if not (0 <= x < scan.width and 0 <= y < scan.height):
            return 255
        return int(self._pixels[page][x, y])

    @cached_property
    def _pixels(self) -> tuple[Any, ...]:
        """Access to single pixels: Pillow gives it no type."""
        return tuple(scan.load() for scan in self.scans)

    def at(self, page: int, box: Box) -> Message:
        """Return where *box* stands, in words."""
        edge = self.boxes[page]
        return position(page, Box(box.left - edge.left, box.low, box.right, box.top), edge.top)

    def pixels(self, page: int, box: Box) -> tuple[int, int, int, int]:
        """Return left, upper, right and lower side of *box* on the scan of its page."""
        edge = self.boxes[page]
        scale = RASTER_DPI / POINTS_PER_INCH
        across = ((side - edge.left) * scale for side in (box.left, box.right))
        down = ((edge.top - side) * scale for side in (box.top, box.low))
        (left, right), (upper, lower) = (map(round, across), map(round, down))
        return left, upper, max(right, left + 1), max(lower, upper + 1)

    def area(self, page: int, pixels: tuple[float, float, float, float]) -> Box:
        """Return the box on the page that left, upper, right and lower side on its scan make."""
        edge = self.boxes[page]
        scale = POINTS_PER_INCH / RASTER_DPI
        left, upper, right, lower = (side * scale for side in pixels)
        return Box(edge.left + left, edge.top - lower, edge.left + right, edge.top - upper)


def pixels_to_mm(length: float, dpi: float = RASTER_DPI) -> float:
    """Return a *length* on a scan in millimetres of paper."""
    return length / dpi * MM_PER_INCH


@contextmanager
def opened(data: bytes) -> Iterator[Paper]:
    """Have *data*, a finished PDF, read back: what it is opened for is closed at the end of the context."""
    with ExitStack() as stack:
        yield Paper(data, stack)
