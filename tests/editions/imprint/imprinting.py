"""Masters for schools that are in no table, with their values set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handout.editions.imprint import Fallback, Master, masters
from handout.model.school import School
from handout.project.plan import Edition
from handout.project.project import Project


@dataclass(frozen=True)
class Imprint:
    """How the copies of an edition are made."""

    masters: tuple[Master, ...]
    """Each with the values of its schools."""
    fallbacks: tuple[Fallback, ...]


def imprinted(project: Project, edition: Edition, schools: Sequence[School]) -> Imprint:
    """Return the masters of *edition* for *schools*, who are all that there are."""
    groups = masters.grouped(project, edition, schools, schools)
    found: list[Master] = []
    fallbacks = list(groups.fallbacks)
    for shape, own in groups.by_shape.items():
        master = masters.master(project, edition, shape, groups.pictured)
        if isinstance(master, masters.NotMade):
            fallbacks += (Fallback(school, master.why) for school in own)
            continue
        master, fallen = masters.with_values(project, master, own)
        fallbacks += fallen
        found += [master] if master.schools else []
    return Imprint(tuple(found), tuple(fallbacks))


def one_master(project: Project, edition: Edition, schools: Sequence[School]) -> Master:
    """Return one master for all *schools*, which have the same fields, whatever fonts their letters need."""
    groups = masters.grouped(project, edition, schools, schools)
    assert groups.fallbacks == ()
    fonts = {font for shape in groups.by_shape for font in shape.fonts}
    (shape,) = {replace(shape, fonts=tuple(sorted(fonts))) for shape in groups.by_shape}
    master = masters.master(project, edition, shape, groups.pictured)
    assert isinstance(master, Master)
    master, fallen = masters.with_values(project, master, schools)
    assert fallen == ()
    return master
