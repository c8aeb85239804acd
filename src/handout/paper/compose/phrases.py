"""Phrases that run against the line, as an Arabic name in a Dutch text: kept together for the page engine.

It turns round what runs to the left within one element, and sets the elements of a line in the order of the
text. So a name of which one word is strong would be read from its last word to its first: here such a phrase
becomes one element with a direction of its own (Unicode Standard Annex 9, one level deep). Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handout.model.text import Inline, LineBreak, Text, plain_text

_LEFTWARDS = frozenset({"R", "AL"})
"""Bidirectional classes of letters (table 4)."""
_RIGHTWARDS = frozenset({"L"})
_NUMBERS = frozenset({"EN", "AN"})


@dataclass(frozen=True)
class _Direction:
    """The direction of a text, in classes of letters."""

    own: frozenset[str]
    """Those that run as the text does."""
    foreign: frozenset[str]
    """Those that run against it."""
    goes_on: frozenset[str]
    """Those that a phrase against the text goes on with."""


_TO_THE_RIGHT = _Direction(_RIGHTWARDS, _LEFTWARDS, _LEFTWARDS)
_TO_THE_LEFT = _Direction(_LEFTWARDS, _RIGHTWARDS, _RIGHTWARDS | _NUMBERS)  # as the 6 of "Wi-Fi 6"


@dataclass(frozen=True)
class Phrase:
    """A part of a text."""

    inlines: tuple[Inline, ...]
    is_turned: bool
    """True: it runs against the text around it."""


def phrases(inlines: Sequence[Inline], is_right_to_left: bool) -> Iterator[Phrase]:
    """Yield *inlines*, of a text in one direction, in parts that run as it does and parts that do not."""
    direction = _TO_THE_LEFT if is_right_to_left else _TO_THE_RIGHT
    pieces = [piece for inline in inlines for piece in _pieces(inline, direction)]
    if is_right_to_left:
        pieces = [part for piece in pieces for part in _after_number(piece)]
    while pieces:
        is_turned = _runs_against(pieces[0], direction)
        end = _end_of_turned(pieces, direction) if is_turned else _end_of_straight(pieces, direction)
        yield Phrase(tuple(pieces[:end]), is_turned)
        del pieces[:end]


def _end_of_turned(pieces: Sequence[Inline], direction: _Direction) -> int:
    """Return how many of *pieces* are one phrase with the first, which runs against the text.

    It goes on, over signs and spaces too, as long as no piece runs as the text does.
    """
    stop = next((at for at, piece in enumerate(pieces) if _holds(piece, direction.own)), len(pieces))
    return max((at + 1 for at in range(1, stop) if _holds(pieces[at], direction.goes_on)), default=1)


def _end_of_straight(pieces: Sequence[Inline], direction: _Direction) -> int:
    """Return how many of *pieces*, of which the first runs as the text does, come before one against it."""
    return next((at for at, piece in enumerate(pieces) if _runs_against(piece, direction)), len(pieces))


def _after_number(inline: Inline) -> Iterator[Inline]:
    """Yield *inline*, parted behind the numbers that a text begins with: these may go with what is before."""
    if not isinstance(inline, Text):
        yield inline
        return
    classes = [unicodedata.bidirectional(letter) for letter in inline.text]
    letters = next((at for at, one in enumerate(classes) if one in _LEFTWARDS | _RIGHTWARDS), len(classes))
    end = max((at + 1 for at in range(letters) if classes[at] in _NUMBERS), default=0)
    yield from (Text(part) for part in (inline.text[:end], inline.text[end:]) if part)


def _holds(inline: Inline, classes: frozenset[str]) -> bool:
    """Tell whether *inline* has a letter of *classes*. A line end parts what stands around it."""
    if isinstance(inline, LineBreak):
        return True
    return not classes.isdisjoint(map(unicodedata.bidirectional, plain_text((inline,))))


def _runs_against(inline: Inline, direction: _Direction) -> bool:
    return _holds(inline, direction.foreign) and not _holds(inline, direction.own)


def _pieces(inline: Inline, direction: _Direction) -> Iterator[Inline]:
    """Yield *inline*; a plain text in pieces, those that run against the line from letter to letter."""
    if not isinstance(inline, Text):
        yield inline
        return
    text, at = inline.text, 0
    classes = [unicodedata.bidirectional(letter) for letter in text]
    while at < len(text):
        start = next((n for n in range(at, len(text)) if classes[n] in direction.foreign), len(text))
        stop = next((n for n in range(start, len(text)) if classes[n] in direction.own), len(text))
        end = max((n + 1 for n in range(start, stop) if classes[n] in direction.goes_on), default=start)
        yield from (Text(part) for part in (text[at:start], text[start:end]) if part)
        at = end if end > at else len(text)
