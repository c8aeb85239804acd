"""Tell whether two folders hold the same PDF files: `same_pages.py FOLDER FOLDER`, exit code 1 where not."""

from __future__ import annotations

import sys
from itertools import zip_longest
from pathlib import Path

import pypdfium2

SCALE = 2
"""Pixels a point: 144 dpi."""


def main(left: Path, right: Path) -> int:
    """Print how many files of both folders have the same pages and the same bytes, and which have not."""
    names = sorted({path.relative_to(folder) for folder in (left, right) for path in folder.rglob("*.pdf")})
    other_pages = [name for name in names if not _look_alike(left / name, right / name)]
    alike = [name for name in names if name not in other_pages]
    other_bytes = [name for name in alike if not _equal(left / name, right / name)]
    for what, found in (("pages", other_pages), ("bytes", other_bytes)):
        for name in found:
            sys.stdout.write(f"other {what}: {name}\n")
    equal = len(alike) - len(other_bytes)
    sys.stdout.write(f"{len(names)} files: {len(alike)} with the same pixels, {equal} with the same bytes\n")
    return 1 if other_pages or other_bytes or not names else 0


def _equal(left: Path, right: Path) -> bool:
    return left.read_bytes() == right.read_bytes()


def _look_alike(left: Path, right: Path) -> bool:
    if not (left.is_file() and right.is_file()):
        return False
    one, other = pypdfium2.PdfDocument(left), pypdfium2.PdfDocument(right)
    try:
        return all(
            page is not None and twin is not None and _pixels(page) == _pixels(twin)
            for page, twin in zip_longest(one, other)
        )
    finally:
        one.close()
        other.close()


def _pixels(page: pypdfium2.PdfPage) -> tuple[tuple[int, int], bytes]:
    picture = page.render(scale=SCALE).to_pil()
    return picture.size, picture.tobytes()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
