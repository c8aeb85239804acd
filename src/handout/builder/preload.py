"""Which modules a process that works for us needs in memory. Light: it is asked before anything is loaded."""

from __future__ import annotations

TO_DRAW = ("handout.builder.rounds", "handout.builder.pictures", "pypdfium2", "PIL.WebPImagePlugin")
"""Where pages are drawn for the gallery, and no process is there yet: nothing else was made anew."""
TO_BATCH = ("handout.paper.impose", "handout.editions.imprint.readback", "handout.builder.rounds")
"""Where copies come from masters that are there."""
TO_RENDER = (
    "handout.paper.engine.preloaded",
    *TO_BATCH,
    "handout.editions.imprint.compare",
    "handout.editions.imprint.masters",
    "handout.editions.expectations",
)
