"""Build one generated project after the other, and keep count: what was right, what was refused, and why."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.soak import met, reader
from tests.soak.building import Outcome, Sheet, build, excess, write
from tests.soak.grammar import NO_AIM, Aim, Written, project

from handout.editions import single
from handout.model.findings import Finding
from handout.project.project import Project

MANY_SCHOOLS = (0, 0, 0, 2, 60, 200, 300)
"""How many schools a project of a soak may have: copies are struck fast."""
AIMED = 0.7
"""Of the projects: those that are to show what was not met yet."""
MONO_EACH, SHOP_EACH = 9, 7
"""Each which project is made in black alone too, and for a print shop."""
MOST_KEPT = 400
"""Cases that are kept as folders: more than anybody reads."""


@dataclass(frozen=True)
class Fault:
    """What is not as it should be: a finding that the second reading does not share, or one missed."""

    kind: str
    """`refused: RULE`, `passed`, `source: RULE`, `crash`."""
    edition: str
    what: str


@dataclass
class Count:
    """What was built so far, over all runs."""

    next_seed: int = 0
    projects: int = 0
    pieces: int = 0
    """Finished pieces, the copies for schools among them."""
    copies: int = 0
    print_sheets: int = 0
    files: int = 0
    """PDF files that were published."""
    refused: int = 0
    """Pieces that were refused."""
    true_findings: Counter[str] = field(default_factory=Counter)
    """Pieces refused, by the rule and the format, where the second reading agrees."""
    faults: Counter[str] = field(default_factory=Counter)
    """Pieces with a fault, by its kind."""
    pairs: Counter[str] = field(default_factory=Counter)
    tuples: Counter[str] = field(default_factory=Counter)

    @property
    def sheets(self) -> int:
        """Pieces, copies and print sheets that were made and read twice."""
        return self.pieces + self.print_sheets

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(vars(self), ensure_ascii=False, indent=0))
        new.replace(path)

    @classmethod
    def load(cls, path: Path) -> Count:
        if not path.is_file():
            return cls()
        values = json.loads(path.read_text())
        counters = {name: Counter(value) for name, value in values.items() if isinstance(value, dict)}
        return cls(**{**values, **counters})


def judged(written: Written, folder: Path, seed: int, count: Count) -> tuple[Fault, ...]:
    """Build *written* in *folder*, count it, and return what is not as it should be."""
    write(written.files, folder / "project")
    try:
        outcome = build(
            folder / "project", folder / "build", mono=seed % MONO_EACH == 0, print_shop=seed % SHOP_EACH == 0
        )
        faults = tuple(_faults(outcome, written, count))
    except Exception:  # noqa: BLE001 - whatever the program stumbles over is what is looked for
        faults = (Fault("crash", "", traceback.format_exc(limit=-6)),)
    count.projects += 1
    count.files += len([*(folder / "build").rglob("*.pdf")])
    count.faults.update(fault.kind for fault in faults)
    return faults


def _faults(outcome: Outcome, written: Written, count: Count) -> list[Fault]:
    faults = [Fault(f"source: {one.rule}", "", f"{one.place}: {one.what}") for one in outcome.refused]
    if outcome.crash:
        faults.append(Fault("crash", "", outcome.crash))
    seen: dict[str, tuple[Finding, ...]] = {}
    for sheet in outcome.sheets:
        faults += _of_sheet(sheet, outcome, written, count, seen)
    return faults


def _true(sheet: Sheet, project: Project, seen: dict[str, tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Return the findings of *sheet* that the second reading agrees with; once where no copy was made."""
    name = sheet.edition.name if sheet.made else replace(sheet.edition, school=None).name
    if name not in seen:
        whole = replace(sheet, made=sheet.made or single.make(project, sheet.edition))
        seen[name] = tuple(one for one in sheet.findings if reader.agrees(one, whole, project))
    return seen[name]


