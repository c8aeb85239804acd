"""The pixels of photos: no more of them in a file than show on its paper."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from PIL import Image
from weasyprint.images import RasterImage
from weasyprint.layout.replaced import replacedbox_layout

from handout.model.units import PIXELS_PER_INCH

PRINTED_DPI = 300
JPEG_QUALITY = 90
WORTH_IT = 0.8
"""Of the pixels across: a photo that is nearly as small as it is printed stays as it is."""


def keep_what_shows(page_boxes: Iterable[Any]) -> None:
    """Scale each raster on the pages down to the largest size in which it stands there, at 300 dpi.

    The engine's own setting for that goes by the width on the page alone: of a picture that is turned by a
    quarter it leaves one pixel. The boxes stay as they are; the pages are not laid out again after this.
    """
    shown: dict[int, tuple[Any, float]] = {}
    for page_box in page_boxes:
        for box in page_box.descendants(placeholders=True):
            image = getattr(box, "replacement", None)
            if isinstance(image, RasterImage) and image.width and image.height:
                # As it is drawn: a box of another shape shows it whole, and smaller than itself.
                width, height, *_ = replacedbox_layout(box)
                part = max(width / image.width, height / image.height) * PRINTED_DPI / PIXELS_PER_INCH
                shown[id(image)] = image, max(part, shown.get(id(image), (image, 0.0))[1])
    for image, part in shown.values():
        if part < WORTH_IT:
            _scale(image, part)


def _scale(image: Any, part: float) -> None:
    """Make *image* smaller in place: the layout holds it in many boxes."""
    size = tuple(max(round(side * part), 1) for side in (image.width, image.height))
    file = io.BytesIO()
    with Image.open(io.BytesIO(image.image_data.data)) as opened:
        opened.draft(None, size)
        smaller = opened.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    options = {"quality": JPEG_QUALITY, "optimize": True} if image.format == "JPEG" else {}
    smaller.save(file, image.format, **options)
    image.width, image.height = smaller.size
    image.image_data = image.cache_image_data(file.getvalue(), slot="shown")
