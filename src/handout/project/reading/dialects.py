"""Marks that the parser leaves in a text: of other dialects of Markdown, word processors, and our own. Pure.

Printed as they stand they would spoil the sheet, so each is found, and told with our way to write it. A mark
that is to be printed has a backslash before it: such characters do not come here. Sources: the manuals of
GitHub Flavored Markdown, Pandoc, Python-Markdown, MkDocs, Docusaurus, Obsidian, Jekyll and Hugo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from handout.model.names import quoted


class Where(Enum):
    """Where a mark means something."""

    ANYWHERE = auto()
    LINE = auto()
    """At the start of a line."""
    NEXT_LINE = auto()
    """At the start of a line after the first of its paragraph."""


@dataclass(frozen=True)
class _Mark:
    pattern: re.Pattern[str]
    where: Where
    what: str
    """With `{}` for what was found."""
    fix: str


FOOTNOTE_FIX = "write what it says where the reader needs it: paper has no place to jump to"
_PRINTED = "put a backslash before a mark that is printed"

_MARKS = (
    _Mark(
        re.compile("///"),
        Where.LINE,
        "a line of /// stands inside a paragraph",
        "indent it as the text of its step, or put an empty line before it",
    ),
    # "3.\xa0Kies": Word puts a space that does not break behind a number, and nobody sees it.
    _Mark(
        re.compile(r"(?:[0-9]{1,9}[.)]|[-+*•]|#{1,6})[\xa0\u2007\u202f]"),
        Where.LINE,
        "a space that does not break stands behind the mark of a line, which begins nothing so",
        "take that space out and type one, and put an empty line before the list",
    ),
    _Mark(
        re.compile(r"[0-9]{1,9}[.)]\s"),
        Where.NEXT_LINE,
        "a numbered line stands inside a paragraph, so it is no step",
        "put an empty line before it",
    ),
    _Mark(
        re.compile(r"\|.*\|\s*$"),
        Where.LINE,
        "a line looks like a table, but is none",
        "give the table a header and a line |---|---| with as many columns, and an empty line before it",
    ),
    _Mark(
        re.compile(r"[•‣▪▫●○■□◦∙·\uf0b7\uf0a7]\s"),
        Where.LINE,
        "a line begins with the bullet {} of a word processor, and is printed in one run with the next",
        "begin it with '- ' in its place, and put an empty line before the list",
    ),
    _Mark(
        re.compile(r"\[[ xX]\]\s"),
        Where.LINE,
        "the box to tick {} is no mark here",
        "take it out: the bullet is the place to tick; " + _PRINTED,
    ),
    _Mark(
        re.compile(r"(?:!!!|\?\?\?\+?)\s*\w+"),
        Where.LINE,
        "{} begins no block here",
        "write the block as a line '/// tip | Title', its text, and a line '///'",
    ),
    _Mark(
        re.compile(r":::+\s*\w*"),
        Where.LINE,
        "{} begins no block here",
        "write the block as a line '/// tip | Title', its text, and a line '///'",
    ),
    _Mark(
        re.compile(r'===\s+"'),
        Where.LINE,
        "{} begins no tab here",
        "write the tab as a line '/// tab | iPhone', its text, and a line '///'",
    ),
    _Mark(
        re.compile(r"\.\.\s+[a-z][a-z-]*::"),
        Where.LINE,
        "the directive {} is no mark here",
        "write a block as '/// tip', its text, '///', and a picture as ![alt](images/scan.svg)",
    ),
    _Mark(
        re.compile(r":\s+\S"),
        Where.NEXT_LINE,
        "a list of terms with ': ' is no list here",
        "write it as a table, or as bullets: '- **Term**: uitleg'",
    ),
    _Mark(
        re.compile(r"#{2,6}[^\s#]\S*"),
        Where.LINE,
        "{} is no heading: a space is missing behind the #",
        "write the heading as '## Heading'; " + _PRINTED,
    ),
    _Mark(
        re.compile(r"\*\[[^\]]{1,60}\]:"),
        Where.LINE,
        "the abbreviation {} is no mark here",
        "take it out, and write the words in full where the reader meets them",
    ),
    _Mark(
        re.compile(r"%%"),
        Where.LINE,
        "a remark between %% is printed here",
        "take it out; a remark can stand in the front matter after #",
    ),
    _Mark(
        re.compile(r"\[\^[^\]\s]{1,60}\]"),
        Where.ANYWHERE,
        "the footnote {} is no mark here",
        FOOTNOTE_FIX,
    ),
    _Mark(
        re.compile(r"\[(?:TOC|toc|_TOC_)\]"),
        Where.ANYWHERE,
        "{} makes no table of contents here",
        "take it out; '![[handouts]]' alone in a paragraph lists all handouts",
    ),
    _Mark(
        re.compile(r"\[\["),
        Where.ANYWHERE,
        "'[[' is left in the text",
        "write a fragment as ![[name]], alone",
    ),
    _Mark(
        re.compile(r"\]\("),
        Where.ANYWHERE,
        "a link or picture is not complete",
        "write it as [text](target), without spaces in the target; a field stands by itself, outside a link",
    ),
    _Mark(
        re.compile(r"\}\}"),
        Where.ANYWHERE,
        "'}}' closes no field",
        "write a field as {{ link.security-info }}",
    ),
    _Mark(
        re.compile(r"~~(?=\S)[^~]{1,200}~~"),
        Where.ANYWHERE,
        "the words between ~~ are not struck out: {}",
        "take out what no longer holds; " + _PRINTED,
    ),
    _Mark(
        re.compile(r"==(?=[^\s=])[^=]{1,200}(?<=[^\s=])=="),
        Where.ANYWHERE,
        "the words between == are not marked: {}",
        "write them as **words**; " + _PRINTED,
    ),
    _Mark(
        re.compile(r"\+\+(?=[^\s+])[^+]{1,200}(?<=[^\s+])\+\+"),
        Where.ANYWHERE,
        "the words between ++ are no mark: {}",
        "write a key of the keyboard as `Ctrl`, and words as **words**; " + _PRINTED,
    ),
    _Mark(
        re.compile(r"(?<=\w)~[^\s~]{1,20}~"),
        Where.ANYWHERE,
        "{} is not set lower",
        "type the character itself: H₂O; " + _PRINTED,
    ),
    _Mark(
        re.compile(r"(?<=\w)\^[^\s^]{1,20}\^"),
        Where.ANYWHERE,
        "{} is not set higher",
        "type the character itself: m²; " + _PRINTED,
    ),
    _Mark(
        re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{1,30}:(?![\w:])"),
        Where.ANYWHERE,
        "the short name {} gives no picture here",
        "write the word, or a picture as ![alt](images/scan.svg); " + _PRINTED,
    ),
    _Mark(re.compile("`"), Where.ANYWHERE, "a ` is left open", "close it: `Volgende`"),
)


def left_marks(text: str, *, begins_line: bool, is_first_line: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with each kind of mark that is left in *text*, and how to mend it.

    *text* is what the parser took for plain words. *begins_line* tells whether it opens a line of its
    paragraph, *is_first_line* whether that is the first.
    """
    begun = [Where.LINE, *([] if is_first_line else [Where.NEXT_LINE])] if begins_line else []
    at_start = ((mark, mark.pattern.match(text)) for mark in _MARKS if mark.where in begun)
    # What begins a line is one thing only.
    first = next(((mark, found) for mark, found in at_start if found), None)
    anywhere = ((mark, mark.pattern.search(text)) for mark in _MARKS if mark.where is Where.ANYWHERE)
    for mark, found in ((first,) if first else ()) + tuple(anywhere):
        if found:
            yield mark.what.replace("{}", quoted(found.group().strip())), mark.fix


