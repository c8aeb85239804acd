"""The QR codes on the paper are the intended ones, and no others.

A sheet that leads a school to a false sign-in page is the worst that can happen. So the pages are looked
at as a phone does: a code that is hidden in a picture is seen too, of whatever kind it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from handout.model.document import Document, QrTarget
from handout.model.findings import Finding, Place
from handout.model.messages import Message, any_of, say
from handout.model.units import MM_PER_INCH, mm_to_pt, pt_to_mm
from handout.proof.edges import low_code
from handout.proof.expected import Expected
from handout.proof.geometry import Box
from handout.proof.paper import Paper, pixels_to_mm
from handout.proof.rules import ProofRule, found

QUIET_MODULES = 4
"""Of white around a QR code (ISO/IEC 18004 §9.1)."""
DISTANCE_PER_SIDE = 10
"""A phone reads a code from about ten times its side."""
SMALL_MODULE_MM = 0.5
"""The thinnest module of the small code at the foot that survives a copier, on whatever paper."""
SMALL_SCAN_MM = 150
"""Whoever scans the small code at the foot goes up to it: as near as a phone still sees it sharp."""
MOST_OF_OWN = 0.75
"""How large the small code is at most, beside the sheet's own: nobody takes the one for the other."""
MODULES_OF_RULE = 29
"""On a side of the code that this rule is of, version 3. A code of fewer modules may be smaller, for a camera
sees the modules: those of a short address are as large in a smaller code."""
WHITE = 220
"""From here on a pixel is paper: the edge of a printed shape may tint its neighbour."""
TOLERANCE_MM = 0.01
MOST_LETTERS_SHOWN = 80

QR_KINDS = (
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.MicroQRCode,
    zxingcpp.BarcodeFormat.RMQRCode,
)
_SQUARES = zxingcpp.BarcodeFormats(list(QR_KINDS))
_QR_CODE = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


@dataclass(frozen=True)
class Code:
    """A code that was read from a page."""

    payload: str
    page: int
    box: Box
    """On the page, without its quiet zone."""
    modules: int | None
    """On a side; None for another kind than QR."""

    @property
    def side_mm(self) -> float:
        return pixels_to_mm(self.box.width, 72)

    @property
    def module_mm(self) -> float:
        return self.side_mm / self.modules if self.modules else 0.0


