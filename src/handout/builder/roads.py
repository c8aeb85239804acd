"""The roads of a project, who must follow them, and where they get stuck. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handout.document import resolve, road_faults, walks
from handout.document import roads as of_documents
from handout.document.allowed import without_allowed
from handout.model.document import Document
from handout.model.findings import Finding, Place, in_order
from handout.model.roads import RoadMap
from handout.project.plan import Edition
from handout.project.project import WALKS_FILE, Project


@dataclass(frozen=True)
class DrawnRoads:
    """The map of a project, and what was found on it."""

    map: RoadMap
    outcomes: tuple[walks.Outcome, ...]
    findings: tuple[Finding, ...]
    """Where readers get stuck, but for what an editor allowed."""


def drawn(project: Project, editions: Iterable[Edition]) -> DrawnRoads:
    """Return the map of *editions*, which are all those of the project."""
    documents = [resolve.document(project, edition)[0] for edition in editions if edition.school is None]
    found = of_documents.road_map(project, documents)
    outcomes = walks.outcomes(found, project.walks)
    left, _ = without_allowed(project, stuck(project, documents))
    return DrawnRoads(found, outcomes, in_order(left))


def stuck(project: Project, documents: Sequence[Document]) -> tuple[Finding, ...]:
    """Return where the readers of *documents*, which are all those of the project, get stuck."""
    found = of_documents.road_map(project, documents)
    outcomes = walks.outcomes(found, project.walks)
    return (
        *road_faults.findings(project, documents, found),
        *walks.findings(project, outcomes, Place(WALKS_FILE)),
    )
