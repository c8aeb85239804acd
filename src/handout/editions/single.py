"""Make one edition: resolved, composed, rendered, proved, and laid on its print sheets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from handout.editions import open_slots, sheet_code
from handout.editions.cache_entry import CacheEntry, Ready, RenderCache
from handout.editions.files import MadeFile, piece
from handout.model.colours import of_hex
from handout.model.document import Document, PictureFile, Setting, SheetKind
from handout.model.files import BRAILLE, HTML, FileKind, FinishedPiece
from handout.model.findings import (
    EnvironmentFault,
    ExitCode,
    Finding,
    HandoutError,
    Place,
    Severity,
    has_errors,
)
from handout.model.messages import Message, say
from handout.model.rules import Rule
from handout.model.school import School
from handout.paper.engine.region import Region, slots_among
from handout.project.plan import Edition
from handout.project.project import Project, primary_language

if TYPE_CHECKING:
    from handout.editions.imprint import Type
    from handout.paper.engine.arrangement import Arrangement
    from handout.paper.engine.constraints import PageConstraints
    from handout.paper.engine.render import Rendered, Sketch
    from handout.proof import InkFigures, Paper

T = TypeVar("T")


@dataclass(frozen=True)
class Made:
    """One edition, made: its files and what was found. Picklable, so that a worker can send it."""

    edition: Edition
    document: Document
    files: tuple[MadeFile, ...]
    """The piece, its print sheets, and what else was asked for; none where it could not be rendered."""
    findings: tuple[Finding, ...]
    setting: Setting | None = None
    """How tightly it is set."""
    figures: InkFigures | None = None
    """Of its ink; None where it was not rendered."""
    layouts: int = 0
    """How often it was laid out, until it fitted and was balanced."""
    is_kept: bool = False
    """True: an earlier build made it, of all the same."""
    is_copy: bool = False
    """True: it was filled from a master, and not rendered."""
    why_in_full: Message | None = None
    """Of a copy that was rendered and not filled: why, as the end of "rendered in full, for …"."""
    key: str = ""
    """Of a copy: a sum of all that it was made from."""
    values: Type | None = None
    """Of a copy: what stands in its slots."""
    is_second_try: bool = False
    """True: the process died that had it in hand first."""
    regions: tuple[Region, ...] = ()
    """Where its slots stand; nothing where no file of it needs that."""

    @property
    def pdf(self) -> bytes:
        """The bytes of the piece; none where it could not be rendered, or is staged."""
        return self.files[0].data if self.files else b""

    @property
    def page_count(self) -> int:
        """The pages of the piece."""
        return self.files[0].page_count if self.files else 0

    @property
    def sheets(self) -> tuple[MadeFile, ...]:
        """Its print sheets: the pages laid on the paper that a school prints."""
        return tuple(file for file in self.files if file.is_sheet)


def make(project: Project, edition: Edition) -> Made:
    """Return *edition* made: resolved, composed, rendered as roomily as its pages allow, and proved.

    A faulty document is not rendered.
    """
    ready = prepare(project, edition)
    return ready if isinstance(ready, Made) else finish(project, ready)


def prepare(project: Project, edition: Edition, render_cache: RenderCache | None = None) -> Ready | Made:
    """Return *edition* ready for the renderer; made, where it has a fault or *render_cache* has it."""
    document, found = sheet_code.document(project, edition)
    if has_errors(found):
        return Made(edition, document, (), found)
    if render_cache and (entry := render_cache.find_at_once(edition, document, found)):
        return _made_of(entry, edition, document)
    ready = composed(project, edition, document, found)
    if has_errors(ready.findings):
        return Made(edition, document, (), ready.findings)
    entry = render_cache.find(ready) if render_cache else None
    return _made_of(entry, edition, document) if entry else ready


def composed(project: Project, edition: Edition, document: Document, found: tuple[Finding, ...]) -> Ready:
    """Return *edition*, resolved as *document* with what was *found*, with its HTML."""
    # Only here: a run that renders nothing, as `check` at every save, must not pay for what draws.
    from handout.paper.compose import bounded

    html, faults = bounded.html(document, project)
    return Ready(edition, document, html, found, faults)


def _made_of(entry: CacheEntry, edition: Edition, document: Document) -> Made:
    return Made(
        edition,
        document,
        entry.files,
        entry.findings,
        entry.setting,
        entry.figures,
        layouts=entry.layouts,
        is_kept=True,
    )


def entry_of(made: Made) -> CacheEntry:
    """Return what is kept of *made*."""
    return CacheEntry(made.files, made.findings, made.setting, made.figures, made.layouts)


def finish(project: Project, ready: Ready) -> Made:
    """Return what is *ready* rendered, proved and laid on its print sheets.

    Raises HandoutError where the engine fails.
    """
    return prove(project, rendered(project, ready))


def constraints_of(project: Project, document: Document) -> PageConstraints:
    """Return what the format of *document* promises of its pages."""
    from handout.paper.engine.constraints import PageConstraints

    format_ = project.settings.formats[document.format]
    return PageConstraints(
        document.page_budget,
        format_.least_scale,
        format_.most_air,
        format_.width_mm * format_.height_mm / 100,
        1 if document.beside else format_.least_pages,
    )


def rendered(project: Project, ready: Ready, arrangement: Arrangement | None = None) -> Made:
    """Return what is *ready* rendered, and not yet read back.

    *arrangement* is that of an edition that differs from it in its school alone. Raises HandoutError where
    the engine fails.
    """
    made = _laid_out(project, ready, arrangement)
    if any(one.rule == Rule.TOO_LONG for one in made.findings) and (more := _on_more_pages(project, ready)):
        return _laid_out(project, more, arrangement)
    return made


def _laid_out(project: Project, ready: Ready, arrangement: Arrangement | None) -> Made:
    from handout.paper.engine import render

    if not any(kind.is_for_open_slots for kind in ready.edition.also):
        return _made_from(ready, _by_engine(project, ready, partial(render.pdf, arrangement=arrangement)))
    found, regions = _by_engine(project, ready, partial(render.shown, arrangement=arrangement))
    return replace(_made_from(ready, found), regions=slots_among(regions))


def _on_more_pages(project: Project, ready: Ready) -> Ready | None:
    """Return what is *ready*, a translation, with the pages that it may have where it is longer; or None.

    Not from the beginning: a text that fits the pages of its source is not to be drawn out over more.
    """
    document = ready.document
    most = project.settings.formats[document.format].translated_pages
    if document.translation is None or most is None or document.page_budget >= most:
        return None
    longer = replace(document, page_budget=most)
    return composed(project, ready.edition, longer, ready.found)


@dataclass(frozen=True)
class ShownEdition:
    """An edition as `rendered` makes it, to be shown. Picklable."""

    made: Made
    regions: tuple[Region, ...] = ()
    """Where on its pages stands what was written where."""
    arrangement: Arrangement | None = None
    """How it is set; None where the layout was stopped."""


def shown(project: Project, ready: Ready) -> ShownEdition:
    """Return what `rendered` does, the same bytes, with what is known of its pages. Raises HandoutError."""
    from handout.paper.engine import render

    found, regions = _by_engine(project, ready, render.shown)
    return ShownEdition(_made_from(ready, found), regions, found.arrangement)


def sketched(project: Project, ready: Ready, arrangement: Arrangement) -> Sketch | None:
    """Return what is *ready* laid out once, as it was before: a look at it before there is a file.

    None where it does not fit so. Raises HandoutError where the engine fails.
    """
    from handout.paper.engine import render

    return _by_engine(project, ready, partial(render.sketched, arrangement=arrangement))


def _by_engine(
    project: Project,
    ready: Ready,
    run: Callable[[str, Mapping[str, PictureFile], Place, PageConstraints], T],
) -> T:
    """Return what *run*, a function of the engine, makes of what is *ready*. Raises HandoutError."""
    document = ready.document
    try:
        return run(ready.html, document.pictures, document.place, constraints_of(project, document))
    except HandoutError:
        raise
    except Exception as error:  # whatever the engine trips over: a person needs to know on which sheet
        raise engine_failed(project, ready.edition, error, _rule_to_blame(project, ready)) from error


def _made_from(ready: Ready, found: Rendered) -> Made:
    edition = ready.edition
    told = (_with_way_out(ready.document, finding) for finding in found.findings)
    findings = (*ready.findings, *(on_sheet(edition, finding) for finding in told))
    made = piece(edition.output_path, found.pdf, found.page_count)
    return Made(edition, ready.document, (made,), findings, found.setting, layouts=found.layouts)


def _with_way_out(document: Document, finding: Finding) -> Finding:
    """Return *finding*, which may be that a text is too long, with the room that the small code takes."""
    if document.status is None or finding.rule is not Rule.TOO_LONG:
        return finding
    fix = say(
        "{fix}; or leave the small code of [status] off it: 'status: none' in its front matter",
        fix=finding.fix,
    )
    return replace(finding, fix=fix)


def prove(project: Project, made: Made) -> Made:
    """Return *made* with what its finished file tells, and with its other files where nothing is wrong.

    The file is opened, drawn and read once, for its own proof and for those of its print sheets.
    """
    from handout import proof

    with proof.opened(made.pdf) as piece:
        made = _read_back(project, made, piece)
        return made if has_errors(made.findings) else _proved_sheets(project, completed(project, made), piece)


def _read_back(project: Project, made: Made, piece: Paper) -> Made:
    """Return *made* with what its *piece* tells; of one that is faulty already, its figures alone."""
    from handout import proof
    from handout.editions import expectations

    if not made.pdf:
        return made
    if has_errors(made.findings):
        return replace(made, figures=proof.measure(piece))
    found, figures = proof.examine(piece, made.document, expectations.of(project, made.document))
    findings = (*made.findings, *(on_sheet(made.edition, finding) for finding in found))
    return replace(made, findings=findings, figures=figures)


def completed(project: Project, made: Made) -> Made:
    """Return *made*, whose piece is proved, with its print sheets and with what else is made of the piece."""
    made = _imposed(project, made)
    if not made.edition.also:
        return made
    piece = open_slots.finished_piece(project, made.edition, made.document, made.pdf, made.regions)
    further = (_further(made, kind, piece) for kind in made.edition.also)
    return replace(made, files=(*made.files, *further))


def _further(made: Made, kind: FileKind, piece: FinishedPiece) -> MadeFile:
    """Return the file of *kind* of *piece*, which is that of *made*."""
    file = MadeFile(kind.name, made.edition.also_path(kind), kind.make(piece))
    if kind.is_for_open_slots:
        file = replace(file, fields=tuple(dict.fromkeys(slot.field for slot in piece.slots)))
    if not kind.is_printed:
        return file
    laid = next((sheet for sheet in made.sheets if sheet.kind == piece.sheet), made.files[0])
    return replace(file, page_count=laid.page_count, printing=laid.printing, scale=laid.scale)


def _imposed(project: Project, made: Made) -> Made:
    """Return *made* with its print sheets, or with the reason why its pages do not make them."""
    if not made.edition.sheets:
        return made
    from handout.paper.compose.page import is_right_to_left
    from handout.paper.impose import ImpositionError, sheet

    sheets: list[MadeFile] = []
    findings = list(made.findings)
    right_to_left = is_right_to_left(made.edition.language)
    words = project.words_of_pages
    for kind in made.edition.sheets:
        try:
            laid = sheet(made.pdf, kind, right_to_left=right_to_left, words=words)
        except ImpositionError as error:
            what = say("{name}: {what}", name=made.edition.name, what=error.what)
            findings.append(Finding(made.document.place, what, error.fix, rule=Rule.SHEET_IMPOSSIBLE))
        else:
            path, printing = made.edition.sheet_path(kind), laid.printing
            pdf = _pressed(project, made, laid.pdf) if kind is SheetKind.PRINT_SHOP else laid.pdf
            sheets.append(MadeFile(kind, path, pdf, printing.page_count, printing, laid.scale))
    return replace(made, files=(*made.files, *sheets), findings=tuple(findings))


def _pressed(project: Project, made: Made, pdf: bytes) -> bytes:
    """Return *pdf*, the sheet of *made* for a print shop, as its press takes it, where that is known."""
    if project.press is None:
        return pdf
    from handout.paper.press import writing

    audience = project.settings.audiences[made.edition.audience]
    ink = audience.spot or f"Accent {made.edition.audience}"
    return writing.pressed(pdf, project.press, (ink, of_hex(audience.accent)), made.document.newest)


def _proved_sheets(project: Project, made: Made, piece: Paper) -> Made:
    """Return *made* with what its print sheets tell, held against the *piece* whose pages are on them."""
    found = (*_found_on_sheets(project, made, piece), *found_beside(project, made))
    return replace(made, findings=(*made.findings, *found))


def _found_on_sheets(project: Project, made: Made, piece: Paper) -> Iterator[Finding]:
    from handout import proof
    from handout.editions import expectations

    for sheet in made.sheets:
        asked = expectations.of(project, made.document)
        found = proof.inspect_sheet(sheet.data, piece, made.document, asked)
        if sheet.kind is SheetKind.PRINT_SHOP and project.press is not None:
            found += proof.inspect_press(sheet.data, piece, made.document, asked, project.press)
        for finding in found:
            yield replace(
                finding,
                what=say(
                    "{name}, sheet '{kind}': {what}",
                    name=made.edition.name,
                    kind=sheet.kind,
                    what=finding.what,
                ),
            )


def found_beside(project: Project, made: Made) -> Iterator[Finding]:
    """Yield what is wrong with what else was made of *made*, beside its print sheets."""
    yield from _found_on_forms(project, made)
    yield from _found_on_screen(project, made)
    yield from _found_in_braille(project, made)


def _found_in_braille(project: Project, made: Made) -> Iterator[Finding]:
    from handout import proof
    from handout.editions import expectations
    from handout.machine import braille

    for file in made.files:
        if file.kind == BRAILLE:
            language = primary_language(made.document.language)
            page, terms = project.settings.braille, expectations.of(project, made.document)
            for finding in proof.inspect_braille(
                file.data,
                made.document,
                terms,
                proof.BraillePaper(page.cells, page.lines),
                partial(braille.in_cells, language=language),
            ):
                what = say("{name}, in braille: {what}", name=made.edition.name, what=finding.what)
                yield replace(finding, what=what)


def _found_on_screen(project: Project, made: Made) -> Iterator[Finding]:
    from handout import proof
    from handout.editions import expectations

    for file in made.files:
        if file.kind == HTML:
            terms = expectations.of(project, made.document)
            for finding in proof.inspect_screen(file.data, made.document, terms):
                what = say("{name}, for a screen: {what}", name=made.edition.name, what=finding.what)
                yield replace(finding, what=what)


def _found_on_forms(project: Project, made: Made) -> Iterator[Finding]:
    """Yield what is wrong with the files of *made* to type in, held against what they were made of."""
    from handout import proof
    from handout.editions import expectations

    base = next((sheet for sheet in made.sheets if sheet.kind == made.edition.laid_sheet), made.files[0])
    for file in made.files:
        if file.fields:
            terms = expectations.of(project, made.document)
            for finding in proof.inspect_form(file.data, base.data, made.document, terms, file.fields):
                what = say(
                    "{name}, to type in: {what}",
                    name=made.edition.name,
                    what=finding.what,
                )
                yield replace(finding, what=what)


def blamed(project: Project, made: Made) -> Made:
    """Return *made* with the errors that it has by its school alone at the row of that school.

    Those are the errors of a kind that the same edition does not have without a school; where it has them,
    its own are told, for all schools alike. What is wrong with a template or style sheet is never the fault
    of a row. Raises HandoutError where the engine fails.
    """
    school = made.edition.school
    if school is None or not any(_may_be_by_school(finding, school) for finding in made.findings):
        return made
    edition = replace(made.edition, school=None)
    general = make(project, edition) if made.pdf else prepare(project, edition)
    # By their kind alone: the place where a page ends is another for each school.
    shared = tuple(finding for finding in general.findings if _may_be_by_school(finding, school))
    kinds = {finding.rule for finding in shared}
    own = (finding for finding in made.findings if finding.rule not in kinds)
    findings = (at_row(school, finding) if _may_be_by_school(finding, school) else finding for finding in own)
    return replace(made, findings=(*findings, *shared))


def _may_be_by_school(finding: Finding, school: School) -> bool:
    path = finding.place.path
    is_elsewhere = path != school.place.path and not path.startswith(("templates/", "styles/"))
    return finding.severity is Severity.ERROR and is_elsewhere


def at_row(school: School, finding: Finding) -> Finding:
    """Return *finding*, which only the copy for *school* has, at the row of that school."""
    return replace(
        finding,
        place=school.place,
        what=say(
            "{what}; it shows at {place}, where nothing is wrong without this school",
            what=finding.what,
            place=finding.place,
        ),
        fix=say("shorten or correct what this row says, or else: {fix}", fix=finding.fix),
    )


def on_sheet(edition: Edition, finding: Finding) -> Finding:
    """Return *finding* with the sheet that it was seen on: the same text stands on several."""
    return replace(finding, what=say("{name}: {what}", name=edition.name, what=finding.what))


LONGEST_BLAME_S = 30
"""To look for the rule that the engine fails on: some ten renderings."""


def _rule_to_blame(project: Project, ready: Ready) -> Place | None:
    """Return the line of the project's own stylesheets that the engine fails on, where it is soon found."""
    from handout.paper.engine import blame, render
    from handout.paper.engine.constraints import PageConstraints

    document, until = ready.document, time.monotonic() + LONGEST_BLAME_S

    def fails(html: str) -> bool:
        if time.monotonic() > until:
            raise TimeoutError
        try:
            render.pdf(html, document.pictures, document.place, PageConstraints(document.page_budget, 1, 1))
        except Exception:  # noqa: BLE001 - whatever the engine trips over
            return True
        return False

    try:
        return blame.rule_to_blame(ready.html, own_styles(project), fails)
    except TimeoutError:
        return None