def codes(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield each code that is missing, strange, too small, too tight, or lost on a bad copy."""
    read = paper.once(scanned)
    yield from false_codes(read, paper, expected.document)
    own, small = (_first(read, target) for target in (expected.document.qr, expected.document.status))
    if own:
        yield from _judged(own, paper, expected)
    if small:
        near = replace(expected.terms, least_module_mm=SMALL_MODULE_MM, scan_mm=SMALL_SCAN_MM)
        yield from _judged(small, paper, replace(expected, terms=near), SMALL_FIX)
        yield from low_code(small.page, small.box, paper, expected)
    if own and small:
        yield from _alike(own, small, paper, expected)


def _first(read: Sequence[Code], target: QrTarget | None) -> Code | None:
    return next((code for code in read if target and code.payload == target.url), None)


def false_codes(read: Sequence[Code], paper: Paper, document: Document) -> Iterator[Finding]:
    """Yield each code of *document* that was not *read*, and each that does not belong there."""
    left = Counter(target.url for target in (document.qr, document.status) if target)
    yield from _missing(left - Counter(code.payload for code in read), paper, document.place)
    for code in read:
        if left[code.payload] > 0:
            left[code.payload] -= 1
        else:
            yield strange(code, paper, document.place)


def scanned(paper: Paper) -> tuple[Code, ...]:
    """Return every code that can be read from the pages of *paper*. That takes long: ask `Paper.once`."""
    return tuple(code for page in range(len(paper.scans)) for code in _on_page(page, paper))


def _on_page(page: int, paper: Paper) -> Iterator[Code]:
    scan = paper.scans[page]
    squares = [_code(one, page, (0, 0), paper) for one in squares_on(scan)]
    yield from squares
    for part in busy_parts(paper, page):
        area = paper.area(page, part)
        if not any(code.box.excess(area.centre) <= 0 for code in squares):
            yield from (_code(one, page, part[:2], paper) for one in _others(scan.crop(part)))


def _others(part: Image.Image) -> list[zxingcpp.Barcode]:
    """Return the codes of other kinds on a *part* of a scan."""
    return [barcode for barcode in zxingcpp.read_barcodes(part) if barcode.format not in QR_KINDS]


def squares_on(scan: Image.Image) -> list[zxingcpp.Barcode]:
    """Return the QR codes on *scan*, turned or not; a smaller copy of it would show no others."""
    return zxingcpp.read_barcodes(scan, formats=_SQUARES, try_rotate=False, try_downscale=False)


def _code(barcode: zxingcpp.Barcode, page: int, corner: Sequence[int], paper: Paper) -> Code:
    place = barcode.position
    points = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
    across = [point.x + corner[0] for point in points]
    down = [point.y + corner[1] for point in points]
    modules = None
    if barcode.format == zxingcpp.BarcodeFormat.QRCode:
        version = cast(Mapping[str, str], barcode.extra).get("Version", "")
        # A symbol of version v has 17 + 4 v modules on a side (ISO/IEC 18004 §6.3.1).
        modules = 17 + 4 * int(version) if version.isdigit() else None
    area = paper.area(page, (min(across), min(down), max(across), max(down)))
    return Code(barcode.text, page, area, modules)


HALF = 2
CELL_PX = 8
"""Of the scan at half its size: 2.7 mm. A code that a phone can read covers three by three."""
LEAST_CHANGE = 25
"""From each spot to the next, of 255, on average over a cell: bars and modules change all the time."""
AROUND_CELLS = 2
"""The outermost cells of a code are not counted, nor is its quiet zone."""


def busy_parts(paper: Paper, page: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield the parts of a scan where black and white change as in a code: left, upper, right and lower side.

    To look for all kinds of codes on the whole page would take most of the time of all proofs. Text is left
    out; QR codes are looked for everywhere.
    """
    scan = paper.scans[page]
    half = scan.resize((scan.width // HALF, scan.height // HALF), Image.Resampling.NEAREST)
    for run in paper.drawn[page].runs:
        if run.text.strip():
            sides = paper.pixels(page, run.box.grown(run.size_pt * 0.3))
            half.paste(255, tuple(side // HALF for side in sides))  # type: ignore[arg-type]
    across = ImageChops.difference(half, ImageChops.offset(half, 1, 0))
    down = ImageChops.difference(half, ImageChops.offset(half, 0, 1))
    cells = ImageChops.lighter(across, down).reduce(CELL_PX).filter(ImageFilter.MinFilter(3))
    busy = {
        (at % cells.width, at // cells.width)
        for at, change in enumerate(cells.tobytes())
        if change >= LEAST_CHANGE
    }
    cell_px = HALF * CELL_PX
    for island in _islands(busy):
        columns, rows = [x for x, _ in island], [y for _, y in island]
        yield (
            max(0, min(columns) - AROUND_CELLS) * cell_px,
            max(0, min(rows) - AROUND_CELLS) * cell_px,
            (max(columns) + 1 + AROUND_CELLS) * cell_px,
            (max(rows) + 1 + AROUND_CELLS) * cell_px,
        )


def _islands(cells: set[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield the groups of neighbours among *cells*, and empty it."""
    while cells:
        island = [cells.pop()]
        for x, y in island:
            near = {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & cells
            cells -= near
            island += near  # the loop goes on with them
        yield island


# ---- what can be wrong ------------------------------------------------------------------------


def _missing(payloads: Counter[str], paper: Paper, place: Place) -> Iterator[Finding]:
    pages = len(paper.boxes)
    for payload in payloads.elements():
        yield found(
            ProofRule.QR_MISSING,
            place,
            say(
                "the QR code for {payload} cannot be read from any of the {pages} pages",
                payload=payload,
                pages=pages,
            ),
            say("let the template print it once, larger, and keep its four modules of quiet zone clear"),
        )


def strange(code: Code, paper: Paper, place: Place) -> Finding:
    return found(
        ProofRule.QR_STRANGE,
        place,
        say(
            "a code that was not asked for stands {at}: '{payload}'",
            at=paper.at(code.page, code.box),
            payload=code.payload[:MOST_LETTERS_SHOWN],
        ),
        say(
            "take the picture with that code out; a sheet has the code of its 'qr' key, and that of [status]"
        ),
    )


OWN_FIX = say("raise 'qr-mm' of the format, or lead to a shorter address")
SMALL_FIX = say("raise 'status-mm' of the format, or give [status] a shorter address")


def _alike(own: Code, small: Code, paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield that a reader may take the *small* code for the sheet's *own*: by its size, or too near."""
    sides = [code.side_mm + 2 * QUIET_MODULES * code.module_mm for code in (own, small)]
    gap_mm = pt_to_mm(own.box.distance(small.box))
    is_near = own.page == small.page and gap_mm < small.side_mm / 2
    if sides[1] <= sides[0] * MOST_OF_OWN and not is_near:
        return
    yield found(
        ProofRule.QR_ALIKE,
        expected.document.place,
        say(
            "the small QR code, {at}, may be taken for the sheet's own, {at2}: with their quiet zones they "
            "are {small_mm:.1f} and {own_mm:.1f} mm wide",
            at=paper.at(small.page, small.box),
            at2=paper.at(own.page, own.box),
            small_mm=sides[1],
            own_mm=sides[0],
        ),
        say("lower 'status-mm' or raise 'qr-mm' of the format, or let the template part the two"),
    )


def _judged(code: Code, paper: Paper, expected: Expected, fix: Message = OWN_FIX) -> Iterator[Finding]:
    """Yield what is wrong with an intended code; *fix* makes its modules larger."""
    place, terms = expected.document.place, expected.terms
    where = say("the QR code for {payload}, {at},", payload=code.payload, at=paper.at(code.page, code.box))
    if code.module_mm < terms.least_module_mm - TOLERANCE_MM:
        yield found(
            ProofRule.QR_MODULE,
            place,
            say(
                "{where} has modules of {module_mm:.2f} mm; this format needs {least_module_mm:g} mm",
                where=where,
                module_mm=code.module_mm,
                least_module_mm=terms.least_module_mm,
            ),
            fix,
        )
    least_mm = terms.scan_mm / DISTANCE_PER_SIDE * min(1, (code.modules or 1) / MODULES_OF_RULE)
    if code.side_mm < least_mm - TOLERANCE_MM:
        yield found(
            ProofRule.QR_DISTANCE,
            place,
            say(
                "{where} is {side_mm:.1f} mm wide; to be scanned from {scan_mm:.0f} mm it must be "
                "{least_mm:.1f} mm, its quiet zone not counted",
                where=where,
                side_mm=code.side_mm,
                scan_mm=terms.scan_mm,
                least_mm=least_mm,
            ),
            say("raise 'qr-mm' of the format, or lower its 'scan-mm' to where the reader stands"),
        )
    if (clear := clear_modules(code, paper)) < QUIET_MODULES:
        yield found(
            ProofRule.QR_QUIET_ZONE,
            place,
            say(
                "{where} has something printed {clear:.1f} modules from its edge; {quiet_modules} "
                "must be white",
                where=where,
                clear=clear,
                quiet_modules=QUIET_MODULES,
            ),
            say("move what stands beside the code away, or make its window larger"),
        )
    if spoilt := spoilt_by(code, paper):
        yield found(
            ProofRule.QR_FRAGILE,
            place,
            say("{where} cannot be read any more when it is {spoilt}", where=where, spoilt=any_of(spoilt)),
            say("{fix}: larger modules survive a copier", fix=fix),
        )


def clear_modules(code: Code, paper: Paper) -> float:
    """Return how many modules around *code* are white, counted to the four that must be."""
    scan = paper.scans[code.page]
    left, upper, right, lower = paper.pixels(code.page, code.box)
    module_px = (right - left) / (code.modules or 1)
    play_px = 2  # the scanner rounds the corners that it gives
    for step in range(1, 2 * QUIET_MODULES + 1):
        reach = round(step / 2 * module_px)
        outer = (left - reach, upper - reach, right + reach, lower + reach)
        if reach > play_px and _least_grey_around(scan, outer, (left, upper, right, lower), play_px) < WHITE:
            return (step - 1) / 2
    return QUIET_MODULES


def _least_grey_around(
    scan: Image.Image, outer: tuple[int, int, int, int], inner: tuple[int, int, int, int], play_px: int
) -> int:
    """Return the darkest grey between *inner* and *outer*, without *play_px* at both."""
    left, upper, right, lower = (
        outer[0] + play_px,
        outer[1] + play_px,
        outer[2] - play_px,
        outer[3] - play_px,
    )
    x, y, u, v = (inner[0] - play_px, inner[1] - play_px, inner[2] + play_px, inner[3] + play_px)
    strips = ((left, upper, right, y), (left, v, right, lower), (left, y, x, v), (u, y, right, v))
    edge = (0, 0, scan.width, scan.height)
    greys = [255]
    for strip in strips:
        part = (
            max(strip[0], edge[0]),
            max(strip[1], edge[1]),
            min(strip[2], edge[2]),
            min(strip[3], edge[3]),
        )
        if part[0] < part[2] and part[1] < part[3]:
            greys.append(int(cast(tuple[int, int], scan.crop(part).getextrema())[0]))
    return min(greys)


# ---- bad copies -------------------------------------------------------------------------------

MODULE_PX = 5
"""How many pixels a phone has for a module."""
BLUR_PX = 1.4
"""Sigma of a camera that is a little out of focus: 0.15 mm for modules of half a millimetre."""


def _dark(image: Image.Image) -> Image.Image:
    """Each dark spot grows by a pixel, and what is not quite white becomes grey."""
    return image.filter(ImageFilter.MinFilter(3)).point([round(grey * 0.7) for grey in range(256)])


def _reduced(image: Image.Image) -> Image.Image:
    size = round(image.width * 0.7), round(image.height * 0.7)
    return image.resize(size, Image.Resampling.BILINEAR)


def _turned(image: Image.Image) -> Image.Image:
    return image.rotate(5, Image.Resampling.BILINEAR, expand=True, fillcolor=255)


def _blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(BLUR_PX))


def _one_bit(image: Image.Image) -> Image.Image:
    return image.point([0] * 128 + [255] * 128)


BAD_COPIES: tuple[tuple[Message, Callable[[Image.Image], Image.Image]], ...] = (
    (say("copied too dark"), _dark),
    (say("reduced to 70 %"), _reduced),
    (say("turned by 5 degrees"), _turned),
    (say("out of focus"), _blurred),
    (say("printed in black and white alone"), _one_bit),
)
"""What happens to paper in a school, and how it then looks."""


def spoilt_by(code: Code, paper: Paper) -> tuple[Message, ...]:
    """Return the bad copies from which *code* cannot be read."""
    quiet = mm_to_pt(QUIET_MODULES * code.module_mm)
    fine = paper.fine_scan(code.page, code.box.grown(quiet), MODULE_PX / code.module_mm * MM_PER_INCH)
    return tuple(name for name, spoil in BAD_COPIES if not _reads(spoil(fine), code.payload))


def _reads(image: Image.Image, payload: str) -> bool:
    barcodes = zxingcpp.read_barcodes(image, formats=_QR_CODE)
    return [barcode.text for barcode in barcodes] == [payload]
