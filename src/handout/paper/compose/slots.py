"""Set a school's own fields in their slots: the type and the lines of a value are chosen here. Pure.

A slot is a box of a fixed size, so one rendering can serve every school. The page engine decides nothing in
it: it is given the size, the line breaks and the height, and told not to wrap.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from io import BytesIO
from itertools import product, repeat
from math import ceil, floor, inf
from typing import TYPE_CHECKING

import uharfbuzz
from markupsafe import Markup, escape

from handout.model.document import PictureFile, QrTarget
from handout.model.findings import Finding, Place, Report
from handout.model.messages import Message, and_more, say, say_count
from handout.model.rules import Rule
from handout.model.school import LOGO_COLUMN, School, SchoolField
from handout.model.text import BothWords
from handout.model.units import mm_to_pt, pt_to_mm
from handout.paper.compose.inline import InlineRenderer, Words
from handout.paper.engine.fonts import FONT_FILES, FontFile
from handout.paper.engine.slots import ADDRESS_SLOT
from handout.project.reading.cells import NO_BREAK_SPACE
from handout.project.settings import Align, FontFace, LogoSlot, Slot

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SCALE_PT = (9.5, 11.5, 14.5, 18.0, 22.5, 28.0, 35.0, 44.0, 55.0, 69.0, 86.0, 108.0)
"""The sizes of compact type: those of the sheets, about a quarter apart."""

COMPACT_LEADING = 1.15
"""The distance of lines in compact type, by its size: bold type of short lines reads well with it."""

SPARE = 1.01
"""Kerning, which is not measured, makes a few words wider than the sum of their letters."""

_LETTERS = r"[^\W\d_]{0,2}"
BARE_CODE = re.compile(
    rf"{_LETTERS}[-. /]?\d{{1,4}}{_LETTERS}(?:[-./]{_LETTERS}\d{{0,4}}{_LETTERS}){{0,3}}|[A-Z]"
)
"""The number of a room: `B12`, `1.03`, `A-204`, `12`, `2B`. It alone gets the word for a room before it."""

EXAMPLES: Mapping[str, str] = {
    SchoolField.NAME: "BS De Linde",
    SchoolField.ADDRESS: "Kerkstraat 1, 2000 Antwerpen",
    SchoolField.ICT_ANCHOR: "An Peeters",
    SchoolField.ROOM: "B12",
    SchoolField.PHONE: "03 123 45 67",
    SchoolField.EMAIL: "ict@school.be",
    SchoolField.HOURS: "8.30 tot 16 uur",
}
"""How short a value can be. Those of the project's own columns have none."""


def example(field: str) -> str:
    """Return a short value for *field*, a `SchoolField` or a column of the project's own."""
    return EXAMPLES.get(field, "1")


# ---- the width of words -----------------------------------------------------------------------

_FONTS = {
    FontFace.TEXT: (
        "Atkinson Hyperlegible",
        400,
        ("AtkinsonHyperlegible-Regular.ttf", "IBMPlexSansArabic-Regular.ttf", "IBMPlexSans-400.ttf"),
    ),
    FontFace.TEXT_BOLD: (
        "Atkinson Hyperlegible",
        700,
        ("AtkinsonHyperlegible-Bold.ttf", "IBMPlexSansArabic-Bold.ttf", "IBMPlexSans-700.ttf"),
    ),
    FontFace.DISPLAY: (
        "Lexend",
        600,
        ("Lexend-600.ttf", "IBMPlexSansArabic-Bold.ttf", "IBMPlexSans-700.ttf"),
    ),
    FontFace.DISPLAY_BOLD: (
        "Lexend",
        700,
        ("Lexend-700.ttf", "IBMPlexSansArabic-Bold.ttf", "IBMPlexSans-700.ttf"),
    ),
}
"""Family, weight and file of each face, and behind that the files for letters that it does not hold."""
FALLBACKS = "'IBM Plex Sans Arabic', 'IBM Plex Sans'"
"""The families for letters that a face does not hold, as a style sheet names them."""


