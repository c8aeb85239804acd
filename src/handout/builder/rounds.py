"""Make all editions of a plan, over several processes: the pieces, the masters, and the copies from these."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import TypeAlias, TypeVar

from handout.builder import preload
from handout.builder.pictures import SheetPicture
from handout.editions import copies, refusal
from handout.editions.cache_entry import Ready, RenderCache
from handout.editions.copies import Batch, MadeMasters, Order, Sample, StandingCopy, VerifiedSample
from handout.editions.single import Made, blamed, entry_of, finish, prepare, where_to_look
from handout.machine.output_folder import StagingWriter
from handout.machine.workers import Failed, Loss, WorkerPool
from handout.model.findings import ExitCode, Finding, HandoutError, Severity, has_errors, in_order
from handout.model.messages import say, together
from handout.model.rules import Rule
from handout.project.plan import Edition
from handout.project.project import Project

LONGEST_WORK_S = 120
"""What takes longer never ends: the largest sheet of a handbook takes some seconds."""
MOST_LOST = 3
"""Processes that a run may lose. When it loses more, no edition is to blame."""
MOST_NAMED = 5
"""Faults that are told of a run that was stopped."""
MOST_WAITING = 50
"""Editions from the cache that are in memory until somebody takes them."""


@dataclass(frozen=True)
class ListedFile:
    """A file that the gallery shows."""

    name: str
    pdf: bytes


@dataclass(frozen=True)
class DrawnFile:
    """A file, as `pictures.picture_of` draws it."""

    picture: SheetPicture


Task: TypeAlias = Edition | Order | Sample | Batch
Work: TypeAlias = Ready | Order | Sample | Batch | ListedFile
"""A task that is ready for a process."""
RoundResult: TypeAlias = Made | MadeMasters | StandingCopy | VerifiedSample
Noted = TypeVar("Noted", MadeMasters, VerifiedSample)
Answer: TypeAlias = RoundResult | tuple[Made, ...] | DrawnFile
"""Of a process: the copies of a batch come together."""
Workforce: TypeAlias = WorkerPool[Work, Answer]


class Unfinished(HandoutError):
    """Some editions could not be made, so that nothing is written. *findings* are those of the others."""

    def __init__(self, failures: Sequence[HandoutError], findings: Iterable[Finding]) -> None:
        whats = list(dict.fromkeys(failure.what for failure in failures))
        more = len(whats) - MOST_NAMED
        what = together("; ", whats[:MOST_NAMED])
        if more > 0:
            what = say("{these}; and {more} more", these=what, more=more)
        super().__init__(what, failures[0].fix, ExitCode.RENDERER)
        self.findings = in_order(findings)


def make_all(
    project: Project,
    editions: Iterable[Edition],
    jobs: int,
    render_cache: RenderCache | None = None,
    cluster: str | None = None,
    writer: StagingWriter | None = None,
    standing: Mapping[str, str] | None = None,
) -> Generator[RoundResult, None, None]:
    """Yield all *editions* made, as they are done, over at most *jobs* processes or on a Dask *cluster*.

    Those for schools come as copies from masters as far as that goes: the masters and their samples come
    before them. What *render_cache* has is not made again, nor a copy that is *standing* in the output
    folder: that tells what files were made from, by path. Nothing that was yielded is held here. The
    processes of this machine put their copies on *writer*, and only tell of them: then these hold no bytes.
    Close the iterator: no process outlives it. Raises Unfinished, when all that can be made is, for editions
    that the engine fails on, that take too long, or that cost two processes their life, the second alone.
    """
    with workforce(project, writer) as pool:
        yield from made_by(pool, project, editions, jobs, render_cache, cluster, standing)


def workforce(project: Project, writer: StagingWriter | None = None) -> Workforce:
    """Return the processes of a run for *project*, none of which is there yet. Use it as a context.

    They put their copies on *writer*, as `make_all` says.
    """
    return WorkerPool(partial(_done, project, writer), LONGEST_WORK_S)


def made_by(
    pool: Workforce,
    project: Project,
    editions: Iterable[Edition],
    jobs: int,
    render_cache: RenderCache | None = None,
    cluster: str | None = None,
    standing: Mapping[str, str] | None = None,
) -> Generator[RoundResult, None, None]:
    """Yield what `make_all` does, made by the processes of *pool*, which stay for what comes next."""
    yield from _in_rounds(_Run(project, jobs, render_cache, cluster, pool, standing or {}), editions)


def pictured(
    pool: Workforce, jobs: int, files: Iterable[tuple[str, bytes]]
) -> Iterator[tuple[str, SheetPicture]]:
    """Yield what `pictures.drawn` does of *files*, as they are done by at most *jobs* processes of *pool*.

    What one of them did not come back from is drawn in this process.
    """
    from handout.builder import pictures

    shown = (ListedFile(name, pdf) for name, pdf in files)
    with closing(pool.imap_unordered(shown, jobs, preload.TO_DRAW)) as answers:
        for work, answer in answers:
            match work, answer:
                case ListedFile(name), DrawnFile(picture):
                    yield name, picture
                case _, Failed(error, trace):
                    error.add_note(trace)
                    raise error
                case ListedFile(name, pdf), Loss():
                    yield from pictures.drawn([(name, pdf)])


def _in_rounds(run: _Run, editions: Iterable[Edition]) -> Iterator[RoundResult]:
    """Yield *editions* made in three rounds: masters and single editions, samples, copies."""
    single, orders = copies.parted(editions)
    mastered: list[MadeMasters] = []
    yield from _noted(run.make(chain(orders, single), preload.TO_RENDER), MadeMasters, mastered)

    verified: list[VerifiedSample] = []
    rest = chain.from_iterable(map(copies.rest, mastered))
    works: Iterable[Task] = chain(_samples(mastered, ()), rest)
    while works:
        yield from _noted(run.make(works, preload.TO_RENDER), VerifiedSample, verified)
        # A master is still to be verified where the school of its sample is one that cannot be printed.
        works = () if run.is_spoilt else tuple(_samples(mastered, verified))
    for found in mastered:
        if (fault := copies.fault_of_all(found, verified)) is not None:
            yield run.noted(fault)
    for found in mastered:
        run.keep_masters(found, copies.approved(found, verified))

    if not run.is_spoilt:
        batches = chain.from_iterable(
            copies.batches(one, run.keys[one.edition.name], run.render_cache) for one in mastered
        )
        yield from run.make(batches, preload.TO_BATCH)
    if run.failures:
        raise Unfinished(run.failures, run.findings) from run.failures[0]


def _noted(results: Iterable[RoundResult], kind: type[Noted], noted: list[Noted]) -> Iterator[RoundResult]:
    """Yield *results*, and put those of *kind* down in *noted*."""
    for one in results:
        if isinstance(one, kind):
            noted.append(one)
        yield one


def _samples(mastered: Iterable[MadeMasters], verified: Sequence[VerifiedSample]) -> Iterator[Sample]:
    return chain.from_iterable(copies.samples(found, verified) for found in mastered)


def _done(project: Project, writer: StagingWriter | None, work: Work) -> Answer:
    """Return *work* done, in a process of its own."""
    match work:
        case Ready():
            return blamed(project, finish(project, work))
        case Order():
            return copies.mastered(project, work)
        case Sample():
            return copies.verified(project, work)
        case Batch():
            return copies.filled(project, work, writer)
        case ListedFile():
            from handout.builder import pictures

            return DrawnFile(pictures.picture_of(work.pdf))


@dataclass
class _Run:
    """What was found so far, what failed, and what processes died of."""

    project: Project
    jobs: int
    render_cache: RenderCache | None
    cluster: str | None
    pool: Workforce
    standing: Mapping[str, str]
    """What the copies in the output folder were made from, by path."""
    findings: list[Finding] = field(default_factory=list)
    failures: list[HandoutError] = field(default_factory=list)
    waiting: deque[Made | MadeMasters | StandingCopy] = field(default_factory=deque)
    """What needed no work."""
    ordered: dict[str, Order] = field(default_factory=dict)
    """The orders of copies, by the edition: what their masters are kept under."""
    keys: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """What the copies that are asked for are made from, by the edition and the id of the school."""
    lost: list[tuple[Work, Loss]] = field(default_factory=list)
    is_through: bool = False
    """All tasks of this round were asked for."""
    is_stopped: bool = False
    """Too many processes died."""

    @property
    def is_spoilt(self) -> bool:
        """Nothing of this run will be written, whatever else is found."""
        return bool(self.failures) or refusal.stops_all(self.findings)

    def make(self, works: Iterable[Task], modules: Sequence[str]) -> Iterator[RoundResult]:
        """Yield *works* done, as far as that goes with MOST_LOST processes; then what was lost, done anew."""
        left = iter(works)
        self.is_through = False
        while not self.is_through and not self.is_stopped:
            yield from self.take(self.ready(left), self.jobs, modules)
            yield from self.emptied()
            if len(self.lost) > MOST_LOST:
                self.failures.append(_stopped([_name(work) for work, _ in self.lost]))
                self.lost.clear()
                self.is_stopped = True
        yield from self.try_again(modules)

    def try_again(self, modules: Sequence[str]) -> Iterator[RoundResult]:
        """Make what processes died of anew, each alone: memory may have been short."""
        lost, self.lost = self.lost, []
        for work, loss in lost:
            if loss is Loss.DIED:
                self.pool.dismiss()
                yield from self.take([work], 1, modules, is_second_try=True)
            else:
                self.lost.append((work, loss))
        self.failures += [
            loss_error(self.project, _name(work), loss, LONGEST_WORK_S) for work, loss in self.lost
        ]
        self.lost.clear()

    def ready(self, works: Iterator[Task]) -> Iterator[Work]:
        """Yield what is to be done of *works*, until too much waits that is done already."""
        for work in works:
            ready = self.prepared(work)
            if isinstance(ready, Made | MadeMasters):
                self.waiting.append(ready)
            else:
                yield ready
            if len(self.waiting) >= MOST_WAITING:
                return
        self.is_through = True

    def prepared(self, work: Task) -> Work | Made | MadeMasters:
        match work:
            case Edition():
                ready = prepare(self.project, work, self.render_cache)
                return blamed(self.project, ready) if isinstance(ready, Made) else ready
            case Order():
                return self.prepared_order(work)
            case Sample() | Batch():
                return work

    def prepared_order(self, asked: Order) -> Order | MadeMasters:
        name = asked.edition.name
        order, self.keys[name], stay = copies.prepared_order(
            self.project, asked, self.render_cache, self.standing
        )
        self.waiting += stay
        self.ordered[name] = order
        if order.is_done:
            return MadeMasters(order.edition, order.known, order.fallbacks, order.findings)
        return order

    def emptied(self) -> Iterator[RoundResult]:
        while self.waiting:
            yield self.noted(self.waiting.popleft())

    def take(
        self, works: Iterable[Work], jobs: int, modules: Sequence[str], *, is_second_try: bool = False
    ) -> Iterator[RoundResult]:
        """Yield *works* done, and put down what failed and what was lost."""
        with closing(self.imap_unordered(works, jobs, modules)) as answers:
            for work, answer in answers:
                match answer:
                    case Failed(HandoutError(exit_code=ExitCode.RENDERER) as error, trace):
                        error.add_note(trace)
                        self.failures.append(error)
                    case Failed(error, trace):
                        error.add_note(trace)
                        raise error  # no edition is to blame: the machine is, or the program
                    case Loss():
                        self.lost.append((work, answer))
                        if len(self.lost) > MOST_LOST:
                            return
                    case Made() | MadeMasters() | VerifiedSample() | tuple():
                        self.keep(work, answer)
                        made = answer if isinstance(answer, tuple) else (answer,)
                        for one in made:
                            yield self.noted(_survived(one) if is_second_try else one)
                yield from self.emptied()

    def imap_unordered(
        self, works: Iterable[Work], jobs: int, modules: Sequence[str]
    ) -> Generator[tuple[Work, Answer | Failed | Loss], None, None]:
        if self.cluster is None:
            return self.pool.imap_unordered(works, jobs, modules)
        from handout.machine import cluster

        # A machine of the cluster may not see our folder.
        work = partial(_done, self.project, None)
        return cluster.imap_unordered(work, works, self.cluster, LONGEST_WORK_S, modules)

    def keep(self, work: Work, answer: Answer) -> None:
        """Let the next build find *answer*, where nothing is wrong with it."""
        if self.render_cache is None:
            return
        match work, answer:
            case Ready(), Made() if not has_errors(answer.findings):
                self.render_cache.keep(work, entry_of(answer))
            case Batch(), tuple():
                copies.keep_values(work, answer, self.render_cache)

    def keep_masters(self, before: MadeMasters, found: MadeMasters) -> None:
        """Let the next build find the masters *found*, whose samples are verified, where nothing is wrong.

        They are those of *before*, when that was not known.
        """
        order = self.ordered.pop(found.edition.name, None)
        if self.render_cache is None or order is None or order.ready is None:
            return
        if self.failures or has_errors(found.findings):
            return
        for one, was in zip(found.masters, before.masters, strict=True):
            if not one.is_kept or one.is_verified != was.is_verified:
                self.render_cache.keep_master(order.ready, one.master.shape, copies.pack(one))

    def noted(self, one: RoundResult) -> RoundResult:
        self.findings += one.findings
        return one


def _name(work: Work) -> str:
    match work:
        case Ready() | Order() | Sample():
            return work.edition.name
        case Batch():
            first, last = work.ready.schools[0].id, work.ready.schools[-1].id
            return f"{replace(work.master.edition, school=None).name} for {first} to {last}"
        case ListedFile():
            return work.name


def _survived(one: RoundResult) -> RoundResult:
    """Return *one* with the word that it took two processes."""
    place = one.document.place if isinstance(one, Made) else one.edition.handout.place
    finding = Finding(
        place,
        say("{name}: the process that made it was killed, and another has made it", name=one.edition.name),
        say("if that happens again, close other programs or use fewer processes: --jobs 1"),
        Severity.WARNING,
        Rule.PROCESS_KILLED,
    )
    return replace(one, findings=(*one.findings, finding), is_second_try=True)


def loss_error(project: Project, name: str, loss: Loss, longest_s: float) -> HandoutError:
    """Return what is told of the edition *name*, which two processes died of or one did not end with."""
    if loss is Loss.DIED:
        what = say("the renderer died on {name}, and again when it had the machine for itself", name=name)
        fix = say(
            "look for a very large picture or table in it, or for a size or count without reason "
            "in {where_to_look}; or give the machine more memory",
            where_to_look=where_to_look(project),
        )
    else:
        what = say(
            "{name} was stopped: it took longer than {longest_s:g} seconds", name=name, longest_s=longest_s
        )
        fix = say("take out {where_to_look}", where_to_look=where_to_look(project))
    return HandoutError(what, fix, ExitCode.RENDERER)


def _stopped(editions: Sequence[str]) -> HandoutError:
    names = ", ".join(editions)
    return HandoutError(
        say("the run was stopped: the renderer died or did not end on {names}", names=names),
        say("look for what these have in common, a style or a picture, or give the machine more memory"),
        ExitCode.RENDERER,
    )
