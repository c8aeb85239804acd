"""Name what a sheet says: the code at its foot is a sum of its words, numbers, pictures and addresses.

The sum is taken of what the templates write, in reading order, before a stylesheet has a say: what looks
different and says the same keeps its code. docs/code.md tells what is in it.
"""

from __future__ import annotations

import hashlib
import json
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import TypeAlias

from handout.document import resolve, status
from handout.model.document import Document, Ink, Passage
from handout.model.findings import Finding, has_errors
from handout.model.names import SETTINGS_FILE
from handout.project.plan import Edition
from handout.project.project import Project, primary_language
from handout.project.translations import settings_in

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which a reader takes for 1, 0 and V."""
CODE_LENGTH = 6
"""30 bits: among the ten thousand editions of a large network two are alike once in twenty times."""
_MISREAD = str.maketrans("ILO", "110")
_SUM_LENGTH = 16
"""Hexadecimal digits of the sum of a file: the manifest has a row of them for each of thousands of copies."""

Said: TypeAlias = tuple[str, str | int]
"""One thing that a sheet says, and of which kind: `("words", "Open Outlook.")`, `("number", 3)`."""


def document(
    project: Project, edition: Edition, general: Document | None = None
) -> tuple[Document, tuple[Finding, ...]]:
    """Return what `document.resolve.document` does, with the code, and the sums of what it was made from.

    Neither school nor ink is in the code: every copy holds the same words, and the page is composed for
    none. *general* is what this function gave for *edition* without a school, where that is done. Where
    composing fails the fault of the template is among the findings, and there is no code.
    """
    from handout.paper.compose import bounded  # only here: who asks for no code must not pay for what draws

    resolved, found = resolve.document(project, edition)
    if has_errors(found):
        return resolved, found
    if general is not None:
        return replace(
            resolved,
            code=general.code,
            status=general.status,
            sums=general.sums,
            passages=general.passages,
        ), found
    shared = resolved
    if edition.school is not None or edition.ink is not Ink.COLOUR:
        shared, _ = resolve.document(project, replace(edition, school=None, ink=Ink.COLOUR))
    bare = bounded.bare(shared, project)
    if bare.findings:
        return resolved, (*found, *bare.findings)
    reader = _read(bare.html)
    sums = _sums(project, shared, bare.templates, reader.told)
    code = code_of(edition.format, reader.told)
    # Drawn of the code that is final: nothing that leads to it is in the sum.
    leads = status.target(project, edition, code)
    return replace(resolved, code=code, status=leads, sums=sums, passages=tuple(reader.passages)), found


def code_of(format_: str, told: Iterable[Said]) -> str:
    """Return the code of a sheet in *format_* that says what is *told*.

    A sum of kinds and values: a new kind of thing to say changes no sheet that has none of it.
    """
    digest = hashlib.sha256(json.dumps([format_, *told], ensure_ascii=True).encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(CODE_LENGTH)))


def read_code(typed: str) -> str | None:
    """Return the code that a person typed from a sheet, or None for what cannot be one.

    Small letters and spaces are allowed; I, L and O stand for the digits that they look like.
    """
    code = "".join(typed.split()).replace("-", "").upper().translate(_MISREAD)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


# ---- what a page says -------------------------------------------------------------------------


def said(html: str) -> tuple[Said, ...]:
    """Return what *html*, composed by `paper.compose.page.bare`, says in reading order."""
    return tuple(_read(html).told)


def passages(html: str) -> tuple[Passage, ...]:
    """Return the same without the numbers, each with where a reader finds it."""
    return tuple(_read(html).passages)


def _read(html: str) -> _PageReader:
    reader = _PageReader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader


_UNSEEN = frozenset({"title", "style", "script"})
"""Elements whose text is not on the paper. The title of the file is printed where a template writes it."""
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "u", "var", "wbr"}
)
"""Elements that stand in a line of text; every other one begins a block of its own."""
_TECHNICAL = re.compile(r"data-(?:place|slot|ink|turn|spread|tall-steps|label|air-\w+|say(?:-\w+)?)")
"""Attributes for the engine. What else stands in `data-…` is for a stylesheet to print, as the foot is."""
_PARTING = "h2"
"""The heading of a procedure; within a list of steps it is the title of a step."""
_ADDRESSES = frozenset({"href", "data-href"})
_WORDS = frozenset({"alt", "aria-label"})
_COUNTER = re.compile(r"\bcounter-set:\s*list-item\s+(-?\d+)")
_SIGN = re.compile(r"(?<!\S)icon--([\w-]+)")
_UNPRINTED = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Places where a line may or may not be broken, and a byte order mark."""
_SEAM = "\x1f"
"""Between two elements of a line: 1 and 23 are not 12 and 3. No text holds it, the gate sees to that."""