def font_file(face: FontFace) -> str:
    """Return the name of the file of *face*, one of FONT_FILES."""
    _, _, (own, *_) = _FONTS[face]
    return own


@cache
def _font(name: str) -> TTFont:
    """Return the font of the file *name*.

    Uncut: the table of a variable font tells the widths at any weight, and cutting it takes a second.
    """
    from fontTools.ttLib import TTFont  # only here: most tables of schools have no letters that join

    return TTFont(BytesIO(replace(_file(name), weight=None).bytes()), lazy=True)


def _file(name: str) -> FontFile:
    (file,) = (file for file in FONT_FILES if file.name == name)
    return file


FINENESS = 256
"""Parts of a unit that widths are counted in."""


@cache
def _advances_em(name: str) -> Mapping[int, float]:
    """Return how wide each character is in the font file *name*, by its code point."""
    file = _file(name)
    font = uharfbuzz.Font(uharfbuzz.Face(replace(file, weight=None).bytes()))
    units_per_em = font.face.upem
    font.scale = (units_per_em * FINENESS, units_per_em * FINENESS)  # or a width is rounded to a whole unit
    if file.weight:
        font.set_variations({"wght": file.weight})
    return {
        code: font.get_glyph_h_advance(font.get_nominal_glyph(code)) / units_per_em / FINENESS
        for code in font.face.unicodes
    }


@cache
def _widths_em(face: FontFace) -> Mapping[str, float]:
    """Return how wide each letter is in *face*, or in the first font behind it that holds it."""
    _, _, (own, *others) = _FONTS[face]
    held = {code: width for code, width in _advances_em(own).items() if width}
    widths = [*(_advances_em(other) for other in reversed(others)), held]
    return {chr(code): width for found in widths for code, width in found.items()}


def width_em(text: str, slot: Slot) -> float:
    """Return how wide *text* is in the face of *slot*, on one line, in ems; at least as wide as it prints."""
    return _width_em(text, slot.face, slot.tracking_em)


def _width_em(text: str, face: FontFace, tracking_em: float) -> float:
    widths_em = map(_widths_em(face).get, text, repeat(1.0))
    letters_em = _joined_em(text, face, widths_em) if _JOINING.search(text) else sum(widths_em)
    return (letters_em + tracking_em * _spaced(text)) * SPARE


def _spaced(text: str) -> int:
    """Return after how many letters of *text* the engine sets its spacing: after none of their accents."""
    return len(text) - sum(unicodedata.category(letter).startswith("M") for letter in text)


LEAST_TYPE_PT = 9.5


def word_pt(text: str, width_mm: float, most_pt: float, tracking_em: float) -> float:
    """Return the size in points, down to LEAST_TYPE_PT, at which each word of a title fits *width_mm*.

    It is at most *most_pt*, and else in whole or half points.
    """
    widths_em = (_width_em(word, FontFace.DISPLAY_BOLD, tracking_em) for word in text.split())
    fitting_pt = mm_to_pt(width_mm) / max(widths_em, default=1)
    return max(LEAST_TYPE_PT, min(most_pt, floor(fitting_pt * 2) / 2))


_JOINING = re.compile("[\u0620-\u08ff]")
"""Letters that change their shape, and their width, by what stands beside them."""
MARK_EM = 0.05
"""A vowel mark stands over its letter, and may push the next one aside."""


@cache
def _forms_em(name: str) -> Mapping[str, Mapping[str, float]]:
    """Return how wide the joined forms in the font file *name* are: by feature, and by letter.

    A letter with an `init` form joins the next one, one with a `fina` form the one before it (OpenType,
    Registered features).
    """
    font = _font(name)
    glyphs, units_per_em = font.getGlyphSet(), font["head"].unitsPerEm
    found: dict[str, dict[str, float]] = {"init": {}, "medi": {}, "fina": {}}
    if "GSUB" not in font:
        return found
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        for number in record.Feature.LookupListIndex if record.FeatureTag in found else ():
            for subtable in table.LookupList.Lookup[number].SubTable:
                mapping = getattr(getattr(subtable, "ExtSubTable", subtable), "mapping", {})
                found[record.FeatureTag] |= {
                    chr(code): glyphs[mapping[glyph]].width / units_per_em
                    for code, glyph in font.getBestCmap().items()
                    if glyph in mapping
                }
    return found


