"""Turns an address into a QR code: a payload to one filled path. Pure."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

import segno

from handout.model.findings import ExitCode, HandoutError
from handout.model.messages import Message, say

QUIET_ZONE_MODULES = 4
"""On each side (ISO/IEC 18004 §9.1). It is drawn white, so that no tint of the page can enter it."""

_Point: TypeAlias = tuple[int, int]
_Edges: TypeAlias = dict[_Point, list[_Point]]


@dataclass(frozen=True)
class Symbol:
    """A QR code as it is drawn."""

    payload: str
    modules: int
    """On each side, without the quiet zone."""
    path: str
    """SVG path data in modules; the origin is the outer corner of the quiet zone. Fill it even-odd."""
    error_correction: str
    """L, M, Q or H: at least what was asked, higher where the same size had room for it."""
    version: int
    """1 to 40."""

    @property
    def side_modules(self) -> int:
        """The side with the quiet zone, in modules."""
        return self.modules + 2 * QUIET_ZONE_MODULES


@lru_cache(maxsize=64)  # the same few addresses stand on every sheet, and a code takes 25 ms
def symbol(payload: str, error_correction: str = "M") -> Symbol:
    """Return the smallest QR code that holds *payload*, with *error_correction* L, M, Q or H or better.

    M, because at a fixed side a larger module helps a scanner more than more correction does. Raises
    HandoutError where no QR code is large enough.
    """
    try:
        code = segno.make_qr(payload, error=error_correction, boost_error=True)
    except segno.DataOverflowError as error:
        raise HandoutError(
            say(
                "a QR code cannot hold the {payload_count} characters of '{payload}…'",
                payload_count=len(payload),
                payload=payload[:40],
            ),
            say("use a short address"),
            ExitCode.FINDINGS,
        ) from error
    return Symbol(
        payload=payload,
        modules=len(code.matrix),
        path=_outline(code.matrix),
        error_correction=code.error,
        version=int(code.version),
    )


def module_mm(symbol: Symbol, side_mm: float) -> float:
    """Return the side of one module where *symbol* is *side_mm* wide, quiet zone included."""
    return side_mm / symbol.side_modules


def least_side_mm(symbol: Symbol, least_module_mm: float) -> float:
    """Return the least side, quiet zone included, that gives modules of *least_module_mm*; up to 0.1 mm."""
    # The inner rounding keeps 37 x 0.4 from becoming 14.9 by an error in the last binary digit.
    return math.ceil(round(symbol.side_modules * least_module_mm * 10, 6)) / 10


def too_small(symbol: Symbol, side_mm: float, least_module_mm: float) -> Message | None:
    """Return what is wrong with *symbol* at *side_mm* wide, or None: modules under *least_module_mm*."""
    found_mm = module_mm(symbol, side_mm)
    if found_mm >= least_module_mm or math.isclose(found_mm, least_module_mm):
        return None
    # Rounded down, so that 0.499 is not shown as the 0.50 that it falls short of.
    return say(
        "the QR code for {payload} is {side_mm:g} mm wide, so that its modules are {module_mm:.2f} mm; "
        "this format needs {least_mm:.2f} mm: make it at least {side_needed_mm:g} mm wide, or shorten "
        "the address",
        payload=symbol.payload,
        side_mm=float(side_mm),
        module_mm=math.floor(found_mm * 100) / 100,
        least_mm=float(least_module_mm),
        side_needed_mm=float(least_side_mm(symbol, least_module_mm)),
    )


def status_symbol(url: str) -> Symbol:
    """Return the small QR code for *url* at the foot: held near, so that large modules help it most.

    As much error correction as its size has room for, the least at least.
    """
    return symbol(url, "L")


def svg(symbol: Symbol, alt: str, name: str = "qr__code") -> str:
    """Return *symbol* as inline SVG without a size of its own; *alt* is what a screen reader says.

    *name* is its class.
    """
    side = symbol.side_modules
    # WeasyPrint takes the alternative text from a <title> that is the first child, and from nothing else.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" viewBox="0 0 {side} {side}">'
        f"<title>{html.escape(alt)}</title>"
        f'<rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path fill="#000" fill-rule="evenodd" d="{symbol.path}"/></svg>'
    )


# One filled outline has no seams between modules, and a printer's stroke adjustment does not touch it.


def _outline(matrix: Sequence[Sequence[int]]) -> str:
    edges = _boundary_edges(matrix)
    return "".join(_subpath(_corners(loop)) for loop in _loops(edges))


def _boundary_edges(matrix: Sequence[Sequence[int]]) -> _Edges:
    """Return every edge between dark and light, from start to end, with the dark module on the right."""
    dark = {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    edges: _Edges = {}
    for x, y in sorted(dark):
        for start, end, neighbour in (
            ((x, y), (x + 1, y), (x, y - 1)),
            ((x + 1, y), (x + 1, y + 1), (x + 1, y)),
            ((x + 1, y + 1), (x, y + 1), (x, y + 1)),
            ((x, y + 1), (x, y), (x - 1, y)),
        ):
            if neighbour not in dark:
                edges.setdefault(start, []).append(end)
    return edges


def _loops(edges: _Edges) -> Iterator[list[_Point]]:
    """Yield the closed loops of *edges*, and empty it. No loop crosses itself or another; they may touch."""
    while edges:
        # From the least point only one edge leaves: a second one would belong to a module further left.
        start = min(edges)
        loop = [start]
        point = _take(edges, start, edges[start][0])
        while point != start:
            loop.append(point)
            point = _take(edges, point, _next_point(edges[point], loop[-2], point))
        yield loop


def _take(edges: _Edges, start: _Point, end: _Point) -> _Point:
    edges[start].remove(end)
    if not edges[start]:
        del edges[start]
    return end


def _next_point(ends: list[_Point], previous: _Point, point: _Point) -> _Point:
    """Return where to go on: where two modules touch at a corner, to the right, around the same module."""
    right = (point[0] - (point[1] - previous[1]), point[1] + (point[0] - previous[0]))
    return right if right in ends else ends[0]


def _corners(loop: list[_Point]) -> list[_Point]:
    """Return the points of *loop* where it turns."""
    neighbours = zip(loop[-1:] + loop[:-1], loop, loop[1:] + loop[:1], strict=True)
    return [point for before, point, after in neighbours if before[0] != after[0] and before[1] != after[1]]


def _subpath(corners: list[_Point]) -> str:
    x, y = corners[0]
    lines = [
        f"h{end[0] - start[0]}" if start[1] == end[1] else f"v{end[1] - start[1]}"
        for start, end in pairwise(corners)
    ]
    return f"M{x + QUIET_ZONE_MODULES} {y + QUIET_ZONE_MODULES}{''.join(lines)}z"
