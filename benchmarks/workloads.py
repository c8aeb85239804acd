"""The workloads: one leaflet, the handbook, all schools, growth, and the edits of a day."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import machine, measure, resident, warm
from benchmarks.edits import FRAGMENT, Edits
from benchmarks.measure import Cost, FailedError
from benchmarks.results import Entrant, Table, WarmTable, measured
from benchmarks.rows import plain_row, row
from benchmarks.tools import (
    CHROMIUM,
    FULLBLEED,
    FULLBLEED_BOUND,
    FULLBLEED_REFLOW,
    HANDOUT,
    PANDOC_TYPST,
    PANDOC_WEASYPRINT,
    PRINCE,
    RAW_COPY,
    REPORTLAB,
    TYPST,
    WEASYPRINT,
    Bench,
    empty,
)
from benchmarks.workplace import (
    ROOT,
    lay_down,
    lay_down_handbook,
    lay_down_handbook_for,
    lay_down_long,
    leaflet,
    slug,
    titles,
    with_logos,
)

COLD, CACHED, UNCHANGED, EDITED = "cold", "editions cached", "nothing changed", "one fragment edited"
TWO_FORMATS = ("mfa-instellen", "--audience=staff", "--format=leaflet-a4", "--format=trifold")
"""Of the handbook: a leaflet, and panels with their print sheet."""
WITH_LOGO = ("school-0002", "school-0003", "school-0005")


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    schools: int = 300
    handouts: int = 6
    growth: tuple[int, ...] = (30, 300, 1000, 3000)
    """Numbers of schools, for one handout."""
    often: int = 300
    """Up to so many schools it is run in each round, with more of them once."""
    pages: tuple[int, ...] = (2, 4, 8, 16)
    sample: int = 60
    """How many files the slow peers make; the rest is extrapolated."""
    slow_sample: int = 36
    """The same for those that start a process for each file."""
    warm: int = 13
    """Leaflets in a warm process, of which the first does not count."""


QUICK = Size(
    rounds=1, schools=10, handouts=2, growth=(2, 4, 8), pages=(2, 4), sample=4, slow_sample=2, warm=3
)


@dataclass(frozen=True)
class Typsts:
    """The name of Typst with one process, and with as many as the program takes."""

    one: str = f"{TYPST}, 1 process"

    @property
    def all(self) -> str:
        return f"{TYPST}, {machine.cores()} processes"


def named(state: str) -> str:
    """Return the program's name in the state in which it is measured."""
    return f"{HANDOUT}, {state}"


# ---- W1: one leaflet --------------------------------------------------------------------------


def one_leaflet(bench: Bench, size: Size) -> Table:
    project = lay_down(bench.folder / "one", 1, 1)
    output, cache = bench.folder / "out" / "one", bench.folder / "cache" / "one"

    def build() -> Cost:
        empty(output)
        empty(cache)
        arguments = ("--school=school-0001", "--format=leaflet-a4", "--force")
        return bench.build(*arguments, project=project, output=output, cache=cache)

    one = titles(1)
    entrants = (
        Entrant(named(COLD), build, bench.check(output, 1, one), 1, 1, is_reference=True),
        bench.entrant(TYPST, one, 1),
        bench.entrant(PRINCE, one, 1),
        bench.entrant(FULLBLEED, one, 1),
        bench.cold_chromium(one),
        bench.entrant(WEASYPRINT, one, 1, name="WeasyPrint"),
        bench.entrant(PANDOC_TYPST, one, 1),
        bench.entrant(PANDOC_WEASYPRINT, one, 1),
        bench.entrant(REPORTLAB, one, 1),
    )
    about = (
        "The whole process, from its start to its end. handout's cache and output folder are empty; it lays "
        "out the page in several settings, reads the finished file back, and writes a gallery and a report."
    )
    return Table("W1 cold", "W1: one leaflet, cold", about, measured(entrants, max(2 * size.rounds - 1, 1)))


