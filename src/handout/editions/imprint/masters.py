"""Make masters, each of one rendering, and set the values of schools for them.

A master knows no school of the table but by what its copies have in common, their `CopyShape`: it is rendered
with examples, and its fonts hold all letters that they have. So a row that changes changes its own copies
alone. Pictures are the exception: those of all schools, logos and codes, stand in the master, each once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from itertools import chain
from typing import Any

import pikepdf

from handout.document import resolve
from handout.editions import sheet_code
from handout.editions.imprint import FAULTY, CopyShape, Fallback, Master, Type, grounds
from handout.editions.imprint.prepared_master import UnsuitableError, locked
from handout.editions.imprint.readback import says
from handout.editions.single import constraints_of
from handout.model.document import Document, PictureFile, QrTarget
from handout.model.findings import Finding, Place, has_errors
from handout.model.messages import Message, say
from handout.model.school import LOGO_COLUMN, School, SchoolField
from handout.model.text import runs_to_the_left
from handout.paper.compose import page
from handout.paper.compose.slots import (
    Setter,
    example,
    field_of,
    fonts_behind,
    joined,
    letters_in,
    most_lines,
    printed,
    printed_values,
    repertoire,
    values_of,
)
from handout.paper.engine import render
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.slots import ADDRESS_SLOT, QR_SLOT, Set, SetLine, SetPicture, Value
from handout.project.plan import Edition
from handout.project.project import Project, primary_language
from handout.project.settings import Slot, slots_of
from handout.proof.font_file import read_as, unicode_table

SAME_PLACE_PX = 1e-4
"""Places are written with six decimals."""
PICTURES = (LOGO_COLUMN, QR_SLOT)
"""The slots with a picture in them."""


# ---- who shares a master -----------------------------------------------------------------------


@dataclass(frozen=True)
class Groups:
    """Schools by the master that serves them."""

    by_shape: Mapping[CopyShape, tuple[School, ...]]
    fallbacks: tuple[Fallback, ...]
    """Those that no master serves."""
    pictured: Pictured


@dataclass(frozen=True)
class Pictured:
    """The schools of the table whose copies of an edition show a picture of their own, a logo or a code."""

    logos: Mapping[str, PictureFile]
    """By path."""
    targets: Mapping[str, QrTarget]
    """Where the codes lead, by the id of the school; nothing where that is the same for all."""
    schools: tuple[School, ...]

    def alike(self, school: School) -> tuple[School, ...]:
        """Return those that stand on one master with *school*: with a logo as it has one, or without."""
        has_logo = school.logo in self.logos
        if not has_logo and not self.targets:
            return ()
        return tuple(one for one in self.schools if (one.logo in self.logos) == has_logo)


def grouped(project: Project, edition: Edition, schools: Sequence[School], table: Sequence[School]) -> Groups:
    """Return *schools*, some of *table*, all of the project, by the masters of *edition* that serve them.

    A value that does not fit its slot, or has a letter that we lack, makes its school fall back; so does a
    text or template that uses the school outside a slot.
    """
    if (why := grounds.of_edition(project, edition)) is not None:
        return Groups({}, tuple(Fallback(school, why) for school in schools), Pictured({}, {}, ()))
    declared = slots_of(project.settings.formats, edition.format)
    words = project.strings[primary_language(edition.language)]
    in_slots = _reader(tuple(declared.items()), tuple(words.items()))
    pictured, unfit = _pictured(project, edition, table)
    sums: dict[bool, str] = {}
    fallbacks: list[Fallback] = []
    groups: dict[CopyShape, list[School]] = {}
    for school in schools:
        own = in_slots(school)
        why = grounds.of_code(project, edition, school) or own.why or unfit.get(school.logo or "")
        if why is not None:
            fallbacks.append(Fallback(school, why))
            continue
        has_logo = school.logo in pictured.logos
        if has_logo not in sums:
            sums[has_logo] = _sum_of(pictured, school)
        shape = CopyShape(own.given, own.fonts, has_logo, sums[has_logo])
        groups.setdefault(shape, []).append(school)
    return Groups({shape: tuple(own) for shape, own in groups.items()}, tuple(fallbacks), pictured)


def _pictured(
    project: Project, edition: Edition, table: Sequence[School]
) -> tuple[Pictured, Mapping[str, Message]]:
    """Return who of *table* has a picture of its own, and which logos cannot be put on a master, and why."""
    logos = _logos(project, edition, table)
    unfit = {path: why for path, file in logos.items() if (why := grounds.of_logo(file)) is not None}
    logos = {path: file for path, file in logos.items() if path not in unfit}
    targets = _targets(project, edition, table)
    schools = tuple(
        school
        for school in table
        if (school.logo in logos or school.id in targets) and school.logo not in unfit
    )
    fit = tuple(school for school in schools if grounds.of_code(project, edition, school) is None)
    return Pictured(logos, targets, fit), unfit


def _logos(project: Project, edition: Edition, table: Iterable[School]) -> dict[str, PictureFile]:
    """Return the logos that the copies of *edition* show, by path."""
    found: dict[str, PictureFile] = {}
    for school in table:
        if school.logo is not None and school.logo not in found:
            found |= resolve.logo(project, replace(edition, school=school))
    return found


def _targets(project: Project, edition: Edition, table: Iterable[School]) -> Mapping[str, QrTarget]:
    """Return where the code leads for each of *table*; nothing where that is the same for all."""
    if edition.handout.qr not in project.settings.links.columns:
        return {}
    found = {school.id: resolve.qr_target(project, replace(edition, school=school)) for school in table}
    return {name: one for name, one in found.items() if one} if len(set(found.values())) > 1 else {}


def _sum_of(pictured: Pictured, school: School) -> str:
    """Return what stands for the pictures on the master of *school*; nothing where there are none."""
    parts = [
        f"{one.id} {hashlib.sha256(logo.data).hexdigest() if logo else ''} {pictured.targets.get(one.id)!r}"
        for one in pictured.alike(school)
        for logo in (pictured.logos.get(one.logo or ""),)
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16] if parts else ""


@dataclass(frozen=True)
class _InSlots:
    """How the row of a school stands in the slots of a format."""

    why: Message | None
    """Why it cannot; None: it can."""
    given: tuple[str, ...]
    fonts: tuple[int, ...]


MOST_READERS = 32
MOST_ROWS = 4096
"""Held for each format and language: a city has some hundreds of schools."""


@lru_cache(MOST_READERS)
def _reader(
    slots: tuple[tuple[str, Slot], ...], words: tuple[tuple[str, str], ...]
) -> Callable[[School], _InSlots]:
    """Return what tells how a school stands in *slots*: all handouts of a format ask that of each row."""
    declared, words_by_name = dict(slots), dict(words)

    @lru_cache(MOST_ROWS)
    def in_slots(school: School) -> _InSlots:
        return _InSlots(
            grounds.of_school(school, declared, words_by_name),
            _given(school, declared),
            _fonts_behind(school, declared, words_by_name),
        )

    return in_slots


def _given(school: School, declared: Mapping[str, Slot]) -> tuple[str, ...]:
    """Return the fields of the slots that *school* has: the others are lines to write on."""
    fields = {field_of(name, slot) for name, slot in declared.items()}
    return tuple(sorted(field for field in fields if school.value(field) is not None))


def _fonts_behind(school: School, declared: Mapping[str, Slot], words: Mapping[str, str]) -> tuple[int, ...]:
    values = printed_values(school, declared, words).items()
    return tuple(sorted({font for name, value in values for font in fonts_behind(value, declared[name])}))


# ---- one master --------------------------------------------------------------------------------


@dataclass(frozen=True)
class NotMade:
    """Why there is no master."""

    why: Message


def usual_shape(project: Project, edition: Edition, pictured: Pictured) -> CopyShape | None:
    """Return the shape whose master tells how those of all others are arranged; None: each for itself.

    It is the same whatever schools there are, so that the others are too.
    """
    if pictured.targets:
        return None
    declared = slots_of(project.settings.formats, edition.format)
    return CopyShape(tuple(sorted({field_of(name, slot) for name, slot in declared.items()})))


def master(
    project: Project,
    edition: Edition,
    shape: CopyShape,
    pictured: Pictured,
    general: Document | None = None,
    arrangement: Arrangement | None = None,
) -> Master | NotMade:
    """Return the master of *edition* for copies of *shape*.

    *pictured* are the pictures of all schools, as `grouped` has them. *general* is *edition* without a
    school, resolved, where that is done: its code is that of all copies. *arrangement* is that of the usual
    shape, for another.
    """
    first = _first(project, edition, shape, pictured)
    edition = replace(edition, school=first)
    document, found = sheet_code.document(project, edition, general)
    html, faults = page.html(document, project) if not has_errors(found) else ("", ())
    if has_errors((*found, *faults)):
        return NotMade(FAULTY)
    if (why := _of_codes(project, document, html, pictured.targets)) is not None:
        return NotMade(why)
    shown = replace(document, pictures={**document.pictures, **pictured.logos})
    typesetter = _Typesetter.of(project, shown, pictured.targets)
    names = typesetter.filled_slots(html, first)
    owners = [first, *(school for school in pictured.alike(first) if school != first)]
    values = {
        (school.id, name): typesetter.value(name, school)
        for school in owners
        for name in names
        if school == first or name in PICTURES
    }
    letters = (typesetter.letters(name, shape.fonts) for name in names if name not in PICTURES)
    asked = dict.fromkeys((*values.values(), *chain.from_iterable(letters)))
    constraints = constraints_of(project, document)
    cut = render.cut(html, shown.pictures, document.place, constraints, tuple(asked), arrangement)
    if has_errors(cut.piece.findings):
        return NotMade(FAULTY)
    set_ = dict(zip(asked, cut.values, strict=True))
    of_first = {name: set_[values[first.id, name]] for name in names}
    if (why := _of_cut(cut, of_first, has_own_codes=bool(pictured.targets))) is not None:
        return NotMade(why)
    try:
        most = [typesetter.most_lines(slot.name) for slot in cut.slots]
        prepared = locked(cut.piece.pdf, cut.slots, most, first.in_title, cut.pictures)
    except UnsuitableError:
        return NotMade(
            say("a slot has more in it than lines of text, or its title does not end with the school")
        )
    return Master(
        edition=edition,
        document=document,
        findings=(*found, *faults, *cut.piece.findings),
        page_count=cut.piece.page_count,
        arrangement=cut.piece.arrangement,
        shape=shape,
        slots=tuple(slot.name for slot in cut.slots),
        prepared=prepared,
        html=html,
        moves=tuple(_distance(slot.content, of_first[slot.name]) for slot in cut.slots),
        pictures={
            f"{id_} {name}": _leading(name, set_[value], pictured.targets.get(id_))
            for (id_, name), value in values.items()
            if name in PICTURES
        },
        glyphs=_glyphs(cut.piece.pdf),
        regions=cut.regions,
    )


def _first(project: Project, edition: Edition, shape: CopyShape, pictured: Pictured) -> School:
    """Return the school that the master of *shape* is rendered for: one with examples in its fields.

    Where it shows a picture it is a school of the table in all but what stands in slots: what its own columns
    say may be part of an address.
    """
    declared = slots_of(project.settings.formats, edition.format)
    in_slots = {field_of(name, slot) for name, slot in declared.items()}
    school = School("voorbeeld", example(SchoolField.NAME))
    if shape.pictures:
        model = next(one for one in pictured.schools if (one.logo in pictured.logos) == shape.has_logo)
        school = replace(school, id=model.id, logo=model.logo, own=model.own, place=model.place)
    named: dict[str, Any] = {
        field.replace("-", "_"): example(field) if field in shape.fields else None
        for field in SchoolField
        if field != SchoolField.NAME
    }
    own = {column: value for column, value in school.own if column not in in_slots or column in shape.fields}
    own |= {
        field: own.get(field, example(field)) for field in shape.fields if field not in tuple(SchoolField)
    }
    return replace(school, **named, own=tuple(own.items()))


def _of_codes(
    project: Project, document: Document, html: str, targets: Mapping[str, QrTarget]
) -> Message | None:
    """Return why the codes of *html*, the piece *document*, cannot lead to all of *targets*, or None."""
    other = next((target for target in targets.values() if target != document.qr), document.qr)
    return grounds.of_html(html, page.html(replace(document, qr=other), project)[0]) if targets else None


def _glyphs(pdf: bytes) -> Mapping[str, Mapping[int, str]]:
    """Return what each glyph is read as of the fonts in *pdf*, by their names on its pages."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        fonts = opened.pages[0].obj.Resources.Font.as_dict()
        return {name[1:]: unicode_table(font.ToUnicode.read_bytes()) for name, font in fonts.items()}


