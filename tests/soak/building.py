"""Build a project for real, in this process: load, plan, make, publish. Nothing stands in for anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2

from handout.builder import outputs
from handout.builder.rounds import RoundResult
from handout.document import resolve
from handout.editions import copies
from handout.editions.copies import MadeMasters, VerifiedSample
from handout.editions.single import Made, make, prepare, rendered
from handout.machine import output_folder
from handout.model.findings import Finding, HandoutError, Severity, has_errors
from handout.project import plan
from handout.project.load import load
from handout.project.plan import Edition
from handout.project.project import Project
from handout.project.selection import ALL_SCHOOLS, Selection

MOST_IN_FULL = 6
"""Copies of an edition that no master serves and that are made: each takes as long as the edition itself."""
MOST_PUBLISHED = 2
"""Schools whose copies are written: the gallery draws every page of them."""


@dataclass(frozen=True)
class Sheet:
    """A sheet that was made or refused."""

    edition: Edition
    made: Made | None
    """None: it was refused before a copy of it was made."""
    findings: tuple[Finding, ...]
    """The errors of it alone."""


@dataclass(frozen=True)
class Outcome:
    """What came of a project."""

    project: Project | None
    sheets: tuple[Sheet, ...]
    refused: tuple[Finding, ...] = ()
    """Errors of the files, before anything was planned."""
    crash: str = ""
    """What the engine, or the program, stumbled over."""
    published: int = 0
    """The PDF files that were written."""


def write(files: Mapping[str, bytes], root: Path) -> None:
    """Write *files* in the folder *root*."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)


def build(root: Path, output: Path, *, mono: bool = False, print_shop: bool = False) -> Outcome:
    """Return what comes of the project in *root*: its general editions, and its copies for all schools."""
    project, found = load(root)
    if project is None or _errors(found):
        return Outcome(project, (), _errors(found))
    selections = [Selection(mono=mono, print_shop=print_shop)]
    if project.schools:
        selections.append(Selection(schools=(ALL_SCHOOLS,)))
    editions = [edition for chosen in selections for edition in plan.editions(project, chosen)]
    try:
        results = list(made_here(project, editions))
        sheets = tuple(_sheets(editions, results))
        published = _publish(project, [sheet for sheet in sheets if _is_published(sheet, project)], output)
    except HandoutError as error:
        return Outcome(project, (), crash=f"{error.what}\n{error.fix}")
    return Outcome(project, sheets, published=published)


TOO_LONG, TOO_SHORT = 1.35, 0.75
MANY_PAGES = 64


def excess(files: Mapping[str, bytes], slug: str) -> float:
    """Return TOO_LONG or TOO_SHORT where *slug* has other pages than it promises, or 1."""
    with TemporaryDirectory(prefix="handout-size-") as folder:
        write(files, Path(folder))
        project, _ = load(Path(folder))
        if project is None:
            return 1
        edition = plan.editions(project, Selection((slug,)))[0]
        try:
            # With pages to spare it is laid out once, and not set ever smaller.
            roomy = replace(edition, handout=replace(edition.handout, page_budget=MANY_PAGES))
            ready = prepare(project, roomy)
            made = ready if isinstance(ready, Made) else rendered(project, ready)
            wanted = resolve.document(project, edition)[0].page_budget
        except HandoutError:
            return 1
    if not made.pdf:
        return TOO_LONG
    document = pypdfium2.PdfDocument(made.pdf)
    try:
        pages = len(document)
    finally:
        document.close()
    return 1 if pages == wanted else TOO_LONG if pages > wanted else TOO_SHORT


def _is_published(sheet: Sheet, project: Project) -> bool:
    """Tell whether *sheet* is right, and is written: that of further schools is alike."""
    school = sheet.edition.school
    return not sheet.findings and (school is None or school in project.schools[:MOST_PUBLISHED])


def made_here(project: Project, editions: Sequence[Edition]) -> Iterator[RoundResult]:
    """Yield *editions* made as `rounds.make_all` makes them, in the same three rounds, without processes."""
    single, orders = copies.parted(editions)
    yield from (make(project, edition) for edition in single)
    for asked in orders:
        order, keys, _ = copies.prepared_order(project, asked, None, {})
        found = copies.mastered(project, order)
        yield found
        yield from (make(project, edition) for edition in copies.rest(found)[:MOST_IN_FULL])
        verified = [copies.verified(project, sample) for sample in copies.samples(found, ())]
        yield from verified
        if not has_errors(found.findings):
            for batch in copies.batches(found, keys):
                yield from copies.filled(project, batch)


def _publish(project: Project, right: Sequence[Sheet], folder: Path) -> int:
    """Write the sheets that are *right*; return how many PDF files there are."""
    paths = outputs.paths([sheet.edition for sheet in right], merge=False)
    beside = (*outputs.beside(), *outputs.school_pages(project))
    with output_folder.lock(folder), output_folder.staging(folder, (*paths, *beside)) as staging:
        gathered = outputs.Gathered(project, staging)
        for sheet in right:
            if sheet.made:
                gathered.take(sheet.made)
        staging.commit(gathered.finish((), folder))
    return sum(1 for _ in folder.rglob("*.pdf"))


def _sheets(editions: Sequence[Edition], results: Sequence[RoundResult]) -> Iterator[Sheet]:
    made = {one.edition.name: one for one in results if isinstance(one, Made)}
    of_all: dict[str, tuple[Finding, ...]] = {}
    for one in results:
        if isinstance(one, MadeMasters | VerifiedSample):
            name = replace(one.edition, school=None).name
            of_all[name] = (*of_all.get(name, ()), *_errors(one.findings))
    for edition in editions:
        piece = made.get(edition.name)
        common = of_all.get(replace(edition, school=None).name, ()) if edition.school else ()
        if piece or common:  # else it is one of many that would have been rendered in full
            yield Sheet(edition, piece, (*common, *(_errors(piece.findings) if piece else ())))


def _errors(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
