"""The tools as they take part: the program, and its peers in their own environment."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks import checks, measure
from benchmarks.leaflet import Leaflet, plain_school, school
from benchmarks.measure import Cost, FailedError
from benchmarks.peers import chromium, html, prince, weasymerge
from benchmarks.peers.job import Job
from benchmarks.results import Entrant
from benchmarks.workplace import ROOT

PEERS_PYTHON = ROOT / "benchmarks" / ".venv" / "bin" / "python"
WEASYMERGE = ROOT / "benchmarks" / ".venv-newer" / "bin" / "weasymerge"

HANDOUT = "handout"
TYPST = "Typst"
CHROMIUM = "Chromium"
WEASYPRINT = "WeasyPrint loop"
WEASYMERGE_NAME = "WeasyMerge"
REPORTLAB = "reportlab (untagged)"
PRINCE = "Prince"
FULLBLEED = "Fullbleed"
FULLBLEED_BOUND = "Fullbleed, fixed bindings"
FULLBLEED_REFLOW = "Fullbleed, bindings that flow"
RAW_COPY = "copying the bytes"
PANDOC_TYPST = "pandoc with Typst"
PANDOC_WEASYPRINT = "pandoc with WeasyPrint"
MODULES = {
    TYPST: "typst_compiler",
    CHROMIUM: "chromium",
    WEASYPRINT: "weasyprint_loop",
    REPORTLAB: "reportlab_floor",
    RAW_COPY: "raw_copy",
    PANDOC_TYPST: "pandoc_typst",
    PANDOC_WEASYPRINT: "pandoc_weasyprint",
    PRINCE: "prince",
    FULLBLEED: "fullbleed",
    FULLBLEED_BOUND: "fullbleed_bound",
    FULLBLEED_REFLOW: "fullbleed_reflow",
}
NO_PEER_HAS = ("proof", "fit")
"""No file is read back, and no text is set roomier or tighter until it fills its pages."""
ALSO_LACKING = {
    PRINCE: ("a clean page 1: it has a mark, but for a licence",),
    FULLBLEED_BOUND: ("letters behind its first font", "room for a name longer than its place"),
    FULLBLEED_REFLOW: ("some letters behind its first font",),
    RAW_COPY: ("all but the bytes",),
}
"""What a sample of the files does not tell, or only where such a row is in it."""


def missing(name: str) -> str | None:
    """Return why the peer *name* cannot be measured here, with what mends it, or nothing."""
    if name == WEASYMERGE_NAME:
        if WEASYMERGE.exists():
            return None
        return (
            "it needs Python 3.12 or newer; remove benchmarks/.venv and name one, as in "
            "`make bench NEWER_PYTHON=python3.13`"
        )
    if not PEERS_PYTHON.exists():
        return "the packages of the peers are not installed; run `make bench`"
    if name.startswith(CHROMIUM) and chromium.found() is None:
        return "there is no Chromium; on Debian: `apt-get install chromium`"
    if name == PRINCE and prince.found(PEERS_PYTHON) is None:
        return "there is no `prince` on PATH; `make bench` installs the wheel, which not every machine has"
    return None


@dataclass(frozen=True)
class Bench:
    """Where and for how long the tools run."""

    folder: Path
    """Empty at the start; everything that is made goes there."""
    leaflet: Leaflet
    timeout_s: float

    @property
    def words(self) -> Path:
        """The file with the words of the leaflet."""
        return self.folder / "leaflet.json"

    def build(self, *arguments: str, project: Path, output: Path, cache: Path) -> Cost:
        """Run `handout build`."""
        command = [sys.executable, "-m", "handout", "build", "--quiet", *arguments]
        return measure.run(
            [*command, f"--project={project}", f"--output={output}"],
            cwd=ROOT,
            environment={"HANDOUT_CACHE_DIR": str(cache)},
            timeout_s=self.timeout_s,
        )

    def check(
        self,
        output: Path,
        files: int,
        titles: Sequence[str],
        pages: int | None = 2,
        *,
        is_plain: bool = False,
    ) -> Callable[[], str | None]:
        """Return what is wrong with the files in *output*; *is_plain*: of `plain_school`."""
        school_of = plain_school if is_plain else school
        return lambda: checks.fault(output, files, titles, self.leaflet.url, pages, school_of)

    def entrant(
        self,
        peer: str,
        titles: Sequence[str],
        files: int,
        *,
        of: int | None = None,
        processes: int = 1,
        name: str | None = None,
        words: Path | None = None,
        pages: int | None = 2,
        most_rounds: int | None = None,
        is_plain: bool = False,
    ) -> Entrant:
        """Return *peer* as it makes *files* leaflets, and is told to take so long as for *of* of them."""
        name = name or peer
        output = self.folder / "out" / _plain(name)
        job = Job(str(words or self.words), tuple(titles), files, str(output), processes, is_plain)
        asked = of or files

        def run() -> Cost:
            empty(output)
            file = self.folder / f"{_plain(name)}.json"
            file.write_text(job.to_json(), "utf-8")
            command = [str(PEERS_PYTHON), "-m", "benchmarks.peers", MODULES[peer], str(file)]
            cost = measure.run(command, cwd=ROOT, timeout_s=self.timeout_s)
            return extrapolated(cost, _times(cost), asked)

        check = self.check(output, files, titles, pages, is_plain=is_plain)
        lacks = partial(_lacks, peer, output)
        return Entrant(name, run, check, files, asked, most_rounds, missing(peer), lacks=lacks)

    def cold_chromium(self, titles: Sequence[str]) -> Entrant:
        """Return Chromium as it prints one leaflet from its command line, with a profile that it knows."""
        name = f"{CHROMIUM}, cold"
        output, page = self.folder / "out" / _plain(name), self.folder / "page.html"
        ((school, title, _),) = Job(str(self.words), tuple(titles[:1]), 1, str(output)).each()
        pdf = output / school.id / "leaflet.pdf"

        def run() -> Cost:
            empty(output)
            pdf.parent.mkdir()
            page.write_text(html.html(self.leaflet, school, title), "utf-8")
            command = chromium.cold_command(page, pdf, self.folder / "profile")
            return measure.run(command, cwd=ROOT, timeout_s=self.timeout_s)

        check, lacks = self.check(output, 1, titles[:1]), partial(_lacks, CHROMIUM, output)
        return Entrant(name, run, check, 1, 1, missing=missing(CHROMIUM), lacks=lacks)

    def weasymerge(self, titles: Sequence[str], files: int, of: int, most_rounds: int) -> Entrant:
        """Return WeasyMerge; it is run for one row too, to tell its start from its work."""
        folder, output = self.folder / "weasymerge", self.folder / "out" / "weasymerge"

        def once(rows: int) -> Cost:
            empty(output)
            empty(folder)
            weasymerge.prepare(self.leaflet, Job("", tuple(titles), rows, str(output)).each(), folder)
            command = weasymerge.command(folder, output, WEASYMERGE)
            return measure.run(command, cwd=ROOT, timeout_s=self.timeout_s)

        def run() -> Cost:
            first, all_ = once(1), once(files)
            each_s = (all_.wall_s - first.wall_s) / max(files - 1, 1)
            return extrapolated(all_, [each_s] * files, of)

        return Entrant(
            WEASYMERGE_NAME,
            run,
            self.check(output, files, titles),
            files,
            of,
            most_rounds,
            missing(WEASYMERGE_NAME),
            lacks=partial(_lacks, WEASYMERGE_NAME, output),
        )

    def warm_s(self, peer: str, titles: Sequence[str], files: int) -> float:
        """Return the median seconds that *peer*, once started, takes for one leaflet. Raises FailedError."""
        if (why := missing(peer)) is not None:
            raise FailedError(f"not measured: {why}")
        entrant = self.entrant(peer, titles, files)
        cost = entrant.run()
        if (fault := entrant.check()) is not None:
            raise FailedError(fault)
        return statistics.median(_times(cost)[1:])


def _lacks(peer: str, output: Path) -> tuple[str, ...]:
    """Return what *peer*, whose files are in *output*, leaves out of what the program gives."""
    also = ALSO_LACKING.get(peer, ())
    return also if peer == RAW_COPY else (*checks.lacks(output), *NO_PEER_HAS, *also)


def extrapolated(cost: Cost, times: Sequence[float], of: int) -> Cost:
    """Return *cost* as if *of* files had been made: the start once, the files as often as it takes.

    *times* are the seconds of each file. The processor's time is taken to grow like that on the clock.
    """
    if of == len(times):
        return cost
    work_s = sum(times)
    wall_s = cost.wall_s - work_s + work_s * of / len(times)
    return replace(cost, wall_s=wall_s, cpu_s=cost.cpu_s * wall_s / cost.wall_s)


def _times(cost: Cost) -> list[float]:
    times: list[float] = json.loads(cost.output.splitlines()[-1])
    return times


def empty(folder: Path) -> None:
    """Have *folder* there, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())
