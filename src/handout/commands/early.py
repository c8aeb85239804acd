"""Begin with what takes longest before the command line is read: the imports of the renderer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from handout.builder import preload

WITHOUT_RENDERER = "--help", "--dask", "--school", "--only"
"""How words begin of a build that renders nothing here, or may find in the cache what serves all schools."""


def begin(arguments: Sequence[str]) -> None:
    """Let the renderer get ready beside what this process does first, where *arguments* will need it.

    A wrong guess costs another process half a second, and changes nothing: it ends with this one.
    """
    if needs_renderer(arguments):
        from handout.machine import workers

        with suppress(OSError):  # who does the work will say it
            workers.warm_up(preload.TO_RENDER)


def needs_renderer(arguments: Sequence[str]) -> bool:
    """Tell whether *arguments*, not read yet, most likely ask for something to be rendered."""
    return arguments[:1] == ["build"] and not any(word.startswith(WITHOUT_RENDERER) for word in arguments)
