"""Read the catalogs of translations, and write them: PO files, as Weblate, Poedit and gettext have them.

Babel reads a PO file entry by entry. Three things it lets go of are kept here, so that what comes back from a
translator is what went out: headers that it does not know, the words that an entry was made of before
(`#| msgid`), and on which line an entry stands. Pure.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from email import message_from_string
from typing import Any

from babel.messages import catalog as babel_catalog
from babel.messages.pofile import PoFileError, PoFileParser, write_po

from handout.machine.gate import Refused, decode_text
from handout.model.catalog import CatalogEntry, TranslationCatalog, source_in
from handout.model.findings import Finding, Place
from handout.model.messages import say
from handout.model.names import quoted
from handout.model.rules import Rule

TRANSLATED_BY, REVIEWED = "X-Translated-By", "X-Reviewed"
"""Headers of ours: who made it, and when a person last read all of it."""
WIDTH = 100


class PoCatalog(babel_catalog.Catalog):
    """A PO file with all its headers, as they were written."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self.headers: dict[str, str] = dict(headers or {})
        super().__init__(header_comment="", fuzzy=False)

    def __setitem__(self, key: Any, message: babel_catalog.Message) -> None:
        if key == "":
            self.headers |= dict(message_from_string(str(message.string)).items())
        super().__setitem__(key, message)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return list(self.headers.items())

    @mime_headers.setter
    def mime_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        # What Babel makes of the others, a locale or a day, is of no use here, and may fail.
        self._set_mime_headers((name, value) for name, value in headers if name.lower() == "content-type")


def new_headers(language: str) -> dict[str, str]:
    """Return the headers of a new catalog in *language*: nobody made or read it yet."""
    return {
        "Language": language.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        TRANSLATED_BY: "",
        REVIEWED: "none",
    }


class _Parser(PoFileParser):
    """Keeps the words that an entry was made of before."""

    def _reset_message_state(self) -> None:
        super()._reset_message_state()
        self._before: list[str] = []

    def _process_comment(self, line: str) -> None:
        if line.startswith("#|"):
            self._finish_current_message()
            self._before.append(line[2:].strip())
        else:
            super()._process_comment(line)

    def _add_message(self) -> None:
        before = " ".join(self._before)
        messages: list[Any] = list(self.messages)
        context: Any = self.context
        super()._add_message()
        if not before.startswith("msgid "):
            return
        made = self.catalog.get(messages[0].denormalize(), context.denormalize() if context else None)
        if made is not None:
            made.previous_id = [_unquoted(before.removeprefix("msgid "))]


def _unquoted(written: str) -> str:
    r"""Return the words of `"" "Klik op `A`" "\n"`."""
    pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', written)
    signs = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda found: signs.get(found[1], found[1]), "".join(pieces))


def read_po_text(text: str) -> PoCatalog:
    """Return the catalog in *text*. Raises PoFileError with the line, and ValueError for a wrong header."""
    made = PoCatalog()
    try:
        _Parser(made, abort_invalid=True).parse(text.splitlines())
    except (LookupError, AttributeError, TypeError, AssertionError) as error:  # what a broken entry ends in
        raise ValueError(str(error)) from error
    return made


def catalog(path: str, data: bytes) -> tuple[TranslationCatalog | None, tuple[Finding, ...]]:
    """Return the catalog in *data*, the bytes of the file *path*, and all that is wrong with it."""
    language, source = source_in(path)
    try:
        read = read_po_text(decode_text(data))
    except Refused as refused:
        return None, (Finding(Place(path, refused.line), refused.what, refused.fix, rule=refused.rule),)
    except PoFileError as error:
        return None, (_broken(Place(path, (error.lineno or 0) + 1)),)
    except ValueError:
        return None, (_broken(Place(path)),)
    findings = []
    entries: dict[str, CatalogEntry] = {}
    for message in read:
        if not message.id:
            continue
        place = Place(path, message.lineno or 0)
        if not isinstance(message.id, str) or not isinstance(message.string, str):
            what = say("an entry has a plural, which no text of a sheet has")
            fix = say("write one msgid and one msgstr, as 'handout translate export' does")
            findings.append(Finding(place, what, fix, rule=Rule.TRANSLATION_BROKEN))
            continue
        entries[message.id] = CatalogEntry(message.string, place, message.fuzzy)
    reviewed, faults = _reviewed(read.headers, path)
    made = TranslationCatalog(
        source=source,
        language=language,
        path=path,
        entries=entries,
        translated_by=read.headers.get(TRANSLATED_BY, "").strip(),
        reviewed=reviewed,
    )
    return made, (*findings, *faults)


def _broken(place: Place) -> Finding:
    # What the parser says of it, "Got line that didn't start with …", helps nobody who did not write it.
    return Finding(
        place,
        say("this line does not belong in a PO file") if place.line else say("this is not a whole PO file"),
        say("mend this line, or save the file anew in the program for translators that it came from"),
        rule=Rule.TRANSLATION_BROKEN,
    )


def _reviewed(headers: Mapping[str, str], path: str) -> tuple[date | None, tuple[Finding, ...]]:
    written = headers.get(REVIEWED, "").strip()
    if written in ("", "none"):
        return None, ()
    try:
        return date.fromisoformat(written), ()
    except ValueError:
        what = say("the header {name} is {value}, which is no day", name=REVIEWED, value=quoted(written))
        fix = say("write the day on which a person read all of it, as 2026-11-22, or none")
        return None, (Finding(Place(path), what, fix, rule=Rule.TRANSLATION_BROKEN),)


def po_bytes(made: PoCatalog) -> bytes:
    """Return *made* as a PO file: the same catalog gives the same bytes."""
    target = io.BytesIO()
    write_po(target, made, width=WIDTH, include_previous=True)
    return target.getvalue().lstrip(b"\n")
