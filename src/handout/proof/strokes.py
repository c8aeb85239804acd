"""No line runs through a word: not a rule, the side of a frame or of a key, nor the line that steps hang on.

Seen on the pixels, whoever drew it. A stroke goes on beyond both ends of the word that it crosses, or above
and below it, which no letter does; and there it has paper on both of its sides, as a ground has not.
"""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from handout.model.colours import WHITE
from handout.model.findings import Finding
from handout.model.messages import say
from handout.model.text import runs_to_the_left
from handout.model.units import POINTS_PER_INCH
from handout.proof.content import TextRun
from handout.proof.expected import Expected
from handout.proof.geometry import Box
from handout.proof.paper import RASTER_DPI, Paper
from handout.proof.rules import ProofRule, found

DARK = 160
"""Of 255: a hairline of half a point is grey on a scan."""
LIGHT = 200
BEYOND_PT = 2.4
"""How far a stroke goes on beyond a word: the leading keeps letters of other lines farther off."""
WIDEST_PT = 8.0
"""The line of a poster is 7 points wide; what is wider is a ground, as the badge of a reference with 13."""
CORE = 0.12
"""Of the height of a capital: above its foot and below its head a line is under or over the word."""
LEAST_LETTERS = 2
"""A sign alone may be a line itself."""
MOST_SHOWN = 60


def strokes(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the words that a line runs through."""
    sides = [(scan, scan.transpose(Image.Transpose.TRANSPOSE)) for scan in paper.scans]
    for run in paper.runs:
        if (
            run.is_drawn
            and run.opacity
            and run.colour != WHITE
            and id(run) not in paper.in_pictures
            and _is_upright(run)
        ):
            for word, box in run.words():
                if _can_be_struck(word) and _is_struck(sides[run.page], paper, run.page, box):
                    yield found(
                        ProofRule.TEXT_STRUCK,
                        expected.document.place,
                        say(
                            "a line runs through '{word}', {at}",
                            word=word[:MOST_SHOWN],
                            at=paper.at(run.page, box),
                        ),
                        say(
                            "let the style sheet give the line, or the frame that it is part of, its own room"
                        ),
                    )


def _can_be_struck(word: str) -> bool:
    """Tell whether a line through *word* can be told from it: one of their own joins Arabic letters."""
    return sum(map(str.isalnum, word)) >= LEAST_LETTERS and not runs_to_the_left(word)


def _is_upright(run: TextRun) -> bool:
    """Tell whether *run* stands level, or upside down: of a slanting one the box is more than the word."""
    a, b, c, d, _, _ = run.matrix
    return abs(b) + abs(c) < (abs(a) + abs(d)) / 1000


def _is_struck(sides: tuple[Image.Image, Image.Image], paper: Paper, page: int, word: Box) -> bool:
    """Tell whether a line runs through *word*; *sides* are its page as it is, and with rows for columns."""
    core = word.height * CORE
    inner = Box(word.left, word.low + core, word.right, word.top - core)
    narrow = Box(word.left + core, word.low, word.right - core, word.top)
    upright, turned = sides
    return _crosses(upright, paper.pixels(page, inner)) or _crosses(
        turned, _turned(paper.pixels(page, narrow))
    )


def _turned(pixels: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    left, upper, right, lower = pixels
    return upper, left, lower, right


def _crosses(scan: Image.Image, pixels: tuple[int, int, int, int]) -> bool:
    """Tell whether a row of *scan* between left, upper, right and lower is dark, also beyond its ends."""
    left, upper, right, lower = pixels
    beyond = round(BEYOND_PT * RASTER_DPI / POINTS_PER_INCH)
    width, height = scan.size
    upper, lower = max(upper, 0), min(lower, height)
    if left < beyond or right + beyond >= width or upper >= lower:
        return False
    left, right = left - beyond, right + beyond
    grey, length = scan.crop((left, upper, right, lower)).tobytes(), right - left
    rows = (row for row in range(lower - upper) if max(grey[row * length : (row + 1) * length]) < DARK)
    return any(_is_line(scan, left, upper + row) and _is_line(scan, right - 1, upper + row) for row in rows)


def _is_line(scan: Image.Image, column: int, row: int) -> bool:
    """Tell whether the dark in *column* at *row* is no wider than a line, with paper on both of its sides."""
    reach = round(WIDEST_PT * RASTER_DPI / POINTS_PER_INCH)
    top, end = max(row - reach, 0), min(row + 1 + reach, scan.height)
    grey = scan.crop((column, top, column + 1, end)).tobytes()
    above = _first_light(grey[: row - top][::-1])
    below = _first_light(grey[row - top + 1 :])
    return above is not None and below is not None and above + below < reach


def _first_light(grey: bytes) -> int | None:
    return next((index for index, value in enumerate(grey) if value > LIGHT), None)