_TYPED_MARKS = (
    (
        re.compile(r"\\(?:newpage|pagebreak|clearpage|newline|begin|end|section|textbf)\b"),
        "the command {} of LaTeX is no mark here",
        "take it out: the program parts the pages itself",
    ),
    (
        # Of "C:\Users\_nieuw" Markdown prints "C:\Users_nieuw", of "\\server\map" "\server\map".
        re.compile(r"(?<![\w`])[A-Za-z]:\\[^\s`]*\\[!-/:-@\[-`{-~][^\s`]*|(?<![^\s(])\\\\\w[^\s`]*"),
        "the path {} loses a backslash: one before a sign is not printed",
        "write it between two `, as all that a reader types",
    ),
    (
        re.compile(r"^a[.)]\s.*\n(?:.*\n)*?b[.)]\s", re.MULTILINE),
        "the letters a, b, … are typed, and stand in one run of text",
        "write substeps as '1. ' inside their step, indented by four spaces: the program gives the letters",
    ),
)


def typed_marks(raw: str) -> Iterator[tuple[int, str, str]]:
    """Yield where a mark stands in *raw*, a paragraph with its backslashes, the fault and its mend."""
    for pattern, what, fix in _TYPED_MARKS:
        for found in pattern.finditer(raw):
            yield found.start(), what.replace("{}", quoted(found.group())), fix


