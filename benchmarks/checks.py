"""Is it what was asked? The files of a tool, counted, and a sample of them read back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import pypdfium2
import zxingcpp
from benchmarks.leaflet import School, school

SAMPLE = 5
SCAN_SCALE = 3.0
"""Pixels a point: 216 dpi, as a telephone sees a code."""


def fault(
    folder: Path,
    files: int,
    titles: Sequence[str],
    url: str,
    page_count: int | None = 2,
    school_of: Callable[[int], School] = school,
) -> str | None:
    """Return what is wrong with the PDFs in *folder*, or nothing.

    There must be *files* of them, named after their schools in the order of *school_of*, with all *titles*
    for each. A sample must have *page_count* pages (None: any number), all fields of its own school, and a
    code that leads to *url*.
    """
    found = sorted(folder.rglob("*.pdf"))
    if len(found) != files:
        return f"{len(found)} files, not {files}"
    places = sorted({round(index * (files - 1) / max(SAMPLE - 1, 1)) for index in range(SAMPLE)})
    for place in places:
        one = school_of(1 + place // len(titles))
        if one.id not in str(found[place].relative_to(folder)):
            return f"{found[place].name} is not for {one.id}"
        if (what := _fault_of(found[place], one, titles[place % len(titles)], url, page_count)) is not None:
            return f"{found[place].relative_to(folder)}: {what}"
    return None


TAGS, ACCESS = "tags", "PDF/UA"


def lacks(folder: Path) -> tuple[str, ...]:
    """Return what the PDFs in *folder* do not have of TAGS and ACCESS, by the first of them."""
    path = next(iter(sorted(folder.rglob("*.pdf"))), None)
    if path is None:
        return ()
    with pikepdf.open(path) as pdf:
        marks = pdf.Root.get("/MarkInfo")
        if "/StructTreeRoot" not in pdf.Root or marks is None or not marks.get("/Marked"):
            return (TAGS,)
        with pdf.open_metadata() as metadata:
            return () if "pdfuaid:part" in metadata else (ACCESS,)


def _fault_of(path: Path, one: School, title: str, url: str, page_count: int | None) -> str | None:
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [document[index] for index in range(len(document))]
        if page_count is not None and len(pages) != page_count:
            return f"{len(pages)} pages, not {page_count}"
        text = " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
        if missing := [value for value in (*one.values, title) if not _is_in(text, value)]:
            return f"it lacks '{missing[0]}'"
        codes = {code.text for page in pages for code in _codes(page)}
        return None if url in codes else f"its codes lead to {sorted(codes) or 'nothing'}, not to {url}"
    finally:
        document.close()


def _is_in(text: str, value: str) -> bool:
    """Tell whether *text* holds *value*; of one that runs to the left in part, its words either way round.

    A letter with its accent may be two: canonically the same (Unicode Standard Annex 15).
    """
    text, whole = _solid(text), _solid(value)
    if whole in text or not any(unicodedata.bidirectional(letter) == "AL" for letter in value):
        return whole in text
    return all(word in text or word[::-1] in text for word in map(_solid, _WORDS.findall(value)))


_WORDS = re.compile(r"\w+")


def _solid(text: str) -> str:
    """Return *text* without what PDFium puts in it: spaces where the font changes, a sign for each hyphen."""
    return "".join(unicodedata.normalize("NFC", text).replace("\ufffe", "").split())


def _codes(page: pypdfium2.PdfPage) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(page.render(scale=SCAN_SCALE).to_pil()))
