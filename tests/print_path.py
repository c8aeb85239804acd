"""The way to paper, tried for real: files of a build through queues of CUPS, read back from the raster.

Not part of the tests: it takes root, CUPS with its filters and Ghostscript, and some minutes. After a build
`make print-path` runs it, and writes its table into docs/printing.md.

A queue with a file behind it prints to that file; what lands there is what a printer would get: PWG raster
(PWG 5102.4), as IPP Everywhere printers take it, URF, as AirPrint printers take it, or PCL 5, as older laser
printers do. Beside it stands what PDFium makes of the same page at the same resolution: the two are held
against each other, in the part of the paper that the printer reaches.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

from handout.builder import printing
from handout.model.document import STANDARD_READING
from handout.model.files import FILLABLE

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs/printing.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
MM_PER_INCH = 25.4
LABEL_DPI = 203
"""Of the coarsest printers: those for labels and receipts."""
BOTTOM_MM, SIDE_MM = 11.7, 3.4
"""What some inkjets cannot print: the lowest edge, and the other three."""
DARK = 128
GREY_MM = 0.25
MOST_DOTS_APART = 8
"""By how much the same paper may differ: PPDs have it in whole points, of eight dots at 600 dpi."""
HEADER = 1796
"""Bytes of the header of a page in PWG raster, big-endian; its words are at the offsets below."""
DUPLEX, TUMBLE, WIDTH, HEIGHT, BITS_PER_PIXEL = 272, 368, 372, 376, 388
URF_HEADER = 32
PCL_COMMAND = re.compile(rb"\x1b([&*][a-z])(-?\d*)([A-Z])")
PCL_UNREACHED_MM = (6.35, 4.23)
"""At the sides, and above and below: as the PPD of the driver says of A4, 18 and 12 points."""
LONGEST_JOB_S = 120
DRIVERS = "/usr/lib/cups/daemon/cups-driverd"

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Raster:
    """One side of paper as the printer gets it."""

    grey: Grey
    is_duplex: bool
    is_tumble: bool
    unreached_mm: tuple[float, float] = (0.0, 0.0)
    """What the printer leaves white for want of reach: at the left and right, and at the top and bottom."""
    is_dots: bool = False
    """True: a grey is dots of black."""


@dataclass(frozen=True)
class Side:
    """What came of one page."""

    scale: float
    shift_mm: float
    """How far its ink lies from where it should, at most."""
    turned_degrees: int
    cut_mm: float
    """How far the ink runs on where the printer does not reach."""
    bottom_mm: float
    """White below the lowest ink of the paper, and at the narrowest of the other three sides."""
    side_mm: float
    codes: int
    codes_read: int
    codes_read_at_203: int


def pwg_pages(data: bytes) -> Iterator[Raster]:
    """Yield the pages of PWG raster *data*: `RaS2`, and of each page a header and its packed lines."""
    assert data[:4] == b"RaS2", data[:4]
    at = 4
    while at < len(data):
        header = data[at : at + HEADER]
        width, height, bits = (_word(header, offset) for offset in (WIDTH, HEIGHT, BITS_PER_PIXEL))
        grey, at = _unpacked(data, at + HEADER, width, height, bits // 8)
        yield Raster(grey, bool(_word(header, DUPLEX)), bool(_word(header, TUMBLE)))


def urf_pages(data: bytes) -> Iterator[Raster]:
    """Yield the pages of URF *data*: `UNIRAST`, a count, and of each page 32 bytes and lines as of PWG.

    18 05 02 00 … 00 00 09 b0 00 00 0d b4 00 00 01 2c     24 bits, sRGB, short edge; 2480 by 3508 at 300 dpi
    """
    assert data[:8] == b"UNIRAST\0", data[:8]
    at = 12
    while at < len(data):
        header = data[at : at + URF_HEADER]
        grey, at = _unpacked(data, at + URF_HEADER, _word(header, 12), _word(header, 16), header[0] // 8)
        yield Raster(grey, header[2] in (2, 3), header[2] == 2)


def pcl_pages(data: bytes) -> Iterator[Raster]:
    """Yield the pages of PCL 5 *data* with plain raster, as CUPS' rastertohp writes it for A4.

    1b 2a 62 34 34 59          *b44Y     44 lines down
    1b 2a 62 32 39 32 57 00 …  *b292W    a line of 292 bytes, a bit a dot, 1 is black
    """
    lines: Grey = np.zeros((0, 0), np.uint8)
    dpi, sides, line, size, at = 300, 0, 0, (0, 0), 0
    while at < len(data):
        match = PCL_COMMAND.match(data, at)
        if match is None:
            at += 1
            continue
        at, name, value = match.end(), (match[1] + match[3]).decode(), int(match[2] or 0)
        if name == "&lS":
            sides = value
        elif name == "*tR":
            dpi = value
        elif name == "*rS":
            size = (value, size[1])
        elif name == "*rT":
            size = (size[0], value)
        elif name == "*rA":
            line, lines = 0, np.zeros((size[1], -(-size[0] // 8)), np.uint8)
        elif name == "*bY":
            line += value
        elif name == "*bW":
            lines[line, :value] = np.frombuffer(data, np.uint8, value, at)
            line, at = line + 1, at + value
        elif name == "*rB":
            yield _on_paper(np.unpackbits(lines, axis=1)[:, : size[0]], dpi, sides)


def _on_paper(black: Grey, dpi: int, sides: int) -> Raster:
    """Return the dots *black*, which fill what the printer reaches, in their place on paper."""
    across, down = (round(mm * dpi / MM_PER_INCH) for mm in PCL_UNREACHED_MM)
    grey = np.pad(255 * (1 - black), ((down, down), (across, across)), constant_values=255)
    return Raster(grey.astype(np.uint8), sides > 0, sides == 2, PCL_UNREACHED_MM, is_dots=True)


def _unpacked(data: bytes, at: int, width: int, height: int, pixel: int) -> tuple[Grey, int]:
    """Return the page whose packed lines begin *at*, of *pixel* bytes a dot, and where that ends."""
    grey = np.full((height, width), 255, dtype=np.uint8)
    line = 0
    while line < height:
        repeated = data[at] + 1
        packed, at = _line(data, at + 1, pixel, width * pixel)
        grey[line : line + repeated] = np.frombuffer(packed, np.uint8).reshape(width, pixel).mean(axis=1)
        line += repeated
    return grey, at


def _word(header: bytes, offset: int) -> int:
    return int.from_bytes(header[offset : offset + 4], "big")


def _line(data: bytes, at: int, pixel: int, length: int) -> tuple[bytes, int]:
    """Return the bytes of one line, and where the next begins: runs of a pixel, or of several that differ.

    02 ff ff ff      three white pixels of three bytes
    fe 00 00 00 …    three pixels one by one (257 - 254)
    """
    line = bytearray()
    while len(line) < length:
        count = data[at]
        at += 1
        if count < 128:
            line += data[at : at + pixel] * (count + 1)
            at += pixel
        elif count == 128:
            line += b"\xff" * (length - len(line))
        else:
            line += data[at : at + pixel * (257 - count)]
            at += pixel * (257 - count)
    return bytes(line), at


def through(queue: Queue, build: Path, row: dict[str, Any]) -> list[Raster]:
    """Print the file of *row* with the program's own command, and return what the printer would get."""
    queue.out.unlink(missing_ok=True)
    chosen_by = ("audience", "format", "language", "reading")
    words = [word for key in chosen_by for word in (f"--{key}", row[key])]
    words += ["--output", str(build), "--queue", queue.name]
    sheet = row["sheet"] or printing.PIECE
    subprocess.run(
        [sys.executable, "-m", "handout", "print", row["handout"], *words, "--sheet", sheet, "-q"],
        check=True,
        capture_output=True,
    )
    until = time.monotonic() + LONGEST_JOB_S
    while subprocess.run(["lpstat", "-o", queue.name], capture_output=True, check=False).stdout:
        if time.monotonic() > until:
            sys.exit(f"{queue.name} does not finish {row['path']}")
        time.sleep(0.2)
    return list(queue.language.pages(queue.out.read_bytes()))


