"""A page is painted in the order in which it is read.

The engine paints in layers, as CSS says (CSS 2.2, appendix E): what a style sheet places comes after all that
stays in the flow, so that the end of a sheet came before its steps. Who copies a page, lets it reflow, or has
it read by a program without tags gets the order of the paint.

So grounds, lines and other decoration are painted first, in their order, and then what has a tag, in that of
the tags. It looks the same as long as nothing but grounds is painted under it: no text stands on a picture
and no decoration over a text, which the proofs hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from handout.paper.engine.structure import Operators, mark_positions

# A page as the engine writes it: its matrix; a layer, which is cut to the page; in it a ground and a line of
# text; a second layer with a line that is read before that one.
#
#     0.75 0 0 0.75 0 0 cm                            stays in force until the end of the page
#     q  0 0 321 207 re  W  n                         placed: inside of it all is cut
#       /Artifact BMC … EMC
#       /Span <</MCID 0>> BDC  /a1.0 gs  0 g  BT … ET  EMC
#     Q
#     q  1 0 0 1 0 12 cm
#       /Span <</MCID 1>> BDC  BT … ET  EMC           its ink is the one that was chosen before it
#     Q
#
# Each piece takes along what places it, `cm` and clips, and gets the ink in force where it stood.
# What it chooses itself stays behind too: what follows there may go by it.

_PATH = re.compile(rb".* (?:m|l|c|v|y|re)|h", re.DOTALL)
_PAINTS = frozenset({b"n", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"S", b"s"})
_CLIPS = frozenset({b"W", b"W*"})
_MATRIX = re.compile(rb".* cm", re.DOTALL)
_STYLE = re.compile(rb".* (gs|g|G|rg|RG|k|K|cs|CS|sc|SC|scn|SCN|w|J|j|M|d|ri|i)", re.DOTALL)
_STATE_NAME = re.compile(rb"/([aA])\S* gs")
_KINDS = {b"g": "fill", b"rg": "fill", b"k": "fill", b"G": "stroke", b"RG": "stroke", b"K": "stroke"}
_KINDS |= {b"cs": "fill", b"CS": "stroke"}
_COLOURS_IN_SPACE = {b"sc": "fill", b"scn": "fill", b"SC": "stroke", b"SCN": "stroke"}
_DEFAULTS: Mapping[str, tuple[bytes, ...]] = {
    "fill": (b"0 g",),
    "stroke": (b"0 G",),
    "w": (b"1 w",),
    "J": (b"0 J",),
    "j": (b"0 j",),
    "M": (b"10 M",),
    "d": (b"[] 0 d",),
}
"""What a page begins with (ISO 32000-1 table 52)."""


@dataclass(frozen=True)
class _InForce:
    """What is in force somewhere on a page."""

    placing: tuple[bytes, ...] = ()
    """Matrices and clips, in their order."""
    style: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    """What chose the ink and the lines, by what it chooses."""

    def after(self, operator: bytes) -> _InForce:
        """Return the state behind *operator*, which paints nothing and is no part of a path."""
        if _MATRIX.fullmatch(operator):
            return replace(self, placing=(*self.placing, operator))
        match = _STYLE.fullmatch(operator)
        if match is None:
            return self
        kind = _COLOURS_IN_SPACE.get(match[1]) or _kind(match[1], operator)
        space = self.style.get(kind, ())[:1] if match[1] in _COLOURS_IN_SPACE else ()
        chosen = (*space, operator)
        return replace(self, style={**self.style, kind: chosen})


def _kind(name: bytes, operator: bytes) -> str:
    if name == b"gs":
        opacity = _STATE_NAME.fullmatch(operator)
        return opacity[1].decode() if opacity else operator.decode()
    return _KINDS.get(name, name.decode())


@dataclass(frozen=True)
class _PaintedPiece:
    """A piece of content with a tag."""

    operators: Operators
    state: _InForce
    """Where it stood."""


class _UnknownContent(Exception):
    """The content of a page is not written as the engine writes it."""


def in_order(operators: Operators, read: Sequence[int]) -> Operators:
    """Return the content of a page with the pieces *read*, by their numbers, painted last and in that order.

    The same *operators* where they stand in that order already, or where a piece leaves another matrix
    behind than it found, so that what follows cannot be moved.
    """
    numbers = set(read)
    starts = {position: number for number, position in mark_positions(operators) if number in numbers}
    there = set(starts.values())
    read = [number for number in read if number in there]
    if list(starts.values()) == read:
        return operators
    try:
        rest, pieces, page = _taken_apart(operators, starts)
        return [*rest, *_painted([pieces[number] for number in read], page)]
    except _UnknownContent:
        return operators


def _taken_apart(
    operators: Operators, starts: Mapping[int, int]
) -> tuple[Operators, Mapping[int, _PaintedPiece], _InForce]:
    """Return *operators* without the pieces that begin at *starts*, these, and what is in force behind."""
    pieces: dict[int, _PaintedPiece] = {}
    rest: Operators = []
    walk = _Walk()
    at = 0
    while at < len(operators):
        if at not in starts:
            walk.pass_(operators[at])
            rest.append(operators[at])
            at += 1
            continue
        end = operators.index(b"EMC", at) + 1
        piece = _PaintedPiece(operators[at:end], walk.state)
        walk.pass_piece(piece)
        rest += _chosen_anew(piece.state, walk.state)
        pieces[starts[at]] = piece
        at = end
    if walk.saved:
        raise _UnknownContent
    return rest, pieces, walk.state


@dataclass
class _Walk:
    """Follows the content of a page."""

    state: _InForce = field(default_factory=_InForce)
    saved: list[_InForce] = field(default_factory=list)
    _path: list[bytes] = field(default_factory=list)
    _clip: bytes = b""

    def pass_(self, operator: Any) -> None:
        """Go on behind *operator*."""
        if not isinstance(operator, bytes):
            return
        if operator == b"q":
            self.saved.append(self.state)
        elif operator == b"Q":
            self.state = self.saved.pop()
        elif operator in _CLIPS:
            self._clip = operator
        elif operator in _PAINTS:
            if self._clip:
                placing = (*self.state.placing, *self._path, self._clip, b"n")
                self.state = replace(self.state, placing=placing)
            self._path, self._clip = [], b""
        elif _PATH.fullmatch(operator):
            self._path.append(operator)
        else:
            self.state = self.state.after(operator)

    def pass_piece(self, piece: _PaintedPiece) -> None:
        """Go on behind *piece*. Raises _UnknownContent where that leaves more behind than ink."""
        depth = len(self.saved)
        for operator in piece.operators:
            self.pass_(operator)
        if len(self.saved) != depth or self.state.placing != piece.state.placing:
            raise _UnknownContent


def _chosen_anew(before: _InForce, after: _InForce) -> Iterator[bytes]:
    """Yield what leads from the style of *before* to that of *after*."""
    for kind, chosen in after.style.items():
        if before.style.get(kind) != chosen:
            yield from chosen


def _painted(pieces: Sequence[_PaintedPiece], page: _InForce) -> Iterator[Any]:
    """Yield what paints *pieces* where they stood. *page* is in force at the end of the rest."""
    around: tuple[bytes, ...] = ()
    current = page
    is_apart = False
    for piece in pieces:
        if piece.state.placing[: len(page.placing)] != page.placing:
            raise _UnknownContent
        own = piece.state.placing[len(page.placing) :]
        if own != around and is_apart:
            yield b"Q"
            is_apart, current = False, page
        if own and not is_apart:
            yield from (b"q", *own)
            is_apart = True
        around = own
        wanted = replace(piece.state, style={**_missing(current, piece.state), **piece.state.style})
        yield from _chosen_anew(current, wanted)
        yield from piece.operators
        walk = _Walk(wanted)
        walk.pass_piece(replace(piece, state=wanted))
        current = walk.state
    if is_apart:
        yield b"Q"


def _missing(current: _InForce, wanted: _InForce) -> dict[str, tuple[bytes, ...]]:
    """Return the defaults of what is chosen in *current*, and not yet where a piece stood."""
    return {kind: _DEFAULTS[kind] for kind in current.style if kind not in wanted.style and kind in _DEFAULTS}
