"""The style of an element is computed once for all that get the same one, of this layout and of later ones.

What it is computed from is the style of its parent, the rules that choose it, and a few attributes of its
own. Where these are the same, so is the style. The engine changes a style here and there while it lays out:
it gets one of its own for each layout, which takes from the kept one what it does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

from weasyprint.css import (
    ComputedStyle,
    InitialStyle,
    StyleFor,
    declaration_precedence,
    find_style_attributes,
    preprocess_declarations,
)

from handout.paper.engine.kept_choices import ChoosingRule, KeptChoices

MOST_STYLES = 8_000
"""Some 40 MB: those of a handbook in all its formats and settings."""
_OWN_ATTRIBUTES = "style", "lang", "id"
_OWN_ATTRIBUTES_OF = {"a": ("name",), "{http://www.w3.org/2000/svg}svg": ("width", "height")}
"""What `find_style_attributes` looks at in each element, and in those of one tag."""
_PLAIN_ID = re.compile(r"[\w-]+")
_Key: TypeAlias = tuple[object, ...]


@dataclass
class KeptStyles:
    """The styles of one set of fonts."""

    styles: dict[_Key, tuple[ComputedStyle, tuple[ChoosingRule, ...]]] = field(default_factory=dict)
    """Each with its rules: as long as they are held here, no other can have their identity."""
    choices: KeptChoices = field(default_factory=KeptChoices)

    @property
    def is_full(self) -> bool:
        return len(self.styles) > MOST_STYLES


class _LayoutStyle(ComputedStyle):  # type: ignore[misc]  # WeasyPrint carries no types
    """A style in one layout. What the engine changes in it changes nothing in the one that is kept."""

    def __init__(self, kept: ComputedStyle) -> None:
        super().__init__(
            kept.parent_style,
            kept.cascaded,
            kept.pseudo_type,
            kept.root_style,
            kept.base_url,
            kept.font_config,
            kept.initial_page_sizes,
        )
        self.update(kept)
        self.kept, self.specified, self.cache = kept, kept.specified, kept.cache

    def __missing__(self, name: str) -> Any:
        value = self[name] = self.kept[name]
        return value


class KeptStyleFor(StyleFor):  # type: ignore[misc]  # WeasyPrint carries no types
    """The styles of the elements of one layout, by element: those of `KeptStyles`, where fonts are kept."""

    def __init__(
        self, html: Any, sheets: Any, presentational_hints: bool, font_config: Any, target_collector: Any
    ) -> None:
        self._waiting: dict[tuple[Any, str], Sequence[ChoosingRule]] = {}
        kept = getattr(font_config, "styles", None)
        if kept is None or presentational_hints:
            super().__init__(html, sheets, presentational_hints, font_config, target_collector)
            return
        self._cascaded_styles: dict[object, object] = {}
        self._computed_styles: dict[tuple[Any, str | None], _LayoutStyle] = {}
        self.initial_page_sizes = {"box": None, "area": None}
        self._sheets, self.font_config = sheets, font_config
        self._base_url, self._kept, self._targets = html.base_url, kept.styles, target_collector
        self._root: ComputedStyle | None = None
        self._shared: dict[_Key, _LayoutStyle] = {}
        self._anchoring: dict[int, bool] = {}
        for element, parent, rules in kept.choices.of(html, sheets):
            self._add(element, parent, rules.get(None, ()))
            for name, own in rules.items():
                if name is not None:
                    self._waiting[element, name] = own
        for pseudo_element, own in list(self._waiting.items()):
            if any(map(self._is_anchoring, own)):
                self(*pseudo_element)

    def __call__(self, element: Any, pseudo_type: str | None = None) -> Any:
        """Return a style, or None. Those of pseudo-elements are computed when the engine asks for them."""
        if pseudo_type and (rules := self._waiting.pop((element, pseudo_type), None)) is not None:
            parent = self._computed_styles[element, None]
            self._put(element, pseudo_type, _LayoutStyle(self._computed(parent, None, rules, pseudo_type)))
        return super().__call__(element, pseudo_type)

    def _is_anchoring(self, rule: ChoosingRule) -> bool:
        """Tell whether *rule* makes what it chooses a target of links: the engine collects these at once."""
        found = self._anchoring.get(id(rule.payload))
        if found is None:
            found = self._anchoring[id(rule.payload)] = any(name == "anchor" for name, *_ in rule.payload[0])
        return found

    def _add(self, element: Element, above: Element | None, rules: Sequence[ChoosingRule]) -> None:
        """Give an element its style: that of another of this layout, where nothing tells them apart."""
        parent = self._computed_styles[above, None] if above is not None else None
        own = _own_attributes(element)
        if own.keys() == {"id"} and _is_plain_id(own["id"]) and not any(map(self._is_anchoring, rules)):
            # It makes a target of links and no more: what is in two steps may then have the same styles.
            style = _LayoutStyle(self._computed(parent, None, rules))
            style["anchor"] = own["id"]
            self._put(element, None, style)
            return
        if own:
            self._put(element, None, _LayoutStyle(self._computed(parent, element, rules)))
            return
        key = (id(parent), *(rule.key for rule in rules))
        if key in self._shared:
            self._computed_styles[element, None] = self._shared[key]
        else:
            style = self._shared[key] = _LayoutStyle(self._computed(parent, None, rules))
            self._put(element, None, style)

    def _put(self, element: Any, pseudo_type: str | None, style: _LayoutStyle) -> None:
        self._computed_styles[element, pseudo_type] = style
        if self._targets and style["anchor"]:
            self._targets.collect_anchor(style["anchor"])

    def _computed(
        self,
        parent: _LayoutStyle | None,
        element: Element | None,
        rules: Sequence[ChoosingRule],
        pseudo_type: str | None = None,
    ) -> ComputedStyle:
        """Return the kept style below *parent*, of *element* where that has attributes of its own."""
        above = parent.kept if parent is not None else None
        own = (element.tag, *_own_attributes(element).items()) if element is not None else None
        key = (id(above), own, pseudo_type, *(rule.key for rule in rules))
        if (found := self._kept.get(key)) is None:
            cascaded = _cascaded(element, self._base_url, rules)
            root = self._root if above is not None else InitialStyle(self.font_config)
            sizes = self.initial_page_sizes
            style = ComputedStyle(above, cascaded, pseudo_type, root, self._base_url, self.font_config, sizes)
            found = self._kept[key] = style, tuple(rules)
        if above is None:
            self._root = found[0]
        return found[0]


def _own_attributes(element: Element) -> dict[str, str]:
    """Return the attributes of *element* that say how it looks, and have a value."""
    if not element.attrib:
        return {}
    names = (*_OWN_ATTRIBUTES, *_OWN_ATTRIBUTES_OF.get(element.tag, ()))
    return {name: value for name in names if (value := element.get(name))}


def _is_plain_id(name: str) -> bool:
    """Tell whether the engine takes the id *name* as it stands: it writes a declaration of it first."""
    return _PLAIN_ID.fullmatch(name) is not None and name not in ("inherit", "initial")


def _cascaded(
    element: Element | None, base_url: str, rules: Iterable[ChoosingRule]
) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Return by property the value that has the say, with its weight."""
    found: dict[str, tuple[Any, tuple[Any, ...]]] = {}
    for name, value, weight in (*_of_attributes(element, base_url), *_of_rules(rules)):
        if name not in found or found[name][1] <= weight:
            found[name] = value, weight
    return found


def _of_attributes(element: Element | None, base_url: str) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    if element is None:
        return
    alone = Element(element.tag, element.attrib)  # what is in it has a style of its own
    for specificity, _, declarations, url in find_style_attributes(alone, False, base_url):
        for name, value, importance in preprocess_declarations(url, declarations):
            yield name, value, (declaration_precedence("author", importance), inf, specificity)


def _of_rules(rules: Iterable[ChoosingRule]) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    for rule in rules:
        for name, value, importance in rule.payload[0]:
            precedence = declaration_precedence(rule.origin, importance)
            yield name, value, (precedence, rule.layer_order, rule.specificity)
