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

from handout.model.messages import Message, say, with_values
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
    what: Message
    """What is found takes the place of its `mark`."""
    fix: Message


FOOTNOTE_FIX = say("write what it says where the reader needs it: paper has no place to jump to")
_PRINTED = say("put a backslash before a mark that is printed")

_MARKS = (
    _Mark(
        re.compile("///"),
        Where.LINE,
        say("a line of /// stands inside a paragraph"),
        say("indent it as the text of its step, or put an empty line before it"),
    ),
    # "3.\xa0Kies": Word puts a space that does not break behind a number, and nobody sees it.
    _Mark(
        re.compile(r"(?:[0-9]{1,9}[.)]|[-+*•]|#{1,6})[\xa0\u2007\u202f]"),
        Where.LINE,
        say("a space that does not break stands behind the mark of a line, which begins nothing so"),
        say("take that space out and type one, and put an empty line before the list"),
    ),
    _Mark(
        re.compile(r"[0-9]{1,9}[.)]\s"),
        Where.NEXT_LINE,
        say("a numbered line stands inside a paragraph, so it is no step"),
        say("put an empty line before it"),
    ),
    _Mark(
        re.compile(r"\|.*\|\s*$"),
        Where.LINE,
        say("a line looks like a table, but is none"),
        say("give the table a header and a line |---|---| with as many columns, and an empty line before it"),
    ),
    _Mark(
        re.compile(r"[•‣▪▫●○■□◦∙·\uf0b7\uf0a7]\s"),
        Where.LINE,
        say(
            "a line begins with the bullet {mark} of a word processor, and is printed in one run with the "
            "next",
            mark="",
        ),
        say("begin it with '- ' in its place, and put an empty line before the list"),
    ),
    _Mark(
        re.compile(r"\[[ xX]\]\s"),
        Where.LINE,
        say("the box to tick {mark} is no mark here", mark=""),
        say("take it out: the bullet is the place to tick; {printed}", printed=_PRINTED),
    ),
    _Mark(
        re.compile(r"(?:!!!|\?\?\?\+?)\s*\w+"),
        Where.LINE,
        say("{mark} begins no block here", mark=""),
        say("write the block as a line '/// tip | Title', its text, and a line '///'"),
    ),
    _Mark(
        re.compile(r":::+\s*\w*"),
        Where.LINE,
        say("{mark} begins no block here", mark=""),
        say("write the block as a line '/// tip | Title', its text, and a line '///'"),
    ),
    _Mark(
        re.compile(r'===\s+"'),
        Where.LINE,
        say("{mark} begins no tab here", mark=""),
        say("write the tab as a line '/// tab | iPhone', its text, and a line '///'"),
    ),
    _Mark(
        re.compile(r"\.\.\s+[a-z][a-z-]*::"),
        Where.LINE,
        say("the directive {mark} is no mark here", mark=""),
        say("write a block as '/// tip', its text, '///', and a picture as ![alt](images/scan.svg)"),
    ),
    _Mark(
        re.compile(r":\s+\S"),
        Where.NEXT_LINE,
        say("a list of terms with ': ' is no list here"),
        say("write it as a table, or as bullets: '- **Term**: uitleg'"),
    ),
    _Mark(
        re.compile(r"#{2,6}[^\s#]\S*"),
        Where.LINE,
        say("{mark} is no heading: a space is missing behind the #", mark=""),
        say("write the heading as '## Heading'; {printed}", printed=_PRINTED),
    ),
    _Mark(
        re.compile(r"\*\[[^\]]{1,60}\]:"),
        Where.LINE,
        say("the abbreviation {mark} is no mark here", mark=""),
        say("take it out, and write the words in full where the reader meets them"),
    ),
    _Mark(
        re.compile(r"%%"),
        Where.LINE,
        say("a remark between %% is printed here"),
        say("take it out; a remark can stand in the front matter after #"),
    ),
    _Mark(
        re.compile(r"\[\^[^\]\s]{1,60}\]"),
        Where.ANYWHERE,
        say("the footnote {mark} is no mark here", mark=""),
        FOOTNOTE_FIX,
    ),
    _Mark(
        re.compile(r"\[(?:TOC|toc|_TOC_)\]"),
        Where.ANYWHERE,
        say("{mark} makes no table of contents here", mark=""),
        say("take it out; '![[handouts]]' alone in a paragraph lists all handouts"),
    ),
    _Mark(
        re.compile(r"\[\["),
        Where.ANYWHERE,
        say("'[[' is left in the text"),
        say("write a fragment as ![[name]], alone"),
    ),
    _Mark(
        re.compile(r"\]\("),
        Where.ANYWHERE,
        say("a link or picture is not complete"),
        say(
            "write it as [text](target), without spaces in the target; a field stands by itself, "
            "outside a link"
        ),
    ),
    _Mark(
        re.compile(r"\}\}"),
        Where.ANYWHERE,
        say("'}}}}' closes no field"),
        say("write a field as {{{{ link.security-info }}}}"),
    ),
    _Mark(
        re.compile(r"~~(?=\S)[^~]{1,200}~~"),
        Where.ANYWHERE,
        say("the words between ~~ are not struck out: {mark}", mark=""),
        say("take out what no longer holds; {printed}", printed=_PRINTED),
    ),
    _Mark(
        re.compile(r"==(?=[^\s=])[^=]{1,200}(?<=[^\s=])=="),
        Where.ANYWHERE,
        say("the words between == are not marked: {mark}", mark=""),
        say("write them as **words**; {printed}", printed=_PRINTED),
    ),
    _Mark(
        re.compile(r"\+\+(?=[^\s+])[^+]{1,200}(?<=[^\s+])\+\+"),
        Where.ANYWHERE,
        say("the words between ++ are no mark: {mark}", mark=""),
        say("write a key of the keyboard as `Ctrl`, and words as **words**; {printed}", printed=_PRINTED),
    ),
    _Mark(
        re.compile(r"(?<=\w)~[^\s~]{1,20}~"),
        Where.ANYWHERE,
        say("{mark} is not set lower", mark=""),
        say("type the character itself: H₂O; {printed}", printed=_PRINTED),
    ),
    _Mark(
        re.compile(r"(?<=\w)\^[^\s^]{1,20}\^"),
        Where.ANYWHERE,
        say("{mark} is not set higher", mark=""),
        say("type the character itself: m²; {printed}", printed=_PRINTED),
    ),
    _Mark(
        re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{1,30}:(?![\w:])"),
        Where.ANYWHERE,
        say("the short name {mark} gives no picture here", mark=""),
        say("write the word, or a picture as ![alt](images/scan.svg); {printed}", printed=_PRINTED),
    ),
    _Mark(re.compile("`"), Where.ANYWHERE, say("a ` is left open"), say("close it: `Volgende`")),
)


