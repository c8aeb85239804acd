"""A page for a screen says what the sheets say, in their numbers, and fetches nothing."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from handout.model.findings import Finding
from handout.model.messages import say
from handout.proof.expected import Expected
from handout.proof.rules import ProofRule, found
from handout.proof.safety import is_allowed
from handout.proof.sequence import Sign, SignKind, differences
from handout.proof.tags import squeezed

MOST_SHOWN = 60
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"})
"""Elements that have no end (HTML §13.1.2)."""
ACTIVE = frozenset(
    {"applet", "audio", "base", "embed", "form", "frame", "iframe", "link", "object", "script", "video"}
)
"""Elements that run, fetch or send something; a page that is read has none."""
FETCHING = ("src", "srcset", "poster", "background", "action", "formaction", "data", "xlink:href")
_FETCHED = re.compile(r"""@import|url\((?!\s*["']?(?:data:|#))""")


@dataclass(frozen=True)
class PageLink:
    """A link, and what it says."""

    url: str
    words: str


@dataclass
class ReadPage:
    """What a reader meets on a page, as a browser would hand it on."""

    signs: list[Sign] = field(default_factory=list)
    text: str = ""
    links: list[PageLink] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    """The number of each step, `5` or `5b`, by the name of its place."""
    ids: Counter[str] = field(default_factory=Counter)
    active: list[str] = field(default_factory=list)
    """What runs or fetches something, as written."""


def read(data: bytes) -> ReadPage:
    """Return what stands on the page *data*."""
    reader = _ElementReader()
    reader.feed(data.decode("utf-8", "replace"))
    reader.close()
    return reader.page


@dataclass
class _Open:
    """An element that is being read."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    label: str = ""
    """Of an item: its whole number."""


class _ElementReader(HTMLParser):
    """Reads a page from the first element to the last."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = ReadPage()
        self._open: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._judge(tag, attributes)
        if name := attributes.get("id"):
            self.page.ids[name] += 1
        one = _Open(tag, attributes)
        if tag == "li":
            self._begin_item(one)
        if tag not in VOID:
            self._open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            one = self._open.pop()
            self._end(one)
            if one.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        inside = {one.tag for one in self._open}
        if "style" in inside:
            if (match := _FETCHED.search(data)) is not None:
                self.page.active.append(match[0])
            return
        if "body" in inside:
            self.page.text += data
        for one in self._open:
            one.text += data

    def _begin_item(self, one: _Open) -> None:
        listed = next((outer for outer in reversed(self._open) if outer.tag in ("ol", "ul")), None)
        if listed is None or listed.tag == "ul":
            return
        value = one.attributes.get("value", "")
        label = value
        if listed.attributes.get("type") == "a":
            label = string.ascii_lowercase[int(value) - 1 : int(value)] if value.isdecimal() else value
        drawn = one.attributes.get("data-number", label)
        shown = label if drawn == label else f"{label}/{drawn}"
        outer = next((item.label for item in reversed(self._open) if item.label), "")
        one.label = outer + shown
        self.page.signs.append(Sign(SignKind.NUMBER, shown))
        self.page.labels[one.attributes.get("id", "")] = one.label

    def _end(self, one: _Open) -> None:
        classes, words = one.attributes.get("class", "").split(), " ".join(one.text.split())
        if one.tag == "kbd":
            self.page.signs.append(Sign(SignKind.KEY, words))
        elif "device" in classes:
            self.page.signs.append(Sign(SignKind.DEVICE, words))
        elif "to--step" in classes or "stop" in classes:
            self.page.signs.append(Sign(SignKind.REFERENCE, words))
        if one.tag == "a":
            self.page.links.append(PageLink(one.attributes.get("href", ""), words))

    def _judge(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ACTIVE:
            self.page.active.append(f"<{tag}>")
        for name, value in attributes.items():
            fetches = name in FETCHING and not value.startswith("data:")
            leads = name == "style" and _FETCHED.search(value)
            if name.startswith("on") or fetches or leads:
                self.page.active.append(f'{name}="{value[:MOST_SHOWN]}"')


# ---- what is wrong ----------------------------------------------------------------------------


def screen(data: bytes, expected: Expected) -> Iterator[Finding]:
    """Yield in what the page *data* is not the document that is *expected*."""
    page = read(data)
    fix = say("let the template of the page print each number, key and reference of the text once, in order")
    yield from differences(page.signs, expected, ProofRule.SCREEN_STEPS, fix)
    yield from _texts(page, expected)
    yield from _active(page, expected)
    yield from _leading(page, expected)
    yield from _outside(page, expected)


def _texts(page: ReadPage, expected: Expected) -> Iterator[Finding]:
    """Yield the texts of the model that are not on *page*."""
    letters = squeezed(page.text)
    words = expected.terms.words
    # The chip of a device is told in words of its own.
    devices = {squeezed(word) for key, word in words.items() if key.startswith("device.")}
    for said in expected.said:
        if said.letters not in letters and said.letters not in devices:
            yield found(
                ProofRule.SCREEN_TEXT,
                said.place,
                say("'{text}' is not on the page for a screen", text=said.text[:MOST_SHOWN]),
                say("let the template of the page print it"),
            )


def _active(page: ReadPage, expected: Expected) -> Iterator[Finding]:
    for one in page.active[:1]:
        yield found(
            ProofRule.SCREEN_ACTIVE,
            expected.document.place,
            say("the page for a screen runs or fetches something: {what}", what=one),
            say("let the template and the style sheet hold all that they show, and no script"),
        )


def _leading(page: ReadPage, expected: Expected) -> Iterator[Finding]:
    """Yield the links within *page* that lead nowhere, or to another step than they say."""
    for link in page.links:
        name = link.url.removeprefix("#")
        if not link.url.startswith("#"):
            continue
        label, number = page.labels.get(name), _number_in(link.words)
        if page.ids[name] != 1 or (label is not None and number != label):
            there = say("step {label}", label=label) if label else say("no place, or several")
            yield found(
                ProofRule.SCREEN_LINK,
                expected.document.place,
                say("the link '{words}' leads to {there}", words=link.words[:MOST_SHOWN], there=there),
                say("let each step have one name on the page, and each reference lead to that"),
            )


def _number_in(words: str) -> str:
    """Return the number of the step that *words* name, the first of a run; empty for none."""
    match = re.search(r"(?<![^\W\d])[A-Z]?(\d+[a-z]?)(?!\w)", words)
    return match[1] if match else ""


def _outside(page: ReadPage, expected: Expected) -> Iterator[Finding]:
    """Yield the addresses that *page* may not lead to, and those that it lacks."""
    addresses = {link.url for link in page.links if not link.url.startswith("#")}
    own = _of_school(expected)
    known = expected.addresses | {url for url in own if url}
    for address in sorted(addresses - known):
        if not is_allowed(address, expected.terms.allowed_hosts):
            yield found(
                ProofRule.SCREEN_LINK,
                expected.document.place,
                say("a link leads to '{address}'", address=address[:MOST_SHOWN]),
                say("lead to the allowed hosts alone, to the school, or to a step"),
            )
    for address in sorted(expected.addresses - addresses):
        yield found(
            ProofRule.SCREEN_LINK,
            expected.document.place,
            say("nothing on the page for a screen leads to {address}", address=address),
            say("let the template of the page print the address as a link"),
        )


def _of_school(expected: Expected) -> Sequence[str]:
    """Return how the school of the document is reached: by its own number and its own mail."""
    school = expected.document.school
    if school is None:
        return ()
    number = re.sub(r"[^\d+]", "", school.phone or "")
    return (f"tel:{number}" if number else "", f"mailto:{school.email}" if school.email else "")
