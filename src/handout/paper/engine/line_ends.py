"""What WeasyPrint 70 does wrong at the end of a line, and what does it in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from weasyprint.layout import inline

_RESUME, _WIDTH = 2, 3
"""Where the engine says of a line at which byte the next one begins, None for none, and how wide it is."""
_COLLAPSING = frozenset({"normal", "nowrap", "pre-line"})
"""Where a space at the end of a line takes no room."""


@contextmanager
def mended() -> Iterator[None]:
    """Let the space between a text and a key hang over the end of its line (CSS Text 3 §4.1.2).

    Where all of a text fits but for that space, the engine takes its first word alone for the line
    (findings/weasyprint-space-before-box.sh). What follows then goes to the next line, as it should.
    """
    split = inline.split_first_line

    def split_as_it_fits(
        text: str, style: Any, context: Any, max_width: float | None, *others: Any, **named: Any
    ) -> Any:
        found = split(text, style, context, max_width, *others, **named)
        if max_width is None or found[_RESUME] is None or not text.endswith(" "):
            return found
        if style["white_space"] not in _COLLAPSING:
            return found
        bare = split(text.rstrip(" "), style, context, max_width, *others, **named)
        if bare[_RESUME] is None and bare[_WIDTH] <= max_width:
            return split(text, style, context, None, *others, **named)
        return found

    inline.split_first_line = split_as_it_fits
    try:
        yield
    finally:
        inline.split_first_line = split
