"""How far a run is: what is done and what is left, in renderings."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from handout.builder.rounds import RoundResult
from handout.commands.language import told
from handout.commands.output import stderr
from handout.editions import copies as copying
from handout.editions.copies import MadeMasters, StandingCopy, VerifiedSample
from handout.editions.single import Made
from handout.model.messages import Message, say, say_count
from handout.model.school import School
from handout.project.plan import Edition
from handout.project.project import Project

COPY = 0.001
"""What a copy from a master costs, in renderings."""
EVERY_S = 15.0
"""How often a line tells how far a run is where nobody watches a bar."""


@dataclass(frozen=True)
class Meter:
    """What a run has done and has to do. One is a rendering; what an earlier build made costs nothing."""

    total: float
    orders: Mapping[str, tuple[School, ...]]
    """The schools that are to have a copy, by edition."""
    done: float = 0.0

    @classmethod
    def of(cls, project: Project, editions: Iterable[Edition]) -> Meter:
        """Return the meter of a run that is about to make *editions*.

        How many masters a handout needs is known when they are there: till then it counts for one.
        """
        single, found = copying.parted(editions)
        orders = {order.edition.name: order.schools for order in found}
        copies = sum(len(schools) for schools in orders.values())
        return cls(len(single) + len(orders) * (1 + copying.SAMPLED) + copies * COPY, orders)

    def after(self, one: RoundResult) -> Meter:
        """Return the meter when *one* more is done."""
        match one:
            case Made(is_copy=True):
                return replace(self, done=self.done + COPY)
            case StandingCopy():
                return replace(self, total=self.total - COPY)
            case Made(is_kept=True):
                return replace(self, total=self.total - 1)
            case MadeMasters():
                return self._after_masters(one)
            case Made() | VerifiedSample():
                return replace(self, done=self.done + 1)

    def _after_masters(self, found: MadeMasters) -> Meter:
        fallen = len(copying.rest(found))
        more = fallen * (1 - COPY) - copying.SAMPLED
        more += sum(1 for _ in copying.samples(found, ()))
        if found.is_kept:
            return replace(self, total=self.total + more - 1)
        return replace(self, total=self.total + more, done=self.done + 1)


class Log:
    """Tells how far a run is in lines, for the log of a job that runs by itself. *clock* counts seconds."""

    def __init__(self, meter: Meter, clock: Callable[[], float]) -> None:
        self._meter = meter
        self._clock = clock
        self._began = self._told = clock()

    def after(self, one: RoundResult) -> str | None:
        """Return the line when *one* more is done; None where the last one is not EVERY_S ago."""
        self._meter = self._meter.after(one)
        now = self._clock()
        if now - self._told < EVERY_S:
            return None
        self._told = now
        done = min(self._meter.done / self._meter.total, 1) if self._meter.total > 0 else 1
        far = say("{part:.0%} done", part=float(done))
        if done:
            left = _in_words((now - self._began) * (1 - done) / done)
            far = say("{part:.0%} done, {left} left", part=float(done), left=left)
        return told(say("{far}; the last: {name}", far=far, name=one.edition.name))


def _in_words(seconds: float) -> Message:
    minutes = round(seconds / 60)
    if minutes < 1:
        return say("less than a minute")
    return say_count(minutes, "about {n} minute", "about {n} minutes")


@contextmanager
def progress(
    project: Project, planned: Sequence[Edition], verbose: bool, hidden: bool
) -> Iterator[Callable[[RoundResult], None]]:
    """Yield what to call for all that is done: a bar with the time left on a terminal, elsewhere lines."""
    if hidden:
        yield lambda one: None
        return

    if not stderr.is_terminal:
        log = Log(Meter.of(project, planned), time.monotonic)

        def told(one: RoundResult) -> None:
            for line in (one.edition.name if verbose else None, log.after(one)):
                if line is not None:
                    stderr.print(line)

        yield told
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    meter = Meter.of(project, planned)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task("building", total=meter.total)

        def done(one: RoundResult) -> None:
            nonlocal meter
            meter = meter.after(one)
            progress.update(task, total=meter.total, completed=meter.done, description=one.edition.name)
            if verbose:
                progress.console.print(one.edition.name)

        yield done