def expected(path: Path, dpi: int) -> list[Grey]:
    """Return the pages of the PDF at *path* as PDFium draws them."""
    document = pypdfium2.PdfDocument(path)
    try:
        drawn = (page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document)
        return [np.asarray(page.convert("L")) for page in drawn]
    finally:
        document.close()


def compared(raster: Raster, drawn: Grey, dpi: int) -> Side:
    """Return how *raster* lies beside *drawn*, whichever way it was turned."""
    printed = raster.grey
    turns = range(4) if printed.shape[0] != drawn.shape[0] else (0, 2)
    turned = min(turns, key=lambda turn: _unlike(np.rot90(printed, turn), drawn))
    as_printed = np.rot90(drawn, -turned)
    reached = _reached(as_printed, raster.unreached_mm, dpi)
    # Dots of grey are seen from where they run together; lines that are thin vanish there.
    distances = (0, round(GREY_MM * dpi / MM_PER_INCH)) if raster.is_dots else (0,)
    seen = [(_ink(_blurred(printed, dots)), _ink(_blurred(reached, dots))) for dots in distances]
    got, wanted = min(seen, key=lambda edges: float(np.abs(np.subtract(*edges)).max()))
    shift_px = max(abs(edge - other) for edge, other in zip(got, wanted, strict=True))
    low, sides = _white(printed, dpi)
    codes = {code.text for code in zxingcpp.read_barcodes(drawn)}
    return Side(
        scale=((got[1] - got[0]) / (wanted[1] - wanted[0]) + (got[3] - got[2]) / (wanted[3] - wanted[2])) / 2,
        shift_mm=shift_px / dpi * MM_PER_INCH,
        turned_degrees=turned * 90,
        cut_mm=max(abs(edge - other) for edge, other in zip(_ink(as_printed), _ink(reached), strict=True))
        / dpi
        * MM_PER_INCH,
        bottom_mm=low,
        side_mm=sides,
        codes=len(codes),
        codes_read=len(codes & {code.text for code in zxingcpp.read_barcodes(np.ascontiguousarray(printed))}),
        codes_read_at_203=len(codes & _read_coarsely(printed, dpi)),
    )