STAGES = {
    warm.BARE: "bare WeasyPrint: handout's HTML to a PDF",
    warm.ONE_LAYOUT: "handout: the same, at a known setting (tags mended, PDF/A and PDF/UA)",
    warm.RENDER: "handout: the same with its fit (several layouts, balanced, checked)",
    warm.PROOFS: "handout: reading the finished file back, in addition",
    warm.COMPOSE: "handout: from Markdown to HTML, in addition",
}
WARM_PEERS = (TYPST, FULLBLEED, PRINCE, CHROMIUM, WEASYPRINT, REPORTLAB)


def warm_leaflet(bench: Bench, size: Size) -> WarmTable:
    project = lay_down(bench.folder / "warm", 1, 1)
    seconds: dict[str, float] = {}
    faults: dict[str, str] = {}
    rounds = 2 * size.rounds + 1
    command = [sys.executable, "-m", "benchmarks.warm", str(project), str(rounds)]
    try:
        cost = measure.run(command, cwd=ROOT, timeout_s=bench.timeout_s)
        stages: dict[str, float] = json.loads(cost.output.splitlines()[-1])
        seconds |= {STAGES[name]: stages[name] for name in STAGES}
    except FailedError as failed:
        faults[HANDOUT] = str(failed)
    for peer in WARM_PEERS:
        name = f"{peer.removesuffix(' loop')}, started once"
        try:
            seconds[name] = bench.warm_s(peer, titles(1), size.warm)
        except FailedError as failed:
            faults[name] = str(failed)
    about = (
        f"The same edition again and again in one warm process, medians of {rounds} runs in turn; of the "
        f"peers on their plainer page, medians of {size.warm - 1}."
    )
    return WarmTable("W1 warm", "W1: one leaflet, warm", about, seconds, faults)


# ---- W2: the handbook -------------------------------------------------------------------------


def handbook(bench: Bench, size: Size) -> Table:
    project = bench.folder / "handbook"
    output, cache = bench.folder / "out" / "handbook", bench.folder / "cache" / "handbook"
    files = _files_of_handbook(lay_down_handbook(project), bench)

    def build() -> Cost:
        return bench.build(project=project, output=output, cache=cache)

    def clean() -> Cost:
        shutil.rmtree(project)
        lay_down_handbook(project)
        empty(output)
        empty(cache)
        return build()

    def edited() -> Cost:
        Edits(project, 0, row).sentence()
        return build()

    def check() -> str | None:
        found = len(list(output.rglob("*.pdf")))
        return None if found == files else f"{found} files, not {files}"

    typst, named_titles = Typsts(), titles(size.handouts)
    entrants = (
        Entrant(named("clean"), clean, check, files, files, most_rounds=1, is_reference=True),
        Entrant(named(UNCHANGED), build, check, files, files),
        Entrant(named(EDITED), edited, check, files, files, most_rounds=1),
        bench.entrant(TYPST, named_titles, files, name=typst.one),
        bench.entrant(TYPST, named_titles, files, name=typst.all, processes=machine.cores()),
    )
    about = (
        f"All {files} files of the handbook in this repository: leaflets, folded pieces, posters, cards and "
        f"their print sheets. Typst makes as many two-page leaflets. The fragment is {FRAGMENT}."
    )
    return Table("W2", "W2: the handbook", about, measured(entrants, size.rounds))


def _files_of_handbook(project: Path, bench: Bench) -> int:
    command = [sys.executable, "-m", "handout", "list", "--json", f"--project={project}"]
    cost = measure.run(command, cwd=ROOT, timeout_s=bench.timeout_s)
    return sum(1 + len(edition["sheets"]) for edition in json.loads(cost.output)["editions"])


