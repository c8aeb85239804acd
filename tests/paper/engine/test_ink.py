"""Black is black alone: what is grey is written as a grey, in pages, in drawings and in gradients."""

from __future__ import annotations

import io
from collections.abc import Iterator

import page
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops
from tests.paper.engine.sheets import opened, rendered, sheet
from weasyprint.pdf.stream import Stream

from handout.model.document import PictureFile, PictureType

COLOUR_OPERATORS = frozenset({"g", "G", "rg", "RG", "k", "K", "sc", "SC", "scn", "SCN", "cs", "CS"})
ICON = PictureFile(
    "images/icoon.svg",
    PictureType.SVG,
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
    b'<defs><linearGradient id="g"><stop offset="0" stop-color="#000"/><stop offset=".5" stop-color="#777"/>'
    b'<stop offset="1" stop-color="#ccc"/></linearGradient></defs>'
    b'<path d="M1 1h8v8h-8z" fill="url(#g)" stroke="#333"/></svg>',
    10,
    10,
)


def photo(mode: str) -> PictureFile:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((60, 60)).convert(mode).save(file, "PNG")
    return PictureFile(f"images/{mode}.png", PictureType.PNG, file.getvalue(), 60, 60)


def streams(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield all that draws: pages, forms and patterns."""
    yield from (one.obj for one in pdf.pages)
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and (item.get("/Subtype") == "/Form" or "/PatternType" in item):
            yield item


def chosen_colours(pdf: bytes) -> set[tuple[str, ...]]:
    """Return all that chooses a colour in *pdf*, with its operands."""
    with opened(pdf) as document:
        return {
            (str(one.operator), *map(str, one.operands))
            for stream in streams(document)
            for one in pikepdf.parse_content_stream(stream)
            if str(one.operator) in COLOUR_OPERATORS
        }


def spaces(pdf: bytes) -> set[str]:
    """Return the colour spaces of rasters, gradients and groups in *pdf*."""
    with opened(pdf) as document:
        found = set()
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                for own in (item, item.get("/Group")):
                    space = None if own is None else own.get("/ColorSpace", own.get("/CS"))
                    if isinstance(space, pikepdf.Name):
                        found.add(str(space))
                    elif isinstance(space, pikepdf.Array):
                        found.add(str(space[0]))
        return found


BLACK_SHEET = sheet(
    '<h1>Zwart</h1><p style="color: #444">Grijs.</p><hr>'
    '<span class="icoon"></span><img class="foto" src="images/L.png" alt="Verloop">'
    '<img class="foto" src="images/icoon.svg" alt="Vak"><p class="tegels">Tegels</p>',
    ".icoon { display: block; width: 9mm; height: 9mm; background: url(images/icoon.svg) no-repeat }"
    ".foto { width: 20mm; image-rendering: crisp-edges }"
    ".tegels { background: url(images/icoon.svg) 0 0 / 4mm 4mm repeat; border: 1mm dashed #888 }",
)
BLACK_ASSETS = {one.path: one for one in (ICON, photo("L"))}


@pytest.fixture(scope="module")
def black() -> bytes:
    return rendered(BLACK_SHEET, assets=BLACK_ASSETS).pdf


def test_all_that_is_grey_is_chosen_as_a_grey(black: bytes) -> None:
    chosen = chosen_colours(black)
    assert {operator for operator, *_ in chosen} <= {"g", "G", "cs", "scn"}
    assert {operands[0] for operator, *operands in chosen if operator == "cs"} <= {"/Pattern"}
    assert ("g", "0") in chosen
    assert any(operator == "g" and operands[0] not in ("0", "1") for operator, *operands in chosen)


def test_rasters_gradients_and_what_is_mixed_apart_are_grey_where_all_in_them_is(black: bytes) -> None:
    assert spaces(black) == {"/DeviceGray"}


def test_grey_file_keeps_both_standards(black: bytes) -> None:
    for profile in ("ua1", "2a"):
        assert [one.rule_id for one in page.validate_pdf_bytes(black, profile=profile).failures] == []


def test_what_hides_what_is_under_it_is_no_group(black: bytes) -> None:
    """A program that separates the page mixes what is in a group of four inks, black too."""
    with opened(black) as document:
        groups = [item for item in document.objects if isinstance(item, pikepdf.Stream) and "/Group" in item]
        masks = [
            state.SMask.G.objgen
            for stream in streams(document)
            for state in stream.Resources.get("/ExtGState", pikepdf.Dictionary()).as_dict().values()
            if "/SMask" in state
        ]
        assert {group.objgen for group in groups} <= set(masks)


def test_colours_stay_as_they_are() -> None:
    body = (
        '<p style="color: #123e8c; border: 1pt solid #00573f">Blauw</p><img src="images/RGB.png" alt="Foto">'
    )
    style = "img { width: 20mm; image-rendering: crisp-edges }"
    pdf = rendered(sheet(body, style), assets={"images/RGB.png": photo("RGB")}).pdf

    chosen = chosen_colours(pdf)
    assert ("rg", "0.070588", "0.243137", "0.54902") in chosen
    assert "/DeviceRGB" in spaces(pdf)


def test_what_lets_something_through_stays_a_group() -> None:
    style = ".boven { opacity: .5; margin-top: -8mm } p { background: #123e8c; color: #fff; height: 8mm }"
    pdf = rendered(sheet('<p>Onder</p><p class="boven">Boven</p>', style)).pdf
    with opened(pdf) as document:
        assert any(isinstance(item, pikepdf.Stream) and "/Group" in item for item in document.objects)


def test_pages_look_as_the_engine_paints_them(black: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    from handout.paper.engine import ink

    monkeypatch.setattr(ink, "use_greys", lambda pdf: None)
    plain = rendered(BLACK_SHEET, assets=BLACK_ASSETS).pdf
    assert {operator for operator, *_ in chosen_colours(plain)} & {"rg", "RG"}

    ours, theirs = (
        pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("L") for pdf in (black, plain)
    )
    assert ImageChops.difference(ours, theirs).getextrema() in ((0, 0), (0, 1))


def test_the_function_that_chooses_a_colour_is_the_one_that_we_read() -> None:
    stream = Stream(None, None, None, None, None, None, None)
    stream.set_color_rgb(0.5, 0.5, 0.5)
    assert stream.stream == [b"0.5 0.5 0.5 rg"]
