"""Tell editors what to read again, and what nothing uses. Pure: no I/O; the day is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from handout.model.findings import Finding, Place, Severity, in_order
from handout.model.messages import Message, say
from handout.model.rules import Rule
from handout.model.source import Fragment, HandoutSource
from handout.model.text import Include
from handout.model.walk import written_blocks
from handout.project.project import Project, SourceText

NOTICE_DAYS = 30
"""So long before its day a text is named: time to read it, and to print anew."""


@dataclass(frozen=True)
class Reconstructed:
    """A text of which a part was not in its source: an editor compares it with the organisation's own."""

    path: str
    what: str
    """The part, in the editor's words: "title"."""
    source: tuple[str, ...]


def reconstructed(project: Project) -> tuple[Reconstructed, ...]:
    """Return the texts with a part that was not in their source, sorted by path."""
    found = (
        Reconstructed(text.place.path, text.dated.reconstructed, text.dated.source)
        for text, _ in project.bodies
        if text.dated.reconstructed
    )
    return tuple(sorted(found, key=lambda one: one.path))


def due(project: Project, today: date) -> tuple[Finding, ...]:
    """Return what is due for review or out of date on the day *today*, as warnings."""
    return as_warnings(fault for text, _ in project.bodies for fault in _dates(text, project, today))


def unused(project: Project) -> tuple[Finding, ...]:
    """Return the procedures, fragments and pictures that nothing uses, as warnings.

    Of a project that has texts which could not be read it says too much: they may use something.
    """
    return as_warnings(
        (*_unused_procedures(project), *_unused_fragments(project), *_unused_pictures(project))
    )


Fault = tuple[Rule, Place, Message, Message]
"""Its name, where, what and how to mend it."""


def as_warnings(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """Return *faults* as findings that stop no build, in order."""
    return in_order(Finding(place, what, fix, Severity.WARNING, rule) for rule, place, what, fix in faults)


def _dates(text: SourceText, project: Project, today: date) -> Iterator[Fault]:
    places = project.key_places.get(text.place.path, {})
    if (day := text.dated.review_by) is not None and (left := (day - today).days) <= NOTICE_DAYS:
        what = _review_due(day, left, text.dated.owner)
        fix = say("read the text, then write new days for 'reviewed' and 'review-by'")
        yield Rule.REVIEW_DUE, places.get("review-by", (text.place,))[0], what, fix
    if isinstance(text, HandoutSource) and text.valid_until is not None and text.valid_until < today:
        what = say(
            "'{slug}' is out of date since {day}, as its own paper says",
            slug=text.slug,
            day=text.valid_until,
        )
        fix = say("read it, then write a new day for 'valid-until' and print anew")
        yield Rule.OUT_OF_DATE, places.get("valid-until", (text.place,))[0], what, fix


def _review_due(day: date, left: int, owner: str | None) -> Message:
    """Return that a text must be read again on *day*, *left* days from now, by its *owner*."""
    who = say("the review by {owner}", owner=owner) if owner else say("the review")
    if left < 0:
        return say("{review} was due on {day}", review=who, day=day)
    if left == 0:
        return say("{review} is due on {day}, today", review=who, day=day)
    if left == 1:
        return say("{review} is due on {day}, tomorrow", review=who, day=day)
    return say("{review} is due on {day}, in {left} days", review=who, day=day, left=left)


def _unused_procedures(project: Project) -> Iterator[Fault]:
    used = {slug for handout in project.handouts.values() for slug in handout.procedures}
    for slug, procedure in project.procedures.items():
        if slug not in used:
            fix = say("name it under 'procedures:' of a handout")
            yield Rule.NOT_USED, procedure.place, say("no handout uses '{slug}'", slug=slug), fix


def _unused_fragments(project: Project) -> Iterator[Fault]:
    used = {slug for text, slug in _included(project) if not _is_fragment(text, slug)}
    for slug, fragment in project.fragments.items():
        if slug not in used:
            fix = say("write ![[{slug}]] where it belongs", slug=slug)
            yield Rule.NOT_USED, fragment.place, say("nothing includes '{slug}'", slug=slug), fix


def _is_fragment(text: SourceText, slug: str) -> bool:
    return isinstance(text, Fragment) and text.slug == slug


def _included(project: Project) -> Iterator[tuple[SourceText, str]]:
    """Yield each text with the name of a fragment that it includes."""
    for text, blocks in project.bodies:
        for block in written_blocks(blocks):
            if isinstance(block, Include):
                yield text, block.name


def _unused_pictures(project: Project) -> Iterator[Fault]:
    used = {*project.pictures_in_texts}
    used |= {school.logo for school in project.schools if school.logo}
    used |= {project.settings.organisation.logo_path or ""}
    for path in project.pictures:
        if path not in used:
            fix = say("show it, ![what it shows]({path}), or take the file out", path=path)
            yield Rule.NOT_USED, Place(f"content/{path}"), say("no text shows this picture"), fix
