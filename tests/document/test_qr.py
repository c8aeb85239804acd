"""QR codes: what is scanned from paper is what was asked."""

from __future__ import annotations

import re
from typing import TypeAlias
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from weasyprint import HTML

from handout.document import qr
from handout.model.findings import ExitCode, HandoutError
from handout.model.units import MM_PER_INCH, POINTS_PER_INCH

Gray: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

URL = "https://mysignins.microsoft.com/security-info"
MODULE_STEP = re.compile(r"([hv])(-?\d+)")


def printed(code: qr.Symbol, side_mm: float) -> bytes:
    """Return a page of PDF with *code* at *side_mm*."""
    style = "@page { size: 70mm; margin: 11.07mm 10.13mm } body { margin: 0 } svg { display: block }"
    size = f"<style>{style} .qr__code {{ width: {side_mm}mm; height: {side_mm}mm }}</style>"
    return HTML(string=f'<html lang="nl"><title>x</title>{size}{qr.svg(code, "QR")}').write_pdf() or b""


def rastered(pdf: bytes, dots_per_inch: float) -> Gray:
    page = pypdfium2.PdfDocument(pdf)[0]
    bitmap = page.render(scale=dots_per_inch / POINTS_PER_INCH, grayscale=True)
    return np.asarray(bitmap.to_pil(), dtype=np.uint8)


def scanned(image: Gray) -> list[str]:
    return [barcode.text for barcode in zxingcpp.read_barcodes(image)]


def loops(path: str) -> list[list[tuple[int, int]]]:
    """Return the corners of each subpath of *path*."""
    found = []
    for start, steps in re.findall(r"M(\d+ \d+)((?:[hv]-?\d+)*)z", path):
        x, y = map(int, start.split())
        corners = [(x, y)]
        for direction, length in MODULE_STEP.findall(steps):
            x, y = (x + int(length), y) if direction == "h" else (x, y + int(length))
            corners.append((x, y))
        found.append(corners)
    return found


