"""The looks of a drawing: what its attributes, its style attributes and its <style> elements say together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element

import cssselect2
import tinycss2

from handout.machine.gate import Refused
from handout.model.messages import say
from handout.model.rules import Rule

SVG = "{http://www.w3.org/2000/svg}"

PROPERTIES = frozenset(
    re.findall(
        r"[\w-]+",
        "fill fill-opacity fill-rule stroke stroke-opacity stroke-width stroke-linecap stroke-linejoin "
        "stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color stop-color stop-opacity "
        "clip-path clip-rule display visibility overflow transform transform-origin font font-family "
        "font-size font-weight font-style text-anchor letter-spacing dominant-baseline filter mask "
        "mix-blend-mode paint-order vector-effect marker marker-start marker-mid marker-end",
    )
)
"""What changes how a drawing looks on paper, as far as drawing programs write it: all else is left out."""

MOST_RULES = 2_000
MOST_SLOW_MATCHES = 500_000
"""Of elements with selectors that name no class, id or element: each is tried on each."""
MOST_VALUE_CHARACTERS = 2_000
_PRINTED_MEDIA = frozenset({"", "all", "print", "screen"})
"""Programs write `screen` and mean the drawing; a dark theme or a narrow window has no place on paper."""
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*((?:[^()]|\([^()]*\))*))?\)")


class Styles:
    """Works out what is said of each element of the drawing *top*. Raises Refused where that is too much."""

    def __init__(self, top: Element, lines: Mapping[Element, int]) -> None:
        self._lines = lines
        self._matcher = cssselect2.Matcher()
        self._rule_count = 0
        for element in top.iter(f"{SVG}style"):
            if element.get("type", "text/css").strip().lower() in ("", "text/css"):
                text = "".join(element.itertext())
                self._add(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True), element)
        wrappers = list(cssselect2.ElementWrapper.from_xml_root(top).iter_subtree())
        if len(self._matcher.other_selectors) * len(wrappers) > MOST_SLOW_MATCHES:
            raise _too_many_rules(lines.get(top, 0))
        self._declared = {wrapper.etree_element: self._of(wrapper) for wrapper in wrappers}

    def declared(self, element: Element) -> Mapping[str, str]:
        """Return what is said of *element* itself by property, custom ones (`--x`) too; nothing inherited."""
        return self._declared[element]

    def _add(self, rules: Iterable[object], element: Element) -> None:
        for rule in _printed(rules):
            self._rule_count += 1
            if self._rule_count > MOST_RULES:
                raise _too_many_rules(self._lines.get(element, 0))
            try:
                selectors = cssselect2.compile_selector_list(rule.prelude)
            except cssselect2.SelectorError:  # as a browser: a rule that cannot be read says nothing
                continue
            plain, important = _declarations(rule.content)
            for selector in selectors:
                if selector.pseudo_element is None:
                    self._matcher.add_selector(selector, (plain, important))

    def _of(self, wrapper: cssselect2.ElementWrapper) -> Mapping[str, str]:
        element = wrapper.etree_element
        matched = [payload for *_, payload in self._matcher.match(wrapper)]
        plain, important = _declarations(element.get("style", ""))
        own = {name: value.strip() for name, value in element.attrib.items() if name in PROPERTIES}
        for declared in (*(one for one, _ in matched), plain, *(one for _, one in matched), important):
            own.update(declared)
        return own


def _printed(rules: Iterable[object]) -> Iterator[tinycss2.ast.QualifiedRule]:
    """Yield the rules among *rules* that hold on paper. What a rule would fetch is not asked for."""
    for rule in rules:
        if isinstance(rule, tinycss2.ast.QualifiedRule):
            yield rule
        elif isinstance(rule, tinycss2.ast.AtRule) and rule.lower_at_keyword == "media" and rule.content:
            media = tinycss2.serialize(rule.prelude).strip().lower().split(",")
            if not _PRINTED_MEDIA.isdisjoint(one.strip() for one in media):
                yield from _printed(
                    tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                )


def _declarations(content: object) -> tuple[dict[str, str], dict[str, str]]:
    """Return the properties that *content* sets: those that are not `!important`, and those that are."""
    plain: dict[str, str] = {}
    important: dict[str, str] = {}
    for one in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if one.type != "declaration":
            continue
        name = one.name if one.name.startswith("--") else one.lower_name
        if name in PROPERTIES or name.startswith("--"):
            (important if one.important else plain)[name] = tinycss2.serialize(one.value).strip()
    return plain, important


def without_variables(value: str, known: Mapping[str, str]) -> str:
    """Return *value* with what *known* says for its `var(--x, …)`, or else what stands behind the comma."""
    for _ in range(8):  # one may name another; a ring of them ends here, and so does one that doubles
        if len(value) > MOST_VALUE_CHARACTERS:
            return ""
        replaced = _VARIABLE.sub(lambda found: known.get(found[1], (found[2] or "").strip()), value)
        if replaced == value:
            break
        value = replaced
    return value


def _too_many_rules(line: int) -> Refused:
    return Refused(
        Rule.FILE_TOO_LARGE,
        say("the drawing has too many style rules"),
        say(
            "export it with the styles in the shapes: in Illustrator 'CSS Properties: "
            "Presentation Attributes'"
        ),
        line,
    )