def _of_cut(cut: render.Cut, values: Mapping[str, Set], *, has_own_codes: bool) -> Message | None:
    """Return why the slots of *cut* cannot take other values, or None. *values* are those in it, by slot.

    The value in a slot and the same one set for it must be alike: else a style sheet dresses the slot by what
    stands around it, and that is missing where values are set.
    """
    if cut.uncut:
        return say(
            "the slot '{slot}' stands in a drawing of its own, or its text has a line under it",
            slot=cut.uncut[0],
        )
    for slot in cut.slots:
        first = values[slot.name]
        if _look(first) != _look(slot.content) or not _is_moved(slot.content, first):
            return say(
                "a style sheet gives the slot '{slot}' another look by what stands around it", slot=slot.name
            )
    if has_own_codes and QR_SLOT not in {slot.name for slot in cut.slots}:
        return say("its code leads to an address of its own, and the page shows no code")
    return None


def _look(value: Set) -> object:
    """Return how *value* looks, wherever it stands."""
    return (value.outline, value.alt) if isinstance(value, SetPicture) else [line.type for line in value]


def _is_moved(value: Set, other: Set) -> bool:
    """Tell whether *other*, as a whole, is *value* at another place."""
    if isinstance(value, SetPicture) != isinstance(other, SetPicture) or not _parts(other):
        return False
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


