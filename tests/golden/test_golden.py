"""Each page as it was last accepted: a change of the design is seen, and taken on purpose.

The pictures are small, for a person to compare at a glance. What is exact, the words and the numbers, is
asked of the PDF itself in tests/pdf.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tests.handbook.handbook import Handbook, Piece

PICTURES = Path(__file__).parent / "pages"
ACCEPT = "HANDOUT_ACCEPT"
HOW_TO_ACCEPT = "look at the pictures; to take the new ones: make accept"
DPI = 36
GREYS = 16
LARGEST_PICTURE_BYTES = 20_000
MOST_MEAN_DIFFERENCE = 1.0
"""In greys of 256. Other versions of the system's Pango and HarfBuzz move a letter by less than a pixel."""
STRONG_DIFFERENCE = 96
MOST_STRONG_SHARE = 0.002
"""About the ink of one line of text."""


def name_of(piece: Piece, number: int) -> str:
    return f"{piece.path.removesuffix('.pdf').replace('/', '-')}-{number}.png"


def pictures(pieces: Iterable[Piece]) -> dict[str, Image.Image]:
    """Return every page of *pieces*, small and grey, by the name of its picture."""
    return {
        name_of(piece, number): raster.quantize(GREYS).convert("L")
        for piece in pieces
        for number, raster in enumerate(piece.rasters(DPI), 1)
    }


def differences(old: Image.Image, new: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """Return by how many greys each pixel differs."""
    return np.abs(np.asarray(old, np.int16) - np.asarray(new, np.int16))


def change(old: Image.Image, new: Image.Image) -> str | None:
    """Return in what *new* differs from *old* more than another machine makes it differ, or None."""
    if old.size != new.size:
        return f"the page was {old.size} pixels and is {new.size}"
    by_pixel = differences(old, new)
    mean, share = float(by_pixel.mean()), float((by_pixel > STRONG_DIFFERENCE).mean())
    if mean <= MOST_MEAN_DIFFERENCE and share <= MOST_STRONG_SHARE:
        return None
    return f"the mean difference is {mean:.2f} greys, and {share:.2%} of the page differs strongly"


def save(picture: Image.Image, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(GREYS).save(path, "PNG", optimize=True)
    return path


def faults(new_pictures: dict[str, Image.Image], folder: Path) -> Iterator[str]:
    """Yield what is not as accepted; the new page and the difference are saved in *folder*."""
    for name, new in sorted(new_pictures.items()):
        if not (PICTURES / name).is_file():
            yield f"{name} was never accepted; new page: {save(new, folder / name)}"
            continue
        old = Image.open(PICTURES / name).convert("L")
        if (changed := change(old, new)) is not None:
            yield f"{name}: {changed}; new page: {save(new, folder / name)}"
            if old.size == new.size:
                difference = Image.fromarray((255 - differences(old, new)).astype(np.uint8))
                yield f"    difference: {save(difference, folder / f'difference-{name}')}"
    for name in sorted(path.name for path in PICTURES.glob("*.png") if path.name not in new_pictures):
        yield f"{name} is the picture of a page that is no longer made"


def accept(new_pictures: dict[str, Image.Image]) -> None:
    """Write those of *new_pictures* that changed, and remove those of pages that are no longer made."""
    for path in PICTURES.glob("*.png"):
        if path.name not in new_pictures:
            path.unlink()
    for name, new in new_pictures.items():
        path = PICTURES / name
        if not path.is_file() or change(Image.open(path).convert("L"), new) is not None:
            save(new, path)


def test_pages_look_as_they_were_accepted(handbook: Handbook, tmp_path: Path) -> None:
    new_pictures = pictures(handbook.pieces)
    if os.environ.get(ACCEPT):
        accept(new_pictures)
    found = list(faults(new_pictures, tmp_path))
    if found:
        pytest.fail("\n".join([*found, HOW_TO_ACCEPT]), pytrace=False)


def test_accepted_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > LARGEST_PICTURE_BYTES} == {}


@pytest.fixture
def leaflet(handbook: Handbook) -> Image.Image:
    return pictures([handbook.piece("staff/mfa-instellen-leaflet-a4.pdf")])[
        "staff-mfa-instellen-leaflet-a4-1.png"
    ]


def test_the_same_page_is_not_a_change(leaflet: Image.Image) -> None:
    assert change(leaflet, leaflet.copy()) is None


def test_a_page_that_moved_by_a_millimetre_is_a_change(leaflet: Image.Image) -> None:
    moved = Image.new("L", leaflet.size, 255)
    moved.paste(leaflet, (0, 2))
    assert change(leaflet, moved) is not None


def test_a_line_that_is_gone_is_a_change(leaflet: Image.Image) -> None:
    changed = leaflet.copy()
    # The head of the first step, 104 to 113 mm from the top.
    ImageDraw.Draw(changed).rectangle(tuple(mm * DPI / 25.4 for mm in (32, 104, 150, 113)), fill=255)
    assert change(leaflet, changed) is not None


def test_a_faint_change_of_every_letter_is_none(leaflet: Image.Image) -> None:
    noise = np.asarray(leaflet, np.int16) + np.resize([0, 1, 0, -1], (leaflet.height, leaflet.width))
    assert change(leaflet, Image.fromarray(noise.clip(0, 255).astype(np.uint8))) is None
