"""Pictures of sheets, small enough for a page that shows them all: to pick the right one by eye. Pure."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WIDTH_PX, HEIGHT_PX = 240, 320
"""The box that a page is drawn to fit in."""
MOST_COLOURS = 32
"""Of a picture: more are only shades at the edges of letters."""


@dataclass(frozen=True)
class SheetPicture:
    """The first page of a file."""

    width_px: int
    height_px: int
    webp: str
    """In base64."""

    @property
    def words(self) -> tuple[str, ...]:
        """It as words without white space, which `of_words` takes."""
        return str(self.width_px), str(self.height_px), self.webp


def of_words(words: Sequence[str]) -> SheetPicture | None:
    """Return the picture that said *words*; None for others."""
    match words:
        case [width, height, webp] if width.isdecimal() and height.isdecimal():
            return SheetPicture(int(width), int(height), webp)
    return None


def drawn(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, SheetPicture]]:
    """Yield the picture of each of *files*, a name and a PDF, under the same name."""
    return ((name, picture_of(pdf)) for name, pdf in files)


def picture_of(pdf: bytes) -> SheetPicture:
    """Return the first page of *pdf*; always the same bytes for the same file."""
    import pypdfium2  # only here: of most files of a build the pictures are known
    from PIL import Image

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        scale = min(WIDTH_PX / page.get_width(), HEIGHT_PX / page.get_height())
        flat = page.render(scale=scale).to_pil().quantize(MOST_COLOURS, Image.Quantize.FASTOCTREE)
    finally:
        document.close()
    target = io.BytesIO()
    # Lossless: small type stays sharp, and so few colours pack better than what a photo's codec makes
    # of them. To search longer for a smaller file is not worth it (quality is that effort here).
    flat.convert("RGB").save(target, "WEBP", lossless=True, method=3, quality=0)
    return SheetPicture(flat.width, flat.height, base64.b64encode(target.getvalue()).decode())
