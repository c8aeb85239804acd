"""Write inline content as Markdown: what a translator reads, and the words by which a translation is found.

The opposite of `inlines.read_inlines`: read again it gives the same content. However an editor wrapped or
escaped the lines of a text, it is written in one way. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handout.model.findings import Place
from handout.model.text import (
    Emphasis,
    Field,
    Inline,
    LineBreak,
    Link,
    Picture,
    Reference,
    Strong,
    Text,
    UiLabel,
)
from handout.model.walk import inlines_inside
from handout.project.reading.inlines import read_inlines
from handout.project.reading.notes import Notes
from handout.project.reading.syntax import read_line

_MARKS = re.compile(r"[\\`*_\[\]{}<&]")
_TICKS = re.compile(r"`+")


def markdown_of(inlines: Iterable[Inline]) -> str:
    """Return *inlines*, as an editor wrote them, in one line of Markdown; a forced break is a line end."""
    return "".join(map(_written, inlines))


def _written(inline: Inline) -> str:
    match inline:
        case Text(text):
            return _escaped(text)
        case Strong(children):
            return f"**{markdown_of(children)}**"
        case Emphasis(children):
            return f"*{markdown_of(children)}*"
        case UiLabel(text):
            ticks = "`" * (max((len(run) for run in _TICKS.findall(text)), default=0) + 1)
            space = " " if text.startswith("`") or text.endswith("`") else ""
            return f"{ticks}{space}{text}{space}{ticks}"
        case LineBreak():
            return "\\\n"
        case Link(children, url, _):
            return f"[{markdown_of(children)}]({_target(url)})"
        case Reference():
            return f"[{markdown_of(inline.children)}]({reference_target(inline)})"
        case Field(name, _):
            return f"{{{{ {name} }}}}"
        case Picture(path, alt, _):
            return f"![{_escaped(alt)}]({_target(path)})"
        case _:
            raise TypeError(f"{type(inline).__name__} is not written by an editor")


def _escaped(text: str) -> str:
    # An exclamation mark before a link would make a picture of it.
    return re.sub(r"!$", r"\\!", _MARKS.sub(lambda mark: f"\\{mark[0]}", text))


def _target(target: str) -> str:
    return f"<{target}>" if re.search(r"[\s()<>]", target) else target


def reference_target(reference: Reference) -> str:
    """Return where *reference* leads, as it is written: `mfa-app.md#get-app..test`."""
    steps = f"#{reference.step_id}" if reference.step_id else ""
    until = f"..{reference.until}" if reference.until else ""
    return f"{reference.file or ''}{steps}{until}"


def read_markdown(written: str, notes: Notes) -> tuple[Inline, ...]:
    """Return the content of one line of Markdown; what is wrong with it goes to *notes*."""
    return read_inlines(read_line(written), 0, notes)


# ---- what a translation keeps -----------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Fixed:
    """What stands in a text and is no words: a translation has it as often, wherever it stands."""

    written: str
    """As an editor writes it: `` `Volgende` ``."""


def fixed_parts(inlines: Sequence[Inline]) -> list[Fixed]:
    """Return the keys, references, addresses, fields and pictures in *inlines*, sorted; no words of them."""
    return sorted(Fixed(_bare(inline)) for inline in inlines_inside(inlines) if _is_fixed(inline))


def _is_fixed(inline: Inline) -> bool:
    return isinstance(inline, UiLabel | Reference | Link | Field | Picture)


def _bare(inline: Inline) -> str:
    match inline:
        case Reference():
            return f"[]({reference_target(inline)})"
        case Link():
            return f"[…]({inline.url})"
        case Picture():
            return f"![]({inline.path})"
        case _:
            return _written(inline)


def has_words(inlines: Iterable[Inline]) -> bool:
    """Tell whether there is anything to translate in *inlines*: letters, outside of what is fixed."""
    return any(_says(inline) for inline in inlines_inside(inlines))


def _says(inline: Inline) -> bool:
    text = inline.text if isinstance(inline, Text) else inline.alt if isinstance(inline, Picture) else ""
    return any(map(str.isalpha, text))


def at_place(place: Place) -> Notes:
    """Return notes of a reader for which all stands at *place*."""
    return Notes(place.path, place.line)
