"""Read pictures: judged by what is in them, and written anew so that nothing else comes along."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageCms, ImageFile, ImageOps

from handout.machine.gate import Refused
from handout.model.document import PictureFile, PictureType
from handout.model.findings import Finding, Place
from handout.model.messages import Message, say
from handout.model.rules import Rule
from handout.model.units import MM_PER_INCH
from handout.project.reading.drawings import drawing

MOST_BYTES = 30_000_000
MOST_PIXELS = 40_000_000
"""At four bytes a pixel it takes 160 MB to read."""
MOST_JPEG_PIXELS = 120_000_000
"""A photo of a good telephone. It is read at an eighth, a quarter or half its size where that is enough."""
PRINTED_DPI = 300
"""More than this nobody sees: a photo is made as small as it is printed."""
JPEG_QUALITY = 90

_RASTERS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
_OTHERS = {
    b"GIF8": say("a GIF"),
    b"BM": say("a BMP"),
    b"II*\x00": say("a TIFF"),
    b"MM\x00*": say("a TIFF"),
    b"%PDF": say("a PDF"),
    b"PK\x03\x04": say("a ZIP, Word or PowerPoint file"),
    b"\x1f\x8b": say("a compressed drawing (SVGZ)"),
    b"%!PS": say("a PostScript drawing (EPS or AI)"),
    b"\xc5\xd0\xd3\xc6": say("a PostScript drawing (EPS)"),
    b"8BPS": say("a Photoshop file"),
    b"\xd7\xcd\xc6\x9a": say("a Windows drawing (WMF)"),
    b"\x01\x00\x00\x00": say("a Windows drawing (EMF)"),
    b"\x00\x00\x01\x00": say("an icon (ICO)"),
}
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
_HEIF = say("a HEIC or AVIF photo, as a telephone makes it")


@dataclass(frozen=True)
class Frame:
    """The largest place that a picture is printed in."""

    width_mm: float
    height_mm: float

    @property
    def most_px(self) -> tuple[int, int]:
        """The most pixels that show in it, across and down."""
        width, height = (
            max(round(side * PRINTED_DPI / MM_PER_INCH), 1) for side in (self.width_mm, self.height_mm)
        )
        return width, height


UNUSED_BOX = Frame(1, 1)
"""For a picture that nothing shows: it is read to see that it is sound."""


def picture(
    path: str, data: bytes, box: Frame | None = None
) -> tuple[PictureFile | None, tuple[Finding, ...]]:
    """Return the picture in *data*, the bytes of the file *path*, or None and what is wrong with it.

    A raster comes back as PNG or JPEG in sRGB or grey, upright, without metadata, and with no more pixels
    than show in *box*; an SVG in one canonical form. The same arguments always give the same picture.
    """
    try:
        return _picture(path, data, box), ()
    except Refused as refused:
        return None, (Finding(Place(path, refused.line), refused.what, refused.fix, rule=refused.rule),)


def _picture(path: str, data: bytes, box: Frame | None) -> PictureFile:
    if len(data) > MOST_BYTES:
        raise Refused(
            Rule.FILE_TOO_LARGE,
            say("the picture has {data_count} bytes", data_count=len(data)),
            say("make it smaller: at most {most_bytes} bytes", most_bytes=MOST_BYTES),
        )
    if (form := _raster_form(data)) is not None:
        return _raster(path, data, form, box)
    if (other := _other_form(data)) is not None:
        raise Refused(
            Rule.PICTURE_FORMAT,
            say("the picture is {other}", other=other),
            say("save it as PNG, JPEG, WebP or SVG"),
        )
    return drawing(path, data)


def _raster_form(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((form for signature, form in _RASTERS.items() if data.startswith(signature)), None)


def _other_form(data: bytes) -> Message | None:
    if _is_heif(data):
        return _HEIF
    return next((form for signature, form in _OTHERS.items() if data.startswith(signature)), None)


def _is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS


# ---- a photo of a sheet -----------------------------------------------------------------------

PHOTO_BOX = Frame(423, 423)
"""5000 pixels: A3 at 300 dpi. Of a larger photo more pixels tell nothing more."""


@dataclass(frozen=True)
class SheetPhoto:
    """A photo or scan of a printed sheet: grey and upright."""

    grey: Image.Image
    dpi: float | None
    """Dots an inch, as the file says; None: it does not."""


def photo(data: bytes) -> SheetPhoto:
    """Return the photo or scan in *data*. Raises Refused where it is none, or is damaged or too large."""
    if not data:
        raise Refused(Rule.PICTURE_DAMAGED, say("the file is empty"), say("save or send the photo again"))
    form = _raster_form(data)
    if form is None and _is_heif(data):
        raise Refused(
            Rule.PICTURE_FORMAT,
            say("the picture is {other}", other=_HEIF),
            say("open it on the telephone or in a program for photos, and save or send it as JPEG"),
        )
    if form is None:
        other = _other_form(data)
        raise Refused(
            Rule.PICTURE_FORMAT,
            say("the picture is {other}", other=other) if other else say("this is no picture"),
            say("save it as JPEG or PNG"),
        )
    with _strict_pillow(form):
        with Image.open(io.BytesIO(data), formats=(form,)) as opened:
            size, dpi = opened.size, _dpi(opened)
        loaded = _loaded(data, form, PHOTO_BOX)
        if loaded.mode == "RGBA":  # what shows through is paper
            loaded = Image.alpha_composite(Image.new("RGBA", loaded.size, "white"), loaded)
        grey = loaded.convert("L")
    return SheetPhoto(grey, dpi and dpi * max(grey.size) / max(size))


def _dpi(opened: Image.Image) -> float | None:
    """Return the dots an inch that a file says; None where it says none, or others across than down."""
    match opened.info.get("dpi"):
        case (int() | float() as across, int() | float() as down) if across > 0 and abs(across - down) < 1:
            return float(across)
    return None


# ---- PNG, JPEG, WebP --------------------------------------------------------------------------

# Pillow's readers let out whatever a damaged file makes them stumble over.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)


def _raster(path: str, data: bytes, form: str, box: Frame | None) -> PictureFile:
    with _strict_pillow(form):
        image = _loaded(data, form, box)
        encoded, kind = _encoded(image, form)
    # By its bytes: how many of its pixels are kept depends on where it is printed.
    content = hashlib.sha256(data).hexdigest()
    return PictureFile(path, kind, encoded, image.width, image.height, content)


@contextmanager
def _strict_pillow(form: str) -> Iterator[None]:
    """Raise Refused for what is wrong with a picture of *form* while it lasts, a truncated one too.

    The engine lets Pillow take truncated files in the whole process.
    """
    tolerant = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            # Our own limit is lower than the one that Pillow warns of; other warnings are about metadata.
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        # In its words: "Image size (3600000000 pixels) exceeds limit of 178956970 pixels, could be …".
        size = re.search(r"[0-9]+", str(error))
        raise _too_many_pixels(size[0] if size else "too many", MOST_PIXELS) from error
    except _DAMAGE as error:
        raise Refused(
            Rule.PICTURE_DAMAGED,
            say("the {form} picture is damaged", form=form),
            say("export or take it again"),
        ) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = tolerant


def _loaded(data: bytes, form: str, box: Frame | None) -> Image.Image:
    """Return the pixels of *data* in a plain mode, upright, no more of them than show in *box*."""
    most = MOST_JPEG_PIXELS if form == "JPEG" else MOST_PIXELS
    with Image.open(io.BytesIO(data), formats=(form,)) as opened:
        if opened.width * opened.height > most:
            raise _too_many_pixels(f"{opened.width} × {opened.height}", most)
        # A telephone puts a preview, or a map of distances, into the same file: the photo is the first.
        if getattr(opened, "n_frames", 1) > 1 and opened.format != "MPO":
            raise Refused(
                Rule.PICTURE_FORMAT, say("the picture moves, or holds several"), say("save one of them")
            )
        is_on_its_side = opened.getexif().get(_ORIENTATION) in _ON_ITS_SIDE
        size = _shown_size(opened.size, box, is_on_its_side)
        if size != opened.size:
            opened.draft(None, size)  # a JPEG is then read smaller, at no cost
        opened.load()
        # A camera notes which side is up in the metadata, which is about to go.
        plain = _plain(ImageOps.exif_transpose(opened))
    upright = size[::-1] if is_on_its_side else size
    if upright == plain.size:
        return plain
    return plain.resize(upright, Image.Resampling.LANCZOS, reducing_gap=3.0)


_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)


def _shown_size(size: tuple[int, int], box: Frame | None, is_on_its_side: bool) -> tuple[int, int]:
    """Return *size*, or the smaller one, of the same shape, of which all pixels show in *box*."""
    if box is None:
        return size
    most = box.most_px[::-1] if is_on_its_side else box.most_px
    scale = min(limit / side for side, limit in zip(size, most, strict=True))
    if scale >= 1:
        return size
    width, height = (max(round(side * scale), 1) for side in size)
    return width, height


def _too_many_pixels(size: str, most: int) -> Refused:
    return Refused(
        Rule.FILE_TOO_LARGE,
        say("the picture is too large: {size} pixels", size=size),
        say("scale it down: at most {most} pixels", most=most),
    )


def _plain(image: Image.Image) -> Image.Image:
    """Return *image* in L, RGB or RGBA, eight bits each, its colours those of sRGB."""
    if image.mode.startswith("I"):
        # Converting alone would cut sixteen bits off at eight.
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    profile = image.info.get("icc_profile")
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.has_transparency_data and image.mode != "RGBA":
        image = image.convert("RGBA")
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        image = _in_srgb(image, profile)
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image if image.mode in ("L", "RGB", "RGBA") else image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return *image*, whose colours *profile* explains, in sRGB; as it is where that cannot be read."""
    through = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if through else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(
            colours,
            source,
            _srgb(),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image
    if found is None:
        return image
    if through is not None:
        found.putalpha(through)
    return found


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _encoded(image: Image.Image, form: str) -> tuple[bytes, PictureType]:
    """Return the pixels of *image*, which is in a plain mode, and nothing else."""
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    file = io.BytesIO()
    if form == "JPEG":
        clean.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
        return file.getvalue(), PictureType.JPEG
    clean.save(file, "PNG", optimize=True)
    return file.getvalue(), PictureType.PNG
