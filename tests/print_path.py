"""The way to paper, tried for real: files of a build through queues of CUPS, read back from the raster.

Not part of the tests: it takes root, CUPS with its filters and Ghostscript, and some minutes. After a build
`make print-path` runs it, and writes its table into docs/printing.md.

A queue with a file behind it prints to that file; what lands there is the raster that a printer would get:
PWG raster (PWG 5102.4), as IPP Everywhere printers take it. Beside it stands what PDFium makes of the same
page at the same resolution: the two are held against each other.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import zxingcpp
from PIL import Image

from handout.builder import printing

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs/printing.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
MM_PER_INCH = 25.4
DRIVER = "drv:///cupsfilters.drv/pwgrast.ppd"
RESOLUTIONS = (300, 600)
LABEL_DPI = 203
"""Of the coarsest printers: those for labels and receipts."""
BOTTOM_MM, SIDE_MM = 11.7, 3.4
"""What some inkjets cannot print: the lowest edge, and the other three."""
DARK = 128
HEADER = 1796
"""Bytes of the header of a page in PWG raster, big-endian; its words are at the offsets below."""
DUPLEX, TUMBLE, WIDTH, HEIGHT, BITS_PER_PIXEL, BYTES_PER_LINE = 272, 368, 372, 376, 388, 392
LONGEST_JOB_S = 120

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Raster:
    """One side of paper as the printer gets it."""

    grey: Grey
    is_duplex: bool
    is_tumble: bool


@dataclass(frozen=True)
class Side:
    """What came of one page."""

    scale: float
    shift_mm: float
    """How far its ink lies from where it should, at most."""
    turned_degrees: int
    bottom_mm: float
    """White below the lowest ink of the paper, and at the narrowest of the other three sides."""
    side_mm: float
    codes: int
    codes_read: int
    codes_read_at_203: int


def pages(data: bytes) -> Iterator[Raster]:
    """Yield the pages of PWG raster *data*: `RaS2`, and of each page a header and its packed lines."""
    assert data[:4] == b"RaS2", data[:4]
    at = 4
    while at < len(data):
        header = data[at : at + HEADER]
        at += HEADER
        width, height, bits = (_word(header, offset) for offset in (WIDTH, HEIGHT, BITS_PER_PIXEL))
        grey = np.full((height, width), 255, dtype=np.uint8)
        line = 0
        while line < height:
            repeated = data[at] + 1
            packed, at = _line(data, at + 1, bits // 8, _word(header, BYTES_PER_LINE))
            pixels = np.frombuffer(packed, np.uint8).reshape(width, bits // 8).mean(axis=1)
            grey[line : line + repeated] = pixels.astype(np.uint8)
            line += repeated
        yield Raster(grey, bool(_word(header, DUPLEX)), bool(_word(header, TUMBLE)))


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


def through(queue: str, out: Path, build: Path, row: dict[str, Any]) -> list[Raster]:
    """Print the file of *row* with the program's own command, and return what the printer would get."""
    out.unlink(missing_ok=True)
    words = [
        "--audience",
        row["audience"],
        "--format",
        row["format"],
        "--output",
        str(build),
        "--queue",
        queue,
    ]
    sheet = row["sheet"] or printing.PIECE
    subprocess.run(
        [sys.executable, "-m", "handout", "print", row["handout"], *words, "--sheet", sheet, "-q"],
        check=True,
        capture_output=True,
    )
    until = time.monotonic() + LONGEST_JOB_S
    while subprocess.run(["lpstat", "-o", queue], capture_output=True, check=False).stdout:
        if time.monotonic() > until:
            sys.exit(f"{queue} does not finish {row['path']}")
        time.sleep(0.2)
    return list(pages(out.read_bytes()))


def expected(path: Path, dpi: int) -> list[Grey]:
    """Return the pages of the PDF at *path* as PDFium draws them."""
    document = pypdfium2.PdfDocument(path)
    try:
        drawn = (page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document)
        return [np.asarray(page.convert("L")) for page in drawn]
    finally:
        document.close()


