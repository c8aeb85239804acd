"""Draw the contact sheet of all formats, docs/showcase.png, from the files in build/. Run by `make showcase`.

Each piece is shown from its finished PDF: what hangs here is what a school prints. A second picture shows the
same in grey, as most printers at school give it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"
WIDTH_PX = 2400
GAP_PX = 24
GROUND = (106, 110, 122)
COLOURS = 200
"""Flat drawings need few: the picture stays small enough for a README."""


@dataclass(frozen=True)
class Shown:
    """A file of the build, and which of its pages are shown."""

    path: str
    pages: tuple[int, ...]
    """Counted from 1."""


ROWS: tuple[tuple[Shown, ...], ...] = (
    (
        Shown("staff/mfa-instellen-leaflet-a4.pdf", (1, 2)),
        Shown("students/mfa-instellen-leaflet-a4.pdf", (1, 2)),
        Shown("staff/nieuw-toestel-leaflet-a4.pdf", (1, 2)),
    ),
    (
        Shown("students/begin-hier-wegwijzer-a4.pdf", (1,)),
        Shown("ict-anchor/mfa-hulp-geven-reference-a4.pdf", (1,)),
        Shown("students/vergeten-of-kwijt-leaflet-a5.pdf", (1, 2)),
        Shown("students/smartphone-vergeten-tent-a4.pdf", (1,)),
        Shown("staff/mfa-hulp-op-zak-card-print.pdf", (1,)),
    ),
    (
        Shown("students/mfa-instellen-trifold-print.pdf", (1, 2)),
        Shown("staff/mfa-in-3-stappen-poster-a3.pdf", (1,)),
        Shown("students/smartphone-vergeten-poster-a3.pdf", (1,)),
    ),
    (
        Shown("students/je-pas-mini-print.pdf", (1,)),
        Shown("staff/zonder-smartphone-leaflet-a4.pdf", (1,)),
        Shown("staff/het-lukt-niet-leaflet-a4.pdf", (1, 2)),
        Shown("students/toegangspas-card-print.pdf", (1,)),
    ),
)


def pictures(shown: Shown) -> list[Image.Image]:
    """Return the pages of *shown* in colour. Raises FileNotFoundError where it was not built."""
    document = pypdfium2.PdfDocument(BUILD / shown.path)
    try:
        return [document[page - 1].render(scale=2).to_pil().convert("RGB") for page in shown.pages]
    finally:
        document.close()


def hang_row(pages: Sequence[Image.Image]) -> Image.Image:
    """Return *pages* side by side, all of one height, over the whole width."""
    room_px = WIDTH_PX - GAP_PX * (len(pages) + 1)
    height_px = round(room_px / sum(page.width / page.height for page in pages))
    row = Image.new("RGB", (WIDTH_PX, height_px + GAP_PX), GROUND)
    left = GAP_PX
    for page in pages:
        size = (round(page.width * height_px / page.height), height_px)
        row.paste(page.resize(size, Image.Resampling.LANCZOS), (left, 0))
        left += size[0] + GAP_PX
    return row


def hang(rows: Iterable[Image.Image]) -> Image.Image:
    """Return *rows* under each other."""
    rows = list(rows)
    wall = Image.new("RGB", (WIDTH_PX, GAP_PX + sum(row.height for row in rows)), GROUND)
    top = GAP_PX
    for row in rows:
        wall.paste(row, (0, top))
        top += row.height
    return wall


def main() -> int:
    try:
        rows = [hang_row([page for shown in row for page in pictures(shown)]) for row in ROWS]
    except FileNotFoundError as error:
        sys.stderr.write(f"error: {error}\n  fix: run 'make build' first\n")
        return 1
    wall = hang(rows)
    wall.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).save(HERE / "showcase.png", optimize=True)
    wall.convert("L").quantize(16).save(HERE / "showcase-grey.png", optimize=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
