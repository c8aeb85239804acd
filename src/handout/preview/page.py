"""What the browser is told: the page itself, and what is known as JSON values. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TypeAlias

from jinja2 import Environment, StrictUndefined

from handout.machine import catalogs
from handout.model.findings import Finding, Place, in_order, is_error
from handout.model.messages import Catalog, Message, in_words
from handout.paper.engine.region import Region
from handout.preview import marks, overlays
from handout.preview.desk import Look
from handout.preview.session import Session, Wish, wish_of
from handout.preview.words import language_of, words
from handout.project.plan import Edition
from handout.project.project import Project, primary_language

Json: TypeAlias = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
LinkTo: TypeAlias = Callable[[Place], str]

ASSETS: Mapping[str, str] = {
    "preview.css": "text/css; charset=utf-8",
    "preview.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""All files that are served, with their types. They come with the program; none is of the project."""


def asset(name: str) -> bytes:
    """Return one of ASSETS."""
    return (resources.files("handout.preview") / "assets" / name).read_bytes()


@cache
def _template() -> str:
    return (resources.files("handout.preview") / "assets" / "page.html").read_text("utf-8")


def html(session: Session) -> str:
    """Return the page, without anything of a sheet: what stands on it follows."""
    organisation = session.project.settings.organisation if session.project else None
    language = _language(session)
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(_template()).render(
        language=language, words=words(language), name=organisation.name if organisation else ""
    )


def _language(session: Session) -> str:
    """Return the language of the page, and of what is told on it."""
    project = session.project
    return language_of(primary_language(project.settings.organisation.language) if project else "")


def listing(session: Session) -> Json:
    """Return what there is to choose from, with how much is to be mended of each handout."""
    project = session.project
    if project is None:
        return {"handouts": [], "schools": [], "findings": len(session.findings)}
    return {
        "handouts": [
            {
                "slug": slug,
                "title": of_handout[0].handout.title,
                "errors": _errors(session, of_handout),
                "editions": [_choice(project, edition) for edition in of_handout],
            }
            for slug, of_handout in session.handouts()
        ],
        "schools": [{"id": school.id, "name": school.name} for school in project.schools],
        "findings": len(session.findings),
    }


def _choice(project: Project, edition: Edition) -> Json:
    # Named in the language of the project, as its editor says it.
    spoken = project.strings[primary_language(project.settings.organisation.language)]
    return {
        "audience": edition.audience,
        "audience_label": project.settings.audiences[edition.audience].label,
        "format": edition.format,
        "format_label": spoken.get(f"format.{edition.format}") or edition.format,
        "language": edition.language,
    }


def _errors(session: Session, of_handout: Iterable[Edition]) -> int:
    """Return how many errors are known of the texts of a handout before anything is rendered."""
    bases = [basis for edition in of_handout if (basis := session.basis(wish_of(edition)))]
    paths = {path for basis in bases for path in basis.document.sources}
    found = {finding for basis in bases for finding in basis.found}
    found |= {finding for finding in session.findings if finding.place.path in paths}
    return sum(map(is_error, in_order(found)))


def look(session: Session, wish: Wish, seen: Look, link: LinkTo) -> Json:
    """Return what is known of the edition that *wish* names, as it is *seen*."""
    basis = session.basis(wish)
    own, others = _findings(session, wish, seen)
    catalog = catalogs.catalog(_language(session))
    is_current = seen.basis is not None and seen.basis == basis
    return {
        "is_there": basis is not None or session.project is None,
        "is_sketch": seen.is_sketch,
        "is_old": bool(seen.pages) and (seen.is_old or session.project is None),
        "is_made": session.project is None or (is_current and not seen.is_sketch),
        "is_proved": session.project is None or (is_current and seen.is_proved),
        "took_ms": seen.took_ms,
        "pages": [
            {
                "id": page.id,
                "width": page.width_mm,
                "height": page.height_mm,
                "folds": _folds(session, wish, seen, n),
            }
            for n, page in enumerate(seen.pages)
        ],
        "edge": _edge_mm(session, wish),
        "regions": [_region(region, link) for region in seen.regions if region.page_index < len(seen.pages)],
        "findings": [_finding(_plain(one, session, wish), seen.regions, link, catalog) for one in own],
        "elsewhere": [_finding(one, (), link, catalog) for one in others],
        "files": [{"kind": file.kind, "index": index} for index, file in enumerate(seen.files)],
    }


def _findings(session: Session, wish: Wish, seen: Look) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return what was found on the sheet, and what was found when the project was loaded and is not on it."""
    basis = session.basis(wish)
    paths = {*basis.document.made_from} if basis else set()
    on_sheet = [*seen.findings, *(basis.found if basis else ()), *([seen.failure] if seen.failure else [])]
    own = in_order(
        (*on_sheet, *(one for one in session.findings if basis is None or one.place.path in paths))
    )
    return own, tuple(one for one in session.findings if one not in own)


def _plain(finding: Finding, session: Session, wish: Wish) -> Finding:
    """Return *finding* without the name of the sheet, which stands there."""
    edition, inner = session.edition(wish), finding.what.values.get("what")
    is_named = edition is not None and finding.what.values.get("name") == edition.name
    return replace(finding, what=inner) if is_named and isinstance(inner, Message) else finding


def _finding(finding: Finding, regions: Iterable[Region], link: LinkTo, catalog: Catalog) -> Json:
    return {
        "severity": str(finding.severity),
        "rule": str(finding.rule),
        "what": in_words(finding.what, catalog),
        "fix": in_words(finding.fix, catalog),
        "place": str(finding.place),
        "link": link(finding.place),
        "marks": [_rectangle(region) for region in marks.marked(finding, regions)],
    }


def _region(region: Region, link: LinkTo) -> Json:
    named: dict[str, Json] = {"kind": str(region.kind), "place": str(region.place), "name": region.name}
    return {**_rectangle(region), **named, "link": link(region.place)}


def _rectangle(region: Region) -> dict[str, Json]:
    return {
        "page": region.page_index,
        "left": region.left_mm,
        "top": region.top_mm,
        "width": region.width_mm,
        "height": region.height_mm,
    }


def _edge_mm(session: Session, wish: Wish) -> float:
    formats = session.project.settings.formats if session.project else {}
    return formats[wish.format].edge_mm if wish.format in formats else 0.0


def _folds(session: Session, wish: Wish, seen: Look, index: int) -> list[Json]:
    formats = session.project.settings.formats if session.project else {}
    if wish.format not in formats:
        return []
    page = seen.pages[index]
    lines = overlays.folds(formats[wish.format], index, page.width_mm, page.height_mm, len(seen.pages))
    return [[line.left_mm, line.top_mm, line.right_mm, line.bottom_mm] for line in lines]
