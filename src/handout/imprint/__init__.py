"""Imprint: an edition is rendered once, and its slots are filled for each school in the finished PDF.

Printers call so what they add to a ready brochure: the name and address of a dealer. The schools that have
the same fields share a *plate*: one rendering, with every value set by the page engine in the type that it
has in its slot. A copy takes those lines over; nothing on the page moves, for a slot has a fixed size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from handout import compose, resolve
from handout.composing.slots import Setter, field_of, slots_of
from handout.engine import render
from handout.engine.promise import Promise
from handout.engine.slots import Line, Slot, Value
from handout.errors import Finding, has_errors
from handout.imprint import grounds
from handout.imprint.compare import differences
from handout.imprint.forme import Forme, UnsuitableError, locked
from handout.model import Document, School, SchoolField, Setting
from handout.plan import Edition
from handout.project import Project, primary_language

__all__ = ["Fallback", "Imprint", "Plate", "copies", "differences", "longest", "plates"]

LEAST_SCHOOLS = 2
"""A plate takes as long as a copy that is rendered in full, and a little more."""
FAULTY = "the edition has faults, which a full rendering reports"
SAME_PLACE_PX = 1e-4
"""Places are written with six decimals."""

_Type = tuple[tuple[Line, ...], ...]
"""The values of one school, set: one for each slot that stands on the pages."""


@dataclass(frozen=True)
class Plate:
    """An edition, rendered once for the schools that have the same fields. Picklable."""

    edition: Edition
    """For the school with the longest values: its copy is the rendering itself."""
    document: Document
    findings: tuple[Finding, ...]
    """What the rendering says of all copies."""
    page_count: int
    setting: Setting | None
    schools: tuple[School, ...]
    _forme: Forme
    _types: Mapping[str, _Type]

    def copy(self, school: School) -> bytes:
        """Return the copy for *school*, one of `schools`: a tagged PDF, as a full rendering would be.

        The same plate gives the same bytes. Which letters its fonts hold comes from all schools of the plate:
        with another school beside it the bytes of a copy change, and nothing that can be seen or heard.
        Performs no I/O. Raises KeyError for another school.
        """
        return self._forme.filled(self._types[school.id])


@dataclass(frozen=True)
class Fallback:
    """A school whose copy must be rendered in full."""

    school: School
    why: str
    """As the end of "rendered in full, for …"."""


@dataclass(frozen=True)
class Imprint:
    """How the copies of an edition are made."""

    plates: tuple[Plate, ...]
    fallbacks: tuple[Fallback, ...]
    """The schools that are on no plate."""


def copies(plate: Plate) -> Iterator[tuple[School, bytes]]:
    """Yield the copy of each school of *plate*, one at a time, in the order of its schools."""
    for school in plate.schools:
        yield school, plate.copy(school)


def longest(plate: Plate, count: int) -> tuple[School, ...]:
    """Return *count* schools of *plate*, or all: for each slot the one with the longest value, then others.

    These are the copies to hold against full renderings: what goes wrong, goes wrong there first.
    """
    by_field = [max(plate.schools, key=lambda one: len(one.value(field) or "")) for field in SchoolField]
    return tuple(dict.fromkeys((*by_field, *plate.schools)))[:count]


def plates(project: Project, edition: Edition, schools: Sequence[School]) -> Imprint:
    """Return how copies of *edition* for *schools* are made: plates, and who needs a full rendering, and why.

    *edition* is that without a school, or for any. A value that does not fit its slot, that needs another
    font or direction or has a letter that we lack makes its school fall back; so does a text or template that
    uses the school outside a slot. Give all schools of the project to have the same bytes in each run.
    """
    if (why := grounds.of_edition(project, edition)) is not None:
        return _all_fall_back(schools, why)
    declared = slots_of(project.settings.formats, edition.format)
    whys = {school.id: grounds.of_school(school, declared) for school in schools}
    made: list[Plate] = []
    fallbacks = [Fallback(school, why) for school in schools if (why := whys[school.id]) is not None]
    fields = {field_of(name, slot) for name, slot in declared.items()}
    for alike in _by_shape([school for school in schools if whys[school.id] is None], fields):
        found = _imprint(project, edition, alike)
        made += found.plates
        fallbacks += found.fallbacks
    return Imprint(tuple(made), tuple(fallbacks))


def _all_fall_back(schools: Iterable[School], why: str) -> Imprint:
    return Imprint((), tuple(Fallback(school, why) for school in schools))


def _by_shape(schools: Iterable[School], fields: Iterable[SchoolField]) -> list[tuple[School, ...]]:
    """Return *schools* in groups that have the same of *fields*: the others are lines to write on."""
    groups: dict[tuple[bool, ...], tuple[School, ...]] = {}
    ordered = sorted(fields)
    for school in schools:
        shape = tuple(school.value(field) is not None for field in ordered)
        groups[shape] = (*groups.get(shape, ()), school)
    return list(groups.values())


# ---- one plate --------------------------------------------------------------------------------


def _imprint(project: Project, edition: Edition, schools: tuple[School, ...]) -> Imprint:
    """Return the plate of *schools*, which have the same fields, and those whose values do not go on it."""
    if len(schools) < LEAST_SCHOOLS:
        return _all_fall_back(schools, "no other school has the same fields")
    # The fullest first: what a style sheet does to letters and their pairs shows best in many of them.
    ordered = sorted(schools, key=_fullness, reverse=True)
    edition = replace(edition, school=ordered[0])
    document, found = resolve.document(project, edition)
    html, faults = compose.html(document, project) if not has_errors(found) else ("", ())
    if has_errors((*found, *faults)):
        return _all_fall_back(schools, FAULTY)
    values = _values(project, document, html, ordered)
    cut = render.cut(html, document.pictures, document.place, _promise(project, document), values.all)
    if (why := _of_cut(cut, values)) is not None:
        return _all_fall_back(schools, why)
    types, fallbacks = _types(cut, values, ordered)
    try:
        forme = locked(cut.piece.pdf, cut.slots, _most_lines(types.values(), cut.slots))
    except UnsuitableError:
        return _all_fall_back(schools, "a slot has more in it than lines of text")
    findings, piece = (*found, *faults, *cut.piece.findings), cut.piece
    on_plate = tuple(school for school in schools if school.id in types)
    plate = Plate(edition, document, findings, piece.page_count, piece.setting, on_plate, forme, types)
    return Imprint((plate,) if on_plate else (), fallbacks)


def _fullness(school: School) -> int:
    return sum(len(school.value(field) or "") for field in SchoolField)


def _promise(project: Project, document: Document) -> Promise:
    format_ = project.settings.formats[document.format]
    return Promise(document.page_budget, format_.least_scale, format_.most_air)


def _most_lines(types: Iterable[_Type], slots: Sequence[Slot]) -> list[int]:
    """Return how many lines the values of *types* have at most in each of *slots*."""
    most = [len(slot.lines) for slot in slots]
    for values in types:
        most = [max(lines, len(value)) for lines, value in zip(most, values, strict=True)]
    return most


@dataclass(frozen=True)
class _Values:
    """The values of the schools of a plate, each once."""

    all: tuple[Value, ...]
    numbers: Mapping[tuple[str, str], int]
    """Which of them it is, by school and slot."""


def _values(project: Project, document: Document, html: str, schools: Sequence[School]) -> _Values:
    """Return the values of *schools* for the slots of *html*, the piece for the first of them."""
    declared = slots_of(project.settings.formats, document.format)
    words = project.strings[primary_language(document.language)]
    names = dict.fromkeys(re.findall(r'data-slot="([^"]+)"', html))
    filled = [name for name in names if schools[0].value(field_of(name, declared.get(name))) is not None]
    found: dict[Value, int] = {}
    numbers = {}
    for school in schools:
        # One place for all: then the same value of two schools is set once.
        own = replace(school, place=schools[0].place)
        setter = Setter(document.format, declared, own, words, _grounds_have_told)
        for name in filled:
            value = Value(name, str(setter.slot(name)))
            numbers[school.id, name] = found.setdefault(value, len(found))
    return _Values(tuple(found), numbers)


def _grounds_have_told(finding: Finding) -> None:
    """A value that is too long has fallen back before, and a full rendering reports it."""


# ---- from set values to the type of a school --------------------------------------------------


_ONE_FONT = re.compile(rb"(/\S+) \S+ Tf\n\[[^\]]*\] TJ")


def _font(line: Line) -> bytes | None:
    """Return the font of *line*; None where it is set in several, or has letters above the others."""
    match = _ONE_FONT.fullmatch(line.type)
    return match[1] if match else None


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
        if [line.type for line in first] != [line.type for line in slot.lines] or not _is_moved(slot, first):
            return f"a style sheet gives the slot '{slot.name}' another look by what stands around it"
    return None


def _number_of_first(values: _Values, slot: Slot) -> int:
    """Return which of *values* stands in *slot* on the plate: that of the first school."""
    return next(number for (_, name), number in values.numbers.items() if name == slot.name)


def _is_moved(slot: Slot, lines: Sequence[Line]) -> bool:
    """Tell whether *lines*, as a whole, are the lines of *slot* at another place."""
    moved = _moved(lines, _distance(slot, lines))
    apart_px = [
        side
        for own, line in zip(slot.lines, moved, strict=True)
        for side in (abs(own.x_px - line.x_px), abs(own.y_px - line.y_px))
    ]
    return max(apart_px) < SAME_PLACE_PX


def _distance(slot: Slot, lines: Sequence[Line]) -> tuple[float, float]:
    return slot.lines[0].x_px - lines[0].x_px, slot.lines[0].y_px - lines[0].y_px


def _types(
    cut: render.Cut, values: _Values, schools: Sequence[School]
) -> tuple[dict[str, _Type], tuple[Fallback, ...]]:
    """Return for each school its values in the places of the slots, and whose values need several fonts."""
    types: dict[str, _Type] = {}
    fallbacks = []
    moves = [_distance(slot, cut.values[_number_of_first(values, slot)]) for slot in cut.slots]
    for school in schools:
        own = [cut.values[values.numbers[school.id, slot.name]] for slot in cut.slots]
        if all(_is_alike(slot, lines) for slot, lines in zip(cut.slots, own, strict=True)):
            types[school.id] = tuple(_moved(lines, move) for lines, move in zip(own, moves, strict=True))
        else:
            fallbacks.append(Fallback(school, "a value needs another font than its slot"))
    return types, tuple(fallbacks)


def _is_alike(slot: Slot, lines: Sequence[Line]) -> bool:
    """Tell whether *lines* are in the font of *slot*, and in no other."""
    return bool(lines) and {_font(line) for line in lines} == {_font(slot.lines[0])} - {None}


def _moved(lines: Iterable[Line], move: tuple[float, float]) -> tuple[Line, ...]:
    right_px, down_px = move
    return tuple(replace(line, x_px=line.x_px + right_px, y_px=line.y_px + down_px) for line in lines)
