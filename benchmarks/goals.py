"""The goals, held against what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks import resident, warm
from benchmarks.results import Table, WarmTable
from benchmarks.tools import CHROMIUM, WEASYPRINT
from benchmarks.workloads import (
    CACHED,
    COLD,
    EDITS,
    SAMPLE_LEAFLET,
    STAGES,
    UNCHANGED,
    Typsts,
    named,
    of_schools,
    seen,
)

MOST_GROWTH = 1.25
"""How much dearer a further file may be among thousands than among hundreds: what a busy machine adds."""

CELL_BEFORE_S = 53.0
"""Of CPU, for one cell of 300 rows on two formats of one handout, when every copy was made anew (8edd4d5)."""

REASONS: Mapping[str, str] = {
    "w1-cold": "to start Python and import the engine takes about as long as Chromium's whole run, "
    "and so do two layouts: one at the setting that fits, one to balance the sides. WeasyPrint alone, on the "
    "peers' plainer page, does not reach it either.",
    "w1-warm": "the fit lays the page out once to see that it fits and once to balance its sides; where it "
    "does not fit at once, more often.",
    "w2-unchanged": "the start of Python is a third of it; the sums of the files of the project, of the "
    "program and of those that were built are the rest.",
    "w3-typst": "the 300 rows leave out fields, and need letters of other fonts, in 16 ways: each of the six "
    "handouts has 16 masters, and each of these 96 is laid out and proved, which takes about 0.9 s of CPU "
    "with all else. With plain rows, which need one a handout, the cold build takes 8.2 s (below). Typst "
    "lays out again only what changed, and its six handouts differ in their titles alone.",
    "w3-loop": "the same: 96 masters, and the samples that copies of them are held against, are each "
    "rendered in full.",
    "w3-cached": "half of the CPU is that of one process: its start, the project, the masters, and at the "
    "end the pages of 300 schools, the manifest, and 1,800 files moved in place. All cores strike, read back "
    "and write between: about 1 ms of CPU a file, half of it the machine's.",
    "w5-cell": "half of it is one process that starts, loads, composes two sheets for their keys, and links "
    "900 files into the folder that takes the place of the old one; a quarter is the engine, imported to set "
    "the values of one school.",
    "w6-edit": "two layouts and one to fill the sides alike take half of it, the file with its tags a sixth, "
    "and the proofs a fifth.",
    "w4-linear": "the builds for 30 and for 300 schools took between 5.9 and 8.0 s, in either order: what "
    "the speed of this machine varies hides what the first thousand files cost. Counted in CPU in one "
    "process, a school on a master takes 3.5 ms among 300, 3.8 ms among 1,000 and 3.1 ms among 3,000.",
}
"""Why a goal is missed or not measured, by its key: measured reasons only."""


@dataclass(frozen=True)
class Goal:
    """A goal, and what was measured of it."""

    key: str
    """Names it in REASONS."""
    text: str
    bound: float
    is_least: bool
    """True: at least the bound; False: at most."""
    measured: float | None
    """None: something that it needs was not measured."""
    unit: str = "×"

    @property
    def is_met(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured >= self.bound if self.is_least else self.measured <= self.bound

    @property
    def factor_missed(self) -> float | None:
        """How many times better it would have to be; None where it is met or unknown."""
        if self.measured is None or self.is_met:
            return None
        return self.bound / self.measured if self.is_least else self.measured / self.bound


def goals(
    tables: Sequence[Table], warm_tables: Sequence[WarmTable], growth: Sequence[int]
) -> tuple[Goal, ...]:
    """Return the goals of the workloads in *tables*; *growth* are the numbers of schools of W4."""
    known = {table.name: table for table in tables}
    found = [goal for name, make in _MAKERS.items() if name in known for goal in make(known[name])]
    if "W4 schools" in known:
        found.append(_linear(known["W4 schools"], sorted(growth)))
    for table in warm_tables:
        found += _editor_minute(table) if table.name == "W6" else _warm(table)
    return tuple(found)


def _one_leaflet(table: Table) -> Iterator[Goal]:
    ratio = _ratio(table.wall_s(named(COLD)), table.wall_s(f"{CHROMIUM}, cold"))
    yield Goal("w1-cold", "W1 cold: at most 0.6 × Chromium's time", 0.6, False, ratio)


def _warm(table: WarmTable) -> Iterator[Goal]:
    bare = table.seconds.get(STAGES[warm.BARE])
    for key, stage, words in (
        ("w1-warm", warm.RENDER, "a re-render with its fit"),
        ("w1-warm-known", warm.ONE_LAYOUT, "a re-render at a known setting"),
    ):
        ratio = _ratio(table.seconds.get(STAGES[stage]), bare)
        yield Goal(key, f"W1 warm: {words} takes at most 1.1 × bare WeasyPrint", 1.1, False, ratio)


MOST_TO_PICTURE_S = 0.4
MOST_OF_EDIT_CPU_S = 0.3
"""Half of what it took in 8edd4d5."""


def _editor_minute(table: WarmTable) -> Iterator[Goal]:
    first = table.seconds.get(seen(resident.FIRST, SAMPLE_LEAFLET))
    words = f"W6: from save to picture at most {MOST_TO_PICTURE_S:g} s"
    yield Goal("w6-picture", words, MOST_TO_PICTURE_S, False, first, " s")
    cpu = table.seconds.get(seen(resident.CPU, SAMPLE_LEAFLET))
    words = f"W6: an edited leaflet in a resident process, proved, at most {MOST_OF_EDIT_CPU_S:g} s of CPU"
    yield Goal("w6-edit", words, MOST_OF_EDIT_CPU_S, False, cpu, " s")


def _handbook(table: Table) -> Iterator[Goal]:
    unchanged = table.wall_s(named(UNCHANGED))
    yield Goal("w2-unchanged", "W2 unchanged: at most 0.3 s", 0.3, False, unchanged, " s")
    for typst in (Typsts().one, Typsts().all):
        ratio = _ratio(table.wall_s(typst), unchanged)
        key = "w2-typst"
        yield Goal(key, f"W2 unchanged: faster than the clean run of {typst}", 1.0, True, ratio)


def _all_schools(table: Table) -> Iterator[Goal]:
    typst = Typsts().all
    for key, state, peer, bound, words in (
        ("w3-typst", COLD, typst, 2.5, f"W3 cold: at least 2.5 × as fast as {typst}"),
        ("w3-loop", COLD, WEASYPRINT, 50, "W3 cold: at least 50 × as fast as a WeasyPrint loop"),
        ("w3-cached", CACHED, typst, 9, f"W3 with editions cached: at least 9 × as fast as {typst}"),
    ):
        wall = _ratio(table.wall_s(peer), table.wall_s(named(state)))
        cpu = _ratio(table.cpu_s(peer), table.cpu_s(named(state)))
        yield Goal(key, words, bound, True, wall)
        yield Goal(key, f"{words}, in CPU", bound, True, cpu)


def _office_day(table: Table) -> Iterator[Goal]:
    cell = named(EDITS[0])
    words = "W5: who corrects a phone number waits at most"
    yield Goal("w5-cell", f"{words} 2 s", 2.0, False, table.wall_s(cell), " s")
    words = f"W5: that takes at most 0.05 of the {CELL_BEFORE_S:.0f} s of CPU that it took"
    yield Goal("w5-cell", words, 0.05 * CELL_BEFORE_S, False, table.cpu_s(cell), " s")


_MAKERS: Mapping[str, Callable[[Table], Iterator[Goal]]] = {
    "W1 cold": _one_leaflet,
    "W2": _handbook,
    "W3": _all_schools,
    "W5": _office_day,
}


def _linear(table: Table, growth: Sequence[int]) -> Goal:
    """Compare what a further file costs among the most schools with what it costs among fewer."""
    walls = [table.wall_s(of_schools(named(COLD), count)) for count in growth]
    ratio = None
    few, more, most = growth[0], growth[-2], growth[-1]
    if walls[0] is not None and walls[-2] is not None and walls[-1] is not None and few < more:
        early = (walls[-2] - walls[0]) / (more - few)
        late = (walls[-1] - walls[-2]) / (most - more)
        # A time that shrinks with more files tells of the machine, not of the program.
        ratio = _ratio(late, early) if late > 0 else None
    words = f"W4: cost linear in schools to {most}: a further file at most {MOST_GROWTH} × as dear"
    return Goal("w4-linear", words, MOST_GROWTH, False, ratio)


def _ratio(numerator: float | None, denominator: float | None) -> float | None:
    return numerator / denominator if numerator is not None and denominator and denominator > 0 else None
