"""The values of imposition: pages, boxes, strokes and faces, in millimetres. What is true of all paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from handout.model.document import SheetKind
from handout.model.messages import Message, any_of, say, say_count
from handout.model.units import MM_PER_INCH


class DuplexEdge(StrEnum):
    """Over which edge of the sheet the printer turns it for the second side."""

    LONG = "long edge"
    SHORT = "short edge"


class ImpositionError(Exception):
    """These pages do not make this sheet: what is wrong, and how to mend it."""

    def __init__(self, what: Message, fix: Message) -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix


Point: TypeAlias = tuple[float, float]
"""Millimetres to the right of and above the lower left corner of the paper."""


@dataclass(frozen=True)
class Rectangle:
    """An upright rectangle on paper, from its lower left corner."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        return self.x_mm + self.width_mm

    @property
    def top_mm(self) -> float:
        return self.y_mm + self.height_mm

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Counter-clockwise from the lower left one."""
        left, low, right, top = self.x_mm, self.y_mm, self.right_mm, self.top_mm
        return (left, low), (right, low), (right, top), (left, top)

    def grown(self, by_mm: float) -> Rectangle:
        """Return the box that goes *by_mm* beyond this one on every side."""
        return Rectangle(
            self.x_mm - by_mm, self.y_mm - by_mm, self.width_mm + 2 * by_mm, self.height_mm + 2 * by_mm
        )

    @property
    def area_mm2(self) -> float:
        return self.width_mm * self.height_mm

    def within(self, other: Rectangle) -> Rectangle:
        """Return what of this box lies in *other*; of no size where nothing does."""
        left, low = max(self.x_mm, other.x_mm), max(self.y_mm, other.y_mm)
        right, top = min(self.right_mm, other.right_mm), min(self.top_mm, other.top_mm)
        return Rectangle(left, low, max(0.0, right - left), max(0.0, top - low))

    def moved(self, x_mm: float, y_mm: float) -> Rectangle:
        """Return the box *x_mm* further to the right and *y_mm* higher."""
        return replace(self, x_mm=self.x_mm + x_mm, y_mm=self.y_mm + y_mm)


@dataclass(frozen=True)
class PageSize:
    """A page of the piece, as large as it is after trimming."""

    width_mm: float
    height_mm: float
    bleed_mm: float = 0
    """How far its own picture goes on beyond the trim, on every side."""

    def __str__(self) -> str:
        return f"{self.width_mm:.4g} × {self.height_mm:.4g} mm"


@dataclass(frozen=True)
class Placement:
    """A page on a face."""

    page: int
    """Counted from 0."""
    box: Rectangle
    """Where the trimmed page comes."""
    flip_x: bool = False
    """Left and right change places; with *flip_y* the page stands upside down."""
    flip_y: bool = False
    scale: float = 1
    """How large the page stands there: 1 as it is, √2 a step of ISO 216 larger."""
    window: Rectangle | None = None
    """What is shown of it; None: all."""
    bleed_mm: float = 0
    """How much is shown of its own picture beyond the trim."""

    @property
    def shown(self) -> Rectangle:
        """What is shown of the trimmed page."""
        return self.box if self.window is None else self.box.within(self.window)


@dataclass(frozen=True)
class Stroke:
    """A line for whoever cuts, folds or glues."""

    points: tuple[Point, ...]
    dashed: bool = False
    width_pt: float = 0.35
    """Thin enough to cut on, thick enough for an office printer of 600 dots per inch: three dots."""


@dataclass(frozen=True)
class Face:
    """One side of a sheet."""

    width_mm: float
    height_mm: float
    placements: tuple[Placement, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    tints: tuple[Rectangle, ...] = ()
    """Light grey areas, under everything else."""
    trim: Rectangle | None = None
    """Where a print shop cuts; the bleed goes beyond it."""
    note_room: Rectangle | None = None
    """Where there is room to say how the sheet is printed: clear of what is cut and folded; None: nowhere."""


@dataclass(frozen=True)
class SheetLayout:
    """The faces in the order in which they are printed."""

    faces: tuple[Face, ...]
    edge: DuplexEdge | None = None

    @property
    def printing(self) -> Printing:
        """How it goes through the printer."""
        first = self.faces[0]
        return Printing(first.width_mm, first.height_mm, len(self.faces), self.edge)

    @property
    def scale(self) -> float:
        """How large the pages stand on it: 1 as they are."""
        return max((placement.scale for face in self.faces for placement in face.placements), default=1)


A4_WIDTH_MM, A4_HEIGHT_MM = 210.0, 297.0
NOTE_MARGIN_MM = 10.0
"""The least white above a cut in which a line stands clear of it, and where printers print."""
NOTE_LINE_MM = 3.0
"""How high that line is, with its accents and tails."""
LETTER = PageSize(8.5 * MM_PER_INCH, 11 * MM_PER_INCH)
PAPERS = MappingProxyType(
    {
        "A0": PageSize(841, 1189),
        "A1": PageSize(594, 841),
        "A2": PageSize(420, 594),
        "A3": PageSize(297, 420),
        "A4": PageSize(A4_WIDTH_MM, A4_HEIGHT_MM),
        "A5": PageSize(148, 210),
        "A6": PageSize(105, 148),
        "A7": PageSize(74, 105),
        "Letter": LETTER,
        "Half Letter": PageSize(LETTER.height_mm / 2, LETTER.width_mm),
    }
)
"""The sizes of paper that have a name, portrait: those of ISO 216, and those of an office in the US."""
BLEED_MM = 3.0
"""How far what is printed must go on beyond the trim, as printing houses ask."""
SIZE_TOLERANCE_MM = 0.2
"""Engines round the sides of a page."""
ROUNDING_MM = 1.0
"""ISO 216 rounds down when it halves a size: two pages of A5 are 1 mm narrower than A4."""


def paper_name(width_mm: float, height_mm: float) -> str:
    """Return what paper of this size is called, "A4", either way up; else its size, "85 × 55 mm"."""
    short_mm, long_mm = sorted((width_mm, height_mm))
    for name, size in PAPERS.items():
        if max(abs(size.width_mm - short_mm), abs(size.height_mm - long_mm)) <= SIZE_TOLERANCE_MM:
            return name
    return str(PageSize(width_mm, height_mm))


@dataclass(frozen=True)
class Printing:
    """What to set at the printer for a file. The scale is always 100 %."""

    width_mm: float
    """Of the paper; for a print shop, of the first page with its marks."""
    height_mm: float
    page_count: int
    """Printed sides in the file."""
    edge: DuplexEdge | None
    """None where one side of each sheet is printed."""

    @property
    def paper(self) -> str:
        """The name of the paper, "A4", or its size where it has none."""
        return paper_name(self.width_mm, self.height_mm)

    @property
    def sides(self) -> int:
        """1 or 2 printed sides of each sheet of paper."""
        return 2 if self.edge else 1


def print_words(paper: str, edge: str | None, words: Mapping[str, str]) -> str:
    """Return the sentence for whoever stands at the printer, in printed *words*; *edge* is a DuplexEdge."""
    sides = words[f"gallery.{edge or 'one side'}".replace(" ", "-")]
    return words["gallery.print"].format(paper=paper, sides=sides)


def printing_of_piece(width_mm: float, height_mm: float, page_count: int) -> Printing:
    """Return how the pages of a piece are printed as they are, so that both sides stand upright."""
    edge = DuplexEdge.LONG if height_mm >= width_mm else DuplexEdge.SHORT
    return Printing(width_mm, height_mm, page_count, edge if page_count > 1 else None)


def mirrored(face: Face) -> Face:
    """Return *face* with left and right exchanged; each page itself stays readable.

    For a script that runs to the left, and for what must come behind another side.
    """

    def moved(placement: Placement) -> Placement:
        box = placement.box
        return replace(placement, box=replace(box, x_mm=face.width_mm - box.right_mm))

    def turned(stroke: Stroke) -> Stroke:
        return replace(stroke, points=tuple((face.width_mm - x, y) for x, y in stroke.points))

    return replace(
        face,
        placements=tuple(moved(placement) for placement in face.placements),
        strokes=tuple(turned(stroke) for stroke in face.strokes),
    )


def centred(page: int, size: PageSize, space: Rectangle, *, upside_down: bool = False) -> Placement:
    x_mm = space.x_mm + (space.width_mm - size.width_mm) / 2
    y_mm = space.y_mm + (space.height_mm - size.height_mm) / 2
    box = Rectangle(x_mm, y_mm, size.width_mm, size.height_mm)
    return Placement(page, box, flip_x=upside_down, flip_y=upside_down)


def expect_count(kind: SheetKind, pages: Sequence[PageSize], *counts: int) -> None:
    if len(pages) not in counts:
        allowed = say_count(counts[-1], "{count} page", "{count} pages", count=any_of(counts))
        what = say(
            "a sheet of kind '{kind}' takes {allowed}; this piece has {pages_count}",
            kind=kind,
            allowed=allowed,
            pages_count=len(pages),
        )
        fix = say(
            "give the format a budget of {allowed}, or take '{kind}' off its print sheets",
            allowed=allowed,
            kind=kind,
        )
        raise ImpositionError(what, fix)


def expect_size(kind: SheetKind, page: int, found: PageSize, asked: PageSize, less_mm: float = 0) -> None:
    """Refuse page number *page* where it is not as large as *asked*, or at most *less_mm* smaller."""
    short_mm = (asked.width_mm - found.width_mm, asked.height_mm - found.height_mm)
    if not all(-SIZE_TOLERANCE_MM <= short <= less_mm + SIZE_TOLERANCE_MM for short in short_mm):
        what = say(
            "page {page} is {found}; on a sheet of kind '{kind}' it must be {asked}",
            page=page,
            found=found,
            kind=kind,
            asked=asked,
        )
        fix = say(
            "set width-mm and height-mm of the format to {asked}, or take '{kind}' off its print sheets",
            asked=asked,
            kind=kind,
        )
        raise ImpositionError(what, fix)
