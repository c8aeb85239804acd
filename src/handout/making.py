"""Make editions: one, or all of a plan over several processes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from handout import resolve
from handout.entry import Entry, Ready, Shelf
from handout.errors import ExitCode, Finding, HandoutError, Severity, has_errors, in_order
from handout.model import Document, Setting, SheetKind
from handout.plan import Edition
from handout.project import Project
from handout.rules import Rule
from handout.workers import Failed, Loss, spread

if TYPE_CHECKING:
    from handout.impose import Sheet
    from handout.proof import Figures

LONGEST_EDITION_S = 120
"""What takes longer never ends: the largest sheet of a handbook takes some seconds."""
MOST_LOST = 3
"""Processes that a run may lose. When it loses more, no edition is to blame."""
MOST_NAMED = 5
"""Faults that are told of a run that was stopped."""
PRELOADED = ("handout.engine.preloaded", "handout.impose", "handout.making", "handout.terms")
"""What a worker needs in memory."""


@dataclass(frozen=True)
class Made:
    """One edition, made: its file and what was found. Picklable, so that a worker can send it."""

    edition: Edition
    document: Document
    pdf: bytes
    page_count: int
    findings: tuple[Finding, ...]
    setting: Setting | None = None
    """How tightly it is set."""
    sheets: tuple[Sheet, ...] = ()
    """The pages laid on the paper that a school prints."""
    figures: Figures | None = None
    """Of its ink; None where it was not rendered."""
    is_kept: bool = False
    """True: an earlier build made it, of all the same."""
    is_second_try: bool = False
    """True: the process died that had it in hand first."""


def make(project: Project, edition: Edition) -> Made:
    """Return *edition* made: resolved, composed, rendered as roomily as its pages allow, and proved.

    A faulty document is not rendered.
    """
    ready = prepare(project, edition)
    return ready if isinstance(ready, Made) else finish(project, ready)


def prepare(project: Project, edition: Edition, shelf: Shelf | None = None) -> Ready | Made:
    """Return *edition* ready for the renderer; made, where its document is faulty or *shelf* has it."""
    document, found = resolve.document(project, edition)
    if has_errors(found):
        return Made(edition, document, b"", 0, found)
    if shelf and (entry := shelf.find_at_once(edition, document, found)):
        return _made_of(entry, edition, document)
    # Only here: a run that renders nothing, as `check` at every save, must not pay for what draws.
    from handout import compose

    html, faults = compose.html(document, project)
    ready = Ready(edition, document, html, found, faults)
    if has_errors(faults):
        return Made(edition, document, b"", 0, ready.findings)
    entry = shelf.find(ready) if shelf else None
    return _made_of(entry, edition, document) if entry else ready


def _made_of(entry: Entry, edition: Edition, document: Document) -> Made:
    made = Made(edition, document, entry.pdf, entry.page_count, entry.findings, entry.setting, entry.sheets)
    return replace(made, is_kept=True, figures=entry.figures)


def finish(project: Project, ready: Ready) -> Made:
    """Return what is *ready* rendered, proved and laid on its print sheets.

    Raises HandoutError where the engine fails.
    """
    from handout.engine import render
    from handout.engine.promise import Promise

    edition, document = ready.edition, ready.document
    format_ = project.settings.formats[edition.format]
    promise = Promise(document.page_budget, format_.least_scale, format_.most_air)
    try:
        rendered = render.pdf(ready.html, document.pictures, document.place, promise)
    except HandoutError:
        raise
    except Exception as error:  # whatever the engine trips over: a person needs to know on which sheet
        raise _engine_failed(edition, error) from error
    findings = (*ready.findings, *(_on_sheet(edition, finding) for finding in rendered.findings))
    made = Made(edition, document, rendered.pdf, rendered.page_count, findings, rendered.setting)
    made = _read_back(project, made)
    return made if has_errors(made.findings) else _imposed(project, made)


def _read_back(project: Project, made: Made) -> Made:
    """Return *made* with what its finished file tells; of one that is faulty already, its figures alone."""
    from handout import proof, terms

    if not made.pdf:
        return made
    if has_errors(made.findings):
        return replace(made, figures=proof.measure(made.pdf))
    found, figures = proof.examine(made.pdf, made.document, terms.of(project, made.document))
    findings = (*made.findings, *(_on_sheet(made.edition, finding) for finding in found))
    return replace(made, findings=findings, figures=figures)


def _imposed(project: Project, made: Made) -> Made:
    """Return *made* with its print sheets, or with the reason why its pages do not make them."""
    from handout import impose

    sheets: list[Sheet] = []
    findings = list(made.findings)
    for kind in made.edition.sheets:
        try:
            sheets.append(_sheet(made, kind))
        except impose.ImpositionError as error:
            what = f"{made.edition.name}: {error.what}"
            findings.append(Finding(made.document.place, what, error.fix, rule=Rule.SHEET_IMPOSSIBLE))
        else:
            findings += _proved(project, made, sheets[-1])
    return replace(made, sheets=tuple(sheets), findings=tuple(findings))


def _sheet(made: Made, kind: SheetKind) -> Sheet:
    from handout import impose
    from handout.compose import is_right_to_left

    return impose.sheet(made.pdf, kind, right_to_left=is_right_to_left(made.edition.language))


def _proved(project: Project, made: Made, sheet: Sheet) -> Iterator[Finding]:
    """Yield what is wrong with *sheet*, held against the pages that are on it."""
    from handout import proof, terms

    asked = terms.of(project, made.document)
    for finding in proof.inspect_sheet(sheet.pdf, made.pdf, made.document, asked):
        yield replace(finding, what=f"{made.edition.name}, sheet '{sheet.kind}': {finding.what}")


def _on_sheet(edition: Edition, finding: Finding) -> Finding:
    """Return *finding* with the sheet that it was seen on: the same text stands on several."""
    return replace(finding, what=f"{edition.name}: {finding.what}")


def _engine_failed(edition: Edition, error: Exception) -> HandoutError:
    return HandoutError(
        f"the renderer failed on {edition.name}: {type(error).__name__}: {error}",
        "take out what you changed last in its text, template or style, and report this with the text of -v",
        ExitCode.RENDERER,
    )


# ---- all of a plan ----------------------------------------------------------------------------


class Unfinished(HandoutError):
    """Some editions could not be made, so that nothing is written. *findings* are those of the others."""

    def __init__(self, failures: Sequence[HandoutError], made: Iterable[Made]) -> None:
        whats = list(dict.fromkeys(failure.what for failure in failures))
        more = len(whats) - MOST_NAMED
        what = "; ".join(whats[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
        super().__init__(what, failures[0].fix, ExitCode.RENDERER)
        self.findings = in_order(finding for one in made for finding in one.findings)


def make_all(
    project: Project,
    editions: Sequence[Edition],
    jobs: int,
    done: Callable[[Made], None],
    shelf: Shelf | None = None,
) -> tuple[Made, ...]:
    """Return all *editions* made, in their order, over at most *jobs* processes; *done* hears of each.

    What *shelf* has is not made again. Raises Unfinished, when all that can be made is, for editions that
    the engine fails on, that take too long, or that cost two processes their life, the second alone.
    """
    run = _Run(project, jobs, done, shelf)
    run.make(editions)
    run.try_again()
    if run.failures:
        raise Unfinished(run.failures, run.made.values()) from run.failures[0]
    return tuple(run.made[edition.name] for edition in editions)


class _Run:
    """What is made so far, what failed, and what processes died of."""

    def __init__(
        self, project: Project, jobs: int, done: Callable[[Made], None], shelf: Shelf | None
    ) -> None:
        self.project = project
        self.jobs = jobs
        self.done = done
        self.shelf = shelf
        self.made: dict[str, Made] = {}
        self.failures: list[HandoutError] = []
        self.lost: list[tuple[Ready, Loss]] = []

    def make(self, editions: Iterable[Edition]) -> None:
        """Make *editions*, as far as that goes with MOST_LOST processes."""
        with closing(self.spread(self.ready(editions), self.jobs)) as answers:
            for ready, answer in answers:
                self.take(ready, answer)
                if len(self.lost) > MOST_LOST:
                    self.failures.append(_stopped([lost.edition for lost, _ in self.lost]))
                    self.lost.clear()
                    return

    def try_again(self) -> None:
        """Make what processes died of anew, each alone: memory may have been short."""
        lost, self.lost = self.lost, []
        for ready, loss in lost:
            if loss is Loss.DIED:
                with closing(self.spread([ready], 1)) as answers:
                    for _, answer in answers:
                        self.take(ready, answer, is_second_try=True)
            else:
                self.lost.append((ready, loss))
        self.failures += [_lost(ready.edition, loss) for ready, loss in self.lost]

    def spread(
        self, ready: Iterable[Ready], jobs: int
    ) -> Generator[tuple[Ready, Made | Failed | Loss], None, None]:
        return spread(partial(finish, self.project), ready, jobs, LONGEST_EDITION_S, PRELOADED)

    def ready(self, editions: Iterable[Edition]) -> Iterator[Ready]:
        """Yield what must be rendered of *editions*; the others are made by that."""
        for edition in editions:
            ready = prepare(self.project, edition, self.shelf)
            if isinstance(ready, Ready):
                yield ready
            else:
                self.put(ready)

    def take(self, ready: Ready, answer: Made | Failed | Loss, *, is_second_try: bool = False) -> None:
        match answer:
            case Made():
                if self.shelf and not has_errors(answer.findings):
                    self.shelf.keep(ready, _entry_of(answer))
                self.put(_survived(answer) if is_second_try else answer)
            case Failed(HandoutError(exit_code=ExitCode.RENDERER) as error, trace):
                error.add_note(trace)
                self.failures.append(error)
            case Failed(error, trace):
                error.add_note(trace)
                raise error  # no edition is to blame: the machine is, or the program
            case Loss():
                self.lost.append((ready, answer))

    def put(self, made: Made) -> None:
        self.made[made.edition.name] = made
        self.done(made)


def _entry_of(made: Made) -> Entry:
    return Entry(made.pdf, made.page_count, made.findings, made.setting, made.sheets, made.figures)


def _survived(made: Made) -> Made:
    """Return *made* with the word that it took two processes."""
    finding = Finding(
        made.document.place,
        f"{made.edition.name}: the process that made it was killed, and another has made it",
        "if that happens again, close other programs or use fewer processes: --jobs 1",
        Severity.WARNING,
        Rule.PROCESS_KILLED,
    )
    return replace(made, findings=(*made.findings, finding), is_second_try=True)


def _lost(edition: Edition, loss: Loss) -> HandoutError:
    if loss is Loss.DIED:
        what = f"the renderer died on {edition.name}, and again when it had the machine for itself"
        fix = "look for a very large picture or table in it, or give the machine more memory"
    else:
        what = f"{edition.name} was stopped: it took longer than {LONGEST_EDITION_S} seconds"
        fix = "take out what you changed last in its text, template or style"
    return HandoutError(what, fix, ExitCode.RENDERER)


def _stopped(editions: Sequence[Edition]) -> HandoutError:
    names = ", ".join(edition.name for edition in editions)
    return HandoutError(
        f"the run was stopped: the renderer died or did not end on {names}",
        "look for what these have in common, a style or a picture, or give the machine more memory",
        ExitCode.RENDERER,
    )
