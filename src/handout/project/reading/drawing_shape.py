"""The geometry of a drawing: lengths, transforms, and shapes as paths."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias
from xml.etree.ElementTree import Element

from fontTools.misc.transform import Identity, Transform
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen, ControlBoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from fontTools.svgLib.path.shapes import PathBuilder

Edges: TypeAlias = tuple[float, float, float, float]
"""Left, upper, right and lower edge."""

NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?"
_LENGTH = re.compile(rf"({NUMBER})\s*(px|pt|pc|mm|cm|in|q|%|em|ex|rem)?", re.IGNORECASE)
_NUMBER = re.compile(NUMBER)
_PX = {"px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "q": 96 / 101.6}
"""CSS Values 4 §6.2: an inch has 96 px."""
MOST_RINGS = 300
"""In a path whose rings are held against each other."""
_FUNCTION = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_PATH = re.compile(r"[MmZzLlHhVvCcSsQqTtAa0-9eE+\-., \t\r\n]*")
# What fontTools stumbles over in a path that breaks off.
_BROKEN_PATH = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError)


def length_px(text: str, whole_px: float | None = None) -> float | None:
    """Return the length *text* in pixels, `%` of *whole_px*; None where it is none, or counts in letters."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        return None
    number, unit = float(found[1]), (found[2] or "px").lower()
    if unit == "%" and whole_px is not None:
        return number * whole_px / 100
    return number * _PX[unit] if unit in _PX and math.isfinite(number) else None


def is_length(text: str) -> bool:
    """Tell whether *text* is a length, in whatever unit."""
    found = _LENGTH.fullmatch(text.strip())
    return found is not None and math.isfinite(float(found[1]))


def written(number: float) -> str:
    """Return *number* as a drawing is written: six digits are finer than any printer."""
    return f"{number:.6g}" if number else "0"


def numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def transform_of(text: str) -> Transform | None:
    """Return *text*, the value of a `transform`, as a matrix; None where it is none. CSS has units."""
    left = _FUNCTION.sub("", text).strip(" ,\t\r\n")
    if left and left != "none":
        return None
    matrix = Identity
    for name, inside in _FUNCTION.findall(text):
        given = numbers(inside)
        if not given or not all(map(math.isfinite, given)) or re.sub(rf"{NUMBER}|deg|px|[\s,]", "", inside):
            return None
        match name, len(given):
            case "matrix", 6:
                matrix = matrix.transform(given)
            case "translate", 1 | 2:
                matrix = matrix.translate(*given)
            case "scale", 1 | 2:
                matrix = matrix.scale(*given)
            case "rotate", 1:
                matrix = matrix.rotate(math.radians(given[0]))
            case "rotate", 3:
                x, y = given[1:]
                matrix = matrix.translate(x, y).rotate(math.radians(given[0])).translate(-x, -y)
            case "skewX", 1:
                matrix = matrix.skew(math.radians(given[0]), 0)
            case "skewY", 1:
                matrix = matrix.skew(0, math.radians(given[0]))
            case _:
                return None
    return matrix


def fitted(view_box: str, aspect_ratio: str, place: Edges) -> Transform:
    """Return the matrix from a drawing with the attribute *view_box* to its *place* in another (SVG 2 §8.2).

    *place* is left and upper edge, width and height. A view box without an inside is none. *aspect_ratio* is
    the attribute `preserveAspectRatio`, or empty.
    """
    x, y, width, height = place
    found = numbers(view_box)
    if len(found) != 4 or found[2] <= 0 or found[3] <= 0 or width <= 0 or height <= 0:
        return Identity.translate(x, y)
    across, down = width / found[2], height / found[3]
    words = aspect_ratio.split() or ["xMidYMid"]
    align = words[0]
    if align == "none":
        return Identity.translate(x, y).scale(across, down).translate(-found[0], -found[1])
    scale = max(across, down) if "slice" in words else min(across, down)
    left_part = {"xMin": 0.0, "xMax": 1.0}.get(align[:4], 0.5)
    upper_part = {"YMin": 0.0, "YMax": 1.0}.get(align[4:], 0.5)
    matrix = Identity.translate(
        x + (width - found[2] * scale) * left_part, y + (height - found[3] * scale) * upper_part
    )
    return matrix.scale(scale).translate(-found[0], -found[1])


def matrix_attribute(matrix: Transform) -> str:
    return f"matrix({' '.join(map(written, matrix))})"


