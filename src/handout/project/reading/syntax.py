"""The grammar: CommonMark with tables, and what we add to it, as a tree with lines.

Added are blocks between `/// name | title` and `///`, `{{ field }}`, `{attributes}` and `![[fragment]]`.
Nothing is judged here except what only the parser can see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MOST_PARAGRAPH_CHARACTERS = 10_000
"""The parser takes quadratic time for some paragraphs; no paragraph of a leaflet comes near this."""
MOST_LEVELS_OF_PARSER = 60
"""Levels of tokens. Past it the parser drops text without a word: the limit of `markdown` lies below."""
MOST_PICTURES_IN_PICTURES = 3
"""An alt text is parsed too, and may hold a picture."""
MOST_FIELD_CHARACTERS = 100

_SLASHES = "///"


@dataclass(frozen=True)
class SourceNode:
    """A block of the source."""

    type: str
    """The token's name without `_open`: `paragraph`, `list_item`, `slash`; `inline` for a line of text."""
    line: int
    """Counted from 0."""
    token: Token
    children: tuple[SourceNode, ...] = ()

    @property
    def inline(self) -> Sequence[Token]:
        """The tokens of the text right below, or of this text."""
        if self.type == "inline":
            return self.token.children or ()
        return self.children[0].inline if self.children else ()


def read_tree(text: str) -> tuple[SourceNode, ...]:
    """Return the blocks of *text*. Performs no I/O."""
    env: dict[str, Any] = {"slashes": _Slashes(text.split("\n")), "picture_depth": 0}
    stack: list[tuple[Token, list[SourceNode]]] = []
    top: list[SourceNode] = []
    for token in _PARSER.parse(text, env):
        siblings = stack[-1][1] if stack else top
        if token.nesting == 1:
            stack.append((token, []))
        elif token.nesting == 0:
            siblings.append(SourceNode(token.type, _line_of(token), token))
        else:
            opening, children = stack.pop()
            siblings = stack[-1][1] if stack else top
            name = opening.type.removesuffix("_open")
            siblings.append(SourceNode(name, _line_of(opening), opening, tuple(children)))
    top.extend(_lost_definitions(env, _labels(top)))
    return tuple(top)


def read_line(text: str) -> tuple[Token, ...]:
    """Return the tokens of *text*, one paragraph, whatever it begins with: `1. ` is no list here."""
    env: dict[str, Any] = {"slashes": _Slashes(()), "picture_depth": 0}
    return tuple(token for line in _PARSER.parseInline(text, env) for token in line.children or ())


def _labels(nodes: Sequence[SourceNode]) -> Iterator[str]:
    """Yield the labels of the definitions that the texts of *nodes* name: `[words][label]`."""
    for node in nodes:
        yield from _labels(node.children)
        waiting = list(node.token.children or ())
        while waiting:
            token = waiting.pop()
            waiting.extend(token.children or ())
            if (label := token.meta.get("label")) is not None:
                yield label


def _lost_definitions(env: Mapping[str, Any], used: Iterable[str]) -> Iterator[SourceNode]:
    """Yield a node for each definition `[label]: target` that no text takes: the parser drops it unseen."""
    named = set(used)
    twice = [(found["label"], found) for found in env.get("duplicate_refs", ())]
    for label, found in (*env.get("references", {}).items(), *twice):
        if label not in named or (label, found) in twice:
            token = Token("definition", "", 0, map=list(found["map"]), content=label)
            yield SourceNode("definition", _line_of(token), token)


def line_in_text(token: Token) -> int:
    """Return the line of an inline token, counted from 0 in its paragraph."""
    line = token.meta.get("line", 0)
    return line if isinstance(line, int) else 0


def _line_of(token: Token) -> int:
    return token.map[0] if token.map else 0


# ---- blocks between slashes -------------------------------------------------------------------