def _joined_em(text: str, face: FontFace, widths_em: Iterable[float]) -> float:
    """Return how wide *text* is with its letters joined; alone they have *widths_em*."""
    _, _, (_, arabic, _) = _FONTS[face]
    forms = _forms_em(arabic)
    is_mark = [unicodedata.combining(letter) > 0 for letter in text]
    alone = [
        (letter, width_em if unicodedata.category(letter) != "Cf" else 0.0)
        for letter, width_em, marks in zip(text, widths_em, is_mark, strict=False)
        if not marks
    ]
    letters = ["", *(letter for letter, _ in alone), ""]
    total_em = MARK_EM * sum(is_mark)
    for before, (letter, width_em), after in zip(letters, alone, letters[2:], strict=False):
        joins_before = before in forms["init"] and letter in forms["fina"]
        joins_after = letter in forms["init"] and after in forms["fina"]
        form = {(True, True): "medi", (True, False): "fina", (False, True): "init"}.get(
            (joins_before, joins_after)
        )
        total_em += forms[form].get(letter, width_em) if form else width_em
    return total_em


def missing_letters(text: str, slot: Slot) -> tuple[str, ...]:
    """Return the characters of *text* that no font for the face of *slot* holds, each once."""
    held = _widths_em(slot.face)
    if held.keys() >= set(text):
        return ()
    return tuple(letter for letter in dict.fromkeys(text) if letter not in held)


def fonts_behind(text: str, slot: Slot) -> frozenset[int]:
    """Return which fonts behind the face of *slot* have the letters of *text* that it lacks."""
    return frozenset(map(_holders(slot.face).get, set(text), repeat(0))) - {0}


@cache
def _holders(face: FontFace) -> Mapping[str, int]:
    """Return for each letter the first font of *face* that holds it: 0 is its own."""
    _, _, (own, *others) = _FONTS[face]
    held = {code for code, width in _advances_em(own).items() if width or unicodedata.combining(chr(code))}
    tables = (held, *(_advances_em(other) for other in others))
    return {chr(code): font for font, codes in reversed([*enumerate(tables)]) for code in codes}


_ARABIC_FONT = 1
"""The number of that font behind each face."""
_LIGATURES = "ff fi fl ffi ffl fj tt"
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c7]")
_SIGNS = " !\"#%&'()*+,-./0123456789:;<=>?@[\\]_`{|}~«»·–—‘’“”„…"
_OF_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
"""The letters of the Arabic language: a font may have a shape for two of them beside each other."""
_READY_SHAPED = re.compile("[\ufb50-\ufdff\ufe70-\ufeff]")
"""Forms of Arabic letters with codes of their own, which no text has: a glyph would be named by them."""


@cache
def repertoire(face: FontFace, font: int) -> str:
    """Return a text with all that a value may have of *font*: the own one of *face*, 0, or one behind it.

    Each letter stands in it as often as it has shapes; accents stand on a small letter and on a capital.
    """
    letters = sorted(letter for letter, holder in _holders(face).items() if holder == font)
    shown = [shapes for letter in letters if (shapes := _shapes(letter, font))]
    # A sign stays in the font of the letters around it.
    around = "م" if font == _ARABIC_FONT else letters[-1]
    signs = [f"{around}{sign}{around}" for sign in _SIGNS] if font else []
    if font != _ARABIC_FONT:
        return "".join((_LIGATURES, *shown, *signs))
    _, _, (_, name, _) = _FONTS[face]
    return " ".join((*_of_new_shapes(name), *shown, *signs))


