"""Hold an imprinted copy against a full rendering: what is read, how it is tagged, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageChops

from handout.model.messages import Message, say
from handout.model.units import POINTS_PER_INCH
from handout.proof.paper import Paper, opened, pixels_to_mm
from handout.proof.tags import Tag

COMPARED_DPI = 144
"""Two pixels a point: fine enough to see a letter that is moved by a tenth of a millimetre."""


def differences(copy: bytes, full: bytes) -> tuple[Message, ...]:
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


def _of_titles(copy: Paper, full: Paper) -> Iterator[Message]:
    for key in ("/Title", "/Author"):
        found, wanted = str(copy.pdf.docinfo.get(key, "")), str(full.pdf.docinfo.get(key, ""))
        if found != wanted:
            yield say(
                "{key}: '{found}' in place of '{wanted}'", key=key[1:].lower(), found=found, wanted=wanted
            )
    if copy.pdf.Root.Metadata.read_bytes() != full.pdf.Root.Metadata.read_bytes():
        yield say("the metadata are not the same")


def _of_tags(copy: Paper, full: Paper) -> Iterator[Message]:
    """Yield where the tags part ways, the first place only: all that follows is moved."""
    found, wanted = [list(_lines(paper.tags, 0)) for paper in (copy, full)]
    for line, expected in zip(found, wanted, strict=False):
        if line != expected:
            yield say("tags: '{line}' in place of '{expected}'", line=line.strip(), expected=expected.strip())
            return
    if len(found) != len(wanted):
        yield say(
            "tags: {found_count} tags and texts in place of {wanted_count}",
            found_count=len(found),
            wanted_count=len(wanted),
        )


def _lines(tag: Tag, depth: int) -> Iterator[str]:
    """Yield *tag* and what is below it, one a line, with all that a reader of the file is told."""
    told = (tag.kind, tag.alt, tag.numbering, tag.replacement or "", f"page {tag.page + 1}")
    yield "  " * depth + " ".join(part for part in told if part)
    for kid in tag.kids:
        if isinstance(kid, Tag):
            yield from _lines(kid, depth + 1)
        else:
            yield "  " * (depth + 1) + f"“{kid.text}” {kid.font.partition('+')[2]} {kid.size_pt:.2f} pt"


def _of_links(copy: Paper, full: Paper) -> Iterator[Message]:
    found, wanted = _links(copy), _links(full)
    yield from (
        say("link: {link} in place of {other}", link=link, other=other)
        for link, other in zip(found, wanted, strict=False)
        if link != other
    )
    if len(found) != len(wanted):
        yield say(
            "{found_count} links in place of {wanted_count}", found_count=len(found), wanted_count=len(wanted)
        )


def _links(paper: Paper) -> list[str]:
    """Return where each area to click on leads, what is said of it, and where it is."""
    return [
        f"page {number}: {area.A.URI if '/A' in area else ''} '{area.get('/Contents', '')}' "
        f"at {' '.join(f'{float(side):.2f}' for side in area.Rect)}"
        for number, one in enumerate(paper.pdf.pages, 1)
        for area in one.obj.get("/Annots", [])
    ]


def _of_pages(copy: Paper, full: Paper) -> Iterator[Message]:
    if len(copy.raster) != len(full.raster):
        yield say(
            "{raster_count} pages in place of {raster_count2}",
            raster_count=len(copy.raster),
            raster_count2=len(full.raster),
        )
        return
    for number, (one, other) in enumerate(zip(copy.raster, full.raster, strict=True), 1):
        if _text(one) != _text(other):
            yield say("page {number}: the extracted text is not the same", number=number)
        box = ImageChops.difference(_picture(one), _picture(other)).getbbox()
        if box is not None:
            left, top = (pixels_to_mm(side, COMPARED_DPI) for side in box[:2])
            yield say(
                "page {number}: pixels differ, the first of them {left_mm:.0f} mm from the left, "
                "{top_mm:.0f} mm from the top",
                number=number,
                left_mm=left,
                top_mm=top,
            )


def _text(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_bounded())


def _picture(page: pypdfium2.PdfPage) -> Image.Image:
    picture = page.render(scale=COMPARED_DPI / POINTS_PER_INCH).to_pil()
    assert isinstance(picture, Image.Image)
    return picture.convert("RGB")
