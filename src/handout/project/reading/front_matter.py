"""Front matter: a small subset of YAML in which every value is a text or a list of texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from handout.machine.gate import forbidden_character
from handout.model.findings import Finding, Place
from handout.model.messages import Message, say
from handout.model.names import SLUG, quoted
from handout.model.rules import Rule
from handout.model.school import LANGUAGE_TAG
from handout.project.reading.notes import Notes
from handout.project.reading.validation import Location, WrongItem

MOST_BYTES = 8_000
MOST_BRACKETS = 200
"""PyYAML takes quadratic time for brackets in brackets."""
MARK = "---"
TITLE, NO_SHEET = "title", "no-sheet"
FOR_AN_AUDIENCE = (TITLE, NO_SHEET)
"""The keys that say something of one audience, `title@students`."""


@dataclass(frozen=True)
class Entry:
    """One key with its value, as written."""

    key: str
    """Without the audience."""
    audience: str | None
    """`students` for `title@students:`."""
    value: str | tuple[str, ...]
    line: int
    value_lines: tuple[int, ...]
    """The line of the text, or of each text of the list."""


@dataclass(frozen=True)
class FrontMatter:
    """The head of a file, and what follows it."""

    path: str
    entries: tuple[Entry, ...]
    body: str
    body_line: int
    """The line of the file on which the body begins, counted from 1."""

    def values(self) -> dict[str, object]:
        """Return the values by key, without those for one audience."""
        return {entry.key: entry.value for entry in self.entries if entry.audience is None}

    def for_audiences(self, key: str) -> Mapping[str, str]:
        """Return the values of *key* by audience, for those that have their own."""
        return {
            entry.audience: entry.value
            for entry in self.entries
            if entry.key == key and entry.audience is not None and isinstance(entry.value, str)
        }

    def place_of(self, location: Location) -> Place:
        """Return the line of the value at *location*, of its key, or of the head where there is none."""
        for entry in self.entries:
            if entry.audience is None and location and location[0] == entry.key:
                index = location[1] if len(location) > 1 else None
                if isinstance(index, int) and index < len(entry.value_lines):
                    return Place(self.path, entry.value_lines[index])
                return Place(self.path, entry.line)
        return Place(self.path, 1)


def split(path: str, text: str, required: bool = True) -> tuple[FrontMatter | None, tuple[Finding, ...]]:
    """Return the front matter and the body of *text*, and what is wrong with the front matter.

    None where the body cannot be told from the head. Without *required* a text may have no head.
    """
    notes = Notes(path)
    lines = text.split("\n")
    if lines[0].rstrip() != MARK:
        if required:
            notes.add(
                0,
                Rule.FRONT_MATTER_MISSING,
                say("the file does not begin with front matter"),
                say("begin the first line with ---"),
            )
            return None, tuple(notes.findings)
        return FrontMatter(path, (), text, 1), ()
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == MARK), None)
    if end is None:
        notes.add(
            0,
            Rule.FRONT_MATTER_MISSING,
            say("the front matter has no end"),
            say("close it with a line of ---"),
        )
        return None, tuple(notes.findings)
    head = "\n".join(lines[1:end])
    # The head stands one line below the top of the file.
    notes.first_line = 2
    entries = tuple(_entries(head, notes))
    return FrontMatter(path, entries, "\n".join(lines[end + 1 :]), end + 2), tuple(notes.findings)


# ---- YAML -------------------------------------------------------------------------------------


def _entries(head: str, notes: Notes) -> Iterator[Entry]:
    if len(head.encode()) > MOST_BYTES:
        notes.add(
            0,
            Rule.FILE_TOO_LARGE,
            say("the front matter is larger than {most_bytes} bytes", most_bytes=MOST_BYTES),
            say("move text below the second ---"),
        )
        return
    if head.count("[") + head.count("{") > MOST_BRACKETS:
        notes.add(
            0,
            Rule.FRONT_MATTER_BROKEN,
            say("the front matter holds more than {most_brackets} brackets", most_brackets=MOST_BRACKETS),
            say("write short lists: [a, b]"),
        )
        return
    seen: dict[str, int] = {}
    for key, node, line in _pairs(_Events(head, notes), notes):
        name, at, audience = key.partition("@")
        if not _key_is_sound(key, line, notes):
            continue
        if key in seen:
            first = notes.place(seen[key]).line
            notes.add(
                line,
                Rule.KEY_TWICE,
                say("the key '{key}' stands twice; first in line {first}", key=key, first=first),
                say("take one of them out"),
            )
            continue
        seen[key] = line
        if node is not None and (entry := _entry(name, audience if at else None, node, line, notes)):
            yield entry


def _key_is_sound(key: str, line: int, notes: Notes) -> bool:
    name, at, audience = key.partition("@")
    if at and name not in FOR_AN_AUDIENCE:
        notes.add(
            line,
            Rule.KEY_AUDIENCE,
            say("the key {key} is for one audience", key=quoted(key)),
            say("only 'title@audience' and 'no-sheet@audience' can differ"),
        )
        return False
    if at and not SLUG.fullmatch(audience):
        notes.add(
            line,
            Rule.KEY_AUDIENCE,
            say("the key {key} names no audience", key=quoted(key)),
            say("write it as {name}@students", name=name),
        )
        return False
    return True


@dataclass(frozen=True)
class _Scalar:
    text: str
    line: int


_Node = _Scalar | tuple[_Scalar, ...]


def _entry(name: str, audience: str | None, node: _Node, line: int, notes: Notes) -> Entry | None:
    scalars = node if isinstance(node, tuple) else (node,)
    for scalar in scalars:
        if not _value_is_sound(name, scalar, notes):
            return None
    if audience is not None and isinstance(node, tuple):
        notes.add(
            line,
            Rule.VALUE_WRONG,
            say("'{name}@{audience}' is a list", name=name, audience=audience),
            say("write one text"),
        )
        return None
    texts = tuple(scalar.text for scalar in scalars)
    lines = tuple(notes.place(scalar.line).line for scalar in scalars)
    return Entry(
        name, audience, texts if isinstance(node, tuple) else texts[0], notes.place(line).line, lines
    )


def _value_is_sound(name: str, scalar: _Scalar, notes: Notes) -> bool:
    if not scalar.text:
        notes.add(
            scalar.line,
            Rule.VALUE_WRONG,
            say("'{name}' has no value", name=name),
            say("write one, or leave the line out"),
        )
        return False
    # An escape in double quotes, "\u202e", gets past the check of the file.
    if (forbidden := forbidden_character(scalar.text)) is not None:
        notes.add(
            scalar.line,
            Rule.CHARACTER_HIDDEN,
            say("'{name}' holds {name2}", name=name, name2=forbidden.name),
            say("take it out"),
        )
        return False
    return True


class _Events:
    """The events of a YAML text, one ahead, with the faults of the text as findings."""

    def __init__(self, head: str, notes: Notes) -> None:
        self._events = _parsed(head)
        self._notes = notes

    def take(self) -> yaml.Event | None:
        """Return the next event, or None after the last one or a fault."""
        try:
            return next(self._events, None)
        except yaml.MarkedYAMLError as error:
            self._note(error)
        except (yaml.YAMLError, ValueError, OverflowError):
            # PyYAML makes a character of any number in "\U…", which Python refuses.
            self._notes.add(
                0,
                Rule.CHARACTER_HIDDEN,
                say("the front matter holds a character that is none"),
                say("take the escape out"),
            )
        return None

    def _note(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        what, fix = _yaml_fault(error.problem or "")
        if "quoted scalar" in (error.context or ""):
            # What is wrong begins where the quote opens; PyYAML points at where it gave up.
            mark = error.context_mark or mark
            what, fix = (
                say("a value in quotes is not well-formed"),
                say('close it with the same quote; write " in it as \\"'),
            )
        self._notes.add(mark.line if mark else 0, Rule.FRONT_MATTER_BROKEN, what, fix)


def _parsed(head: str) -> Iterator[yaml.Event]:
    """Return the events of *head*: by libyaml where the text is sound, which is all but always."""
    quick = getattr(yaml, "CSafeLoader", None)
    if quick is not None:
        try:
            return iter(tuple(yaml.parse(head, Loader=quick)))
        except (yaml.YAMLError, ValueError, OverflowError):
            pass  # PyYAML's own parser, slower, says better what is wrong and where
    return iter(yaml.parse(head, Loader=yaml.SafeLoader))


def _yaml_fault(problem: str) -> tuple[Message, Message]:
    if "mapping values are not allowed" in problem:
        return say("a value holds ': ', which begins a new key"), say(
            'put the value in quotes: title: "Gsm: wat nu?"'
        )
    if "\\t" in problem:
        return say("a tab stands where a value or a space is needed"), say("use spaces")
    if "cannot start any token" in problem:
        sign = re.fullmatch("found character (.*) that cannot start any token", problem)
        said = say("found character {sign} that cannot start any token", sign=sign[1]) if sign else problem
        return say("a value begins with a sign of YAML: {problem}", problem=said), say(
            'put the value in quotes: owner: "@ict"'
        )
    said = say("could not find expected ':'") if problem == "could not find expected ':'" else problem
    return say("the front matter is not well-formed: {problem}", problem=said), say(
        "write one 'key: value' on each line"
    )


def _pairs(events: _Events, notes: Notes) -> Iterator[tuple[str, _Node | None, int]]:
    """Yield key, value and line; the value is None where it is refused."""
    event = events.take()
    while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
        event = events.take()
    if event is None or isinstance(event, yaml.StreamEndEvent):
        return
    if not isinstance(event, yaml.MappingStartEvent) or _is_marked(event):
        notes.add(
            _line(event),
            Rule.FRONT_MATTER_BROKEN,
            say("the front matter is no list of keys"),
            say("write one 'key: value' a line"),
        )
        return
    while (key := events.take()) is not None and not isinstance(key, yaml.MappingEndEvent):
        line = _line(key)
        name = _scalar(key, events, notes)
        value = events.take()
        if value is None:
            return
        node = _node(value, events, notes)
        if name is not None:
            yield name.text, node, line
    while (event := events.take()) is not None:
        if isinstance(event, yaml.DocumentStartEvent):
            notes.add(
                _line(event),
                Rule.FRONT_MATTER_BROKEN,
                say("the front matter holds a second document"),
                say("write one list of keys"),
            )
            return


def _line(event: yaml.Event) -> int:
    """Return the line of *event*, counted from 0."""
    return event.start_mark.line if event.start_mark else 0


def _is_marked(event: yaml.NodeEvent) -> bool:
    return bool(event.anchor or getattr(event, "tag", None))


def _node(event: yaml.Event, events: _Events, notes: Notes) -> _Node | None:
    """Return the value that begins with *event*, or None and a finding."""
    if not isinstance(event, yaml.SequenceStartEvent) or _is_marked(event):
        return _scalar(event, events, notes)
    items: list[_Scalar | None] = []
    while (item := events.take()) is not None and not isinstance(item, yaml.SequenceEndEvent):
        items.append(_scalar(item, events, notes))
    sound = tuple(item for item in items if item is not None)
    return sound if item is not None and len(sound) == len(items) else None


def _scalar(event: yaml.Event, events: _Events, notes: Notes) -> _Scalar | None:
    line = _line(event)
    if isinstance(event, yaml.ScalarEvent) and not _is_marked(event):
        # Line ends inside a value are the editor's way of wrapping it.
        return _Scalar(re.sub(r"[ \t\n]+", " ", event.value).strip(" "), line)
    if isinstance(event, yaml.AliasEvent) or (isinstance(event, yaml.NodeEvent) and _is_marked(event)):
        notes.add(
            line,
            Rule.FRONT_MATTER_BROKEN,
            say("the front matter uses an anchor, alias or tag (& * !)"),
            say("write the value itself"),
        )
    else:
        notes.add(
            line,
            Rule.VALUE_WRONG,
            say("a value is a list or table inside another"),
            say("write one text, or a list of texts"),
        )
    _skip(event, events)
    return None


def _skip(event: yaml.Event | None, events: _Events) -> None:
    """Take the events of the node that begins with *event*."""
    depth = 0
    while event is not None:
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth == 0:
            return
        event = events.take()


# ---- models -----------------------------------------------------------------------------------


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _without_doubles(values: tuple[str, ...]) -> tuple[str, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ValueError(say("each name once: '{value}' stands twice", value=value))
    return values


def _without_suffix(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.removesuffix(".md") for value in values)


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _as_date(value: object) -> date:
    # pydantic would take 20261122 for seconds since 1970.
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(say("a day that exists, as 2026-11-22")) from error
    raise ValueError(say("a date, as 2026-11-22"))


def _as_count(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"[1-9][0-9]?", value):
        return int(value)
    raise ValueError(say("a whole number from 1 to 99"))


def _as_name(value: object) -> str:
    if isinstance(value, str) and SLUG.fullmatch(value):
        return value
    raise ValueError(say("one name of lower-case letters, digits and hyphens"))


Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_list, json_schema_input_type=str | Annotated[tuple[str, ...], Field(min_length=1)]),
    AfterValidator(_without_doubles),
    Field(min_length=1),
]
Day = Annotated[date, BeforeValidator(_as_date, json_schema_input_type=date)]
Name = Annotated[
    str, BeforeValidator(_as_name, json_schema_input_type=Annotated[str, Field(pattern=f"^{SLUG.pattern}$")])
]
Count = Annotated[int, BeforeValidator(_as_count, json_schema_input_type=Annotated[int, Field(ge=1, le=99)])]


def _as_tags(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(LANGUAGE_TAG, value):
            raise WrongItem(say("languages by their tags: [nl, ar]"), value)
    return values


Tags = Annotated[Names, AfterValidator(_as_tags)]


def _hyphened(name: str) -> str:
    return name.replace("_", "-")


class DatedMeta(BaseModel):
    """The keys that any text may have."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=_hyphened)

    source: Names = ()
    """What it was written from."""
    reconstructed: str | None = None
    """What of it was not in the source: hold that against your own material."""
    owner: str | None = None
    """The role that answers for it: no name of a person."""
    reviewed: Day | None = None
    """When it was last read through, as 2026-11-22; the newest day among its sources stands on a sheet."""
    review_by: Day | None = None
    """When it must be read again: `handout check` warns 30 days before."""


