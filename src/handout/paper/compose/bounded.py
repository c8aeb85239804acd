"""Compose where a template may never end: in a process with bounds on time and memory.

The packaged templates are ours and end. One of a project's own may hold a loop in a loop, or a text that
doubles: it is run where that costs nothing but itself, and is told with its name, and with its line where
Python sees it. A process that is bounded already runs it itself.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from types import FrameType

from handout.machine import workers
from handout.machine.workers import Failed, Loss, WorkerPool
from handout.model.document import Document, PictureType
from handout.model.findings import Finding, Place
from handout.model.messages import say
from handout.model.rules import Rule
from handout.paper.compose import page
from handout.paper.compose.page import Written
from handout.project.project import Project

LONGEST_S = 20.0
"""For one sheet: the templates that we know take some milliseconds."""
MOST_BYTES = workers.MOST_BYTES
"""Of address space, with the engine in it that other processes were forked with."""
GRACE_S = 5.0
"""What is no loop, as a power of a power, does not hear that its time is over: it is stopped from outside."""
_PRELOAD = ("handout.paper.compose.bounded",)


def html(document: Document, project: Project) -> tuple[str, tuple[Finding, ...]]:
    """Return what `page.html` does; a template that runs out of its bounds is among what is wrong."""
    if not _needs_bounds(project):
        return page.html(document, project)
    written = _composer_of(project).done(_Task(_light(document)))
    return written.html, written.findings


def bare(document: Document, project: Project) -> Written:
    """Return what `page.bare` does; a template that runs out of its bounds is among what is wrong."""
    if not _needs_bounds(project):
        return page.bare(document, project)
    return _composer_of(project).done(_Task(_light(document), is_bare=True))


def _needs_bounds(project: Project) -> bool:
    return bool(project.own_templates) and not workers.is_bounded()


def _light(document: Document) -> Document:
    """Return *document* without the bytes of photos: they are many, and no template prints them."""
    pictures = {
        path: file if file.type is PictureType.SVG else replace(file, data=b"")
        for path, file in document.pictures.items()
    }
    return replace(document, pictures=pictures)


# ---- the process ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    document: Document
    is_bare: bool = False


@dataclass
class _Composer:
    """The process that composes for one project, as long as this one asks for that project."""

    project: Project
    pool: WorkerPool[_Task, Written]
    out_of_bounds: dict[str, Finding] = field(default_factory=dict)
    """By the name of the template: it is not waited for a second time."""

    def done(self, task: _Task) -> Written:
        name = page.template_name(task.document, self.project) or ""
        if name in self.out_of_bounds:
            return Written("", (), (self.out_of_bounds[name],))
        with closing(self.pool.imap_unordered([task], 1, _PRELOAD)) as answers:
            _, answer = next(answers)
        match answer:
            case Failed(error, trace):
                error.add_note(trace)
                raise error
            case Loss():
                answer = Written("", (), (_lost(name, answer),))
        if any(finding.rule is Rule.TEMPLATE_BOUNDS for finding in answer.findings):
            self.out_of_bounds[name] = answer.findings[0]
        return answer


_composer: _Composer | None = None


def _composer_of(project: Project) -> _Composer:
    global _composer
    if _composer is None or _composer.project is not project:
        close()
        pool = WorkerPool(partial(_composed, project, LONGEST_S), LONGEST_S + GRACE_S, MOST_BYTES)
        _composer = _Composer(project, pool)
    return _composer


def close() -> None:
    """End the process that composes, if there is one. The next text that needs it starts another."""
    global _composer
    if _composer is not None:
        _composer.pool.dismiss()
    _composer = None


def _lost(name: str, loss: Loss) -> Finding:
    what = say("the template took more memory than there is")
    if loss is Loss.ENDLESS:
        what = say("the template did not end in time")
    return page.out_of_bounds(Place(f"templates/{name}"), what)


def _composed(project: Project, longest_s: float, task: _Task) -> Written:
    """Do *task*, in the process."""
    with _alarm(longest_s):
        if task.is_bare:
            return page.bare(task.document, project)
        text, findings = page.html(task.document, project)
        return Written(text, (), findings)


@contextmanager
def _alarm(longest_s: float) -> Iterator[None]:
    """Raise TimeoutError in what goes on after *longest_s* seconds. Windows has no such alarm."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, longest_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ring(number: int, frame: FrameType | None) -> None:
    raise TimeoutError