def own_styles(project: Project) -> tuple[str, ...]:
    """Return the paths of the stylesheets that *project* does not have of us."""
    return tuple(f"styles/{name}" for name in sorted(project.own_styles) if name.endswith(".css"))


def where_to_look(project: Project) -> Message:
    """Return what a person can look through, where it is not known what the engine fails on."""
    names = own_styles(project)
    if not names:
        return say("what you changed last in its text, template or style")
    return say("what you changed last in a text or template, or in {names}", names=", ".join(names))


def engine_failed(
    project: Project, edition: Edition, error: Exception, place: Place | None = None
) -> HandoutError:
    """Return what is told of an *error* of the engine, which names no sheet by itself.

    *place* is the rule of a stylesheet without which there is none.
    """
    if isinstance(error, ImportError):  # no text and no template can cause it
        return EnvironmentFault(
            say("a part of the program is not there: {error}", error=error),
            say("install it again with all that it needs; `handout doctor` says what this machine lacks"),
        )
    what = say(
        "the renderer failed on {name}: {kind}: {error}",
        name=edition.name,
        kind=type(error).__name__,
        error=error,
    )
    if place is not None:
        what = say("{what}; without {place} it does not", what=what, place=place)
        fix = say("correct {place}: it asks for what the renderer cannot lay out", place=place)
    else:
        fix = say(
            "take out {where_to_look}, and report this with the text of -v",
            where_to_look=where_to_look(project),
        )
    return HandoutError(what, fix, ExitCode.RENDERER)
