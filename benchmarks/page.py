"""The page with the results, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.goals import REASONS, Goal
from benchmarks.results import Pair, Row, Table, WarmTable


@dataclass(frozen=True)
class Facts:
    """What the figures were taken with."""

    machine: str
    load: str
    """At the start of the run."""
    program: str
    peers: str
    words: int
    """On one leaflet."""


MOST_TOLD = 200
"""Letters of what a program said that failed."""
AGAINST = "\n## Against "
"""Where the section on another revision begins; it is the last of the page."""


def page(
    facts: Facts, tables: Sequence[Table | WarmTable], goals: Sequence[Goal], sheet: Sequence[str]
) -> str:
    """Return the whole page; *sheet* are the lines on what a sheet costs, stage by stage."""
    lines = [*_head(facts), *_goals(goals)]
    for table in tables:
        lines += _table(table) if isinstance(table, Table) else _warm(table)
    return "\n".join([*lines, *sheet]).rstrip() + "\n"


def _head(facts: Facts) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield (
        "Written by `make bench`, all in one run. Every tool makes the same A4 leaflet of two pages: the same"
        f" {facts.words} words in Atkinson Hyperlegible, a drawing in the head, a QR code in vectors, and "
        "the name, ICT-anker, room, phone and hours of a sample school. handout lays it out with its own "
        "templates, which hold more drawings and a second family of type; the peers share a plainer page. "
        "handout, Typst, Prince, Fullbleed, the WeasyPrint loop and pandoc with WeasyPrint are asked for "
        "PDF/UA-1, the others do what they do by default. `leaves out` says what of the tags, PDF/UA, the "
        "reading back and the fit to its pages the files of a tool, or the tool, do not have."
    )
    yield ""
    yield f"- machine: {facts.machine}"
    yield f"- load at the start, over 1, 5 and 15 minutes: {facts.load}"
    yield f"- program: {facts.program}"
    yield f"- peers: {facts.peers}"
    yield ""
    yield (
        "Times are medians of rounds in which the tools take turns, with the shortest and the longest in "
        "brackets; `runs` says how many. CPU is that of the process and of all that it started, memory that "
        "of the largest of these processes. The files of each tool are counted, and a sample is read back: "
        "two pages, every field of its school, a code that scans. What fails there has no figures. ≈ marks "
        "what was measured for fewer files and extrapolated: the start once, the files as often as it takes."
    )
    yield ""


# ---- another revision -------------------------------------------------------------------------


def with_against(page: str, section: str) -> str:
    """Return *page* with *section*, as `against` writes it, in place of the one that it has; none for ""."""
    before = page.partition(AGAINST)[0].rstrip("\n")
    return f"{before}\n\n{section.strip()}\n" if section.strip() else f"{before}\n"


def against_in(page: str) -> str:
    """Return the section of *page* on another revision; nothing where it has none."""
    _, heading, rest = page.partition(AGAINST)
    return f"{heading}{rest}".lstrip("\n") if heading else ""


@dataclass(frozen=True)
class AgainstFacts:
    """What the figures against another revision were taken with."""

    commit: str
    machine: str
    load: str
    then: str
    """The versions that were installed by the lock of that revision."""
    now: str


def against(facts: AgainstFacts, pairs: Sequence[Pair], suites: Sequence[str] = ()) -> str:
    """Return the section on another revision; *suites*: what pytest said of the tests of both."""
    return "\n".join((*_against_head(facts), *_pairs(facts.commit, pairs), *_suites(suites))).rstrip() + "\n"


def _against_head(facts: AgainstFacts) -> Iterator[str]:
    yield f"{AGAINST.lstrip()}{facts.commit}"
    yield ""
    yield (
        f"Written by `make bench AGAINST={facts.commit}`, all in one run. Each program runs its own `src` "
        f"in an environment of its own lock. Both make the sample of {facts.commit}, each with the "
        "templates and styles that come with it; of the handbook each makes its own, for what passed then "
        "may be refused today. The schools are the sample's. They take turns in each round; "
        "time, CPU and memory are medians, told as above. × is today to then: 0.50 is half."
    )
    yield ""
    yield f"- machine: {facts.machine}"
    yield f"- load at the start, over 1, 5 and 15 minutes: {facts.load}"
    yield f"- then: {facts.then}"
    yield f"- now: {facts.now}"
    yield ""


def _pairs(commit: str, pairs: Sequence[Pair]) -> Iterator[str]:
    head = (
        "work",
        *(f"{who} {unit}" if who else "×" for unit in ("s", "CPU s") for who in (commit, "now", "")),
    )
    yield f"| {' | '.join((*head, f'{commit} MiB', 'now MiB', 'runs'))} |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for pair in pairs:
        then, now = pair.then, pair.now
        figures = (
            *_both(then.wall_s, now.wall_s),
            *_both(then.cpu_s, now.cpu_s),
            *(_rounded(one.peak_mib) for one in (then, now)),
            str(min(len(then.costs), len(now.costs))),
        )
        yield f"| {' | '.join((pair.name, *figures))} |"
    yield ""
    for row in (row for pair in pairs for row in (pair.then, pair.now) if row.fault is not None):
        yield f"- {row.name}: failed: {' '.join((row.fault or '').split())[:MOST_TOLD]}"
    yield ""


def _both(then: float | None, now: float | None) -> tuple[str, str, str]:
    ratio = _figure(now / then) if then and now is not None else "–"
    return *("–" if one is None else _figure(one) for one in (then, now)), ratio  # type: ignore[return-value]


def _rounded(mib: float | None) -> str:
    return "–" if mib is None else f"{mib:.0f}"


def _suites(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "The tests: all that stood there, and of today those of the same names. What pytest said:"
        yield ""
        yield from (f"- {line}" for line in lines)


# ---- goals ------------------------------------------------------------------------------------


def _goals(goals: Sequence[Goal]) -> Iterator[str]:
    if not goals:
        return
    yield "## Goals"
    yield ""
    yield "| goal | measured | |"
    yield "|---|---|---|"
    for goal in goals:
        figure = "–" if goal.measured is None else f"{_figure(goal.measured)}{goal.unit}"
        yield f"| {goal.text} | {figure} | {_verdict(goal)} |"
    yield ""
    missed = [goal for goal in goals if not goal.is_met and goal.key in REASONS]
    yield from (f"- {goal.text}: {REASONS[goal.key]}" for goal in missed)
    if missed:
        yield ""


def _verdict(goal: Goal) -> str:
    if goal.measured is None:
        return "not measured"
    if goal.factor_missed is None:
        return "met"
    return f"**missed** by a factor of {_figure(goal.factor_missed)}"


# ---- tables -----------------------------------------------------------------------------------


def _table(table: Table) -> Iterator[str]:
    yield from _opening(table)
    if not table.rows:
        return
    yield "| tool | time s | CPU s | peak MiB | ms a file | × handout | files | runs | leaves out |"
    yield "|---|---|---|---|---|---|---|---|---|"
    reference_s: float | None = None
    for row in table.rows:
        reference_s = row.wall_s if row.is_reference else reference_s
        if row.fault is None:
            yield _line(row, reference_s)
    yield ""
    yield from _faults(row for row in table.rows if row.fault is not None)


def _line(row: Row, reference_s: float | None) -> str:
    wall_s, cpu_s, peak_mib, spread = row.wall_s, row.cpu_s, row.peak_mib, row.spread
    if wall_s is None or cpu_s is None or peak_mib is None or spread is None:
        raise ValueError(f"{row.name} has no figures")
    mark = "≈ " if row.files < row.of else ""
    range_ = f" ({_figure(spread[0])}–{_figure(spread[1])})" if len(row.costs) > 1 else ""
    ratio = _figure(wall_s / reference_s) if reference_s else "–"
    files = f"{row.files} of {row.of}" if row.files < row.of else str(row.files)
    cells = (
        row.name,
        f"{mark}{_figure(wall_s)}{range_}",
        f"{mark}{_figure(cpu_s)}",
        f"{peak_mib:.0f}",
        _figure(1000 * wall_s / row.of),
        ratio,
        files,
        str(len(row.costs)),
        ", ".join(row.lacks) or "–",
    )
    return f"| {' | '.join(cells)} |"


def _warm(table: WarmTable) -> Iterator[str]:
    yield from _opening(table)
    yield f"| what | ms | {table.ratio} |"
    yield "|---|---|---|"
    bare_s = next(iter(table.seconds.values()), None)
    for name, seconds in table.seconds.items():
        yield f"| {name} | {_figure(1000 * seconds)} | {_figure(seconds / bare_s) if bare_s else '–'} |"
    yield ""
    for name, why in table.faults.items():
        yield f"- {name}: {why}"
    if table.faults:
        yield ""


def _opening(table: Table | WarmTable) -> Iterator[str]:
    yield f"## {table.title}"
    yield ""
    yield table.about
    yield ""


def _faults(rows: Iterable[Row]) -> Iterator[str]:
    lines = [
        f"- {row.name}: {'not measured' if row.is_missing else 'failed'}: {_last_line(row.fault or '')}"
        for row in rows
    ]
    yield from lines
    if lines:
        yield ""


def _last_line(fault: str) -> str:
    """Return the last line of *fault*: of a traceback the others have paths of this machine."""
    return fault.strip().rpartition("\n")[2]


def _figure(value: float) -> str:
    """Return *value* with three figures that count."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"
