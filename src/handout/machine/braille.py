"""Have liblouis translate texts into braille cells: one bounded process for many lines, and no shell."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from handout.model.findings import EnvironmentFault
from handout.model.messages import say

COMMAND = "lou_translate"
LONGEST_ANSWER_S = 30
MOST_INPUT_BYTES = 1_000_000
MOST_OUTPUT_BYTES = 8_000_000
LONGEST_PIECE = 400
"""Characters that are given at once: the program parts a line of some two thousand in two, without a word."""
TABLES: Mapping[str, str] = {
    "ar": "unicode.dis,ar-ar-g1.utb",
    "de": "unicode.dis,de-g0.utb",
    "en": "unicode.dis,en-ueb-g1.ctb",
    "es": "unicode.dis,es-g1.ctb",
    "fr": "unicode.dis,fr-bfu-comp6.utb",
    "it": "unicode.dis,it-it-comp6.utb",
    "nl": "unicode.dis,nl-NL-g0.utb",
    "pt": "unicode.dis,pt-pt-g1.utb",
    # Its letters have dots that only the Russian display knows: another leaves four of them as they are.
    "uk": "ru-unicode.dis,uk.utb",
}
"""The tables without contractions, each with the display that writes cells as Unicode does, by language.

Turkish has none that can be used: its tr-g1.ctb of 3.24 spells ç, ğ and ü as English does.
"""
BLANK = "\u2800"
"""The cell without dots: a space."""
_SIX_DOTS = range(0x2800, 0x2840)
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛´`", "'"),
        **dict.fromkeys("“”„‟«»‹›", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("·•", "-"),
        "…": "...",
        "→": "->",
        "×": "x",
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\ufeff", ""),
    }
)
"""Signs that tables lack or take for something else, as a typewriter has them."""


@dataclass(frozen=True)
class BrailleLines:
    """Texts in cells."""

    lines: tuple[str, ...]
    """A line for each text, of the cells of Unicode, with BLANK for a space."""
    missing: frozenset[str] = frozenset()
    """Letters that the table has no cells for; they are left out."""


def is_known(language: str) -> bool:
    """Tell whether there is a table for *language*, a tag without its region."""
    return language in TABLES


def require() -> None:
    """Raise EnvironmentFault where this machine cannot translate into braille."""
    if shutil.which(COMMAND) is None:
        raise EnvironmentFault(
            say("this machine has no '{command}', which makes braille", command=COMMAND),
            say(
                "install it (Debian, Ubuntu: sudo apt-get install liblouis-bin liblouis-data; Fedora: "
                "sudo dnf install liblouis-utils; macOS: brew install liblouis), or leave the option out"
            ),
        )


def in_cells(texts: Sequence[str], language: str) -> BrailleLines:
    """Return *texts*, each without line breaks, in the cells of *language*, for which there is a table.

    A letter that the table lacks stands as the one that it is made of, as s for ş. Raises EnvironmentFault.
    """
    table = TABLES[language]
    plain = [" ".join(text.translate(_PLAIN).split()) for text in texts]
    put = _substitutes({letter for text in plain for letter in text} - {" "}, table)
    marks = {ord(letter): base for letter, base in put.items()}
    known = [" ".join(text.translate(marks).split()) for text in plain]
    pieces = [list(_pieces(text)) for text in known]
    cells = iter(_translated([piece for parts in pieces for piece in parts], table))
    lines = tuple(BLANK.join(next(cells).strip(BLANK) for _ in parts) for parts in pieces)
    return BrailleLines(lines, frozenset(letter for letter, base in put.items() if not base))


def _substitutes(letters: Iterable[str], table: str) -> Mapping[str, str]:
    """Return what stands for those of *letters* that *table* lacks: the letter below, or nothing."""
    bases = {one: unicodedata.normalize("NFKD", one)[0] for one in _unknown(sorted(letters), table)}
    lacking = set(_unknown(sorted(set(bases.values())), table))
    return {letter: "" if base in lacking else base for letter, base in bases.items()}


def _pieces(text: str) -> Iterator[str]:
    """Yield *text* in pieces of whole words that are given at once."""
    piece = ""
    for word in text.split(" "):
        if piece and len(piece) + len(word) >= LONGEST_PIECE:
            yield piece
            piece = ""
        piece = f"{piece} {word}" if piece else word[:LONGEST_PIECE]
    yield piece


def _unknown(letters: Sequence[str], table: str) -> list[str]:
    """Return those of *letters* that *table* has no cells for: it spells their number, or leaves them out."""
    return [
        letter for letter, cells in zip(letters, _translated(letters, table), strict=True) if not _is(cells)
    ]


def _is(cells: str) -> bool:
    plain = cells.strip(BLANK)
    return bool(plain) and all(ord(cell) in _SIX_DOTS for cell in plain)


def _translated(lines: Sequence[str], table: str) -> list[str]:
    """Return what liblouis makes of *lines* by *table*, a line each."""
    if not lines:
        return []
    # It takes a backslash for the beginning of a number.
    data = "".join(f"{line}\n" for line in lines).replace("\\", "\\\\").encode()
    if len(data) > MOST_INPUT_BYTES:
        raise EnvironmentFault(
            say("the text is too long to be made into braille at once"),
            say("part the handout in two"),
        )
    made = _answer(data, table).decode("utf-8", "replace").splitlines()
    if len(made) != len(lines):
        raise EnvironmentFault(
            say("'{command}' cannot use the table '{table}'", command=COMMAND, table=table),
            say("install the tables of liblouis 3.24 or newer: sudo apt-get install liblouis-data"),
        )
    return made


def _answer(data: bytes, table: str) -> bytes:
    """Return what the program writes of *data*, within bounds of time and size."""
    # Every start imports this module, for its version is a part of what a build is made from.
    import subprocess

    with tempfile.TemporaryFile() as source:
        source.write(data)
        source.seek(0)
        try:
            process = subprocess.Popen(
                (COMMAND, "--forward", table),
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            )
        except OSError as error:
            require()
            raise EnvironmentFault(
                say("'{command}' cannot be started: {error}", command=COMMAND, error=error),
                say("install liblouis again, or leave the option out"),
            ) from error
        clock = threading.Timer(LONGEST_ANSWER_S, process.kill)
        clock.start()
        with process:
            assert process.stdout is not None
            made = process.stdout.read(MOST_OUTPUT_BYTES + 1)
            process.kill()  # at its end already, or past all bounds
        clock.cancel()
    if len(made) > MOST_OUTPUT_BYTES or not made:
        return b""
    return made