_PAIRS = tuple(
    (mark, re.compile(rf"(?<!{sign}){sign}{{{len(mark)}}}(?!{sign})"))
    for mark, sign in (("**", r"\*"), ("__", "_"), ("*", r"\*"), ("_", "_"))
)


def open_emphasis(written: str) -> Iterator[tuple[int, str, str]]:
    """Yield where in *written* a mark of emphasis is left, what is wrong with it, and how to mend it.

    *written* is a paragraph as it was typed, without the emphasis that the parser understood. The parser asks
    that a mark stands against a word on its inner side, and, where that word ends in a sign, that no letter
    follows on the outer side (CommonMark 0.31 §6.2): `**Let op:**kies` opens and never closes.
    """
    for mark, pattern in _PAIRS:
        found = [one.start() for one in pattern.finditer(written)]
        for first, last in zip(found[::2], [*found[1::2], None], strict=False):
            fault = _unclosed(mark) if last is None else _fault_of_pair(mark, written, first, last)
            if fault:
                yield first, *fault


def _unclosed(mark: str) -> tuple[str, str] | None:
    if len(mark) == 1:
        return None  # a lone star or line below is a sign like any other
    escaped = "".join(f"\\{sign}" for sign in mark)
    fix = f"close it with {mark} right after the last word; write {escaped} for a mark that is printed"
    return f"'{mark}' is left open", fix


def _fault_of_pair(mark: str, written: str, first: int, last: int) -> tuple[str, str] | None:
    inner = written[first + len(mark) : last]
    before, after = written[:first][-1:], written[last + len(mark) :][:1]
    words = inner.strip()
    right = f"{mark}{words}{mark}"
    if not words or (len(mark) == 1 and inner != words):
        return _unclosed(mark)
    if inner[0].isspace():
        return f"'{mark}' has a space behind it, and opens nothing", f"take the space out: {right}"
    if inner[-1].isspace():
        return f"'{mark}' has a space before it, and closes nothing", f"take the space out: {right}"
    if after.isalnum() and not inner[-1].isalnum():
        what = f"'{mark}' behind {quoted(words)} closes nothing, for a letter follows it at once"
        return what, f"put a space after it: {right} {after}…"
    if before.isalnum() and not inner[0].isalnum():
        what = f"'{mark}' before {quoted(words)} opens nothing, for a letter stands right before it"
        return what, f"put a space before it: …{before} {right}"
    if mark == "__":
        what = f"'__' around {quoted(words)} marks nothing inside a word"
        return what, f"write **{words}**, or \\_\\_ for a mark that is printed"
    return _unclosed(mark)