def _shapes(letter: str, font: int) -> str:
    """Return *letter* as often as it has shapes in *font*; nothing where no text has it."""
    kind = unicodedata.category(letter)
    if kind[0] == "C" or kind in ("Zl", "Zp") or _READY_SHAPED.match(letter):
        return ""
    if kind == "Mn":
        return f"ب{letter}" if font == _ARABIC_FONT else f"x{letter}X{letter}"
    # Alone, at the beginning, in the middle and at the end of a word; not all join the next one.
    return f"{letter} {letter * 3} ب{letter}" if _ARABIC.match(letter) else letter


def _of_new_shapes(name: str) -> Iterator[str]:
    """Yield words of two Arabic letters, alone and joined, which the font *name* has new shapes for."""
    font = uharfbuzz.Font(uharfbuzz.Face(_file(name).bytes()))
    seen: set[int] = set()
    for one, other in product(_OF_ARABIC, repeat=2):
        for word in (f"{one}{other}", f"{one}{other}ب", f"ب{one}{other}", f"ب{one}{other}ب"):
            buffer = uharfbuzz.Buffer()
            buffer.add_str(word)
            buffer.guess_segment_properties()
            uharfbuzz.shape(font, buffer)
            shapes = {info.codepoint for info in buffer.glyph_infos}
            if not shapes <= seen:
                seen |= shapes
                yield word


# ---- from a value to lines --------------------------------------------------------------------


@dataclass(frozen=True)
class SetValue:
    """A value as it stands in its slot."""

    lines: tuple[str, ...]
    size_pt: float
    leading_mm: float
    excess_mm: float
    """By how much it is too long, in this size; 0 where it fits."""


_SIGN = r"[-–—/&+·|]+(?:[ \u00a0]|$)"
"""A dash or the like between spaces: it may end a line, and begins none."""
_WORDS = rf"(?<=[ \u00a0])(?!{_SIGN})"
_VALUE_BREAKS = (
    # Between words; the groups of a number stay together.
    rf"(?<= )(?!{_SIGN})(?!(?<=[\d)] )[\d(])",
    _WORDS,
    # Inside a word, where nothing else fits: `0474/66.68.36`, `Marie-Antoinette`.
    rf"{_WORDS}|(?<=\S[-–/])(?=\S)",
    rf"{_WORDS}|(?<=\S[-–/.@_])(?=\S)",
)
_ADDRESS_BREAKS = (r"(?<=/)(?=.)", r"(?<=[./])(?=.)")


def set_value(value: str, slot: Slot, most_pt: float = inf) -> SetValue:
    """Return *value* in the largest type, up to *most_pt*, that fits *slot*: its own size, or down to its
    smallest.

    It is broken at its spaces, or inside its words where no type fits otherwise. Where none does at all it
    is in the smallest, and says by how much it is too long.
    """
    return _set(value, _VALUE_BREAKS, slot, most_pt)


def set_address(address: str, slot: Slot) -> SetValue:
    """Return what `set_value` does of *address*, broken behind its slashes, and its dots if it must be."""
    return _set(address, _ADDRESS_BREAKS, slot)


def set_fields(fields: Mapping[str, str], slots: Mapping[str, Slot]) -> Mapping[str, SetValue]:
    """Return the values of *fields*, by the name of their slot in *slots*, as they stand together on a sheet.

    Those of one group have one size: what the one that needs the smallest type has.
    """
    alone = {name: set_value(value, slots[name]) for name, value in fields.items()}
    least_pt: dict[str, float] = {}
    for name, set_ in alone.items():
        if (group := slots[name].group) is not None:
            least_pt[group] = min(set_.size_pt, least_pt.get(group, inf))
    return {
        name: set_
        if (most_pt := least_pt.get(slots[name].group or "", inf)) >= set_.size_pt
        else set_value(fields[name], slots[name], most_pt)
        for name, set_ in alone.items()
    }


