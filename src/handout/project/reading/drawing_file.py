"""Read the file of a drawing: SVG as drawing programs save it, into a tree that knows its lines.

A document type may name short texts (Illustrator writes its namespaces so); nothing else in it is heeded,
nothing is fetched, and what the texts grow to is bounded before they are put in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from handout.machine.gate import Refused, decode_text
from handout.model.messages import Message, say, verbatim
from handout.model.names import quoted
from handout.model.rules import Rule
from handout.project.reading.drawing_style import SVG

MOST_BYTES = 8_000_000
"""What Illustrator keeps for itself in a file is many times the drawing."""
MOST_ELEMENTS = 50_000
MOST_LEVELS = 200
MOST_DOCTYPE_BYTES = 10_000
_LATIN_1 = re.compile(
    rb"""<\?xml[^>]{0,80}encoding=["'](?:iso-8859-1|windows-1252|latin1)["']""", re.IGNORECASE
)


@dataclass(frozen=True)
class DrawingTree:
    """A drawing as it is written in its file."""

    top: Element
    lines: Mapping[Element, int]
    """Where each element begins."""


def parsed(data: bytes) -> DrawingTree:
    """Return *data*, the bytes of an SVG file, as a tree. Raises Refused where it is none, or too much."""
    if len(data) > MOST_BYTES:
        raise Refused(
            Rule.FILE_TOO_LARGE,
            say("the drawing has {data_count} bytes", data_count=len(data)),
            say("simplify it: at most {most_bytes} bytes", most_bytes=MOST_BYTES),
        )
    text = _decoded(data)
    if "<svg" not in text and "xmlns" not in text:
        raise Refused(
            Rule.PICTURE_FORMAT,
            say("the file is no picture that we know"),
            say("save it as PNG, JPEG, WebP or SVG"),
        )
    reader = _DrawingReader(text)
    try:
        reader.read()
    except expat.ExpatError as error:
        raise Refused(
            Rule.PICTURE_DAMAGED,
            say("the drawing is not well-formed: {messages}", messages=_said(error)),
            say("export it again"),
            error.lineno,
        ) from error
    top = reader.builder.close()
    if top.tag != f"{SVG}svg":
        raise Refused(
            Rule.DRAWING_FORM,
            say("the file is no SVG"),
            say('begin it with <svg xmlns="http://www.w3.org/2000/svg" viewBox="…">'),
        )
    return DrawingTree(top, reader.lines)


def _decoded(data: bytes) -> str:
    """Return *data* as text: UTF-8 or, where the file says so and is no UTF-8, what old programs wrote."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return decode_text(data.decode("utf-16").encode())
        except UnicodeDecodeError as error:
            raise Refused(
                Rule.PICTURE_DAMAGED, say("the drawing breaks off"), say("export it again")
            ) from error
    try:
        return decode_text(data)
    except Refused:
        if _LATIN_1.search(data[:200]) is None:
            raise
        return decode_text(data.decode("cp1252", "replace").encode())


class _DrawingReader:
    """Builds the tree of *text* with the parser of Python's library, which fetches nothing by itself."""

    def __init__(self, text: str) -> None:
        self.builder = TreeBuilder()
        self.lines: dict[Element, int] = {}
        self._text = text
        self._levels = 0
        self._doctype_at = 0
        self._entity_bytes = 0
        self._parser = parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.builder.data
        parser.StartDoctypeDeclHandler = self._start_doctype
        parser.EndDoctypeDeclHandler = self._end_doctype
        parser.EntityDeclHandler = self._declare_entity
        parser.SkippedEntityHandler = self._skip_entity
        parser.ProcessingInstructionHandler = self._instruct

    def read(self) -> None:
        self._parser.Parse(self._text.encode(), True)

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._levels += 1
        if len(self.lines) >= MOST_ELEMENTS or self._levels > MOST_LEVELS:
            raise too_many_elements(self._line)
        named = {_named(key): value for key, value in attributes.items()}
        self.lines[self.builder.start(_named(name), named)] = self._line

    def _end(self, name: str) -> None:
        self._levels -= 1
        self.builder.end(_named(name))

    def _start_doctype(self, *_: object) -> None:
        self._doctype_at = self._parser.CurrentByteIndex

    def _end_doctype(self) -> None:
        # It may also give attributes to every element: what is short stays little.
        if self._parser.CurrentByteIndex - self._doctype_at > MOST_DOCTYPE_BYTES:
            raise self._not_plain(say("a document type (<!DOCTYPE) that is too long"))

    def _declare_entity(self, name: str, is_parameter: bool, value: str | None, *_: object) -> None:
        """Take the text *value* for `&name;`. None: it lies in another file."""
        if is_parameter or value is None or "&" in value or "%" in value:
            raise self._not_plain(
                say("{value}, which stands for more than a short text", value=quoted(f"<!ENTITY {name}"))
            )
        self._entity_bytes += len(value) * self._text.count(f"&{name};")
        if self._entity_bytes > MOST_BYTES:
            raise self._not_plain(say("{value}, which makes it too long", value=quoted(f"<!ENTITY {name}")))

    def _skip_entity(self, name: str, _: bool) -> None:
        raise self._not_plain(say("{value}, which nothing explains", value=quoted(f"&{name};")))

    def _instruct(self, target: str, _: str) -> None:
        if target == "xml-stylesheet":
            raise self._not_plain(say("styles that lie in another file (<?xml-stylesheet)"))

    def _not_plain(self, what: Message) -> Refused:
        fix = say("export it as plain SVG, with all that belongs to it in the file")
        return Refused(Rule.DRAWING_FORM, say("the drawing holds {what}", what=what), fix, self._line)


def _named(name: str) -> str:
    """Return *name* as ElementTree writes it: `{namespace}local`."""
    return "{" + name if "}" in name else name


def too_many_elements(line: int) -> Refused:
    return Refused(
        Rule.FILE_TOO_LARGE,
        say("the drawing has too many elements, or nests them too deep"),
        say("simplify it: Path > Simplify in Inkscape, Object > Path in Illustrator; or save it as PNG"),
        line,
    )


_EXPAT = {
    str(said): said
    for said in (
        say("syntax error"),
        say("no element found"),
        say("not well-formed (invalid token)"),
        say("unclosed token"),
        say("mismatched tag"),
        say("duplicate attribute"),
        say("junk after document element"),
        say("undefined entity"),
        say("unbound prefix"),
    )
}
"""What the reader of XML says, as it says it."""


def _said(error: expat.ExpatError) -> Message:
    words = expat.errors.messages[error.code]
    return _EXPAT.get(words, verbatim(words))
