"""The stylesheets of a piece, each rule read once, with what is the same on all of a page filled in.

A custom property that nothing but the root element declares has the same value everywhere. The engine looks
it up, and judges it, anew for each element and each kind of box: with that and with reading the sheets again
for each layout it spends a third of its time. So `var(--x)` gives way to the value here, before the engine
reads the sheet, and a rule that was read serves all sheets and settings in which it says the same.

What the engine alone can say, where a property changes inside the page, is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

import tinycss2
from cssselect2 import Matcher
from weasyprint import CSS
from weasyprint.css.counters import CounterStyle

from handout.paper.engine import messages
from handout.paper.engine.fetch import BASE_URL, AssetFetcher
from handout.paper.engine.places import StyleSource

MOST_SHEETS = 256
"""That are kept: those of a large handbook, each at its settings."""
MOST_RULES = 16_384
"""That are kept: a handbook in all its formats has some thousand, and a tenth of them at each setting."""
LONGEST_VALUE = 10_000
"""Letters: a value that names another twice, which names a third twice, and so on, would fill all memory."""
_AT_ONCE_ONLY = re.compile(r"@(?:import|font-face|color-profile|layer)\b", re.IGNORECASE)
"""What changes more than the sheet that says it: the files asked for, the fonts, the order of the sheets."""
_ROOT = re.compile(r""":root|\[(?P<name>[\w-]+)=(?P<quote>["'])(?P<value>[^"']*)(?P=quote)\]""")
_NAME = re.compile(r"--[\w-]+(?=\s*:)")
_REFERENCE = re.compile(
    r"""(?P<kept>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|/\*.*?\*/)"""
    r"|var\(\s*(?P<name>--[\w-]+)\s*(?:,[^()]*)?\)",
    re.DOTALL,
)
_ASKS_FOR_STYLE = re.compile(r"\[[^\]]*(?:style|\\)", re.IGNORECASE)
"""A selector that may see what an element says of its own style."""
_TIMES_ONE = re.compile(r"calc\(\s*([\d.]+[a-z]+)\s*\*\s*1\s*\)")
"""A length that is multiplied by one."""


@dataclass(frozen=True)
class ReadSheet:
    """A stylesheet as the engine holds it."""

    css: Any
    counter_styles: Mapping[str, Any]
    records: tuple[str, ...]
    """What the engine said of it when it read it."""


class ChoosingSheet(CSS):  # type: ignore[misc]  # WeasyPrint carries no types
    """A sheet put together from its rules, of which it is known which elements they may choose."""

    def __init__(self, rules: Sequence[_ReadRule], fetcher: AssetFetcher) -> None:
        matcher = Matcher()
        self.payloads: dict[int, Any] = {}
        """What a selector says, by its number in the matcher."""
        for rule in rules:
            for selector, payload in rule.selectors:
                matcher.add_selector(selector, payload)
                self.payloads[matcher.order] = payload
        page_rules = [page_rule for rule in rules for page_rule in rule.page_rules]
        super().__init__(
            string="", base_url=BASE_URL, url_fetcher=fetcher, matcher=matcher, page_rules=page_rules
        )
        self.choices = tuple((rule.choice, len(rule.selectors)) for rule in rules)
        """Where it is the same for two sheets, so are their selectors, with their numbers."""
        self.may_ask_for_style = any(_ASKS_FOR_STYLE.search(choice) for choice, _ in self.choices)


class CounterStyles(CounterStyle):  # type: ignore[misc]  # WeasyPrint carries no types
    """The counter styles of a page. The engine adds its own last: they do not replace those of a sheet."""

    def __setitem__(self, name: str, style: object) -> None:
        self.setdefault(name, style)


def are_apart(sheets: Iterable[StyleSource]) -> bool:
    """Tell whether each of *sheets* can be read by itself, and serve another piece."""
    return not any(_AT_ONCE_ONLY.search(sheet.text) for sheet in sheets)


def read(sheets: Sequence[StyleSource], root: Element, own: Mapping[str, str]) -> tuple[ReadSheet, ...]:
    """Return *sheets* as they hold for the page *root*, whose style attribute declares *own*."""
    cut = [_cut(sheet.text) for sheet in sheets]
    constants = _constants((one for sheet in cut for one in sheet.declarations), root, own)
    return tuple(
        _read(tuple(replace(part, text=_filled(part.text, constants)) for part in sheet.parts))
        for sheet in cut
    )


def forget() -> None:
    """Read all sheets anew from now on: the engine says once that a value is wrong, and no second time."""
    _read.cache_clear()
    _RULES.clear()


class _Selectors:
    """Takes the place of what matches elements: it holds what the engine would put into that."""

    def __init__(self) -> None:
        self.added: list[tuple[Any, Any]] = []

    def add_selector(self, selector: Any, payload: Any) -> None:
        self.added.append((selector, payload))


@dataclass(frozen=True)
class _ReadRule:
    """A rule as the engine holds it: with what it chooses, and what it says of pages and of counters."""

    choice: str
    """What of its text holds all of its selectors."""
    selectors: tuple[tuple[Any, Any], ...]
    """Each with what it says, and the layer of that: one object for each rule."""
    page_rules: tuple[Any, ...]
    counter_styles: Mapping[str, Any]
    records: tuple[str, ...]


@lru_cache(MOST_SHEETS)
def _read(parts: tuple[_RuleText, ...]) -> ReadSheet:
    """Return the sheet of *parts*, which have one matcher: each sheet more costs at each element."""
    rules: list[_ReadRule] = []
    with messages.overheard(page_limit=0) as heard:
        # What hides an @import behind an escape gets nothing all the same.
        fetcher = AssetFetcher({})
        for part in parts:
            rule = _read_rule(part.text, fetcher, heard)
            if rule.records:  # they say where: at 3:5
                spaced = "\n" * (part.line - 1) + " " * (part.column - 1) + part.text
                rule = _read_rule(spaced, fetcher, heard)
            rules.append(rule)
        css = ChoosingSheet(rules, fetcher)
    counter_styles = CounterStyle()
    for rule in rules:
        counter_styles.update(rule.counter_styles)
    return ReadSheet(css, counter_styles, tuple(record for rule in rules for record in rule.records))


_RULES: dict[str, _ReadRule] = {}
"""By their text. What the engine needs for reading costs as much as a rule: a sheet's rules share it."""


def _read_rule(text: str, fetcher: AssetFetcher, heard: list[str]) -> _ReadRule:
    """Return the rule *text*, read with *fetcher* where it was not yet; the engine is *heard*."""
    if (known := _RULES.get(text)) is not None:
        return known
    selectors, counter_styles = _Selectors(), CounterStyle()
    page_rules: list[Any] = []
    before = len(heard)
    CSS(
        string=text,
        base_url=BASE_URL,
        url_fetcher=fetcher,
        counter_style=counter_styles,
        matcher=selectors,
        page_rules=page_rules,
    )
    if len(_RULES) >= MOST_RULES:
        _RULES.clear()
    read = _RULES[text] = _ReadRule(
        _choice(text) if selectors.added else "",
        tuple(selectors.added),
        tuple(page_rules),
        counter_styles,
        tuple(heard[before:]),
    )
    return read


def _choice(text: str) -> str:
    """Return what of the rule *text* holds its selectors: what stands before its only brace, or all."""
    prelude, _, rest = text.partition("{")
    return text if "{" in rest or "@" in prelude else prelude


# ---- a sheet, cut into its rules ---------------------------------------------------------------


@dataclass(frozen=True)
class _CutSheet:
    """A stylesheet as it is written, the same at all settings."""

    parts: tuple[_RuleText, ...]
    declarations: tuple[_Declaration, ...]
    """The custom properties that it declares."""


@lru_cache(MOST_SHEETS)
def _cut(text: str) -> _CutSheet:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")  # as lines are counted
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    declared = tuple(_declared_in(rules)) if "--" in text else ()
    return _CutSheet(_parts(text, rules), declared)


@dataclass(frozen=True)
class _RuleText:
    """One rule of a sheet, and what follows up to the next; or a whole sheet."""

    text: str
    line: int
    """Where it stands in its sheet; counted from 1, as the column."""
    column: int


def _parts(text: str, rules: Sequence[Any]) -> tuple[_RuleText, ...]:
    """Return the sheet *text* cut before each of its *rules*; whole where a fault may reach past its rule."""
    if not rules or any(rule.type == "error" for rule in rules):
        return (_RuleText(text, 1, 1),)
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    at = [line_starts[rule.source_line - 1] + rule.source_column - 1 for rule in rules]
    return tuple(
        _RuleText(text[start:end], rule.source_line, rule.source_column)
        for rule, start, end in zip(rules, at, [*at[1:], len(text)], strict=True)
    )


# ---- what has one value on the page -----------------------------------------------------------


@dataclass(frozen=True)
class _Declaration:
    """A custom property that a sheet declares."""

    name: str
    value: str
    selectors: tuple[str, ...]
    """Of its rule; empty where they are not all that decides for what it holds."""


def _constants(
    declarations: Iterable[_Declaration], root: Element, own: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the value of each custom property that has the same one everywhere in *root*."""
    elements = [element for element in root.iter() if element is not root]
    inside = {name for element in elements for name in element.attrib}
    local = {name for element in elements for name in _NAME.findall(element.get("style", ""))}
    values: dict[str, str] = {}
    for declaration in declarations:
        is_for_root = _is_for_root(declaration, root, inside)
        if is_for_root is None:
            local.add(declaration.name)
        elif is_for_root:  # all such selectors weigh the same, so that the last one has the say
            values[declaration.name] = declaration.value
    values |= own
    return _resolved({name: value for name, value in values.items() if name not in local})


def _is_for_root(declaration: _Declaration, root: Element, inside: set[str]) -> bool | None:
    """Tell whether *declaration* holds for *root*; None where it may hold for something else."""
    found = [_of_root(selector, root, inside) for selector in declaration.selectors]
    return None if not found or None in found else any(found)


def _of_root(selector: str, root: Element, inside: set[str]) -> bool | None:
    """Tell whether *selector* chooses *root*; None where it may choose something else.

    *inside* are the names of the attributes that other elements have.
    """
    match = _ROOT.fullmatch(selector)
    if match is None or match["name"] in inside:
        return None
    return match["name"] is None or root.get(match["name"]) == match["value"]


def _resolved(values: Mapping[str, str]) -> Mapping[str, str]:
    """Return those of *values* that are told by each other, as they then read."""
    done: dict[str, str] = {}
    left = dict(values)
    while left:
        filled = {name: _filled(value, done) for name, value in left.items()}
        told = {name: one for name, one in filled.items() if "var(" not in one and len(one) <= LONGEST_VALUE}
        if not told:
            break  # what is left names a property that is not the same everywhere, or itself, or is too long
        done |= told
        left = {name: value for name, value in left.items() if name not in told}
    return done


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with *values* in the places of their names, on the same lines."""
    if "var(" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        return values.get(match["name"], match[0])

    return _TIMES_ONE.sub(r"\1", _REFERENCE.sub(value, text))


def _declared_in(rules: Iterable[Any]) -> Iterator[_Declaration]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = tuple(part.strip() for part in tinycss2.serialize(rule.prelude).split(","))
            yield from _declared_by(rule, selectors)
        elif rule.type == "at-rule" and rule.content:
            yield from _named_in(rule)


def _declared_by(rule: Any, selectors: tuple[str, ...]) -> Iterator[_Declaration]:
    for item in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        if item.type == "declaration" and item.name.startswith("--"):
            value = tinycss2.serialize(item.value).strip()
            yield _Declaration(item.name, value, selectors if value and not item.important else ())
        elif item.type in ("qualified-rule", "at-rule") and item.content:
            yield from _named_in(item)


def _named_in(rule: Any) -> Iterator[_Declaration]:
    """Yield what a rule declares that holds under a condition, or inside of another rule."""
    for name in _NAME.findall(tinycss2.serialize(rule.content)):
        yield _Declaration(name, "", ())