@lru_cache(maxsize=20_000)  # those of one school stand in many slots of the same kind, for each handout
def _set(text: str, breaks: Sequence[str], slot: Slot, most_pt: float = inf) -> SetValue:
    sizes = [
        size_pt
        for size_pt in sorted({slot.size_pt, slot.smallest_pt, most_pt, *SCALE_PT}, reverse=True)
        if slot.smallest_pt <= size_pt <= min(slot.size_pt, max(most_pt, slot.smallest_pt))
    ]
    for pieces in dict.fromkeys(_pieces(text, pattern) for pattern in breaks):
        for size_pt in sizes:
            set_ = _set_at(pieces, slot, size_pt)
            if not set_.excess_mm:
                return set_
    return set_


def _pieces(text: str, pattern: str) -> tuple[str, ...]:
    """Return *text* cut where *pattern* lets a line end; a piece has its space with it."""
    return tuple(map(_unbroken, re.split(pattern, text)))


def _unbroken(text: str) -> str:
    """Return *text* as it is measured: all spaces are as wide."""
    return text.replace(NO_BREAK_SPACE, " ")


def _set_at(pieces: Sequence[str], slot: Slot, size_pt: float) -> SetValue:
    """Return *pieces* in *size_pt*, broken into as many lines as *slot* holds, equally long."""
    leading_mm = leading(slot, size_pt)
    most = most_lines(slot, size_pt)
    whole = "".join(pieces).rstrip(" ")
    if _width_mm(whole, slot, size_pt) <= slot.width_mm:
        return SetValue((whole,), size_pt, leading_mm, 0.0)
    lines = _broken(pieces, slot, slot.width_mm, size_pt)
    surplus = sum(_width_mm(line, slot, size_pt) for line in lines[most:])
    sticking_out = max(_width_mm(line, slot, size_pt) for line in lines) - slot.width_mm
    excess_mm = max(surplus, sticking_out, 0.0)
    if 1 < len(lines) <= most:
        least_mm = bisect_left(
            range(ceil(slot.width_mm)),
            True,
            key=lambda mm: len(_broken(pieces, slot, mm, size_pt)) <= len(lines),
        )
        lines = _broken(pieces, slot, min(least_mm, slot.width_mm), size_pt)
    return SetValue(lines, size_pt, leading_mm, excess_mm)


def joined(lines: Sequence[str], value: str) -> str:
    """Return *lines* of a slot as one text: with a space between two of them, but where *value* has none.

    >>> joined(["0474/", "66.68.36"], "0474/66.68.36")
    '0474/66.68.36'
    """
    text = lines[0] if lines else ""
    for line in lines[1:]:
        text += line if value.startswith(f"{text}{line}") else f" {line}"
    return text


def leading(slot: Slot, size_pt: float) -> float:
    """Return the distance of lines in millimetres in type of *size_pt* in *slot*."""
    own_ratio = slot.leading_mm / pt_to_mm(slot.size_pt)
    return slot.leading_mm if size_pt == slot.size_pt else pt_to_mm(size_pt) * min(own_ratio, COMPACT_LEADING)


def most_lines(slot: Slot, size_pt: float) -> int:
    """Return how many lines of *size_pt* the height of *slot* holds."""
    return max(slot.lines, floor(slot.height_mm / leading(slot, size_pt) + 1e-6))


def _broken(pieces: Sequence[str], slot: Slot, width_mm: float, size_pt: float) -> tuple[str, ...]:
    """Return *pieces* in lines of at most *width_mm*, each as full as it goes; a wider one has its own."""
    lines = [pieces[0]]
    for piece in pieces[1:]:
        longer = f"{lines[-1]}{piece}"
        if _width_mm(longer.rstrip(" "), slot, size_pt) <= width_mm:
            lines[-1] = longer
        else:
            lines.append(piece)
    return tuple(line.rstrip(" ") for line in lines)


def _width_mm(text: str, slot: Slot, size_pt: float) -> float:
    return pt_to_mm(width_em(text, slot) * size_pt)