# ---- W3: all schools --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Builds:
    """A project of the program, to be built in one state after the other."""

    bench: Bench
    project: Path
    output: Path
    cache: Path
    arguments: tuple[str, ...] = ("--school=all",)

    def cold(self) -> Cost:
        empty(self.output)
        empty(self.cache)
        return self._build()

    def cached(self) -> Cost:
        """What was made before is in the cache; the output folder is empty."""
        if not any(self.cache.iterdir()):
            raise FailedError("the cold build left nothing in the cache")
        empty(self.output)
        return self._build()

    def unchanged(self) -> Cost:
        if not any(self.output.iterdir()):
            raise FailedError("the build before left nothing")
        return self._build()

    def _build(self) -> Cost:
        return self.bench.build(*self.arguments, project=self.project, output=self.output, cache=self.cache)


def _builds(bench: Bench, project: Path, arguments: tuple[str, ...] = ("--school=all",)) -> _Builds:
    name = project.name
    return _Builds(bench, project, bench.folder / "out" / name, bench.folder / "cache" / name, arguments)


def all_schools(bench: Bench, size: Size) -> Table:
    names = titles(size.handouts)
    files = size.schools * size.handouts
    builds = _builds(bench, lay_down(bench.folder / "all", size.schools, size.handouts))
    check = bench.check(builds.output, files, names)
    typst = Typsts()
    one_process = bench.entrant(TYPST, names, files, name=typst.one)

    def entrant(state: str, run: Callable[[], Cost]) -> Entrant:
        return Entrant(named(state), run, check, files, files, is_reference=state == COLD)

    def slow(peer: str, sample: int) -> Entrant:
        return bench.entrant(peer, names, min(sample, files), of=files, most_rounds=1)

    entrants = (
        entrant(COLD, builds.cold),
        entrant(CACHED, builds.cached),
        entrant(UNCHANGED, builds.unchanged),
        bench.entrant(TYPST, names, files, name=typst.all, processes=machine.cores()),
        one_process,
        bench.entrant(FULLBLEED, names, files),
        _copying(bench, files, names, (builds.output, bench.folder / "out")),
        slow(WEASYPRINT, size.sample),
        bench.weasymerge(names, min(size.sample, files), files, most_rounds=1),
        slow(PRINCE, size.sample),
        slow(CHROMIUM, size.sample),
        slow(REPORTLAB, size.sample),
        slow(PANDOC_TYPST, size.slow_sample),
        slow(PANDOC_WEASYPRINT, size.slow_sample),
    )
    about = (
        f"{size.schools} schools × {size.handouts} handouts, {files} files on the disk. Typst keeps its "
        "compiler from file to file; the handouts differ in their title alone, so that it lays out again "
        "only what changed. Cold: handout's cache is empty. Editions cached: its output folder is emptied. "
        "Nothing changed: the same command once more."
    )
    return Table(
        "W3", f"W3: {size.schools} schools × {size.handouts} handouts", about, measured(entrants, size.rounds)
    )


def _copying(bench: Bench, files: int, names: Sequence[str], folders: Sequence[Path]) -> Entrant:
    """Return the copying of the bytes of one school's files for all; from the first folder that has them."""
    copied = bench.folder / "copied"
    copying = bench.entrant(RAW_COPY, names, files)
    output = bench.folder / "out" / "copying-the-bytes"

    def run() -> Cost:
        found = next((sorted(folder.rglob("*.pdf")) for folder in folders if any(folder.rglob("*.pdf"))), [])
        empty(copied)
        for number, path in enumerate(found[: len(names)]):
            shutil.copy(path, copied / f"{number}.pdf")
        if not found:
            raise FailedError("there is nothing to copy")
        return copying.run()

    def check() -> str | None:
        count = len(list(output.rglob("*.pdf")))
        return None if count == files else f"{count} files, not {files}"

    return Entrant(RAW_COPY, run, check, files, files, missing=copying.missing)


