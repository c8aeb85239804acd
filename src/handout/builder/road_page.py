"""The map of the roads as a page: situations left, sheets in the middle, ends right; dead ends red."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from handout.builder.roads import DrawnRoads
from handout.model.findings import Finding
from handout.model.roads import Road, RoadMap, SheetRoads

ROW = 26
"""Height of a line of the map, in its own units: a letter of the text is 14 high."""
LEFT, MIDDLE, RIGHT, WIDTH = 8, 400, 900, 1240
"""Where questions, sheets and ends begin, and where the map ends."""
BOX_WIDTH = 360

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
svg { width: 100%; height: auto; } text { font: 14px system-ui, sans-serif; fill: #111; }
.sheet { fill: #fff; stroke: #111; stroke-width: 1.5; } .head { font-weight: 700; }
.road { stroke: #555; stroke-width: 1.5; fill: none; }
.dead { fill: #b00020; font-weight: 700; }
.dead-road { stroke: #b00020; stroke-width: 2; stroke-dasharray: 5 4; fill: none; }
.end { fill: #111; } li.dead { color: #b00020; font-weight: 400; }
@media print { body { margin: 0; } }
"""


@dataclass(frozen=True)
class _RoadLine:
    """A procedure in the box of its sheet, with how it ends."""

    text: str
    end: str
    is_dead: bool


def page(drawn: DrawnRoads, organisation: str) -> str:
    """Return the map as HTML with a drawing in it, which needs no other file and no script."""
    parts = [_audience(audience, tuple(sheets), drawn.map) for audience, sheets in _by_audience(drawn.map)]
    return str(
        Markup(
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Routes – {0}</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><style>{1}</style></head>\n'
            "<body><main><h1>Routes – {0}</h1>\n{2}{3}{4}</main></body></html>\n"
        ).format(organisation, Markup(_STYLE), Markup("").join(parts), _walks(drawn), _stuck(drawn.findings))
    )


def _by_audience(roads: RoadMap) -> Iterator[tuple[str, Iterable[SheetRoads]]]:
    yield from groupby(roads.sheets, key=lambda sheet: sheet.audience)


def _audience(audience: str, sheets: Sequence[SheetRoads], roads: RoadMap) -> Markup:
    drawings, y = [], 8
    for sheet in sorted(sheets, key=lambda one: (one.letter or "~", one.title)):
        drawing, height = _sheet(sheet, roads, y)
        drawings.append(drawing)
        y += height + ROW
    return Markup(
        '<section><h2>{0}</h2>\n<svg viewBox="0 0 {1} {2}" role="img" aria-label="The sheets for {0}">\n'
        "{3}</svg></section>\n"
    ).format(audience, WIDTH, y, Markup("").join(drawings))


def _sheet(sheet: SheetRoads, roads: RoadMap, top: int) -> tuple[Markup, int]:
    """Return the drawing of *sheet* whose upper edge is at *top*, and its height."""
    lines = [_line(road, sheet, roads) for road in sheet.roads] + [*_led(sheet, roads)]
    questions = sheet.questions or sheet.asks
    title = f"{sheet.letter} · {sheet.title}" if sheet.letter else sheet.title
    height = ROW * (1 + max(len(lines), len(questions), 1)) + 8
    drawn = [
        Markup('<rect class="sheet" x="{}" y="{}" width="{}" height="{}" rx="6"/>').format(
            MIDDLE, top, BOX_WIDTH, height
        ),
        _text(MIDDLE + 10, top + ROW - 6, title, "head"),
    ]
    for number, question in enumerate(questions):
        y = top + ROW * (number + 2) - 8
        drawn += [_text(LEFT, y, question), _road(LEFT + 8 * len(question), y - 5, MIDDLE, y - 5)]
    for number, line in enumerate(lines):
        y = top + ROW * (number + 2) - 8
        drawn += [_text(MIDDLE + 18, y, line.text), *_end(line, y)]
    return Markup("\n").join((*drawn, Markup(""))), height


def _line(road: Road, sheet: SheetRoads, roads: RoadMap) -> _RoadLine:
    onward = [exit_ for exit_ in road.exits if exit_.is_for_good]
    goes_on = ", ".join(dict.fromkeys(_name(road.audience, one.goal.handout, roads) for one in onward))
    is_dead = bool(road.steps and sheet.questions) and not (road.ends or onward or road.gives)
    end = f"→ {goes_on}" if goes_on else "no end" if is_dead else "done" if road.ends or road.gives else ""
    return _RoadLine(f"{road.title} ({road.steps})" if road.steps else road.title, end, is_dead)


def _led(sheet: SheetRoads, roads: RoadMap) -> Iterator[_RoadLine]:
    for slug in sheet.leads_to:
        yield _RoadLine(f"→ {_name(sheet.audience, slug, roads)}", "", is_dead=False)


def _name(audience: str, handout: str, roads: RoadMap) -> str:
    sheet = roads.sheet(audience, handout)
    return (f"{sheet.letter} {sheet.title}" if sheet.letter else sheet.title) if sheet else handout


def _end(line: _RoadLine, y: int) -> Iterator[Markup]:
    if line.end:
        start = MIDDLE + 24 + 8 * len(line.text)
        yield _road(max(start, MIDDLE + BOX_WIDTH), y - 5, RIGHT - 8, y - 5, line.is_dead)
        yield _text(RIGHT, y, line.end, "dead" if line.is_dead else "end")


def _road(x1: int, y1: int, x2: int, y2: int, is_dead: bool = False) -> Markup:
    if x2 <= x1:
        return Markup("")
    name = "dead-road" if is_dead else "road"
    return Markup('<path class="{}" d="M{} {}L{} {}"/>').format(name, x1, y1, x2, y2)


def _text(x: int, y: int, words: str, name: str = "") -> Markup:
    return Markup('<text x="{}" y="{}" class="{}">{}</text>').format(x, y, name, words)


def _walks(drawn: DrawnRoads) -> Markup:
    if not drawn.outcomes:
        return Markup("")
    rows = (
        Markup('<li class="{}">{} → {}: {}</li>\n').format(
            "" if one.is_found else "dead",
            one.walk.who,
            one.walk.goal,
            one.in_words,
        )
        for one in drawn.outcomes
    )
    return Markup("<section><h2>Walks</h2><ol>\n{}</ol></section>\n").format(Markup("").join(rows))


def _stuck(findings: Sequence[Finding]) -> Markup:
    if not findings:
        return Markup("")
    rows = (
        Markup('<li class="dead">{} {}: {}. {}</li>\n').format(f.place, f.rule, f.what, f.fix)
        for f in findings
    )
    return Markup("<section><h2>Where readers get stuck</h2><ul>\n{}</ul></section>\n").format(
        Markup("").join(rows)
    )
