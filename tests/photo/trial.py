"""Photos and scans of real sheets, made so that it is known what was done, against what is said of them.

Not part of the tests: 200 photos take a quarter of an hour. `make photo-trial` runs it, and writes its
figures into docs/printing.md; `tests/photo/test_photo.py` holds a few of them.

A hundred and sixty photos are drawn from the ranges with which the program was made, forty from ranges and
of sheets beyond these. Each is right when all that is said of it is: whether the sheet is still right, its
scale to one per cent, and its foot. "Cannot be told" counts as a miss, but for the scale and foot of a sheet
that is out of date; alarms on good sheets are counted too.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from tests.handbook.handbook import project as handbook
from tests.photo.shots import Shot, taken
from tests.proof.workshop import with_status

from handout.builder import photo, validity
from handout.builder.codes import CodeHistory, known_sheet
from handout.builder.photo import PhotoStanding
from handout.builder.rounds import make_all
from handout.builder.validity import Standing
from handout.editions.single import Made
from handout.model.messages import verbatim
from handout.model.text import Step, Steps, Text
from handout.project.plan import Edition, Selection, editions
from handout.project.project import Project
from handout.proof.paper import opened
from handout.proof.photo.known import SideArea, sides
from handout.proof.photo.seen import FootState, Scale

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs/printing.md"
BEGIN, END = "<!-- photos: begin -->\n", "<!-- photos: end -->\n"
TODAY = date(2026, 11, 30)
TUNED, BEYOND = 160, 40
PROCESSES = 3
SEED = 20261130
SCALE_PLAY = 0.01
QUIET_MM = 2.5
"""Four modules below a small code must be paper for it to be read."""
GREY_ZONE = (0.98, 0.99)
"""Between these a print may be called at its size or not."""
PLANNED = Selection(("mfa-instellen", "vergeten-of-kwijt", "mfa-in-3-stappen", "het-lukt-niet", "waarom-mfa"))


@dataclass(frozen=True)
class Sheet:
    """A side of paper that is photographed."""

    edition: str
    file: int
    """Of the files of the edition: 0 the piece."""
    page: int


SHEETS = (
    Sheet("staff/mfa-instellen-leaflet-a4", 0, 1),
    Sheet("students/vergeten-of-kwijt-leaflet-a5", 0, 1),
    Sheet("staff/mfa-instellen-trifold", 1, 0),
)
"""Those with which the program was made."""
OTHER_SHEETS = (
    Sheet("students/mfa-in-3-stappen-poster-a3", 0, 0),
    Sheet("students/het-lukt-niet-leaflet-a4", 0, 1),
)

KINDS = (
    "good",
    "good",
    "scaled",
    "scaled",
    "cut",
    "unprinted",
    "deeply cut",
    "outdated",
    "scan",
    "scan scaled",
)


@dataclass(frozen=True)
class Case:
    """A photo, and what is true of it."""

    kind: str
    sheet: Sheet
    shot: Shot
    is_beyond: bool
    is_current: bool | None
    """None: its small code is cut off, and cannot be known."""
    foot: frozenset[FootState]
    is_bare: bool = False
    """Too little paper is left below its small code: it may be read or not."""


def _between(dice: np.random.Generator, low: float, high: float) -> float:
    return float(dice.uniform(low, high))


def _either_sign(dice: np.random.Generator, low: float, high: float) -> float:
    return _between(dice, low, high) * (1 if dice.random() < 0.5 else -1)


def _view(dice: np.random.Generator, is_beyond: bool) -> Shot:
    """Return how a sheet is seen; where *is_beyond*, about half of it beyond the ranges of the others."""

    def drawn(tuned: tuple[float, float], beyond: tuple[float, float]) -> float:
        return _between(dice, *(beyond if is_beyond and dice.random() < 0.5 else tuned))

    tilts = tuple(drawn((0, 18), (18, 26)) * (1 if dice.random() < 0.5 else -1) for _ in range(2))
    sizes = ((2250, 3000), (2250, 3000)) if not is_beyond else ((3000, 4000), (2448, 3264))
    return Shot(
        seed=int(dice.integers(1, 2**31)),
        tilt_degrees=(tilts[0], tilts[1]),
        roll_degrees=drawn((0, 12), (12, 30)) * (1 if dice.random() < 0.5 else -1),
        fills=drawn((0.7, 0.92), (0.6, 0.7)),
        table=drawn((50, 140), (150, 180) if dice.random() < 0.5 else (15, 50)),
        stripes=drawn((4, 18), (18, 28)),
        light=drawn((0, 0.3), (0.3, 0.45)),
        blur_px=drawn((0.5, 1.6), (1.6, 2.1)),
        smear_px=int(drawn((0, 5), (5, 8))),
        noise=drawn((1.5, 5), (5, 8)),
        quality=int(drawn((75, 93), (55, 75))),
        toner=drawn((0.6, 1.1), (0.4, 0.6)),
        skew_degrees=_either_sign(dice, 0, 0.4) if dice.random() < 0.5 else 0.0,
        size_px=sizes[int(dice.integers(2))],
        orientation=int(dice.choice([1, 1, 1, 3, 6, 8])),
        bend=_between(dice, 0, 0.001) if is_beyond and dice.random() < 0.3 else 0.0,
    )


def cases(seed: int = SEED, tuned: int = TUNED, beyond: int = BEYOND) -> Iterator[Case]:
    """Yield *tuned* cases, and *beyond*; the same for the same *seed*."""
    dice = np.random.default_rng(seed)
    for number in range(tuned + beyond):
        is_beyond = number >= tuned
        if number == tuned:
            dice = np.random.default_rng(seed + 2)
        kind = KINDS[number % len(KINDS)]
        choice = (*SHEETS, *OTHER_SHEETS) if is_beyond else SHEETS
        sheet = choice[int(dice.integers(len(choice)))]
        if kind == "deeply cut":  # what is left must have a code
            sheet = SHEETS[0]
        yield _case(kind, sheet, _view(dice, is_beyond), is_beyond, dice)


def _case(kind: str, sheet: Sheet, view: Shot, is_beyond: bool, dice: np.random.Generator) -> Case:
    width_mm, height_mm, foot, code = geometry(sheet)
    if width_mm > height_mm:
        view = replace(view, size_px=(max(view.size_px), min(view.size_px)))
    shot, states = view, {FootState.WHOLE}
    current: bool | None = True
    is_bare = False
    if kind in ("scaled", "scan scaled") or (kind in ("outdated", "unprinted") and dice.random() < 0.5):
        shot = replace(shot, scale=_between(dice, 0.9, 0.995), corner=bool(dice.random() < 0.3))
    if kind.startswith("scan"):
        dpis = (120, 400) if is_beyond and dice.random() < 0.5 else (150, 200, 300)
        lid = float(dice.choice([252, 236, 40]))
        shot = replace(
            shot,
            scan_dpi=int(dice.choice(dpis)),
            lid=lid,
            roll_degrees=view.roll_degrees / 12,
            blur_px=min(view.blur_px, 0.8),
        )
    lowest = max(foot, key=lambda area: area.lower)
    if kind in ("cut", "deeply cut", "unprinted"):
        shot = replace(shot, skew_degrees=0.0)
        above = {"cut": (0.4, 1.6), "unprinted": (0.4, 1.6), "deeply cut": (12, 40)}[kind]
        at = lowest.upper - _between(dice, *above)
        middle = 0 if shot.corner else height_mm / 2
        from_foot = height_mm - (middle + shot.scale * (at - middle))
        states = {FootState.MISSING if kind == "unprinted" else FootState.CUT}
        is_cut = kind != "unprinted"
        shot = replace(shot, unprinted_mm=0.0 if is_cut else from_foot, cut_mm=from_foot if is_cut else 0.0)
        if at < code.lower:
            current = None
        is_bare = code.lower <= at < code.lower + QUIET_MM
    return Case(
        kind, sheet, shot, is_beyond, False if kind == "outdated" else current, frozenset(states), is_bare
    )


# ---- the sheets ---------------------------------------------------------------------------------


@cache
def project() -> Project:
    return with_status(handbook())


@cache
def older_project() -> Project:
    """Return the handbook as it was: each first step of a procedure said something more."""
    now = project()
    procedures = {}
    for slug, procedure in now.procedures.items():
        blocks = list(procedure.blocks)
        for at, block in enumerate(blocks):
            first = block.steps[0] if isinstance(block, Steps) else None
            if isinstance(block, Steps) and isinstance(first, Step):
                said = replace(first, command=(*first.command, Text(" Doe dit eerst.")))
                blocks[at] = replace(block, steps=(said, *block.steps[1:]))
                break
        procedures[slug] = replace(procedure, blocks=tuple(blocks))
    return replace(now, procedures=procedures)


@cache
def planned() -> tuple[Edition, ...]:
    return editions(project(), PLANNED)


@cache
def _all_made(is_older: bool) -> Mapping[str, Made]:
    names = {sheet.edition for sheet in (*SHEETS, *OTHER_SHEETS)}
    chosen = [one for one in planned() if one.name in names]
    one = older_project() if is_older else project()
    found = {each.edition.name: each for each in make_all(one, chosen, PROCESSES) if isinstance(each, Made)}
    assert all(found[name].files for name in names), [
        str(f) for each in found.values() for f in each.findings
    ]
    return found


def made(name: str, is_older: bool = False) -> Made:
    return _all_made(is_older)[name]


@cache
def geometry(sheet: Sheet) -> tuple[float, float, tuple[SideArea, ...], SideArea]:
    """Return width and height of a side in millimetres, what stands at its foot, and its small code."""
    one = made(sheet.edition)
    with opened(one.files[sheet.file].data) as paper:
        (side,) = (each for each in sides("", paper, one.document.code, None) if each.page == sheet.page + 1)
    status = one.document.status
    (code,) = (each for each in side.codes if status and each.text == status.url)
    return side.width_mm, side.height_mm, side.foot, code


# ---- what is said of them -----------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """A case, and what was said of it."""

    case: Case
    found: PhotoStanding
    faults: tuple[str, ...]
    """What of it is not right."""

    @property
    def is_false_alarm(self) -> bool:
        """Tell whether a sheet that is good in all was said not to be."""
        is_good = self.case.is_current is True and self.case.foot == {FootState.WHOLE}
        alarms = self.found.is_at_scale is False or self.found.has_whole_foot is False
        is_outdated = self.found.standing is not None and not self.found.standing.is_current
        return is_good and (is_outdated or (alarms and self.case.shot.scale > GREY_ZONE[1]))


def tried(case: Case, folder: Path) -> Result:
    """Return what is said of *case*; its photo is written in *folder*."""
    sheet = case.sheet
    printed = made(sheet.edition, is_older=case.is_current is False)
    path = folder / f"{case.shot.seed}.jpg"
    path.write_bytes(taken(pypdfium2.PdfDocument(printed.files[sheet.file].data)[sheet.page], case.shot))
    found = standing_of(path)
    return Result(case, found, tuple(_faults(case, found)))


def standing_of(path: Path) -> PhotoStanding:
    """Return what is said of the photo at *path*, as the command does; sheets are made once."""
    return photo.standing(
        photo.photo_at(path),
        project(),
        planned(),
        None,
        _standing,
        lambda chosen: (_all_made(False)[one.name] for one in chosen if one.name in _all_made(False)),
    )


@cache
def _known() -> CodeHistory:
    names = {sheet.edition for sheet in (*SHEETS, *OTHER_SHEETS)}
    return CodeHistory({name: (known_sheet(made(name, is_older=True).document),) for name in names})


@cache
def _standing(code: str) -> Standing:
    return validity.standing(project(), Path("/"), Path("/none"), code, TODAY, _known())


def _faults(case: Case, found: PhotoStanding) -> Iterator[str]:
    standing, is_earlier = found.standing, case.is_current is False
    is_unread = standing is None and case.is_bare
    if (standing.is_current if standing else None) is not case.is_current and not is_unread:
        yield "code not read" if standing is None else "standing"
    if not isinstance(found.scale, Scale):
        if not is_earlier:  # it may be set otherwise, and then that is said
            yield f"scale: {found.scale}" if found.side else "side not found"
    elif abs(found.scale.ratio - case.shot.scale) > SCALE_PLAY:
        yield f"scale off: {found.scale.ratio:.3f}"
    elif found.is_at_scale is not (case.shot.scale >= GREY_ZONE[1]) and not _is_between(case.shot.scale):
        yield "alarm of scale"
    state = found.foot.state if found.foot else FootState.UNCLEAR
    if state not in case.foot and found.side and not (is_earlier and state is FootState.UNCLEAR):
        yield f"foot: {state}"


def _is_between(scale: float) -> bool:
    return GREY_ZONE[0] < scale < GREY_ZONE[1]


def run(chosen: Sequence[Case]) -> Iterator[Result]:
    """Yield what is said of each case, over processes that begin with all sheets made."""
    cv2.setNumThreads(0)  # those of OpenCV do not come along in a fork
    # A person looks at one photo, and we at the same sheets and the same project anew.
    photo._sides_of = cache(photo._sides_of)
    origins = tuple(validity._origins(project(), verbatim("the project")))
    validity._origins = lambda *_: iter(origins)
    for sheet in dict.fromkeys(case.sheet for case in chosen):
        geometry(sheet)
        for is_older in (False, True):
            _standing(made(sheet.edition, is_older).document.code)
    with (
        tempfile.TemporaryDirectory(prefix="handout-photo-") as folder,
        ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("fork")) as pool,
    ):
        yield from pool.map(tried, chosen, [Path(folder)] * len(chosen))


def table(results: Sequence[Result]) -> str:
    """Return the figures as a table, and the misses as a list."""
    lines = ["| | photos | right | missed | alarms on good sheets |", "|---|---|---|---|---|"]
    groups: Mapping[str, list[Result]] = {
        "within the ranges it was made with": [one for one in results if not one.case.is_beyond],
        "beyond them": [one for one in results if one.case.is_beyond],
        "all": list(results),
    }
    for name, group in ((name, group) for name, group in groups.items() if group):
        right = sum(not one.faults for one in group)
        alarms = sum(one.is_false_alarm for one in group)
        part = f"{right} ({100 * right / len(group):.1f} %)"
        lines.append(f"| {name} | {len(group)} | {part} | {len(group) - right} | {alarms} |")
    kinds = Counter(one.case.kind for one in results)
    missed = Counter(one.case.kind for one in results if one.faults)
    lines += ["", "| what was done | photos | missed |", "|---|---|---|"]
    lines += [f"| {kind} | {count} | {missed[kind]} |" for kind, count in sorted(kinds.items())]
    known = [
        abs(one.found.scale.ratio - one.case.shot.scale) * 100
        for one in results
        if isinstance(one.found.scale, Scale)
    ]
    lines += [
        "",
        f"Scale told of {len(known)}: off by {np.median(known):.2f} % (median), {max(known):.2f} % at most.",
    ]
    earlier = [one for one in results if one.case.is_current is False]
    told = sum(isinstance(one.found.scale, Scale) for one in earlier)
    lines += [
        "",
        f"Of {len(earlier)} earlier sheets the scale was told of {told}; of the others it was said that it "
        "cannot be told, which counts as right: they are out of date.",
    ]
    faults = Counter(
        fault.split(":")[0] + ":" + fault.partition(":")[2] for one in results for fault in one.faults
    )
    lines += [
        "",
        "Missed: "
        + ("; ".join(f"{count} × {what.strip(':')}" for what, count in faults.most_common()) or "none")
        + ".",
    ]
    return "\n".join(lines)


def main() -> None:
    begun, results = time.monotonic(), []
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TUNED + BEYOND
    chosen = list(cases())[-count:] if len(sys.argv) > 2 else list(cases())[:count]
    for number, one in enumerate(run(chosen), 1):
        results.append(one)
        told = "; ".join(one.faults) or "right"
        sys.stdout.write(f"{number} {one.case.kind} {'beyond ' * one.case.is_beyond}{told}\n")
        if one.faults:
            sys.stdout.write(f"    {one.case.sheet} {one.case.shot}\n")
        sys.stdout.flush()
    text = table(results)
    sys.stdout.write(f"{text}\n{time.monotonic() - begun:.0f} s\n")
    if len(chosen) == TUNED + BEYOND and BEGIN in PAGE.read_text("utf-8"):
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
