"""The language of a project, of one that cannot be loaded too. Light: each build asks it."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from handout.machine import gate
from handout.model.names import SETTINGS_FILE

MOST_SETTINGS_BYTES = 200_000
_LANGUAGE_LINE = re.compile(r"""^\s*language\s*=\s*["']([A-Za-z-]+)["']""", re.MULTILINE)


def language_in(root: Path) -> str | None:
    """Return the language of the project in *root*, `nl-BE`, as its settings say it; None where they do not.

    They need not be right: what is wrong with them is told to its editors in their language.
    """
    with suppress(gate.Refused):
        text = gate.read_bytes(root, SETTINGS_FILE, MOST_SETTINGS_BYTES).decode("utf-8", "replace")
        if (found := _LANGUAGE_LINE.search(text)) is not None:
            return found[1]
    return None
