"""Imprint: an edition is rendered once, and its slots are filled for each school in the finished PDF.

Printers call so what they add to a ready brochure: the name and address of a dealer. The schools that have
the same fields share a *master*: one rendering with slots. The values of a school are set by the page engine
in the type that they have there, and a copy takes those lines over; nothing on the page moves, for a slot has
a fixed size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handout.model.document import Document, Setting
from handout.model.findings import Finding
from handout.model.messages import Message, say
from handout.model.school import School, SchoolField
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.region import Region
from handout.paper.engine.slots import Set, SetPicture
from handout.project.plan import Edition

# What asks about the copies of an edition reads no PDF.
if TYPE_CHECKING:
    from handout.editions.imprint.prepared_master import PreparedMaster

__all__ = ["FAULTY", "CopyShape", "Fallback", "Master", "Type", "columns", "longest"]

FAULTY = say("the edition has faults, which a full rendering reports")
"""Why no school is on a master."""

Type = tuple[Set, ...]
"""The values of one school, set: one for each slot that stands on the pages."""


@dataclass(frozen=True)
class CopyShape:
    """What copies of an edition must have in common to share a master. It follows from one row, but for
    *pictures*."""

    fields: tuple[str, ...]
    """Those with a value; in the slots of the others is a line to write on."""
    fonts: tuple[int, ...] = ()
    """Behind the faces of the slots, which letters of the values need: see `compose.slots.repertoire`."""
    has_logo: bool = False
    pictures: str = ""
    """A sum of all logos and codes on the master; empty: there are none."""


@dataclass(frozen=True)
class Master:
    """An edition, rendered once for the schools of one shape. Picklable."""

    edition: Edition
    """For a school with examples in its fields."""
    document: Document
    findings: tuple[Finding, ...]
    """What the rendering says of all copies."""
    page_count: int
    arrangement: Arrangement | None
    """How it is set."""
    shape: CopyShape
    slots: tuple[str, ...]
    """What stands in its openings, in the order in which the pages show them."""
    prepared: PreparedMaster
    html: str
    """What it was rendered from, and how its values are dressed."""
    moves: tuple[tuple[float, float], ...]
    """How far to the right and down, in pixels of CSS, each slot is from where values are set."""
    pictures: Mapping[str, SetPicture]
    """What is drawn in the slots of each school, by its id and the slot: "linde logo"."""
    glyphs: Mapping[str, Mapping[int, str]]
    """What each glyph of its fonts is read as, by the name of the font."""
    regions: tuple[Region, ...] = ()
    """Where all slots stand, also those that no value of its shape goes in."""
    schools: tuple[School, ...] = ()
    """Those whose values are set."""
    types: Mapping[str, Type] = field(default_factory=dict)
    """What stands in the slots, by the id of each of them."""

    @property
    def setting(self) -> Setting | None:
        """How tightly it is set."""
        return self.arrangement.setting if self.arrangement else None

    def copy(self, school: School) -> bytes:
        """Return the copy for *school*, one of `schools`: a tagged PDF, as a full rendering would be.

        The same master and the same row give the same bytes, whatever other schools there are. Performs no
        I/O. Raises KeyError for another school.
        """
        return self.prepared.filled(self.types[school.id], school.in_title)

    def blank(self) -> bytes:
        """Return the master with nothing in its slots: to be looked at, not to be handed out."""
        return self.prepared.filled(tuple(() for _ in self.prepared.openings), "")


@dataclass(frozen=True)
class Fallback:
    """A school whose copy must be rendered in full."""

    school: School
    why: Message
    """As the end of "rendered in full, for …"."""


def longest(schools: Sequence[School], count: int, turn: int = 0) -> tuple[School, ...]:
    """Return *count* of *schools*, or all: for each column the one with the longest value, then others.

    These are the copies to prove: what goes wrong, goes wrong there first. With another *turn* another column
    comes first, so that the masters of a run try different schools.
    """
    names = list(columns(schools))
    first = turn % len(names)
    turned = names[first:] + names[:first]
    longest_ = (max(schools, key=lambda one: len(one.value(name) or "")) for name in turned if schools)
    return tuple(dict.fromkeys((*longest_, *schools)))[:count]


def columns(schools: Iterable[School]) -> Iterable[str]:
    """Return the columns in which *schools* may have a text."""
    own = (column for school in schools for column, _ in school.own)
    return dict.fromkeys((*SchoolField, *own))
