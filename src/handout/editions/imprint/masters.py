"""Make masters: render an edition once, with the values of all its schools set beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from handout.document import resolve
from handout.editions import sheet_code
from handout.editions.imprint import FAULTY, LEAST_SCHOOLS, Fallback, Imprint, Master, Type, columns, grounds
from handout.editions.imprint.prepared_master import UnsuitableError, locked
from handout.model.document import Document, PictureFile, QrTarget
from handout.model.findings import Finding, has_errors
from handout.model.school import LOGO_COLUMN, School
from handout.model.text import runs_to_the_left
from handout.paper.compose import page
from handout.paper.compose.slots import Setter, field_of, values_of
from handout.paper.engine import render
from handout.paper.engine.constraints import PageConstraints
from handout.paper.engine.slots import ADDRESS_SLOT, QR_SLOT, FilledSlot, Set, SetLine, SetPicture, Value
from handout.project.plan import Edition
from handout.project.project import Project, primary_language
from handout.project.settings import Slot, slots_of

SAME_PLACE_PX = 1e-4
"""Places are written with six decimals."""


def masters(
    project: Project, edition: Edition, schools: Sequence[School], general: Document | None = None
) -> Imprint:
    """Return how copies of *edition* for *schools* are made: masters, and who needs a full rendering, and
    why.

    *edition* is that without a school, or for any. A value that does not fit its slot, that needs another
    font or direction or has a letter that we lack makes its school fall back; so does a text or template that
    uses the school outside a slot. *general* is *edition* without a school, resolved, where that is done:
    its code is that of all copies. Give all schools of the project to have the same bytes in each run.
    """
    if (why := grounds.of_edition(project, edition)) is not None:
        return _all_fall_back(schools, why)
    declared = slots_of(project.settings.formats, edition.format)
    words = project.strings[primary_language(edition.language)]
    logos = _logos(project, edition, schools)
    whys = {
        school.id: grounds.of_code(project, edition, school)
        or grounds.of_school(school, declared, words)
        or grounds.of_logo(logos.get(school.logo or ""))
        for school in schools
    }
    made: list[Master] = []
    fallbacks = [Fallback(school, why) for school in schools if (why := whys[school.id]) is not None]
    fields = {field_of(name, slot) for name, slot in declared.items()}
    on_masters = [school for school in schools if whys[school.id] is None]
    logos = {path: logos[path] for school in on_masters if (path := school.logo or "") in logos}
    for alike in _by_shape(on_masters, fields, logos):
        found = _imprint(project, edition, alike, logos, general)
        made += found.masters
        fallbacks += found.fallbacks
    return Imprint(tuple(made), tuple(fallbacks))


def _all_fall_back(schools: Iterable[School], why: str) -> Imprint:
    return Imprint((), tuple(Fallback(school, why) for school in schools))


def _logos(project: Project, edition: Edition, schools: Iterable[School]) -> Mapping[str, PictureFile]:
    """Return the logos that the copies of *edition* show, by path."""
    found: dict[str, PictureFile] = {}
    for school in schools:
        if school.logo not in found:
            found |= resolve.logo(project, replace(edition, school=school))
    return found


def _by_shape(
    schools: Iterable[School], fields: Iterable[str], logos: Mapping[str, PictureFile]
) -> list[tuple[School, ...]]:
    """Return *schools* in groups that have the same of *fields*: the others are lines to write on.

    Those with one of *logos* are apart from those without: where it is missing a pictogram may stand.
    """
    groups: dict[tuple[bool, ...], tuple[School, ...]] = {}
    ordered = sorted(fields)
    for school in schools:
        shape = (school.logo in logos, *(school.value(field) is not None for field in ordered))
        groups[shape] = (*groups.get(shape, ()), school)
    return list(groups.values())


# ---- one master --------------------------------------------------------------------------------


def _imprint(
    project: Project,
    edition: Edition,
    schools: tuple[School, ...],
    logos: Mapping[str, PictureFile],
    general: Document | None,
) -> Imprint:
    """Return the master of *schools*, which have the same fields, and those whose values do not go on it.

    The first of those is the school that the master was rendered for, where that has faults.
    """
    if len(schools) < LEAST_SCHOOLS:
        return _all_fall_back(schools, "no other school has the same fields")
    # The fullest first: what a style sheet does to letters and their pairs shows best in many of them.
    ordered = sorted(schools, key=_fullness, reverse=True)
    edition = replace(edition, school=ordered[0])
    document, found = sheet_code.document(project, edition, general)
    html, faults = page.html(document, project) if not has_errors(found) else ("", ())
    if has_errors((*found, *faults)):
        return _all_fall_back(ordered, FAULTY)
    targets = _targets(project, edition, ordered)
    if (why := _of_targets(project, document, html, targets)) is not None:
        return _all_fall_back(schools, why)
    shown = replace(document, pictures={**document.pictures, **logos})
    values = _values(project, shown, html, ordered, targets)
    cut = render.cut(html, shown.pictures, document.place, _promise(project, document), values.all)
    if (why := _of_cut(cut, values)) is not None:
        return _all_fall_back(ordered, why)
    if targets and QR_SLOT not in {slot.name for slot in cut.slots}:
        return _all_fall_back(schools, "its code leads to an address of its own, and the page shows no code")
    types, fallbacks = _types(cut, values, ordered, targets)
    try:
        prepared = locked(cut.piece.pdf, cut.slots, _most_lines(types.values(), cut.slots), cut.pictures)
    except UnsuitableError:
        return _all_fall_back(schools, "a slot has more in it than lines of text")
    findings, piece = (*found, *faults, *cut.piece.findings), cut.piece
    on_master = tuple(school for school in schools if school.id in types)
    slots = tuple(slot.name for slot in cut.slots)
    master = Master(
        edition, document, findings, piece.page_count, piece.arrangement, on_master, slots, prepared, types
    )
    return Imprint((master,) if on_master else (), fallbacks)


def _targets(project: Project, edition: Edition, schools: Iterable[School]) -> Mapping[str, QrTarget]:
    """Return where the code leads for each of *schools*; nothing where that is the same for all."""
    found = {school.id: resolve.qr_target(project, replace(edition, school=school)) for school in schools}
    return {name: one for name, one in found.items() if one} if len(set(found.values())) > 1 else {}


def _of_targets(
    project: Project, document: Document, html: str, targets: Mapping[str, QrTarget]
) -> str | None:
    """Return why the codes of *html*, the piece *document*, cannot lead to all of *targets*, or None."""
    other = next((target for target in targets.values() if target != document.qr), document.qr)
    return grounds.of_html(html, page.html(replace(document, qr=other), project)[0]) if targets else None


def _fullness(school: School) -> int:
    return sum(len(school.value(column) or "") for column in columns([school]))


def _promise(project: Project, document: Document) -> PageConstraints:
    format_ = project.settings.formats[document.format]
    return PageConstraints(
        document.page_budget,
        format_.least_scale,
        format_.most_air,
        format_.width_mm * format_.height_mm / 100,
    )


def _most_lines(types: Iterable[Type], slots: Sequence[FilledSlot]) -> list[int]:
    """Return how many lines the values of *types* have at most in each of *slots*."""
    most = [_line_count(slot.content) for slot in slots]
    for values in types:
        most = [max(lines, _line_count(value)) for lines, value in zip(most, values, strict=True)]
    return most


def _line_count(value: Set) -> int:
    return 0 if isinstance(value, SetPicture) else len(value)


@dataclass(frozen=True)
class _Values:
    """The values of the schools of a master, each once."""

    all: tuple[Value, ...]
    numbers: Mapping[tuple[str, str], int]
    """Which of them it is, by school and slot."""
    said: Mapping[tuple[str, str], tuple[str, ...]]
    """What its lines say, by school and slot, where they are stored in the order of the eye."""


def _values(
    project: Project,
    document: Document,
    html: str,
    schools: Sequence[School],
    targets: Mapping[str, QrTarget],
) -> _Values:
    """Return the values of *schools* for the slots of *html*, the piece for the first of them."""
    declared = slots_of(project.settings.formats, document.format)
    first = schools[0]
    filled = _filled_slots(html, first, declared, has_own_codes=bool(targets))
    found: dict[Value, int] = {}
    numbers, said = {}, {}
    words = project.strings[primary_language(document.language)]
    setter = page.setter(document, project, _grounds_have_told)
    for school in schools:
        # One place for all: then the same value of two schools is set once.
        own = replace(school, place=first.place, cells=first.cells)
        of_own = replace(document, school=own, qr=targets.get(school.id, document.qr))
        sets = replace(setter, school=own)
        for name in filled:
            value = Value(name, str(_value(name, of_own, project, sets)))
            numbers[school.id, name] = found.setdefault(value, len(found))
        for name, set_ in values_of(own, declared, words).items():
            said[school.id, name] = tuple(line if runs_to_the_left(line) else "" for line in set_.lines)
    return _Values(tuple(found), numbers, said)


# In the markup of the page a slot is `data-slot="room"`; `paper.engine.stacks` shows all of it. Set by the
# engine, and read from its page by `paper.engine.cutter`, a value is bytes:
#
#     SetLine(x_px=30.746457, y_px=127.555433, type=b"/QSKXXJ 25.333008 Tf\n[<0069>37<> … <022b>0] TJ")
#
# The engine names a font by a hash of its description (`Font` in weasyprint/pdf/fonts.py), so that it has the
# same name on every page, and `_look` can compare these bytes.
def _filled_slots(
    html: str, first: School, declared: Mapping[str, Slot], *, has_own_codes: bool
) -> list[str]:
    """Return the slots of *html* that hold what changes with the school, in the order of the page.

    All schools of a master have the fields that *first* has: in the other slots is a line to write on.
    """

    def is_filled(name: str) -> bool:
        if name in (QR_SLOT, ADDRESS_SLOT):
            return has_own_codes
        return name == LOGO_COLUMN or first.value(field_of(name, declared.get(name))) is not None

    return [name for name in dict.fromkeys(re.findall(r'data-slot="([^"]+)"', html)) if is_filled(name)]


def _value(name: str, document: Document, project: Project, setter: Setter) -> Markup:
    """Return the slot *name* of *document* with what stands in it."""
    if name == QR_SLOT:
        return page.qr_code(document, project)
    if name == ADDRESS_SLOT:
        return page.qr_address(document, project)
    return setter.slot(name)


def _grounds_have_told(finding: Finding) -> None:
    """A value that is too long has fallen back before, and a full rendering reports it."""


# ---- from set values to the type of a school --------------------------------------------------


def _of_cut(cut: render.Cut, values: _Values) -> str | None:
    """Return why the slots of *cut* cannot take other values, or None.

    The value in a slot and the same one set for it must be alike: else a style sheet dresses the slot by what
    stands around it, and that is missing where values are set.
    """
    if has_errors(cut.piece.findings):
        return FAULTY
    if cut.uncut:
        return f"the slot '{cut.uncut[0]}' stands in a drawing of its own, or its text has a line under it"
    for slot in cut.slots:
        first = cut.values[_number_of_first(values, slot)]
        if _look(first) != _look(slot.content) or not _is_moved(slot.content, first):
            return f"a style sheet gives the slot '{slot.name}' another look by what stands around it"
    return None


def _number_of_first(values: _Values, slot: FilledSlot) -> int:
    """Return which of *values* stands in *slot* on the master: that of the first school."""
    return next(number for (_, name), number in values.numbers.items() if name == slot.name)


def _look(value: Set) -> object:
    """Return how *value* looks, wherever it stands."""
    return (value.outline, value.alt) if isinstance(value, SetPicture) else [line.type for line in value]


def _is_moved(value: Set, other: Set) -> bool:
    """Tell whether *other*, as a whole, is *value* at another place."""
    moved = _moved(other, _distance(value, other))
    apart_px = [
        side
        for own, one in zip(_parts(value), _parts(moved), strict=True)
        for side in (abs(own.x_px - one.x_px), abs(own.y_px - one.y_px))
    ]
    return max(apart_px) < SAME_PLACE_PX


def _parts(value: Set) -> tuple[SetLine | SetPicture, ...]:
    return (value,) if isinstance(value, SetPicture) else value


def _distance(value: Set, other: Set) -> tuple[float, float]:
    one, first = _parts(value)[0], _parts(other)[0]
    return one.x_px - first.x_px, one.y_px - first.y_px


def _types(
    cut: render.Cut, values: _Values, schools: Sequence[School], targets: Mapping[str, QrTarget]
) -> tuple[dict[str, Type], tuple[Fallback, ...]]:
    """Return for each school its values in the places of the slots, and whose values do not go there."""
    types: dict[str, Type] = {}
    fallbacks = []
    moves = [_distance(slot.content, cut.values[_number_of_first(values, slot)]) for slot in cut.slots]
    for school in schools:
        own = [_set_for(school.id, slot.name, cut, values, targets.get(school.id)) for slot in cut.slots]
        whys = [_why_not(slot, value) for slot, value in zip(cut.slots, own, strict=True)]
        if (why := next(filter(None, whys), None)) is not None:
            fallbacks.append(Fallback(school, why))
        else:
            types[school.id] = tuple(_moved(value, move) for value, move in zip(own, moves, strict=True))
    return types, tuple(fallbacks)


def _set_for(school_id: str, name: str, cut: render.Cut, values: _Values, target: QrTarget | None) -> Set:
    """Return what the school has in the slot *name*, as it was set; *target* is where its own code leads."""
    value = cut.values[values.numbers[school_id, name]]
    return _leading(name, _saying(value, values.said.get((school_id, name))), target)


def _saying(value: Set, said: Sequence[str] | None) -> Set:
    """Return *value*, each of whose lines says what *said* has for it."""
    if isinstance(value, SetPicture) or not value or said is None:
        return value
    return tuple(replace(line, said=words) for line, words in zip(value, said, strict=True))


def _leading(name: str, value: Set, target: QrTarget | None) -> Set:
    """Return *value* of the slot *name*; with where it leads, if it is a code of the school's own."""
    if name == QR_SLOT and isinstance(value, SetPicture) and target is not None:
        return replace(value, url=target.url)
    return value


def _why_not(slot: FilledSlot, value: Set) -> str | None:
    """Return why *value* cannot stand in *slot*, or None."""
    if isinstance(slot.content, SetPicture) != isinstance(value, SetPicture):
        return f"its {slot.name} is drawn as no other"
    return None if value else f"its {slot.name} has more in it than lines of letters"


def _moved(value: Set, move: tuple[float, float]) -> Set:
    right_px, down_px = move
    if isinstance(value, SetPicture):
        return replace(value, x_px=value.x_px + right_px, y_px=value.y_px + down_px)
    return tuple(replace(line, x_px=line.x_px + right_px, y_px=line.y_px + down_px) for line in value)
