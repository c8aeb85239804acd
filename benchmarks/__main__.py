"""The program beside its peers, in one run: `make bench`.

    python -m benchmarks [--rounds N] [--quick] [--only W3] [--timeout S]
    python -m benchmarks --against REV [--tests] [--rounds N] [--quick] [--only edits] [--timeout S]

The whole run writes docs/benchmarks.md, or with --against a section of it. With --quick or --only that goes
to stdout alone.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import against, machine, workloads
from benchmarks.goals import goals
from benchmarks.measure import FailedError
from benchmarks.page import AgainstFacts, Facts, against_in, page, with_against
from benchmarks.page import against as against_section
from benchmarks.peers import chromium
from benchmarks.results import Table, WarmTable
from benchmarks.revision import NoRevisionError, Program, check_out, commit_of, compiled, present
from benchmarks.tools import CHROMIUM, PEERS_PYTHON, PRINCE, TYPST, WEASYMERGE_NAME, Bench, missing
from benchmarks.workloads import QUICK, Size
from benchmarks.workplace import ROOT, lay_down, leaflet

TABLE = ROOT / "docs" / "benchmarks.md"
WORKLOADS: dict[str, tuple[Callable[[Bench, Size], Table | WarmTable], ...]] = {
    "W1": (workloads.one_leaflet, workloads.warm_leaflet),
    "W2": (workloads.handbook,),
    "W3": (workloads.all_schools, workloads.bound_copies),
    "W4": (workloads.growth_in_schools, workloads.growth_in_pages),
    "W5": (workloads.office_day,),
    "W6": (workloads.editor_minute,),
}
SHEET = "sheet"


def main() -> int:
    asked = _arguments()
    size = replace(QUICK if asked.quick else Size(asked.rounds), rounds=1 if asked.quick else asked.rounds)
    if asked.against:
        return _against(asked, size)
    chosen = asked.only or [*WORKLOADS, SHEET]
    for name in (TYPST, PRINCE, CHROMIUM, WEASYMERGE_NAME):
        if (why := missing(name)) is not None:
            _tell(f"not measured: {name}: {why}")
    load = machine.load()
    with tempfile.TemporaryDirectory(prefix="handout-bench-") as folder:
        sample = leaflet(lay_down(Path(folder) / "words", 1, 1))
        bench = Bench(Path(folder), sample, asked.timeout)
        bench.words.write_text(sample.to_json(), "utf-8")
        tables: list[Table | WarmTable] = []
        for name in chosen:
            for workload in WORKLOADS.get(name, ()):
                words = workload.__name__.replace("_", " ")
                _tell(f"{name}: {words}")
                try:
                    tables.append(workload(bench, size))
                except FailedError as failed:
                    tables.append(Table(name, f"{name}: {words}", f"Not measured: {failed}", ()))
    sheet = _sheet(size.rounds) if SHEET in chosen else ()
    found = goals(
        [table for table in tables if isinstance(table, Table)],
        [table for table in tables if isinstance(table, WarmTable)],
        size.growth,
    )
    text = page(_facts(load, sample.word_count), tables, found, sheet)
    if not asked.quick and not asked.only:
        TABLE.write_text(with_against(text, against_in(TABLE.read_text("utf-8"))), "utf-8")
    sys.stdout.write(text)
    return 0


def _against(asked: argparse.Namespace, size: Size) -> int:
    """Measure this program beside that of the revision that is *asked* for."""
    load = machine.load()
    with tempfile.TemporaryDirectory(prefix="handout-bench-") as name:
        folder = Path(name)
        try:
            _tell(f"{asked.against}: checking out, installing by its lock")
            then = compiled(check_out(commit_of(asked.against), folder))
        except NoRevisionError as error:
            _tell(f"error: {error}")
            return 2
        now = present(then, folder)
        compiled(now)
        pairs = list(against.pairs(then, now, folder, size, asked.only or [*against.GROUPS], asked.timeout))
        said: tuple[str, ...] = ()
        if asked.tests:
            here = Program("now", Path(sys.executable), ROOT, ROOT)
            pair, said = against.both_suites(then, here)
            pairs.append(pair)
        facts = AgainstFacts(
            then.name,
            machine.description(),
            load,
            f"{machine.tool_version(str(then.python), '--version')}, "
            f"{machine.versions_beside(then.python, machine.PROGRAM)}",
            machine.program_versions(),
        )
    section = against_section(facts, pairs, said)
    if not asked.quick and not asked.only:
        TABLE.write_text(with_against(TABLE.read_text("utf-8"), section), "utf-8")
    sys.stdout.write(section)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure handout and its peers."
    )
    parser.add_argument("--rounds", type=_odd, default=3, help="how often each tool runs: an odd number")
    parser.add_argument("--quick", action="store_true", help="a few files, one round: to see that it works")
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help=f"one workload; repeatable: {', '.join([*WORKLOADS, SHEET])}; "
        f"with --against: {', '.join(against.GROUPS)}",
    )
    parser.add_argument("--timeout", type=float, default=600, help="seconds after which a run is stopped")
    parser.add_argument(
        "--against", metavar="REV", help="beside the program of this commit, not beside peers"
    )
    parser.add_argument(
        "--tests", action="store_true", help="with --against: also the tests that stood there; takes long"
    )
    asked = parser.parse_args()
    for only in asked.only or ():
        if only not in (known := [*against.GROUPS] if asked.against else [*WORKLOADS, SHEET]):
            parser.error(f"argument --only: '{only}' is none of {', '.join(known)}")
    if asked.tests and not asked.against:
        parser.error("argument --tests: the tests of which commit? Name it: --against REV")
    return asked


def _odd(text: str) -> int:
    number = int(text)
    if number < 1 or number % 2 == 0:
        raise argparse.ArgumentTypeError("an odd number, so that the median is one of the runs: 1, 3, 5 …")
    return number


def _facts(load: str, words: int) -> Facts:
    versions = [machine.versions_beside(PEERS_PYTHON)] if PEERS_PYTHON.exists() else []
    if PEERS_PYTHON.exists():
        script = "import pypandoc; print(pypandoc.get_pandoc_version())"
        versions.append(f"pandoc {machine.tool_version(str(PEERS_PYTHON), '-c', script)}")
    if (browser := chromium.found()) is not None:
        versions.append(machine.tool_version(browser, "--version"))
    peers = ", ".join(versions) or "none installed"
    return Facts(machine.description(), load, machine.program_versions(), peers, words)


def _sheet(rounds: int) -> tuple[str, ...]:
    """Return the lines on what a sheet costs; measured in a process of its own, with the engine in it."""
    _tell("what a sheet costs")
    command = [sys.executable, "-m", "benchmarks.sheet", str(rounds)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return tuple(done.stdout.splitlines())


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
