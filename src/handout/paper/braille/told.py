"""Read a page for a screen as lines of text, for braille, which has one size and no columns. Pure."""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from enum import StrEnum
from html.parser import HTMLParser

KEY_MARK = '"'
"""Around the label of a key: in most codes a cell of its own, which no letter has."""
VOID = frozenset({"br", "img", "link", "meta", "wbr"})
BLOCKS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "li", "ol", "ul", "dl", "div", "section", "table", "tr", "th", "td"}
    | {"header", "main", "footer"}
)
UNTOLD = frozenset({"head", "nav", "svg"})
"""A drawing is told by its words."""
_CLOSED = (".", ":", "!", "?", ";")


class LineKind(StrEnum):
    """Where a line begins, and how it goes on."""

    TITLE = "title"
    HEADING = "heading"
    """Of a procedure, or of a part of the text around them."""
    SUBHEADING = "subheading"
    STEP = "step"
    SUBSTEP = "substep"
    INFO = "info"
    """What stands in a step, after its command."""
    TEXT = "text"


@dataclass(frozen=True)
class TextLine:
    """A paragraph of a braille text, before it is translated."""

    kind: LineKind
    text: str
    """With single spaces; that of a step begins with its number: `5. Test de app`."""


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    number: str = ""
    """Of an item, until it was told."""

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())


def lines_of(page: str) -> tuple[TextLine, ...]:
    """Return what *page*, one of `compose.screen`, says, in its order."""
    reader = _LineReader()
    reader.feed(page)
    reader.close()
    return tuple(reader.lines)


@dataclass
class _Buffer:
    """The text since the last line."""

    parts: list[str] = field(default_factory=list)

    def taken(self) -> str:
        text = " ".join("".join(self.parts).split())
        self.parts.clear()
        return text


class _LineReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[TextLine] = []
        self._open: list[_Element] = []
        self._said = _Buffer()

    # events

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = _Element(tag, {name: value or "" for name, value in attrs})
        if tag in BLOCKS:
            self._flush()
        if not self._is_untold():
            self._begin(one)
        if tag not in VOID:
            self._open.append(one)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            one = self._open[-1]
            if one.tag == "kbd":
                self._said.parts.append(KEY_MARK)
            elif one.tag == "dt":
                self._said.parts.append(": ")
            if one.tag in BLOCKS or self._is_footer_part(one):
                self._flush()
            self._open.pop()
            if one.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._is_untold():
            self._said.parts.append("" if self._is_between_parts(data) else data)

    # what they mean

    def _begin(self, one: _Element) -> None:
        told = one.attributes.get("aria-label") if one.tag == "svg" else one.attributes.get("alt")
        if told:
            self._said.parts.append(f" ({told}) ")
        elif one.tag == "kbd":
            self._said.parts.append(KEY_MARK)
        elif one.tag == "br":
            self._said.parts.append(" ")
        elif one.tag == "li":
            one.number = self._number_of(one)
        elif one.tag == "td" and (heading := one.attributes.get("data-label")):
            self._said.parts.append(f"{heading}{'' if heading.endswith(_CLOSED) else ':'} ")
        elif "stop" in one.classes and "".join(self._said.parts).rstrip()[-1:].isalnum():
            before = "".join(self._said.parts).rstrip()
            self._said.parts = [f"{before}, " if before[-1:].isdigit() else f"{before} "]

    def _number_of(self, item: _Element) -> str:
        listed = next((one for one in reversed(self._open) if one.tag in ("ol", "ul")), None)
        if listed is None or listed.tag == "ul":
            return "- " if listed is not None and "bullets" in listed.classes else ""
        value = int(item.attributes["value"])
        return f"{string.ascii_lowercase[value - 1] if listed.attributes.get('type') == 'a' else value}. "

    def _is_untold(self) -> bool:
        return any(one.tag in UNTOLD for one in self._open)

    def _is_footer_part(self, one: _Element) -> bool:
        return one.tag == "span" and any(outer.tag == "footer" for outer in self._open)

    def _is_between_parts(self, data: str) -> bool:
        return data.strip() == "·" and any(one.tag == "footer" for one in self._open)

    def _flush(self) -> None:
        text = self._said.taken()
        if not text:
            return
        item = next((one for one in reversed(self._open) if one.number), None)
        number = item.number if item else ""
        if item is not None:
            item.number = ""
        self.lines.append(TextLine(self._kind(number), number + self._ended(text)))

    def _kind(self, number: str) -> LineKind:
        if number[:1].isdigit():
            return LineKind.STEP
        if number[:1].isalpha():
            return LineKind.SUBSTEP
        tags = {one.tag for one in self._open}
        if "h1" in tags:
            return LineKind.TITLE
        if "h2" in tags:
            return LineKind.HEADING
        if tags & {"h3", "h4", "h5"}:
            return LineKind.SUBHEADING
        return LineKind.INFO if "ol" in tags else LineKind.TEXT

    def _ended(self, text: str) -> str:
        """Return *text*, which stands alone on its line, so that what it heads can be told from it."""
        is_label = any("callout__label" in one.classes for one in self._open)
        return f"{text}:" if is_label and not text.endswith(_CLOSED) else text
