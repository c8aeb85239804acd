"""The fonts come first: WeasyPrint, which the tests import, looks for them once."""

from __future__ import annotations

from handout.paper.engine.fonts import isolate

isolate()
