"""Pictures are judged by what is in them, and written anew."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from handout.model import PictureFile, PictureType
from handout.reading.pictures import picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12">{}</svg>'


def raster(form: str, size: tuple[int, int] = (30, 20), mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 0).save(file, form, **options)
    return file.getvalue()


def sound(data: bytes) -> PictureFile:
    made, findings = picture("images/a", data)
    assert findings == ()
    assert made is not None
    return made


def fault(data: bytes) -> str:
    made, (finding,) = picture("images/a", data)
    assert made is None
    assert finding.fix
    assert finding.place.path == "images/a"
    return finding.what


def pixels(made: PictureFile) -> Image.Image:
    image = Image.open(io.BytesIO(made.data))
    image.load()
    return image


# ---- rasters


@pytest.mark.parametrize(
    ("form", "kind"),
    [("PNG", PictureType.PNG), ("JPEG", PictureType.JPEG), ("WEBP", PictureType.PNG)],
)
def test_raster_is_judged_by_its_content(form: str, kind: PictureType) -> None:
    made = sound(raster(form))
    assert (made.type, made.width, made.height) == (kind, 30, 20)
    assert pixels(made).size == (30, 20)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("1", "L"), ("L", "L"), ("P", "RGB"), ("RGB", "RGB"), ("RGBA", "RGBA"), ("LA", "RGBA"), ("I;16", "L")],
)
def test_png_of_any_mode_keeps_its_look(mode: str, expected: str) -> None:
    assert pixels(sound(raster("PNG", mode=mode))).mode == expected


def test_png_of_16_bits_is_scaled_not_cut_off() -> None:
    file = io.BytesIO()
    Image.new("I;16", (2, 2), 32896).save(file, "PNG")
    assert pixels(sound(file.getvalue())).getpixel((0, 0)) in (127, 128)


def test_jpeg_for_a_press_becomes_rgb() -> None:
    assert pixels(sound(raster("JPEG", mode="CMYK"))).mode == "RGB"


def test_metadata_and_appended_files_go_and_the_side_that_is_up_stays() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned a quarter
    exif[0x010E] = "geheim"
    data = raster("JPEG", exif=exif, comment=b"geheim") + b"PK\x03\x04geheim"
    made = sound(data)
    assert (made.width, made.height) == (20, 30)
    assert b"geheim" not in made.data
    assert b"Exif" not in made.data


def test_texts_in_a_png_go() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "geheim")
    assert b"geheim" not in sound(raster("PNG", pnginfo=info)).data


def test_same_bytes_give_the_same_picture() -> None:
    for form in ("PNG", "JPEG", "WEBP"):
        assert sound(raster(form)) == sound(raster(form))


def test_truncated_raster_is_refused_though_the_process_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    noise = Image.effect_noise((200, 200), 80)
    for form in ("PNG", "JPEG", "WEBP"):
        file = io.BytesIO()
        noise.save(file, form)
        assert fault(file.getvalue()[:-2_000]) == f"the {form} picture is damaged"
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


def png_of_size(width: int, height: int) -> bytes:
    """Return the head of a PNG that claims a size."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


@pytest.mark.parametrize("side", [7_000, 12_000, 60_000])
def test_raster_with_too_many_pixels_is_refused_before_it_is_unpacked(side: int) -> None:
    assert fault(png_of_size(side, side)).startswith("the picture is too large: ")


def test_moving_picture_is_refused() -> None:
    file = io.BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    assert fault(file.getvalue()) == "the picture moves, or holds several"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (raster("GIF"), "a GIF"),
        (raster("TIFF"), "a TIFF"),
        (raster("BMP"), "a BMP"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x00\x00\x00\x18ftypheic", "a HEIC or AVIF photo, as a telephone makes it"),
    ],
)
def test_other_form_is_named_for_what_it_is(data: bytes, kind: str) -> None:
    assert fault(data) == f"the picture is {kind}"


def test_file_that_is_too_large_is_refused() -> None:
    assert fault(b"x" * 8_000_001) == "the picture has 8000001 bytes"


# ---- drawings