def _reached(page: Grey, unreached_mm: tuple[float, float], dpi: int) -> Grey:
    """Return *page* as it is where the printer reaches, and white elsewhere."""
    across, down = (round(mm * dpi / MM_PER_INCH) for mm in unreached_mm)
    height, width = page.shape
    reached = np.full_like(page, 255)
    inside = np.s_[down : height - down, across : width - across]
    reached[inside] = page[inside]
    return reached


def _blurred(grey: Grey, dots: int) -> Grey:
    return np.asarray(Image.fromarray(grey).filter(ImageFilter.BoxBlur(dots))) if dots else grey


def _unlike(one: Grey, other: Grey) -> float:
    if max(abs(np.subtract(one.shape, other.shape))) > MOST_DOTS_APART:
        return float("inf")
    height, width = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    return float(np.mean((one[:height, :width] < DARK) ^ (other[:height, :width] < DARK)))


def _ink(grey: Grey) -> tuple[int, int, int, int]:
    rows, columns = (np.flatnonzero((grey < DARK).any(axis=axis)) for axis in (1, 0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def _white(grey: Grey, dpi: int) -> tuple[float, float]:
    top, bottom, left, right = _ink(grey)
    height, width = grey.shape
    mm = MM_PER_INCH / dpi
    return (height - 1 - bottom) * mm, min(top, left, width - 1 - right) * mm


def _read_coarsely(grey: Grey, dpi: int) -> set[str]:
    """Return the codes that are read where the page is black and white at 203 dpi."""
    image = Image.fromarray(grey)
    size = (round(image.width * LABEL_DPI / dpi), round(image.height * LABEL_DPI / dpi))
    coarse = image.resize(size, Image.Resampling.BOX).point(lambda value: 255 * (value >= DARK))
    return {code.text for code in zxingcpp.read_barcodes(np.asarray(coarse))}


def in_a_row(row: dict[str, Any], sides: Sequence[Side], rasters: Sequence[Raster], queue: Queue) -> str:
    wanted = (row["sides"] == 2, row["duplex"] == "short edge")
    got = (rasters[0].is_duplex, rasters[0].is_tumble)
    what = row["sheet"] or printing.PIECE
    codes, read, coarsely = (
        sum(getattr(side, name) for side in sides) for name in ("codes", "codes_read", "codes_read_at_203")
    )
    which = ", ".join(
        one for one in (row["language"], row["reading"]) if one not in ("nl-BE", STANDARD_READING)
    )
    return (
        f"| {row['format']}{f' ({which})' if which else ''} | {what} | {row['paper']} "
        f"| {queue.language.name} {queue.dpi} | {len(sides)} "
        f"| {min(side.scale for side in sides):.4f}–{max(side.scale for side in sides):.4f} "
        f"| {max(side.shift_mm for side in sides):.2f} | {max(side.cut_mm for side in sides):.1f} "
        f"| {'as asked' if got == wanted else 'WRONG'} "
        f"| {min(side.bottom_mm for side in sides):.1f} | {min(side.side_mm for side in sides):.1f} "
        f"| {read}, {coarsely} of {codes} |"
    )


HEAD = (
    "| format | file | paper | sent as, dpi | pages | scale | off by, mm | cut, mm | sides | white below, mm "
    "| at the sides, mm | codes read: at this dpi, at 203 |\n" + 12 * "|---" + "|"
)


def chosen(rows: Iterable[dict[str, Any]], papers: Collection[str]) -> list[dict[str, Any]]:
    """Return a file of each format, language, reading and sheet on *papers*; with a code where one has it."""
    found: dict[tuple[str | None, ...], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: not row["qr"]):
        is_plain = (
            not row["school"] and row["ink"] == "colour" and row["sheet"] not in ("print-shop", FILLABLE)
        )
        if row["paper"] in papers and is_plain:
            found.setdefault((row["format"], row["sheet"], row["language"], row["reading"]), row)
    return list(found.values())


@dataclass(frozen=True)
class Language:
    """What a printer is sent: how a queue makes it, and how it is read."""

    name: str
    driver: str
    options: tuple[str, ...]
    pages: Callable[[bytes], Iterator[Raster]]
    resolutions: tuple[int, ...]
    papers: tuple[str, ...]
    changed: tuple[tuple[str, str], ...] = ()
    """Lines of the driver's PPD that are put otherwise."""


PWG_FILTER = '*cupsFilter2: "application/vnd.cups-raster image/pwg-raster 0 -"'
URF_FILTER = '*cupsFilter2: "application/vnd.cups-raster image/urf 0 rastertopwg"'
IPP_EVERYWHERE = "drv:///cupsfilters.drv/pwgrast.ppd"
LANGUAGES = (
    Language(
        "PWG", IPP_EVERYWHERE, ("OptionDuplex=True",), pwg_pages, (300, 600), ("A3", "A4", "A5", "Letter")
    ),
    # Debian has no driver of it that needs no printer to ask; its filter makes it where the PPD wants it.
    Language(
        "URF",
        IPP_EVERYWHERE,
        ("OptionDuplex=True",),
        urf_pages,
        (300,),
        ("A3", "A4", "A5"),
        ((PWG_FILTER, URF_FILTER), ('*PWGRaster: "Yes"', ""), ('*cupsFilter: "image/pwg-raster 0 -"', "")),
    ),
    Language("PCL 5", "drv:///sample.drv/generpcl.ppd", ("Option1=True",), pcl_pages, (600,), ("A4",)),
)


@dataclass(frozen=True)
class Queue:
    """A queue of CUPS that prints to a file."""

    name: str
    language: Language
    dpi: int
    out: Path


def queues(folder: Path) -> Iterator[Queue]:
    """Set up a queue for each language and resolution, and yield it; take it away after."""
    for language in LANGUAGES:
        driver = ["-m", language.driver]
        if language.changed:
            ppd = subprocess.run(
                [DRIVERS, "cat", language.driver], check=True, capture_output=True
            ).stdout.decode()
            for line, other in language.changed:
                assert line in ppd, line
                ppd = ppd.replace(line, other)
            (folder / "driver.ppd").write_text(ppd)
            driver = ["-P", str(folder / "driver.ppd")]
        for dpi in language.resolutions:
            name = f"handout-{language.name.replace(' ', '').lower()}-{dpi}"
            queue = Queue(name, language, dpi, folder / name)
            options = (f"Resolution={dpi}dpi", "printer-error-policy=abort-job", *language.options)
            command = ["lpadmin", "-p", name, "-E", "-v", f"file:{queue.out}", *driver]
            subprocess.run(
                [*command, *(word for one in options for word in ("-o", one))],
                check=True,
                capture_output=True,
            )
            yield queue
            subprocess.run(["lpadmin", "-x", name], check=True)


def main() -> None:
    for tool in ("lpadmin", "lp", "gs"):
        if shutil.which(tool) is None:
            sys.exit(f"no {tool}: apt-get install cups cups-client cups-filters ghostscript, and run cupsd")
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "build"
    rows = json.loads((build / "manifest.json").read_bytes())["files"]
    lines = [HEAD]
    with tempfile.TemporaryDirectory(prefix="handout-print-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o777)
        for queue in queues(Path(folder)):
            for row in chosen(rows, queue.language.papers):
                rasters = through(queue, build, row)
                drawn = expected(build / row["path"], queue.dpi)
                assert len(rasters) >= len(drawn), row["path"]
                sides = [
                    compared(raster, page, queue.dpi) for raster, page in zip(rasters, drawn, strict=False)
                ]
                lines.append(in_a_row(row, sides, rasters, queue))
                sys.stdout.write(f"{lines[-1]}\n")
                sys.stdout.flush()
    if PAGE.exists():
        before, _, rest = PAGE.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{after}")


if __name__ == "__main__":
    main()