class _PageReader(HTMLParser):
    """Hears a page: words by the block, and what stands between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.told: list[Said] = []
        self._block = ""
        self._is_seam = False
        self._unseen = 0
        self._level = 0
        """Of the list that we are in: its numbers are those of steps or of substeps."""
        self.passages: list[Passage] = []
        self._section = ""
        self._numbers: list[int] = []
        """Of the step that we are in, and of its substep."""
        self._heading = ""
        """The words so far of a heading that parts the sheet; it names what follows."""
        self._is_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self._level += tag == "ol"
        self._pass(tag)
        if tag == _PARTING and not self._level:
            self._is_heading, self._heading = True, ""
        for name, value in attrs:
            if value:
                self._attribute(name, value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        self._level -= tag == "ol"
        self._pass(tag)
        del self._numbers[max(self._level, 0) :]
        if tag == _PARTING and self._is_heading:
            self._is_heading, self._section = False, self._heading.strip()

    def handle_data(self, data: str) -> None:
        if self._unseen or not data:
            return
        if self._is_seam and self._block[-1:].isalnum() and data[0].isalnum():
            self._block += _SEAM
        self._block += data
        self._is_seam = False

    def end_block(self) -> None:
        """Put the words so far among what is told."""
        self._tell("words", self._block)
        self._block = ""

    def _pass(self, tag: str) -> None:
        """Pass the edge of an element: within a line it may be a seam, elsewhere a block ends."""
        if tag in _INLINE:
            self._is_seam |= tag != "wbr"
        else:
            self.end_block()

    def _attribute(self, name: str, value: str) -> None:
        if name == "style":
            for number in _COUNTER.findall(value):
                self._tell_apart(f"number {self._level}", int(number))
                del self._numbers[max(self._level - 1, 0) :]
                self._numbers.append(int(number) + 1)  # the engine adds one to a counter after it was set
        elif name == "class":
            for sign in _SIGN.findall(value):
                self._tell_apart("sign", sign)
        elif name in _ADDRESSES:
            self._tell_apart("address", value)
        elif name in ("lang", "src"):
            self._tell_apart({"lang": "language", "src": "picture"}[name], value)
        elif name in _WORDS or (name.startswith("data-") and not _TECHNICAL.fullmatch(name)):
            self._tell_apart("words", value)

    def _tell_apart(self, kind: str, value: str | int) -> None:
        self.end_block()
        self._tell(kind, value)

    def _tell(self, kind: str, value: str | int) -> None:
        unified = unified_text(value) if isinstance(value, str) else value
        if unified == "":
            return
        self.told.append((kind, unified))
        if isinstance(unified, str):
            text = unified.replace(_SEAM, " ")
            self.passages.append(Passage(kind, text, self._section, _step_label(self._numbers)))
            if self._is_heading and kind == "words":
                self._heading += f" {text}"


def _step_label(numbers: Sequence[int]) -> str:
    """Return how a reader names a step, `4`, or a substep, `4b`."""
    first, *rest = numbers or (0,)
    letters = "".join(string.ascii_lowercase[(number - 1) % len(string.ascii_lowercase)] for number in rest)
    return f"{first or ''}{letters}"


def unified_text(text: str) -> str:
    """Return *text* in NFC, with one space for white space of any kind, and without unprinted characters."""
    return unicodedata.normalize("NFC", " ".join(text.translate(_UNPRINTED).split()))


# ---- what it was made from --------------------------------------------------------------------


def _sums(
    project: Project, document: Document, templates: Iterable[str], told: Iterable[Said]
) -> Mapping[str, str]:
    """Return a sum of all that may change what *document* says, by the file that a person would look into."""
    language = primary_language(document.language)
    settings = settings_in(project, document)
    addresses = sorted({str(value) for kind, value in told if kind == "address"})
    audience = settings.audiences[document.audience]
    printed = [settings.organisation.name, settings.organisation.edition, audience.label]
    own = {
        SETTINGS_FILE: [document.language, *map(str, printed), *sorted(audience.fields.items()), addresses],
        f"templates/strings/{language}.toml": sorted(project.strings[language].items()),
        **{f"templates/{name}": project.templates[name] for name in templates},
    }
    return {
        **{path: project.hashes[path][:_SUM_LENGTH] for path in document.made_from},
        **{path: _sum(value) for path, value in own.items()},
    }


def _sum(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:_SUM_LENGTH]
