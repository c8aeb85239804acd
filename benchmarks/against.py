"""The program as it is here beside another revision of it, in one run: `make bench AGAINST=8edd4d5`.

Both make the same sample, that of that revision, each with its own templates and styles; of the handbook each
makes its own, for what passed then may be refused today. They take turns, so that a machine that gets busy
gets busy for both.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from benchmarks.edits import SCHOOL, Edits
from benchmarks.measure import Cost
from benchmarks.results import Entrant, Pair, measured
from benchmarks.revision import Program
from benchmarks.rows import plain_row
from benchmarks.suites import known_tests, of_those
from benchmarks.tools import empty
from benchmarks.workloads import TWO_FORMATS, WITH_LOGO, Size, edits_of
from benchmarks.workplace import (
    lay_down,
    lay_down_handbook,
    lay_down_handbook_for,
    lay_down_long,
    with_logos,
)

SAMPLE = Path("benchmarks") / "project"
LONGEST = 16
LONGEST_SUITE_S = 3 * 60 * 60
TESTS_FAILED = 1
"""The exit code of pytest where it ran all tests and some failed."""


@dataclass
class Desk:
    """One of the two programs, and where it works on a project."""

    program: Program
    folder: Path
    sources: Path
    """The folder of the other revision, with the sample that both make."""
    timeout_s: float
    edits: Edits = field(init=False)

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def output(self) -> Path:
        return self.folder / "out"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def lay(self, lay: Callable[[Path], Path], school_count: int = 0) -> None:
        """Have the project there as *lay* lays it down, for *school_count* schools."""
        shutil.rmtree(self.project, ignore_errors=True)
        lay(self.project)
        self.edits = Edits(self.project, school_count, plain_row)

    def build(self, *arguments: str) -> Cost:
        folders = (f"--project={self.project}", f"--output={self.output}")
        return self.program.run(
            *("-m", "handout", "build", "--quiet", *arguments, *folders),
            environment={"HANDOUT_CACHE_DIR": str(self.cache)},
            timeout_s=self.timeout_s,
        )

    def cold(self, *arguments: str) -> Cost:
        empty(self.cache)
        return self.cached(*arguments)

    def cached(self, *arguments: str) -> Cost:
        empty(self.output)
        return self.build(*arguments)

    def edited(self, edit: Callable[[], None], *arguments: str) -> Cost:
        """Make *edit*, and build."""
        edit()
        return self.build(*arguments)

    def count(self) -> int:
        return len(list(self.output.rglob("*.pdf")))


@dataclass(frozen=True)
class Work:
    """What one of the programs does, and is measured at."""

    name: str
    desk: Desk
    run: Callable[[], Cost]
    most_rounds: int | None = None
    is_own: bool = False
    """Each program makes its own handbook, which may have more files than that of the other."""


Open = Callable[[str], Desk]
"""Gives one program a desk of that name."""


def _one_leaflet(desk: Desk, size: Size) -> Iterator[Work]:
    desk.lay(lambda folder: lay_down(folder, 1, 1, desk.sources / SAMPLE, plain_row))
    arguments = (f"--school={SCHOOL}", "--format=leaflet-a4", "--force")
    yield Work("W1: one leaflet, cold", desk, lambda: desk.cold(*arguments))


def _handbook(desk: Desk, size: Size) -> Iterator[Work]:
    def clean() -> Cost:
        desk.lay(lambda folder: lay_down_handbook(folder, desk.program.handbook))
        return desk.cold()

    yield Work("W2: the handbook of each, clean", desk, clean, is_own=True)
    yield Work("W2: one fragment edited", desk, lambda: desk.edited(desk.edits.sentence), is_own=True)
    yield Work("W2: nothing changed", desk, desk.build, is_own=True)


def _all_schools(desk: Desk, size: Size) -> Iterator[Work]:
    sample = desk.sources / SAMPLE
    desk.lay(lambda folder: lay_down(folder, size.schools, size.handouts, sample, plain_row))
    name, asked = f"W3: {size.schools} schools × {size.handouts} handouts", "--school=all"
    yield Work(f"{name}, cold", desk, lambda: desk.cold(asked))
    yield Work(f"{name}, editions cached", desk, lambda: desk.cached(asked))
    yield Work(f"{name}, one cell of schools.csv changed", desk, lambda: desk.edited(desk.edits.cell, asked))
    yield Work(f"{name}, nothing changed", desk, lambda: desk.build(asked))


def _edits(desk: Desk, size: Size) -> Iterator[Work]:
    desk.lay(
        lambda folder: with_logos(
            lay_down_handbook_for(folder, size.schools, desk.program.handbook, plain_row), WITH_LOGO
        ),
        size.schools,
    )
    name, asked = f"W5: two formats of one handout, {size.schools} schools", (*TWO_FORMATS, "--school=all")
    yield Work(f"{name}, cold", desk, lambda: desk.cold(*asked), most_rounds=1)
    for words, edit in edits_of(desk.edits).items():
        yield Work(f"{name}, {words}", desk, partial(desk.edited, edit, *asked))
    yield Work(f"{name}, nothing changed", desk, lambda: desk.build(*asked))


def _one_of_many(desk: Desk, size: Size) -> Iterator[Work]:
    desk.lay(lambda folder: lay_down_handbook_for(folder, size.schools, desk.program.handbook, plain_row))
    asked = (*TWO_FORMATS, f"--school={SCHOOL}")
    yield Work(f"--school ID, cold, table of {size.schools} rows", desk, lambda: desk.cold(*asked))


def _one_of_one(desk: Desk, size: Size) -> Iterator[Work]:
    desk.lay(lambda folder: lay_down_handbook_for(folder, 1, desk.program.handbook, plain_row))
    asked = (*TWO_FORMATS, f"--school={SCHOOL}")
    yield Work("--school ID, cold, table of one row", desk, lambda: desk.cold(*asked))


def _booklet(desk: Desk, size: Size) -> Iterator[Work]:
    desk.lay(lambda folder: lay_down_long(folder, LONGEST, desk.sources / SAMPLE))
    yield Work(f"a leaflet of {LONGEST} pages, cold", desk, desk.cold)


GROUPS: dict[str, tuple[Callable[[Desk, Size], Iterator[Work]], ...]] = {
    "W1": (_one_leaflet,),
    "W2": (_handbook,),
    "W3": (_all_schools,),
    "edits": (_edits,),
    "school": (_one_of_many, _one_of_one),
    "pages": (_booklet,),
}


def pairs(
    then: Program, now: Program, folder: Path, size: Size, groups: Sequence[str], timeout_s: float
) -> Iterator[Pair]:
    """Yield what both programs cost at the works of *groups*, each in turn with the other in each round."""
    for group in groups:
        for make in GROUPS[group]:
            works = [
                list(make(Desk(program, folder / program.name / make.__name__, then.tree, timeout_s), size))
                for program in (then, now)
            ]
            yield from _measured(list(zip(*works, strict=True)), size.rounds)


def _measured(works: Sequence[tuple[Work, Work]], rounds: int) -> Iterator[Pair]:
    counts: dict[str, int] = {}
    entrants = [_entrant(work, counts) for pair in works for work in pair]
    rows = measured(entrants, rounds)
    for (work, _), then, now in zip(works, rows[::2], rows[1::2], strict=True):
        yield Pair(work.name, then, now)


def _entrant(work: Work, counts: dict[str, int]) -> Entrant:
    """Return *work* to be measured; the program that comes first says in *counts* how many files it makes."""

    def check() -> str | None:
        count = work.desk.count()
        asked = count if work.is_own else counts.setdefault(work.name, count)
        return None if count and count == asked else f"{count} files, not {asked or 'some'}"

    return Entrant(f"{work.desk.program.name}: {work.name}", work.run, check, 1, 1, work.most_rounds)


# ---- tests ------------------------------------------------------------------------------------


def both_suites(then: Program, now: Program) -> tuple[Pair, tuple[str, ...]]:
    """Return what the tests of *then* cost, and those of today that have the name of one of them.

    Each in its own folder, once, in one process, without coverage; with what pytest says of both. *now* is
    the program here. Tests that fail cost what they cost.
    """
    selected = of_those(now.tree, known_tests(then.tree))
    said: list[str] = []

    def run(program: Program, *arguments: str) -> Cost:
        pytest = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)
        cost = program.run(*pytest, environment={}, timeout_s=LONGEST_SUITE_S, accepted=(0, TESTS_FAILED))
        said.append(f"{program.name}: {cost.output.splitlines()[-1]}")
        return replace(cost, output="")

    entrants = (
        Entrant(then.name, lambda: run(then), lambda: None, 1, 1),
        Entrant(now.name, lambda: run(now, *selected), lambda: None, 1, 1),
    )
    first, second = measured(entrants, 1)
    return Pair("the tests that stood there", first, second), tuple(said)
