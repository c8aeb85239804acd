"""The colours of a drawing: plain ones, and gradients as the engine draws them rightly.

The engine (WeasyPrint 70) paints nothing, or a part, for most gradients with a transform that turns, and
takes the default radius of a radial one too large: what a gradient says is worked out here, and written
without them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from fontTools.misc.transform import Identity, Transform
from tinycss2.color5 import parse_color

from handout.project.reading.drawing_shape import length_px, transform_of, written
from handout.project.reading.drawing_style import SVG

HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
MOST_STOPS = 200
MOST_TEMPLATES = 20
"""Gradients that take their stops from each other: a ring of them ends here."""
FARTHEST_FOCUS = 0.99
"""Of the radius. A focus on the edge is taken just inside: readers of PDF differ in what they draw then."""
_SAME = 1e-6


@dataclass(frozen=True)
class SolidColour:
    """A colour without what shows through it."""

    text: str
    """`none`, `currentColor` or `#rrggbb`."""
    alpha: float = 1.0


@lru_cache(maxsize=1024)  # a drawing has few, and each shape names them
def colour_of(text: str) -> SolidColour | None:
    """Return the colour that *text* names in CSS, or None. An ICC colour behind it is left out."""
    words = text.split(" icc-color(")[0].strip()
    if words.lower() in ("none", "transparent"):
        return SolidColour("none")
    found = parse_color(words)
    if found is None:
        return None
    if isinstance(found, str):
        return SolidColour("currentColor")
    # The colour spaces of CSS 4 that print programs write: all are given in sRGB.
    try:
        red, green, blue = (min(max(one, 0.0), 1.0) for one in found.to("srgb").coordinates)
    except (NotImplementedError, TypeError, ValueError):
        return None
    return SolidColour("#" + bytes(round(one * 255) for one in (red, green, blue)).hex(), float(found.alpha))


def opacity_of(text: str) -> float | None:
    """Return an opacity between 0 and 1, from a number or a percentage; None where *text* is neither."""
    value = length_px(text, 1.0)
    return None if value is None else min(max(value, 0.0), 1.0)


@dataclass(frozen=True)
class Gradient:
    """A gradient that is worked out: the engine draws it rightly as it is written here."""

    markup: str
    """The element, with `{id}` where its name goes."""
    turned: Transform | None = None
    """Where not None: it is that of the unit circle, of which this makes an ellipse in the shape's space."""

    def named(self, name: str) -> str:
        return self.markup.replace("{id}", name)


def gradient_of(
    element: Element,
    find: Callable[[str], Element | None],
    declared: Callable[[Element], Mapping[str, str]],
    box: Transform,
    view: tuple[float, float],
) -> Gradient | SolidColour | None:
    """Return *element*, a linearGradient or radialGradient; a colour where it has but one; None without any.

    *find* gives elements by id, *declared* what is said of each. *box* makes the unit square the box of the
    shape; *view* is the width and height of the drawing, for lengths in per cent of it.
    """
    chain = _chain(element, find)
    said: dict[str, str] = {}
    for one in reversed(chain):
        said |= {name: value for name, value in one.attrib.items() if name not in HREFS}
    stops = _stops(next((one for one in chain if one.find(f"{SVG}stop") is not None), element), declared)
    if not stops:
        return None
    if len(stops) == 1:
        return SolidColour(stops[0][1].text, stops[0][1].alpha)
    in_user_space = said.get("gradientUnits") == "userSpaceOnUse"
    matrix = transform_of(said.get("gradientTransform", "") or said.get("transform", "")) or Identity
    matrix = matrix if in_user_space else box.transform(matrix)
    whole = view if in_user_space else (1.0, 1.0)
    body = "".join(_stop(offset, colour) for offset, colour in stops)
    spread = said.get("spreadMethod", "pad")
    kept = f' spreadMethod="{spread}"' if spread in ("repeat", "reflect") else ""
    head = f' gradientUnits="userSpaceOnUse"{kept}'
    is_linear = element.tag == f"{SVG}linearGradient"
    gradient = (_linear_gradient if is_linear else _radial_gradient)(said, whole, matrix, head, body)
    return stops[-1][1] if gradient is None else gradient


def _linear_gradient(
    said: Mapping[str, str], whole: tuple[float, float], matrix: Transform, head: str, body: str
) -> Gradient | None:
    """Return the gradient along a line, moved by *matrix*; None where nothing but its last colour shows."""
    line = _moved_line(_line(said, whole), matrix)
    if line is None:
        return None
    x1, y1, x2, y2 = map(written, line)
    place = f'x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
    return Gradient(f'<linearGradient id="{{id}}"{head} {place}>{body}</linearGradient>')


def _radial_gradient(
    said: Mapping[str, str], whole: tuple[float, float], matrix: Transform, head: str, body: str
) -> Gradient | None:
    """Return the gradient of a circle, moved by *matrix*; None where nothing but its last colour shows."""
    cx, cy, fx, fy, radius = _circle(said, whole)
    if radius <= 0 or abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) < _SAME * _SAME:
        return None
    similar = _similarity(matrix)
    if similar is not None:
        centre, focus = matrix.transformPoint((cx, cy)), matrix.transformPoint((fx, fy))
        return Gradient(_radial(head, centre, focus, radius * similar, body))
    # An ellipse that may be turned: the circle is written at the origin of a space of its own.
    own = matrix.translate(cx, cy).scale(radius)
    return Gradient(_radial(head, (0, 0), ((fx - cx) / radius, (fy - cy) / radius), 1, body), own)


