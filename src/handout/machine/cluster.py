"""Spread work over the machines of a Dask cluster, as `workers.imap_unordered` does over the processes of
this one.

Dask brings the items to its workers, and those of a worker that is lost to another. The work itself is done
as it is here: in a process of its own for each item, with the same bounds. So a thread of a worker disturbs
no other, and what kills the renderer leaves the worker alive. Each worker must run on what this machine
runs on, or it would make other bytes.

What comes back is a pickle, which can run anything: the scheduler and its workers are trusted as this
machine is.
"""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import re
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

from handout.machine import state, workers
from handout.machine.state import State
from handout.machine.workers import Failed, Loss
from handout.model.findings import EnvironmentFault, UsageError
from handout.model.messages import Message, say, together

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE_S = 10
"""For the scheduler to answer, and for the first worker to be there."""
LONGEST_WITHOUT_WORKERS_S = 60
"""Then they do not come back. A nanny starts a worker anew in a few seconds."""
ITEMS_PER_THREAD = 2
"""One at work and one at hand: more would only fill the memory of the scheduler."""
MOST_TRIES = 3
"""For an item whose answer Dask lost."""
MOST_NAMED = 5
"""Differences that are told of one worker."""
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})")
_OF_WORKERS = ("dask.__main__", "distributed.cli.dask_worker")
"""What a worker is started with. Each process that it starts imports that, too: at once, when it is there."""


def imap_unordered(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    address: str,
    longest_s: float,
    preload: Sequence[str] = (),
) -> Generator[tuple[Item, Result | Failed | Loss], None, None]:
    """Yield each of *items* with what *work* makes of it, in the order in which they are done.

    The same as `workers.imap_unordered`, on the workers of the Dask scheduler at *address*,
    `tcp://host:port`. *work* travels to each worker once, under a name made of its content; put all that is
    large in it. There are at most ITEMS_PER_THREAD items on their way for each thread of the cluster. Close
    the iterator: what has not begun is cancelled; what has, ends within *longest_s* seconds, and nobody waits
    for it.

    Raises UsageError for an address that is none, and EnvironmentFault where Dask is not installed, where no
    scheduler or worker answers within PATIENCE_S seconds, where they are lost, and where a worker runs on
    other versions than this machine.
    """
    waiting = iter(items)
    first = next(waiting, _NOTHING)
    if first is _NOTHING:
        return  # without work nobody needs to be there
    waiting = chain([cast(Item, first)], waiting)
    at_work: dict[_Future, _AtWork[Item]] = {}
    here = state.of_machine()
    with _connection(address) as client, _executor(client) as executor:
        _compare_all(client, address, here)
        # A task and not scattered data: when all workers that hold it are lost, Dask makes it again.
        shared = client.submit(bytes, pickle.dumps(work), pure=True)
        known = (shared, state.digest_of(here), longest_s, tuple(preload))
        while True:
            most = ITEMS_PER_THREAD * max(1, _thread_count(client, address))
            while len(at_work) < most and (item := next(waiting, _NOTHING)) is not _NOTHING:
                at_work[executor.submit(_perform, *known, pickle.dumps(item))] = _AtWork(cast(Item, item))
            if not at_work:
                return
            for future in _ready(at_work, client, address):
                one = at_work.pop(future)
                if one.tries < MOST_TRIES and _is_lost_on_its_way(future):
                    again = executor.submit(_perform, *known, pickle.dumps(one.item))
                    at_work[again] = _AtWork(one.item, one.tries + 1)
                else:
                    yield one.item, _answer(future, address, here)


@dataclass(frozen=True)
class _AtWork(Generic[Item]):
    """An item that the cluster has in hand."""

    item: Item
    tries: int = 1


@dataclass(frozen=True)
class _Stranger:
    """A worker that did not do its work, for it came late and runs on something else than we do."""

    worker: str
    machine: State


_Future: TypeAlias = Future[bytes | Failed | Loss | _Stranger]
_NOTHING = object()


# ---- the scheduler ----------------------------------------------------------------------------


@contextmanager
def _connection(address: str) -> Iterator[Client]:
    """Connect to the scheduler at *address*, for as long as that takes."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match[1]) < 65536:
        raise UsageError(
            say("'{address}' is not the address of a Dask scheduler", address=address),
            say("write it as the scheduler prints it when it starts: tcp://host:8786"),
        )
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise EnvironmentFault(
            say("a build on a cluster needs Dask, which is not installed"), say("pip install distributed")
        ) from error
    # What goes wrong we say ourselves, once; Dask logs it as well, with tracebacks.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TB"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions, which we compare more strictly
        try:
            client = Client(address, timeout=PATIENCE_S, set_as_default=False)
        except (OSError, ImportError, TypeError) as error:  # refused; too old for us; tls without its keys
            raise EnvironmentFault(
                say(
                    "no Dask scheduler answers at {address}: {first_line}",
                    address=address,
                    first_line=_first_line(error),
                ),
                say(
                    "start one there: `dask scheduler --port {port}`, a port that this machine can "
                    "reach; tls:// needs the certificates of Dask's settings",
                    port=match[1],
                ),
            ) from error
    with closing(client):
        yield client


@contextmanager
def _executor(client: Client) -> Iterator[Executor]:
    executor: Executor = client.get_executor(pure=False)
    try:
        yield executor
    finally:
        executor.shutdown(wait=False)  # with Dask that also cancels what has not begun


def _compare_all(client: Client, address: str, here: State) -> None:
    """Raise EnvironmentFault where no worker is there, or where one runs on something else than we do."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
        found: Mapping[str, State | Exception] = client.sync(
            client.run, machine, on_error="return", callback_timeout=PATIENCE_S
        )
    except OSError as error:  # TimeoutError is one
        raise EnvironmentFault(
            say(
                "no worker of the Dask scheduler at {address} answers within {patience_s} seconds",
                address=address,
                patience_s=PATIENCE_S,
            ),
            say("start one on each machine of the cluster: dask worker {address}", address=address),
        ) from error
    for worker, there in sorted(found.items()):
        if isinstance(there, Exception):
            raise EnvironmentFault(
                say(
                    "the Dask worker {worker} cannot run handout: {first_line}",
                    worker=worker,
                    first_line=_first_line(there),
                ),
                say("install on it what is installed here, then start it anew"),
            ) from there
        if there != here:
            raise _other(worker, there, here)