def left_marks(text: str, *, begins_line: bool, is_first_line: bool) -> Iterator[tuple[Message, Message]]:
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
            yield with_values(mark.what, mark=quoted(found.group().strip())), mark.fix


_TYPED_MARKS = (
    (
        re.compile(r"\\(?:newpage|pagebreak|clearpage|newline|begin|end|section|textbf)\b"),
        say("the command {mark} of LaTeX is no mark here", mark=""),
        say("take it out: the program parts the pages itself"),
    ),
    (
        # Of "C:\Users\_nieuw" Markdown prints "C:\Users_nieuw", of "\\server\map" "\server\map".
        re.compile(r"(?<![\w`])[A-Za-z]:\\[^\s`]*\\[!-/:-@\[-`{-~][^\s`]*|(?<![^\s(])\\\\\w[^\s`]*"),
        say("the path {mark} loses a backslash: one before a sign is not printed", mark=""),
        say("write it between two `, as all that a reader types"),
    ),
    (
        re.compile(r"^a[.)]\s.*\n(?:.*\n)*?b[.)]\s", re.MULTILINE),
        say("the letters a, b, … are typed, and stand in one run of text"),
        say(
            "write substeps as '1. ' inside their step, indented by four spaces: the program gives "
            "the letters"
        ),
    ),
)


def typed_marks(raw: str) -> Iterator[tuple[int, Message, Message]]:
    """Yield where a mark stands in *raw*, a paragraph with its backslashes, the fault and its mend."""
    for pattern, what, fix in _TYPED_MARKS:
        for found in pattern.finditer(raw):
            yield found.start(), with_values(what, mark=quoted(found.group())), fix


_PAIRS = tuple(
    (mark, re.compile(rf"(?<!{sign}){sign}{{{len(mark)}}}(?!{sign})"))
    for mark, sign in (("**", r"\*"), ("__", "_"), ("*", r"\*"), ("_", "_"))
)


def open_emphasis(written: str) -> Iterator[tuple[int, Message, Message]]:
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


def _unclosed(mark: str) -> tuple[Message, Message] | None:
    if len(mark) == 1:
        return None  # a lone star or line below is a sign like any other
    escaped = "".join(f"\\{sign}" for sign in mark)
    fix = say(
        "close it with {mark} right after the last word; write {escaped} for a mark that is printed",
        mark=mark,
        escaped=escaped,
    )
    return say("'{mark}' is left open", mark=mark), fix


def _fault_of_pair(mark: str, written: str, first: int, last: int) -> tuple[Message, Message] | None:
    inner = written[first + len(mark) : last]
    before, after = written[:first][-1:], written[last + len(mark) :][:1]
    words = inner.strip()
    right = f"{mark}{words}{mark}"
    if not words or (len(mark) == 1 and inner != words):
        return _unclosed(mark)
    if inner[0].isspace():
        return say("'{mark}' has a space behind it, and opens nothing", mark=mark), say(
            "take the space out: {right}", right=right
        )
    if inner[-1].isspace():
        return say("'{mark}' has a space before it, and closes nothing", mark=mark), say(
            "take the space out: {right}", right=right
        )
    if after.isalnum() and not inner[-1].isalnum():
        what = say(
            "'{mark}' behind {words} closes nothing, for a letter follows it at once",
            mark=mark,
            words=quoted(words),
        )
        return what, say("put a space after it: {right} {after}…", right=right, after=after)
    if before.isalnum() and not inner[0].isalnum():
        what = say(
            "'{mark}' before {words} opens nothing, for a letter stands right before it",
            mark=mark,
            words=quoted(words),
        )
        return what, say("put a space before it: …{before} {right}", before=before, right=right)
    if mark == "__":
        what = say("'__' around {words} marks nothing inside a word", words=quoted(words))
        return what, say("write **{words}**, or \\_\\_ for a mark that is printed", words=words)
    return _unclosed(mark)
