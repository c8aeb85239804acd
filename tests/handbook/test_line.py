"""The line that a reader follows: where it ends, where it goes on overleaf, and how evenly it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pypdfium2 import raw
from tests.handbook.handbook import SCAN_DPI, Handbook, Piece
from tests.handbook.reading import Mark, Tag, squeezed

from handout.model.units import MM_PER_INCH, pt_to_mm

LEAFLETS = ("leaflet-a4", "leaflet-a5")
FOLDED = ("trifold", "mini")
DOTS_PER_MM = SCAN_DPI / MM_PER_INCH
NODE_MM = 4.5
"""What ends a line is wider: a check of 6 mm, or a bar of 6 mm across it."""
RAIL_MM = 1.5
"""The rail itself is narrower."""
LONGEST_MM = 150
"""From a numeral to the end of its step."""
FOOT_MM = 17
MOST_UNLIKE_MM = 0.1
ONE_LINE = 1.25
"""Of the smallest distance of two substeps: beyond it one of them has more lines, or a picture."""


Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points from the lower left corner."""


def boxes_of(piece: Piece) -> dict[Mark, Box]:
    """Return where the highest text at each mark stands."""
    document = pypdfium2.PdfDocument(piece.pdf)
    found: dict[Mark, Box] = {}
    try:
        for number, page in enumerate(document):
            for text in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
                mark = Mark(number, raw.FPDFPageObj_GetMarkedContentID(text))
                box = text.get_bounds()
                if mark not in found or box[3] > found[mark][3]:
                    found[mark] = box
    finally:
        document.close()
    return found


def baselines_mm(piece: Piece) -> dict[Mark, float]:
    """Return how far the baseline of the text at each mark is from the foot of its page."""
    document = pypdfium2.PdfDocument(piece.pdf)
    try:
        return {
            Mark(number, raw.FPDFPageObj_GetMarkedContentID(text)): pt_to_mm(text.get_matrix().f)
            for number, page in enumerate(document)
            for text in reversed(list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])))
        }
    finally:
        document.close()


def lists_of(piece: Piece, numbering: str) -> Iterator[list[Mark]]:
    """Yield the marks of the labels of each list of *numbering*."""
    for tag in piece.reading.root.all("L"):
        if tag.numbering == numbering:
            items = [kid for kid in tag.kids if isinstance(kid, Tag) and kid.kind == "LI"]
            labels = [
                kid for item in items for kid in item.kids if isinstance(kid, Tag) and kid.kind == "Lbl"
            ]
            yield [
                mark for label in labels for run in label.runs() if run.text.strip() and (mark := run.mark)
            ]


def joined_lists_of(piece: Piece) -> Iterator[list[Mark]]:
    """Yield the marks of the steps of each procedure, of which the part on each page is a list of its own."""
    of_list = {marks[0]: marks for marks in lists_of(piece, "Decimal") if marks}
    for tag in piece.reading.root.walk():
        for is_list, kids in groupby(tag.kids, key=lambda kid: isinstance(kid, Tag) and kid.kind == "L"):
            runs = [next(marks_of(kid), None) for kid in kids if isinstance(kid, Tag)] if is_list else []
            marks = [mark for first in runs if first in of_list for mark in of_list[first]]
            if marks:
                yield marks


def marks_of(tag: Tag) -> Iterator[Mark]:
    """Yield the marks of what *tag* says, from its first on."""
    return (mark for run in tag.runs() if run.text.strip() and (mark := run.mark))


def is_in_columns(marks: Iterable[Mark], boxes: dict[Mark, Box]) -> bool:
    lefts = [boxes[mark][0] for mark in marks]
    return max(lefts) - min(lefts) > 30


# ---- ends -------------------------------------------------------------------------------------


def widest_below(scan: NDArray[np.bool_], box: Box) -> float:
    """Return how wide, in mm, what the rail below a numeral at *box* runs into is; 0 where it just stops."""
    middle = int(pt_to_mm((box[0] + box[2]) / 2) * DOTS_PER_MM)
    row = int(scan.shape[0] - pt_to_mm(box[1]) * DOTS_PER_MM)
    half = int(6 * DOTS_PER_MM)
    has_left_numeral = False
    for line in scan[row : row + int(LONGEST_MM * DOTS_PER_MM), middle - half : middle + half]:
        left, right = line[:half][::-1], line[half:]
        reach = (
            int(np.argmin(left)) if not left.all() else half,
            int(np.argmin(right)) if not right.all() else half,
        )
        width_mm = (reach[0] + reach[1]) / DOTS_PER_MM
        if width_mm == 0 and has_left_numeral:
            return 0.0
        if width_mm < RAIL_MM:
            has_left_numeral = True
        elif has_left_numeral and width_mm > NODE_MM:
            return width_mm
    return 0.0


def test_every_procedure_ends_in_a_node_on_its_line(handbook: Handbook) -> None:
    judged = 0

    def faults(piece: Piece) -> Iterator[str]:
        nonlocal judged
        if piece.row["format"] not in (*LEAFLETS, *FOLDED):
            return
        boxes = boxes_of(piece)
        scans = [np.asarray(scan) < 160 for scan in piece.scans]
        runs = list(lists_of(piece, "Decimal"))
        labels = {run.mark: run.text.strip() for run in piece.reading.runs}
        for marks, following in pairwise([*runs, []]):
            goes_on = bool(following) and labels[following[0]] != "1"
            if goes_on or is_in_columns(marks, boxes) or is_slim(marks[-1], boxes):
                continue
            judged += 1
            last = marks[-1]
            if widest_below(scans[last.page], boxes[last]) < NODE_MM:
                yield f"the line of {len(marks)} steps just stops on page {last.page + 1}"

    handbook.judge(faults)
    assert judged >= 30


