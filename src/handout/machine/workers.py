"""Spread work over processes that may die: each has one piece of work in hand, and answers for it.

Memory exhaustion aborts, a missing font crashes, some inputs never end: no `try` catches these. So the work
is done in processes with a bound on memory and time, and one that dies takes with it nothing but what it had
in hand.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeVar, cast

from handout.machine import collector

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_BYTES = 2_000_000_000
"""Of address space, for one process."""
MOST_TASKS = 100
"""Then a process gives way to a new one: what it did not give back does not add up."""
MOST_RESIDENT_BYTES = 260 * 2**20
"""Of memory, when it has answered; then a process gives way to a new one, too. A fork costs less than to look
for what can be given back. How many such processes a machine takes, `memory.usual_jobs` says."""


class Loss(StrEnum):
    """Why a piece of work has no result."""

    DIED = "died"
    """Its process died: killed by the machine for want of memory, or by a fault of a library."""
    ENDLESS = "endless"
    """It took longer than it may."""


@dataclass(frozen=True)
class Failed:
    """What the work raised."""

    error: Exception
    trace: str
    """The traceback in its process."""


def imap_unordered(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    jobs: int,
    longest_s: float,
    preload: Sequence[str] = (),
) -> Generator[tuple[Item, Result | Failed | Loss], None, None]:
    """Yield what `WorkerPool.imap_unordered` does, of a pool that goes with the iterator: close it."""
    with WorkerPool(work, longest_s) as pool:
        yield from pool.imap_unordered(items, jobs, preload)


class WorkerPool(Generic[Item, Result]):
    """Processes that do *work*: who has done it once need not warm up for the next.

    *work*, the items and the results are pickled. Leave the context: no process outlives it.
    """

    def __init__(
        self,
        work: Callable[[Item], Result],
        longest_s: float,
        most_bytes: int = MOST_BYTES,
        *,
        most_tasks: int | None = None,
        most_resident_bytes: int | None = None,
    ) -> None:
        """Each item may take *longest_s* seconds, each process *most_bytes* of memory.

        One gives way to a new one after *most_tasks* items, or when it has answered and holds more than
        *most_resident_bytes*: MOST_TASKS and MOST_RESIDENT_BYTES.
        """
        self._work = work
        self._longest_s = longest_s
        self._most_bytes = most_bytes
        self._most_tasks = most_tasks
        self._most_resident_bytes = most_resident_bytes
        self._idle: list[_Worker[Item, Result]] = []

    def __enter__(self) -> WorkerPool[Item, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self.dismiss()

    def imap_unordered(
        self, items: Iterable[Item], jobs: int, preload: Sequence[str] = ()
    ) -> Generator[tuple[Item, Result | Failed | Loss], None, None]:
        """Yield each of *items* with what the work makes of it, in the order in which they are done.

        At most *jobs* processes are at work, each on one item. An item is asked for when a process is free
        for it. The modules *preload* are imported once, where the system can fork, and only by processes
        that are new. Close the iterator: what is still in hand is given up.
        """
        waiting = iter(items)
        context = _context(preload)
        busy: list[_Worker[Item, Result]] = []
        try:
            while True:
                while len(busy) < jobs and (item := next(waiting, _NOTHING)) is not _NOTHING:
                    busy.append(self._begun(cast(Item, item), context))
                if not busy:
                    return
                for worker in _ready(busy, self._longest_s):
                    answer = worker.answer()
                    busy.remove(worker)
                    if worker.is_of_use:
                        self._idle.append(worker)
                    yield worker.item, answer
        finally:
            for worker in busy:
                worker.stop()

    def _begun(self, item: Item, context: BaseContext) -> _Worker[Item, Result]:
        """Return a worker that has begun with *item*: an idle one, or a new one."""
        while self._idle:
            worker = self._idle.pop()
            if worker.give(item):
                return worker
            worker.stop()  # it died while it had nothing in hand: nobody needs to know
        worker = _Worker(context, self._work, self._most_bytes, self._most_tasks, self._most_resident_bytes)
        worker.give(item)  # where it died at once, its answer will be that
        return worker

    def dismiss(self) -> None:
        """End the processes that have nothing in hand, and free what they hold."""
        while self._idle:
            self._idle.pop().stop()


RESTED = "handout.machine.rested"


def warm_up(preload: Sequence[str]) -> None:
    """Begin to import *preload* for the processes of a later `imap_unordered`, where the system can fork.

    That goes on beside what this process does; what `imap_unordered` names then comes too late to be imported
    once.
    """
    if _forks(_context(preload)):
        _start_server()


_NOTHING = object()


def _context(preload: Sequence[str]) -> BaseContext:
    """Return how processes are started: forked from a server that is ready, or from nothing.

    macOS can fork too, but its libraries start threads, which a fork copies in an unknown state.
    """
    can_fork = "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    context = multiprocessing.get_context("forkserver" if can_fork else "spawn")
    context.set_forkserver_preload([RESTED, *preload])
    return context


class _Worker(Generic[Item, Result]):
    """One process. It does not hear Ctrl-C, and ends when we do."""

    item: Item
    """What it has in hand, or had last."""
    began: float
    """When it began with that, on the clock that only counts."""

    def __init__(
        self,
        context: BaseContext,
        work: Callable[[Item], Result],
        most_bytes: int,
        most_tasks: int | None = None,
        most_resident_bytes: int | None = None,
    ) -> None:
        self.connection, theirs = context.Pipe()
        # A class of its own in each context, which the type of a context does not tell.
        process = cast(Any, context).Process
        self._process = process(target=_serve, args=(theirs, work, most_bytes), daemon=True)
        _start(self._process, context)
        theirs.close()
        self._tasks = 0
        self._most_tasks = most_tasks or MOST_TASKS
        self._most_resident_bytes = most_resident_bytes or MOST_RESIDENT_BYTES
        self._is_busy = False

    def give(self, item: Item) -> bool:
        """Tell it to begin with *item*. False: it is dead already."""
        self.item, self.began, self._is_busy = item, time.monotonic(), True
        self._tasks += 1
        try:
            self.connection.send(item)
        except OSError:
            return False
        return True

    def answer(self) -> Result | Failed | Loss:
        """Return what became of its item. One that has not answered is stopped."""
        if not self.connection.poll():
            self.stop()
            return Loss.ENDLESS
        answer: Result | Failed
        try:
            answer, resident_bytes = self.connection.recv()
        except (EOFError, OSError):
            self.stop()
            return Loss.DIED
        self._is_busy = False
        if self._tasks >= self._most_tasks or resident_bytes > self._most_resident_bytes:
            self.stop()
        return answer

    @property
    def is_of_use(self) -> bool:
        return not self.connection.closed

    def stop(self) -> None:
        """End the process, and wait until it has ended."""
        self.connection.close()  # one that waits for work ends at this
        if self._is_busy:
            self._process.kill()
        self._process.join()


def _ready(busy: Sequence[_Worker[Item, Result]], longest_s: float) -> list[_Worker[Item, Result]]:
    """Wait, and return the workers that have answered, have died, or have been at it for too long."""
    due = min(worker.began for worker in busy) + longest_s
    heard = wait([worker.connection for worker in busy], max(0, due - time.monotonic()))
    late = time.monotonic() - longest_s
    return [worker for worker in busy if worker.connection in heard or worker.began <= late]


def _forks(context: BaseContext) -> bool:
    return context.get_start_method() == "forkserver"


def _start(process: Any, context: BaseContext) -> None:
    """Start *process* so that it does not hear Ctrl-C, which a terminal sends to all."""
    if _forks(context):
        _await_server()
    with _ctrl_c_for_us_alone():
        process.start()


def _start_server() -> None:
    """Start the server that forks, if it is not there: what it does not hear its processes do not either."""
    from multiprocessing import forkserver  # Windows has none

    with _ctrl_c_for_us_alone():
        forkserver.ensure_running()


@cache
def _await_server() -> None:
    """Wait until the server has imported all, as it has when it forks. A Ctrl-C meanwhile is for us.

    It would be lost while a process with work to do is started, or cut off what that is sent.
    """
    _start_server()
    first = multiprocessing.get_context("forkserver").Process(target=_nothing)
    first.start()
    first.join()


def _nothing() -> None:
    """What a process does that is only to be there."""


@contextmanager
def _ctrl_c_for_us_alone() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C: a terminal sends it to all, and each prints a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals, and may say so
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)


# ---- in the process ---------------------------------------------------------------------------


_is_bounded = False


def is_bounded() -> bool:
    """Tell whether this process does work for another one, with bounds on its time and memory."""
    return _is_bounded


def _serve(connection: Connection, work: Callable[[Any], Any], most_bytes: int) -> None:
    """Answer for one item after another, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _bound_memory(most_bytes)
    global _is_bounded
    _is_bounded = True
    if collector.resident_bytes() is not None:  # else nobody would see that it grows
        collector.rest_from_now()
    while True:
        try:
            item = connection.recv()
            connection.send((_attempt(work, item), collector.resident_bytes() or 0))
        except (EOFError, OSError):
            return  # nobody asks any more, or waits for the answer


def _attempt(work: Callable[[Any], Any], item: object) -> object:
    try:
        return work(item)
    except Exception as error:  # noqa: BLE001 - it is raised again where somebody hears it
        return Failed(_picklable(error), "".join(traceback.format_exception(error)))


def _picklable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - whatever its class does when it is copied
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _die_with_parent() -> None:
    """Wait for the end of the process that gives us work: what we make is then for nobody."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _bound_memory(most_bytes: int) -> None:
    """Let the machine refuse memory above *most_bytes*, before others must be killed for it."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = most_bytes if hard == resource.RLIM_INFINITY else min(most_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