class _Slashes:
    """Which `///` closes which header, found once: a search at each header would take quadratic time."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.closing_of: dict[int, int] = {}
        self.reported: set[int] = set()
        """Closing lines whose header has a finding already."""
        headers: list[int] = []
        for number, line in enumerate(lines):
            text = line.strip()
            if text == _SLASHES and headers:
                self.closing_of[headers.pop()] = number
            elif text.startswith(_SLASHES) and text.strip("/"):
                headers.append(number)


def _slash_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    text = _text_of(state, start)
    if not text.startswith(_SLASHES) or state.is_code_block(start):
        return False
    if not silent:
        _read_slashes(state, start, end, text)
    return True


def _read_slashes(state: StateBlock, start: int, end: int, text: str) -> None:
    slashes: _Slashes = state.env["slashes"]
    state.line = start + 1
    if text == _SLASHES:
        if start not in slashes.reported:
            _push_fault(state, start, "stray", text)
        return
    closing = slashes.closing_of.get(start)
    if text.startswith("////"):
        _push_fault(state, start, "slashes", text)
    elif closing is None:
        _push_fault(state, start, "unclosed", text)
    elif closing >= end or state.sCount[closing] < state.blkIndent:
        _push_fault(state, start, "closed_outside", text)
    else:
        _push_block(state, start, closing, text)
        return
    if closing is not None:
        slashes.reported.add(closing)


def _push_block(state: StateBlock, start: int, closing: int, text: str) -> None:
    name, _, title = text.removeprefix(_SLASHES).partition("|")
    first = _end_of_settings(state, start, closing)
    opening = state.push("slash_open", "", 1)
    opening.map = [start, closing + 1]
    opening.info = name.strip()
    opening.content = title.strip()
    opening.meta["settings"] = [(line, _text_of(state, line)) for line in range(start + 1, first)]
    if title.strip():
        _push_title(state, start, title.strip())
    _read_inside(state, first, closing)
    if state.line < closing:
        _push_fault(state, state.line, "dedented", _text_of(state, state.line))
    state.push("slash_close", "", -1)
    state.line = closing + 1


def _read_inside(state: StateBlock, first: int, closing: int) -> None:
    line_max, parent = state.lineMax, state.parentType
    state.lineMax, state.parentType = closing, "slash"
    state.line = first
    state.md.block.tokenize(state, first, closing)
    state.lineMax, state.parentType = line_max, parent


def _push_title(state: StateBlock, line: int, title: str) -> None:
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = title, [line, line + 1], []


def _push_fault(state: StateBlock, line: int, kind: str, text: str) -> None:
    token = state.push("slash_fault", "", 0)
    token.info, token.content, token.map = kind, text, [line, line + 1]


def _end_of_settings(state: StateBlock, start: int, closing: int) -> int:
    """Return the first line after the lines that stand indented right below the header."""
    line = start + 1
    while line < closing and not state.isEmpty(line) and state.sCount[line] >= state.sCount[start] + 4:
        line += 1
    return line


def _text_of(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


# ---- in a line of text ------------------------------------------------------------------------

_BRACE = re.compile(r"\{([^{}\n]{0,200})\}")
_ATTRIBUTE_BEGINS = re.compile(r"\{\s*(?:[#@]|on\s)")
_INCLUDE = re.compile(r"!\[\[([^\[\]\n]{0,200})\]\]")


def _field_rule(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not state.src.startswith("{{", start):
        return False
    end = state.src.find("}}", start, start + MOST_FIELD_CHARACTERS)
    if not silent:
        token = state.push("field", "", 0)
        token.content = state.src[start + 2 : end] if end > 0 else ""
        token.info = "" if end > 0 else "unclosed"
    state.pos = end + 2 if end > 0 else start + 2
    return True


def _brace_rule(state: StateInline, silent: bool) -> bool:
    found = _BRACE.match(state.src, state.pos)
    unclosed = found is None and _ATTRIBUTE_BEGINS.match(state.src, state.pos)
    if found is None and not unclosed:
        return False
    if not silent:
        token = state.push("brace", "", 0)
        token.content = found.group(1) if found else ""
        token.info = "" if found else "unclosed"
    state.pos = found.end() if found else state.pos + 1
    return True


def _include_rule(state: StateInline, silent: bool) -> bool:
    found = _INCLUDE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("include", "", 0).content = found.group(1)
    state.pos = found.end()
    return True


class _LinedState(StateInline):
    """Notes on each token in which line of its paragraph it stands."""

    def push(self, ttype: str, tag: str, nesting: Any) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta["line"] = self.src.count("\n", 0, self.pos)
        return token

    def pushPending(self) -> Token:  # noqa: N802 - the name is the parser's
        token = super().pushPending()
        token.meta["line"] = self.src.count("\n", 0, self.pos)
        return token


class _LinedInline(ParserInline):
    """The parser of a paragraph, with lines and limits."""

    def parse(
        self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]
    ) -> list[Token]:
        """Return *tokens* with the tokens of *src* added."""
        if len(src) > MOST_PARAGRAPH_CHARACTERS or env["picture_depth"] > MOST_PICTURES_IN_PICTURES:
            tokens.append(Token("too_much", "", 0))
            return tokens
        env["picture_depth"] += 1
        state = _LinedState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        env["picture_depth"] -= 1
        return state.tokens


class _Grammar(MarkdownIt):
    """CommonMark with our rules. Addresses stay as written: they are judged as the editor wrote them."""

    def __init__(self) -> None:
        super().__init__("commonmark")
        self.inline = _LinedInline()
        self.configure("commonmark", {"maxNesting": MOST_LEVELS_OF_PARSER, "store_labels": True})
        self.enable("table")
        # Escaped characters stay apart, so that `\*\*` is not taken for a mark that was left open.
        self.disable("text_join")
        closes = ["paragraph", "reference", "blockquote", "list"]
        self.block.ruler.before("table", "slash", _slash_rule, {"alt": closes})
        self.inline.ruler.before("link", "field", _field_rule)
        self.inline.ruler.before("link", "brace", _brace_rule)
        self.inline.ruler.before("link", "include", _include_rule)

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the name is the parser's
        """Return *url* itself."""
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the name is the parser's
        """Return *link* itself."""
        return link

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is the parser's
        """Take every *url*: one that the parser refused would become text on the paper."""
        return True


_PARSER = _Grammar()