def is_slim(mark: Mark, boxes: dict[Mark, Box]) -> bool:
    """Tell whether the numeral stands in the right half of an A4 page or in a column of a choice."""
    return boxes[mark][0] > 110


def test_side_that_ends_within_a_procedure_says_which_step_is_overleaf(handbook: Handbook) -> None:
    judged = 0

    def faults(piece: Piece) -> Iterator[str]:
        nonlocal judged
        if piece.row["format"] not in LEAFLETS:
            return
        unread = [(run.page, squeezed(run.text)) for run in piece.reading.runs if run.mark is None]
        due = set()
        for marks in joined_lists_of(piece):
            numbers = {mark: run.text.strip() for run in piece.reading.runs if (mark := run.mark) in marks}
            for mark, following in pairwise(marks):
                if mark.page < following.page:
                    words = piece.words["onward"].format(number=numbers[following])
                    due.add((mark.page, squeezed(words)))
        judged += len(due)
        said = {(page, text) for page, text in unread if text.startswith(squeezed("Draai om"))}
        if said != due:
            yield f"says {said}, and {due} is due"

    handbook.judge(faults)
    assert judged >= 4


def test_further_side_says_of_which_sheet_it_is_and_which_step_it_goes_on_with(handbook: Handbook) -> None:
    judged = 0

    def faults(piece: Piece) -> Iterator[str]:
        nonlocal judged
        if piece.row["format"] not in LEAFLETS:
            return
        title = squeezed(piece.document.title)
        due = dict.fromkeys(range(1, len(piece.scans)), title)
        for marks in joined_lists_of(piece):
            number = {run.mark: run.text.strip() for run in piece.reading.runs if run.text.strip()}
            for before, mark in pairwise(marks):
                if before.page < mark.page:
                    words = piece.words["continued"].format(number=number[mark])
                    due[mark.page] = squeezed(f"{title} · {words}")
                    judged += 1
        lines: dict[int, list[str]] = {}
        for run in piece.reading.runs:
            if run.mark is None:
                lines.setdefault(run.page, []).append(squeezed(run.text))
        for page_, said in due.items():
            if said not in lines.get(page_, []) and said != "".join(lines.get(page_, []))[: len(said)]:
                yield f"page {page_ + 1} says {lines.get(page_)}, and '{said}' is due"

    handbook.judge(faults)
    assert judged >= 4


def test_numerals_of_a_procedure_have_one_size_and_a_sheet_has_two_at_most(handbook: Handbook) -> None:
    judged = 0

    def faults(piece: Piece) -> Iterator[str]:
        nonlocal judged
        size_pt = {run.mark: round(run.size_pt, 1) for run in piece.reading.runs if run.text.strip()}
        procedures = [{size_pt[mark] for mark in marks} for marks in joined_lists_of(piece)]
        judged += sum(map(len, procedures))
        yield from (f"numerals of one procedure have {sizes} pt" for sizes in procedures if len(sizes) > 1)
        if len(all_sizes := set().union(*procedures)) > 2:
            yield f"numerals have {sorted(all_sizes)} pt"

    handbook.judge(faults)
    assert judged >= 60


def test_line_is_broken_above_a_step_where_other_steps_come_first(handbook: Handbook) -> None:
    def gaps_above(path: str, title: str) -> int:
        (piece,) = (piece for piece in handbook.pieces if piece.path == path)
        boxes = boxes_of(piece)
        (step,) = (run for run in piece.reading.runs if run.mark and run.text.strip() == title)
        assert step.mark is not None
        numerals = (
            box
            for mark, box in boxes.items()
            if mark.page == step.mark.page
            and box[2] < boxes[step.mark][0]
            and box[1] < boxes[step.mark][3] < box[3] + 9
        )
        numeral = max(numerals, key=lambda box: box[0])
        scan = np.asarray(piece.scans[step.mark.page]) < 160
        middle = int(pt_to_mm((numeral[0] + numeral[2]) / 2) * DOTS_PER_MM)
        row = int(scan.shape[0] - pt_to_mm(numeral[3]) * DOTS_PER_MM)
        above = scan[row - int(13 * DOTS_PER_MM) : row, middle]
        return int(np.count_nonzero(~above[:-1] & above[1:]))

    assert gaps_above("staff/nieuw-toestel-leaflet-a4.pdf", "Meld je aan met een sms") >= 2
    assert gaps_above("staff/nieuw-toestel-leaflet-a4.pdf", "Open je gegevens") < 2


# ---- rhythm -----------------------------------------------------------------------------------


def test_lines_with_a_key_stand_as_far_apart_as_lines_without(handbook: Handbook) -> None:
    judged = 0

    def faults(piece: Piece) -> Iterator[str]:
        nonlocal judged
        if piece.row["format"] not in (*LEAFLETS, *FOLDED):
            return
        lines = baselines_mm(piece)
        for marks in lists_of(piece, "LowerAlpha"):
            heights = [(mark.page, lines[mark]) for mark in marks]
            gaps = [a - b for (page, a), (other, b) in pairwise(heights) if page == other and a > b]
            near = [gap for gap in gaps if gap < ONE_LINE * min(gaps)]
            judged += len(near)
            if near and max(near) - min(near) > MOST_UNLIKE_MM:
                yield f"substeps stand {', '.join(f'{gap:.2f}' for gap in near)} mm apart"

    handbook.judge(faults)
    assert judged >= 40
