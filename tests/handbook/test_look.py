"""What makes a sheet easy to follow at a glance: few sizes of type, the first step high, no empty half."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pypdfium2 import raw
from tests.handbook.handbook import SCAN_DPI, Handbook, Piece
from tests.handbook.reading import Mark, Run, Tag

from handout.model.units import MM_PER_INCH, pt_to_mm

LOOKED_AT = ("leaflet-a4", "reference-a4", "wegwijzer-a4")
MOST_SIZES = 5
SAME_SIZE_PT = 0.1
HIGHEST_PART = 0.40
"""The first thing to do or to look up stands in this part of its side, from the top."""
FIRST_TAGS = {"leaflet-a4": "Lbl", "reference-a4": "TD", "wegwijzer-a4": "LI"}
"""What a reader looks for first: a numeral, the letter of a row, a question."""
FOOT_MM = 17
"""The margin at the foot, with the name of the handout."""
GUTTER_MM = 17 + 20
"""The margin and the column of the line: the line itself fills nothing."""
MOST_EMPTY_MM = 0.15 * 297
LEAST_UNDER_A_TITLE_MM = 0.5
MOST_UNDER_THE_CLOSING_BLOCK_MM = 6
DOTS_PER_MM = SCAN_DPI / MM_PER_INCH


def judge(handbook: Handbook, faults_of: Callable[[Piece], Iterable[str]]) -> None:
    """Fail with all that *faults_of* has against the sheets that these rules are for."""
    handbook.judge(lambda piece: faults_of(piece) if piece.row["format"] in LOOKED_AT else ())


# ---- type -------------------------------------------------------------------------------------


def runs_outside_drawings(piece: Piece) -> Iterator[Run]:
    drawn = {run.mark for figure in piece.reading.root.all("Figure") for run in figure.runs()}
    return (run for run in piece.reading.runs if run.mark is None or run.mark not in drawn)


def sizes_pt(runs: Iterable[Run]) -> list[float]:
    """Return the sizes of *runs*, smallest first; those that hardly differ count as one."""
    sizes: list[float] = []
    for size in sorted({run.size_pt for run in runs if run.text.strip()}):
        if not sizes or size > sizes[-1] + SAME_SIZE_PT:
            sizes.append(size)
    return sizes


def test_sheet_has_at_most_five_sizes_of_type(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        sizes = sizes_pt(runs_outside_drawings(piece))
        if len(sizes) > MOST_SIZES:
            yield f"{len(sizes)} sizes of type: {', '.join(f'{size:.1f}' for size in sizes)} pt"

    judge(handbook, faults)


def test_title_is_the_largest_type_and_steps_outrank_sections(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        largest = {
            kind: max((run.size_pt for tag in piece.reading.root.all(kind) for run in tag.runs()), default=0)
            for kind in ("H1", "H2", "H3")
        }
        steps = [run.size_pt for tag in numbered_labels(piece.reading.root) for run in tag.runs()]
        # Of a step, and not of an option that stands above its steps or branches from one.
        heads = [
            tag
            for item in piece.reading.root.all("LI")
            if any(isinstance(kid, Tag) and kid.kind == "Lbl" for kid in item.kids)
            for body in item.all("LBody")[:1]
            for tag in body.all("H3")
            if body.text.lstrip().startswith(tag.text)
        ]
        step_pt = max((run.size_pt for tag in heads for run in tag.runs()), default=0)
        if largest["H1"] <= max(largest["H2"], largest["H3"], *steps, 0):
            yield f"the title is {largest['H1']:.1f} pt, and not the largest"
        if piece.row["format"] == "leaflet-a4" and steps and 0 < step_pt < largest["H2"]:
            yield f"a step is {step_pt:.1f} pt, the head of a section {largest['H2']:.1f} pt"

    judge(handbook, faults)


def below_title_mm(piece: Piece) -> float:
    """Return the clear height between the lowest letter of the title and the words below it, by their ink."""
    marks = [run.mark for tag in piece.reading.root.all("H1") for run in tag.runs()]
    lines: set[int] = set()
    lowest, below = 1e9, 0.0
    document = pypdfium2.PdfDocument(piece.pdf)
    try:
        page = document[0]
        texts = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]))
        own = [text for text in texts if Mark(0, raw.FPDFPageObj_GetMarkedContentID(text)) in marks]
        for text in own:
            line = round(text.get_matrix().f)
            lines.add(line)
            lowest = min(lowest, text.get_bounds()[1])
        tops = [
            text.get_bounds()[3] for text in texts if text.get_matrix().f < min(lines) and text not in own
        ]
        below = max(tops, default=0.0)
    finally:
        document.close()
    return pt_to_mm(lowest - below)


def test_no_letter_of_a_title_reaches_into_the_line_below(handbook: Handbook) -> None:
    judged = 0

    def faults(piece: Piece) -> Iterator[str]:
        nonlocal judged
        if not piece.row["format"].startswith("leaflet"):
            return
        judged += 1
        if (clear_mm := below_title_mm(piece)) < LEAST_UNDER_A_TITLE_MM:
            yield f"the title ends {clear_mm:.1f} mm above the words below it"

    handbook.judge(faults)
    assert judged >= 14


def test_no_line_of_a_title_is_one_word_alone(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        if piece.row["format"].startswith("leaflet"):
            words = piece.document.title.split()
            runs = [
                run.text for tag in piece.reading.root.all("H1") for run in tag.runs() if run.text.strip()
            ]
            if len(runs) > 1 and any(len(run.split()) < 2 for run in runs) and len(words) > 2:
                yield f"the title breaks in {runs}"

    handbook.judge(faults)


# ---- the first thing --------------------------------------------------------------------------


def numbered_labels(root: Tag) -> Iterator[Tag]:
    """Yield the labels of the items of numbered lists, in reading order."""
    for tag in root.all("L"):
        if tag.numbering == "Decimal":
            for item in tag.kids:
                if isinstance(item, Tag):
                    yield from (kid for kid in item.kids if isinstance(kid, Tag) and kid.kind == "Lbl")


def first_mark(piece: Piece) -> Mark | None:
    """Return where the first thing to do or to look up stands."""
    kind = FIRST_TAGS[piece.row["format"]]
    root = piece.reading.root
    tags = list(numbered_labels(root)) if kind == "Lbl" else root.all(kind) or list(numbered_labels(root))
    return next((run.mark for tag in tags for run in tag.runs() if run.text.strip()), None)


def middle_mm(pdf: bytes, mark: Mark) -> float:
    """Return how far the middle of the text at *mark* stands from the top of its page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[mark.page]
        boxes = [
            text.get_bounds()
            for text in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
            if raw.FPDFPageObj_GetMarkedContentID(text) == mark.number
        ]
        # A numeral has a second line without ink below it, which gives it its width.
        _, bottom, _, top = max(boxes, key=lambda box: box[3])
        return pt_to_mm(page.get_height() - (bottom + top) / 2)
    finally:
        document.close()


