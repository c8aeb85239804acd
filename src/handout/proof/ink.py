"""The type is large and dark enough, on plain ground, and stays so in grey and in black and white."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import cast

from PIL import Image

from handout.model.colours import LEAST_CONTRAST, LEAST_CONTRAST_LARGE, WHITE, Colour, contrast
from handout.model.findings import Finding
from handout.model.messages import Message, say
from handout.model.text import PairedText
from handout.proof.content import TextRun
from handout.proof.expected import Expected
from handout.proof.figures import InkFigures
from handout.proof.geometry import Box
from handout.proof.paper import Paper
from handout.proof.pictures import pictures_on
from handout.proof.rules import ProofRule, found
from handout.proof.tags import Leaf, squeezed
from handout.proof.words import is_known

ROUNDING_PT = 0.01
LARGE_PT, LARGE_BOLD_PT = 18.0, 14.0
"""From here on type is large, which needs less contrast (WCAG 2.2, 1.4.6)."""
MIDDLE_GREY = 128
"""Where a printer of black and white parts ink from paper."""
LEAST_TRACE = 0.35
"""How far the darkest spot of a word must go from the ground to the colour of its letters."""
SAME_GREY = 3
LEAST_GROUND = 8
"""The ground around type covers at least this part of what the type itself does: one eighth."""
LEAST_SHARE = 0.15
"""Of a word that stands on a picture; the sides of a box may touch."""
SAME_COLOUR = 1.05
"""Of white on white: what is there for who hears the page alone has no contrast to tell of."""
MOST_SHOWN = 60


@dataclass(frozen=True)
class _Ground:
    """What a run stands on."""

    grey: int
    contrast: float


def ink(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the texts that are too small or too pale, that do not show, or that stand on a picture."""
    placed = pictures_on(paper)
    terms = expected.terms
    beside = _beside(paper, expected) if terms.least_beside_pt < terms.least_text_pt else frozenset()
    for run in paper.runs:
        if not run.text.strip() or id(run) in paper.in_pictures or _is_in_drawing(run, expected):
            continue
        # what runs to the left is stored in the order of the eye: سطر as رطس
        said = squeezed(run.text)
        if run.colour == WHITE and expected.unseen in (said, said[::-1]):
            continue
        least_pt = terms.least_beside_pt if id(run) in beside else terms.least_text_pt
        yield from _small(run, least_pt, paper, expected)
        yield from _pale(run, paper, expected)
        yield from _on_picture(run, placed, paper, expected)


def _is_in_drawing(run: TextRun, expected: Expected) -> bool:
    """Tell whether *run* is a letter of a drawing on a face that no screen reader reads."""
    return expected.terms.faces > 1 and run.mark is None and len(run.glyphs) == 1


def figures(paper: Paper) -> InkFigures:
    """Return the figures of *paper*."""
    runs = [run for run in paper.runs if run.text.strip() and id(run) not in paper.in_pictures]
    contrasts = (_ground(run, paper).contrast for run in runs)
    return InkFigures(
        tuple(coverage(scan) for scan in paper.scans),
        min((run.size_pt for run in runs), default=0.0),
        min((ratio for ratio in contrasts if ratio > SAME_COLOUR), default=0.0),
    )


def coverage(scan: Image.Image) -> float:
    """Return the part of a page in grey that is ink: what a toner cartridge pays for."""
    histogram = scan.histogram()
    return sum((255 - grey) * count for grey, count in enumerate(histogram)) / 255 / sum(histogram)


def _name(run: TextRun, paper: Paper) -> Message:
    return say("'{text}', {at},", text=run.text[:MOST_SHOWN], at=paper.at(run.page, run.box))


def _beside(paper: Paper, expected: Expected) -> frozenset[int]:
    """Return the runs, by `id`, of the foot, the number of the page, and who gives the sheet out.

    What the engine repeats at the foot of each page has no tags and stands below all that has; so does the
    sign that says which step comes next, which is text.
    """
    tagged = frozenset(id(run) for leaf in _leaves_beside(paper, expected) for run in leaf.runs)
    signs = {squeezed(words) for words in expected.onward}
    lowest = dict.fromkeys(range(len(paper.boxes)), inf)
    for run in paper.runs:
        if run.mark is not None and run.text.strip() and id(run) not in tagged:
            lowest[run.page] = min(lowest[run.page], run.box.low)
    repeated = (run for run in paper.runs if run.mark is None and run.box.top <= lowest[run.page])
    return tagged | {id(run) for run in repeated if squeezed(run.text) not in signs}


def _leaves_beside(paper: Paper, expected: Expected) -> Iterator[Leaf]:
    """Yield the lines that are a foot, the words of the code there, or say who gives the sheet out."""
    document, terms = expected.document, expected.terms
    other = f" · {terms.edition.other}" if isinstance(terms.edition, PairedText) else ""
    names = [terms.organisation + terms.edition + other]
    names += [document.school.name] if document.school else []
    names += [terms.words.get("status", "")] if document.status else []
    beside, code = {squeezed(name) for name in names} - {""}, squeezed(document.code)
    for leaf in paper.leaves:
        is_foot = bool(code) and code in leaf.text and is_known(leaf.text, expected.known)
        if is_foot or leaf.text in beside:
            yield leaf


def _small(run: TextRun, least_pt: float, paper: Paper, expected: Expected) -> Iterator[Finding]:
    if run.size_pt < least_pt - ROUNDING_PT:
        yield found(
            ProofRule.TYPE_SMALL,
            expected.document.place,
            say(
                "{name} is {size_pt:.1f} pt; on this sheet it may not be smaller than {least_pt:g} pt",
                name=_name(run, paper),
                size_pt=run.size_pt,
                least_pt=least_pt,
            ),
            say("raise its font-size in the style sheet, and shorten the text if it does not fit then"),
        )


