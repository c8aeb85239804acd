"""A print sheet holds the pages of its piece, whole, and the codes on it are those of the pieces on it.

A sheet has no model of its own: it is held against the piece that it was made from, by what both draw, and by
what a screen reader reads of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

import page as page_validation
import pikepdf
from PIL import Image

from handout.model.findings import Finding
from handout.model.messages import Message, say, together
from handout.model.units import POINTS_PER_INCH, mm_to_pt
from handout.proof.codes import Code, scanned, squares_on, strange
from handout.proof.content import Drawing, TextRun
from handout.proof.edges import low_code
from handout.proof.expected import Expected
from handout.proof.geometry import Box, Matrix, placed
from handout.proof.paper import RASTER_DPI, Paper
from handout.proof.rules import ProofRule, found
from handout.proof.tags import squeezed

TOLERANCE = 0.6
"""Points: less is rounding."""
COPIER_MODULE_MM = 0.5
"""The thinnest module that survives a copier."""
ROUNDED = 0.97
"""A scanner rounds the corners of a code to the pixel."""
PAPER_GREY = 255
MOST_SHOWN = 60
HIT_MM = 2.0
"""How far a scanner may be off with the place of a code."""


@dataclass(frozen=True)
class PlacedPage:
    """A page of the piece on a face of the sheet."""

    page: int
    """Of the piece, counted from 0."""
    face: int
    """Of the sheet, counted from 0."""
    matrix: Matrix
    """From the page to the face."""
    window: Box | None
    """What is shown of it, on the face; None: all."""

    def shows(self, box: Box) -> bool:
        """Tell whether *box*, on the face, is shown as a whole."""
        return self.window is None or self.window.excess(box) <= TOLERANCE


def sheet(paper: Paper, piece: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what is wrong with a print sheet, *paper*, of the finished *piece*."""
    laid, unknown = _laid(paper, piece)
    yield from _pages(laid, unknown, paper, piece, expected)
    yield from _codes(laid, paper, piece, expected)
    yield from _tags(paper, piece, expected)
    yield from _notes(laid, paper, piece, expected)


# ---- what the sheet says itself -----------------------------------------------------------------


