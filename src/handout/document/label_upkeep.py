"""Tell editors which on-screen labels to look at again, and which keys no entry has. Pure; the day is given.

A screen of somebody else's changes without a word to us: only a person who looks at it knows what it says.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handout.document.upkeep import Fault, as_warnings
from handout.model.document import Document
from handout.model.findings import Finding, Place, nearest
from handout.model.messages import and_more, any_of, say, say_count
from handout.model.names import quoted
from handout.model.rules import Rule
from handout.model.text import UiLabel
from handout.model.walk import blocks_of, inlines_inside, keys_inside, written_blocks
from handout.project.project import Project
from handout.project.screen_labels import LABELS_FILE, LabelRegister, ScreenLabel

SEEN_MONTHS = 6
"""So long what a person saw on a screen is taken to hold: somebody looks twice in a school year."""
MOST_NAMED = 5
"""Of the labels that nobody ever saw: a register that was written from texts alone has none that was seen."""


class LabelStatus(StrEnum):
    """How much is known of a label."""

    SEEN = "seen"
    """A person saw it on all its platforms, less than six months ago."""
    DUE = "due"
    """That was longer ago."""
    UNVERIFIED = "unverified"
    """On one of its platforms nobody ever did: what is known is told by texts."""
    TYPED = "typed"
    """The reader types it: there is nothing to see."""


@dataclass(frozen=True)
class LabelState:
    """What is known of one label on a day."""

    label: ScreenLabel
    place: Place
    status: LabelStatus
    seen_on: date | None
    """The day on which it was last seen on the platform where that is longest ago; None: never."""
    due_on: date | None
    """The day from which it must be seen again."""


def states(project: Project, today: date) -> tuple[LabelState, ...]:
    """Return what is known on *today* of each label of the project, in the order of its register."""
    places = project.key_places.get(LABELS_FILE, {})
    labels = project.labels.label if project.labels is not None else ()
    return tuple(_state(label, places[label.id][0], today) for label in labels)


def of_texts(project: Project, documents: Iterable[Document], today: date) -> tuple[Finding, ...]:
    """Return what is wrong with the keys of the texts, and with the days of the handouts in *documents*.

    All are warnings. A project without a register is told nothing.
    """
    if project.labels is None:
        return ()
    faults = (*_keys(project, project.labels), *_promises(project, project.labels, documents, today))
    return as_warnings(faults)


def of_register(project: Project, today: date) -> tuple[Finding, ...]:
    """Return which labels of the register are to be seen on a screen, and which no text uses, as warnings.

    Of a project that has texts which could not be read it says too much: they may use a label.
    """
    known = states(project, today)
    of_days = (*_never_seen(known), *_due(known, today), *_to_come(known, today))
    return as_warnings((*of_days, *_seen_otherwise(known), *_unused(project)))


def months_after(day: date, months: int) -> date:
    """Return *day* so many *months* later, or the last day of that month: 31 August, then 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:  # somebody typed a day that will not come
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _state(label: ScreenLabel, place: Place, today: date) -> LabelState:
    days = [label.last_seen_on(platform) for platform in label.platform]
    known = [day for day in days if day is not None]
    if label.typed or len(known) < len(days):
        status = LabelStatus.TYPED if label.typed else LabelStatus.UNVERIFIED
        return LabelState(label, place, status, None, None)
    due_on = months_after(min(known), SEEN_MONTHS)
    status = LabelStatus.DUE if due_on <= today else LabelStatus.SEEN
    return LabelState(label, place, status, min(known), due_on)


# ---- the register -----------------------------------------------------------------------------


def _never_seen(known: Iterable[LabelState]) -> Iterator[Fault]:
    """Yield once, for all of them, the labels that nobody saw: else a new register has a finding for each."""
    never = [one for one in known if one.status is LabelStatus.UNVERIFIED]
    if not never:
        return
    others = len(never) - MOST_NAMED
    named = and_more(_named(one.label for one in never[:MOST_NAMED]), others)
    what = say_count(
        len(never),
        "{n} label was never seen on a screen: {names}",
        "{n} labels were never seen on a screen: {names}",
        names=named,
    )
    fix = say(
        "walk the steps with a test account, and write what the screens say under [[label.seen]], with "
        "'seen-on' and 'by'; `handout check -v` lists them all"
    )
    yield Rule.LABEL_UNSEEN, never[0].place, what, fix


def _due(known: Iterable[LabelState], today: date) -> Iterator[Fault]:
    """Yield by platform, for each is a walk of its own, the labels that must be seen again."""
    places: dict[str, list[LabelState]] = defaultdict(list)
    for one in known:
        for platform in one.label.platform:
            if one.status is not LabelStatus.TYPED and _due_on(one.label, platform) <= today:
                places[platform].append(one)
    for platform, due in places.items():
        first = min(day for one in due if (day := one.label.last_seen_on(platform)) is not None)
        what = say_count(
            len(due),
            "{n} label was not seen on '{platform}' for {months} months, the first since {first}: {names}",
            "{n} labels were not seen on '{platform}' for {months} months, the first since {first}: {names}",
            platform=platform,
            months=SEEN_MONTHS,
            first=first,
            names=_named(one.label for one in due),
        )
        fix = say("walk the steps with a test account, and write a new 'seen-on' and what the screen says")
        yield Rule.LABEL_UNSEEN, due[0].place, what, fix


