"""All of the text is on the page: not cut off, not over another text, not where a printer may not print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast

from handout.model.findings import Finding
from handout.model.messages import Message, say, verbatim
from handout.model.units import MM_PER_INCH, mm_to_pt, pt_to_mm
from handout.proof.content import TextRun
from handout.proof.expected import Expected
from handout.proof.geometry import Box
from handout.proof.paper import RASTER_DPI, Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import squeezed

TOLERANCE = 0.6
"""Points: less is rounding."""
LEAST_OVERLAP = 1.5
"""Points, across and down: the side bearings of two letters may share less."""
SIZE_TOLERANCE_MM = 0.2
"""Engines round the sides of a page."""
BLACK_ENOUGH = 64
PAPER_WHITE = 250
MOST_SHOWN = 60

FOOT_MM = 12.5
"""How far the line with version, days and code keeps from where paper leaves a printer: some inkjets cannot
print the last 11.7 mm."""
LEAST_PAPER_MM = (205.0, 275.0)
"""A4 and Letter go through a printer as they are, and what is larger. Smaller pages come on a print sheet."""
DESCENT_EM = 0.2
"""How far letters reach below the baseline."""


def edges(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what is off its page, cut off, over another text, or in the edge that stays empty."""
    shown = [run for run in paper.runs if run.text.strip()]
    for run in shown:
        yield from _off_page(run, paper, expected)
        yield from _clipped(run, paper, expected)
        yield from _in_margin(run, paper, expected)
    for _, on_page in groupby(shown, key=lambda run: run.page):
        yield from _overlaps(list(on_page), paper, expected)
    yield from _ink(paper, expected)
    yield from _sizes(paper, expected)
    yield from low_feet(paper, expected)


def _name(run: TextRun) -> str:
    return f"'{run.text[:MOST_SHOWN]}'"


