"""Which names of WeasyPrint 70.0 stand for what `kept` keeps, while a page is laid out."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from types import ModuleType
from typing import Any

from weasyprint import css
from weasyprint.css.units import VIEWPORT_UNITS
from weasyprint.layout import percent
from weasyprint.text import line_break
from weasyprint.text.fonts import FontConfiguration

from handout.paper.engine import kept_lines, kept_styles, used_values
from handout.paper.engine.places import Places

MOST_LAYOUTS = 500
"""That share fonts: what these come to hold does not add up."""
REPLACED: tuple[tuple[Any, Callable[..., Any]], ...] = (
    (css.StyleFor, kept_styles.KeptStyleFor),
    (line_break.split_first_line, kept_lines.split_first_line),
    (line_break.strut, kept_lines.strut),
    (percent.resolve_percentages, used_values.resolve_percentages),
    (percent.resolve_radii_percentages, used_values.resolve_radii_percentages),
)
"""What the engine calls by its name in a module, with what does the same in its place."""
_VIEWPORT_LENGTH = re.compile(rf"\d(?:{'|'.join(sorted(VIEWPORT_UNITS))})\b", re.IGNORECASE)


class Kept(FontConfiguration):  # type: ignore[misc]  # WeasyPrint carries no types
    """The fonts of a process, and what was done with them: the engine hands both on together."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = kept_lines.KeptLines()
        self.styles = kept_styles.KeptStyles()
        self.layouts = 0

    @property
    def is_full(self) -> bool:
        return self.lines.is_full or self.styles.is_full or self.layouts >= MOST_LAYOUTS


@contextmanager
def in_place() -> Iterator[None]:
    """Let the engine call what REPLACED names, and look up what no rule sets as `used_values` does."""
    with ExitStack() as stack:
        for engines, ours in REPLACED:
            for module in holders(engines):
                stack.callback(setattr, module, engines.__name__, engines)
                setattr(module, engines.__name__, ours)
        stack.callback(setattr, css.ComputedStyle, "__missing__", css.ComputedStyle.__missing__)
        css.ComputedStyle.__missing__ = used_values.computed
        yield


@cache
def holders(engines: Any) -> Sequence[ModuleType]:
    """Return the modules of the engine that know the function or class *engines* by its name."""
    loaded = [module for name, module in sys.modules.items() if name.partition(".")[0] == "weasyprint"]
    return tuple(one for one in loaded if getattr(one, engines.__name__, None) is engines)


def depends_on_page(places: Places) -> bool:
    """Tell whether a length in a style goes by the size of the page, which no style knows of."""
    styles = (style for element in places.root.iter() if (style := element.get("style")))
    return any(_VIEWPORT_LENGTH.search(text) for text in (*(sheet.text for sheet in places.sheets), *styles))