# ---- from lines to the page -------------------------------------------------------------------


@dataclass(frozen=True)
class Setter:
    """Sets the fields of one school in the slots of one format."""

    format: str
    slots: Mapping[str, Slot]
    fields: Collection[str]
    """What schools have."""
    school: School | None
    """None: every field is a line to write on."""
    words: Words
    report: Report
    pen: InlineRenderer
    logo: LogoSlot | None = None
    general_logo: str | None = None
    """The path of the logo that stands where the school has none."""

    def slot(self, name: str, general: str | None = None) -> Markup:
        """Return the slot *name* with its value, for a template.

        Without a value it is a line to write on with the word for it, or *general* where a template says
        what stands there then; its size is the same. The slot `logo` is empty without a logo, or where the
        format has no place for one. Raises LookupError where the format has no such slot.
        """
        if name == LOGO_COLUMN:
            return self._logo()
        slot = self.slots.get(name)
        field = self._field(name, slot)
        value = self.school.value(field) if self.school else None
        if self.school is None or value is None:
            own = self.pen.words_alone(self.words[f"school.{field}"])
            word = Markup('<span class="slot__word">{}</span>').format(own)
            return _box(name, slot, word if general is None else escape(general), " slot--open")
        if slot is None:
            raise LookupError(f"the format '{self.format}' declares no slot '{name}'")
        set_ = self._values[name]
        if set_.excess_mm:
            self.report(too_long(self.school, field, [Misfit(self.format, slot)], self.words))
        return filled(name, slot, set_, self.school.place_of(field), self.pen)

    @cached_property
    def _values(self) -> Mapping[str, SetValue]:
        """The values of the school, by slot."""
        return values_of(self.school, self.slots, self.words) if self.school else {}

    def _logo(self) -> Markup:
        """Return the logo in its slot, or nothing."""
        own = self.school.logo if self.school else None
        path = own or self.general_logo
        picture = self.pen.pictures.get(path) if path else None
        if picture is None or self.logo is None:
            return Markup("")
        return logo(self.logo, picture, self.pen, self.school.place if self.school and own else None)

    def _field(self, name: str, slot: Slot | None) -> str:
        field = field_of(name, slot)
        if field not in self.fields:
            raise LookupError(
                f"the format '{self.format}' declares no slot '{name}', and schools have no such field"
            )
        return field


def values_of(school: School, slots: Mapping[str, Slot], words: Words) -> Mapping[str, SetValue]:
    """Return what *school* has for *slots*, set, by slot."""
    return set_fields(_given(school, slots, words), slots)


def all_fit(school: School, slots: Mapping[str, Slot], words: Words) -> bool:
    """Tell whether each value of *school* fits in *slots* in the smallest type, broken at its spaces.

    Then `values_of` finds none too long, whatever the sizes. False: who wants to know must ask that, which
    takes ten times as long.
    """
    return all(_fits(value, slots[name]) for name, value in _given(school, slots, words).items())


def _fits(value: str, slot: Slot) -> bool:
    whole, size_pt = _unbroken(value), slot.smallest_pt
    if _width_mm(whole, slot, size_pt) <= slot.width_mm:
        return True
    lines = _broken(_pieces(value, _VALUE_BREAKS[0]), slot, slot.width_mm, size_pt)
    is_high_enough = len(lines) <= most_lines(slot, size_pt)
    return is_high_enough and all(_width_mm(line, slot, size_pt) <= slot.width_mm for line in lines)


def _given(school: School, slots: Mapping[str, Slot], words: Words) -> Mapping[str, str]:
    """Return the values that *school* has for *slots*, as they are printed, by slot."""
    fields = {name: field_of(name, slot) for name, slot in slots.items()}
    given = {name: value for name, field in fields.items() if (value := school.value(field)) is not None}
    return {name: _meant(fields[name], value, words) for name, value in given.items()}