# ---- values for it -----------------------------------------------------------------------------


def with_values(
    project: Project, master: Master, schools: Sequence[School], known: Mapping[str, Type] | None = None
) -> tuple[Master, tuple[Fallback, ...]]:
    """Return *master* with the values of *schools*, which have its shape, set in the places of its slots.

    And the schools whose values do not go there, which must be rendered in full. What is *known*, by the id
    of the school, was set before.
    """
    types: dict[str, Type] = {
        school.id: known[school.id] for school in schools if known and school.id in known
    }
    set_now, fallbacks = _types(project, master, [school for school in schools if school.id not in types])
    types |= set_now
    on_it = tuple(school for school in schools if school.id in types)
    return replace(master, schools=on_it, types=types), fallbacks


def _types(
    project: Project, master: Master, schools: Sequence[School]
) -> tuple[Mapping[str, Type], tuple[Fallback, ...]]:
    if not schools:
        return {}, ()
    targets = {school.id: found for school in schools if (found := _target(project, master, school))}
    typesetter = _Typesetter.of(project, master.document, targets)
    set_ = _set(project, master, typesetter, schools)
    types: dict[str, Type] = {}
    fallbacks = []
    for school in schools:
        own = set_[school.id]
        whys = (_why_not(master, typesetter, school, name, value) for name, value in own.items())
        if (why := next(filter(None, whys), None)) is not None:
            fallbacks.append(Fallback(school, why))
        else:
            types[school.id] = tuple(_on_page(master, school, own))
    return types, tuple(fallbacks)