def test_first_step_stands_in_the_upper_40_percent_of_its_side(handbook: Handbook) -> None:
    judged = 0

    def faults(piece: Piece) -> Iterator[str]:
        nonlocal judged
        mark = first_mark(piece)
        if mark is not None:
            judged += 1
            found, most = middle_mm(piece.pdf, mark), HIGHEST_PART * piece.format.height_mm
            if found > most:
                yield f"begins at {found:.0f} mm from the top of page {mark.page + 1}; at most {most:.0f} mm"

    judge(handbook, faults)
    assert judged >= 10


# ---- the paper --------------------------------------------------------------------------------


def emptiest_mm(raster: NDArray[np.uint8]) -> float:
    """Return the height of the highest band without ink right of the line, above the foot of a page."""
    body = raster[: -int(FOOT_MM * DOTS_PER_MM), int(GUTTER_MM * DOTS_PER_MM) :]
    rows = np.flatnonzero((body < 128).any(axis=1))
    edges = np.concatenate(([0], rows, [body.shape[0]]))
    return float(np.diff(edges).max() / DOTS_PER_MM)


def test_no_sheet_leaves_a_large_part_of_a_side_empty(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        for number, scan in enumerate(piece.scans, 1):
            if (found := emptiest_mm(np.asarray(scan))) > MOST_EMPTY_MM:
                yield f"{found:.0f} mm of page {number} are empty; at most {MOST_EMPTY_MM:.0f} mm"

    judge(handbook, faults)


def test_block_that_closes_a_leaflet_stands_at_the_foot_of_its_last_side(handbook: Handbook) -> None:
    def faults(piece: Piece) -> Iterator[str]:
        if piece.row["format"] != "leaflet-a4":
            return
        ink = np.asarray(piece.scans[-1])[: -int(FOOT_MM * DOTS_PER_MM)] < 128
        below_mm = (len(ink) - np.flatnonzero(ink.any(axis=1))[-1]) / DOTS_PER_MM
        if below_mm > MOST_UNDER_THE_CLOSING_BLOCK_MM:
            yield f"{below_mm:.0f} mm are empty under what closes it"

    judge(handbook, faults)
