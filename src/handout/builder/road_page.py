"""The map of the roads as a page: situations left, sheets in the middle, ends right; dead ends red."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from handout.builder.roads import DrawnRoads
from handout.model.findings import Finding
from handout.model.messages import ENGLISH, Catalog, in_words, say
from handout.model.roads import Road, RoadMap, SheetRoads

ROW = 26
"""Height of a line of the map, in its own units: a letter of the text is 14 high."""
MIDDLE, RIGHT, WIDTH = 380, 860, 1200
"""Where sheets and ends begin, and where the map ends."""
BOX_WIDTH = 400
SPUR = 40
"""The road from a question to its sheet."""

INK, RED = "#111111", "#b00020"
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
svg { width: 100%; height: auto; } .dead { color: #b00020; }
@media print { body { margin: 0; } }
"""


@dataclass(frozen=True)
class _RoadLine:
    """A procedure in the box of its sheet, with how it ends."""

    text: str
    end: str
    is_dead: bool


def page(drawn: DrawnRoads, organisation: str, words: Catalog = ENGLISH) -> str:
    """Return the map, in *words*, as HTML with a drawing in it, which needs no other file and no script."""
    parts = [_audience(audience, tuple(sheets), drawn, words) for audience, sheets in _by_audience(drawn.map)]
    return str(
        Markup(
            '<!doctype html>\n<html lang="{4}"><head><meta charset="utf-8"><title>{0}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><style>{1}</style></head>\n'
            "<body><main><h1>{0}</h1>\n{2}{3}</main></body></html>\n"
        ).format(
            in_words(say("Routes – {organisation}", organisation=organisation), words),
            Markup(_STYLE),
            Markup("").join(parts),
            _walks(drawn, words) + _stuck(drawn.findings, words),
            words.language,
        )
    )


def _by_audience(roads: RoadMap) -> Iterator[tuple[str, Iterable[SheetRoads]]]:
    yield from groupby(roads.sheets, key=lambda sheet: sheet.audience)


def _audience(audience: str, sheets: Sequence[SheetRoads], drawn: DrawnRoads, words: Catalog) -> Markup:
    drawings, y = [], 8
    for sheet in sorted(sheets, key=lambda one: (not one.leads_to, one.letter or "~", one.title)):
        drawing, height = _sheet(sheet, drawn, y, words)
        drawings.append(drawing)
        y += height + ROW
    return Markup(
        '<section><h2>{0}</h2>\n<svg viewBox="0 0 {1} {2}" role="img" aria-label="{4}">\n'
        "{3}</svg></section>\n"
    ).format(
        audience,
        WIDTH,
        y,
        Markup("").join(drawings),
        in_words(say("The sheets for {audience}", audience=audience), words),
    )


def _sheet(sheet: SheetRoads, map_: DrawnRoads, top: int, words: Catalog) -> tuple[Markup, int]:
    """Return the drawing of *sheet* whose upper edge is at *top*, and its height."""
    lines = [*(_line(road, sheet, map_, words) for road in sheet.roads), *_led(sheet, map_.map)]
    questions = sheet.questions or sheet.asks
    title = f"{sheet.letter} · {sheet.title}" if sheet.letter else sheet.title
    height = ROW * (1 + max(len(lines), len(questions), 1)) + 8
    drawn = [
        Markup('<rect fill="#ffffff" stroke="{}" x="{}" y="{}" width="{}" height="{}" rx="6"/>').format(
            INK, MIDDLE, top, BOX_WIDTH, height
        ),
        _text(MIDDLE + 10, top + ROW - 6, title, is_bold=True),
    ]
    for number, question in enumerate(questions):
        y = top + ROW * (number + 2) - 8
        drawn += [_text(MIDDLE - SPUR - 8, y, question, anchor="end"), _road(MIDDLE - SPUR, MIDDLE, y - 5)]
    for number, line in enumerate(lines):
        y = top + ROW * (number + 2) - 8
        drawn += [_text(MIDDLE + 18, y, line.text), *_end(line, y)]
    return Markup("\n").join((*drawn, Markup(""))), height


def _line(road: Road, sheet: SheetRoads, drawn: DrawnRoads, words: Catalog) -> _RoadLine:
    text = f"{road.title} ({road.steps})" if road.steps else road.title
    stuck = dict.fromkeys(one.rule for one in drawn.findings if one.place.path == road.place.path)
    if stuck:
        return _RoadLine(text, ", ".join(stuck), is_dead=True)
    onward = [exit_ for exit_ in road.exits if exit_.is_for_good]
    goes_on = ", ".join(dict.fromkeys(_name(road.audience, one.goal.handout, drawn.map) for one in onward))
    if goes_on:
        return _RoadLine(text, f"→ {goes_on}", is_dead=False)
    is_end = bool(road.ends or road.gives)
    is_dead = bool(road.steps and sheet.questions) and not is_end
    end = say("no end") if is_dead else say("done") if is_end else ""
    return _RoadLine(text, in_words(end, words), is_dead)


def _led(sheet: SheetRoads, roads: RoadMap) -> Iterator[_RoadLine]:
    for slug in sheet.leads_to:
        yield _RoadLine(f"→ {_name(sheet.audience, slug, roads)}", "", is_dead=False)


def _name(audience: str, handout: str, roads: RoadMap) -> str:
    sheet = roads.sheet(audience, handout)
    return (f"{sheet.letter} {sheet.title}" if sheet.letter else sheet.title) if sheet else handout


def _end(line: _RoadLine, y: int) -> Iterator[Markup]:
    if line.end:
        colour = RED if line.is_dead else INK
        yield _road(MIDDLE + BOX_WIDTH, RIGHT - 8, y - 5, colour)
        yield _text(RIGHT, y, line.end, colour, is_bold=line.is_dead)


def _road(start: int, end: int, y: int, colour: str = INK) -> Markup:
    dashes = Markup(' stroke-dasharray="5 4"') if colour == RED else ""
    return Markup('<path fill="none" stroke="{}" stroke-width="1.5"{} d="M{} {}H{}"/>').format(
        colour, dashes, start, y, end
    )


def _text(
    x: int, y: int, words: str, colour: str = INK, *, anchor: str = "start", is_bold: bool = False
) -> Markup:
    weight = "bold" if is_bold else "normal"
    return Markup(
        '<text x="{}" y="{}" fill="{}" font-family="sans-serif" font-size="14" font-weight="{}" '
        'text-anchor="{}">{}</text>'
    ).format(x, y, colour, weight, anchor, words)


def _walks(drawn: DrawnRoads, words: Catalog) -> Markup:
    if not drawn.outcomes:
        return Markup("")
    rows = (
        Markup('<li class="{}">{} → {}: {}</li>\n').format(
            "" if one.is_found else "dead",
            one.walk.who,
            one.walk.goal,
            in_words(one.in_words, words),
        )
        for one in drawn.outcomes
    )
    return Markup("<section><h2>{}</h2><ol>\n{}</ol></section>\n").format(
        in_words(say("Walks"), words), Markup("").join(rows)
    )


def _stuck(findings: Sequence[Finding], words: Catalog) -> Markup:
    if not findings:
        return Markup("")
    rows = (
        Markup('<li class="dead">{} {}: {}. {}</li>\n').format(
            f.place, f.rule, in_words(f.what, words), in_words(f.fix, words)
        )
        for f in findings
    )
    return Markup("<section><h2>{}</h2><ul>\n{}</ul></section>\n").format(
        in_words(say("Where readers get stuck"), words), Markup("").join(rows)
    )
