"""Pictures for the texts: drawings and photos of many shapes, made of figures."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from random import Random

from PIL import Image

RATIOS = ((1, 1), (4, 3), (3, 2), (16, 9), (3, 4), (2, 3), (5, 1))


@cache
def photo(form: str, width: int, height: int) -> bytes:
    """Return a photo of a slope of colours."""
    red = Image.linear_gradient("L").resize((width, height))
    blue = Image.radial_gradient("L").resize((width, height))
    data = BytesIO()
    Image.merge("RGB", (red, Image.new("L", (width, height), 90), blue)).save(data, form)
    return data.getvalue()


def drawing(width: int, height: int) -> bytes:
    """Return a drawing in the accent of its audience."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<rect x="1" y="1" width="{width - 2}" height="{height - 2}" fill="none" stroke="currentColor" '
        f'stroke-width="2"/><path d="M2 2L{width - 2} {height - 2}" stroke="#333" fill="none"/></svg>'
    ).encode()


def made(random: Random, name: str) -> tuple[str, bytes]:
    """Return a picture with its path in content/."""
    across, down = random.choice(RATIOS)
    form = random.choice(("svg", "svg", "svg", "png", "jpg", "webp"))
    if form == "svg":
        return f"images/{name}.svg", drawing(across * 24, down * 24)
    scale = 1000 // max(across, down)  # 92 pixels an inch where it is as wide as a poster
    pillow = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[form]
    return f"images/{name}.{form}", photo(pillow, across * scale, down * scale)