def _sizes(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the pages of another size than their format has: it is printed, cut or folded wrongly."""
    sizes_mm = expected.terms.page_sizes_mm
    for number, page in enumerate(paper.pdf.pages if sizes_mm else ()):
        left, low, right, top = (float(side) for side in page.trimbox)
        width_mm, height_mm = pt_to_mm(right - left), pt_to_mm(top - low)
        asked_mm = sizes_mm[min(number, len(sizes_mm) - 1)]
        if max(abs(width_mm - asked_mm[0]), abs(height_mm - asked_mm[1])) > SIZE_TOLERANCE_MM:
            yield found(
                ProofRule.PAGE_SIZE,
                expected.document.place,
                say(
                    "page {number} is {width_mm:.5g} × {height_mm:.5g} mm; the format '{format}' says "
                    "{asked_width_mm:.5g} × {asked_height_mm:.5g} mm",
                    number=number + 1,
                    width_mm=width_mm,
                    height_mm=height_mm,
                    format=expected.document.format,
                    asked_width_mm=asked_mm[0],
                    asked_height_mm=asked_mm[1],
                ),
                say(
                    "take 'size' of @page out of the style sheet: width-mm and height-mm of the format say it"
                ),
            )


def _off_page(run: TextRun, paper: Paper, expected: Expected) -> Iterator[Finding]:
    excess = paper.boxes[run.page].excess(run.box)
    if excess > TOLERANCE:
        yield found(
            ProofRule.OFF_PAGE,
            expected.document.place,
            say(
                "{name} falls off the paper by {excess_mm:.1f} mm, {at}",
                name=_name(run),
                excess_mm=pt_to_mm(excess),
                at=paper.at(run.page, run.box),
            ),
            say("shorten the text, or let the style sheet give it more room"),
        )


def _clipped(run: TextRun, paper: Paper, expected: Expected) -> Iterator[Finding]:
    excess = run.clip.excess(run.box) if run.clip else 0.0
    if excess > TOLERANCE:
        yield found(
            ProofRule.TEXT_CLIPPED,
            expected.document.place,
            say(
                "{name} is cut off by {excess_mm:.1f} mm, {at}",
                name=_name(run),
                excess_mm=pt_to_mm(excess),
                at=paper.at(run.page, run.box),
            ),
            say("shorten the text, or let its box grow: take 'overflow: hidden' off it"),
        )


def _in_margin(run: TextRun, paper: Paper, expected: Expected) -> Iterator[Finding]:
    edge_mm = expected.terms.edge_mm
    excess = paper.boxes[run.page].grown(-mm_to_pt(edge_mm)).excess(run.box)
    if excess > TOLERANCE and paper.boxes[run.page].excess(run.box) <= TOLERANCE:
        yield found(
            ProofRule.MARGIN_TEXT,
            expected.document.place,
            say(
                "{name}, {at}, is {excess_mm:.1f} mm into the outer {edge_mm:g} mm, which must stay empty",
                name=_name(run),
                at=paper.at(run.page, run.box),
                excess_mm=pt_to_mm(excess),
                edge_mm=edge_mm,
            ),
            say("move it inwards: a printer or a knife takes the edge"),
        )


def _overlaps(runs: Sequence[TextRun], paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the texts of one page that stand on top of each other; letters of one picture may."""
    ordered = sorted(runs, key=lambda run: run.box.low)
    for at, run in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.box.low >= run.box.top:
                break
            shared = run.box.shared(other.box)
            if min(shared.width, shared.height) > LEAST_OVERLAP and not _in_one_picture(run, other, paper):
                yield found(
                    ProofRule.TEXT_OVERLAP,
                    expected.document.place,
                    say(
                        "{name} and {name2} stand over each other, {at}",
                        name=_name(run),
                        name2=_name(other),
                        at=paper.at(run.page, shared),
                    ),
                    say("shorten one of them, or let the style sheet give them more room"),
                )


def _in_one_picture(run: TextRun, other: TextRun, paper: Paper) -> bool:
    if run.mark is None and other.mark is None:
        return len(run.glyphs) == len(other.glyphs) == 1  # letters of a drawing that is decoration
    return id(run) in paper.in_pictures and id(other) in paper.in_pictures


def low_feet(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what tells version, days or code of a sheet where some printers leave its paper empty.

    A page that lies goes through a printer upright, either of its short sides last.
    """
    for run in paper.runs:
        page = paper.boxes[run.page]
        if not _is_printer_paper(page) or not _tells(run, expected):
            continue
        if run.clip is not None and run.clip.excess(run.box) > TOLERANCE:
            continue  # it is whole on another tile of its poster
        box = run.box.below(DESCENT_EM * run.size_pt)
        if (room := _room_below(box, page)) < mm_to_pt(FOOT_MM) - TOLERANCE:
            yield _low(verbatim(_name(run)), paper.at(run.page, run.box), room, expected)


def low_code(page: int, box: Box, paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield that the small code at the foot, *box* on *page*, stands where some printers leave it empty."""
    paper_box = paper.boxes[page]
    room = _room_below(box, paper_box)
    if _is_printer_paper(paper_box) and room < mm_to_pt(FOOT_MM) - TOLERANCE:
        yield _low(say("the small QR code"), paper.at(page, box), room, expected)


def _room_below(box: Box, page: Box) -> float:
    """Return how far *box* is from the nearest edge of *page* that may leave a printer last, in points."""
    room = [box.low - page.low]
    if page.width > page.height:
        room += [box.left - page.left, page.right - box.right]
    return min(room)


def _low(name: Message, at: Message, room: float, expected: Expected) -> Finding:
    return found(
        ProofRule.FOOT_LOW,
        expected.document.place,
        say(
            "{name}, {at}, is {room_mm:.1f} mm from the edge where the paper leaves the "
            "printer, which may keep it empty; it needs {least_mm:g} mm",
            name=name,
            at=at,
            room_mm=pt_to_mm(room),
            least_mm=FOOT_MM,
        ),
        say("let the style sheet put the line with version, days and code further from that edge"),
    )


def _is_printer_paper(page: Box) -> bool:
    sides_mm = sorted((pt_to_mm(page.width), pt_to_mm(page.height)))
    return all(side >= least for side, least in zip(sides_mm, LEAST_PAPER_MM, strict=True))


def _tells(run: TextRun, expected: Expected) -> bool:
    """Tell whether *run* says the code of the sheet, a day that its foot names, or its version."""
    document = expected.document
    version = expected.terms.words["version"].format(version=document.version) if document.version else ""
    days = (*expected.dates(document.newest), *expected.dates(document.valid_until))
    said = squeezed(run.text)
    return any(squeezed(text) in said for text in (document.code, version, *days) if text)


def _ink(paper: Paper, expected: Expected) -> Iterator[Finding]:
    # One pixel less: a pixel on the border belongs to both sides.
    edge = int(expected.terms.edge_mm / MM_PER_INCH * RASTER_DPI) - 1
    for page, scan in enumerate(paper.scans):
        if cast(tuple[int, int], scan.getextrema())[0] > BLACK_ENOUGH:
            yield found(
                ProofRule.PAGE_EMPTY,
                expected.document.place,
                say("nothing is printed on page {page}", page=page + 1),
                say("take the page off the budget of the handout, or let the template print on it"),
            )
        for side, strip in (
            (say("top"), (0, 0, scan.width, edge)),
            (say("bottom"), (0, scan.height - edge, scan.width, scan.height)),
            (say("left"), (0, 0, edge, scan.height)),
            (say("right"), (scan.width - edge, 0, scan.width, scan.height)),
        ):
            part = scan.crop(strip) if edge > 0 else None
            if part is not None and cast(tuple[int, int], part.getextrema())[0] < PAPER_WHITE:
                ink = part.point([255] * PAPER_WHITE + [0] * (256 - PAPER_WHITE)).getbbox() or (0, 0, 0, 0)
                corner = (strip[0] + ink[0], strip[1] + ink[1], strip[0] + ink[2], strip[1] + ink[3])
                yield _ink_at(side, paper.area(page, corner), page, paper, expected)


def _ink_at(side: Message, box: Box, page: int, paper: Paper, expected: Expected) -> Finding:
    return found(
        ProofRule.MARGIN_INK,
        expected.document.place,
        say(
            "something is printed in the outer {edge_mm:g} mm at the {side}, {at}",
            edge_mm=expected.terms.edge_mm,
            side=side,
            at=paper.at(page, box),
        ),
        say("move it inwards, or lower 'edge-mm' of the format where a printing house cuts it"),
    )