def printed_values(school: School, slots: Mapping[str, Slot], words: Words) -> Mapping[str, str]:
    """Return what `printed` does of each value that *school* has for *slots*, by slot."""
    return {name: _unbroken(value) for name, value in _given(school, slots, words).items()}


def printed(field: str, value: str, words: Words) -> str:
    """Return the *value* of *field* as it is printed; the number of a room after its word: "Lokaal B12"."""
    return _unbroken(_meant(field, value, words))


def _meant(field: str, value: str, words: Words) -> str:
    """Return what `printed` does, with its spaces that do not break."""
    text = " ".join(part for part in value.split(" ") if part)
    if field != SchoolField.ROOM or not BARE_CODE.fullmatch(text):
        return text
    word = words[f"school.{field}"]
    if isinstance(word, BothWords):
        word = word.own  # as it stands on the door
    return f"{word[:1].upper()}{word[1:]}{NO_BREAK_SPACE}{text}"


def field_of(name: str, slot: Slot | None) -> str:
    """Return what stands in the slot *name*, declared as *slot*."""
    return slot.field if slot is not None and slot.field is not None else name


def filled(name: str, slot: Slot, set_: SetValue, place: Place, pen: InlineRenderer) -> Markup:
    """Return the slot *name* as HTML, with a value from *place* in it."""
    lines = Markup("<br>").join(pen.value(line) for line in set_.lines)
    return _box(name, slot, lines, "", _type(set_, slot), place)


def letters_in(name: str, slot: Slot, letters: str, pen: InlineRenderer) -> Markup:
    """Return the slot *name* as HTML with *letters* in it, more than it holds."""
    set_ = SetValue((letters,), slot.size_pt, slot.leading_mm, 0.0)
    return filled(name, slot, set_, Place(""), pen)


def address(slot: Slot, target: QrTarget, set_: SetValue, place: Place, pen: InlineRenderer) -> Markup:
    """Return the link to *target* as HTML: an area of the size of *slot* with its address in it, *set_*."""
    size = f"inline-size: {slot.width_mm:g}mm; block-size: {slot.height_mm:g}mm"
    return Markup('<a class="qr__link" href="{}" style="{}">{}</a>').format(
        target.url, size, filled(ADDRESS_SLOT, slot, set_, place, pen)
    )


_BEFORE = {Align.START: 0.0, Align.CENTER: 0.5, Align.END: 1.0}
"""How much of what is left of the width stands before a picture."""


def logo(slot: LogoSlot, picture: PictureFile, pen: InlineRenderer, place: Place | None) -> Markup:
    """Return *slot* as HTML with *picture*, from *place*, as large in it as it goes.

    It is decoration: the name of the school stands beside it. That of the organisation has no place: it is
    the same on every copy, so nothing is put into its slot later.
    """
    width_mm, height_mm = fitted(picture, slot)
    box = (
        f"inline-size: {slot.width_mm:g}mm; block-size: {slot.height_mm:g}mm; "
        f"padding-block-start: {(slot.height_mm - height_mm) / 2:.3f}mm; "
        f"padding-inline-start: {(slot.width_mm - width_mm) * _BEFORE[slot.align]:.3f}mm"
    )
    drawn = pen.sized(picture, f"inline-size: {width_mm:.3f}mm; block-size: {height_mm:.3f}mm")
    own = Markup(' data-slot="{}" data-place="{}"').format(LOGO_COLUMN, place) if place else ""
    return Markup('<span class="slot slot--{}"{} style="{}">{}</span>').format(LOGO_COLUMN, own, box, drawn)


def fitted(picture: PictureFile, slot: LogoSlot) -> tuple[float, float]:
    """Return width and height in millimetres of *picture*, whole and undistorted, in *slot*."""
    scale = min(slot.width_mm / picture.width, slot.height_mm / picture.height)
    return picture.width * scale, picture.height * scale


