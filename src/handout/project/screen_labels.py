"""The register of on-screen labels: what each screen says, who saw it, and when. Labels live elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from handout.machine.gate import forbidden_character, invisible_character
from handout.model.findings import Finding, Place
from handout.model.links import shown_hosts
from handout.model.names import quoted
from handout.model.rules import Rule
from handout.project.settings import LanguageTag, SettingsTable, Slug, Words

LABELS_FILE = "content/labels.toml"
MOST_CURRENT = 2
"""Texts that one key prints: a reader compares two with the screen, and loses count of more."""


def _printable(text: str) -> str:
    if "\n" in text or forbidden_character(text) or invisible_character(text):
        raise ValueError("the words of the screen in one line, typed by hand: they hold a sign nobody sees")
    if next(shown_hosts(text), None):
        raise ValueError("words alone: an address stands under [links] in handout.toml, where it is checked")
    return text


LabelText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]


class Sighting(SettingsTable):
    """What a screen was found to say: by a person who looked at it, or by a text that tells of it."""

    text: LabelText | None = None
    """What it said; None: what the source says."""
    platform: Words | None = None
    """On which of the label's platforms; None: on all of them."""
    version: Words | None = None
    seen_on: date | None = None
    """The day on which a person saw it; None: nobody did, a text tells of it."""
    by: Words | None = None
    """In which role: "ICT-anker". No names of persons."""
    source: Words | None = None
    """Which text tells of it."""

    @model_validator(mode="after")
    def _has_a_witness(self) -> Self:
        if (self.seen_on is None) is not (self.by is None):
            raise ValueError("both 'seen-on', a day, and 'by', a role; neither where nobody saw the screen")
        if self.seen_on is None and self.source is None:
            raise ValueError("who saw it, 'seen-on' and 'by', or which text tells of it, 'source'")
        return self


class ScreenLabel(SettingsTable):
    """A label on a screen that is not ours: what the source says, and what was found since."""

    id: Slug
    text: LabelText
    """What the source says."""
    source: Annotated[list[Words], Field(min_length=1)]
    """Where it says so: "S15"."""
    language: LanguageTag
    """Of the screen."""
    platform: Annotated[list[Words], Field(min_length=1)]
    """Where the label is met."""
    current: Annotated[list[LabelText], Field(min_length=1, max_length=MOST_CURRENT)] | None = None
    """What screens say now, and a key prints; None: what the source says."""
    typed: bool = False
    """Whether the reader types it: no screen shows it, and nobody needs to see it again."""
    seen: list[Sighting] = Field(default_factory=list)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if len({*self.printed}) < len(self.printed):
            raise ValueError("each text once under 'current'")
        if strange := [text for text in self.printed if text not in self._established]:
            raise ValueError(f"a [[label.seen]] that says {quoted(strange[0])}: nothing tells that it is so")
        for sighting in self.seen:
            if sighting.platform is not None and sighting.platform not in self.platform:
                known = ", ".join(quoted(one) for one in self.platform)
                raise ValueError(f"a platform of this label for each [[label.seen]]: {known}")
        return self

    @property
    def printed(self) -> tuple[str, ...]:
        """What a key of it prints, in the order of the entry."""
        return tuple(self.current or (self.text,))

    @property
    def texts(self) -> tuple[str, ...]:
        """All that it is known to say or to have said: what the source says, what is current, the others."""
        return tuple(dict.fromkeys((self.text, *self.printed, *self._established)))

    @property
    def _established(self) -> tuple[str, ...]:
        return (self.text, *(sighting.text for sighting in self.seen if sighting.text is not None))

    def last_seen_on(self, platform: str) -> date | None:
        """Return the last day on which a person saw it on *platform*; None: nobody ever did."""
        days = (one.seen_on for one in self.seen if one.platform in (None, platform))
        return max((day for day in days if day is not None), default=None)


class LabelRegister(SettingsTable):
    """All on-screen labels of a project: content/labels.toml."""

    label: list[ScreenLabel] = Field(default_factory=list)

    @cached_property
    def _by_text(self) -> dict[str, ScreenLabel]:
        """What the source says comes before what is current, and that before what was only found."""
        ranked = sorted(
            (rank, number, text)
            for number, label in enumerate(self.label)
            for rank, texts in enumerate(((label.text,), label.printed, label.texts))
            for text in texts
        )
        return {text: self.label[number] for _, number, text in reversed(ranked)}

    def of_key(self, text: str) -> ScreenLabel | None:
        """Return the label that a key with *text* means, or None where no entry has that text."""
        return self._by_text.get(text)

    def printed(self, text: str) -> tuple[str, ...]:
        """Return what a key with *text* prints.

        That is *text* itself, unless its entry says that two texts are current and this is one of them: a
        label is never replaced, and one that is no longer current is told instead.
        """
        label = self.of_key(text)
        return label.printed if label is not None and text in label.printed else (text,)

    def texts_of(self, label: ScreenLabel) -> tuple[str, ...]:
        """Return the texts by which a key means *label*: not those of it that are another one's own."""
        return tuple(text for text in label.texts if self._by_text[text].id == label.id)

    @property
    def all_texts(self) -> tuple[str, ...]:
        """Every text of every label."""
        return tuple(self._by_text)


def check_labels(
    register: LabelRegister, line_of: Callable[[tuple[str | int, ...]], int]
) -> Iterator[Finding]:
    """Yield the entries of which the id or the text is that of another."""
    for key in ("id", "text"):
        count = Counter[str]()
        for number, label in enumerate(register.label):
            value = getattr(label, key)
            count[value] += 1
            if count[value] == 2:
                place = Place(LABELS_FILE, line_of(("label", number, key)))
                what = f"{quoted(value)} is also the {key} of another label"
                fix = "make one entry of them, with the platforms of both under 'platform'"
                yield Finding(place, what, fix, rule=Rule.NAME_TWICE)


def label_places(
    register: LabelRegister, line_of: Callable[[tuple[str | int, ...]], int]
) -> dict[str, tuple[Place, ...]]:
    """Return the place of each entry by its id."""
    return {
        label.id: (Place(LABELS_FILE, line_of(("label", number))),)
        for number, label in enumerate(register.label)
    }
