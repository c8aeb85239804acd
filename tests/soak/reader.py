"""A second reading of finished sheets: pdfium's text and pixels, and what the writer of the project says.

It shares nothing with the proofs of the program but the numbers of its formats.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from ctypes import c_float
from dataclasses import dataclass, replace
from functools import cache
from statistics import median

import pypdfium2
import pypdfium2.raw as raw
import zxingcpp
from PIL import Image
from tests.soak.building import Sheet
from tests.soak.grammar import Said

from handout.editions import single
from handout.editions.single import Made
from handout.model.findings import Finding
from handout.project.project import Project

SCALE = 1.2
"""Pixels for each point."""
LEAST_CONTRAST = 60
"""Of 255, inside the box of a letter: less cannot be seen."""
MOST_UNSEEN = 0.02
"""Of the letters: dots and commas are small."""
UNTITLED = ("poster-a3", "tent-a4", "card", "wegwijzer-a4")
"""Formats that print no title of a procedure, where there is one procedure."""
LAYOUT = (
    "too-long",
    "page-count",
    "sticks-out",
    "text-missing",
    "step-split",
    "heading-stranded",
    "line-alone",
)
SIDES = {"left": 0, "bottom": 1, "right": 2, "top": 3}
"""Where each stands in a box."""
BREAKS = ("step-split", "heading-stranded", "line-alone")
MOST_BELOW = 120
"""Letters under a heading that ends its page: the foot."""
ON_PICTURE = 0.3
"""Of a letter's box: a box is higher than its letter, and may touch."""
MOST_CONTRAST = 21
SHARP = 8
"""Pixels for each point, with which the strokes of a letter have a pixel of its own colour."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Letter:
    """A letter with its box in points: left, bottom, right, top."""

    text: str
    box: Box


@dataclass(frozen=True)
class Page:
    text: str
    size: tuple[float, float]
    letters: tuple[Letter, ...]
    unseen: tuple[str, ...]
    """Letters in whose box nothing can be seen."""
    is_blank: bool
    codes: tuple[str, ...]
    pictures: tuple[Box, ...] = ()
    """Where the photos stand, and the drawings of the writer."""


def read(pdf: bytes, *, is_looked_at: bool = True) -> tuple[Page, ...]:
    """Return the pages of *pdf* as pdfium has them: their words, and where it *is_looked_at* their pixels."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(_page(page, is_looked_at) for page in document)
    finally:
        document.close()


def _page(page: pypdfium2.PdfPage, is_looked_at: bool) -> Page:
    words = page.get_textpage()
    width, height = page.get_size()
    if not is_looked_at:
        return Page(words.get_text_bounded(), (width, height), (), (), False, ())
    picture = page.render(scale=SCALE * 2).to_pil().convert("L")
    letters, unseen = [], []
    for at in range(words.count_chars()):
        text = words.get_text_range(at, 1)
        if not text.strip():
            continue
        box = words.get_charbox(at)
        letters.append(Letter(text, box))
        left, bottom, right, top = (side * SCALE * 2 for side in box)
        seen = picture.crop(
            (
                int(left),
                int(height * SCALE * 2 - top) - 1,
                int(right) + 1,
                int(height * SCALE * 2 - bottom) + 1,
            )
        )
        darkest, lightest = seen.getextrema()
        if lightest - darkest < LEAST_CONTRAST and text.isalnum():
            unseen.append(text)
    codes = tuple(code.text for code in zxingcpp.read_barcodes(picture))
    return Page(
        words.get_text_bounded(),
        (width, height),
        tuple(letters),
        tuple(unseen),
        picture.getextrema()[0] > 200,
        codes,
        tuple(_pictures(page)),
    )


def _pictures(page: pypdfium2.PdfPage) -> Iterator[Box]:
    """Yield the boxes of photos, and of drawings: the writer strikes a line from corner to corner of each."""
    for thing in page.get_objects((raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH), max_depth=1):
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE or _is_one_slope(thing):
            yield thing.get_bounds()


