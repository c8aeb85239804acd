"""Import it, and the engine is ready: for the process from which workers are forked.

What this machine lacks is not said here, where nobody hears it: the first worker that needs it says so.
"""

from __future__ import annotations

from contextlib import suppress

from handout.engine import fonts
from handout.errors import EnvironmentFault

with suppress(EnvironmentFault, ImportError, OSError):
    # WeasyPrint reads the font settings when it is imported and never again.
    fonts.isolate()
    from handout.engine import air, balance, checks, excess, fit, layout, render  # noqa: F401
