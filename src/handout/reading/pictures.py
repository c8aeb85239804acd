"""Read pictures: judged by what is in them, and written anew so that nothing else comes along."""

from __future__ import annotations

import hashlib
import io
import math
import re
import struct
import unicodedata
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageFile, ImageOps

from handout.errors import Finding, Place
from handout.model import PictureFile, PictureType
from handout.reading.gate import Refused, decode_text, forbidden_character
from handout.reading.names import quoted
from handout.rules import Rule

MOST_BYTES = 8_000_000
MOST_PIXELS = 40_000_000
"""A photo of a good telephone. At four bytes a pixel it takes 160 MB to read."""
MOST_SVG_BYTES = 1_000_000
MOST_SVG_ELEMENTS = 10_000
MOST_SVG_LEVELS = 20
JPEG_QUALITY = 90

_RASTERS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
_OTHERS = {
    b"GIF8": "a GIF",
    b"BM": "a BMP",
    b"II*\x00": "a TIFF",
    b"MM\x00*": "a TIFF",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP, Word or PowerPoint file",
}
_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")


def picture(path: str, data: bytes) -> tuple[PictureFile | None, tuple[Finding, ...]]:
    """Return the picture in *data*, the bytes of the file *path*, or None and what is wrong with it.

    A raster comes back as PNG or JPEG, upright, without metadata; an SVG in one canonical form. The same
    bytes always give the same picture.
    """
    try:
        return _picture(path, data), ()
    except Refused as refused:
        return None, (Finding(Place(path, refused.line), refused.what, refused.fix, rule=refused.rule),)


def _picture(path: str, data: bytes) -> PictureFile:
    if len(data) > MOST_BYTES:
        raise Refused(
            Rule.FILE_TOO_LARGE,
            f"the picture has {len(data)} bytes",
            f"make it smaller: at most {MOST_BYTES} bytes",
        )
    if (form := _raster_form(data)) is not None:
        return _raster(path, data, form)
    if (other := _other_form(data)) is not None:
        raise Refused(Rule.PICTURE_FORMAT, f"the picture is {other}", "save it as PNG, JPEG, WebP or SVG")
    return _drawing(path, data)


