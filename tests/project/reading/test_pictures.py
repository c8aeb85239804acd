"""Pictures are judged by what is in them, and written anew."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from handout.model.document import PictureFile, PictureType
from handout.project.reading.pictures import Frame, picture

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


def test_first_photo_is_taken_where_a_telephone_puts_a_preview_behind_it() -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(
        file, "MPO", save_all=True, append_images=[Image.new("RGB", (3, 2), "blue")]
    )
    made = sound(file.getvalue())
    assert (made.type, made.width, made.height) == (PictureType.JPEG, 30, 20)
    assert near(pixels(made).getpixel((15, 10)), (255, 0, 0), 3)


def near(found: object, expected: tuple[int, ...], apart: int) -> bool:
    assert isinstance(found, tuple)
    return bool(max(abs(one - other) for one, other in zip(found, expected, strict=True)) <= apart)


def test_colours_are_those_that_the_profile_of_the_picture_means() -> None:
    # The same numbers as in sRGB, in a space whose gamma is 1: what is half as bright is then lighter.
    linear = profile_of_linear_light()
    for mode, value in (("RGB", (128, 0, 255)), ("RGBA", (128, 0, 255, 40))):
        file = io.BytesIO()
        Image.new(mode, (3, 3), value).save(file, "PNG", icc_profile=linear)
        found = pixels(sound(file.getvalue())).getpixel((1, 1))
        assert near(found, (188, 0, 255, *value[3:]), 3), mode


def profile_of_linear_light() -> bytes:
    """Return the profile of sRGB with curves that are straight: count 0 (ICC.1:2022 §10.6)."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", data, 128)[0]
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", data, 132 + 12 * number)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            data[at : at + size] = (b"curv" + bytes(8)).ljust(size, b"\0")
    return bytes(data)


def test_profile_that_cannot_be_read_changes_nothing() -> None:
    file = io.BytesIO()
    Image.new("RGB", (3, 3), (128, 0, 255)).save(file, "PNG", icc_profile=b"geen profiel")
    assert pixels(sound(file.getvalue())).getpixel((1, 1)) == (128, 0, 255)


# ---- as large as it is printed


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_photo_has_no_more_pixels_than_show_in_its_box(form: str) -> None:
    file = io.BytesIO()
    photo = Image.linear_gradient("L").resize((1_600, 900)).convert("RGB")
    photo.paste((255, 0, 0), (0, 0, 800, 450))
    photo.save(file, form, quality=95)

    made, findings = picture("images/a", file.getvalue(), Frame(25.4, 25.4))

    assert findings == ()
    assert made is not None
    assert (made.width, made.height) == (300, 169)
    assert pixels(made).size == (300, 169)
    assert near(pixels(made).getpixel((70, 40)), (255, 0, 0), 6)


def test_photo_on_its_side_is_scaled_as_it_stands() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made, _ = picture("images/a", raster("JPEG", (1_600, 800), exif=exif), Frame(25.4, 25.4))
    assert made is not None
    assert (made.width, made.height) == (150, 300)


def test_small_picture_is_not_blown_up() -> None:
    made, _ = picture("images/a", raster("PNG"), Frame(500, 500))
    assert made is not None
    assert (made.width, made.height) == (30, 20)


def test_photo_of_more_pixels_than_memory_for_them_is_read_smaller() -> None:
    data = raster("JPEG", (9_000, 6_000), mode="L")
    made, findings = picture("images/a", data, Frame(20, 20))
    assert findings == ()
    assert made is not None
    assert made.width == 236


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
        (b"\x1f\x8b\x08", "a compressed drawing (SVGZ)"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript drawing (EPS or AI)"),
        (b"8BPS\x00\x01", "a Photoshop file"),
    ],
)
def test_other_form_is_named_for_what_it_is(data: bytes, kind: str) -> None:
    assert fault(data) == f"the picture is {kind}"


def test_file_that_is_too_large_is_refused() -> None:
    assert fault(b"x" * 30_000_001) == "the picture has 30000001 bytes"


# ---- whatever comes


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
