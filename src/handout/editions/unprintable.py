"""What stands in the table of schools and cannot stand on their sheets: told at its cell, without rendering.

Pure. The texts themselves are held against the fonts too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from handout.document import resolve
from handout.model.document import Document
from handout.model.findings import Finding, Place
from handout.model.messages import say, say_count
from handout.model.rules import Rule
from handout.model.school import School
from handout.model.scripts import missing_letters, named_letter
from handout.model.text import plain_text
from handout.model.walk import blocks_of, texts_of
from handout.paper.compose.page import asking_template
from handout.paper.compose.slots import Misfit, all_fit, field_of, too_long, values_of
from handout.paper.engine import fonts
from handout.project.plan import Edition
from handout.project.project import Project, primary_language
from handout.project.reading.cells import UNSEEN
from handout.project.settings import Slot, slots_of


def findings(
    project: Project, editions: Iterable[Edition], html: Callable[[Edition], str]
) -> Iterator[Finding]:
    """Yield the cells that their sheets cannot show, each once whatever number of sheets it is on.

    A cell is too long for its slots, or has a letter that no font of ours holds. An edition without a school
    stands for the copies of all schools in its language. *html* gives the page of an edition.
    """
    shown = tuple(_shown(project, editions, html)) if project.schools else ()
    for school in project.schools:
        own = [one for one in shown if school.id in one.school_ids]
        yield from _too_long(project, school, own)
        yield from _letters(project, school, own)


# ---- what is shown ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shown:
    """The slots that a sheet shows, for some schools."""

    project: Project
    edition: Edition
    """Without a school."""
    slots: Mapping[str, Slot]
    """All that its format declares."""
    school_ids: Collection[str]
    html: Callable[[Edition], str]
    """Gives the page of an edition."""

    def names(self, school: School) -> frozenset[str]:
        """Return those that stand on the pages of the copy for *school*: asked for where it matters alone."""
        asking = asking_template(self.edition.audience, self.edition.format, self.project)
        return _names(self.html(replace(self.edition, school=school) if asking else self.edition))

    @property
    def kind(self) -> tuple[str, str]:
        """What decides how values are set in its slots: its format and the language of its words."""
        return self.edition.format, primary_language(self.edition.language)


def _shown(project: Project, editions: Iterable[Edition], html: Callable[[Edition], str]) -> Iterator[_Shown]:
    """Yield what the copies of *editions* show, for each sheet once."""
    by_sheet: dict[tuple[str, ...], tuple[Edition, set[str]]] = {}
    for edition in editions:
        sheet = (edition.handout.slug, edition.audience, edition.format, edition.language)
        asked = (edition.school,) if edition.school else project.schools_in(edition.language)
        _, ids = by_sheet.setdefault(sheet, (replace(edition, school=None), set()))
        ids.update(school.id for school in asked)
    for general, ids in by_sheet.values():
        yield _Shown(project, general, slots_of(project.settings.formats, general.format), ids, html)


def _names(html: str) -> frozenset[str]:
    """Return the slots on the page *html*; none where it could not be composed, which its build tells."""
    return frozenset(re.findall(r'data-slot="([^"]+)"', html))


# ---- too long ---------------------------------------------------------------------------------


def _too_long(project: Project, school: School, shown: Iterable[_Shown]) -> Iterator[Finding]:
    misfits: dict[str, dict[Misfit, None]] = {}
    excessive: dict[tuple[str, str], frozenset[str]] = {}
    for one in shown:
        if one.kind not in excessive:
            excessive[one.kind] = _excessive(school, one.slots, project.strings[one.kind[1]])
        too_long_for = excessive[one.kind] & one.names(school) if excessive[one.kind] else ()
        for name in filter(too_long_for.__contains__, one.slots):
            slot = one.slots[name]
            misfits.setdefault(field_of(name, slot), {})[Misfit(one.edition.format, slot)] = None
    words = project.strings[primary_language(project.settings.organisation.language)]
    for field, found in misfits.items():
        yield too_long(school, field, tuple(found), words)


def _excessive(school: School, slots: Mapping[str, Slot], words: Mapping[str, str]) -> frozenset[str]:
    """Return the *slots* that what *school* has for them is too long for."""
    if all_fit(school, slots, words):
        return frozenset()
    return frozenset(name for name, set_ in values_of(school, slots, words).items() if set_.excess_mm)


# ---- letters without a shape ------------------------------------------------------------------


def _letters(project: Project, school: School, shown: Iterable[_Shown]) -> Iterator[Finding]:
    """Yield the letters in the cells of *school* that no font holds, where a sheet shows them."""
    for field in project.settings.school_fields:
        missing = _missing(school.value(field) or "")
        if missing and any(_shows(project, school, field, missing, one) for one in shown):
            yield Finding(
                school.place_of(field),
                say_count(
                    len(missing),
                    "no font has the character {named} in the {field} of '{name}'",
                    "no font has the characters {named} in the {field} of '{name}'",
                    named=", ".join(map(named_letter, missing)),
                    field=field,
                    name=school.name,
                ),
                say("write it in other letters"),
                rule=Rule.CHARACTER_MISSING,
            )


def _shows(project: Project, school: School, field: str, letters: tuple[str, ...], one: _Shown) -> bool:
    """Tell whether *one* has a slot for *field*, or *letters* of the cell in its text."""
    if any(field_of(name, one.slots.get(name)) == field for name in one.names(school)):
        return True
    document, _ = resolve.document(project, replace(one.edition, school=school))
    return any(letter in text for letter in letters for _, text in _texts(document))


def letters(documents: Iterable[Document]) -> Iterator[Finding]:
    """Yield the letters in the texts of *documents*, those of no school, that none of our fonts holds."""
    missing = ((place, _missing(text)) for document in documents for place, text in _texts(document))
    yield from missing_letters(missing, fonts.letters())


def _texts(document: Document) -> Iterator[tuple[Place, str]]:
    """Yield the texts of *document*, each with its place."""
    yield document.place, document.title
    yield document.lead_place or document.place, plain_text(document.lead)
    for section in document.sections:
        yield section.place, section.title
    for block in blocks_of(document):
        for place, inlines in texts_of(block):
            yield place, plain_text(inlines)


def _missing(text: str) -> tuple[str, ...]:
    """Return the letters of *text* that cannot be printed, each once."""
    if fonts.letters().issuperset(text):
        return ()
    return tuple(letter for letter in dict.fromkeys(text) if not _has_shape(letter))


_LIKE = {"\u2011": "\u2010"}
"""What the engine takes where a font has no non-breaking hyphen (HarfBuzz, hb-ot-shape-normalize)."""


def _has_shape(letter: str) -> bool:
    """Tell whether *letter* is in a font, or its parts are: the engine sets an accent on its letter."""
    if letter.isspace() or unicodedata.category(letter) == "Cf" or ord(letter) in UNSEEN:
        return True
    held = fonts.letters()
    return all(part in held for part in unicodedata.normalize("NFD", _LIKE.get(letter, letter)))
