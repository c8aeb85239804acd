"""Pictures keep their shape and cover nothing; photos have pixels enough, words in drawings can be read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from handout.model.findings import Finding, Place, Severity
from handout.model.messages import say
from handout.model.units import POINTS_PER_INCH
from handout.proof.content import Drawing, Fill
from handout.proof.expected import Expected
from handout.proof.geometry import Box
from handout.proof.paper import Paper
from handout.proof.rules import ProofRule, found

MOST_STRETCH = 1.01
"""Beside what whole pixels round: a circle that is wider than high by a fiftieth is seen to be none."""
GOOD_DPI = 150
"""Below it the edges of what is photographed are soft at reading distance."""
LEAST_DPI = 72
"""Below it the pixels show, and words on a photographed screen cannot be read."""

ROUNDING_PT = 0.01
LEAST_WORDS_PT = 6.0
"""Of words in a drawing, which shows a screen: the step says them once more as a key."""
MOST_SHOWN = 60
TOUCHING = 2.0
"""Points: less is a side that touches a side."""


@dataclass(frozen=True)
class _Photo:
    """A raster as it stands on a page."""

    drawing: Drawing
    width_pt: float
    height_pt: float
    """Along its own sides, however it is turned."""

    @property
    def stretch(self) -> float:
        """How many times too wide it is for its height; below 1: too high for its width."""
        across, down = self.drawing.pixels
        return (self.width_pt / across) / (self.height_pt / down)

    @property
    def most_stretch(self) -> float:
        """What whole pixels allow: the photo was made as small as it is printed."""
        across, down = self.drawing.pixels
        return MOST_STRETCH + 1 / across + 1 / down

    @property
    def is_stretched(self) -> bool:
        return max(self.stretch, 1 / self.stretch) > self.most_stretch

    @property
    def dpi(self) -> float:
        """Pixels an inch, in the direction that has fewer."""
        across, down = self.drawing.pixels
        return POINTS_PER_INCH * min(across / self.width_pt, down / self.height_pt)


def pictures(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield what is wrong with pictures: too small words, what they cover, then the photos; each once."""
    yield from _small_words(paper, expected)
    yield from _covering(paper, expected)
    told: set[tuple[ProofRule, Place]] = set()
    for photo in sorted(_photos(paper), key=lambda one: one.dpi):
        finding = _stretched(photo, paper, expected) or _coarse(photo, paper, expected)
        if finding is not None and (key := (ProofRule(finding.rule or ""), finding.place)) not in told:
            told.add(key)
            yield finding


def _photos(paper: Paper) -> Iterator[_Photo]:
    for drawing in (one for drawn in paper.drawn for one in drawn.drawings if all(one.pixels)):
        # A raster fills the square of 1 by 1, which its matrix draws (ISO 32000-1 §8.9.5.1).
        a, b, c, d, _, _ = drawing.matrix
        width, height = math.hypot(a, b), math.hypot(c, d)
        if width and height:
            yield _Photo(drawing, width, height)


def _stretched(photo: _Photo, paper: Paper, expected: Expected) -> Finding | None:
    if not photo.is_stretched:
        return None
    drawing, stretch = photo.drawing, photo.stretch
    across, down = drawing.pixels
    far = (
        say("{times:.2f} times too wide", times=stretch)
        if stretch > 1
        else say("{times:.2f} times too high", times=1 / stretch)
    )
    return found(
        ProofRule.PICTURE_STRETCHED,
        _place(photo, paper, expected) or expected.document.place,
        say(
            "the picture of {across} × {down} pixels {at} is {far}",
            across=across,
            down=down,
            at=paper.at(drawing.page, drawing.box),
            far=far,
        ),
        say(
            "let the style sheet keep its shape: 'object-fit: contain', or give it a width or a height alone"
        ),
    )


def _coarse(photo: _Photo, paper: Paper, expected: Expected) -> Finding | None:
    if photo.dpi >= GOOD_DPI or (place := _place(photo, paper, expected)) is None:
        return None
    drawing = photo.drawing
    across, down = drawing.pixels
    scale = GOOD_DPI / photo.dpi
    return found(
        ProofRule.PICTURE_COARSE,
        place,
        say(
            "the picture of {across} × {down} pixels {at} is printed with {dpi:.0f} pixels an "
            "inch; from {good_dpi} on it is sharp, below {least_dpi} it is refused",
            across=across,
            down=down,
            at=paper.at(drawing.page, drawing.box),
            dpi=photo.dpi,
            good_dpi=GOOD_DPI,
            least_dpi=LEAST_DPI,
        ),
        say(
            "save it with at least {across} × {down} pixels, as the camera or the screen gave it, "
            "or draw it as an SVG",
            across=math.ceil(across * scale),
            down=math.ceil(down * scale),
        ),
        Severity.ERROR if photo.dpi < LEAST_DPI else Severity.WARNING,
    )