def bound_copies(bench: Bench, size: Size) -> Table:
    one, files = titles(1), size.schools
    builds = _builds(bench, lay_down(bench.folder / "bound", files, 1, row_of=plain_row))
    check = bench.check(builds.output, files, one, is_plain=True)

    def entrant(state: str, run: Callable[[], Cost]) -> Entrant:
        return Entrant(named(state), run, check, files, files, is_reference=state == COLD)

    def peer(name: str, processes: int = 1) -> Entrant:
        told = name if processes == 1 else f"{name}, {processes} processes"
        return bench.entrant(name, one, files, name=told, processes=processes, is_plain=True)

    entrants = (
        entrant(COLD, builds.cold),
        entrant(CACHED, builds.cached),
        peer(FULLBLEED_BOUND),
        peer(FULLBLEED_REFLOW),
        peer(FULLBLEED),
        peer(TYPST, machine.cores()),
    )
    about = (
        f"One handout for {files} schools whose rows hold plain letters alone, a file each: a page is read "
        "once, and the fields of each school are bound to it. Fixed bindings lay nothing out anew and refuse "
        "tags; those that flow lay out each copy, and tag it. Both lose the letters that their first "
        "font lacks (findings/fullbleed-bound-letters.sh)."
    )
    return Table("W3 bound", "W3: copies of one page", about, measured(entrants, size.rounds))


# ---- W4: growth -------------------------------------------------------------------------------


def of_schools(name: str, count: int) -> str:
    return f"{name}, {count} schools"


def of_pages(name: str, count: int) -> str:
    return f"{name}, {count} pages"


def growth_in_schools(bench: Bench, size: Size) -> Table:
    entrants = [one for count in size.growth for one in _growing(bench, size, count)]
    about = (
        f"One handout, so as many files as schools. More than {size.often} are run once. Cost is linear "
        "where a further file costs as much among many as among few."
    )
    rows = measured(entrants, size.rounds)
    return Table("W4 schools", "W4: growth in schools", about, rows)


def _growing(bench: Bench, size: Size, count: int) -> Iterator[Entrant]:
    one = titles(1)
    builds = _builds(bench, lay_down(bench.folder / f"schools-{count}", count, 1))
    check = bench.check(builds.output, count, one)
    most_rounds = 1 if count > size.often else None
    for state, run in ((COLD, builds.cold), (CACHED, builds.cached)):
        name = of_schools(named(state), count)
        yield Entrant(name, run, check, count, count, most_rounds, is_reference=state == COLD)
    yield bench.entrant(
        TYPST,
        one,
        count,
        name=of_schools(Typsts().all, count),
        processes=machine.cores(),
        most_rounds=most_rounds,
    )


def growth_in_pages(bench: Bench, size: Size) -> Table:
    entrants = [one for pages in size.pages for one in _longer(bench, pages)]
    about = "One leaflet for one school, cold, the whole process, once: the same procedures again and again."
    return Table("W4 pages", "W4: growth in pages", about, measured(entrants, 1))


def _longer(bench: Bench, pages: int) -> Iterator[Entrant]:
    one = titles(1)
    project = lay_down_long(bench.folder / f"pages-{pages}", pages)
    builds = _builds(bench, project)
    words = bench.folder / f"pages-{pages}.leaflet.json"
    words.write_text(leaflet(project).to_json(), "utf-8")
    check = bench.check(builds.output, 1, one, pages)
    yield Entrant(of_pages(HANDOUT, pages), builds.cold, check, 1, 1, is_reference=True)
    for peer in (TYPST, WEASYPRINT):
        name = of_pages(peer.removesuffix(" loop"), pages)
        # How many pages a peer fills is its own affair: its type and air are not fitted to a number.
        yield bench.entrant(peer, one, 1, name=name, words=words, pages=None)


# ---- W5: the edits of a day -------------------------------------------------------------------

EDITS = ("one cell", "one row added", "one sentence", "one colour", "one logo")


def edits_of(edits: Edits) -> Mapping[str, Callable[[], None]]:
    """Return what makes each edit, by its name in EDITS."""
    return dict(zip(EDITS, (edits.cell, edits.row, edits.sentence, edits.colour, edits.logo), strict=True))


