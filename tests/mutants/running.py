"""Run the tests of a room against each mutant, in a process that is forked when all is loaded.

The tests are collected and run once on the program as it is; what they made then, as a rendered piece, is
there for all mutants. A change within a function is put into the loaded program; for any other the process
loads the program anew, though none of the libraries.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY
from tests.mutants.swapping import importers, load_anew, swap

LEAST_S = 10.0
"""Of processor time; a mutant that takes more than this, and ten times what the tests take, never ends."""
TIMES = 10
MORE_MEMORY = 2 << 30
"""Bytes above what the program has: a mutant that takes more never ends either."""
MOST_NEAR = 8
"""Tests that are tried first since they noticed a mutant on a line nearby."""
OPTIONS = ("-q", "--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:randomly")


class Outcome(StrEnum):
    KILLED = "killed"
    """A test failed."""
    ENDLESS = "endless"
    """Killed by its bound on time or memory."""
    SURVIVED = "survived"


@dataclass(frozen=True)
class Mutant:
    module: str
    """Its path from the root of the repository."""
    operator: str
    occurrence: int
    line: int
    code: str

    @property
    def name(self) -> str:
        return f"{self.module} {self.operator} {self.occurrence}"

    @property
    def dotted(self) -> str:
        parts = Path(self.module).relative_to("src").with_suffix("").parts
        return ".".join(part for part in parts if part != "__init__")

    @property
    def original(self) -> str:
        return (REPOSITORY / self.module).read_text("utf-8")


Told = Callable[[Mutant, Outcome], None]


class Loop:
    """A plug-in of pytest that runs what was collected once for each mutant."""

    def __init__(self, mutants: Sequence[Mutant], tests: Sequence[str], told: Told) -> None:
        self._mutants = mutants
        self._tests = tests
        self._told = told
        self._seconds = 0.0
        self._killers: dict[str, dict[int, int]] = {}
        """By module and line: the test that noticed a mutant, as its place among all."""
        self.is_sound = False
        """The program as it is passes all."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        taken: list[float] = []
        for item, following in _in_a_ring(session.items):
            before = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            taken.append(time.process_time() - before)
        self._seconds = sum(taken)
        self.is_sound = bool(session.items) and not session.testsfailed
        if self.is_sound:
            importers()
            for mutant in self._mutants:
                self._told(mutant, self._outcome(mutant, session, self._order(mutant, session, taken)))
        return True

    def _order(self, mutant: Mutant, session: pytest.Session, taken: Sequence[float]) -> list[int]:
        """Return the order of the tests: what noticed a mutant nearby, what is named for the module, others.

        Among them the quickest first.
        """
        files = list(dict.fromkeys(item.path for item in session.items))
        named = f"test_{Path(mutant.module).stem}"
        near = self._killers.get(mutant.module, {})
        first = list(
            dict.fromkeys(near[line] for line in sorted(near, key=lambda one: abs(one - mutant.line)))
        )

        def rank(at: int) -> tuple[bool, int, bool, int, float]:
            path = session.items[at].path
            is_near = at in first[:MOST_NEAR]
            return (
                not is_near,
                first.index(at) if is_near else 0,
                path.stem != named,
                files.index(path),
                taken[at],
            )

        return sorted(range(len(session.items)), key=rank)

    def _outcome(self, mutant: Mutant, session: pytest.Session, order: Sequence[int]) -> Outcome:
        sys.stdout.flush()
        sys.stderr.flush()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _run_in_child(mutant, session, order, self._tests, max(LEAST_S, TIMES * self._seconds), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        if told:
            self._killers.setdefault(mutant.module, {})[mutant.line] = int(told)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            return Outcome.ENDLESS
        return Outcome.KILLED if status else Outcome.SURVIVED


def _in_a_ring(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item]]:
    """Yield each of *items* with the next, and the last with the first, so that what a file shares stays."""
    return zip(items, (*items[1:], *items[:1]), strict=True)


def _run_in_child(
    mutant: Mutant,
    session: pytest.Session,
    order: Sequence[int],
    tests: Sequence[str],
    seconds: float,
    writing: int,
) -> None:
    """Run the tests in *order* on *mutant*, and end: with 0 where all pass.

    The first that does not is written to *writing*, where the mutant could be put into what is loaded.
    """
    status = 1
    try:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
        has_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (has_bytes + MORE_MEMORY,) * 2)
        session.config.pluginmanager.unregister(name="terminalreporter")
        path = str(REPOSITORY / mutant.module)
        if swap(mutant.dotted, path, mutant.original, mutant.code):
            items = [session.items[at] for at in order]
            for at, (item, following) in zip(order, _in_a_ring(items), strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    os.write(writing, b"%d" % at)
                    return
            status = 0
        else:
            load_anew(mutant.dotted, path, mutant.code)
            status = int(pytest.main([*OPTIONS, "-x", "-p", "tests.mutants.steady", *tests]))
    finally:
        os._exit(status)


def run(mutants: Sequence[Mutant], tests: Sequence[str], told: Told) -> bool:
    """Tell what came of each of *mutants* against *tests*; False where the program as it is fails them."""
    loop = Loop(mutants, tests, told)
    pytest.main([*OPTIONS, "-p", "tests.mutants.steady", *tests], plugins=[loop])
    return loop.is_sound
