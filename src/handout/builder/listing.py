"""List what a build would make, and on which paper each of its files is printed. Pure; renders nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypedDict

from handout.model.files import FileKind
from handout.model.findings import Finding, Report
from handout.model.messages import say
from handout.model.names import SETTINGS_FILE
from handout.model.rules import Rule
from handout.project.plan import BESIDE, Edition
from handout.project.project import Project

if TYPE_CHECKING:
    from handout.model.document import SheetKind
    from handout.paper.impose import ImpositionError, PageSize, Printing

FULL_SCALE_PERCENT = 100
"""Every file is as large as it must come out of the printer: its folds and cuts are measured."""


class PrintFacts(TypedDict):
    """What to set at the printer for one file."""

    pages: int
    """How many pages the file has."""
    paper: str
    """The paper by its name, "A4", or the size where it has none."""
    width_mm: float
    """The width of the paper."""
    height_mm: float
    """The height of the paper."""
    sides: int
    """On how many sides of the paper it is printed."""
    duplex: str | None
    """The edge to flip where there are two sides: "long edge", "short edge"."""
    scale_percent: int
    """As how large it is printed: 100."""


UNPRINTED: PrintFacts = {
    "pages": 0,
    "paper": "",
    "width_mm": 0.0,
    "height_mm": 0.0,
    "sides": 0,
    "duplex": None,
    "scale_percent": FULL_SCALE_PERCENT,
}
"""Of a file that is not for a printer."""


class SheetRow(PrintFacts):
    """What is said of one print sheet, or of another file that is made of the piece."""

    sheet: str
    path: str


class EditionRow(PrintFacts):
    """What is said of one edition, its piece and its print sheets."""

    handout: str
    title: str
    audience: str
    format: str
    reading: str
    language: str
    school: str | None
    ink: str
    path: str
    sheets: list[SheetRow]


def rows(project: Project, editions: Iterable[Edition]) -> tuple[tuple[EditionRow, ...], tuple[Finding, ...]]:
    """Return a row for each of *editions*, and the print sheets that no pages of its format can make."""
    findings: list[Finding] = []
    return tuple(_row(project, edition, findings.append) for edition in editions), tuple(findings)


def print_facts(printing: Printing) -> PrintFacts:
    """Return *printing* as the manifest and `handout list --json` say it."""
    return {
        "pages": printing.page_count,
        "paper": printing.paper,
        "width_mm": printing.width_mm,
        "height_mm": printing.height_mm,
        "sides": printing.sides,
        "duplex": printing.edge,
        "scale_percent": FULL_SCALE_PERCENT,
    }


def _row(project: Project, edition: Edition, report: Report) -> EditionRow:
    # Only here: a check at every save must not pay for what lays pages on sheets.
    from handout.paper.impose import PageSize, printing_of_piece

    format_ = project.settings.formats[edition.format]
    page = PageSize(format_.width_mm, format_.height_mm)
    is_bilingual = BESIDE in edition.language
    pages = project.page_budget(edition.handout, edition.format, is_bilingual=is_bilingual)
    return {
        "handout": edition.handout.slug,
        "title": edition.handout.titles.get(edition.audience, edition.handout.title),
        "audience": edition.audience,
        "format": project.settings.plain_name(edition.format),
        "reading": edition.reading,
        "language": edition.language,
        "school": edition.school.id if edition.school else None,
        "ink": edition.ink,
        **print_facts(printing_of_piece(page.width_mm, page.height_mm, pages)),
        "path": edition.output_path,
        "sheets": list(_sheet_rows(project, edition, page, pages, report)),
    }


def _sheet_rows(
    project: Project, edition: Edition, page: PageSize, pages: int, report: Report
) -> Iterator[SheetRow]:
    from handout.paper.impose import ImpositionError, planned_printing

    for kind in edition.sheets:
        try:
            printing = planned_printing(kind, page, pages)
        except ImpositionError as error:
            report(_impossible(project, edition, kind, error))
        else:
            yield {"sheet": kind, "path": edition.sheet_path(kind), **print_facts(printing)}
    for also in edition.also:
        facts = _facts_of(also, edition, page, pages)
        yield {"sheet": also.name, "path": edition.also_path(also), **facts}


def _facts_of(also: FileKind, edition: Edition, page: PageSize, pages: int) -> PrintFacts:
    """Return how the file of the kind *also* is printed."""
    from handout.paper.impose import ImpositionError, planned_printing, printing_of_piece

    if not also.is_printed:
        return UNPRINTED
    try:
        return print_facts(
            planned_printing(edition.laid_sheet, page, pages)
            if edition.laid_sheet
            else printing_of_piece(page.width_mm, page.height_mm, pages)
        )
    except ImpositionError:  # which is told of the sheet itself
        return UNPRINTED


def _impossible(project: Project, edition: Edition, kind: SheetKind, error: ImpositionError) -> Finding:
    """Return that the pages of *edition* make no sheet of *kind*, in words that fit all its editions."""
    handout = edition.handout.place
    place = project.key_places.get(handout.path, {}).get("pages", (handout,))[0]
    whose = say("'{slug}' in the format '{format}'", slug=edition.handout.slug, format=edition.format)
    if project.settings.formats[edition.format].pages is not None:  # the format alone is to blame
        place = project.key_places[SETTINGS_FILE].get(f"formats.{edition.format}.sheets", (place,))[0]
        whose = say("the format '{format}'", format=edition.format)
    what = say("{whose} cannot be printed as '{kind}': {what}", whose=whose, kind=kind, what=error.what)
    return Finding(place, what, error.fix, rule=Rule.SHEET_IMPOSSIBLE)