def office_day(bench: Bench, size: Size) -> Table:
    project = lay_down_handbook_for(bench.folder / "office", size.schools)
    builds = _builds(bench, with_logos(project, WITH_LOGO), (*TWO_FORMATS, "--school=all"))
    edits = Edits(project, size.schools, row)

    def check() -> str | None:
        # A leaflet, and panels with their print sheet.
        found, asked = len(list(builds.output.rglob("*.pdf"))), 3 * edits.school_count
        return None if found == asked else f"{found} files, not {asked}"

    def entrant(state: str, run: Callable[[], Cost], most_rounds: int | None = None) -> Entrant:
        files = 3 * size.schools
        return Entrant(named(state), run, check, files, files, most_rounds, is_reference=state == COLD)

    def edited(edit: Callable[[], None]) -> Cost:
        edit()
        return builds.unchanged()

    entrants = (
        entrant(COLD, builds.cold, 1),
        *(entrant(name, partial(edited, edit)) for name, edit in edits_of(edits).items()),
        entrant(UNCHANGED, builds.unchanged),
    )
    about = (
        f"Two formats of one handout, a leaflet and panels with their print sheet, for {size.schools} "
        f"schools, of which {len(WITH_LOGO)} have a logo. An edit, and the build after it: the phone of a "
        "school, a new school, a word in a text that many sheets share, the accent of the audience, the "
        "colour of the logo. × is to the cold build."
    )
    return Table("W5", "W5: the edits of an office's day", about, measured(entrants, size.rounds))


# ---- W6: the minute of an editor --------------------------------------------------------------

SEEN = {
    resident.FIRST: "from save to picture: the first page in a browser",
    resident.ALL: "from save to both pages",
    resident.SET: "from save to the pages as a build sets them",
    resident.PROVED: "from save to all findings",
    resident.CPU: "one edited leaflet, from changed source to proved file, in CPU",
}
"""What is told of a leaflet in a process that stays, by what `resident` measures."""
SAMPLE_LEAFLET, FULL_LEAFLET = "the two-page leaflet of W1", "the fullest leaflet of the handbook"


def seen(name: str, leaflet_name: str) -> str:
    """Return how *name*, one of SEEN, is told of a leaflet."""
    return f"{SEEN[name]} ({leaflet_name})"


def editor_minute(bench: Bench, size: Size) -> WarmTable:
    sample = lay_down(bench.folder / "minute", 1, 1)
    full = lay_down_handbook(bench.folder / "minute-handbook")
    asked = {
        SAMPLE_LEAFLET: (sample, slug(titles(1)[0]), "content/procedures/afdrukken.md", "document"),
        FULL_LEAFLET: (full, "mfa-instellen", "content/procedures/mfa-app.md", "Installeer"),
    }
    rounds = 2 * size.rounds + 1
    seconds: dict[str, float] = {}
    faults: dict[str, str] = {}
    for name, (project, handout, path, word) in asked.items():
        arguments = (str(project), handout, "staff", path, word, str(rounds))
        command = [sys.executable, "-m", "benchmarks.resident", *arguments]
        try:
            cost = measure.run(command, cwd=ROOT, timeout_s=bench.timeout_s)
            found: dict[str, float] = json.loads(cost.output.splitlines()[-1])
            seconds |= {seen(one, name): found[one] for one in SEEN}
        except FailedError as failed:
            faults[name] = str(failed)
    about = (
        "`handout serve`, and a client that fetches what it tells of, as a browser does; medians of "
        f"{rounds} saves of a text with another word. The first picture costs one layout, as the sheet was "
        "set before; what a build makes of it follows. In CPU: one process that loads, makes and proves the "
        "leaflet as a build does, with all that it keeps from one time to the next."
    )
    return WarmTable("W6", "W6: the minute of an editor", about, seconds, faults, "× first picture")