def _chain(element: Element, find: Callable[[str], Element | None]) -> list[Element]:
    chain = [element]
    while len(chain) < MOST_TEMPLATES:
        href = next((chain[-1].get(name, "") for name in HREFS if chain[-1].get(name)), "")
        other = find(href[1:]) if href.startswith("#") else None
        if other is None or other in chain:
            break
        chain.append(other)
    return chain


def _stops(
    element: Element, declared: Callable[[Element], Mapping[str, str]]
) -> list[tuple[float, SolidColour]]:
    """Return offset and colour of each stop; offsets never go back (SVG 2 §14.2.4)."""
    stops: list[tuple[float, SolidColour]] = []
    for stop in element.findall(f"{SVG}stop")[:MOST_STOPS]:
        said = declared(stop)
        offset = min(max(length_px(stop.get("offset", "0"), 1.0) or 0.0, stops[-1][0] if stops else 0.0), 1.0)
        colour = colour_of(said.get("stop-color", "black")) or SolidColour("#000000")
        if colour.text == "none":
            colour = SolidColour("#000000", 0.0)
        opacity = opacity_of(said.get("stop-opacity", "1"))
        stops.append((offset, SolidColour(colour.text, colour.alpha * (1.0 if opacity is None else opacity))))
    return stops


def _stop(offset: float, colour: SolidColour) -> str:
    through = f' stop-opacity="{written(colour.alpha)}"' if colour.alpha < 1 else ""
    return f'<stop offset="{written(offset)}" stop-color={quoteattr(colour.text)}{through}/>'


def _line(said: Mapping[str, str], whole: tuple[float, float]) -> tuple[float, float, float, float]:
    width, height = whole

    def at(name: str, default: float, side: float) -> float:
        value = length_px(said[name], side) if name in said else None
        return default if value is None else value

    return at("x1", 0, width), at("y1", 0, height), at("x2", width, width), at("y2", 0, height)


def _moved_line(
    line: tuple[float, float, float, float], matrix: Transform
) -> tuple[float, float, float, float] | None:
    """Return the line of a gradient that is *line* moved by *matrix*; None where it has no length.

    A colour runs at a right angle to the line. What *matrix* makes of that angle is no right one any more, so
    the new line is the one that stands at a right angle to the moved colours.
    """
    if matrix == Identity and line[:2] != line[2:]:
        return line
    x1, y1, x2, y2 = line
    start, end = matrix.transformPoint((x1, y1)), matrix.transformPoint((x2, y2))
    across_x, across_y = matrix.transformVector((-(y2 - y1), x2 - x1))
    length = math.hypot(across_x, across_y)
    if length < _SAME * _SAME:
        return None
    normal_x, normal_y = -across_y / length, across_x / length
    far = (end[0] - start[0]) * normal_x + (end[1] - start[1]) * normal_y
    if abs(far) < _SAME * _SAME or not math.isfinite(far):
        return None
    return start[0], start[1], start[0] + far * normal_x, start[1] + far * normal_y


def _circle(said: Mapping[str, str], whole: tuple[float, float]) -> tuple[float, float, float, float, float]:
    """Return centre, focus and radius."""
    width, height = whole
    diagonal = math.hypot(width, height) / math.sqrt(2)

    def at(name: str, default: float, side: float) -> float:
        value = length_px(said[name], side) if name in said else None
        return default if value is None else value

    cx, cy, radius = at("cx", width / 2, width), at("cy", height / 2, height), at("r", diagonal / 2, diagonal)
    return cx, cy, at("fx", cx, width), at("fy", cy, height), radius


def _similarity(matrix: Transform) -> float | None:
    """Return by how much *matrix* enlarges, where a circle stays one; else None."""
    a, b, c, d, _, _ = matrix
    one, other = math.hypot(a, b), math.hypot(c, d)
    is_similar = abs(one - other) <= _SAME * max(one, other) and abs(a * c + b * d) <= _SAME * one * other
    return one if is_similar else None


def _radial(
    head: str, centre: tuple[float, float], focus: tuple[float, float], radius: float, body: str
) -> str:
    cx, cy, r = written(centre[0]), written(centre[1]), written(radius)
    far, limit = math.dist(centre, focus), FARTHEST_FOCUS * radius
    is_off = far > _SAME * radius
    if far > limit * (1 + _SAME):
        focus = (
            centre[0] + (focus[0] - centre[0]) * limit / far,
            centre[1] + (focus[1] - centre[1]) * limit / far,
        )
    focal = f' fx="{written(focus[0])}" fy="{written(focus[1])}"' if is_off else ""
    return f'<radialGradient id="{{id}}"{head} cx="{cx}" cy="{cy}"{focal} r="{r}">{body}</radialGradient>'
