"""Which rules choose an element is found once for all settings of a page: they change values alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Any, NamedTuple, TypeAlias
from xml.etree.ElementTree import Element

from handout.paper.engine.styles import ChoosingSheet

MOST_CHOICES = 8
"""That are kept, all of one page: it has two or three densities, and then its sides are filled alike."""
_StyleSheets: TypeAlias = Iterable[tuple[Any, str, tuple[int, ...] | None]]
"""Stylesheets as the engine hands them on: with whose they are, and a weight that all of their rules have."""


class ChoosingRule(NamedTuple):
    """What a selector says that chose an element."""

    payload: Any
    """The declarations, as the engine holds them, and their layer: one object for each rule."""
    specificity: tuple[int, ...]
    layer_order: float
    origin: str

    @property
    def key(self) -> tuple[object, ...]:
        return id(self.payload), self.specificity


class Chosen(NamedTuple):
    """An element with the rules that choose it, or a pseudo-element of it, in the order of their say."""

    element: Element
    parent: Element | None
    rules: Mapping[str | None, Sequence[ChoosingRule]]


class _ChoiceMatch(NamedTuple):
    """That a selector chooses an element."""

    pseudo_element: str | None
    sheet: int
    """The index of its sheet."""
    order: int
    """The number that the engine gave the selector in its sheet."""
    specificity: tuple[int, ...]
    payload: Any
    """What it says; None where that goes by the setting."""


class _ChosenRow(NamedTuple):
    """An element, by what stays the same at another setting."""

    element: Element
    parent: Element | None
    matches: tuple[_ChoiceMatch, ...]


class KeptChoices:
    """The choices of the page that was laid out last."""

    def __init__(self) -> None:
        self._html: Any = None
        self._rows: dict[object, tuple[_ChosenRow, ...]] = {}

    def of(self, html: Any, sheets: _StyleSheets) -> Iterator[Chosen]:
        """Yield the elements of *html*, each after its parent, with what chooses it in *sheets*."""
        sheets = tuple(sheets)
        if html is not self._html or len(self._rows) >= MOST_CHOICES:
            self._html, self._rows = html, {}
        choosing = [sheet for sheet, *_ in sheets]
        key = _key(html.etree_element, choosing)
        if (rows := self._rows.get(key)) is None:
            rows = self._rows[key] = tuple(_matched(html, choosing))
        rules: dict[tuple[object, ...], ChoosingRule] = {}
        for element, parent, matches in rows:
            found: dict[str | None, list[ChoosingRule]] = {}
            for match in matches:
                named = match.sheet, match.order, match.specificity
                if (rule := rules.get(named)) is None:
                    rule = rules[named] = _rule(match, *sheets[match.sheet])
                found.setdefault(match.pseudo_element, []).append(rule)
            yield Chosen(element, parent, found)


def _key(root: Element, sheets: Sequence[Any]) -> object:
    """Return what tells apart whatever the selectors of *sheets* may see of the page *root*.

    Its elements stay. What they say of their own style goes by the setting, which a selector seldom sees.
    """
    choices = tuple(sheet.choices if isinstance(sheet, ChoosingSheet) else sheet for sheet in sheets)
    if any(isinstance(sheet, ChoosingSheet) and sheet.may_ask_for_style for sheet in sheets):
        return choices, tuple(tuple(element.attrib.items()) for element in root.iter())
    return choices, tuple(
        tuple(item for item in element.attrib.items() if item[0] != "style") for element in root.iter()
    )


def _matched(html: Any, sheets: Sequence[Any]) -> Iterator[_ChosenRow]:
    for wrapper in html.wrapper_element.iter_subtree():
        matches = tuple(
            _ChoiceMatch(
                pseudo, index, order, specificity, None if isinstance(sheet, ChoosingSheet) else payload
            )
            for index, sheet in enumerate(sheets)
            for specificity, order, pseudo, payload in sheet.matcher.match(wrapper)
        )
        yield _ChosenRow(
            wrapper.etree_element, wrapper.parent.etree_element if wrapper.parent else None, matches
        )


def _rule(match: _ChoiceMatch, sheet: Any, origin: str, weight: tuple[int, ...] | None) -> ChoosingRule:
    """Return what *match* says, in the *sheet* as it holds at this setting."""
    payload = match.payload or sheet.payloads[match.order]
    layer_order = inf if payload[1] is None else sheet.layers.index(payload[1])
    return ChoosingRule(payload, weight or match.specificity, layer_order, origin)
