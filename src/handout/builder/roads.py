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
    found, outcomes, faults = _followed(project, documents)
    left, _ = without_allowed(project, faults)
    return DrawnRoads(found, outcomes, in_order(left))


def stuck(project: Project, documents: Sequence[Document]) -> tuple[Finding, ...]:
    """Return where the readers of *documents*, which are all those of the project, get stuck."""
    return _followed(project, documents)[2]


def _followed(
    project: Project, documents: Sequence[Document]
) -> tuple[RoadMap, tuple[walks.Outcome, ...], tuple[Finding, ...]]:
    """Return the map of *documents*, how each walk on it ends, and where readers get stuck."""
    found = of_documents.road_map(project, documents)
    outcomes = walks.outcomes(found, project.walks)
    faults = road_faults.findings(project, documents, found)
    return found, outcomes, (*faults, *walks.findings(project, outcomes, Place(WALKS_FILE)))
