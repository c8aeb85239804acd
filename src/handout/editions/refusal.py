"""Which rows of the table of schools cannot be printed: each stops the copies of its own school alone. Pure.

A row is refused by an error that is placed at it. What is found at another place, the first line of the table
among them, concerns more than one school.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from handout.model.findings import Finding, RefusedRow, Severity, has_errors, in_order
from handout.project.plan import Edition
from handout.project.project import SCHOOLS_FILES, Project
from handout.project.selection import ALL_SCHOOLS, Selection


def stops_all(findings: Iterable[Finding]) -> bool:
    """Tell whether one of *findings*, which were made of sound rows, is an error of more than a row."""
    return has_errors(finding for finding in findings if not _is_in_table(finding))


def refused_rows(project: Project, findings: Iterable[Finding]) -> tuple[RefusedRow, ...] | None:
    """Return the rows that *findings* refuse, in the order of the table; None where one of them stops all.

    Nobody knows which of two rows with one id is the right one: both are refused with either.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    rows = sorted((*project.schools, *project.refused), key=lambda row: row.place)
    lines = {row.place.line for row in rows}
    if any(not _is_in_table(error) or error.place.line not in lines for error in errors):
        return None
    found: dict[str | int, list[Finding]] = {}
    keys = {row.place.line: row.id.casefold() or row.place.line for row in rows}
    for error in errors:
        found.setdefault(keys[error.place.line], []).append(error)
    return tuple(
        RefusedRow(row.id, row.name, row.place, tuple(found[keys[row.place.line]]))
        for row in rows
        if keys[row.place.line] in found
    )


def _is_in_table(finding: Finding) -> bool:
    return finding.place.path in SCHOOLS_FILES and finding.place.line > 0


def of_asked(
    project: Project, findings: Sequence[Finding], selection: Selection
) -> tuple[Project, tuple[Finding, ...]]:
    """Return *project* and what was found in it for a run that asks for schools by their ids.

    What is wrong with the rows of others is a warning, and they are refused. Of a run for all schools, for
    those with a value in a column, or for none, nothing changes: any row may be one of them.
    """
    asked = {id_.casefold() for id_ in selection.schools}
    if not asked or ALL_SCHOOLS in asked or selection.only:
        return project, tuple(findings)
    rows = (*project.schools, *project.refused)
    others = {row.place.line: row.id for row in rows if row.id.casefold() not in asked}
    told: list[Finding] = []
    ids: set[str] = set()
    for one in findings:
        is_of_another = _is_in_table(one) and one.place.line in others
        if is_of_another and one.severity is Severity.ERROR:
            ids.add(others[one.place.line])
        told.append(replace(one, severity=Severity.WARNING) if is_of_another else one)
    return project.without(ids), in_order(told)


def printable(
    project: Project, editions: Sequence[Edition], found: Iterable[Finding]
) -> tuple[Project, tuple[Edition, ...]] | None:
    """Return *project* and *editions* without the schools whose rows *found* refuses.

    None where one of *found* stops all.
    """
    refused = refused_rows(project, found)
    if refused is None:
        return None
    ids = {row.id for row in refused}
    return project.without(ids), tuple(edition for edition in editions if not is_for(edition, ids))


def is_for(edition: Edition, ids: Collection[str]) -> bool:
    """Tell whether *edition* is the copy for one of the schools *ids*."""
    return edition.school is not None and edition.school.id in ids