def _type(set_: SetValue, slot: Slot) -> str:
    """Return the style of *set_*: its lines stand in the middle of the height of *slot*."""
    family, weight, _ = _FONTS[slot.face]
    # The letters of another font stand a little higher or lower, and make its line grow by that. One as high
    # as its slot would grow out of it, and turn a full page; at the same place, a lower one does not.
    is_alone = len(set_.lines) == 1
    line_mm = min(set_.leading_mm, pt_to_mm(set_.size_pt)) if is_alone else set_.leading_mm
    above_mm = (slot.height_mm - len(set_.lines) * line_mm) / 2
    return (
        f"padding-block-start: {max(above_mm, 0):.3f}mm; text-align: {slot.align}; "
        f"font: {weight} {set_.size_pt:g}pt/{line_mm:.3f}mm '{family}', {FALLBACKS}; "
        f"letter-spacing: {slot.tracking_em:g}em"
    )


def _box(
    name: str, slot: Slot | None, content: Markup, kind: str, type_: str = "", place: Place | None = None
) -> Markup:
    """Return an element of its own for the slot *name*: what stands in it can be found in the PDF."""
    size = f"inline-size: {slot.width_mm:g}mm; block-size: {slot.height_mm:g}mm" if slot else ""
    style = "; ".join(part for part in (size, type_) if part)
    return _opening(name, kind, style, place) + content + Markup("</span>")


@lru_cache(maxsize=64)
def _opening(name: str, kind: str, style: str, place: Place | None) -> Markup:
    """Return the opening tag of the slot *name*: the values of all schools have few of them."""
    return Markup('<span class="slot slot--{}{}" data-slot="{}"{} style="{}">').format(
        name, kind, name, Markup(' data-place="{}"').format(place) if place else "", Markup(style)
    )


# ---- values that do not fit -------------------------------------------------------------------


@dataclass(frozen=True)
class Misfit:
    """A place that a value is too long for."""

    format: str
    slot: Slot


MOST_FORMATS_NAMED = 3


def too_long(school: School, field: str, misfits: Sequence[Misfit], words: Words) -> Finding:
    """Return the finding for the cell *field* of *school*, which is too long for *misfits*."""
    value = school.value(field) or ""
    letters = {misfit: _most_letters(field, value, misfit.slot, words) for misfit in misfits}
    narrowest = min(misfits, key=lambda misfit: letters[misfit])
    slot = narrowest.slot
    most = most_lines(slot, slot.smallest_pt)
    room = say_count(
        most,
        "{n} line of {width_mm:g} mm for it, in {size_pt:g} pt",
        "{n} lines of {width_mm:g} mm for it, in {size_pt:g} pt",
        width_mm=slot.width_mm,
        size_pt=slot.smallest_pt,
    )
    example = EXAMPLES.get(field)
    return Finding(
        school.place_of(field),
        say(
            "the {field} of '{name}' is too long for {listed}: '{value}' has {value_count} "
            "characters, and {format} has {room}",
            field=field,
            name=school.name,
            listed=_listed(misfits),
            value=value,
            value_count=len(value),
            format=narrowest.format,
            room=room,
        ),
        say("write at most {most} characters, as '{example}'", most=letters[narrowest], example=example)
        if example
        else say("write at most {most} characters", most=letters[narrowest]),
        rule=Rule.SLOT_TOO_LONG,
    )


def _listed(misfits: Iterable[Misfit]) -> Message:
    names = list(dict.fromkeys(misfit.format for misfit in misfits))
    named, more = names[:MOST_FORMATS_NAMED], len(names) - MOST_FORMATS_NAMED
    return and_more(", ".join(named), more)


def _most_letters(field: str, value: str, slot: Slot, words: Words) -> int:
    """Return with how many of its first characters *value* would fit *slot*."""

    def is_too_long(count: int) -> bool:
        part = value[:count].rstrip(f" {NO_BREAK_SPACE}")
        return bool(set_value(_meant(field, part, words), slot).excess_mm)

    return bisect_left(range(1, len(value)), True, key=is_too_long)
