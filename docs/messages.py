"""Take the sentences of the program out of its code, and write its catalogs: `make messages`.

A .po file beside the code has each sentence with its translation. What is new there has none yet, and what no
code says any more is gone: write the translations, and run it again for the .mo files that the program reads.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "src/handout"
FOLDER = PROGRAM / "messages"
LANGUAGES = ("nl",)
CALLS: dict[str, tuple[int, ...] | None] = {"say": None, "say_count": (2, 3)}
"""What makes a sentence, and which of its arguments are patterns; None: the first."""
_IDLE = tuple(
    f'"{name}'.encode()
    for name in (
        *("Report-Msgid-Bugs-To", "Last-Translator", "Language-Team", "POT-Creation-Date"),
        *("PO-Revision-Date", "Generated-By"),
    )
)
"""What Babel writes into the head of a catalog, and says nothing of it."""
_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""The same sentences give the same file."""


def extracted(program: Path = PROGRAM) -> Catalog:
    """Return the sentences that the code in *program* says, in the order of its files."""
    catalog = Catalog(project="handout", charset="utf-8", creation_date=_NO_DAY, revision_date=_NO_DAY)
    for path in sorted(program.rglob("*.py")):
        # The folder alone, no line: a change above a sentence is none of it.
        place = [(path.relative_to(program.parents[1]).as_posix(), 0)]
        for _, message, _, _ in extract_from_file("python", path, keywords=CALLS):
            catalog.add(message if isinstance(message, str) else tuple(message), locations=place)
    return catalog


def patterns(code: str) -> Iterator[ast.Call]:
    """Yield the calls in *code* that make a sentence."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield node


def path_of(language: str) -> Path:
    """Return the .po file of *language*."""
    return FOLDER / f"{language}.po"


def read(language: str) -> Catalog:
    """Return what stands in the .po file of *language*."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def as_text(catalog: Catalog) -> bytes:
    """Return *catalog* as a .po file, without lines of code and without what no code says."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, include_lineno=False, ignore_obsolete=True)
    return b"".join(line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(_IDLE))


def compiled(catalog: Catalog) -> bytes:
    """Return *catalog* as a .mo file."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """Return the sentences of *catalog* that have no translation, or not for each number."""
    return [str(message.id) for message in catalog if message.id and not all(_texts(message))]


def _texts(message: Message) -> tuple[str, ...]:
    """Return the translation of *message*, for one and for several where it counts."""
    if message.pluralizable:
        return tuple(message.string or ("",))
    return (str(message.string or ""),)


def main() -> None:
    """Write the catalogs anew, and say what they lack."""
    for language in LANGUAGES:
        catalog = read(language)
        template = extracted()
        catalog.update(template, no_fuzzy_matching=True)
        catalog.creation_date = catalog.revision_date = _NO_DAY
        path_of(language).write_bytes(as_text(catalog))
        path_of(language).with_suffix(".mo").write_bytes(compiled(catalog))
        missing = untranslated(catalog)
        name = path_of(language).relative_to(ROOT)
        print(f"{name}: {len(catalog)} sentences, {len(missing)} without a translation")
        for sentence in missing:
            print(f"  {sentence}")


if __name__ == "__main__":
    main()