def _notes(laid: Sequence[PlacedPage], paper: Paper, piece: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield a line of the sheet's own that tells wrongly how it is printed, or that stands in the way."""
    for run in paper.runs:
        if run.text.strip() and not run.forms:
            pages = [_shown(one, piece) for one in laid if one.face == run.page]
            if (what := _wrong_note(run, pages, paper, expected)) is not None:
                yield found(ProofRule.SHEET_NOTE, expected.document.place, what, RELAY)


def _wrong_note(run: TextRun, pages: Iterable[Box], paper: Paper, expected: Expected) -> Message | None:
    """Return what is wrong with *run*, a line on the face of *pages*; None where nothing is."""
    text = run.text[:MOST_SHOWN]
    if run.text != (said := _how_to_print(paper, run.text, expected)):
        return say("the print sheet says '{text}', and is printed so: {said}", text=text, said=said)
    if any(page.meets(run.box) for page in pages):
        return say("the print sheet has '{text}' on what is cut out of it", text=text)
    if not _is_clear(run, paper):
        return say("the print sheet has '{text}' on a mark or too near its edge", text=text)
    if not run.is_artifact:
        return say("the print sheet reads '{text}' aloud, which is for who prints it", text=text)
    return None


_SIDES = {"/Simplex": "one-side", "/DuplexFlipLongEdge": "long-edge", "/DuplexFlipShortEdge": "short-edge"}


def _how_to_print(paper: Paper, text: str, expected: Expected) -> str:
    """Return the sentence that says how *paper* is printed, on the paper that *text* names."""
    words, box = expected.terms.words_of_pages, paper.boxes[0]
    asked = str(paper.pdf.Root.get("/ViewerPreferences", pikepdf.Dictionary()).get("/Duplex", ""))
    name = next((name for name, size in PAPERS_PT.items() if _is_as_large(box, size)), "")
    sides = words.get(f"gallery.{_SIDES.get(asked, '')}", "")
    return words.get("gallery.print", "").format(paper=name or text, sides=sides)


PAPERS_PT = {
    "A4": (mm_to_pt(210), mm_to_pt(297)),
    "A3": (mm_to_pt(297), mm_to_pt(420)),
    "Letter": (612.0, 792.0),
}


def _is_as_large(box: Box, size: tuple[float, float]) -> bool:
    return all(abs(a - b) < 1 for a, b in zip(sorted((box.width, box.height)), size, strict=True))


def _shown(one: PlacedPage, piece: Paper) -> Box:
    """Return what is shown of a page, on its face."""
    return one.window or _on_face(one, piece)


def _is_clear(run: TextRun, paper: Paper) -> bool:
    """Tell whether nothing else is drawn where *run* stands and around it, and a printer reaches it."""
    around = run.box.grown(CLEAR_PT)
    if paper.boxes[run.page].grown(-UNREACHED_PT).excess(run.box) > 0:
        return False
    scan = paper.fine_scan(run.page, around.below(CLEAR_PT), NOTE_DPI)
    edge = round(CLEAR_PT / 2 * NOTE_DPI / POINTS_PER_INCH)
    scan.paste(PAPER_GREY, (edge, edge, scan.width - edge, scan.height - edge))
    return min(scan.tobytes()) > PAPER_GREY - MOST_GREY


CLEAR_PT = 2.5
UNREACHED_PT = mm_to_pt(4.5)
NOTE_DPI = 150
MOST_GREY = 40


# ---- tags -------------------------------------------------------------------------------------


def _tags(paper: Paper, piece: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield that the sheet is not read as its *piece* is, or breaks a rule of PDF/UA-1."""
    read, wanted = ([leaf.text for leaf in one.leaves] for one in (paper, piece))
    if read != wanted:
        first = next((at for at, (a, b) in enumerate(zip(read, wanted, strict=False)) if a != b), len(read))
        said = wanted[first][:MOST_SHOWN] if first < len(wanted) else say("nothing more")
        what = say(
            "the pages of the print sheet are read aloud otherwise than those of the piece, at '{said}'",
            said=said,
        )
        yield found(ProofRule.SHEET_TAGS, expected.document.place, what, RELAY)
    for failure in page_validation.validate_pdf_bytes(paper.data, profile="ua1").failures:
        what = say(
            "the file of the print sheet breaks rule {rule_id} of PDF/UA-1: {message}",
            rule_id=failure.rule_id,
            message=failure.message,
        )
        yield found(ProofRule.SHEET_TAGS, expected.document.place, what, RELAY)


# ---- pages ------------------------------------------------------------------------------------


def _laid(paper: Paper, piece: Paper) -> tuple[tuple[PlacedPage, ...], tuple[Drawing, ...]]:
    """Return the pages of *piece* on the faces of *paper*, and the forms that are none of its pages."""
    pages: dict[tuple[str, ...], int] = {}
    for page, drawn in enumerate(piece.drawn):
        pages.setdefault(_fingerprint(drawn.runs), page)  # two sides may be alike
    laid: list[PlacedPage] = []
    unknown: list[Drawing] = []
    for face, drawing, runs in _forms(paper):
        shown = pages.get(_fingerprint(runs))
        if shown is None:
            unknown.append(drawing)
        else:
            laid.append(PlacedPage(shown, face, drawing.matrix, drawing.clip))
    return tuple(laid), tuple(unknown)


def _forms(paper: Paper) -> Iterator[tuple[int, Drawing, Sequence[TextRun]]]:
    """Yield the forms that the faces of *paper* draw themselves: face, form, and what is written in it."""
    for face, drawn in enumerate(paper.drawn):
        for drawing in drawn.drawings:
            if drawing.depth == 0 and not drawing.is_raster:
                yield face, drawing, [run for run in drawn.runs if run.forms[:1] == (drawing.number,)]


def _fingerprint(runs: Sequence[TextRun]) -> tuple[str, ...]:
    """Return what *runs* say, in the order in which they are drawn."""
    return tuple(squeezed(run.text) for run in runs)


RELAY = say("lay the sheet out again from the finished piece; report it if it stays so")


def _pages(
    laid: Sequence[PlacedPage], unknown: Sequence[Drawing], paper: Paper, piece: Paper, expected: Expected
) -> Iterator[Finding]:
    whats = (
        *_missing_pages(laid, paper, piece),
        *_foreign_forms(unknown, paper),
        *_uneven_pages(laid, piece),
        *_fallen_pages(laid, paper, piece),
    )
    for what in whats:
        yield found(ProofRule.SHEET_PAGE, expected.document.place, what, RELAY)


def _times(laid: Sequence[PlacedPage], piece: Paper) -> Counter[int]:
    """Return how often each page of *piece* is on the sheet. Pages that are alike share what is found."""
    times = Counter(one.page for one in laid)
    alike = Counter(_fingerprint(drawn.runs) for drawn in piece.drawn)
    for page, drawn in enumerate(piece.drawn):
        times[page] //= alike[_fingerprint(drawn.runs)]
    return times


def _missing_pages(laid: Sequence[PlacedPage], paper: Paper, piece: Paper) -> Iterator[Message]:
    times = _times(laid, piece)
    alike = Counter(_fingerprint(drawn.runs) for drawn in piece.drawn)
    for page, drawn in enumerate(piece.drawn):
        if not times[page] and alike[_fingerprint(drawn.runs)] == 1:
            faces = len(paper.boxes)
            yield say(
                "page {page} of the piece is on none of the {faces} faces of the print sheet",
                page=page + 1,
                faces=faces,
            )


def _foreign_forms(unknown: Sequence[Drawing], paper: Paper) -> Iterator[Message]:
    for drawing in unknown:
        where = paper.at(drawing.page, drawing.box)
        yield say("what is drawn {where}, on the print sheet, is no page of the piece", where=where)


def _uneven_pages(laid: Sequence[PlacedPage], piece: Paper) -> Iterator[Message]:
    times = _times(laid, piece)
    # A page on several tiles is on as many as it needs.
    is_tiled = any(one.window is not None and not one.shows(_on_face(one, piece)) for one in laid)
    if not is_tiled and len({count for count in times.values() if count}) > 1:
        often = together(
            ", ",
            (say("page {page}: {times}", page=page + 1, times=n) for page, n in sorted(times.items())),
        )
        yield say("the pages of the piece are not on the print sheet equally often: {often}", often=often)


def _fallen_pages(laid: Sequence[PlacedPage], paper: Paper, piece: Paper) -> Iterator[Message]:
    for one in laid:
        box = _on_face(one, piece)
        if one.window is None and paper.boxes[one.face].excess(box) > TOLERANCE:
            yield say(
                "page {page} of the piece falls off the print sheet {at}",
                page=one.page + 1,
                at=paper.at(one.face, box),
            )


def _on_face(one: PlacedPage, piece: Paper) -> Box:
    return placed(piece.boxes[one.page], one.matrix)


# ---- codes ------------------------------------------------------------------------------------


def _codes(laid: Sequence[PlacedPage], paper: Paper, piece: Paper, expected: Expected) -> Iterator[Finding]:
    meant = list(_meant(laid, piece.once(scanned)))
    seen: set[str] = set()
    for code in paper.once(scanned):
        match = next((one for one in meant if one[0] == code.page and _is_at(one[1], one[2], code)), None)
        if match is not None:
            meant.remove(match)
            yield from _size(code, paper, expected)
            if expected.document.status and code.payload == expected.document.status.url:
                yield from low_code(code.page, code.box, paper, expected)
        elif not _is_cut(code, laid, piece.once(scanned)):
            yield strange(code, paper, expected.document.place)
            continue
        seen.add(code.payload)
    for face, box, payload in meant:
        yield found(
            ProofRule.SHEET_QR,
            expected.document.place,
            say(
                "the QR code for {payload} cannot be read on the print sheet, {at}",
                payload=payload,
                at=paper.at(face, box),
            ),
            say("lay the sheet out again; nothing may be drawn over a code"),
        )
    if not meant:
        yield from _lost_in_tiles(seen, laid, paper, piece, expected)


def _lost_in_tiles(
    seen: Set[str], laid: Sequence[PlacedPage], paper: Paper, piece: Paper, expected: Expected
) -> Iterator[Finding]:
    """Yield the codes that are whole on no face, *seen* on none, and cannot be read when tiles are glued."""
    lost = {target.url for target in expected.targets} - seen
    for url in sorted(lost - _on_glued(laid, paper, piece)) if lost else ():
        yield found(
            ProofRule.SHEET_QR,
            expected.document.place,
            say(
                "the QR code for {url} cannot be read from the {boxes_count} faces of the print "
                "sheet when they are glued together",
                url=url,
                boxes_count=len(paper.boxes),
            ),
            say("lay the sheet out again: the tiles must cover the whole page"),
        )


def _on_glued(laid: Sequence[PlacedPage], paper: Paper, piece: Paper) -> set[str]:
    """Return the payloads of the QR codes on the pages of *piece* as their tiles make them."""
    found_: set[str] = set()
    for page, box in enumerate(piece.boxes):
        glued = Image.new("L", piece.scans[page].size, PAPER_GREY)
        for one in laid:
            if one.page == page and one.window is not None:
                _glue(glued, one, box, paper)
        found_ |= {barcode.text for barcode in squares_on(glued)}
    return found_


def _glue(glued: Image.Image, one: PlacedPage, page: Box, paper: Paper) -> None:
    """Put what the sheet shows of a page where it belongs on that page. Tiles are not turned."""
    across, _, _, up, right, top = one.matrix
    if one.window is None or across <= 0 or up <= 0:
        return
    window = one.window.shared(paper.boxes[one.face])
    left, upper = (window.left - right) / across, (window.top - top) / up
    tile = paper.scans[one.face].crop(paper.pixels(one.face, window))
    size = max(1, round(tile.width / across)), max(1, round(tile.height / up))
    scale = RASTER_DPI / POINTS_PER_INCH
    corner = round((left - page.left) * scale), round((page.top - upper) * scale)
    glued.paste(tile.resize(size, Image.Resampling.BILINEAR), corner)


def _meant(laid: Sequence[PlacedPage], codes: Sequence[Code]) -> Iterator[tuple[int, Box, str]]:
    """Yield face, place and payload of each code that must be readable on the sheet."""
    for one in laid:
        for code in codes:
            if code.page == one.page:
                box = placed(code.box, one.matrix)
                if one.shows(box):
                    yield one.face, box, code.payload


def _is_cut(code: Code, laid: Sequence[PlacedPage], codes: Sequence[Code]) -> bool:
    """Tell whether *code* is one of the piece that a tile cuts: one that loses little can be read."""
    return any(
        one.face == code.page and _is_at(placed(whole.box, one.matrix), whole.payload, code)
        for one in laid
        for whole in codes
        if whole.page == one.page
    )


def _is_at(box: Box, payload: str, code: Code) -> bool:
    return payload == code.payload and box.grown(mm_to_pt(HIT_MM)).excess(code.box) <= 0


def _size(code: Code, paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield a code that the sheet makes too small."""
    # A sheet may hold a poster that was made smaller: it is read from nearer, but must survive a copier too.
    least_mm = min(expected.terms.least_module_mm, COPIER_MODULE_MM)
    if code.module_mm < least_mm * ROUNDED:
        yield found(
            ProofRule.QR_MODULE,
            expected.document.place,
            say(
                "the QR code for {payload}, {at}, has modules of {module_mm:.2f} mm on the print "
                "sheet; a copier needs {least_mm:g} mm",
                payload=code.payload,
                at=paper.at(code.page, code.box),
                module_mm=code.module_mm,
                least_mm=least_mm,
            ),
            say("print this sheet larger, or raise 'qr-mm' of the format"),
        )