def _thread_count(client: Client, address: str) -> int:
    """Return how many threads the workers have together that are there now."""
    try:
        counts: Mapping[str, int] = client.sync(client.nthreads, callback_timeout=PATIENCE_S)
    except (OSError, CancelledError) as error:
        raise _lost(address) from error
    return sum(counts.values())


def _lost(address: str) -> EnvironmentFault:
    return EnvironmentFault(
        say(
            "the Dask cluster at {address} was lost: its scheduler or all of its workers ended",
            address=address,
        ),
        say(
            "look for why they ended, start them again, and build again: what is made so far is not made anew"
        ),
    )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


# ---- what comes back --------------------------------------------------------------------------


def _ready(futures: Iterable[_Future], client: Client, address: str) -> set[_Future]:
    """Wait for the first of *futures*, for as long as there are workers, and return those that are done."""
    left_s = LONGEST_WITHOUT_WORKERS_S
    while not (done := wait(futures, PATIENCE_S, FIRST_COMPLETED).done):
        left_s = LONGEST_WITHOUT_WORKERS_S if _thread_count(client, address) else left_s - PATIENCE_S
        if left_s <= 0:
            raise _lost(address)
    return done


def _is_lost_on_its_way(future: Future[Any]) -> bool:
    """Tell whether the answer in *future* is not that of the work, nor that of Dask on it.

    Work has no errors of its own: `_perform` returns them. A worker that is lost just when Dask fetched an
    answer from it leaves one that it cannot read itself (`_cascade_future` in distributed/cfexecutor.py).
    """
    from distributed import KilledWorker

    if future.cancelled():
        return False
    error = future.exception()
    return error is not None and not isinstance(error, KilledWorker | CancelledError)


def _answer(future: _Future, address: str, here: State) -> Any:
    """Return what became of the item of *future*."""
    from distributed import KilledWorker

    try:
        answer = future.result()
    except KilledWorker:
        return Loss.DIED  # each worker that had it in hand
    except CancelledError as error:
        raise _lost(address) from error
    except Exception as error:
        raise EnvironmentFault(
            say(
                "the Dask cluster at {address} could not do its work: {first_line}",
                address=address,
                first_line=_first_line(error),
            ),
            say("look into what its workers print, and start them anew"),
        ) from error
    match answer:
        case _Stranger(worker, there):
            raise _other(worker, there, here)
        case bytes():
            return pickle.loads(answer)
    return answer


def _other(worker: str, there: State, here: State) -> EnvironmentFault:
    """Return that *worker* would make other bytes, and because of what."""
    names = [name for name in sorted({*there, *here}) if there.get(name) != here.get(name)]
    told = together("; ", (_difference(name, there, here) for name in names[:MOST_NAMED]))
    if len(names) > MOST_NAMED:
        told = say("{these}; and {more} more", these=told, more=len(names) - MOST_NAMED)
    return EnvironmentFault(
        say(
            "the Dask worker {worker} would not make the same bytes as this machine: {told}",
            worker=worker,
            told=told,
        ),
        say("install the same handout and the same packages on both, then start the worker anew"),
    )


def _difference(name: str, there: State, here: State) -> Message:
    if name in there and name in here and len(here[name]) == len(there[name]) == _SUM_LENGTH:
        return say("{name} is another", name=name)  # a sum tells a person nothing
    missing = say("missing")
    return say(
        "{name} is {there} there and {here} here",
        name=name,
        there=there.get(name) or missing,
        here=here.get(name) or missing,
    )


_SUM_LENGTH = 64


# ---- on the worker ----------------------------------------------------------------------------


@cache
def machine() -> State:
    """Return what this process runs on. Asked once: what is installed since is not what it has in memory."""
    return dict(state.of_machine())


def _perform(
    work: bytes, expected: str, longest_s: float, preload: Sequence[str], item: bytes
) -> bytes | Failed | Loss | _Stranger:
    """Return the pickled result of the pickled *work* on *item*, done in a process of its own.

    The bounds on memory and time are those of `workers.imap_unordered`. *expected* is the sum of `machine`.
    """
    if state.digest_of(machine()) != expected:
        from distributed import get_worker

        return _Stranger(get_worker().address, machine())
    # A nanny marks its worker as one that may not start processes, which it would leave behind: ours end
    # when their parent does.
    multiprocessing.current_process().daemon = False
    ready = (*preload, *_OF_WORKERS)
    with closing(workers.imap_unordered(partial(_packed, work), [item], 1, longest_s, ready)) as answers:
        return next(answers)[1]


def _packed(work: bytes, item: bytes) -> bytes:
    """Return the result as it travels: the worker between us and the scheduler has no use for it."""
    return pickle.dumps(pickle.loads(work)(pickle.loads(item)))
