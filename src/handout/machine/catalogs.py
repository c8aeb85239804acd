"""The sentences of the program in other languages, as they come with it: a `messages/<language>.mo` for each.

`make messages` writes those files from the .po files beside them. A .po file takes 100 ms to read, and the
library that reads it 200 ms more; a .mo file takes one, and Python reads it by itself.
"""

from __future__ import annotations

import gettext
from functools import cache

from handout.machine.program import PACKAGE
from handout.model.messages import ENGLISH, Catalog

FOLDER = PACKAGE / "messages"
LANGUAGES = (ENGLISH.language, "nl")
"""English stands in the program itself, and has no file."""
DECIMAL_SIGNS = {"nl": ","}


@cache
def catalog(language: str) -> Catalog:
    """Return the sentences in *language*, one of LANGUAGES."""
    if language == ENGLISH.language:
        return ENGLISH
    with (FOLDER / f"{language}.mo").open("rb") as file:
        found = gettext.GNUTranslations(file)
    return Catalog(language, found.gettext, found.ngettext, DECIMAL_SIGNS[language])
