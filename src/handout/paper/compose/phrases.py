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
class Phrase:
    """A part of a text."""

    inlines: tuple[Inline, ...]
    is_turned: bool
    """True: it runs against the text around it."""


def phrases(inlines: Sequence[Inline], is_right_to_left: bool) -> Iterator[Phrase]:
    """Yield *inlines*, of a text in one direction, in parts that run as it does and parts that do not."""
    own, foreign = (_LEFTWARDS, _RIGHTWARDS) if is_right_to_left else (_RIGHTWARDS, _LEFTWARDS)
    goes_on = foreign | _NUMBERS if is_right_to_left else foreign  # as the 6 of "Wi-Fi 6"
    pieces = [piece for inline in inlines for piece in _pieces(inline, own, foreign, goes_on)]
    if is_right_to_left:
        pieces = [part for piece in pieces for part in _after_number(piece)]
    at = 0
    while at < len(pieces):
        is_turned, end = _runs_against(pieces[at], own, foreign), at + 1
        if is_turned:
            rest = range(at + 1, len(pieces))
            stop = next((n for n in rest if _holds(pieces[n], own)), len(pieces))
            end = max((n + 1 for n in range(at, stop) if n == at or _holds(pieces[n], goes_on)), default=end)
        else:
            while end < len(pieces) and not _runs_against(pieces[end], own, foreign):
                end += 1
        yield Phrase(tuple(pieces[at:end]), is_turned)
        at = end


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


def _runs_against(inline: Inline, own: frozenset[str], foreign: frozenset[str]) -> bool:
    return _holds(inline, foreign) and not _holds(inline, own)


def _pieces(
    inline: Inline, own: frozenset[str], foreign: frozenset[str], goes_on: frozenset[str]
) -> Iterator[Inline]:
    """Yield *inline*; a plain text in pieces, those that run against the line from letter to letter."""
    if not isinstance(inline, Text):
        yield inline
        return
    text, at = inline.text, 0
    classes = [unicodedata.bidirectional(letter) for letter in text]
    while at < len(text):
        start = next((n for n in range(at, len(text)) if classes[n] in foreign), len(text))
        stop = next((n for n in range(start, len(text)) if classes[n] in own), len(text))
        end = max((n + 1 for n in range(start, stop) if classes[n] in goes_on), default=start)
        yield from (Text(part) for part in (text[at:start], text[start:end]) if part)
        at = end if end > at else len(text)