def _pale(run: TextRun, paper: Paper, expected: Expected) -> Iterator[Finding]:
    place = expected.document.place
    ground = _ground(run, paper)
    least = LEAST_CONTRAST_LARGE if _is_large(run) else LEAST_CONTRAST
    if not run.is_drawn or run.opacity == 0:
        yield _invisible(run.text, run.box, run, paper, expected)
    elif ground.contrast < least:
        yield found(
            ProofRule.CONTRAST_LOW,
            place,
            say(
                "{name} has a contrast of {contrast:.1f} to 1; it needs {least:g} to 1",
                name=_name(run, paper),
                contrast=ground.contrast,
                least=least,
            ),
            say("print it black on white, or white on the accent"),
        )
    else:
        yield from _hidden_words(run, ground, paper, expected)
        if (_grey(run.colour) < MIDDLE_GREY) is (ground.grey < MIDDLE_GREY):
            yield found(
                ProofRule.CONTRAST_ONE_BIT,
                place,
                say(
                    "{name} is lost on a printer that knows black and white alone: letters and ground "
                    "become the same",
                    name=_name(run, paper),
                ),
                say("make its ground white, or the accent darker than middle grey"),
            )


def _hidden_words(run: TextRun, ground: _Ground, paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the words of *run* that leave no trace on the page: something covers them."""
    scan = paper.scans[run.page]
    target = _grey(run.colour)
    for word, box in run.words():
        darkest, lightest = cast(tuple[int, int], scan.crop(paper.pixels(run.page, box)).getextrema())
        reached = darkest if target < ground.grey else lightest
        trace = (reached - ground.grey) / ((target - ground.grey) or 1)
        if trace < LEAST_TRACE and not _is_faint(word):
            yield _invisible(word, box, run, paper, expected)


def _is_faint(word: str) -> bool:
    """Tell whether *word* is points and strokes alone, or marks of a letter that stands beside it."""
    return all(letter in ".,:;'’·-" or unicodedata.combining(letter) for letter in word)


def _invisible(word: str, box: Box, run: TextRun, paper: Paper, expected: Expected) -> Finding:
    return found(
        ProofRule.TEXT_INVISIBLE,
        expected.document.place,
        say(
            "'{word}' is in the text {at} and cannot be seen there",
            word=word[:MOST_SHOWN],
            at=paper.at(run.page, box),
        ),
        say("move what covers it, or take the words out: what is read aloud must be printed"),
    )


def _is_large(run: TextRun) -> bool:
    is_bold = "Bold" in run.font
    return run.size_pt >= (LARGE_BOLD_PT if is_bold else LARGE_PT)


def _on_picture(
    run: TextRun, pictures: tuple[tuple[int, Box], ...], paper: Paper, expected: Expected
) -> Iterator[Finding]:
    for page, picture in pictures:
        # A word at a time: a picture over the end of a long line is over little of it.
        is_near = page == run.page and run.box.meets(picture)
        if is_near and any(_lies_on(box, picture) for _, box in run.words()):
            yield found(
                ProofRule.TEXT_ON_PICTURE,
                expected.document.place,
                say("{name} stands on a picture", name=_name(run, paper)),
                say("put the words beside the picture; on it they are lost in grey"),
            )


def _lies_on(word: Box, picture: Box) -> bool:
    shared = word.shared(picture)
    is_shared = min(shared.width, shared.height) > 0
    return is_shared and shared.width * shared.height > LEAST_SHARE * word.width * word.height


# ---- contrast ---------------------------------------------------------------------------------


def _ground(run: TextRun, paper: Paper) -> _Ground:
    """Return the grey that most of the page around *run* has, and the contrast of its letters with it."""
    left, upper, right, lower = paper.pixels(run.page, run.box)
    if all(paper.grey(run.page, x, y) == 255 for x in (left - 2, right + 1) for y in (upper - 2, lower + 1)):
        return _Ground(255, contrast(_mixed(run.colour, WHITE, run.opacity), WHITE))  # as most are
    counts = paper.scans[run.page].crop((left - 1, upper - 1, right + 1, lower + 1)).histogram()
    first, last = max(0, _grey(run.colour) - SAME_GREY), min(255, _grey(run.colour) + SAME_GREY)
    most = max(counts)
    others = counts[:first] + [0] * (last - first + 1) + counts[last + 1 :]
    # Of bold type most is ink: its ground is what most of the rest has.
    grey = others.index(max(others)) if max(others) * LEAST_GROUND > most else counts.index(most)
    ratio = min(
        contrast(_mixed(run.colour, ground, run.opacity), ground) for ground in _colours(grey, run, paper)
    )
    return _Ground(grey, ratio)


def _colours(grey: int, run: TextRun, paper: Paper) -> list[Colour]:
    """Return the colours of the page that the scan shows as *grey*."""
    painted = (*paper.drawn[run.page].colours, WHITE)
    same = [colour for colour in painted if abs(_grey(colour) - grey) <= SAME_GREY]
    return same or [(grey / 255,) * 3]


@lru_cache(maxsize=256)
def _grey(colour: Colour) -> int:
    """Return the grey that the scan has for *colour*, as PDFium mixes it."""
    red, green, blue = colour
    return round(255 * (0.30 * red + 0.59 * green + 0.11 * blue))


def _mixed(colour: Colour, ground: Colour, opacity: float) -> Colour:
    red, green, blue = (c * opacity + g * (1 - opacity) for c, g in zip(colour, ground, strict=True))
    return red, green, blue
