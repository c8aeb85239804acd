"""What a cell of a table says to who looks at it: without what nobody sees in it."""

from __future__ import annotations

import re
import unicodedata

NO_BREAK_SPACE = "\u00a0"

UNSEEN: dict[int, None] = dict.fromkeys(
    (
        0x00AD,  # soft hyphen: where a word may be broken
        0x034F,
        0x061C,
        *range(0x200B, 0x2010),  # zero-width spaces and joiners, marks of direction
        *range(0x202A, 0x202F),  # embeddings: Outlook puts them round a phone number
        *range(0x2060, 0x2065),  # word joiner, invisible operators
        *range(0x2066, 0x206A),  # isolates
        *range(0xFE00, 0xFE10),  # variation selectors
        0xFEFF,
    )
)
"""Characters that stand for nothing on paper, copied with a text from a mail or a page (Unicode: Cf, and
Default_Ignorable_Code_Point)."""

_JOINERS = re.compile("(?<=[\u0600-\u08ff])[\u200c\u200d](?=[\u0600-\u08ff])")
"""Between Arabic letters they change their shapes."""

_DIGRAPHS = (0x13F, 0x140, *range(0x1C4, 0x1CD), *range(0x1F1, 0x1F4))  # Ŀ of Catalan, Ǉ and Ǆ of Croatian

_LIKE = {
    **dict.fromkeys((0x202F, 0x2007), NO_BREAK_SPACE),
    **dict.fromkeys((*range(0x2000, 0x2007), 0x2008, 0x2009, 0x200A, 0x205F, 0x3000), " "),
    # A value is broken behind a hyphen only where nothing else fits, so a non-breaking one needs no sign of
    # its own. None of our text faces holds these.
    **dict.fromkeys((0x2010, 0x2011, 0x2012), "-"),
    0x02BC: "\u2019",  # the apostrophe of Ukrainian names
    # Two letters in one character, which old tables have. Fonts draw them as two, and so they are read.
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in _DIGRAPHS},
}


def plain(cell: str) -> str:
    """Return *cell* as it is meant: white space at its ends and what nobody sees taken off.

    Hyphens and spaces become those of a keyboard; a space that does not break stays one, as U+00A0.
    """
    joiners = {found.start() for found in _JOINERS.finditer(cell)}
    kept = "".join(letter for at, letter in enumerate(cell) if at in joiners or ord(letter) not in UNSEEN)
    return kept.translate(_LIKE).strip()
