"""What is done in a process that has the engine warm: picklable errands, and what comes back for each.

The engine holds the whole process while it works, may die of a page, and is no faster for being asked from
two threads: so it never runs in the process that answers the browser.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

from handout.editions import single
from handout.editions.cache_entry import Ready
from handout.editions.single import Made
from handout.model.findings import Finding
from handout.model.units import POINTS_PER_INCH, pt_to_mm
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.region import Region
from handout.project.plan import Edition
from handout.project.project import Project

if TYPE_CHECKING:
    from PIL.Image import Image

    from handout.paper.engine.render import Sketch

LONGEST_SIDE_PX = 1400
"""Of a picture: two pages of A4 side by side on a screen of 3840 pixels."""
COPIER_DPI = 300
"""What a school's copier scans at in one bit."""
COPY_SCALE = 0.85
"""A page that is copied smaller, as it happens to handouts; type of 9.5 pt becomes 8 pt."""
COPIER_THRESHOLD = 150
"""Lighter than this, of 255, is left white: a copier drops pale tints."""


@dataclass(frozen=True)
class DrawnPage:
    """A page, drawn. Picklable."""

    data: bytes
    media_type: str
    width_mm: float
    height_mm: float
    pdf: bytes
    """Where it was drawn from, and which page of it: to draw it otherwise."""
    index: int


@dataclass(frozen=True)
class DrawSketch:
    """Lay the edition out once, as *arrangement* says, and draw its first page."""

    project: Project
    edition: Edition
    arrangement: Arrangement


@dataclass(frozen=True)
class Sketched:
    """The first page of a sketch. The others are there for the asking, in the same process."""

    page_count: int
    regions: tuple[Region, ...]
    first: DrawnPage


@dataclass(frozen=True)
class DrawNext:
    """Draw a further page of the last sketch of this process."""

    index: int


@dataclass(frozen=True)
class MakeEdition:
    """Make the edition as a build does, and draw its pages."""

    project: Project
    edition: Edition


@dataclass(frozen=True)
class Pages:
    """An edition that was made and not yet read back, with its pages drawn."""

    made: Made
    regions: tuple[Region, ...]
    arrangement: Arrangement | None
    pictures: tuple[DrawnPage, ...]


@dataclass(frozen=True)
class ProveEdition:
    """Read back what was made, and lay it on its print sheets."""

    project: Project
    made: Made


@dataclass(frozen=True)
class ExamineEdition:
    """Look at the wording and the dates of the edition, as `handout check` does."""

    project: Project
    edition: Edition
    today: date


@dataclass(frozen=True)
class Photocopy:
    """Draw a page as a copier gives it back."""

    picture: DrawnPage


@dataclass(frozen=True)
class Tidy:
    """Give back what earlier work left behind: nobody waits now."""


Errand: TypeAlias = DrawSketch | DrawNext | MakeEdition | ProveEdition | ExamineEdition | Photocopy | Tidy
Reply: TypeAlias = Sketched | Pages | Made | DrawnPage | tuple[Finding, ...] | None

_last_sketch: list[Sketch] = []
"""Of this process."""


def done(errand: Errand) -> Reply:
    """Return *errand* done; None where there is nothing to give. Raises HandoutError."""
    match errand:
        case DrawSketch():
            return _sketched(errand)
        case DrawNext(index):
            return _drawn_sketch(_last_sketch[0], index) if _last_sketch else None
        case MakeEdition():
            return _pages(errand)
        case ProveEdition(project, made):
            return single.blamed(project, single.prove(project, made))
        case ExamineEdition(project, edition, today):
            from handout.builder import examine

            return examine.examine(project, (edition,), today, is_whole=False).findings
        case Photocopy(picture):
            return photocopied(picture)
        case Tidy():
            _last_sketch.clear()
            gc.collect()
            return None


def _sketched(errand: DrawSketch) -> Sketched | None:
    _last_sketch.clear()
    ready = single.prepare(errand.project, errand.edition)
    if not isinstance(ready, Ready):
        return None
    sketch = single.sketched(errand.project, ready, errand.arrangement)
    if sketch is None:
        return None
    _last_sketch.append(sketch)
    return Sketched(sketch.page_count, sketch.regions, _drawn_sketch(sketch, 0))


def _drawn_sketch(sketch: Sketch, index: int) -> DrawnPage:
    # Hardly packed: to pack it takes longer than to draw it, and it goes no further than this machine.
    return next(drawn(sketch.page(index), _as_bitmap))


def _pages(errand: MakeEdition) -> Pages:
    ready = single.prepare(errand.project, errand.edition)
    if isinstance(ready, Made):
        return Pages(ready, (), None, ())
    found = single.shown(errand.project, ready)
    pdf = found.made.pdf
    pictures = tuple(drawn(pdf, _as_png)) if pdf else ()
    return Pages(found.made, found.regions, found.arrangement, pictures)


def drawn(pdf: bytes, encoded: Callable[[Image], tuple[bytes, str]]) -> Iterator[DrawnPage]:
    """Yield the pages of *pdf* as pictures, *encoded* so, each with LONGEST_SIDE_PX."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        for index, page in enumerate(document):
            width_pt, height_pt = page.get_size()
            bitmap = page.render(scale=LONGEST_SIDE_PX / max(width_pt, height_pt), rev_byteorder=True)
            data, media_type = encoded(bitmap.to_pil())
            yield DrawnPage(data, media_type, pt_to_mm(width_pt), pt_to_mm(height_pt), pdf, index)
    finally:
        document.close()


def _as_bitmap(image: Image) -> tuple[bytes, str]:
    target = BytesIO()
    image.save(target, "BMP")
    return target.getvalue(), "image/bmp"


def _as_png(image: Image) -> tuple[bytes, str]:
    target = BytesIO()
    image.save(target, "PNG", compress_level=1)
    return target.getvalue(), "image/png"


def photocopied(picture: DrawnPage) -> DrawnPage:
    """Return *picture* as a copier gives it back: made smaller, each dot black or white.

    The dots are those of the copier; the screen shows them smaller, as the eye does from the paper.
    """
    import pypdfium2
    from PIL import Image

    document = pypdfium2.PdfDocument(picture.pdf)
    try:
        page = document[picture.index]
        bitmap = page.render(scale=COPIER_DPI / POINTS_PER_INCH * COPY_SCALE, grayscale=True)
        grey = bitmap.to_pil()
    finally:
        document.close()
    dots = grey.point([0] * COPIER_THRESHOLD + [255] * (256 - COPIER_THRESHOLD))
    size = round(grey.width / COPY_SCALE), round(grey.height / COPY_SCALE)
    paper = Image.new("L", size, 255)
    paper.paste(dots, ((size[0] - dots.width) // 2, (size[1] - dots.height) // 2))
    paper.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.BOX)
    data, media_type = _as_png(paper)
    return replace(picture, data=data, media_type=media_type)