FragmentMeta = DatedMeta
"""A fragment has no keys of its own."""


class ProcedureMeta(DatedMeta):
    """The keys of a procedure."""

    title: Annotated[str, Field(description=say("title: what the reader wants to do"))]
    """What the reader wants to do; `title@students` has other words for one audience."""
    audiences: Annotated[Names, Field(description=say("audiences: [staff, students]"))]
    """For whom: names of audiences in handout.toml."""
    icon: Name | None = None
    """The pictogram of its head: a file in styles/icons/, without `.svg`."""
    needs: Names = ()
    """What the reader must have before it, in short names of your own: `handout routes` follows them."""
    gives: Names = ()
    """What the reader has after it."""


class HandoutMeta(DatedMeta):
    """The keys of a handout."""

    title: Annotated[str, Field(description=say("title: what the sheet is about"))]
    """What the sheet is about; `title@students` has other words for one audience."""
    audiences: Annotated[Names, Field(description=say("audiences: [staff, students]"))]
    """For whom: names of audiences in handout.toml; each gets sheets of its own."""
    formats: Annotated[Names, Field(description=say("formats: [leaflet-a4]"))]
    """On which paper: names of formats."""
    procedures: Annotated[Names, AfterValidator(_without_suffix)] = ()
    """Which procedures, in order: files in content/procedures/."""
    numbering: Literal["continuous"] | None = None
    """`continuous`: one numbering through all procedures, so that each number stands once on the sheet."""
    questions: Names = ()
    """The questions that it answers, in the reader's words; `sim | My number is new` names a pictogram."""
    needs: Names = ()
    """What else the reader takes in hand; sheets that its steps lead to are named by themselves."""
    leads_to: Annotated[Names, AfterValidator(_without_suffix)] = ()
    """On a wayfinding sheet: the handouts that it leads to, in order."""
    qr: Name | None = None
    """Where its QR code leads: a name under [links] in handout.toml."""
    status: Literal["none"] | None = None
    """`none`: it has no room for the small code of [status], and goes without."""
    languages: Tags = ()
    """In which languages it is printed, `[nl, ar]`: without it in that of its texts alone."""
    bilingual: Tags = ()
    """Which languages stand beside that of its texts, `[ar]`: a sheet with both for each."""
    readings: Names = ()
    """For which ways of reading it is laid out, `[standard, large]`: without it for most people alone."""
    pages: Count | None = None
    """How many pages it fills, where the format does not fix it."""
    version: str | None = None
    """Its number, as you count them, in quotes: "1.0"."""
    valid_until: Day | None = None
    """The day on which the paper goes out of date."""
