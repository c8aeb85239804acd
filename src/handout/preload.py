"""Which modules a process that works for us needs in memory. Light: it is asked before anything is loaded."""

from __future__ import annotations

TO_STRIKE = ("handout.impose", "handout.imprint.readback", "handout.running")
"""Where copies come from plates that are there."""
TO_RENDER = (
    "handout.engine.preloaded",
    *TO_STRIKE,
    "handout.imprint.compare",
    "handout.imprint.plating",
    "handout.terms",
)