def filled_even_odd(code: qr.Symbol, scale: int = 4) -> Gray:
    """Return which modules the path covers an odd number of times, by drawing each subpath on its own."""
    side = code.side_modules * scale
    total = np.zeros((side, side), dtype=np.uint8)
    for corners in loops(code.path):
        layer = Image.new("L", (side, side))
        # ImageDraw paints the border too, one pixel wide: the middle of a module is two pixels away from it.
        ImageDraw.Draw(layer).polygon([(x * scale, y * scale) for x, y in corners], fill=1)
        total ^= np.asarray(layer, dtype=np.uint8)
    return total[scale // 2 :: scale, scale // 2 :: scale]


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_path_filled_even_odd_is_the_matrix_inside_four_light_modules(level: str) -> None:
    code = qr.symbol(URL, level)
    matrix = segno.make_qr(URL, error=level).matrix
    expected = np.pad(np.array([list(row) for row in matrix], dtype=np.uint8), 4)
    assert np.array_equal(filled_even_odd(code), expected)


def test_printed_page_has_the_modules_of_the_matrix() -> None:
    code = qr.symbol(URL)
    image = rastered(printed(code, 40), 300)
    dots_per_mm = 300 / MM_PER_INCH
    centres_mm = (np.arange(code.side_modules) + 0.5) * 40 / code.side_modules
    rows = ((11.07 + centres_mm) * dots_per_mm).astype(int)
    columns = ((10.13 + centres_mm) * dots_per_mm).astype(int)
    assert np.array_equal(image[np.ix_(rows, columns)] < 128, filled_even_odd(code) == 1)


@given(st.text("abcdefghij0123456789/-", max_size=60))
@settings(max_examples=25, deadline=None)
def test_no_two_subpaths_share_an_edge(tail: str) -> None:
    edges = []
    for corners in loops(qr.symbol(f"https://aka.ms/{tail}").path):
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
            assert (x0 == x1) != (y0 == y1)
            edges += [(x, y0, "h") for x in range(min(x0, x1), max(x0, x1))]
            edges += [(x0, y, "v") for y in range(min(y0, y1), max(y0, y1))]
    assert len(edges) == len(set(edges))


def test_symbol_says_what_it_is() -> None:
    code = qr.symbol("https://aka.ms/mfasetup")
    assert (code.payload, code.modules, code.version) == ("https://aka.ms/mfasetup", 25, 2)
    assert code.side_modules == 33


def test_error_correction_is_raised_where_the_size_stays_the_same() -> None:
    asked, boosted = segno.make_qr("aka.ms", error="M", boost_error=False), qr.symbol("aka.ms", "M")
    assert boosted.modules == len(asked.matrix)
    assert boosted.error_correction == "H"


def test_short_payload_is_not_made_a_micro_code() -> None:
    assert qr.symbol("1").modules == 21


def test_payload_too_long_for_any_code_is_reported() -> None:
    with pytest.raises(HandoutError, match="cannot hold the 3000 characters") as error:
        qr.symbol("https://aka.ms/" + "a" * 2985)
    assert error.value.exit_code is ExitCode.FINDINGS
    assert error.value.fix


def test_svg_is_xml_with_its_title_first_and_no_size_of_its_own() -> None:
    code = qr.symbol(URL)
    root = ElementTree.fromstring(qr.svg(code, 'Ga naar <"school"> & co'))
    assert [child.tag.rpartition("}")[2] for child in root] == ["title", "rect", "path"]
    assert root[0].text == 'Ga naar <"school"> & co'
    assert set(root.attrib) == {"class", "viewBox"}
    assert root.get("class") == "qr__code"
    assert root.get("viewBox") == f"0 0 {code.side_modules} {code.side_modules}"
    assert root[2].get("fill-rule") == "evenodd"


def test_code_of_30_mm_scans_at_200_dpi_in_grey_and_in_black_and_white() -> None:
    page = rastered(printed(qr.symbol(URL), 30), 200)
    assert scanned(page) == [URL]
    for threshold in (60, 128, 200):
        assert scanned(np.where(page > threshold, 255, 0).astype(np.uint8)) == [URL]


def test_quiet_zone_stays_white_on_a_dark_page() -> None:
    code = qr.symbol(URL)
    style = "@page { margin: 0; size: 40mm } body { margin: 0; background: #222 } svg { display: block }"
    image = rastered(HTML(string=f"<style>{style}</style>{qr.svg(code, 'QR')}").write_pdf() or b"", 300)
    module = 40 / MM_PER_INCH * 300 / code.side_modules
    edge = int(4 * module) - 2
    assert image[2:edge, 2:-2].min() == 255
    assert image[2:-2, 2:edge].min() == 255
    assert scanned(image) == [URL]


def test_solid_parts_have_no_seams() -> None:
    code = qr.symbol(URL)
    image = rastered(printed(code, 30), 300)
    dots_per_mm = 300 / MM_PER_INCH
    module = 30 / code.side_modules * dots_per_mm
    left, top = 10.13 * dots_per_mm + 6 * module, 11.07 * dots_per_mm + 6 * module
    core = image[int(top) + 2 : int(top + 3 * module) - 2, int(left) + 2 : int(left + 3 * module) - 2]
    assert core.size > 100
    assert core.max() == 0


@given(
    st.builds(
        "https://{}/{}".format,
        st.sampled_from(["aka.ms", "www.school.be", "mysignins.microsoft.com"]),
        st.text("abcdefgXYZ0123456789-_/?=&%.~", max_size=80),
    )
)
@settings(max_examples=12, deadline=None)
def test_payload_comes_back_from_the_printed_page(url: str) -> None:
    assert scanned(rastered(printed(qr.symbol(url), 40), 200)) == [url]


def test_module_counts_the_quiet_zone() -> None:
    assert qr.module_mm(qr.symbol("https://aka.ms/mfasetup"), 16.5) == pytest.approx(0.5)


def test_code_with_modules_too_small_is_reported_with_the_side_it_needs() -> None:
    message = qr.too_small(qr.symbol("https://aka.ms/mfasetup"), 16.4, 0.5)
    assert message == (
        "the QR code for https://aka.ms/mfasetup is 16.4 mm wide, so that its modules are 0.49 mm; "
        "this format needs 0.50 mm: make it at least 16.5 mm wide, or shorten the address"
    )


@given(st.integers(1, 200), st.sampled_from([0.33, 0.4, 0.45, 0.5, 1.1]))
@settings(max_examples=40, deadline=None)
def test_least_side_is_large_enough_and_a_tenth_less_is_not(length: int, least_module_mm: float) -> None:
    code = qr.symbol("https://aka.ms/" + "a" * length)
    side_mm = qr.least_side_mm(code, least_module_mm)
    assert qr.too_small(code, side_mm, least_module_mm) is None
    assert qr.too_small(code, side_mm - 0.1, least_module_mm) is not None
