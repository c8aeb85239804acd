"""What does not change between layouts is worked out once: for the next setting, edition and school too.

WeasyPrint begins each layout from nothing. Here a process keeps its fonts open, the lines that it has broken
(`kept_lines`) and the styles that it has computed (`kept_styles`); and what a style alone decides is found
once for all of its boxes (`used_values`). The pages stay the same to the byte.

All of that leans on names that the engine does not promise; `replacements` puts ours in the place of them. So
it is done for the version that it was tested with alone. With another none of these modules is imported, and
the engine does all by itself, as slowly as it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import weasyprint

from handout.paper.engine.places import Places

if TYPE_CHECKING:
    from handout.paper.engine.replacements import Kept

TESTED_VERSION = "70.0"
"""Of the engine. With a newer one run the tests of this module, and look through what it leans on."""


def is_tested() -> bool:
    """Tell whether the engine is the one that this was tested with."""
    return bool(weasyprint.__version__ == TESTED_VERSION)


_of_process: list[Kept] = []


def for_layout(places: Places) -> Kept | None:
    """Return what is kept for a layout of *places*, whose stylesheets `styles` has read.

    None where nothing may be kept: the engine is another one, or a style depends on more than itself.
    """
    if not is_tested():
        return None
    from handout.paper.engine import replacements

    if replacements.depends_on_page(places):
        return None
    if _of_process and _of_process[0].is_full:
        forget()
    if not _of_process:
        _of_process.append(replacements.Kept())
    _of_process[0].layouts += 1
    return _of_process[0]


def forget() -> None:
    """Work out all anew from now on: the engine says once that a value is wrong, and no second time."""
    _of_process.clear()


@contextmanager
def in_place() -> Iterator[None]:
    """Let the engine take what is kept, in a layout."""
    if not is_tested():
        yield
        return
    from handout.paper.engine import replacements

    with replacements.in_place():
        yield
