"""The text of a piece as a screen reader reads it: from the tags of the finished file, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from handout.model.files import TEXT, FileKind, FinishedPiece, register

if TYPE_CHECKING:
    from handout.proof.content import TextRun
    from handout.proof.tags import Tag

INDENT = "  "
CLOSING = (".", ",", ";", ":", "!", "?", ")")
"""What stands against the word before it, however far from it its box is."""
LINE_HYPHEN = "\u2010"
MOST_KERNING_EM = 0.12
"""A gap that is wider parts two words: the narrowest space of the fonts is some 0.2 em."""


def spoken_text(piece: FinishedPiece) -> bytes:
    """Return what the tags of *piece* say, as UTF-8: a line for each of reading, headings as in Markdown.

    Pictures stand as their words in brackets, or not at all where they have none. The same file gives the
    same bytes. Nothing is taken from its document: what the paper does not say is not there.
    """
    from handout.proof.paper import opened

    with opened(piece.pdf) as paper:
        lines = list(_lines(paper.tags, 0))
    # One empty line at most, and none at the ends.
    kept = [line for before, line in zip(["", *lines], lines, strict=False) if before or line]
    return ("\n".join(kept).strip("\n") + "\n").encode()


def _lines(tag: Tag, level: int) -> Iterator[str]:
    from handout.proof.tags import HEADINGS

    text = _said(tag)
    match tag.kind:
        case kind if kind in HEADINGS:
            heading = f"{INDENT * level}{'#' * int(kind[1:])} {text}"
            yield from () if not text else (heading,) if level else ("", heading, "")
        case "L":
            yield ""
            for item in tag.tags:
                yield from _item(item, level)
            yield ""
        case "TR":
            yield " | ".join(_said(cell) for cell in tag.tags)
        case "Figure":
            yield from (text,) if text else ()
        case _ if _holds_blocks(tag):
            for kid in tag.tags:
                yield from _lines(kid, level)
        case _:
            yield from (f"{INDENT * level}{text}", "") if text else ()


def _item(item: Tag, level: int) -> Iterator[str]:
    """Yield a list item: its label before the first line, all further lines below each other."""
    label = " ".join(_said(kid) for kid in item.tags if kid.kind == "Lbl") or "-"
    body = [kid for kid in item.tags if kid.kind != "Lbl"]
    lines = [line for kid in body for line in _lines(kid, level + 1)]
    told = [line for line in lines if line.strip()]
    first, rest = (told[0].strip(), told[1:]) if told else ("", [])
    yield f"{INDENT * level}{label} {first}".rstrip()
    yield from rest


def _holds_blocks(tag: Tag) -> bool:
    from handout.proof.tags import BLOCKS

    return any(kid.kind in BLOCKS and kid.kind != "Figure" for kid in tag.tags)


def _said(tag: Tag) -> str:
    """Return all that *tag* says in one line, the words of its pictures in brackets."""
    said = ""
    before: TextRun | None = None
    for piece in _pieces(tag):
        if isinstance(piece, str):
            said, before = said + piece, None
            continue
        if before is not None and not _goes_on(before, piece) and not piece.text.startswith(CLOSING):
            # The engine drops the space at the end of a line, and writes its own hyphen as U+2010.
            said = said.removesuffix(LINE_HYPHEN) if said.endswith(LINE_HYPHEN) else f"{said} "
        said, before = said + piece.text, piece
    return " ".join(said.split())


def _goes_on(before: TextRun, after: TextRun) -> bool:
    """Tell whether *after* stands where *before* ends, so that a listener hears one word."""
    one, other = before.box, after.box
    nearest = MOST_KERNING_EM * min(before.size_pt, after.size_pt)
    is_beside = min(abs(other.left - one.right), abs(one.left - other.right)) < nearest
    return before.page == after.page and is_beside and other.low < one.top and one.low < other.top


def _pieces(tag: Tag) -> Iterator[str | TextRun]:
    from handout.proof.tags import BLOCKS, Tag

    if tag.kind == "Figure":
        yield f" [{tag.alt}] " if tag.alt else " "
        return
    if tag.replacement is not None:
        yield f" {tag.replacement} " if tag.says_more else tag.replacement
        return
    for kid in tag.kids:
        if not isinstance(kid, Tag):
            yield kid
        elif kid.kind in BLOCKS:
            yield from (" ", *_pieces(kid), " ")
        else:
            yield from _pieces(kid)


register(FileKind(TEXT, ".txt", spoken_text))
