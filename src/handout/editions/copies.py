"""Make the copies of an edition: one rendering serves the schools whose fields fit its slots.

A master is proved as any edition is, by the copies with the longest values, and these are held against full
renderings. What a copy has of its own is then proved in each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zlib import crc32

from handout.document import resolve
from handout.editions import imprint, refusal, sheet_code
from handout.editions.cache_entry import Ready, RenderCache, figures_of
from handout.editions.files import piece
from handout.editions.imprint import Imprint, Master, packing
from handout.editions.single import (
    Made,
    at_row,
    blamed,
    completed,
    composed,
    engine_failed,
    make,
    on_sheet,
    prepare,
    prove,
    rendered,
)
from handout.machine.output_folder import StagingWriter
from handout.model.document import Document
from handout.model.findings import Finding, HandoutError, Severity, finding_of, has_errors, row_of
from handout.model.rules import Rule
from handout.model.school import School
from handout.project.plan import Edition
from handout.project.project import Project

if TYPE_CHECKING:
    from handout.editions.imprint.readback import Reader, Rooms
    from handout.paper.engine.arrangement import Arrangement
    from handout.proof import InkFigures

SAMPLED = 1
"""Copies of a master that are held against full renderings; the master is itself one, of the fullest copy."""
MOST_PASSED_OVER = 3
"""Schools with a fault of their own that the masters of an edition leave out: each takes some renderings."""
AT_ONCE = 50
"""Copies that a process fills before it hands them over: some megabytes."""


@dataclass(frozen=True)
class Order:
    """Copies of an edition that are asked for."""

    edition: Edition
    """Without a school."""
    schools: tuple[School, ...]
    ready: Ready | None = None
    """The edition, resolved and composed: what its masters are kept under, and what names its copies."""


@dataclass(frozen=True)
class MadeMasters:
    """How the copies of an edition are made, and what was found of all of them. Picklable."""

    edition: Edition
    """Without a school."""
    imprint: Imprint
    findings: tuple[Finding, ...]
    figures: tuple[InkFigures | None, ...]
    """Of each master."""
    rooms: tuple[Rooms, ...] = ()
    """Where the slots of each master begin and end."""
    compared: tuple[str, ...] = ()
    """The ids of the schools whose copies were held against full renderings."""
    is_kept: bool = False
    """True: an earlier build made the masters, of all the same."""
    is_second_try: bool = False
    """True: the process died that had it in hand first."""


@dataclass(frozen=True)
class Sample:
    """A copy that is to be held against a full rendering."""

    copy: Made
    arrangement: Arrangement | None
    """Of the master."""

    @property
    def edition(self) -> Edition:
        return self.copy.edition


@dataclass(frozen=True)
class VerifiedSample:
    """What came of a sample."""

    edition: Edition
    findings: tuple[Finding, ...]
    is_second_try: bool = False
    """True: the process died that had it in hand first."""

    @property
    def of(self) -> str:
        """The name of the edition whose master was tried."""
        return replace(self.edition, school=None).name

    @property
    def school_id(self) -> str:
        return self.edition.school.id if self.edition.school else ""


@dataclass(frozen=True)
class Batch:
    """Some copies to be filled from one master."""

    master: Master
    """With these schools and no others."""
    figures: InkFigures | None
    rooms: Rooms
    is_kept: bool


def parted(project: Project, editions: Iterable[Edition]) -> tuple[tuple[Edition, ...], tuple[Order, ...]]:
    """Return *editions* parted into those that are made one by one and orders of copies."""
    single: list[Edition] = []
    orders: dict[tuple[str, ...], tuple[Edition, list[School]]] = {}
    for edition in editions:
        if edition.school is None or len(project.schools) < imprint.LEAST_SCHOOLS:
            single.append(edition)
            continue
        key = (edition.audience, edition.handout.slug, edition.format, edition.language, edition.ink)
        orders.setdefault(key, (edition, []))[1].append(edition.school)
    asked = (Order(replace(edition, school=None), tuple(schools)) for edition, schools in orders.values())
    return tuple(single), tuple(asked)


# ---- masters -----------------------------------------------------------------------------------


def mastered(project: Project, edition: Edition, general: Document | None = None) -> MadeMasters:
    """Return the masters of *edition*, for all schools of *project*: then a copy is the same in each run.

    They are proved as any edition is, by one of their copies; `samples` are still to come. A school that has
    a fault of its own is passed over; where one after the other has, the edition is to blame. *general* is
    the edition without a school, where it is resolved. Raises HandoutError where the engine fails.
    """
    schools = project.schools_in(edition.language)
    refused: list[Finding] = []
    while True:
        found = _mastered(project, edition, schools, general)
        errors = [finding for finding in found.findings if finding.severity is Severity.ERROR]
        if not errors or refusal.stops_all(errors):
            return replace(found, findings=(*refused, *found.findings))
        if len(_lines((*errors, *refused))) > MOST_PASSED_OVER:
            findings = (*refused, *(_of_edition(edition, error) for error in errors))
            return replace(found, findings=findings)
        refused += errors
        lines = _lines(errors)
        schools = tuple(school for school in schools if school.place.line not in lines)


def _lines(errors: Iterable[Finding]) -> set[int]:
    """Return the rows of the table of schools that *errors* are placed at."""
    return {error.place.line for error in errors}


def _of_edition(edition: Edition, error: Finding) -> Finding:
    """Return *error* at the handout: it is that of one school after the other."""
    what = f"{error.what}, for the row at {error.place} and for {MOST_PASSED_OVER} before it"
    return replace(error, place=edition.handout.place, what=what)


def _mastered(
    project: Project, edition: Edition, schools: Sequence[School], general: Document | None
) -> MadeMasters:
    """Return the masters of *edition* for *schools*, and what is wrong with them or with one of these."""
    from handout.editions.imprint.masters import masters

    try:
        found = masters(project, edition, schools, general)
    except HandoutError:
        raise
    except Exception as error:  # whatever the engine trips over: a person needs to know on which sheet
        make(project, replace(edition, school=None))  # it fails too, where the line can be told
        raise engine_failed(project, edition, error) from error
    faulty = next((one for one in found.fallbacks if one.why == imprint.FAULTY), None)
    if faulty is not None:  # one rendering tells what is wrong with all of them
        made = make(project, replace(edition, school=faulty.school))
        if has_errors(made.findings):
            return MadeMasters(edition, found, blamed(project, made).findings, ())
    findings: list[Finding] = []
    figures: list[InkFigures | None] = []
    rooms: list[Rooms] = []
    for master in found.masters:
        (copy,) = copies(project, master, imprint.longest(master, 1), None)
        proved = blamed(project, prove(project, replace(copy, findings=master.findings)))
        figures.append(proved.figures)
        rooms.append(_rooms(project, master))
        findings += (on_sheet(edition, finding) for finding in master.findings)
        findings += proved.findings[len(master.findings) :]
    return MadeMasters(edition, found, tuple(findings), tuple(figures), tuple(rooms))


def _rooms(project: Project, master: Master) -> Rooms:
    from handout.editions.imprint.readback import Reader

    with closing(Reader(project, master)) as reader:
        return reader.rooms(master.copy(master.schools[0]))


def samples(project: Project, found: MadeMasters, verified: Iterable[VerifiedSample]) -> Iterator[Sample]:
    """Yield the copies from the masters *found* that are to be held against full renderings.

    Those for schools that *verified* has are over. A master needs another where the school of its sample has
    a fault of its own, for then nothing was compared.
    """
    if refusal.stops_all(found.findings):
        return
    over = {one.school_id: one for one in verified if one.of == found.edition.name}
    turn = crc32(found.edition.name.encode())
    compared = {id_ for id_, one in over.items() if not has_errors(one.findings)}
    for master in found.imprint.masters:
        left = [school for school in master.schools if school.id not in over]
        if left and compared.isdisjoint(school.id for school in master.schools):
            chosen = imprint.longest(master.part(left), SAMPLED, turn)
            yield from (Sample(copy, master.arrangement) for copy in copies(project, master, chosen, None))


def verified(project: Project, sample: Sample) -> VerifiedSample:
    """Return in what the copy of *sample* is not a rendering of its own, with the faults of that one."""
    ready = prepare(project, sample.copy.edition)
    full = ready if isinstance(ready, Made) else rendered(project, ready, sample.arrangement)
    if has_errors(full.findings):
        return VerifiedSample(sample.edition, blamed(project, full).findings)
    from handout.editions.imprint.compare import differences

    return VerifiedSample(
        sample.edition,
        tuple(_differs(sample.copy, difference) for difference in differences(sample.copy.pdf, full.pdf)),
    )


def _differs(copy: Made, difference: str) -> Finding:
    return Finding(
        copy.document.place,
        f"{copy.edition.name}: the imprinted copy is not as a full rendering: {difference}",
        "report this with the project; until then take the fields of the school out of slots",
        rule=Rule.IMPRINT_DIFFERS,
    )


def approved(found: MadeMasters, results: Iterable[VerifiedSample]) -> MadeMasters:
    """Return *found* with the *results* of its samples."""
    if found.is_kept:
        return found
    own = [one for one in results if one.of == found.edition.name]
    findings = (*found.findings, *(finding for one in own for finding in one.findings))
    compared = (one.school_id for one in own if not has_errors(one.findings))
    return replace(found, findings=findings, compared=tuple(sorted(compared)))


def kept(project: Project, order: Order, render_cache: RenderCache) -> MadeMasters | Order:
    """Return the masters for *order* where *render_cache* has them, or else *order* as far as it is done."""
    document, found = sheet_code.document(project, order.edition)
    if has_errors(found):
        return order
    data = render_cache.find_masters_at_once(order.edition, document, found)
    if data is None:
        ready = composed(project, order.edition, document, found)
        if has_errors(ready.findings):
            return order
        order = replace(order, ready=ready)
        data = render_cache.find_masters(ready)
    return (unpack(project, order.edition, data) if data is not None else None) or order


# ---- copies -----------------------------------------------------------------------------------


def batches(found: MadeMasters, schools: Sequence[School]) -> Iterator[Batch]:
    """Yield the copies of *schools* that come from the masters *found*, in portions."""
    asked = {school.id for school in schools}
    for master, figures, rooms in zip(found.imprint.masters, found.figures, found.rooms, strict=True):
        wanted = [school for school in master.schools if school.id in asked]
        for first in range(0, len(wanted), AT_ONCE):
            yield Batch(master.part(wanted[first : first + AT_ONCE]), figures, rooms, found.is_kept)


def rest(found: MadeMasters, schools: Sequence[School]) -> tuple[Edition, ...]:
    """Return the editions of *schools* that no master of *found* serves; none where all have one fault."""
    if refusal.stops_all(found.findings):
        return ()
    fallen = {fallback.school.id for fallback in found.imprint.fallbacks}
    return tuple(replace(found.edition, school=school) for school in schools if school.id in fallen)


def filled(project: Project, batch: Batch, writer: StagingWriter | None = None) -> tuple[Made, ...]:
    """Return the copies of *batch*, each with its print sheets, and proved in what is its own.

    Their files are staged by *writer* one by one, but for those of a copy with findings: the report shows it.
    Raises EnvironmentFault as the machine does.
    """
    from handout.editions.imprint.readback import Reader

    master = batch.master
    filled_copies = copies(project, master, master.schools, batch.figures)
    with closing(Reader(project, master)) as reader:
        proved = (_proved(project, batch, completed(copy), reader) for copy in filled_copies)
        return tuple(_staged(copy, writer) if writer and not copy.findings else copy for copy in proved)


def _staged(copy: Made, writer: StagingWriter) -> Made:
    return replace(copy, files=tuple(file.put(writer) for file in copy.files))


def _proved(project: Project, batch: Batch, copy: Made, reader: Reader) -> Made:
    """Return *copy* with what is wrong with what it has of its own."""
    school = copy.edition.school
    assert school is not None  # or it were no copy
    found = [_wrong(copy, school, fault) for fault in reader.faults(copy.pdf, school, batch.rooms)]
    if copy.document.qr != batch.master.document.qr:  # else it is the code that was read on the master
        found += (at_row(school, on_sheet(copy.edition, finding)) for finding in _of_code(project, copy))
    return replace(copy, findings=(*copy.findings, *found), is_kept=batch.is_kept)


def _of_code(project: Project, copy: Made) -> tuple[Finding, ...]:
    from handout import proof
    from handout.editions import expectations

    return proof.inspect_codes(copy.pdf, copy.document, expectations.of(project, copy.document))


def _wrong(copy: Made, school: School, fault: str) -> Finding:
    return Finding(
        school.place,
        f"{copy.edition.name}: in the finished copy {fault}",
        "build it again with --force; if it stays so, report it with the project",
        rule=Rule.COPY_WRONG,
    )


def copies(
    project: Project, master: Master, schools: Iterable[School], figures: InkFigures | None
) -> Iterator[Made]:
    """Yield the copies of *master* for *schools*, as they leave the press."""
    shared = resolve.without_school(project, master.document)
    for school in schools:
        edition = replace(master.edition, school=school)
        yield Made(
            edition,
            resolve.for_school(project, shared, edition),
            (piece(edition.output_path, master.copy(school), master.page_count),),
            (),
            master.setting,
            figures=figures,
            is_copy=True,
        )


# ---- kept for a later build -------------------------------------------------------------------


def pack(found: MadeMasters) -> bytes:
    """Return *found* as bytes: a line of what was found, then the masters."""
    head = {
        "findings": [row_of(finding) for finding in found.findings],
        "figures": [list(vars(figures).values()) if figures else None for figures in found.figures],
        "rooms": found.rooms,
        "compared": found.compared,
    }
    return json.dumps(head).encode() + b"\n" + packing.pack(found.imprint)


def unpack(project: Project, edition: Edition, data: bytes) -> MadeMasters | None:
    """Return the masters of *edition* that `pack` made *data* of; None for other bytes."""
    line, _, masters = data.partition(b"\n")
    try:
        head = json.loads(line)
        return MadeMasters(
            edition,
            packing.unpack(project, edition, masters),
            tuple(finding_of(row) for row in head["findings"]),
            tuple(figures_of(row) for row in head["figures"]),
            tuple(tuple(tuple(room) if room else None for room in rooms) for rooms in head["rooms"]),
            tuple(head["compared"]),
            is_kept=True,
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None
