"""Make the copies of an edition: one rendering serves the schools whose fields fit its slots.

A master is proved as any edition is, by the copy with the longest values, and one copy of it is held against
a full rendering. What a copy has of its own is then proved in each. A copy is made of its master and of its
row alone: one that stands in the output folder already stays there until one of both changes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zlib import crc32

from handout.document import resolve
from handout.editions import imprint, refusal, sheet_code
from handout.editions.cache_entry import Ready, RenderCache, figures_of
from handout.editions.files import piece
from handout.editions.imprint import CopyShape, Fallback, Master, Type, packing
from handout.editions.single import (
    Made,
    at_row,
    blamed,
    completed,
    composed,
    engine_failed,
    found_beside,
    make,
    on_sheet,
    prepare,
    prove,
    rendered,
)
from handout.machine.output_folder import StagingWriter
from handout.machine.state import digest
from handout.model.findings import Finding, HandoutError, Place, Severity, finding_of, has_errors, row_of
from handout.model.messages import Message, say
from handout.model.rules import Rule
from handout.model.school import School
from handout.project.plan import Edition
from handout.project.project import Project

if TYPE_CHECKING:
    from handout.editions.imprint.masters import NotMade, Pictured
    from handout.editions.imprint.readback import Reader, Rooms
    from handout.paper.engine.arrangement import Arrangement
    from handout.proof import InkFigures

SAMPLED = 1
"""Copies of a master that are held against full renderings."""
MOST_PASSED_OVER = 3
"""Schools with a fault of their own that a master is not proved by: each takes some renderings."""
AT_ONCE = 150
"""Copies that a process sets the values of at once, and fills before it hands them over."""


@dataclass(frozen=True)
class Order:
    """Copies of an edition that are asked for. Picklable."""

    edition: Edition
    """Without a school."""
    schools: tuple[School, ...]
    ready: Ready | None = None
    """The edition, resolved and composed: what names its copies. None: it has a fault."""
    groups: tuple[tuple[CopyShape, tuple[School, ...]], ...] = ()
    """The schools whose master is still to be made."""
    known: tuple[ReadyMaster, ...] = ()
    """Those that an earlier build made."""
    fallbacks: tuple[Fallback, ...] = ()
    """Who must be rendered in full."""
    pictured: Pictured | None = None
    usual: CopyShape | None = None
    """The shape whose master tells how the others are arranged: see `masters.usual_shape`."""
    arrangement: Arrangement | None = None
    """That of its master, where an earlier build made it."""
    findings: tuple[Finding, ...] = ()
    """What is true of all copies that an earlier build made the master of."""

    @property
    def is_done(self) -> bool:
        """Tell whether no master is to be made."""
        return self.ready is not None and not self.groups


@dataclass(frozen=True)
class ReadyMaster:
    """A master that was proved, and the schools that are to have a copy of it."""

    opened: Master | None
    """None: nobody is to have a copy of it, so that what an earlier build kept was left packed."""
    schools: tuple[School, ...]
    figures: InkFigures | None
    rooms: Rooms
    """Where its slots begin and end."""
    findings: tuple[Finding, ...] = ()
    """What is true of all its copies; no errors."""
    compared: tuple[str, ...] = ()
    """The ids of the schools whose copies were held against full renderings."""
    is_verified: bool = False
    """True: a copy of it, or of one that is alike, was held against a full rendering."""
    is_kept: bool = False
    """True: an earlier build made it, of all the same."""
    is_repeated: bool = False
    """True: an earlier build made the only copy of it too, and proved that."""

    @property
    def master(self) -> Master:
        """The master, where a school is to have a copy of it."""
        assert self.opened is not None
        return self.opened

    @property
    def is_to_verify(self) -> bool:
        """Tell whether one of its copies is to be: the only one of a new master was proved as a whole."""
        return (
            not self.is_verified and not self.is_repeated and len(self.schools) > (0 if self.is_kept else 1)
        )


@dataclass(frozen=True)
class MadeMasters:
    """How the copies of an edition are made, and what was found of all of them. Picklable."""

    edition: Edition
    """Without a school."""
    masters: tuple[ReadyMaster, ...]
    fallbacks: tuple[Fallback, ...]
    findings: tuple[Finding, ...]
    is_second_try: bool = False
    """True: the process died that had it in hand first."""

    @property
    def compared(self) -> tuple[str, ...]:
        """The ids of the schools whose copies were held against full renderings."""
        return tuple(sorted({id_ for one in self.masters for id_ in one.compared}))

    @property
    def is_kept(self) -> bool:
        """True: an earlier build made all of them."""
        return all(one.is_kept for one in self.masters)


@dataclass(frozen=True)
class StandingCopy:
    """A copy that stands in the output folder as it is to be: it is not made again."""

    edition: Edition
    made_from: tuple[str, ...]
    """The files of the project that it was made from."""
    findings: tuple[Finding, ...] = ()
    is_second_try: bool = False


@dataclass(frozen=True)
class Sample:
    """A copy that is to be held against a full rendering."""

    master: Master
    school: School

    @property
    def edition(self) -> Edition:
        return replace(self.master.edition, school=self.school)


@dataclass(frozen=True)
class VerifiedSample:
    """What came of a sample."""

    edition: Edition
    findings: tuple[Finding, ...]
    is_compared: bool = True
    """False: its values do not go on the master."""
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

    ready: ReadyMaster
    """With these schools and no others."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """What their copies are made from, by the id of the school: see `key_of`."""
    known: Mapping[str, Type] = field(default_factory=dict)
    """Their values, where an earlier build set them."""

    @property
    def master(self) -> Master:
        return self.ready.master


def parted(editions: Iterable[Edition]) -> tuple[tuple[Edition, ...], tuple[Order, ...]]:
    """Return *editions* parted into those that are made one by one and orders of copies."""
    single: list[Edition] = []
    orders: dict[tuple[str, ...], tuple[Edition, list[School]]] = {}
    for edition in editions:
        if edition.school is None:
            single.append(edition)
            continue
        key = (edition.audience, edition.handout.slug, edition.format, edition.language, edition.ink)
        orders.setdefault(key, (edition, []))[1].append(edition.school)
    asked = (Order(replace(edition, school=None), tuple(schools)) for edition, schools in orders.values())
    return tuple(single), tuple(asked)


# ---- what is there already ---------------------------------------------------------------------


def prepared_order(
    project: Project, order: Order, render_cache: RenderCache | None, standing: Mapping[str, str]
) -> tuple[Order, Mapping[str, str], tuple[StandingCopy, ...]]:
    """Return *order* as far as it is done, the keys of its copies, and the copies that need not be made.

    *standing* are the copies in the output folder, with their keys by path.
    """
    from handout.editions.imprint.masters import grouped, usual_shape

    edition, ready = order.edition, _ready(project, order.edition)
    if ready is None:
        return order, {}, ()
    of_all = _key_of_all(ready, render_cache)
    groups = grouped(project, edition, order.schools, project.schools_in(edition.language))
    keys: dict[str, str] = {}
    stay: list[StandingCopy] = []
    known: list[ReadyMaster] = []
    left: list[tuple[CopyShape, tuple[School, ...]]] = []
    for shape, schools in groups.by_shape.items():
        own = {school.id: key_of(of_all, shape, school) for school in schools}
        keys |= own
        stand = {one.id for one in schools if _stands(replace(edition, school=one), own, standing)}
        to_make = tuple(one for one in schools if one.id not in stand)
        master = _kept_master(project, ready, shape, to_make, render_cache)
        if master is None:
            left.append((shape, schools))
            continue
        stay += (
            StandingCopy(replace(edition, school=one), ready.document.made_from)
            for one in schools
            if one.id in stand
        )
        known.append(replace(master, is_repeated=_is_repeated(master, own, render_cache)))
    usual = usual_shape(project, edition, groups.pictured)
    done = replace(
        order,
        usual=usual,
        arrangement=_arrangement(project, ready, usual, render_cache) if left else None,
        ready=ready,
        groups=tuple(left),
        known=tuple(known),
        fallbacks=groups.fallbacks,
        pictured=groups.pictured,
        findings=tuple(dict.fromkeys(finding for one in known for finding in one.findings)),
    )
    return done, keys, tuple(stay)


def _is_repeated(master: ReadyMaster, keys: Mapping[str, str], render_cache: RenderCache | None) -> bool:
    """Tell whether *master*, not verified yet, is for one copy that an earlier build made of all the same."""
    if master.is_verified or len(master.schools) != 1:
        return False
    return bool(_known_values([keys[master.schools[0].id]], render_cache))


def _kept_master(
    project: Project,
    ready: Ready,
    shape: CopyShape,
    schools: tuple[School, ...],
    render_cache: RenderCache | None,
) -> ReadyMaster | None:
    """Return the master of *shape* for *schools*, where an earlier build made it."""
    data = render_cache.find_master(ready, shape) if render_cache else None
    return unpack(project, ready, shape, data, schools) if data is not None else None


def _arrangement(
    project: Project, ready: Ready, usual: CopyShape | None, render_cache: RenderCache | None
) -> Arrangement | None:
    """Return how the master of the *usual* shape is set, where an earlier build made it."""
    found = _kept_master(project, ready, usual, project.schools, render_cache) if usual else None
    return found.master.arrangement if found else None


def _ready(project: Project, edition: Edition) -> Ready | None:
    """Return *edition*, without a school, resolved and composed; None where it has a fault."""
    document, found = sheet_code.document(project, edition)
    if has_errors(found):
        return None
    ready = composed(project, edition, document, found)
    return None if has_errors(ready.findings) else ready


def _key_of_all(ready: Ready, render_cache: RenderCache | None) -> str:
    """Return a sum of all that the copies of the edition that is *ready* share; empty: nothing is kept."""
    sums = json.dumps(dict(ready.document.sums), sort_keys=True)
    return digest((render_cache.name(ready), sums)) if render_cache else ""


def key_of(of_all: str, shape: CopyShape, school: School) -> str:
    """Return a sum of all that the copy for *school* is made from; empty where nothing is kept."""
    row = repr(replace(school, place=Place(""), cells=()))
    return digest((of_all, repr(shape), row)) if of_all else ""


def _stands(edition: Edition, keys: Mapping[str, str], standing: Mapping[str, str]) -> bool:
    key = keys[edition.school.id] if edition.school else ""
    return bool(key) and all(standing.get(path) == key for path in edition.paths)


# ---- masters -----------------------------------------------------------------------------------


def mastered(project: Project, order: Order) -> MadeMasters:
    """Return the masters for *order*: those that are known, and the others.

    Each is proved as any edition is, by one of its copies; `samples` are still to come. Raises HandoutError
    where the engine fails.
    """
    edition = order.edition
    if order.ready is None:  # what is wrong with it is told of a copy, as of any sheet
        made = make(project, replace(edition, school=order.schools[0]))
        return _all_in_full(project, order, made)
    masters, fallbacks = list(order.known), list(order.fallbacks)
    findings = list(order.findings)
    # The usual one first: it tells the others how to be set.
    for shape, schools in sorted(order.groups, key=lambda group: group[0] != order.usual):
        if shape != order.usual and order.usual is not None and order.arrangement is None:
            order = replace(order, arrangement=_usual_arrangement(project, order))
        found = _mastered(project, order, shape, schools)
        if isinstance(found, Made):
            return _all_in_full(project, order, found)
        if found.ready:
            masters.append(found.ready)
            if shape == order.usual:
                order = replace(order, arrangement=found.ready.master.arrangement)
        fallbacks += found.fallbacks
        findings += found.findings
    return MadeMasters(edition, tuple(masters), tuple(fallbacks), tuple(findings))


def _usual_arrangement(project: Project, order: Order) -> Arrangement | None:
    """Return how the master of the usual shape is set, though nobody asks for a copy of it."""
    assert order.usual is not None  # or the others are each set for themselves
    found = _rendered_master(project, order, order.usual)
    return found.arrangement if isinstance(found, Master) else None


def _all_in_full(project: Project, order: Order, made: Made) -> MadeMasters:
    """Return what is wrong with *made*, one copy of *order*; where nothing is, each is rendered in full."""
    if has_errors(made.findings):
        return MadeMasters(order.edition, (), (), blamed(project, made).findings)
    fallbacks = tuple(Fallback(school, imprint.FAULTY) for school in order.schools)
    return MadeMasters(order.edition, (), fallbacks, ())


def _mastered(
    project: Project, order: Order, shape: CopyShape, schools: tuple[School, ...]
) -> _Proved | Made:
    """Return the master of *shape*, proved; or a copy that shows what is wrong with the edition."""
    found = _rendered_master(project, order, shape)
    if isinstance(found, Master):
        return _proved_master(project, found, schools)
    if found.why == imprint.FAULTY:
        made = make(project, replace(order.edition, school=schools[0]))
        if has_errors(made.findings):
            return made
    return _Proved(None, tuple(Fallback(school, found.why) for school in schools), ())


def _rendered_master(project: Project, order: Order, shape: CopyShape) -> Master | NotMade:
    """Return the master of *shape*, not proved yet. Raises HandoutError where the engine fails."""
    from handout.editions.imprint.masters import master

    assert order.ready is not None  # or nothing would be asked for
    assert order.pictured is not None
    arrangement = order.arrangement if shape != order.usual else None
    try:
        return master(project, order.edition, shape, order.pictured, order.ready.document, arrangement)
    except HandoutError:
        raise
    except Exception as error:  # whatever the engine trips over: a person needs to know on which sheet
        # A copy fails too, where the line can be told.
        make(project, replace(order.edition, school=order.schools[0]))
        raise engine_failed(project, order.edition, error) from error


@dataclass(frozen=True)
class _Proved:
    """What came of the proof of a master."""

    ready: ReadyMaster | None
    fallbacks: tuple[Fallback, ...]
    findings: tuple[Finding, ...]


def _proved_master(project: Project, master: Master, schools: tuple[School, ...]) -> _Proved:
    """Return *master*, proved by the copy with the longest values, and what was found.

    A school that has a fault of its own is passed over; where one after the other has, the edition is to
    blame.
    """
    from handout.editions.imprint.masters import with_values

    edition = replace(master.edition, school=None)
    of_master = tuple(on_sheet(edition, finding) for finding in master.findings)
    left, fallbacks, refused = list(schools), list[Fallback](), list[Finding]()
    while left:
        (school,) = imprint.longest(left, 1)
        with_one, fallen = with_values(project, master, (school,))
        if fallen:
            fallbacks += fallen
            left.remove(school)
            continue
        (copy,) = copies(project, with_one, None)
        proved = blamed(project, prove(project, replace(copy, findings=master.findings)))
        own = proved.findings[len(master.findings) :]
        errors = [finding for finding in own if finding.severity is Severity.ERROR]
        if not errors or refusal.stops_all(errors):
            findings = (*of_master, *own)
            ready = ReadyMaster(master, schools, proved.figures, _rooms(project, with_one), findings)
            return _Proved(ready, (), (*refused, *findings))
        if len(_lines((*errors, *refused))) > MOST_PASSED_OVER:
            findings = (*refused, *(_of_edition(edition, error) for error in errors))
            return _Proved(None, (), findings)
        refused += errors
        left = [one for one in left if one.place.line not in _lines(errors)]
    return _Proved(None, tuple(fallbacks), tuple(refused))


def _lines(errors: Iterable[Finding]) -> set[int]:
    """Return the rows of the table of schools that *errors* are placed at."""
    return {error.place.line for error in errors}


def _of_edition(edition: Edition, error: Finding) -> Finding:
    """Return *error* at the handout: it is that of one school after the other."""
    what = say(
        "{what}, for the row at {place} and for {most_passed_over} before it",
        what=error.what,
        place=error.place,
        most_passed_over=MOST_PASSED_OVER,
    )
    return replace(error, place=edition.handout.place, what=what)


def _rooms(project: Project, master: Master) -> Rooms:
    from handout.editions.imprint.readback import Reader

    with closing(Reader(project, master)) as reader:
        return reader.rooms(master.copy(master.schools[0]))


def samples(found: MadeMasters, verified: Iterable[VerifiedSample]) -> Iterator[Sample]:
    """Yield the copies from the masters *found* that are to be held against full renderings.

    Those for schools that *verified* has are over. A master needs another where the school of its sample has
    a fault of its own, for then nothing was compared.
    """
    if refusal.stops_all(found.findings):
        return
    over = {one.school_id: one for one in verified if one.of == found.edition.name}
    if len(_failed(found, over.values())) > MOST_PASSED_OVER:
        return
    turn = crc32(found.edition.name.encode())
    compared = {id_ for id_, one in over.items() if one.is_compared and not has_errors(one.findings)}
    for one in _to_sample(found.masters):
        left = [school for school in one.schools if school.id not in over]
        if left and compared.isdisjoint(school.id for school in one.schools):
            yield from (Sample(one.master, school) for school in imprint.longest(left, SAMPLED, turn))


def _to_sample(masters: Iterable[ReadyMaster]) -> Iterator[ReadyMaster]:
    """Yield those of *masters* to be verified, so that each set of open slots and of fonts is in one."""
    fields, fonts = set[tuple[str, ...]](), set[tuple[int, ...]]()
    for one in masters:
        if not one.is_to_verify:
            continue
        shape = one.master.shape
        if shape.fields not in fields or shape.fonts not in fonts or shape.has_logo:
            fields.add(shape.fields)
            fonts.add(shape.fonts)
            yield one


def _failed(found: MadeMasters, verified: Iterable[VerifiedSample]) -> list[VerifiedSample]:
    return [one for one in verified if one.of == found.edition.name and has_errors(one.findings)]


def fault_of_all(found: MadeMasters, verified: Iterable[VerifiedSample]) -> VerifiedSample | None:
    """Return the fault that so many samples of *found* have that the edition is to blame, or None."""
    failed = _failed(found, verified)
    if len(failed) <= MOST_PASSED_OVER:
        return None
    error = next(finding for finding in failed[-1].findings if finding.severity is Severity.ERROR)
    return VerifiedSample(found.edition, (_of_edition(found.edition, error),), is_compared=False)


def verified(project: Project, sample: Sample) -> VerifiedSample:
    """Return in what the copy of *sample* is not a rendering of its own, with the faults of that one."""
    from handout.editions.imprint.compare import differences
    from handout.editions.imprint.masters import with_values

    edition, arrangement = sample.edition, sample.master.arrangement
    ready = prepare(project, edition)
    full = ready if isinstance(ready, Made) else rendered(project, ready, arrangement)
    if has_errors(full.findings):
        return VerifiedSample(edition, blamed(project, full).findings)
    filled_master, fallen = with_values(project, sample.master, (sample.school,))
    if fallen:
        return VerifiedSample(edition, (), is_compared=False)
    (copy,) = copies(project, filled_master, None)
    found = differences(copy.pdf, full.pdf)
    return VerifiedSample(edition, tuple(_differs(copy, difference) for difference in found))


def _differs(copy: Made, difference: Message) -> Finding:
    return Finding(
        copy.document.place,
        say(
            "{name}: the imprinted copy is not as a full rendering: {difference}",
            name=copy.edition.name,
            difference=difference,
        ),
        say("report this with the project; until then take the fields of the school out of slots"),
        rule=Rule.IMPRINT_DIFFERS,
    )


def approved(found: MadeMasters, results: Iterable[VerifiedSample]) -> MadeMasters:
    """Return *found* with the *results* of its samples."""
    own = [one for one in results if one.of == found.edition.name]
    findings = (*found.findings, *(finding for one in own for finding in one.findings))
    ids = {one.school_id for one in own if one.is_compared and not has_errors(one.findings)}
    masters = tuple(
        replace(
            one, compared=tuple(school.id for school in one.schools if school.id in ids), is_verified=True
        )
        if one.is_to_verify
        else one
        for one in found.masters
    )
    return replace(found, masters=masters, findings=findings)


# ---- copies -----------------------------------------------------------------------------------


def batches(
    found: MadeMasters, keys: Mapping[str, str], render_cache: RenderCache | None = None
) -> Iterator[Batch]:
    """Yield the copies that come from the masters *found*, in portions; *keys* are theirs."""
    for one in found.masters:
        for first in range(0, len(one.schools), AT_ONCE):
            schools = one.schools[first : first + AT_ONCE]
            own = {school.id: keys[school.id] for school in schools}
            yield Batch(replace(one, schools=schools), own, _known_values(own.values(), render_cache))


def _known_values(keys: Collection[str], render_cache: RenderCache | None) -> Mapping[str, Type]:
    data = render_cache.find_values(keys) if render_cache and all(keys) else None
    try:
        return packing.unpack_types(data) if data else {}
    except ValueError:
        return {}


def keep_values(batch: Batch, copies: Iterable[Made], render_cache: RenderCache) -> None:
    """Let the next build find the values of *batch*, as they stand on its *copies*."""
    types = {one.edition.school.id: one.values for one in copies if one.values and one.edition.school}
    if types.keys() == batch.keys.keys() and not batch.known and all(batch.keys.values()):
        render_cache.keep_values(batch.keys.values(), packing.pack_types(types))


def rest(found: MadeMasters) -> tuple[Edition, ...]:
    """Return the editions of the schools that no master of *found* serves; none where all have one fault."""
    if refusal.stops_all(found.findings):
        return ()
    return tuple(replace(found.edition, school=fallback.school) for fallback in found.fallbacks)


def filled(project: Project, batch: Batch, writer: StagingWriter | None = None) -> tuple[Made, ...]:
    """Return the copies of *batch*, each with its print sheets, and proved in what is its own.

    One whose values do not go on the master is rendered in full. Their files are staged by *writer* one by
    one, but for those of a copy with findings: the report shows it. Raises EnvironmentFault as the machine
    does.
    """
    from handout.editions.imprint.masters import with_values

    master, fallen = with_values(project, batch.master, batch.ready.schools, batch.known)
    made = (*(_in_full(project, master, fallback) for fallback in fallen), *proved(project, batch, master))
    return tuple(_staged(copy, writer) if writer and not copy.findings else copy for copy in made)


def proved(project: Project, batch: Batch, master: Master) -> Iterator[Made]:
    """Yield the copies of *batch* from *master*, which has their values, with what is wrong with each."""
    from handout.editions.imprint.readback import Reader

    if not master.schools:
        return
    with closing(Reader(project, master)) as reader:
        for copy in copies(project, master, batch.ready.figures):
            yield _proved(project, batch, completed(project, copy), reader)


def _in_full(project: Project, master: Master, fallback: Fallback) -> Made:
    made = make(project, replace(master.edition, school=fallback.school))
    return replace(blamed(project, made), why_in_full=fallback.why)


def _staged(copy: Made, writer: StagingWriter) -> Made:
    return replace(copy, files=tuple(file.put(writer) for file in copy.files))


def _proved(project: Project, batch: Batch, copy: Made, reader: Reader) -> Made:
    """Return *copy* with what is wrong with what it has of its own."""
    school = copy.edition.school
    assert school is not None  # or it were no copy
    found = [_wrong(copy, school, fault) for fault in reader.faults(copy.pdf, school, batch.ready.rooms)]
    if copy.document.qr != batch.master.document.qr:  # else it is the code that was read on the master
        found += (at_row(school, on_sheet(copy.edition, finding)) for finding in _of_code(project, copy))
    found += (at_row(school, finding) for finding in found_beside(project, copy))
    key = batch.keys.get(school.id, "")
    return replace(copy, findings=(*copy.findings, *found), is_kept=batch.ready.is_kept, key=key)


def _of_code(project: Project, copy: Made) -> tuple[Finding, ...]:
    from handout import proof
    from handout.editions import expectations

    return proof.inspect_codes(copy.pdf, copy.document, expectations.of(project, copy.document))


def _wrong(copy: Made, school: School, fault: Message) -> Finding:
    return Finding(
        school.place,
        say("{name}: in the finished copy {fault}", name=copy.edition.name, fault=fault),
        say("build it again with --force; if it stays so, report it with the project"),
        rule=Rule.COPY_WRONG,
    )


def copies(project: Project, master: Master, figures: InkFigures | None) -> Iterator[Made]:
    """Yield the copies of *master* for the schools whose values are set, as they leave the press."""
    shared = resolve.without_school(project, master.document)
    for school in master.schools:
        edition = replace(master.edition, school=school)
        yield Made(
            edition,
            resolve.for_school(project, shared, edition),
            (piece(edition.output_path, master.copy(school), master.page_count),),
            (),
            master.setting,
            figures=figures,
            is_copy=True,
            values=master.types[school.id],
            regions=master.regions,
        )


# ---- kept for a later build -------------------------------------------------------------------


def pack(one: ReadyMaster) -> bytes:
    """Return the master *one* as bytes: a line of what was found, then the master, without its schools."""
    head = {
        "findings": [row_of(finding) for finding in one.findings],
        "figures": list(vars(one.figures).values()) if one.figures else None,
        "rooms": one.rooms,
        "compared": one.compared,
        "is_verified": one.is_verified,
    }
    return json.dumps(head).encode() + b"\n" + packing.pack(one.master)


def unpack(
    project: Project, ready: Ready, shape: CopyShape, data: bytes, schools: tuple[School, ...]
) -> ReadyMaster | None:
    """Return the master that `pack` made *data* of, for *schools*; None for other bytes.

    *ready* is its edition, without a school.
    """
    line, _, packed = data.partition(b"\n")
    try:
        head = json.loads(line)
        return ReadyMaster(
            packing.unpack(project, ready.edition, ready.document, shape, packed) if schools else None,
            schools,
            figures_of(head["figures"]),
            tuple(tuple(room) if room else None for room in head["rooms"]),
            tuple(finding_of(row) for row in head["findings"]),
            tuple(head["compared"]),
            is_verified=head["is_verified"] is True,
            is_kept=True,
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None
