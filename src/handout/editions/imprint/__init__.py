"""Imprint: an edition is rendered once, and its slots are filled for each school in the finished PDF.

Printers call so what they add to a ready brochure: the name and address of a dealer. The schools that have
the same fields share a *master*: one rendering, with every value set by the page engine in the type that it
has in its slot. A copy takes those lines over; nothing on the page moves, for a slot has a fixed size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from handout.editions.imprint.prepared_master import PreparedMaster
from handout.model.document import Document, Setting
from handout.model.findings import Finding
from handout.model.school import School, SchoolField
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.slots import Set
from handout.project.plan import Edition

__all__ = ["FAULTY", "LEAST_SCHOOLS", "Fallback", "Imprint", "Master", "columns", "longest"]

LEAST_SCHOOLS = 2
"""A master takes as long as a copy that is rendered in full, and a little more."""
FAULTY = "the edition has faults, which a full rendering reports"
"""Why no school is on a master."""

Type = tuple[Set, ...]
"""The values of one school, set: one for each slot that stands on the pages."""


@dataclass(frozen=True)
class Master:
    """An edition, rendered once for the schools that have the same fields. Picklable."""

    edition: Edition
    """For the school with the longest values: its copy is the rendering itself."""
    document: Document
    findings: tuple[Finding, ...]
    """What the rendering says of all copies."""
    page_count: int
    arrangement: Arrangement | None
    """How it is set; of one that an earlier build made, the setting alone."""
    schools: tuple[School, ...]
    slots: tuple[str, ...]
    """What stands in its openings, in the order in which the pages show them."""
    prepared: PreparedMaster
    types: Mapping[str, Type]
    """What stands in the slots, by the id of each school."""

    @property
    def setting(self) -> Setting | None:
        """How tightly it is set."""
        return self.arrangement.setting if self.arrangement else None

    def copy(self, school: School) -> bytes:
        """Return the copy for *school*, one of `schools`: a tagged PDF, as a full rendering would be.

        The same master gives the same bytes. Which letters its fonts hold comes from all schools of the
        master: with another school beside it the bytes of a copy change, and nothing that can be seen or
        heard. Performs no I/O. Raises KeyError for another school.
        """
        return self.prepared.filled(self.types[school.id])

    def part(self, schools: Sequence[School]) -> Master:
        """Return the same master for *schools* alone, some of its own: a copy of it has the same bytes."""
        types = {school.id: self.types[school.id] for school in schools}
        return replace(self, schools=tuple(schools), types=types)


@dataclass(frozen=True)
class Fallback:
    """A school whose copy must be rendered in full."""

    school: School
    why: str
    """As the end of "rendered in full, for …"."""


@dataclass(frozen=True)
class Imprint:
    """How the copies of an edition are made."""

    masters: tuple[Master, ...]
    fallbacks: tuple[Fallback, ...]
    """The schools that are on no master."""


def longest(master: Master, count: int, turn: int = 0) -> tuple[School, ...]:
    """Return *count* schools of *master*, or all: for each column the one with the longest value, then
    others.

    These are the copies to prove: what goes wrong, goes wrong there first. The school that the master was
    rendered for comes last, for its copy is that rendering itself. With another *turn* another column comes
    first, so that the masters of a run try different schools.
    """
    own = master.edition.school
    others = [school for school in master.schools if school != own]
    names = list(columns(others))
    first = turn % len(names)
    turned = names[first:] + names[:first]
    longest_ = (max(others, key=lambda one: len(one.value(name) or "")) for name in turned if others)
    return tuple(dict.fromkeys((*longest_, *others, *master.schools)))[:count]


def columns(schools: Iterable[School]) -> Iterable[str]:
    """Return the columns in which *schools* may have a text."""
    own = (column for school in schools for column, _ in school.own)
    return dict.fromkeys((*SchoolField, *own))
