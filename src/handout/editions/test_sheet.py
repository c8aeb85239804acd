"""The test sheet: one A4, printed on both sides once, that shows what a printer does to every other sheet.

It has no content of a project, only its words for it, so that nothing on it is read back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from handout.document import qr
from handout.model.findings import Place
from handout.model.plurals import decimal_sign
from handout.project.project import Project, primary_language

FILE = "test-sheet.pdf"
WIDTH_MM, HEIGHT_MM = 210.0, 297.0
CARD_MM = 85.6, 53.98
"""A bank card (ISO/IEC 7810, ID-1): what everybody has at hand that is exactly as large everywhere."""
PERCENTS = (98, 99, 100, 101, 102)
MODULES_MM = (0.3, 0.4, 0.5, 0.6)
LINES_MM = (0.1, 0.2, 0.35, 0.5, 1.0)
EDGE_STEPS = 15
EDGE_STEP_MM = 6.0
RULER_MM = 100.0
TEXT_MM = 24.0
"""From the left edge to the text: the steps of that edge and their numbers stand before it."""
_STYLE = """
@page { size: 210mm 297mm; margin: 0; }
body { font: 9.5pt/4.4mm "Atkinson Hyperlegible", "IBM Plex Sans", "IBM Plex Sans Arabic"; margin: 0; }
body { color: #000; }
section { break-after: page; height: 296.9mm; position: relative; width: 210mm; }
section:last-child { break-after: auto; }
h1, h2, p, b { margin: 0; position: absolute; }
h1 { font: 700 34pt/12mm Lexend, "IBM Plex Sans", "IBM Plex Sans Arabic"; }
h2 { font: 600 14pt/6mm Lexend, "IBM Plex Sans", "IBM Plex Sans Arabic"; }
b { font: 600 8pt/3mm Lexend, "IBM Plex Sans"; text-align: center; width: 12mm; }
svg { height: 297mm; left: 0; position: absolute; top: 0; width: 210mm; }
svg.qr__code { height: auto; width: auto; }
.big { font-size: 14pt; line-height: 6.5mm; width: 120mm; }
.over { transform: rotate(180deg); }
"""
_PIECE = Place("templates/strings")


@dataclass(frozen=True)
class _Stroke:
    """A straight stroke, in millimetres from the upper left corner of the paper."""

    x_mm: float
    y_mm: float
    to_x_mm: float
    to_y_mm: float
    width_mm: float = 0.25
    colour: str = "#000"

    def __html__(self) -> str:
        return (
            f'<path d="M{self.x_mm:g} {self.y_mm:g}L{self.to_x_mm:g} {self.to_y_mm:g}" '
            f'stroke="{self.colour}" stroke-width="{self.width_mm:g}"/>'
        )


@dataclass(frozen=True)
class _Figure:
    """A number at a mark: its middle, in millimetres from the upper left corner of the paper."""

    x_mm: float
    y_mm: float
    text: str

    def __html__(self) -> str:
        left, top = self.x_mm - 6, self.y_mm - 1.5
        return Markup('<b style="left:{:g}mm;top:{:g}mm">{}</b>').format(left, top, self.text)


def pdf(project: Project) -> bytes:
    """Return the test sheet in the language of *project*: two pages of A4. EnvironmentFault without fonts."""
    from handout.paper.engine.constraints import PageConstraints
    from handout.paper.engine.render import pdf as rendered

    return rendered(html(project), {}, _PIECE, PageConstraints(pages=2)).pdf


def html(project: Project) -> str:
    """Return the test sheet as HTML, with its styles in it."""
    from handout.paper.compose.page import is_right_to_left

    language = project.settings.organisation.language
    words = {
        key.removeprefix("test-sheet."): word
        for key, word in project.strings[primary_language(language)].items()
        if key.startswith("test-sheet.")
    }
    return str(
        Markup(
            '<!doctype html><html lang="{}" dir="{}"><title>{}</title><style>{}</style><body>'
            "<main><section>{}</section><section>{}</section></main>"
        ).format(
            language,
            "rtl" if is_right_to_left(language) else "ltr",
            words["title"],
            Markup(_STYLE),
            _front(words, decimal_sign(primary_language(language))),
            _back(words),
        )
    )


def _front(words: Mapping[str, str], sign: str) -> Markup:
    """Return the first side; *sign* stands in a number that is no whole one."""
    text = Markup("").join(
        (
            _text("h1", TEXT_MM, 20, 150, words["title"]),
            _text("p", TEXT_MM, 34, 150, words["lead"]),
            *_part(words, "scale", 45, 160),
            _text("p", TEXT_MM + 106, 130.5, 55, words["ruler"]),
            _text("p", TEXT_MM, 144, 62, words["light"]),
            *_part(words, "edge", 163, 160),
            *_part(words, "greys", 186, 160),
            *_part(words, "codes", 216, 160),
            *_part(words, "lines", 250, 50),
        )
    )
    marks = [*_edges(), *_card(TEXT_MM, 65), *_ruler(TEXT_MM, 134), *_cross(), *_thin_lines(78, 255, sign)]
    return text + _drawn(marks) + _greys(TEXT_MM, 198) + _codes(TEXT_MM, 228, sign)


def _back(words: Mapping[str, str]) -> Markup:
    text = Markup("").join(
        (
            _text("h1", TEXT_MM, 20, 150, words["back"]),
            _text("p", TEXT_MM, 34, 150, words["one-side"]),
            _text("p", 45, 80, 120, words["long-edge"], "big"),
            _text("p", 45, 198, 120, words["short-edge"], "big over"),
        )
    )
    return text + _drawn([*_edges(), *_cross()])


def _part(words: Mapping[str, str], name: str, top_mm: float, width_mm: float) -> Iterator[Markup]:
    yield _text("h2", TEXT_MM, top_mm, width_mm, words[name])
    yield _text("p", TEXT_MM, top_mm + 6.5, width_mm, words[f"{name}-do"])


def _text(kind: str, left_mm: float, top_mm: float, width_mm: float, words: str, class_: str = "") -> Markup:
    return Markup('<{0} class="{1}" style="left:{2:g}mm;top:{3:g}mm;width:{4:g}mm">{5}</{0}>').format(
        Markup(kind), class_, left_mm, top_mm, width_mm, words
    )


def _drawn(marks: list[_Stroke | _Figure]) -> Markup:
    """Return *marks* as one drawing, which says nothing to a listener, and the numbers at them as text."""
    lines = Markup("").join(mark for mark in marks if isinstance(mark, _Stroke))
    numbers = Markup("").join(mark for mark in marks if isinstance(mark, _Figure))
    box = Markup('<svg viewBox="0 0 {:g} {:g}" fill="none">{}</svg>')
    return box.format(WIDTH_MM, HEIGHT_MM, lines) + numbers


def _edges() -> Iterator[_Stroke | _Figure]:
    """Yield the steps along the four edges: a line of 1 mm from the edge, of 2 mm, and so on."""
    middle_x, middle_y = WIDTH_MM / 2, HEIGHT_MM / 2
    begin = -EDGE_STEPS / 2 * EDGE_STEP_MM
    for depth in range(1, EDGE_STEPS + 1):
        along = begin + (depth - 1) * EDGE_STEP_MM
        end, inner, centre = along + EDGE_STEP_MM, depth + 2.5, along + EDGE_STEP_MM / 2
        for y, number_y in ((depth, inner), (HEIGHT_MM - depth, HEIGHT_MM - inner)):
            yield _Stroke(middle_x + along, y, middle_x + end, y)
            yield _Figure(middle_x + centre, number_y, str(depth))
        for x, number_x in ((depth, inner), (WIDTH_MM - depth, WIDTH_MM - inner)):
            yield _Stroke(x, middle_y + along, x, middle_y + end)
            yield _Figure(number_x, middle_y + centre, str(depth))


def _card(left_mm: float, top_mm: float) -> Iterator[_Stroke | _Figure]:
    """Yield a corner to lay a card in, and where its other sides come at each scale.

    On a sheet that came out at 98 % what was drawn 87.3 mm away lies 85.6 mm away: there the 98 stands.
    """
    width, height = CARD_MM
    yield _Stroke(left_mm, top_mm - 0.4, left_mm, top_mm + height, 0.8)
    yield _Stroke(left_mm - 0.4, top_mm, left_mm + width, top_mm, 0.8)
    for number, percent in enumerate(PERCENTS):
        bold = 0.6 if percent == 100 else 0.25
        across, down = left_mm + width * 100 / percent, top_mm + height * 100 / percent
        # In steps, for the numbers are wider than what lies between the lines.
        y, x = top_mm + 8 + number * 5, left_mm + 8 + number * 10
        yield _Stroke(across, y, across, y + 5, bold)
        yield _Figure(across + 5, y + 2.5, str(percent))
        yield _Stroke(x, down, x + 10, down, bold)
        yield _Figure(x + 5, top_mm + height + 4, str(percent))


def _ruler(left_mm: float, top_mm: float) -> Iterator[_Stroke]:
    yield _Stroke(left_mm, top_mm, left_mm + RULER_MM, top_mm)
    for millimetre in range(int(RULER_MM) + 1):
        length = (
            5
            if millimetre in (0, RULER_MM)
            else 3.5
            if millimetre % 10 == 0
            else 2
            if millimetre % 5 == 0
            else 1
        )
        yield _Stroke(left_mm + millimetre, top_mm, left_mm + millimetre, top_mm - length, 0.2)


def _thin_lines(left_mm: float, top_mm: float, sign: str) -> Iterator[_Stroke | _Figure]:
    """Yield black lines on white, and the same in white on a black bar."""
    bar_mm = left_mm + 56
    yield _Stroke(bar_mm, top_mm + 3, bar_mm + 52, top_mm + 3, 10)
    for number, width in enumerate(LINES_MM):
        x = left_mm + number * 10
        yield _Stroke(x, top_mm - 2, x + 8, top_mm + 8, width)
        yield _Figure(x + 4, top_mm + 11, _written(width, sign))
        yield _Stroke(x + 58, top_mm - 2, x + 66, top_mm + 8, width, "#fff")


def _written(number: float, sign: str) -> str:
    return f"{number:g}".replace(".", sign)


def _cross() -> Iterator[_Stroke]:
    """Yield a cross in the middle: the point that stays, whichever edge the sheet is turned over."""
    x_mm, y_mm = WIDTH_MM / 2, HEIGHT_MM / 2
    yield _Stroke(x_mm - 10, y_mm, x_mm + 10, y_mm, 0.2)
    yield _Stroke(x_mm, y_mm - 10, x_mm, y_mm + 10, 0.2)
    for millimetre in range(-10, 11):
        half = 1.5 if millimetre % 5 == 0 else 0.8
        yield _Stroke(x_mm + millimetre, y_mm - half, x_mm + millimetre, y_mm + half, 0.15)
        yield _Stroke(x_mm - half, y_mm + millimetre, x_mm + half, y_mm + millimetre, 0.15)


def _greys(left_mm: float, top_mm: float) -> Markup:
    """Return ten boxes from a tenth of black to black, each with its per cent."""
    boxes = Markup("").join(
        Markup('<rect x="{:g}" y="{:g}" width="15.5" height="9" fill="#{}"/>').format(
            left_mm + number * 16, top_mm, f"{round(255 * (9 - number) / 10):02x}" * 3
        )
        for number in range(10)
    )
    numbers = Markup("").join(
        _Figure(left_mm + number * 16 + 7.75, top_mm + 11, str((number + 1) * 10)) for number in range(10)
    )
    return Markup('<svg viewBox="0 0 {:g} {:g}">{}</svg>').format(WIDTH_MM, HEIGHT_MM, boxes) + numbers


def _codes(left_mm: float, top_mm: float, sign: str) -> Markup:
    """Return a code for each size of a module; each says its size."""
    parts = Markup("")
    for number, module in enumerate(MODULES_MM):
        size = _written(module, sign)
        symbol = qr.symbol(f"handout {module:g} mm")
        side, left = symbol.side_modules * module, left_mm + number * 28
        drawn = qr.svg(symbol, f"{size} mm").replace(
            "<svg ", f'<svg style="left:{left:g}mm;top:{top_mm:g}mm;width:{side:g}mm;height:{side:g}mm" ', 1
        )
        parts += Markup(drawn) + _Figure(left + side / 2, top_mm + side + 1.5, size)
    return parts
