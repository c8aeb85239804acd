"""Which modules a process that works for us needs in memory. Light: it is asked before anything is loaded."""

from __future__ import annotations

TO_STRIKE = ("handout.paper.impose", "handout.editions.imprint.readback", "handout.builder.rounds")
"""Where copies come from plates that are there."""
TO_RENDER = (
    "handout.paper.engine.preloaded",
    *TO_STRIKE,
    "handout.editions.imprint.compare",
    "handout.editions.imprint.plating",
    "handout.editions.expectations",
)
