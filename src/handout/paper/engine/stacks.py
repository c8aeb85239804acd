"""Set many values in few boxes: those of one slot that have the same type, fonts and number of lines.

A box of its own for each value takes the engine many times as long as a line in a box of all. Such a box is
laid out for the first of them alone; `lines` then sets all of them in it, each where it stands alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from markupsafe import Markup

from handout.paper.engine.fonts import packages_with
from handout.paper.engine.slots import Set, SetPicture, Value

_BREAK, _END = "<br>", "</span>"


@dataclass(frozen=True)
class Stack:
    """Values that are set in one box."""

    html: str
    """The box with the first of them in it."""
    numbers: tuple[int, ...]
    """Which of the values they are."""
    lines: tuple[str, ...] = ()
    """Those of all of them; none for a value that the engine sets by itself."""


@dataclass(frozen=True)
class Stacks:
    """All values, in the boxes in which they are set."""

    values: tuple[Value, ...]
    boxes: tuple[Stack, ...]

    def without(self, boxes: Collection[int]) -> Stacks:
        """Return the same, each value of *boxes* in a box of its own: they cannot be set alike."""
        return replace(self, boxes=tuple(self._taken_from(boxes)))

    def _taken_from(self, boxes: Collection[int]) -> Iterator[Stack]:
        for number, box in enumerate(self.boxes):
            if number in boxes:
                yield from (Stack(self.values[value].html, (value,)) for value in box.numbers)
            else:
                yield box

    def apart(self, sets: Sequence[Set]) -> tuple[Set, ...]:
        """Return the values in their order, whose boxes were set as *sets*.

        Nothing stands for those of a box that could not take their lines.
        """
        found: dict[int, Set] = {}
        for stack, set_ in zip(self.boxes, sets, strict=True):
            found |= zip(stack.numbers, _taken_apart(set_, stack), strict=True)
        return tuple(found[number] for number in sorted(found))


def stacked(values: Sequence[Value]) -> Stacks:
    """Return *values* in boxes: of those that are alike the first has its own, and the others share one.

    So what the slots of the piece are held against, the values of one school, is set by the engine alone.
    """
    alone, alike = [], dict[_ValueKind, list[tuple[int, tuple[str, ...]]]]()
    for number, value in enumerate(values):
        opening, lines = _parted(value.html)
        kind = opening, tuple(map(_holders, lines))
        if kind in alike:
            alike[kind].append((number, lines))
            continue
        if lines:
            alike[kind] = []
        alone.append(Stack(value.html, (number,)))
    return Stacks(tuple(values), (*alone, *(_stack(values, others) for others in alike.values() if others)))


_ValueKind: TypeAlias = tuple[str, tuple[frozenset[frozenset[str]], ...]]


@lru_cache(maxsize=10_000)
def _holders(line: str) -> frozenset[frozenset[str]]:
    """Return what is the same for lines in the same fonts: the highest of these moves the whole line.

    A newer Pango draws a letter that its font lacks from parts that it holds, an older one by another font.
    """
    drawn = {part for letter in line if not letter.isspace() for part in _parts(letter)}
    return frozenset(map(packages_with, drawn))


def _parts(letter: str) -> Iterator[str]:
    """Yield what *letter* may be drawn from: `Ử` itself, `Ư` and what stands above it, `U` and both."""
    yield letter
    step = unicodedata.decomposition(letter)  # "01AF 0309", or "<super> 0032" where it is another letter
    if step and not step.startswith("<"):
        for code in step.split():
            yield from _parts(chr(int(code, 16)))


def _stack(values: Sequence[Value], others: Sequence[tuple[int, tuple[str, ...]]]) -> Stack:
    numbers = tuple(number for number, _ in others)
    lines = tuple(line for _, own in others for line in own) if len(others) > 1 else ()
    return Stack(values[numbers[0]].html, numbers, lines)


# What is parted, a value as `paper.compose.slots` writes it:
#
#     <span class="slot slot--room" data-slot="room" data-place="content/schools.csv" style="inline-size:
#     40mm; block-size: 12mm; padding-block-start: 1.335mm; text-align: start; font: 700 11.5pt/4.665mm
#     'Lexend', 'IBM Plex Sans Arabic', 'IBM Plex Sans'; letter-spacing: -0.035em">Lokaal B12
#     op de<br>tweede verdieping</span>
#
# All that decides how it is set is in the opening tag: the size that it was fitted to, and its room. So
# values with the same opening, as "Lokaal 1" and "Lokaal Q1", are set alike, line by line.
def _parted(html: str) -> tuple[str, tuple[str, ...]]:
    """Return the opening tag of a slot and the lines in it; no lines where there is anything else in it."""
    opening, _, rest = html.partition(">")
    text = rest.removesuffix(_END)
    lines = text.split(_BREAK)
    is_text = rest.endswith(_END) and "<" not in text.replace(_BREAK, "") and all(lines)
    return opening, tuple(Markup(line).unescape() for line in lines) if is_text else ()


def _taken_apart(set_: Set, stack: Stack) -> tuple[Set, ...]:
    """Return the lines of *set_* for each of the values of *stack*, which have equally many."""
    count = len(stack.numbers)
    if count == 1:
        return (set_,)
    if isinstance(set_, SetPicture) or len(set_) != len(stack.lines):
        return ((),) * count
    line_count = len(set_) // count
    return tuple(set_[start : start + line_count] for start in range(0, len(set_), line_count))
