"""The register of on-screen labels: what each screen says, who saw it, and when. Labels live elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints

from handout.machine.gate import forbidden_character, invisible_character
from handout.model.findings import Finding, Place, suggest
from handout.model.links import shown_hosts
from handout.model.messages import Message, say
from handout.model.names import quoted
from handout.model.rules import Rule
from handout.project.settings import LanguageTag, SettingsTable, Slug, Words

LABELS_FILE = "content/labels.toml"
MOST_CURRENT = 2
"""Texts that one key prints: a reader compares two with the screen, and loses count of more."""


def _printable(text: str) -> str:
    if "\n" in text or forbidden_character(text) or invisible_character(text):
        raise ValueError(
            say("the words of the screen in one line, typed by hand: they hold a sign nobody sees")
        )
    if next(shown_hosts(text), None):
        raise ValueError(
            say("words alone: an address stands under [links] in handout.toml, where it is checked")
        )
    return text


def _each_once(texts: list[str]) -> list[str]:
    if len(set(texts)) < len(texts):
        raise ValueError(say("each text once: the key would say it twice"))
    return texts


LabelText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]


class Sighting(SettingsTable):
    """What a screen was found to say: by a person who looked at it, or by a text that tells of it."""

    text: LabelText | None = None
    """What it said; without it: what the source says."""
    platform: Words | None = None
    """On which of the platforms of the label; without it: on all of them."""
    version: Words | None = None
    """Which version of the screen or program it was, as far as known."""
    seen_on: date | None = None
    """The day on which a person saw it; without it nobody did, and a text tells of it."""
    by: Words | None = None
    """In which role: "ICT-anker". No names of persons."""
    source: Words | None = None
    """Which text tells of it."""


class ScreenLabel(SettingsTable):
    """A label on a screen that is not ours: what the source says, and what was found since."""

    id: Annotated[Slug, Field(description=say('a short name for it, as id = "add-method"'))]
    text: Annotated[LabelText, Field(description=say("the words of the screen, as the source gives them"))]
    source: Annotated[
        list[Words], Field(min_length=1, description=say('where it says so, as source = ["S15"]'))
    ]
    language: Annotated[LanguageTag, Field(description=say("the language of the screen, as nl"))]
    platform: Annotated[
        list[Words], Field(min_length=1, description=say('where the label is met, as platform = ["Windows"]'))
    ]
    current: (
        Annotated[list[LabelText], Field(min_length=1, max_length=MOST_CURRENT), AfterValidator(_each_once)]
        | None
    ) = None
    """What screens say now, one text or two, and a key prints; without it: what the source says."""
    typed: bool = False
    """Whether the reader types it: no screen shows it, and nobody needs to see it again."""
    seen: list[Sighting] = Field(default_factory=list)
    """One table `[[label.seen]]` for each time that somebody looked, or a text tells of it."""

    @property
    def printed(self) -> tuple[str, ...]:
        """What a key of it prints, in the order of the entry."""
        return tuple(self.current or (self.text,))

    @property
    def texts(self) -> tuple[str, ...]:
        """All that it is known to say or to have said: what the source says, what is current, the others."""
        return tuple(dict.fromkeys((self.text, *self.printed, *self.established)))

    @property
    def established(self) -> tuple[str, ...]:
        """What the source says, and what screens were found to say."""
        return (self.text, *(sighting.text for sighting in self.seen if sighting.text is not None))

    def last_seen_on(self, platform: str) -> date | None:
        """Return the last day on which a person saw it on *platform*; None: nobody ever did."""
        days = (one.seen_on for one in self.seen if one.platform in (None, platform))
        return max((day for day in days if day is not None), default=None)

    def last_seen(self) -> tuple[Sighting, ...]:
        """Return what persons saw on the last day on which one looked, of each platform."""
        last = {platform: self.last_seen_on(platform) for platform in self.platform}
        return tuple(
            one
            for one in self.seen
            if one.seen_on is not None
            and any(day == one.seen_on for at, day in last.items() if one.platform in (None, at))
        )


class LabelRegister(SettingsTable):
    """All on-screen labels of a project: content/labels.toml."""

    label: list[ScreenLabel] = Field(default_factory=list)
    """One table `[[label]]` for each label."""

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


LineOf: TypeAlias = Callable[[tuple[str | int, ...]], int]
"""Answers in which line of the register a value stands."""


def check_labels(register: LabelRegister, line_of: LineOf) -> Iterator[Finding]:
    """Yield the entries that are those of another, and what is said under one and established nowhere."""
    for key in ("id", "text"):
        yield from _told_twice(register, key, line_of)
    for number, label in enumerate(register.label):
        for text in label.printed:
            if text not in label.established:
                what = say(
                    "{text} stands under 'current', and nothing tells that a screen says so",
                    text=quoted(text),
                )
                fix = say("add a [[label.seen]] with this text, or take it out")
                yield _wrong(what, fix, line_of(("label", number, "current")))
        for at, sighting in enumerate(label.seen):
            where = ("label", number, "seen", at)
            for key, what, fix in _unfounded(sighting, label):
                yield _wrong(what, fix, line_of((*where, key)))


def _told_twice(register: LabelRegister, key: str, line_of: LineOf) -> Iterator[Finding]:
    met: set[str] = set()
    for number, label in enumerate(register.label):
        value = label.id if key == "id" else label.text
        if value in met:
            place = Place(LABELS_FILE, line_of(("label", number, key)))
            what = say("{value} is also the {key} of another label", value=quoted(value), key=key)
            fix = say("make one entry of them, with the platforms of both under 'platform'")
            yield Finding(place, what, fix, rule=Rule.NAME_TWICE)
        met.add(value)


def _unfounded(sighting: Sighting, label: ScreenLabel) -> Iterator[tuple[str, Message, Message]]:
    """Yield the key of *sighting* that is wrong, what is wrong with it, and how to mend it."""
    if (sighting.seen_on is None) is not (sighting.by is None):
        given, lacking = ("by", "seen-on") if sighting.seen_on is None else ("seen-on", "by")
        what = say("what was seen has '{given}' without '{lacking}'", given=given, lacking=lacking)
        fix = say("write both, the day and the role of who saw it; neither where a text alone tells of it")
        yield given, what, fix
    elif sighting.seen_on is None and sighting.source is None:
        fix = say("write 'seen-on' and 'by', or under 'source' which text tells of it")
        yield (
            "text",
            say("nobody saw that a screen says {value}", value=quoted(sighting.text or label.text)),
            fix,
        )
    if sighting.platform is not None and sighting.platform not in label.platform:
        what = say(
            "the label {text} is not met on {platform}",
            text=quoted(label.text),
            platform=quoted(sighting.platform),
        )
        fix = say(
            "{suggest}; or add it to 'platform' of the label",
            suggest=suggest(sighting.platform, label.platform),
        )
        yield "platform", what, fix


def _wrong(what: Message, fix: Message, line: int) -> Finding:
    return Finding(Place(LABELS_FILE, line), what, fix, rule=Rule.VALUE_WRONG)


def label_places(register: LabelRegister, line_of: LineOf) -> dict[str, tuple[Place, ...]]:
    """Return the place of each entry by its id."""
    return {
        label.id: (Place(LABELS_FILE, line_of(("label", number))),)
        for number, label in enumerate(register.label)
    }
