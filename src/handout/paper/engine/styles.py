"""The stylesheets of a piece, read once for each setting, with what is the same on all of a page filled in.

A custom property that nothing but the root element declares has the same value everywhere. The engine looks
it up, and judges it, anew for each element and each kind of box: with that and with reading the sheets again
for each layout it spends a third of its time. So `var(--x)` gives way to the value here, before the engine
reads the sheet, and a sheet that was read serves all pieces that have the same one.

What the engine alone can say, where a property changes inside the page, is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

import tinycss2
from weasyprint import CSS
from weasyprint.css.counters import CounterStyle

from handout.paper.engine import messages
from handout.paper.engine.fetch import BASE_URL, AssetFetcher
from handout.paper.engine.places import StyleSource

MOST_SHEETS = 256
"""That are kept: those of a large handbook, each at its settings."""
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
_TIMES_ONE = re.compile(r"calc\(\s*([\d.]+[a-z]+)\s*\*\s*1\s*\)")
"""A length that is multiplied by one."""


@dataclass(frozen=True)
class ReadSheet:
    """A stylesheet as the engine holds it."""

    css: Any
    counter_styles: Mapping[str, Any]
    records: tuple[str, ...]
    """What the engine said of it when it read it."""


class CounterStyles(CounterStyle):  # type: ignore[misc]  # WeasyPrint carries no types
    """The counter styles of a page. The engine adds its own last: they do not replace those of a sheet."""

    def __setitem__(self, name: str, style: object) -> None:
        self.setdefault(name, style)


def are_apart(sheets: Iterable[StyleSource]) -> bool:
    """Tell whether each of *sheets* can be read by itself, and serve another piece."""
    return not any(_AT_ONCE_ONLY.search(sheet.text) for sheet in sheets)


def read(sheets: Sequence[StyleSource], root: Element, own: Mapping[str, str]) -> tuple[ReadSheet, ...]:
    """Return *sheets* as they hold for the page *root*, whose style attribute declares *own*."""
    constants = _constants([sheet.text for sheet in sheets], root, own)
    return tuple(_read(_filled(sheet.text, constants)) for sheet in sheets)


def forget() -> None:
    """Read all sheets anew from now on: the engine says once that a value is wrong, and no second time."""
    _read.cache_clear()


@lru_cache(MOST_SHEETS)
def _read(text: str) -> ReadSheet:
    counter_styles = CounterStyle()
    with messages.overheard(page_limit=0) as records:
        # What hides an @import behind an escape gets nothing all the same.
        css = CSS(string=text, base_url=BASE_URL, counter_style=counter_styles, url_fetcher=AssetFetcher({}))
    return ReadSheet(css, counter_styles, tuple(records))


# ---- what has one value on the page -----------------------------------------------------------


@dataclass(frozen=True)
class _Declaration:
    """A custom property that a sheet declares."""

    name: str
    value: str
    selectors: tuple[str, ...]
    """Of its rule; empty where they are not all that decides for what it holds."""


def _constants(texts: Iterable[str], root: Element, own: Mapping[str, str]) -> Mapping[str, str]:
    """Return the value of each custom property that has the same one everywhere in *root*."""
    elements = [element for element in root.iter() if element is not root]
    inside = {name for element in elements for name in element.attrib}
    local = {name for element in elements for name in _NAME.findall(element.get("style", ""))}
    values: dict[str, str] = {}
    for declaration in (one for text in texts for one in _declarations(text)):
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

    def value(match: re.Match[str]) -> str:
        return values.get(match["name"], match[0])

    return _TIMES_ONE.sub(r"\1", _REFERENCE.sub(value, text))


@lru_cache(MOST_SHEETS)
def _declarations(text: str) -> tuple[_Declaration, ...]:
    """Return the custom properties that the sheet *text* declares."""
    return tuple(_declared_in(text)) if "--" in text else ()


def _declared_in(text: str) -> Iterator[_Declaration]:
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
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