def test_drawing_is_written_in_one_canonical_form() -> None:
    written = (
        '<?xml version="1.0"?><!-- Inkscape -->\n<svg version="1.1" width="24mm" height="12"\n'
        '  viewBox="0 0  24 12" xmlns="http://www.w3.org/2000/svg"><title>Oud</title>\n'
        '<g stroke="currentColor" fill="none">\n<path stroke-width="1.5" d="M1 1\n h3z"/></g>'
        '<text y="3" x="2">Goed<tspan> zo</tspan> &amp; klaar</text></svg>'
    )
    made = sound(written.encode())
    assert (made.type, made.width, made.height) == (PictureType.SVG, 24, 12)
    assert made.data.decode() == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12">'
        '<g fill="none" stroke="currentColor"><path d="M1 1 h3z" stroke-width="1.5"/></g>'
        '<text x="2" y="3">Goed<tspan> zo</tspan> &amp; klaar</text></svg>'
    )
    assert sound(made.data) == made


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<script/>", "the drawing holds the element 'script'"),
        ("<style>x</style>", "the drawing holds the element 'style'"),
        ('<image href="https://example.org/a.png"/>', "the drawing holds the element 'image'"),
        ('<use href="#a"/>', "the drawing holds the element 'use'"),
        ("<foreignObject/>", "the drawing holds the element 'foreignObject'"),
        ('<a href="https://example.org"/>', "the drawing holds the element 'a'"),
        ("<g><animate/></g>", "the drawing holds the element 'animate'"),
        ("<svg/>", "the drawing holds the element 'svg'"),
        ('<x xmlns="http://example.org"/>', "the drawing holds the element '{http://example.org}x'"),
        ('<g style="fill:red"/>', "the drawing holds the attribute 'style'"),
        ('<g class="a"/>', "the drawing holds the attribute 'class'"),
        ('<g id="a"/>', "the drawing holds the attribute 'id'"),
        ('<g onload="x()"/>', "the drawing holds the attribute 'onload'"),
        ('<g xmlns:l="http://www.w3.org/1999/xlink" l:href="#a"/>', "the drawing holds the attribute '{http://www.w3.org/1999/xlink}href'"),
        ('<g fill="url(#a)"/>', "the drawing holds fill='url(#a)'"),
        ('<g fill="URL(https://example.org)"/>', "the drawing holds fill='URL(https://example.org)'"),
        ('<g transform="translate(1) url(x)"/>', "the drawing holds transform='translate(1) url(x)'"),
        ('<rect width="1e999"/>', "the drawing holds width='1e999'"),
        ("<g>los</g>", "the drawing holds loose text in <g>: 'los'"),
        ("<text>&#x202e;x</text>", "the drawing holds RIGHT-TO-LEFT OVERRIDE (U+202E)"),
        ("<g>" * 30 + "</g>" * 30, "the drawing has too many elements, or nests them too deep"),
        ("<g/>" * 10_001, "the drawing has too many elements, or nests them too deep"),
    ],
)  # fmt: skip
def test_drawing_with_what_is_not_allowed_is_refused(inside: str, expected: str) -> None:
    assert fault(SVG.format(inside).encode()) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("<text>&a;</text>"),
            "the drawing holds '<!DOCTYPE'",
        ),
        ("<!doctype svg>" + SVG.format(""), "the drawing holds '<!doctype'"),
        (SVG.format("<g>"), "the drawing is not well-formed: mismatched tag"),
        (SVG.format("<text>&lol;</text>"), "the drawing is not well-formed: undefined entity"),
        ("<svg viewBox='0 0 1 1'/>", "the file is no SVG"),
        ("<html><svg/></html>", "the file is no SVG"),
        ("zomaar tekst", "the file is no picture that we know"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "the drawing has no viewBox"),
        (SVG.replace("0 0 24 12", "0 0 24"), "the viewBox is '0 0 24'"),
        (SVG.replace("0 0 24 12", "0 0 24 0"), "the viewBox is '0 0 24 0'"),
        (SVG.replace("0 0 24 12", "0 0 24 1e999"), "the viewBox is '0 0 24 1e999'"),
        (SVG.format("<text>" + "x" * 1_000_000 + "</text>"), "the drawing has 1000079 bytes"),
    ],
)
def test_drawing_that_cannot_be_taken_is_named(data: str, expected: str) -> None:
    assert fault(data.encode()).startswith(expected)


def test_drawing_in_another_encoding_is_refused() -> None:
    assert "UTF-16" in fault(SVG.format("").encode("utf-16"))


def test_encoding_that_a_drawing_only_claims_changes_nothing() -> None:
    claim = b'<?xml version="1.0" encoding="utf-7"?>'
    drawing = SVG.format("<text>+ADw-g/+AD4-</text>").encode()
    assert sound(claim + drawing).data == drawing


def test_doctype_is_reported_with_its_line() -> None:
    _, (finding,) = picture("a.svg", b"\n\n<!DOCTYPE svg>\n" + SVG.format("").encode())
    assert finding.place.line == 3


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([raster("PNG"), raster("JPEG"), raster("WEBP"), SVG.format('<path d="M1 1"/>').encode()]),
    st.integers(0, 400),
    st.binary(max_size=8),
)
def test_any_damage_gives_a_picture_or_a_finding(data: bytes, position: int, damage: bytes) -> None:
    made, findings = picture("images/a", data[:position] + damage + data[position + len(damage) :])
    assert (made is None) == bool(findings)


@settings(max_examples=50, deadline=None)
@given(
    st.binary(max_size=100),
    st.sampled_from((b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x10\x00\x00\x00WEBP", b"<svg ")),
)
def test_any_bytes_give_a_picture_or_a_finding(data: bytes, head: bytes) -> None:
    made, findings = picture("images/a", head + data)
    assert (made is None) == bool(findings)
