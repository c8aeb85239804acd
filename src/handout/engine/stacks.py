"""Set many values in few boxes: those of one slot that have the same type and the same number of lines.

A box of its own for each value takes the engine many times as long as a line in a box of all. What a line
says and where it begins across does not change by that; its height on the page is that of a value set alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from handout.engine.slots import Drawing, Line, Set, Value

_BREAK, _END = "<br>", "</span>"
_STYLE = 'style="'
_WHOLE = '<div style="display: inline-block; inline-size: 100%">{}</div>'
"""The engine breaks no such box at the foot of a page."""
MOST_LINES = 60
"""In a box: for each line the engine looks at all that come after it."""


@dataclass(frozen=True)
class Stack:
    """Values that are set in one box."""

    html: str
    numbers: tuple[int, ...]
    """Which of the values they are, from the top down."""
    model: int | None = None
    """Which value, in a box of its own, tells their height; None: this box has one value."""


def stacked(values: Sequence[Value]) -> tuple[Stack, ...]:
    """Return *values* in boxes: of those that are alike the first has its own, and the others share one."""
    alike: dict[tuple[str, int], list[tuple[int, str]]] = {}
    stacks = []
    for number, value in enumerate(values):
        opening, lines = _parted(value.html)
        group = alike.setdefault((opening, len(lines)), [])
        group.append((number, "\n".join(lines)))
        if len(group) == 1 or not lines:
            stacks.append(Stack(value.html, (number,)))
    for (opening, line_count), (first, *others) in alike.items():
        if others and line_count:
            most = max(1, MOST_LINES // line_count)
            parts = (others[start : start + most] for start in range(0, len(others), most))
            stacks += (_stack(opening, part, first[0]) for part in parts)
    return tuple(stacks)


def _stack(opening: str, numbered: Sequence[tuple[int, str]], model: int) -> Stack:
    """Return the *numbered* values in one box, as one text whose line ends are kept."""
    text = "\n".join(lines for _, lines in numbered)
    box = opening.replace(_STYLE, f"{_STYLE}white-space: pre; ", 1)
    return Stack(_WHOLE.format(box + text + _END), tuple(number for number, _ in numbered), model)


def _parted(html: str) -> tuple[str, tuple[str, ...]]:
    """Return the opening tag of a slot and the lines in it; no lines where there is anything else in it."""
    opening, _, rest = html.partition(">")
    lines = rest.removesuffix(_END).split(_BREAK)
    is_text = rest.endswith(_END) and not any("<" in line for line in lines)
    return f"{opening}>", tuple(lines) if is_text else ()


def unstacked(stacks: Sequence[Stack], sets: Sequence[Set]) -> tuple[Set, ...]:
    """Return the values of *stacks*, which were set as *sets*, in their order.

    Nothing stands for those of a box that is not lines alone.
    """
    found: dict[int, Set] = {}
    for stack, set_ in zip(stacks, sets, strict=True):
        model = None if stack.model is None else found[stack.model]
        own = (set_,) if model is None else _taken_apart(set_, model, len(stack.numbers))
        found |= zip(stack.numbers, own, strict=True)
    return tuple(found[number] for number in sorted(found))


def _taken_apart(set_: Set, model: Set, count: int) -> Iterator[Set]:
    """Yield the lines of *set_* as *count* values, each as high on the page as *model*."""
    lines, highs = _lines(set_), _lines(model)
    for index in range(count):
        if len(lines) == count * len(highs):
            own = lines[index * len(highs) : (index + 1) * len(highs)]
            yield tuple(replace(line, y_px=high.y_px) for line, high in zip(own, highs, strict=True))
        else:
            yield ()


def _lines(set_: Set) -> tuple[Line, ...]:
    return () if isinstance(set_, Drawing) else set_
