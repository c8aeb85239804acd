"""Import it, and the engine is ready: for the process from which workers are forked.

What this machine lacks is not said here, where nobody hears it: the first worker that needs it says so.
"""

from __future__ import annotations

from contextlib import suppress

from handout.model.findings import EnvironmentFault
from handout.paper.engine import fonts

with suppress(EnvironmentFault, ImportError, OSError):
    # WeasyPrint reads the font settings when it is imported and never again.
    fonts.isolate()
    from handout.paper.engine import balance, checks, fit, kept, layout, overflow, render, white_space  # noqa: F401

    if kept.is_tested():
        from handout.paper.engine import replacements  # noqa: F401