def compared(printed: Grey, drawn: Grey, dpi: int) -> Side:
    """Return how *printed* lies beside *drawn*, whichever way it was turned."""
    turns = range(4) if printed.shape[0] != drawn.shape[0] else (0, 2)
    turned = min(turns, key=lambda turn: _unlike(np.rot90(printed, turn), drawn))
    upright = np.rot90(printed, turned)
    got, wanted = _ink(upright), _ink(drawn)
    shift_px = max(abs(edge - other) for edge, other in zip(got, wanted, strict=True))
    low, sides = _white(printed, dpi)
    codes = {code.text for code in zxingcpp.read_barcodes(drawn)}
    return Side(
        scale=((got[1] - got[0]) / (wanted[1] - wanted[0]) + (got[3] - got[2]) / (wanted[3] - wanted[2])) / 2,
        shift_mm=shift_px / dpi * MM_PER_INCH,
        turned_degrees=turned * 90,
        bottom_mm=low,
        side_mm=sides,
        codes=len(codes),
        codes_read=len(codes & {code.text for code in zxingcpp.read_barcodes(np.ascontiguousarray(printed))}),
        codes_read_at_203=len(codes & _read_coarsely(printed, dpi)),
    )


def _unlike(one: Grey, other: Grey) -> float:
    if abs(one.shape[0] - other.shape[0]) > 2 or abs(one.shape[1] - other.shape[1]) > 2:
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


def in_a_row(row: dict[str, Any], sides: Sequence[Side], rasters: Sequence[Raster], dpi: int) -> str:
    wanted = (row["sides"] == 2, row["duplex"] == "short edge")
    got = (rasters[0].is_duplex, rasters[0].is_tumble)
    what = row["sheet"] or printing.PIECE
    codes, read, coarsely = (
        sum(getattr(side, name) for side in sides) for name in ("codes", "codes_read", "codes_read_at_203")
    )
    return (
        f"| {row['format']} | {what} | {row['paper']} | {dpi} | {len(sides)} "
        f"| {min(side.scale for side in sides):.4f}–{max(side.scale for side in sides):.4f} "
        f"| {max(side.shift_mm for side in sides):.2f} | {'as asked' if got == wanted else 'WRONG'} "
        f"| {min(side.bottom_mm for side in sides):.1f} | {min(side.side_mm for side in sides):.1f} "
        f"| {read}, {coarsely} of {codes} |"
    )


HEAD = (
    "| format | file | paper | dpi | pages | scale | off by, mm | sides | white below, mm | at the sides, mm "
    "| codes read: at this dpi, at 203 |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


def chosen(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a file of each format and print sheet on a paper with a name; with a code where one has it."""
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: not row["qr"]):
        named = row["paper"] in ("A3", "A4", "A5", "Letter")
        if named and not row["school"] and row["ink"] == "colour" and row["sheet"] != "print-shop":
            found.setdefault((row["format"], row["sheet"]), row)
    return list(found.values())


def queues(folder: Path) -> dict[int, tuple[str, Path]]:
    """Set up a queue for each resolution, and return its name and the file that it prints to, by dpi."""
    made: dict[int, tuple[str, Path]] = {}
    for dpi in RESOLUTIONS:
        name, out = f"handout-{dpi}", folder / f"{dpi}.pwg"
        options = [
            "-o",
            f"Resolution={dpi}dpi",
            "-o",
            "OptionDuplex=True",
            "-o",
            "printer-error-policy=abort-job",
        ]
        command = ["lpadmin", "-p", name, "-E", "-v", f"file:{out}", "-m", DRIVER, *options]
        subprocess.run(command, check=True, capture_output=True)
        made[dpi] = name, out
    return made


def main() -> None:
    for tool in ("lpadmin", "lp", "gs"):
        if shutil.which(tool) is None:
            sys.exit(f"no {tool}: apt-get install cups cups-client cups-filters ghostscript, and run cupsd")
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "build"
    rows = chosen(json.loads((build / "manifest.json").read_bytes())["files"])
    lines = [HEAD]
    with tempfile.TemporaryDirectory(prefix="handout-print-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o777)
        for dpi, (queue, out) in queues(Path(folder)).items():
            for row in rows:
                rasters = through(queue, out, build, row)
                drawn = expected(build / row["path"], dpi)
                assert len(rasters) >= len(drawn), row["path"]
                sides = [
                    compared(raster.grey, page, dpi) for raster, page in zip(rasters, drawn, strict=False)
                ]
                lines.append(in_a_row(row, sides, rasters, dpi))
                sys.stdout.write(f"{lines[-1]}\n")
            subprocess.run(["lpadmin", "-x", queue], check=True)
    if PAGE.exists():
        before, _, rest = PAGE.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n\n{END}{after}")


if __name__ == "__main__":
    main()
