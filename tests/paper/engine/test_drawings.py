"""Pictures on the page: in the colours that a drawing program shows, and with no more pixels than show."""

from __future__ import annotations

from io import BytesIO

import page
import pikepdf
import pypdfium2
import pytest
from PIL import Image
from tests.conftest import REPOSITORY
from tests.paper.engine.sheets import HANDOUT, rendered, sheet

from handout.model.document import PictureFile
from handout.model.text import Picture
from handout.paper.compose.inline import InlineRenderer
from handout.project.reading.pictures import picture

SAVED = REPOSITORY / "tests/project/reading/drawings"
SCALE = 4.0
"""Pixels a point."""

# Where to look, in units of the view box, and what a drawing program shows there.
SHOWN: dict[str, list[tuple[tuple[float, float], str]]] = {
    "inkscape": [
        ((4.5, 4.5), "d83026"),  # the upper left of a gradient that is turned by 45 degrees
        ((15, 15), "e46517"),
        ((25, 25), "f0980a"),
        ((45, 30), "d62828"),  # the middle of an elliptic gradient that is turned
        ((52, 35), "f2a207"),
        ((38, 30), "f19f07"),
        ((45, 20.1), "003049"),  # its line, half a millimetre thick
        ((15, 36), "003049"),
        ((32, 10), "ffffff"),  # a hidden layer would be green
    ],
    "illustrator": [
        ((40, 25), "2a9d8f"),  # a circle in a class, cut by a square
        ((60, 25), "ffffff"),
        ((75, 10), "e76f51"),
        ((75, 25), "264653"),
        ((5.3, 65), "e9c46a"),  # the edges of a gradient: none of the next tile
        ((94.7, 65), "264653"),
        ((50, 65), "88855f"),
    ],
    "figma": [
        ((35, 35), "e2d8fc"),  # white at 80 %, in a variable with another value behind it
        ((12, 84), "22d3ee"),
        ((48, 48), "7c3aed"),
        ((92, 48), "ff0000"),  # a circle that reaches out of the frame
    ],
    "corel": [
        ((300, 300), "009846"),
        ((1000, 1000), "ffffff"),  # a hole by the rule of even and odd
        ((2800, 1000), "009846"),  # a symbol
        ((1000, 2300), "e31e24"),
    ],
    "affinity": [
        ((50, 40), "264653"),
        ((140, 60), "264653"),  # the second of two shapes in a clip path, turned
        ((100, 40), "ffffff"),
        ((30, 120), "ffffff"),
        ((52, 120), "d93939"),
        ((140, 95), "e6e6e6"),  # from white at the top to black, by a matrix
        ((140, 135), "191919"),
    ],
}


@pytest.fixture(scope="module")
def drawings() -> dict[str, PictureFile]:
    found = {name: picture(f"images/{name}.svg", (SAVED / f"{name}.svg").read_bytes())[0] for name in SHOWN}
    return {name: file for name, file in found.items() if file is not None}


@pytest.fixture(scope="module")
def pdf(drawings: dict[str, PictureFile]) -> bytes:
    """Return a page for each of the drawings, as large as its view box is of millimetres, at most 100."""
    pen = InlineRenderer({file.path: file for file in drawings.values()}, "#123e8c", {})
    shown = "".join(
        f'<div style="page: {name}">{pen.picture(Picture(file.path, "Logo", HANDOUT))}</div>'
        for name, file in drawings.items()
    )
    pages = "".join(
        f"@page {name} {{ size: 100mm {100 * file.height / file.width}mm; margin: 0 }}"
        for name, file in drawings.items()
    )
    style = f"{pages} svg {{ display: block; inline-size: 100% }}"
    result = rendered(sheet(shown, style), len(drawings), {file.path: file for file in drawings.values()})
    assert result.findings == ()
    return result.pdf


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_logo_has_the_colours_that_its_program_shows(
    name: str, pdf: bytes, drawings: dict[str, PictureFile]
) -> None:
    index = list(drawings).index(name)
    seen = pypdfium2.PdfDocument(pdf)[index].render(scale=SCALE).to_pil().convert("RGB")
    unit = seen.width / drawings[name].width
    for (x, y), colour in SHOWN[name]:
        found = seen.getpixel((round(x * unit), round(y * unit)))
        expected = bytes.fromhex(colour)
        assert isinstance(found, tuple)
        apart = max(abs(int(one) - other) for one, other in zip(found, expected, strict=True))
        assert apart <= 10, (x, y, bytes(found).hex(), colour)


@pytest.mark.parametrize("profile", ["ua1", "2a"])
def test_page_with_gradients_and_clip_paths_is_pdf_ua_and_pdf_a(profile: str, pdf: bytes) -> None:
    assert [failure.message for failure in page.validate_pdf_bytes(pdf, profile=profile).failures] == []


# ---- photos


def photo(mode: str, form: str) -> PictureFile:
    file = BytesIO()
    image = Image.new(mode, (1_200, 900), (200, 30, 30, 90)[: len(mode)])
    image.paste((0, 80, 0, 255)[: len(mode)], (600, 0, 1_200, 900))
    image.save(file, form)
    made, _ = picture("images/foto", file.getvalue())
    assert made is not None
    return made


def rasters(pdf: bytes) -> list[tuple[int, int]]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        numbered: list[pikepdf.Object | None] = list(opened.objects)
        return [
            (int(one.Width), int(one.Height))
            for one in numbered
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]


@pytest.mark.parametrize(("mode", "form"), [("RGB", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG")])
@pytest.mark.parametrize("turned", ["", "transform: rotate(90deg); ", "transform: rotate(180deg); "])
def test_photo_has_300_dots_an_inch_at_the_largest_size_that_the_page_shows(
    mode: str, form: str, turned: str
) -> None:
    file = photo(mode, form)
    img = f'<img alt="x" src="https://project.invalid/{file.path}" style="{turned}width: {{}}mm">'
    style = "img { display: block; image-rendering: crisp-edges }"

    result = rendered(sheet(img.format(25.4) + img.format(50.8), style), assets={file.path: file})

    assert result.findings == ()
    assert set(rasters(result.pdf)) == {(600, 450)}
    seen = pypdfium2.PdfDocument(result.pdf)[0].render(scale=1).to_pil().convert("RGB")
    assert len(seen.getcolors(100_000) or ()) >= 3


def test_photo_that_is_smaller_than_printed_stays_as_it_is() -> None:
    file = photo("RGB", "JPEG")
    img = f'<img alt="x" src="https://project.invalid/{file.path}">'
    style = "img { width: 100mm; image-rendering: crisp-edges }"

    result = rendered(sheet(img, style), assets={file.path: file})

    assert rasters(result.pdf) == [(1_200, 900)]