def _place(photo: _Photo, paper: Paper, expected: Expected) -> Place | None:
    """Return where the picture is named that *photo* shows; None for the logo of a school.

    The words of a picture tell which it is. Decoration has none: there the shape of its pixels does.
    """
    drawing = photo.drawing
    words = {
        tag.alt
        for tag in paper.tags.all("Figure")
        if tag.page == drawing.page and tag.box is not None and tag.box.meets(drawing.box.centre)
    }
    spoken = [picture.place for picture, _ in expected.photos if picture.alt and picture.alt in words]
    alike = [picture.place for picture, file in expected.photos if _is_alike(photo, file.width, file.height)]
    if spoken or alike:
        return (spoken or alike)[0]
    return None if _is_logo(photo, expected) else expected.document.place


def _small_words(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the drawings in which letters come smaller on paper than can be read."""
    places = {picture.alt: picture.place for part in expected.pictures for picture in part}
    told: set[str] = set()
    for figure in paper.tags.all("Figure"):
        small = [
            run for run in figure.runs if run.text.strip() and run.size_pt < LEAST_WORDS_PT - ROUNDING_PT
        ]
        if not small or figure.alt in told:
            continue
        told.add(figure.alt)
        size_pt = min(run.size_pt for run in small)
        words = "".join(run.text for run in small)[:MOST_SHOWN]
        yield found(
            ProofRule.PICTURE_SMALL_WORDS,
            places.get(figure.alt, expected.document.place),
            say(
                "'{words}' in the drawing {at} is {size_pt:.1f} pt on paper; words in drawings need "
                "{least_pt:g} pt",
                words=words,
                at=paper.at(small[0].page, small[0].box),
                size_pt=size_pt,
                least_pt=LEAST_WORDS_PT,
            ),
            say(
                "draw them {times:.1f} times as large, show the drawing larger, or take "
                "them out of it and say them in the step",
                times=LEAST_WORDS_PT / size_pt,
            ),
        )


def _covering(paper: Paper, expected: Expected) -> Iterator[Finding]:
    """Yield the pictures that lie over the frame of other words, or over another picture.

    The field of the title may be broken by its picture, and a line, which holds no words, may lead to one.
    """
    placed = sorted(set(pictures_on(paper)), key=lambda one: (one[0], -one[1].top, one[1].left))
    for at, (page, box) in enumerate(placed):
        others = (other for number, other in placed[at + 1 :] if number == page and _crosses(box, other))
        frames = (
            shape.box
            for shape in paper.drawn[page].shapes
            if _crosses(box, shape.box) and _holds_words(shape, paper)
        )
        over = [
            *((one, say("another picture")) for one in others),
            *((one, say("the frame of a text")) for one in frames),
        ]
        for crossed, what in over[:1]:
            yield found(
                ProofRule.PICTURE_COVERS,
                expected.document.place,
                say(
                    "the picture {at} lies over {what} {other_at}",
                    at=paper.at(page, box),
                    what=what,
                    other_at=paper.at(page, crossed),
                ),
                say("let the style sheet give the picture less room, or the box beside it its own"),
            )


def _holds_words(frame: Fill, paper: Paper) -> bool:
    titles = {id(run) for tag in paper.tags.all("H1") for run in tag.runs}
    inside = [
        run for run in paper.drawn[frame.page].runs if run.text.strip() and frame.box.excess(run.box) < 0
    ]
    words = [run for run in inside if id(run) not in paper.in_pictures]
    return bool(words) and not any(id(run) in titles for run in words)


def _crosses(picture: Box, other: Box) -> bool:
    """Tell whether the two share more than their sides, and neither holds the other."""
    if picture.excess(other) < TOUCHING or other.excess(picture) < TOUCHING:
        return False
    shared = picture.shared(other)
    return shared.width > min(TOUCHING, other.width / 2) and shared.height > min(TOUCHING, other.height / 2)


def pictures_on(paper: Paper) -> tuple[tuple[int, Box], ...]:
    """Return page and box of each drawing, photo and code."""
    rasters = (
        (drawing.page, drawing.box if drawing.clip is None else drawing.box.shared(drawing.clip))
        for drawn in paper.drawn
        for drawing in drawn.drawings
        if drawing.is_raster
    )
    figures_ = ((figure.page, figure.box) for figure in paper.tags.all("Figure") if figure.box is not None)
    return (*rasters, *figures_)


def _is_logo(photo: _Photo, expected: Expected) -> bool:
    school = expected.document.school
    file = expected.document.pictures.get(school.logo) if school and school.logo else None
    return file is not None and _is_alike(photo, file.width, file.height)


def _is_alike(photo: _Photo, width: float, height: float) -> bool:
    """Tell whether the pixels of *photo* have the shape of *width* to *height*."""
    across, down = photo.drawing.pixels
    ratio = (across / down) / (width / height)
    return max(ratio, 1 / ratio) <= photo.most_stretch