def _set(
    project: Project, master: Master, typesetter: _Typesetter, schools: Iterable[School]
) -> Mapping[str, Mapping[str, Set]]:
    """Return what stands in each slot for a text, by the id of the school and by the slot."""
    texts = [name for name in dict.fromkeys(master.slots) if name not in PICTURES]
    values = {school: {name: typesetter.value(name, school) for name in texts} for school in schools}
    asked = tuple(dict.fromkeys(chain.from_iterable(own.values() for own in values.values())))
    setting, constraints = master.setting, constraints_of(project, master.document)
    assert setting is not None  # it was laid out
    found = render.set_values(master.html, master.document.pictures, setting, constraints, asked)
    set_ = dict(zip(asked, found, strict=True))
    return {
        school.id: {name: typesetter.saying(name, school, set_[value]) for name, value in own.items()}
        for school, own in values.items()
    }


def _target(project: Project, master: Master, school: School) -> QrTarget | None:
    """Return where the code of *school* leads, where that is not the same for all copies of *master*."""
    if f"{school.id} {QR_SLOT}" not in master.pictures:
        return None
    return resolve.qr_target(project, replace(master.edition, school=school))


def _on_page(master: Master, school: School, own: Mapping[str, Set]) -> Iterator[Set]:
    """Yield what stands in each slot of *master* for *school*, whose texts are its *own*."""
    for name, move in zip(master.slots, master.moves, strict=True):
        yield _moved(own[name] if name in own else master.pictures[f"{school.id} {name}"], move)