def path_of(name: str, attributes: Mapping[str, str]) -> str | None:
    """Return the outline of the shape *name* with plain *attributes* as path data; None where it has none."""
    if name == "path":
        data = attributes.get("d", "").strip()
        return data if data and data != "none" else None
    builder = PathBuilder()
    try:
        builder.add_path_from_element(Element(name, dict(attributes)))
    except (ValueError, TypeError, AttributeError):  # without a width, a height or a radius
        return None
    return builder.paths[0] if builder.paths else None


def is_path(data: str) -> bool:
    """Tell whether *data* can be read as path data to its end."""
    if not _PATH.fullmatch(data) or not data.lstrip().lower().startswith("m"):
        return False
    try:
        _recorded(data)
    except _BROKEN_PATH:
        return False
    return True


@lru_cache(maxsize=16)  # a shape is asked several questions, one after the other
def _recorded(data: str) -> RecordingPen:
    pen = RecordingPen()
    parse_path(data, pen)
    return pen


def bounds(data: str, matrix: Transform = Identity) -> Edges | None:
    """Return what the path *data* covers, moved by *matrix*; None where it is nothing."""
    return _bounds(data, matrix, BoundsPen(None))


def rough_bounds(data: str, matrix: Transform = Identity) -> Edges | None:
    """Return a box that holds what the path *data* covers, moved by *matrix*: that of all its points."""
    return _bounds(data, matrix, ControlBoundsPen(None))


def _bounds(data: str, matrix: Transform, pen: ControlBoundsPen) -> Edges | None:
    _recorded(data).replay(pen if matrix == Identity else TransformPen(pen, matrix))
    return pen.bounds if pen.bounds and all(map(math.isfinite, pen.bounds)) else None


def with_room(data: str) -> str:
    """Return the path *data* with two points around it that draw nothing.

    The engine paints a gradient as a tile of the size of its shape. At its edge the next tile would shine
    through.
    """
    box = bounds(data)
    size = max(box[2] - box[0], box[3] - box[1]) if box else 0
    if box is None or size <= 0:
        return data
    step = 10.0 ** math.floor(math.log10(size) - 1)  # so coarse that the same comes out when it is read again
    left, upper = ((round(edge / step) - 2) * step for edge in box[:2])
    right, lower = ((round(edge / step) + 2) * step for edge in box[2:])
    points = f"M{written(left)} {written(upper)}M{written(right)} {written(lower)}"
    return points + data.lstrip() if data.lstrip().startswith("M") else f"{points}M0 0{data.lstrip()}"


_EMPTY_MOVES = re.compile(rf"\s*(?:M\s*{NUMBER}[\s,]*{NUMBER}\s*)+(?=M)")


def without_empty_moves(data: str) -> str:
    """Return the path *data* without the points at its beginning from which nothing is drawn."""
    return _EMPTY_MOVES.sub("", data, count=1) if _EMPTY_MOVES.match(data) else data


def moved(data: str, matrix: Transform) -> str:
    """Return the path *data*, moved by *matrix*."""
    pen = SVGPathPen(None, ntos=written)
    _recorded(data).replay(TransformPen(pen, matrix))
    return str(pen.getCommands())


def common(one: Edges, other: Edges | None) -> Edges:
    """Return what lies in both boxes; *other* None: everywhere. Without an inside where nothing does.

    That too lies in *other*, at the edge nearest to *one*: what is cut off altogether reaches nowhere.
    """
    if other is None:
        return one
    left, upper, right, lower = other
    return (
        min(max(one[0], left), right),
        min(max(one[1], upper), lower),
        min(max(one[2], left), right),
        min(max(one[3], upper), lower),
    )


def needs_even_odd(data: str) -> bool:
    """Tell whether the path *data* looks otherwise when its windings are counted: rings that turn one way."""
    rings: list[RecordingPen] = []
    for operator, operands in _recorded(data).value:
        if operator == "moveTo":
            rings.append(RecordingPen())
        rings[-1].value.append((operator, operands))
    if len(rings) > MOST_RINGS:
        return True
    sides = [(_area(ring), _ring_bounds(ring)) for ring in rings]
    return any(
        one[0] * other[0] > 0 and one[1] and other[1] and _overlap(one[1], other[1])
        for index, one in enumerate(sides)
        for other in sides[:index]
    )


def _area(ring: RecordingPen) -> float:
    pen = AreaPen()
    closed = RecordingPen()
    closed.value = [one if one[0] != "endPath" else ("closePath", ()) for one in ring.value]
    closed.replay(pen)
    return float(pen.value)


def _ring_bounds(ring: RecordingPen) -> Edges | None:
    pen = BoundsPen(None)
    ring.replay(pen)
    found: Edges | None = pen.bounds
    return found


def _overlap(one: Edges, other: Edges) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
