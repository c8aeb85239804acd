"""Follow each source to who reads it: procedures, handouts, audiences. Pure: no I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handout.project.plan import Edition
from handout.project.project import Project

COMMAND = "handout list --sources"
PLAN = "plan"
_SITUATION = re.compile(r"S([0-9]+)")


@dataclass(frozen=True)
class Reach:
    """A handout that a source reached, and who gets it."""

    handout: str
    audiences: tuple[str, ...]


@dataclass(frozen=True)
class SourceRow:
    """One source, and where it went."""

    source: str
    procedures: tuple[str, ...]
    handouts: tuple[Reach, ...]

    @property
    def audiences(self) -> tuple[str, ...]:
        """All audiences that read it, sorted."""
        return tuple(sorted({audience for reach in self.handouts for audience in reach.audiences}))


def follow(project: Project, editions: Iterable[Edition]) -> tuple[SourceRow, ...]:
    """Return a row for each source that a text names, as far as *editions* carry it.

    Situations come first, by their number, S1 to S21, then the plan, then the others. A source reaches an
    audience by a procedure that both the procedure and the handout are for. What no procedure was written
    from, as the table of a reference sheet, reaches it by the handout that names it.
    """
    planned = sorted({(edition.handout.slug, edition.audience) for edition in editions})
    return tuple(_row(source, project, planned) for source in sorted(_sources(project), key=_rank))


def markdown(rows: Iterable[SourceRow]) -> str:
    """Return *rows* as a page of Markdown, which ends with a line end."""
    lines = [
        "# Where each source went",
        "",
        f"Made by `{COMMAND} > docs/sources.md`: make it anew, do not write in it.",
        "",
        "| source | procedures | handouts | audiences |",
        "|---|---|---|---|",
    ]
    for row in rows:
        handouts = _listed([reach.handout for reach in row.handouts])
        cells = (row.source, _listed(row.procedures), handouts, _listed(row.audiences))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join((*lines, ""))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "–"


def _sources(project: Project) -> set[str]:
    procedures = (procedure.dated for procedure in project.procedures.values())
    handouts = (handout.dated for handout in project.handouts.values())
    return {source for dated in (*procedures, *handouts) for source in dated.source}


def _rank(source: str) -> tuple[int, int, str]:
    if (situation := _SITUATION.fullmatch(source)) is not None:
        return 0, int(situation[1]), source
    return (1 if source == PLAN else 2), 0, source


def _row(source: str, project: Project, planned: Sequence[tuple[str, str]]) -> SourceRow:
    slugs = tuple(sorted(slug for slug, p in project.procedures.items() if source in p.dated.source))
    audiences_of: dict[str, list[str]] = {}
    for handout, audience in planned:
        if _reaches(source, slugs, project, handout, audience):
            audiences_of.setdefault(handout, []).append(audience)
    reached = (Reach(handout, tuple(audiences)) for handout, audiences in audiences_of.items())
    return SourceRow(source, slugs, tuple(reached))


def _reaches(source: str, slugs: Sequence[str], project: Project, handout: str, audience: str) -> bool:
    if not slugs:
        return source in project.handouts[handout].dated.source
    return any(
        slug in project.handouts[handout].procedures and audience in project.procedures[slug].audiences
        for slug in slugs
    )
