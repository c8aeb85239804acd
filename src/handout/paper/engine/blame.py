"""Find the rule of a stylesheet that the engine fails on: its own errors name neither sheet nor line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import tinycss2

from handout.model.findings import Place

_STYLE = re.compile(r'(<style data-place="([^"]+):1">)(.*?)(</style>)', re.DOTALL)
"""As `paper.compose.stylesheet` writes it."""


@dataclass(frozen=True)
class _Part:
    """A part of a stylesheet that can be taken out with all that follows it."""

    path: str
    line: int
    begin: int
    """Of its text, in the sheet."""
    end: int
    closing: str = ""
    """What then has to stand at its end, for what holds it began before."""


def rule_to_blame(html: str, paths: Sequence[str], fails: Callable[[str], bool]) -> Place | None:
    """Return the line of the first part of the stylesheets *paths* with which the engine *fails* on *html*.

    None where it fails without them too. It is asked some ten times.
    """
    sheets = {match[2]: match[3] for match in _STYLE.finditer(html) if match[2] in paths}
    if fails(_with(html, dict.fromkeys(sheets, ""))):
        return None
    rules = [part for path, text in sheets.items() for part in _rules(path, text)]
    rule = _first_that_fails(html, sheets, rules, fails)
    if rule is None:
        return None
    inner = _inner(rule, sheets[rule.path])
    part = _first_that_fails(html, sheets, inner, fails) or rule
    return Place(part.path, part.line)


def _first_that_fails(
    html: str, sheets: Mapping[str, str], parts: Sequence[_Part], fails: Callable[[str], bool]
) -> _Part | None:
    """Return the first of *parts* with which it fails, and all before it: those behind it are taken out."""

    def fails_with(count: int) -> bool:
        return fails(_with(html, _up_to(sheets, parts, count)))

    if not parts:
        return None
    found = bisect_left(range(len(parts)), True, lo=0, key=lambda number: fails_with(number + 1))
    return parts[found] if found < len(parts) else None


def _up_to(sheets: Mapping[str, str], parts: Sequence[_Part], count: int) -> dict[str, str]:
    """Return *sheets* with the first *count* of *parts*, and nothing behind them."""
    if count == len(parts) and not parts[-1].closing:
        return dict(sheets)
    last = parts[count - 1]
    names = list(sheets)
    kept = {name: sheets[name] for name in names[: names.index(last.path)]}
    return {**dict.fromkeys(names, ""), **kept, last.path: sheets[last.path][: last.end] + last.closing}


def _with(html: str, sheets: Mapping[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        return match[1] + sheets.get(match[2], match[3]) + match[4]

    return _STYLE.sub(put, html)


def _rules(path: str, text: str) -> Iterator[_Part]:
    """Yield the rules of the stylesheet *text*."""
    yield from _parts(path, text, tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))


def _inner(rule: _Part, text: str) -> list[_Part]:
    """Return the declarations and rules in *rule*."""
    before, own = text[: rule.begin], text[rule.begin : rule.end]
    first = next(iter(tinycss2.parse_stylesheet(own, skip_comments=True, skip_whitespace=True)), None)
    if first is None or getattr(first, "content", None) is None:
        return []
    nodes = tinycss2.parse_blocks_contents(first.content, skip_comments=True, skip_whitespace=True)
    parts = _parts(rule.path, own, nodes)
    return [
        _Part(rule.path, part.line + before.count("\n"), rule.begin + part.begin, rule.begin + part.end, "}")
        for part in parts
    ]


def _parts(path: str, text: str, nodes: Sequence[Any]) -> Iterator[_Part]:
    """Yield *nodes* of *text*, each up to the next one."""
    begins = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]
    offsets = [begins[node.source_line - 1] + node.source_column - 1 for node in nodes]
    for node, (begin, end) in zip(nodes, pairwise([*offsets, len(text)]), strict=True):
        yield _Part(path, node.source_line, begin, end)