def _is_one_slope(path: pypdfium2.PdfObject) -> bool:
    """Tell whether *path* is one straight line that is neither level nor upright."""
    if raw.FPDFPath_CountSegments(path.raw) != 2:
        return False
    points = []
    for number in range(2):
        across, down = c_float(), c_float()
        raw.FPDFPathSegment_GetPoint(raw.FPDFPath_GetPathSegment(path.raw, number), across, down)
        points.append((across.value, down.value))
    (left, low), (right, top) = points
    return abs(left - right) > 1 and abs(low - top) > 1


def stands_on_picture(letters: Iterable[Letter], page: Page) -> list[str]:
    """Return those of *letters* that stand on a picture of *page* with a good part of them."""
    return [
        letter.text
        for letter in letters
        if any(_shared(letter.box, box) > ON_PICTURE * _area(letter.box) for box in page.pictures)
    ]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _shared(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across * down if across > 0 and down > 0 else 0


def squeezed(text: str) -> str:
    """Return *text* without spaces, breaks of words and capitals."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub("[\u2010\u00ad\ufffe\u0002]\\s*", "", text)
    return re.sub(r"[\s\u200b-\u200f\u2066-\u2069]+", "", text)


def holds(text: str, name: str, *, is_exact: bool = False) -> bool:
    """Tell whether *text*, squeezed, holds *name*; one that runs to the left in either direction.

    Where it *is_exact*, other words of the same letters do not count.
    """
    name = squeezed(name)
    if name in text or (not name.isascii() and name[::-1] in text):
        return True
    return not is_exact and _holds_joined(text, name)


def _holds_joined(text: str, name: str) -> bool:
    """Tell whether the letters of *name*, which runs to the left, stand together in *text*.

    PDFium turns round the letters of a glyph that joins some: it reads `في` for `يف`.
    """
    if not any(unicodedata.bidirectional(letter) == "AL" for letter in name):
        return False
    letters, size = Counter(name), len(name)
    return any(Counter(text[start : start + size]) == letters for start in range(len(text) - size + 1))


# ---- a sheet that was made --------------------------------------------------------------------


def faults(sheet: Sheet, said: Sequence[Said], project: Project) -> Iterator[str]:
    """Yield what a reader of *sheet*, which was found right, would miss on it."""
    made = sheet.made
    if made is None or not made.pdf:
        yield "nothing was made"
        return
    # Where all copies begin with the same bytes, to look at one is to look at all.
    is_looked_at = not made.is_copy or made.edition.school == project.schools[-1]
    pages = read(made.pdf, is_looked_at=is_looked_at)
    if len(pages) != made.document.page_budget:
        yield f"there are {len(pages)} pages in place of {made.document.page_budget}"
    text = squeezed(" ".join(page.text for page in pages))
    for one in _expected(sheet, said, project):
        if not holds(text, one.name):
            yield f"'{one.name}' of {one.path}, {one.part}, is not there"
    for one in _foreign(sheet, said):
        if holds(text, one.name, is_exact=True):
            yield f"'{one.name}' of {one.path} is there, and is for others"
    for number, page in enumerate(pages, 1):
        if page.is_blank:
            yield f"page {number} is blank"
        if off := [letter.text for letter in page.letters if _is_off(letter.box, page.size)]:
            yield f"page {number}: '{''.join(off)[:40]}' is off the paper"
        if on_picture := stands_on_picture(page.letters, page):
            yield f"page {number}: '{''.join(on_picture)[:40]}' stands on a picture"
        if len(page.unseen) > max(1, MOST_UNSEEN * len(page.letters)):
            yield f"page {number}: '{''.join(page.unseen)[:40]}' cannot be seen"
    if (
        is_looked_at
        and made.document.qr
        and made.document.qr.url not in {code for page in pages for code in page.codes}
    ):
        yield f"no code leads to {made.document.qr.url}"
    school = made.edition.school
    # Where the text runs to the left, the words of a name may stand in the order of the eye.
    names = (
        school.name.split() if school and made.edition.language == "ar" else [school.name] if school else []
    )
    if school and made.edition.format not in ("card",) and not all(holds(text, name) for name in names):
        yield f"it does not name the school {school.name}"


def _is_off(box: Box, size: tuple[float, float]) -> bool:
    left, bottom, right, top = box
    return left < -1 or bottom < -1 or right > size[0] + 1 or top > size[1] + 1


def _expected(sheet: Sheet, said: Sequence[Said], project: Project) -> Iterator[Said]:
    """Yield what ought to stand on *sheet*."""
    handout, audience = sheet.edition.handout, sheet.edition.audience
    paths = {f"content/handouts/{handout.slug}.md"}
    shown = [slug for slug in handout.procedures if audience in project.procedures[slug].audiences]
    paths |= {f"content/procedures/{slug}.md" for slug in shown}
    led = {
        f"content/handouts/{slug}.md"
        for slug in handout.leads_to
        if audience in project.handouts[slug].audiences
    }
    is_sign = sheet.edition.format == "wegwijzer-a4"
    for one in said:
        if one.audiences is not None and audience not in one.audiences:
            continue
        if one.part == "question":
            if is_sign and one.path in paths | led:
                yield one
        elif one.path in led:
            if is_sign and one.part == "title":
                yield one
        elif one.path in paths:
            is_head = one.part == "title" and "/procedures/" in one.path
            is_headed = len(shown) > 1 or sheet.edition.format == "reference-a4"
            if not is_head or (is_headed and sheet.edition.format not in UNTITLED):
                yield one


def _foreign(sheet: Sheet, said: Sequence[Said]) -> Iterator[Said]:
    return (one for one in said if one.audiences is not None and sheet.edition.audience not in one.audiences)


# ---- a sheet that was refused -----------------------------------------------------------------


def agrees(finding: Finding, sheet: Sheet, project: Project) -> bool:
    """Tell whether this reading sees what *finding* tells of *sheet*."""
    made = sheet.made or single.make(project, sheet.edition)
    rule = str(finding.rule)
    if rule in ("too-long", "page-count"):
        return _does_not_fit(made, project)
    if rule in BREAKS:
        pages = read(made.pdf) if made.pdf else ()
        return len(pages) != made.document.page_budget or _breaks_so(finding.what, pages)
    if rule == "text-overlap":
        return bool(made.pdf) and any(_collides(page) for page in read(made.pdf))
    if rule == "sticks-out":
        return bool(made.pdf) and _sticks_out(finding.what, read(made.pdf))
    if not made.pdf:
        return False
    pages = read(made.pdf)
    if rule == "text-on-picture":
        return any(stands_on_picture(letters, page) for page, letters in _quoted(finding.what, pages))
    if rule == "text-invisible":
        return any(page.unseen for page, _ in _quoted(finding.what, pages))
    if rule in ("off-page", "text-clipped"):
        return any(_collides(page) for page in pages)
    if rule == "contrast-low":
        return _is_pale(finding.what, made.pdf, pages)
    text = squeezed(" ".join(page.text for page in pages))
    quoted = re.findall(r"'([^']+)'", finding.what)
    if rule in ("text-lost", "text-missing", "audience-label"):
        return not any(holds(text, one.rstrip("…")) for one in quoted[:1])
    if rule == "qr-missing":
        return made.document.qr is None or made.document.qr.url not in {
            c for page in pages for c in page.codes
        }
    return False


def _quoted(what: str, pages: Sequence[Page]) -> Iterator[tuple[Page, tuple[Letter, ...]]]:
    """Yield the letters that *what* quotes, wherever they stand on the page that it names.

    `leaflet: 'reëel hofsel', page 1, 20 mm from the left, stands on a picture`
    """
    quoted, number = re.search(r"'(.+?)…?'", what), re.search(r"page (\d+)", what)
    if quoted is None or number is None or int(number[1]) > len(pages):
        return
    page, words = pages[int(number[1]) - 1], squeezed(quoted[1])
    signs = "".join(squeezed(letter.text)[:1] or "\0" for letter in page.letters)
    for said in {words, words[::-1]}:
        for found in re.finditer(re.escape(said), signs):
            yield page, page.letters[found.start() : found.end()]


def _is_pale(what: str, pdf: bytes, pages: Sequence[Page]) -> bool:
    """Tell whether the letters that *what* quotes differ less from their ground than it says they should."""
    needed = re.search(r"needs ([\d.]+) to 1", what)
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page, letters in _quoted(what, pages):
            scan = document[pages.index(page)].render(scale=SHARP).to_pil().convert("RGB")
            seen = median(_contrast(scan, letter.box, page.size[1]) for letter in letters)
            if needed and seen < float(needed[1]):
                return True
    finally:
        document.close()
    return False


def _contrast(scan: Image.Image, box: Box, height: float) -> float:
    """Return the contrast of the lightest with the darkest spot in *box* of *scan* (WCAG 2.2)."""
    left, low, right, top = box
    shown = scan.crop(
        (int(left * SHARP), int((height - top) * SHARP), int(right * SHARP), int((height - low) * SHARP))
    )
    data = shown.tobytes()
    lights = [_light(*data[at : at + 3]) for at in range(0, len(data), 3)]
    return (max(lights) + 0.05) / (min(lights) + 0.05) if lights else MOST_CONTRAST


@cache
def _light(*colour: int) -> float:
    """Return the relative luminance of a *colour* of three bytes."""
    parts = [part / 255 for part in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _breaks_so(what: str, pages: Sequence[Page]) -> bool:
    """Tell whether a page ends as *what* says, with the words that it quotes."""
    quoted, numbers = re.search(r"'(.+?)…?'", what), [int(one) for one in re.findall(r"page (\d+)", what)]
    if quoted is None or not numbers or max(numbers) > len(pages):
        return False
    words = squeezed(quoted.group(1))[:20]
    texts = [squeezed(pages[number - 1].text) for number in numbers]
    if "heading" in what:
        return words in texts[0] and len(texts[0].rpartition(words)[2]) < MOST_BELOW
    if len(numbers) > 1:
        return words in texts[0] and words not in texts[-1]
    return words in squeezed(" ".join(page.text for page in pages[max(0, numbers[0] - 2) : numbers[0]]))


def _sticks_out(what: str, pages: Sequence[Page]) -> bool:
    """Tell whether the words that *what* quotes reach farther to that side than all else of their page.

    `'reëel hofsel' on page 1 sticks out on the right of its box: 3.9 mm too far`
    """
    found = re.search(r"'(.+?)' on page (\d+) .*? (?:on|at) the (right|left|top|bottom)", what)
    if found is None or int(found[2]) > len(pages):
        return False
    page = pages[int(found[2]) - 1]
    if _collides(page):
        return True
    words, side = squeezed(found[1].rstrip("…")), SIDES[found[3]]
    signs = "".join(squeezed(letter.text)[:1] or "\0" for letter in page.letters)
    outward = 1 if found[3] in ("right", "top") else -1
    reaches = [outward * letter.box[side] for letter in page.letters]
    for match in re.finditer(re.escape(words), signs):
        others = reaches[: match.start()] + reaches[match.end() :]
        if max(reaches[match.start() : match.end()]) > max(others, default=0):
            return True
    return False


def _does_not_fit(made: Made, project: Project) -> bool:
    """Tell whether the text of *made* fills other pages than its format has, or collides with something."""
    if not made.pdf:
        made = single.make(
            project, replace(made.edition, handout=replace(made.edition.handout, page_budget=64))
        )
    if not made.pdf:
        return True
    pages = read(made.pdf)
    if len(pages) != made.document.page_budget:
        return True
    return any(_collides(page) for page in pages)


def _collides(page: Page) -> bool:
    """Tell whether letters stand over others, off the paper, or cannot be seen."""
    if any(_is_off(letter.box, page.size) for letter in page.letters):
        return True
    if len(page.unseen) > max(1, MOST_UNSEEN * len(page.letters)):
        return True
    ordered = sorted(page.letters, key=lambda letter: letter.box[0])
    for at, letter in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if other.box[0] >= letter.box[2]:
                break
            across = min(letter.box[2], other.box[2]) - other.box[0]
            down = min(letter.box[3], other.box[3]) - max(letter.box[1], other.box[1])
            if across > 1.5 and down > 1.5:
                return True
    return False