def _why_not(
    master: Master, typesetter: _Typesetter, school: School, name: str, value: Set
) -> Message | None:
    """Return why *value*, set for *school*, cannot stand in the slot *name* of *master*, or None."""
    if isinstance(value, SetPicture) or not value:
        return say("its {name} has more in it than lines of letters", name=name)
    wanted = typesetter.wanted(name, school)
    lines = [_read(line.type, master.glyphs) for line in value]
    if None in lines or not says(
        joined([line.strip() for line in lines if line is not None], wanted), wanted
    ):
        return say(
            "its {name}, '{wanted}', is drawn with glyphs that the other copies lack",
            name=name,
            wanted=wanted,
        )
    return None


_SHOWN = re.compile(rb"/(\S+) \S+ Tf|<([0-9a-f]*)>")
"""What chooses a font, and a string of glyphs: `/QSKXXJ 25.333008 Tf`, `<00690189>`."""


def _read(type_: bytes, glyphs: Mapping[str, Mapping[int, str]]) -> str | None:
    """Return what a line is read as, drawn by the operators *type_*; None where *glyphs* lacks one of its."""
    names: Mapping[int, str] = {}
    read: list[str] = []
    for font, codes in _SHOWN.findall(type_):
        if font:
            names = glyphs.get(font.decode(), {})
        for at in range(0, len(codes), 4):
            name = names.get(int(codes[at : at + 4], 16))
            if not name:
                return None
            read.append(name)
    return read_as(read)


def _leading(name: str, value: Set, target: QrTarget | None) -> SetPicture:
    """Return *value* of the slot *name*; with where it leads, if it is a code of the school's own."""
    assert isinstance(value, SetPicture)  # else the slot of the first were none either
    return replace(value, url=target.url) if name == QR_SLOT and target is not None else value


def _moved(value: Set, move: tuple[float, float]) -> Set:
    right_px, down_px = move
    if isinstance(value, SetPicture):
        return replace(value, x_px=value.x_px + right_px, y_px=value.y_px + down_px)
    return tuple(replace(line, x_px=line.x_px + right_px, y_px=line.y_px + down_px) for line in value)


