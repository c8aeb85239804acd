"""Pictures for an edition that is printed in black alone."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import lru_cache

from handout.model.document import PictureFile, PictureType

JPEG_QUALITY = 90
_COLOUR = re.compile(r' (fill|stroke|stop-color)="([^"]+)"')
_NOT_A_COLOUR = frozenset({"none", "currentColor", "inherit", "transparent"})
_INK = "#000000"


@lru_cache(maxsize=64)  # every copy for schools shows the same few
def in_grey(picture: PictureFile) -> PictureFile:
    """Return *picture* with its colours as the greys that are as light.

    `currentColor` in a drawing stays: whoever writes the drawing on paper knows what it becomes.
    """
    if picture.type is PictureType.SVG:
        drawn = _COLOUR.sub(_grey_attribute, picture.data.decode())
        return replace(picture, data=drawn.encode())
    return replace(picture, data=_grey_raster(picture))


def _grey_attribute(match: re.Match[str]) -> str:
    name, colour = match.groups()
    is_colour = colour not in _NOT_A_COLOUR and not colour.startswith("url(")
    return f' {name}="{_grey(colour)}"' if is_colour else match[0]


def _grey(colour: str) -> str:
    """Return the grey of *colour*, as SVG writes it. A name that nobody knows is black."""
    from PIL import ImageColor  # only here: a project that prints in colour need not wait for it

    try:
        red, green, blue, *opacity = ImageColor.getrgb(colour)
    except ValueError:
        return _INK
    light = round(0.299 * red + 0.587 * green + 0.114 * blue)  # ITU-R BT.601, as Pillow weighs a raster
    return "#" + bytes((light, light, light, *opacity)).hex()


def _grey_raster(picture: PictureFile) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    with Image.open(io.BytesIO(picture.data)) as image:
        grey = image.convert("LA" if image.has_transparency_data else "L")
    if picture.type is PictureType.JPEG:
        grey.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        grey.save(file, "PNG", optimize=True)
    return file.getvalue()
