"""What was measured, as values; and how measuring takes turns."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.measure import Cost, FailedError


@dataclass(frozen=True)
class Entrant:
    """A tool in a workload."""

    name: str
    run: Callable[[], Cost]
    """Clears what the last run left, untimed, then runs once. Raises FailedError."""
    check: Callable[[], str | None]
    """Returns what is wrong with the files of the last run, or nothing."""
    files: int
    """How many it makes in a run."""
    of: int
    """How many the workload asks for: with fewer files the cost is extrapolated."""
    most_rounds: int | None = None
    missing: str | None = None
    """Why it cannot be measured here."""
    is_reference: bool = False
    """True: those after it are compared with it."""
    lacks: Callable[[], Sequence[str]] = tuple
    """Returns what the files of the last run, and the tool, leave out of what the program gives."""


@dataclass(frozen=True)
class Row:
    """A tool in a workload, measured."""

    name: str
    costs: tuple[Cost, ...]
    files: int
    of: int
    fault: str | None = None
    """Why there are no figures, or why they do not count."""
    is_missing: bool = False
    """True: the tool is not here. Else a fault is one of the tool."""
    is_reference: bool = False
    """True: those after it are compared with it."""
    lacks: tuple[str, ...] = ()
    """What it leaves out of what the program gives."""

    @property
    def wall_s(self) -> float | None:
        """The median time for all files; None where the row does not count."""
        return None if self.fault else statistics.median(cost.wall_s for cost in self.costs)

    @property
    def cpu_s(self) -> float | None:
        return None if self.fault else statistics.median(cost.cpu_s for cost in self.costs)

    @property
    def peak_mib(self) -> float | None:
        return None if self.fault else statistics.median(cost.peak_mib for cost in self.costs)

    @property
    def spread(self) -> tuple[float, float] | None:
        """The shortest and the longest time."""
        walls = [cost.wall_s for cost in self.costs]
        return None if self.fault else (min(walls), max(walls))


@dataclass(frozen=True)
class Pair:
    """A work, measured with another revision of the program and with this one."""

    name: str
    then: Row
    now: Row


@dataclass(frozen=True)
class Table:
    """One workload, measured."""

    name: str
    title: str
    about: str
    rows: tuple[Row, ...]

    def wall_s(self, name: str) -> float | None:
        """Return the time of the row *name*; None where it has none."""
        return next((row.wall_s for row in self.rows if row.name == name), None)

    def cpu_s(self, name: str) -> float | None:
        """Return the processor's time of the row *name*; None where it has none."""
        return next((row.cpu_s for row in self.rows if row.name == name), None)


@dataclass(frozen=True)
class WarmTable:
    """Seconds in one warm process, by stage or tool; None: why it was not measured."""

    name: str
    title: str
    about: str
    seconds: dict[str, float]
    faults: dict[str, str] = field(default_factory=dict)
    ratio: str = "× bare"
    """What the column tells that compares with the first row."""


def measured(entrants: Sequence[Entrant], rounds: int) -> tuple[Row, ...]:
    """Run all *entrants* in turn, round after round: a machine that gets busy gets busy for all of them."""
    costs: dict[str, list[Cost]] = {one.name: [] for one in entrants}
    faults = {one.name: one.missing for one in entrants if one.missing is not None}
    lacks: dict[str, tuple[str, ...]] = {}
    for number in range(rounds):
        for one in entrants:
            if one.name in faults or (one.most_rounds is not None and number >= one.most_rounds):
                continue
            try:
                cost = one.run()
            except FailedError as failed:
                faults[one.name] = str(failed)
                _tell(f"{one.name}: failed: {failed}")
                continue
            costs[one.name].append(cost)
            _tell(f"{one.name}: {cost.wall_s:.2f} s")
            if number == 0 and (fault := one.check()) is not None:
                faults[one.name] = fault
                _tell(f"{one.name}: wrong: {fault}")
            elif number == 0:
                lacks[one.name] = tuple(one.lacks())
    return tuple(_rows(entrants, costs, faults, lacks))


def _rows(
    entrants: Iterable[Entrant],
    costs: dict[str, list[Cost]],
    faults: dict[str, str],
    lacks: dict[str, tuple[str, ...]],
) -> Iterable[Row]:
    for one in entrants:
        fault, is_missing = faults.get(one.name), one.missing is not None
        found = tuple(costs[one.name])
        told = lacks.get(one.name, ())
        yield Row(one.name, found, one.files, one.of, fault, is_missing, one.is_reference, told)


def _tell(line: str) -> None:
    sys.stderr.write(f"  {line}\n")
    sys.stderr.flush()
