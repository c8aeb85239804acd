"""Tell editors what to read again, and what nothing uses. Pure: no I/O; the day is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from handout.model.findings import Finding, Place, Severity, in_order
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


Fault = tuple[Rule, Place, str, str]
"""Its name, where, what and how to mend it."""


def as_warnings(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """Return *faults* as findings that stop no build, in order."""
    return in_order(Finding(place, what, fix, Severity.WARNING, rule) for rule, place, what, fix in faults)


def _dates(text: SourceText, project: Project, today: date) -> Iterator[Fault]:
    places = project.key_places.get(text.place.path, {})
    if (day := text.dated.review_by) is not None and (left := (day - today).days) <= NOTICE_DAYS:
        when = f"was due on {day}" if left < 0 else f"is due on {day}, {_in_days(left)}"
        who = f" by {text.dated.owner}" if text.dated.owner else ""
        fix = "read the text, then write new days for 'reviewed' and 'review-by'"
        yield Rule.REVIEW_DUE, places.get("review-by", (text.place,))[0], f"the review{who} {when}", fix
    if isinstance(text, HandoutSource) and text.valid_until is not None and text.valid_until < today:
        what = f"'{text.slug}' is out of date since {text.valid_until}, as its own paper says"
        fix = "read it, then write a new day for 'valid-until' and print anew"
        yield Rule.OUT_OF_DATE, places.get("valid-until", (text.place,))[0], what, fix


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _unused_procedures(project: Project) -> Iterator[Fault]:
    used = {slug for handout in project.handouts.values() for slug in handout.procedures}
    for slug, procedure in project.procedures.items():
        if slug not in used:
            fix = "name it under 'procedures:' of a handout"
            yield Rule.NOT_USED, procedure.place, f"no handout uses '{slug}'", fix


def _unused_fragments(project: Project) -> Iterator[Fault]:
    used = {slug for text, slug in _included(project) if not _is_fragment(text, slug)}
    for slug, fragment in project.fragments.items():
        if slug not in used:
            fix = f"write ![[{slug}]] where it belongs"
            yield Rule.NOT_USED, fragment.place, f"nothing includes '{slug}'", fix


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
            fix = f"show it, ![what it shows]({path}), or take the file out"
            yield Rule.NOT_USED, Place(f"content/{path}"), "no text shows this picture", fix