def _of_sheet(
    sheet: Sheet, outcome: Outcome, written: Written, count: Count, seen: dict[str, tuple[Finding, ...]]
) -> list[Fault]:
    assert outcome.project is not None  # or it had no sheets
    name = sheet.edition.name
    if not sheet.findings:
        count.pieces += 1
        count.copies += sheet.edition.school is not None
        count.print_sheets += len(sheet.made.sheets) if sheet.made else 0
        found = met.facets(sheet, outcome.project)
        count.pairs.update(met.pairs(found))
        count.tuples.update(met.tuples(found))
        return [Fault("passed", name, what) for what in reader.faults(sheet, written.said, outcome.project)]
    count.refused += 1
    if not sheet.made and replace(sheet.edition, school=None).name in seen:
        return []  # none of its copies was made, and why is told once
    # A finding brings others with it: where one of them is true, the sheet is rightly refused.
    true = _true(sheet, outcome.project, seen)
    if true:
        count.true_findings.update({f"{one.rule} {sheet.edition.format}" for one in true})
        others = [one for one in sheet.findings if one not in true and str(one.rule) not in reader.LAYOUT]
    else:
        others = list(sheet.findings)
    return [Fault(f"refused: {one.rule}", name, f"{one.place}: {one.what}") for one in others]


def of_seed(seed: int, aim: Aim = NO_AIM) -> Written:
    """Return the project of *seed* that is to show *aim*."""
    return project(Random(seed), MANY_SCHOOLS, excess, aim)


def kept_aim(seed: int, state: Path) -> Aim:
    """Return what the project of *seed* was to show in the last run in the folder *state*."""
    file = state / "aims.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []
    kept = [line for line in lines if line.pop("seed") == seed]
    return Aim.of(kept[-1]) if kept else NO_AIM


def next_aim(count: Count) -> Aim:
    """Return what the next project is to show: most of the time something that was not met yet."""
    random = Random(f"aim {count.next_seed}")
    return met.aim(random, count.pairs) if random.random() < AIMED else NO_AIM


def soaked(seed: int, count: Count, cases: Path, aim: Aim = NO_AIM) -> tuple[Fault, ...]:
    """Judge the project of *seed* and *aim*; keep it in *cases* where something is not as it should be.

    The aim is kept beside *cases*, so that each seed can be built again.
    """
    cases.parent.mkdir(parents=True, exist_ok=True)
    with (cases.parent / "aims.jsonl").open("a") as log:
        log.write(json.dumps({"seed": seed, **vars(aim)}, ensure_ascii=False) + "\n")
    written = of_seed(seed, aim)
    with TemporaryDirectory(prefix="handout-soak-") as folder:
        faults = judged(written, Path(folder), seed, count)
    if faults and (not cases.is_dir() or len([*cases.iterdir()]) < MOST_KEPT):
        write(written.files, cases / str(seed))
        told = "\n".join(f"{fault.kind} {fault.edition}: {fault.what}" for fault in dict.fromkeys(faults))
        (cases / str(seed) / "FAULTS.txt").write_text(f"seed {seed}\n{told}\n")
    return faults


def told(count: Count, *, with_missing: bool = True) -> str:
    """Return *count* in words."""
    wanted, missing = set(met.all_pairs()), met.missing(count.pairs)
    lines = [
        f"{count.projects} projects, {count.sheets} sheets: {count.pieces} pieces, of which {count.copies} "
        f"copies for schools, and {count.print_sheets} print sheets; {count.files} files written",
        f"{count.refused} pieces refused; rules that the second reading confirms: "
        f"{dict(count.true_findings.most_common())}",
        f"not as it should be: {dict(count.faults.most_common())}",
        f"pairs of kind, format, language and school: {len(wanted) - len(missing)} of {len(wanted)} met, "
        f"{len(met.IMPOSSIBLE)} that cannot be;"
        f" kind × format × language × school: {len(count.tuples)} tuples met",
    ]
    return "\n".join([*lines, *(["not met:", *(f"  {pair}" for pair in missing)] if with_missing else [])])