@dataclass(frozen=True)
class _Typesetter:
    """Writes the values of schools in the markup that they have in their slots."""

    project: Project
    document: Document
    declared: Mapping[str, Slot]
    words: Mapping[str, str]
    targets: Mapping[str, QrTarget]
    setter: Setter

    @classmethod
    def of(cls, project: Project, document: Document, targets: Mapping[str, QrTarget]) -> _Typesetter:
        return cls(
            project,
            document,
            slots_of(project.settings.formats, document.format),
            project.strings[primary_language(document.language)],
            targets,
            page.setter(document, project, _grounds_have_told),
        )

    def value(self, name: str, school: School) -> Value:
        """Return what *school* has in the slot *name*."""
        # One place for all: then the same value of two schools is set once.
        own = replace(school, place=Place(""), cells=())
        of_own = replace(self.document, school=own, qr=self.targets.get(school.id, self.document.qr))
        if name == QR_SLOT:
            return Value(name, str(page.qr_code(of_own, self.project)))
        if name == ADDRESS_SLOT:
            return Value(name, str(page.qr_address(of_own, self.project)))
        return Value(name, str(replace(self.setter, school=own).slot(name)))

    def wanted(self, name: str, school: School) -> str:
        """Return what is read in the slot *name* of the copy for *school*."""
        if name == ADDRESS_SLOT:
            target = self.targets.get(school.id, self.document.qr)
            return target.text if target else ""
        field = field_of(name, self.declared[name])
        return printed(field, school.value(field) or "", self.words)

    def saying(self, name: str, school: School, value: Set) -> Set:
        """Return *value*, with what its lines say where they are stored in the order of the eye."""
        set_ = values_of(school, self.declared, self.words).get(name)
        if isinstance(value, SetPicture) or set_ is None or len(set_.lines) != len(value):
            return value
        said = (line if runs_to_the_left(line) else "" for line in set_.lines)
        return tuple(replace(line, said=words) for line, words in zip(value, said, strict=True))

    def letters(self, name: str, fonts: Iterable[int]) -> Iterator[Value]:
        """Yield all letters that a value in the slot *name* may have, of its face and *fonts* behind it."""
        slot = self._slot(name)
        for font in (0, *fonts):
            yield Value(name, str(letters_in(name, slot, repertoire(slot.face, font), self.setter.pen)))

    def most_lines(self, name: str) -> int:
        """Return how many lines a value in the slot *name* may have."""
        return 0 if name in PICTURES else most_lines(self._slot(name), self._slot(name).smallest_pt)

    def _slot(self, name: str) -> Slot:
        if name != ADDRESS_SLOT:
            return self.declared[name]
        qr = self.document.qr
        slot = self.project.settings.address_slot(self.document.format, qr.link if qr else None)
        assert slot is not None  # `grounds.of_code` has seen it
        return slot

    # In the markup of the page a slot is `data-slot="room"`; `paper.engine.stacks` shows all of it. Set by
    # the engine, and read from its page by `paper.engine.cutter`, a value is bytes:
    #
    #     SetLine(x_px=30.746457, y_px=127.555433, type=b"/QSKXXJ 25.333008 Tf\n[<0069>37<> … <022b>0] TJ")
    #
    # The engine names a font by a hash of its description (`Font` in weasyprint/pdf/fonts.py), so that it has
    # the same name on every page and in every file, and the values of a school go on a master of any day.
    def filled_slots(self, html: str, first: School) -> list[str]:
        """Return the slots of *html* that hold what changes with the school, in the order of the page.

        All schools of a master have the fields that *first* has: in the other slots is a line to write on.
        """

        def is_filled(name: str) -> bool:
            if name in (QR_SLOT, ADDRESS_SLOT):
                return bool(self.targets)
            return name == LOGO_COLUMN or first.value(field_of(name, self.declared.get(name))) is not None

        return [name for name in dict.fromkeys(re.findall(r'data-slot="([^"]+)"', html)) if is_filled(name)]


def _grounds_have_told(finding: Finding) -> None:
    """A value that is too long has fallen back before, and a full rendering reports it."""