def _raster_form(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((form for signature, form in _RASTERS.items() if data.startswith(signature)), None)


def _other_form(data: bytes) -> str | None:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "a HEIC or AVIF photo, as a telephone makes it"
    return next((form for signature, form in _OTHERS.items() if data.startswith(signature)), None)


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


def _raster(path: str, data: bytes, form: str) -> PictureFile:
    try:
        with _strict_pillow():
            image = _loaded(data, form)
            encoded, kind = _encoded(image, form)
            content = _pixels_sum(image)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(str(error)) from error
    except _DAMAGE as error:
        raise Refused(
            Rule.PICTURE_DAMAGED, f"the {form} picture is damaged", "export or take it again"
        ) from error
    return PictureFile(path, kind, encoded, image.width, image.height, content)


@contextmanager
def _strict_pillow() -> Iterator[None]:
    """Refuse truncated files while it lasts: the engine switches them on for the whole process."""
    tolerant = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            # Our own limit is lower than the one that Pillow warns of; other warnings are about metadata.
            warnings.simplefilter("ignore")
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = tolerant


def _loaded(data: bytes, form: str) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=(form,)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise _too_many_pixels(f"{opened.width} × {opened.height}")
        if getattr(opened, "n_frames", 1) > 1:
            raise Refused(Rule.PICTURE_FORMAT, "the picture moves, or holds several", "save one of them")
        opened.load()
        # A camera notes which side is up in the metadata, which is about to go.
        return ImageOps.exif_transpose(opened)


def _too_many_pixels(size: str) -> Refused:
    return Refused(
        Rule.FILE_TOO_LARGE,
        f"the picture is too large: {size} pixels",
        f"scale it down: at most {MOST_PIXELS} pixels",
    )


def _encoded(image: Image.Image, form: str) -> tuple[bytes, PictureType]:
    """Return the pixels of *image* and nothing else."""
    mode = _plain_mode(image)
    converted = _eight_bit(image).convert(mode)
    clean = Image.new(mode, converted.size)
    clean.paste(converted)
    file = io.BytesIO()
    if form == "JPEG":
        clean.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
        return file.getvalue(), PictureType.JPEG
    clean.save(file, "PNG", optimize=True)
    return file.getvalue(), PictureType.PNG


_ROWS_AT_ONCE = 256


def _pixels_sum(image: Image.Image) -> str:
    """Return the SHA-256 of the pixels of *image*, in whatever mode and file they are kept."""
    eight_bit = _eight_bit(image)
    total = hashlib.sha256(f"{image.width}x{image.height}".encode())
    for top in range(0, image.height, _ROWS_AT_ONCE):  # all at once would take four bytes for each
        rows = eight_bit.crop((0, top, image.width, min(top + _ROWS_AT_ONCE, image.height)))
        total.update(rows.convert("RGBA").tobytes())
    return total.hexdigest()


def _plain_mode(image: Image.Image) -> str:
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L") or image.mode.startswith("I") else "RGB"


def _eight_bit(image: Image.Image) -> Image.Image:
    """Return *image*, and one with 16 bits a pixel scaled to eight: converting alone would cut it off."""
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")


# ---- SVG --------------------------------------------------------------------------------------

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset({"g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_WORDS = frozenset({"text", "tspan"})
_DROPPED = frozenset({"title", "desc", "metadata"})
"""The alt text comes from the Markdown; the rest is for drawing programs."""

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
_LENGTH = re.compile(rf"{_NUMBER}(?:px|%)?")
_NUMBERS = re.compile(r"[0-9eE+\-., \t\n]+")
_PATH = re.compile(r"[MmZzLlHhVvCcSsQqTtAa0-9eE+\-., \t\n]*")
_TRANSFORM = re.compile(
    r"(?:\s*(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([0-9eE+\-., \t\n]+\)[\s,]*)+"
)
_COLOUR = re.compile(r"none|currentColor|[a-zA-Z]{3,30}|#[0-9a-fA-F]{3,8}|rgb\([0-9 ,.%]+\)")
_WORD = re.compile(r"[a-zA-Z0-9. -]{1,40}")
_FONTS = re.compile(r"[a-zA-Z0-9 ,'\"-]{1,120}")

_ATTRIBUTES: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(
        ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "dx", "dy"),
        _LENGTH,
    ),
    **dict.fromkeys(("stroke-width", "stroke-miterlimit", "stroke-dashoffset", "font-size"), _LENGTH),
    **dict.fromkeys(("letter-spacing", "opacity", "fill-opacity", "stroke-opacity"), _LENGTH),
    **dict.fromkeys(("points", "viewBox"), _NUMBERS),
    **dict.fromkeys(("fill-rule", "stroke-linecap", "stroke-linejoin", "text-anchor"), _WORD),
    **dict.fromkeys(("dominant-baseline", "font-weight", "font-style", "preserveAspectRatio"), _WORD),
    **dict.fromkeys(("fill", "stroke", "color"), _COLOUR),
    "stroke-dasharray": re.compile(rf"none|{_NUMBERS.pattern}"),
    "d": _PATH,
    "transform": _TRANSFORM,
    "font-family": _FONTS,
}
_DROPPED_ATTRIBUTES = frozenset(
    {"version", "role", "aria-hidden", "aria-label", "{http://www.w3.org/XML/1998/namespace}space"}
)
_DROPPED_FROM_TOP = frozenset({"width", "height", "x", "y"})
"""The sheet decides how large a drawing is."""


def _drawing(path: str, data: bytes) -> PictureFile:
    if len(data) > MOST_SVG_BYTES:
        raise Refused(
            Rule.FILE_TOO_LARGE,
            f"the drawing has {len(data)} bytes",
            f"simplify it: at most {MOST_SVG_BYTES} bytes",
        )
    top = _parsed(decode_text(data))
    width, height = _size(top)
    written = _Writer().element(top, 0)
    content = hashlib.sha256(unicodedata.normalize("NFC", written).encode()).hexdigest()
    return PictureFile(path, PictureType.SVG, written.encode(), width, height, content)


def _parsed(text: str) -> ElementTree.Element:
    if "<svg" not in text:
        raise Refused(
            Rule.PICTURE_FORMAT, "the file is no picture that we know", "save it as PNG, JPEG, WebP or SVG"
        )
    # Entities are declared in the DOCTYPE: refused before a parser sees them, they cannot expand.
    if (found := re.search(r"<!\s*(?!--|\[CDATA\[)\w*", text)) is not None:
        line = text.count("\n", 0, found.start()) + 1
        raise Refused(
            Rule.DRAWING_FORM,
            f"the drawing holds {quoted(found.group())}",
            "export it as plain SVG, without it",
            line,
        )
    try:
        top = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise Refused(
            Rule.PICTURE_DAMAGED,
            f"the drawing is not well-formed: {error}",
            "export it again",
            error.position[0],
        ) from error
    if top.tag != f"{_NAMESPACE}svg":
        raise Refused(
            Rule.DRAWING_FORM,
            "the file is no SVG",
            'begin it with <svg xmlns="http://www.w3.org/2000/svg" viewBox="…">',
        )
    return top


def _size(top: ElementTree.Element) -> tuple[float, float]:
    """Return width and height of the view box."""
    view_box = top.get("viewBox")
    if view_box is None:
        raise Refused(
            Rule.DRAWING_FORM, "the drawing has no viewBox", 'add viewBox="0 0 WIDTH HEIGHT" to <svg>'
        )
    numbers = [float(number) for number in re.findall(_NUMBER, view_box)]
    sound = _NUMBERS.fullmatch(view_box) and len(numbers) == 4 and all(map(math.isfinite, numbers))
    if not sound or numbers[2] <= 0 or numbers[3] <= 0:
        raise Refused(
            Rule.DRAWING_FORM,
            f"the viewBox is {quoted(view_box)}",
            "write four numbers, the last two larger than 0",
        )
    return numbers[2], numbers[3]


class _Writer:
    """Writes an SVG anew from what is allowed: attributes sorted, no white space between shapes."""

    def __init__(self) -> None:
        self._count = 0

    def element(self, element: ElementTree.Element, level: int) -> str:
        self._count += 1
        if self._count > MOST_SVG_ELEMENTS or level > MOST_SVG_LEVELS:
            limits = f"at most {MOST_SVG_ELEMENTS} elements, {MOST_SVG_LEVELS} levels"
            raise Refused(
                Rule.FILE_TOO_LARGE,
                "the drawing has too many elements, or nests them too deep",
                f"simplify it: {limits}",
            )
        name = _allowed_name(element, level)
        namespace = "" if level else ' xmlns="http://www.w3.org/2000/svg"'
        inside = "".join(self._inside(element, name, level))
        attributes = "".join(_attributes(element, level))
        return (
            f"<{name}{namespace}{attributes}>{inside}</{name}>"
            if inside
            else f"<{name}{namespace}{attributes}/>"
        )

    def _inside(self, element: ElementTree.Element, name: str, level: int) -> Iterator[str]:
        yield _words(element.text, name)
        for child in element:
            if child.tag not in {f"{_NAMESPACE}{dropped}" for dropped in _DROPPED}:
                yield self.element(child, level + 1)
            yield _words(child.tail, name)


def _allowed_name(element: ElementTree.Element, level: int) -> str:
    name = element.tag.removeprefix(_NAMESPACE)
    allowed = name in _SHAPES | _WORDS if level else name == "svg"
    if not allowed or not element.tag.startswith(_NAMESPACE):
        names = ", ".join(sorted(_SHAPES | _WORDS))
        raise Refused(
            Rule.DRAWING_FORM,
            f"the drawing holds the element {quoted(name)}",
            f"redraw or flatten it: allowed are {names}",
        )
    return name


def _attributes(element: ElementTree.Element, level: int) -> Iterator[str]:
    for name, value in sorted(element.attrib.items()):
        if name in _DROPPED_ATTRIBUTES or (level == 0 and name in _DROPPED_FROM_TOP):
            continue
        pattern = _ATTRIBUTES.get(name)
        if pattern is None:
            raise Refused(
                Rule.DRAWING_FORM,
                f"the drawing holds the attribute {quoted(name)}",
                "export it as plain or optimised SVG: presentation attributes only, no style, class or id",
            )
        if not pattern.fullmatch(value.strip()):
            raise Refused(
                Rule.DRAWING_FORM,
                f"the drawing holds {name}={quoted(value)}",
                "write plain numbers, colours and words; no url(…)",
            )
        yield f" {name}={quoteattr(' '.join(value.split()))}"


def _words(text: str | None, name: str) -> str:
    if text is None or not text.strip():
        return " " if text and name in _WORDS else ""
    if name not in _WORDS:
        raise Refused(
            Rule.DRAWING_FORM,
            f"the drawing holds loose text in <{name}>: {quoted(text.strip())}",
            "put it in <text>",
        )
    if (forbidden := forbidden_character(text)) is not None:
        raise Refused(Rule.CHARACTER_HIDDEN, f"the drawing holds {forbidden.name}", "take it out")
    return escape(re.sub(r"\s+", " ", text))