def _due_on(label: ScreenLabel, platform: str) -> date:
    """Return when *label* must be seen on *platform* again; the last of days where nobody ever saw it."""
    last = label.last_seen_on(platform)
    return months_after(last, SEEN_MONTHS) if last is not None else date.max


def _to_come(known: Iterable[LabelState], today: date) -> Iterator[Fault]:
    for one in known:
        days = [sighting.seen_on for sighting in one.label.seen if sighting.seen_on is not None]
        if days and max(days) > today:
            what = say(
                "'{text}' was seen on {day}, a day that is still to come", text=one.label.text, day=max(days)
            )
            yield Rule.LABEL_UNSEEN, one.place, what, say("write the day on which a person saw it")


def _seen_otherwise(known: Iterable[LabelState]) -> Iterator[Fault]:
    """Yield the labels of which the last sighting says what no key prints: nothing else would tell of it."""
    for one in known:
        for sighting in one.label.last_seen():
            if (text := sighting.text or one.label.text) not in one.label.printed:
                what = say(
                    "a screen said '{text}' on {day}, and a key prints {printed}",
                    text=text,
                    day=sighting.seen_on,
                    printed=any_of(f"'{now}'" for now in one.label.printed),
                )
                fix = say(
                    "write under 'current' of '{label}' what screens say now: this text, or both",
                    label=one.label.id,
                )
                yield Rule.LABEL_OUTDATED, one.place, what, fix


def _unused(project: Project) -> Iterator[Fault]:
    if project.labels is None:
        return
    used = {label.id for text, _ in _written(project) if (label := project.labels.of_key(text))}
    places = project.key_places.get(LABELS_FILE, {})
    for label in project.labels.label:
        if label.id not in used:
            fix = say("write `{label}` where the screen says it, or take the entry out", label=label.text)
            what = say("no text has the key '{label}'", label=label.text)
            yield Rule.LABEL_UNUSED, places[label.id][0], what, fix


def _named(labels: Iterable[ScreenLabel]) -> str:
    return ", ".join(f"'{label.text}'" for label in labels)


# ---- the texts --------------------------------------------------------------------------------


def _written(project: Project) -> Iterator[tuple[str, Place]]:
    """Yield the text of each key that an editor wrote, with the place of its paragraph."""
    for _, blocks in project.bodies:
        yield from keys_inside(written_blocks(blocks))


def _keys(project: Project, register: LabelRegister) -> Iterator[Fault]:
    """Yield the keys that no entry has, or whose text is no longer current, each once a file."""
    met: set[tuple[str, str]] = set()
    for text, place in _written(project):
        if (text, place.path) in met:
            continue
        met.add((text, place.path))
        label = register.of_key(text)
        if label is None:
            yield _unknown(text, place, register)
        elif text not in label.printed:
            what = say(
                "the key {text} is printed as it stands, and the screen now says something else",
                text=quoted(text),
            )
            fix = say(
                "write {now}, or add {text} to 'current' of '{label}' in {file}",
                now=any_of(f"`{current}`" for current in label.printed),
                text=quoted(text),
                label=label.id,
                file=LABELS_FILE,
            )
            yield Rule.LABEL_OUTDATED, place, what, fix


def _unknown(text: str, place: Place, register: LabelRegister) -> Fault:
    near = nearest(text, register.all_texts)
    fix = say("add an entry for it to {file}", file=LABELS_FILE)
    if near:
        fix = say("did you mean `{near}`? If not, {fix}", near=near, fix=fix)
    what = say("no entry of {file} has the key {text}", file=LABELS_FILE, text=quoted(text))
    return Rule.LABEL_UNKNOWN, place, what, fix


def _promises(
    project: Project, register: LabelRegister, documents: Iterable[Document], today: date
) -> Iterator[Fault]:
    """Yield the handouts that say to be valid for longer than what was seen of their labels holds.

    A label that was never seen has no such day: it is told once, for the whole register.
    """
    due_on = {one.label.id: one.due_on for one in states(project, today) if one.due_on is not None}
    for slug, labels in _labels_by_handout(register, documents).items():
        first, label = min(
            ((due_on[label.id], label) for label in labels.values() if label.id in due_on),
            key=lambda due: due[0],
            default=(None, None),
        )
        handout = project.handouts[slug]
        if first is None or label is None or handout.valid_until is None or handout.valid_until <= first:
            continue
        what = say(
            "'{slug}' says to be valid until {day}, but '{label}' on its sheets is to be seen again by "
            "{first}",
            slug=slug,
            day=handout.valid_until,
            label=label.text,
            first=first,
        )
        fix = say("look at its screens before you print, or write an earlier day for 'valid-until'")
        places = project.key_places.get(handout.place.path, {})
        yield Rule.VALID_TOO_LONG, places.get("valid-until", (handout.place,))[0], what, fix


def _labels_by_handout(
    register: LabelRegister, documents: Iterable[Document]
) -> Mapping[str, Mapping[str, ScreenLabel]]:
    """Return by handout the labels that its sheets show, by id."""
    shown: dict[str, dict[str, ScreenLabel]] = defaultdict(dict)
    for document in documents:
        lead = (inline.text for inline in inlines_inside(document.lead) if isinstance(inline, UiLabel))
        for text in (*lead, *(text for text, _ in keys_inside(blocks_of(document)))):
            if (label := register.of_key(text)) is not None:
                shown[document.slug][label.id] = label
    return shown
