"""Hold an imprinted copy against a full rendering: what is read, how it is tagged, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageChops

from handout.model.units import POINTS_PER_INCH
from handout.proof.paper import Paper, opened, pixels_to_mm
from handout.proof.tags import Tag

COMPARED_DPI = 144
"""Two pixels a point: fine enough to see a letter that is moved by a tenth of a millimetre."""


def differences(copy: bytes, full: bytes) -> tuple[str, ...]:
    """Return how *copy* differs from *full*, two PDFs of an edition for a school; nothing where they agree.

    Compared are the title, the tags in reading order with the words and alternative texts in them, the links
    with their areas, the extracted text of each page, and the pixels of each page at COMPARED_DPI, every one.
    Raises pikepdf.PdfError or pypdfium2.PdfiumError where one is no PDF.
    """
    with opened(copy) as one, opened(full) as other:
        return (
            *_of_titles(one, other),
            *_of_tags(one, other),
            *_of_links(one, other),
            *_of_pages(one, other),
        )


def _of_titles(copy: Paper, full: Paper) -> Iterator[str]:
    for key in ("/Title", "/Author"):
        found, wanted = str(copy.pdf.docinfo.get(key, "")), str(full.pdf.docinfo.get(key, ""))
        if found != wanted:
            yield f"{key[1:].lower()}: '{found}' in place of '{wanted}'"
    if copy.pdf.Root.Metadata.read_bytes() != full.pdf.Root.Metadata.read_bytes():
        yield "the metadata are not the same"


def _of_tags(copy: Paper, full: Paper) -> Iterator[str]:
    """Yield where the tags part ways, the first place only: all that follows is moved."""
    found, wanted = [list(_lines(paper.tags, 0)) for paper in (copy, full)]
    for line, expected in zip(found, wanted, strict=False):
        if line != expected:
            yield f"tags: '{line.strip()}' in place of '{expected.strip()}'"
            return
    if len(found) != len(wanted):
        yield f"tags: {len(found)} tags and texts in place of {len(wanted)}"


def _lines(tag: Tag, depth: int) -> Iterator[str]:
    """Yield *tag* and what is below it, one a line, with all that a reader of the file is told."""
    told = (tag.kind, tag.alt, tag.numbering, tag.replacement or "", f"page {tag.page + 1}")
    yield "  " * depth + " ".join(part for part in told if part)
    for kid in tag.kids:
        if isinstance(kid, Tag):
            yield from _lines(kid, depth + 1)
        else:
            yield "  " * (depth + 1) + f"“{kid.text}” {kid.font.partition('+')[2]} {kid.size_pt:.2f} pt"


def _of_links(copy: Paper, full: Paper) -> Iterator[str]:
    found, wanted = _links(copy), _links(full)
    yield from (
        f"link: {link} in place of {other}"
        for link, other in zip(found, wanted, strict=False)
        if link != other
    )
    if len(found) != len(wanted):
        yield f"{len(found)} links in place of {len(wanted)}"


def _links(paper: Paper) -> list[str]:
    """Return where each area to click on leads, what is said of it, and where it is."""
    return [
        f"page {number}: {area.A.URI if '/A' in area else ''} '{area.get('/Contents', '')}' "
        f"at {' '.join(f'{float(side):.2f}' for side in area.Rect)}"
        for number, one in enumerate(paper.pdf.pages, 1)
        for area in one.obj.get("/Annots", [])
    ]


def _of_pages(copy: Paper, full: Paper) -> Iterator[str]:
    if len(copy.raster) != len(full.raster):
        yield f"{len(copy.raster)} pages in place of {len(full.raster)}"
        return
    for number, (one, other) in enumerate(zip(copy.raster, full.raster, strict=True), 1):
        if _text(one) != _text(other):
            yield f"page {number}: the extracted text is not the same"
        box = ImageChops.difference(_picture(one), _picture(other)).getbbox()
        if box is not None:
            left, top = (pixels_to_mm(side, COMPARED_DPI) for side in box[:2])
            where = f"{left:.0f} mm from the left, {top:.0f} mm from the top"
            yield f"page {number}: pixels differ, the first of them {where}"


def _text(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_bounded())


def _picture(page: pypdfium2.PdfPage) -> Image.Image:
    picture = page.render(scale=COMPARED_DPI / POINTS_PER_INCH).to_pil()
    assert isinstance(picture, Image.Image)
    return picture.convert("RGB")
