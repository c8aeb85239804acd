"""Where the program itself lies, and what comes with it. Light: a build that changes nothing asks it too."""

from __future__ import annotations

from pathlib import Path

import handout

PACKAGE = Path(handout.__file__).resolve().parent
"""The folder of all rooms, wherever in them the code stands that asks."""


def packaged_root() -> Path:
    """Return the folder of the templates, styles and starter that come with the program.

    In a wheel they lie beside the code; in a checkout the checkout itself is that folder.
    """
    packaged = PACKAGE / "packaged"
    return packaged if packaged.is_dir() else PACKAGE.parents[1]
