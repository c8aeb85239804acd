"""What the content streams of a page draw: its text, letter by letter, where it stands and what clips it.

A reader of our own: other programs guess at words and hide what a proof must see, as a letter that the font
lacks or the number of the tag (ISO 32000-1 §8.4, §9.4, §14.6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

import pikepdf

from handout.model.colours import Colour
from handout.proof.font_file import FLAWED, HEX, STRING, Font, read_as
from handout.proof.geometry import IDENTITY, Box, Matrix, bounds, multiplied, placed, scale_of

CAP_HEIGHT_EM = 0.7
"""How high letters reach above the baseline: .70 in Lexend, .67 in Atkinson Hyperlegible."""
INVISIBLE = 3
"""The text rendering mode that draws nothing (§9.3.6)."""

BLACK: Colour = (0.0, 0.0, 0.0)
MOST_NESTED_FORMS = 12
LONGEST_SHAPE = 1500
"""Bytes of the path of a frame with rounded corners, which has some 700; drawings have longer ones."""


@dataclass(frozen=True)
class ContentMark:
    """A numbered piece of the content of one page, which a tag names."""

    page: int
    """Counted from 0."""
    number: int


class Glyph(NamedTuple):
    """A letter as it is drawn, or several in one."""

    text: str
    start: float
    """Along the line, in text space from where the run begins."""
    end: float
    is_missing: bool
    """True: the font draws its empty box instead (glyph 0)."""


@dataclass(frozen=True)
class TextRun:
    """Text that is drawn in one go."""

    mark: ContentMark | None
    """None: no tag holds it."""
    is_artifact: bool
    """Marked as decoration: a screen reader leaves it out."""
    page: int
    glyphs: tuple[Glyph, ...]
    font: str
    """The name in the PDF, `ABCDEF+Lexend-Bold`."""
    size_pt: float
    """As it comes on paper."""
    colour: Colour
    opacity: float
    is_drawn: bool
    """False: the text can be selected but is not painted."""
    matrix: Matrix
    """From text space to the page."""
    clip: Box | None
    """What it is cut to; None: nothing but the page."""
    forms: tuple[int, ...] = ()
    """The numbers of the drawings that hold it, outermost first, as they were drawn on the page."""
    piece: int = 0
    """Counts the marked pieces of content on the page: runs with the same number are one."""
    begins_line: bool = True
    """False: it goes on where the run before it ends."""

    @cached_property
    def text(self) -> str:
        return read_as(glyph.text for glyph in self.glyphs)

    @cached_property
    def is_flawed(self) -> bool:
        """True where a glyph has no shape or no name."""
        return any(glyph.text in FLAWED or glyph.is_missing for glyph in self.glyphs)

    @cached_property
    def box(self) -> Box:
        """From the baseline to the height of a capital, on the page; spaces at its ends do not count."""
        shown = [at for at, glyph in enumerate(self.glyphs) if not glyph.text.isspace()]
        return self.part(shown[0], shown[-1] + 1) if shown else self.part(0, len(self.glyphs))

    def part(self, first: int, last: int) -> Box:
        """Return the box of the glyphs from *first* up to *last*."""
        if first >= last:
            return placed(Box(0, 0, 0, 0), self.matrix)
        # The first may be an accent, and so may the last: it is drawn on another letter.
        left = min(glyph.start for glyph in self.glyphs[first:last])
        right = max(glyph.end for glyph in self.glyphs[first:last])
        line = Box(left, 0, right, self._cap_height)
        return placed(line, self.matrix)

    @cached_property
    def _cap_height(self) -> float:
        return CAP_HEIGHT_EM * self.size_pt / (scale_of(self.matrix) or 1)

    def words(self) -> Iterator[tuple[str, Box]]:
        """Yield each word of the run with its box."""
        first = 0
        for at in range(len(self.glyphs) + 1):
            if at == len(self.glyphs) or self.glyphs[at].text.isspace():
                if at > first:
                    yield read_as(glyph.text for glyph in self.glyphs[first:at]), self.part(first, at)
                first = at + 1


@dataclass(frozen=True)
class Drawing:
    """A form or a raster that a page draws."""

    is_raster: bool
    name: str
    page: int
    box: Box
    matrix: Matrix
    clip: Box | None
    depth: int
    """0: the page itself draws it."""
    number: int
    pixels: tuple[int, int] = (0, 0)
    """Of a raster: across and down."""


@dataclass(frozen=True)
class Fill:
    """A ground, a frame or a line: what a style sheet paints behind and around texts."""

    page: int
    box: Box
    """What is seen of it: cut to its clip."""
    colour: Colour


@dataclass(frozen=True)
class Drawn:
    """All that a page draws, as far as a proof needs it."""

    runs: tuple[TextRun, ...]
    drawings: tuple[Drawing, ...]
    colours: frozenset[Colour]
    """Every colour that something is filled with."""
    shapes: tuple[Fill, ...] = ()
    """What the page itself fills as decoration, in the order in which it is drawn."""


# ---- instructions -----------------------------------------------------------------------------

# A page of a card begins so. The matrix turns it round, for the engine counts from the top; `Q` brings back
# what was before its `q` (ISO 32000-2 §8.4.2); what no tag holds is an artifact (§14.8.2.2).
#
#     1 0 0 -1 0 155.905512 cm
#     q
#     0.75 0 0 0.75 0 0 cm
#     q
#     0 0 321.259843 207.874016 re
#     W
#     n
#     /Artifact
#     BMC
#     35.105512 165.543307 m
#     35.105512 52.15748 l
#     …
#     0.070588 0.243137 0.54902 rg
#     …
#     f*
#     Q
#     EMC
#     …
#     /Span
#     <</MCID 1>>
#     BDC
#     /a1.0 gs
#     0 g
#     BT
#     1 0 0 -1 62.362205 86.035433 Tm
#     /QSKXXJ 25.333008 Tf
#     [<0073>22<>23.01345360626036<0046>81 … <01ad>0] TJ
#
# Operands come before their operator (§7.8.2). `m` and `l` are of a path, which is read where it cuts
# (`W`), and not where it paints.

_NUMBER = rb"[-+]?+[0-9.]++"
_ATOM = rb"[^<>()]|" + STRING + rb"|" + HEX
_DICTIONARY = rb"<<(?:" + _ATOM + rb")*+>>"
for _ in range(2):  # as deep as the properties of a mark go
    _DICTIONARY = rb"<<(?:" + _ATOM + rb"|" + _DICTIONARY + rb")*+>>"
_OPERAND = rb"|".join(
    (
        _NUMBER,
        rb"/[^\s/<>\[\]()]*+",
        rb"\[(?:" + STRING + rb"|" + HEX + rb"|[^\]()<>])*+\]",
        _DICTIONARY,
        HEX,
        STRING,
    )
)
_INSTRUCTION = re.compile(
    rb"(?P<path>(?:(?:" + _NUMBER + rb"\s++)*+(?:[mlcvyhwJjMiGK]|re|RG)\s++)++)"
    rb"|(?P<operands>(?:(?:" + _OPERAND + rb")\s*+)*+)(?P<operator>[A-Za-z'\"]++[*01]?+)\s*+",
    re.DOTALL,
)


class UnreadableError(Exception):
    """The content of a page breaks the grammar of PDF."""

    def __init__(self, page: int) -> None:
        super().__init__(f"the content of page {page + 1} breaks the grammar of PDF")
        self.page = page


def instructions(data: bytes, page: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield operator and operands of each instruction of *data*; a run of lines and curves is one, `path`.

    By one regular expression, as the paths of drawings are most of a page and say nothing to a proof. What
    it cannot follow to the end, as a picture inside the stream, goes through the parser of pikepdf first.
    """
    data += b" "
    found = list(_INSTRUCTION.finditer(data))
    if _has_gaps(found, data):
        with pikepdf.new() as blank:  # it must outlive the stream
            parsed = pikepdf.parse_content_stream(blank.make_stream(data), OPERATORS)
            plain = pikepdf.unparse_content_stream(parsed)
        found = list(_INSTRUCTION.finditer(plain + b" "))
        if _has_gaps(found, plain + b" "):
            raise UnreadableError(page)
    for match in found:
        path, operands, operator = match.groups()
        yield (b"path", path) if path is not None else (operator, operands)


def content_of(content: pikepdf.Object) -> bytes:
    """Return the bytes of *content*, a form or a page, which may have several streams."""
    if isinstance(content, pikepdf.Stream):
        return content.read_bytes()
    streams = content.get("/Contents", pikepdf.Array())
    parts = streams if isinstance(streams, pikepdf.Array) else [streams]
    return b"".join(part.read_bytes() + b" " for part in parts)


def _has_gaps(found: Sequence[re.Match[bytes]], data: bytes) -> bool:
    return sum(match.end() - match.start() for match in found) != len(data.lstrip())


def _floats(operands: bytes) -> list[float]:
    return [float(number) for number in operands.split()]


# ---- the stream -------------------------------------------------------------------------------


def _name(operands: bytes) -> str:
    """Return the first name among *operands*, with its slash."""
    name = operands.split(None, 1)[0]
    return str(pikepdf.Object.parse(name)) if b"#" in name else name.decode()


@dataclass
class _State:
    """What `q` saves and `Q` brings back."""

    matrix: Matrix = IDENTITY
    clip: Box | None = None
    colour: Colour = BLACK
    opacity: float = 1.0
    font: Font | None = None
    size: float = 0.0
    letter_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    mode: int = 0
    rise: float = 0.0

    def __copy__(self) -> _State:
        new = _State.__new__(_State)
        new.__dict__.update(self.__dict__)
        return new


@dataclass
class _Page:
    """What is gathered from one page."""

    number: int
    fonts: dict[tuple[int, int], Font]
    """Shared by the pages of a file, by object number."""
    pieces: int = 0
    runs: list[TextRun] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    colours: set[Colour] = field(default_factory=set)
    shapes: list[Fill] = field(default_factory=list)


def read_page(page: pikepdf.Object, number: int, fonts: dict[tuple[int, int], Font]) -> Drawn:
    """Return what *page* draws; *number* counts from 0, *fonts* keeps those that were read before."""
    found = _Page(number, fonts)
    reader = _StreamReader(
        found, page.get("/Resources", pikepdf.Dictionary()), _State(), (None, False, 0), ()
    )
    reader.follow(content_of(page))
    return Drawn(tuple(found.runs), tuple(found.drawings), frozenset(found.colours), tuple(found.shapes))


class PartReader:
    """Reads parts of the content of *page* one by one, each as if no other came before it."""

    def __init__(self, page: pikepdf.Object, number: int, fonts: dict[tuple[int, int], Font]) -> None:
        self._page = _Page(number, fonts)
        self._reader = _StreamReader(self._page, page.Resources, _State(), (None, False, 0), ())

    def font(self, name: bytes) -> Font | None:
        """Return the font that the page calls *name*, with its slash; None where it has none."""
        return self._reader.font(name)

    def runs(self, data: bytes) -> tuple[TextRun, ...]:
        """Return the text in *data*. Raises UnreadableError where that is no content of a page."""
        self._page.runs.clear()
        self._reader.begin_part(_State())
        self._reader.follow(data)
        return tuple(self._page.runs)


_Marks: TypeAlias = tuple[ContentMark | None, bool, int]
"""The tag's mark, whether it is decoration, and the number of the piece."""


class _StreamReader:
    """Follows one content stream, of the page or of a form that it draws."""

    def __init__(
        self, page: _Page, resources: pikepdf.Object, state: _State, marks: _Marks, forms: tuple[int, ...]
    ) -> None:
        self._page = page
        self._resources = resources
        self._marks = marks
        self._forms = forms
        self._opacities: dict[bytes, float | None] = {}
        """Of each graphics state; None where it leaves the opacity as it is."""
        self._fonts: dict[bytes, Font | None] = {}
        """Of each name; None where the resources do not hold it."""
        self.begin_part(state)

    def begin_part(self, state: _State) -> None:
        """Forget what was read before."""
        self._state = state
        self._saved: list[_State] = []
        self._around: list[_Marks] = []
        self._path = b""
        """What the path is made of. Read only where it cuts."""
        self._cuts = False
        self._line = self._at = IDENTITY

    def follow(self, data: bytes) -> None:
        try:
            for operator, operands in instructions(data, self._page.number):
                if operator == b"path":
                    self._path += operands
                elif operator in _PAINTS:
                    if operator in _FILLS and self._marks[1] and len(self._path) <= LONGEST_SHAPE:
                        self._fill_shape()
                    if self._cuts:
                        self._clip()
                    self._path = b""
                elif operator in _FOLLOWS:
                    _FOLLOWS[operator](self, operands)
        except (ValueError, IndexError) as error:  # operands that are too few, or of another kind
            raise UnreadableError(self._page.number) from error

    def _resource(self, kind: str, operands: bytes) -> pikepdf.Object | None:
        """Return what the first name among *operands* stands for."""
        names = self._resources.get(kind)
        return None if names is None else names.get(_name(operands))

    def save(self, _: bytes) -> None:
        self._saved.append(copy(self._state))

    def restore(self, _: bytes) -> None:
        if self._saved:
            self._state = self._saved.pop()

    def transform(self, operands: bytes) -> None:
        self._state.matrix = multiplied(_matrix(_floats(operands)), self._state.matrix)

    def cut(self, _: bytes) -> None:
        self._cuts = True

    def _clip(self) -> None:
        """Cut what follows to the path: to the box around it, which is all that our sheets clip to."""
        self._cuts = False
        area = self._path_box()
        if area is not None:
            self._state.clip = area if self._state.clip is None else self._state.clip.shared(area)

    def _fill_shape(self) -> None:
        """Put down the ground or frame that the path makes, a rounded one by the box around it."""
        box = self._path_box()
        if box is not None and not self._forms:
            seen = box if self._state.clip is None else box.shared(self._state.clip)
            if seen.width > 0 and seen.height > 0:
                self._page.shapes.append(Fill(self._page.number, seen, self._state.colour))

    def _path_box(self) -> Box | None:
        """Return the box around the path, on the page; None where there is none."""
        points = list(_points(self._path))
        a, b, c, d, e, f = self._state.matrix
        return bounds((a * x + c * y + e, b * x + d * y + f) for x, y in points) if points else None

    def fill(self, operands: bytes) -> None:
        colour = _colour(operands)
        if colour is not None:
            self._page.colours.add(colour)
            self._state.colour = colour

    def graphics(self, operands: bytes) -> None:
        if operands not in self._opacities:
            graphics = self._resource("/ExtGState", operands)
            own = graphics.get("/ca") if graphics is not None else None
            self._opacities[operands] = None if own is None else float(own)
        opacity = self._opacities[operands]
        if opacity is not None:
            self._state.opacity = opacity

    def mark(self, operands: bytes) -> None:
        self._around.append(self._marks)
        number = self._mark_number(operands)
        self._page.pieces += 1
        if operands.startswith(b"/Artifact"):
            self._marks = None, True, self._page.pieces
        elif number is not None:
            self._marks = ContentMark(self._page.number, number), False, self._page.pieces

    def _mark_number(self, operands: bytes) -> int | None:
        """Return the number in the properties, which stand here or under a name in the resources."""
        found = _MCID.search(operands)
        if found:
            return int(found[1])
        names = operands.split()
        if len(names) < 2 or not names[1].startswith(b"/"):
            return None
        properties = self._resource("/Properties", names[1])
        return int(properties.MCID) if properties is not None and "/MCID" in properties else None

    def unmark(self, _: bytes) -> None:
        if self._around:
            self._marks = self._around.pop()

    def begin_text(self, _: bytes) -> None:
        self._line = self._at = IDENTITY

    def place_text(self, operands: bytes) -> None:
        self._line = self._at = _matrix(_floats(operands))

    def move_text(self, operands: bytes) -> None:
        across, up = _floats(operands)
        self._line = self._at = multiplied((1, 0, 0, 1, across, up), self._line)

    def move_text_and_lead(self, operands: bytes) -> None:
        self._state.leading = -_floats(operands)[1]
        self.move_text(operands)

    def next_line(self, _: bytes) -> None:
        self._line = self._at = multiplied((1, 0, 0, 1, 0, -self._state.leading), self._line)

    def show_on_next_line(self, operands: bytes) -> None:
        self.next_line(operands)
        self.show(operands)

    def show_spaced(self, operands: bytes) -> None:
        word_space, letter_space, shown = operands.split(None, 2)
        self._state.word_space, self._state.letter_space = float(word_space), float(letter_space)
        self.show_on_next_line(shown)

    def choose_font(self, operands: bytes) -> None:
        name, size = operands.split()
        self._state.font = self.font(name)
        self._state.size = float(size)

    def font(self, name: bytes) -> Font | None:
        if name not in self._fonts:
            self._fonts[name] = self._read_font(name)
        return self._fonts[name]

    def _read_font(self, name: bytes) -> Font | None:
        font = self._resource("/Font", name)
        if font is None:
            return None
        fonts = self._page.fonts
        if font.objgen not in fonts or font.objgen == (0, 0):
            fonts[font.objgen] = Font(font)
        return fonts[font.objgen]

    def space_letters(self, operands: bytes) -> None:
        self._state.letter_space = float(operands)

    def space_words(self, operands: bytes) -> None:
        self._state.word_space = float(operands)

    def stretch(self, operands: bytes) -> None:
        self._state.stretch = float(operands) / 100

    def lead(self, operands: bytes) -> None:
        self._state.leading = float(operands)

    def choose_mode(self, operands: bytes) -> None:
        self._state.mode = int(operands)

    def rise(self, operands: bytes) -> None:
        self._state.rise = float(operands)

    def show(self, operands: bytes) -> None:
        state = self._state
        if state.font is None:
            return
        glyphs, end = _glyphs(operands, state, state.font)
        matrix = multiplied((1, 0, 0, 1, 0, state.rise), multiplied(self._at, state.matrix))
        run = TextRun(
            mark=self._marks[0],
            is_artifact=self._marks[1],
            page=self._page.number,
            glyphs=glyphs,
            font=state.font.name,
            size_pt=abs(state.size) * scale_of(matrix),
            colour=state.colour,
            opacity=state.opacity,
            is_drawn=state.mode != INVISIBLE,
            matrix=matrix,
            clip=state.clip,
            forms=self._forms,
            piece=self._marks[2],
            begins_line=self._at is self._line,
        )
        self._page.runs.append(run)
        self._at = multiplied((1, 0, 0, 1, end, 0), self._at)

    def draw(self, operands: bytes) -> None:
        target = self._resource("/XObject", operands)
        if target is None or len(self._forms) >= MOST_NESTED_FORMS:
            return
        is_raster = target.get("/Subtype") == "/Image"
        matrix, box = self._state.matrix, Box(0, 0, 1, 1)
        if not is_raster:
            matrix = multiplied(_matrix(target.get("/Matrix", IDENTITY)), matrix)
            box = _box(target.get("/BBox", (0, 0, 0, 0)))
        drawing = Drawing(
            is_raster,
            _name(operands),
            self._page.number,
            placed(box, matrix),
            matrix,
            self._state.clip,
            len(self._forms),
            len(self._page.drawings),
            (int(target.get("/Width", 0)), int(target.get("/Height", 0))) if is_raster else (0, 0),
        )
        self._page.drawings.append(drawing)
        if not is_raster and holds_text(target):
            self._follow_form(target, drawing)

    def _follow_form(self, target: pikepdf.Object, drawing: Drawing) -> None:
        clip = drawing.box if drawing.clip is None else drawing.clip.shared(drawing.box)
        state = replace(self._state, matrix=drawing.matrix, clip=clip)
        forms = (*self._forms, drawing.number)
        resources = target.get("/Resources", self._resources)
        _StreamReader(self._page, resources, state, self._marks, forms).follow(content_of(target))


_PAINTS = frozenset({b"n", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"S", b"s"})
_FILLS = _PAINTS - {b"n", b"S", b"s"}
_MCID = re.compile(rb"/MCID\s+(\d+)")
_FOLLOWS: Mapping[bytes, Callable[[_StreamReader, bytes], None]] = {
    b"q": _StreamReader.save,
    b"Q": _StreamReader.restore,
    b"cm": _StreamReader.transform,
    b"W": _StreamReader.cut,
    b"W*": _StreamReader.cut,
    b"g": _StreamReader.fill,
    b"rg": _StreamReader.fill,
    b"k": _StreamReader.fill,
    b"sc": _StreamReader.fill,
    b"scn": _StreamReader.fill,
    b"gs": _StreamReader.graphics,
    b"BMC": _StreamReader.mark,
    b"BDC": _StreamReader.mark,
    b"EMC": _StreamReader.unmark,
    b"BT": _StreamReader.begin_text,
    b"Tm": _StreamReader.place_text,
    b"Td": _StreamReader.move_text,
    b"TD": _StreamReader.move_text_and_lead,
    b"T*": _StreamReader.next_line,
    b"Tf": _StreamReader.choose_font,
    b"Tc": _StreamReader.space_letters,
    b"Tw": _StreamReader.space_words,
    b"Tz": _StreamReader.stretch,
    b"TL": _StreamReader.lead,
    b"Tr": _StreamReader.choose_mode,
    b"Ts": _StreamReader.rise,
    b"Tj": _StreamReader.show,
    b"TJ": _StreamReader.show,
    b"'": _StreamReader.show_on_next_line,
    b'"': _StreamReader.show_spaced,
    b"Do": _StreamReader.draw,
}
OPERATORS = " ".join(["m l c v y h re", *(operator.decode() for operator in (*_FOLLOWS, *_PAINTS))])
"""All that a proof needs."""


def holds_text(form: pikepdf.Object) -> bool:
    """Tell whether a form may draw text, itself or through another form; icons have none."""
    content = form.read_bytes()
    return b"BT" in content or b"Do" in content


_PATH_PIECE = re.compile(rb"((?:" + _NUMBER + rb"\s++)*+)([mlcvyh]|re)")


def _points(path: bytes) -> Iterator[tuple[float, float]]:
    """Yield the points of *path*, those that steer its curves too."""
    for operands, operator in _PATH_PIECE.findall(path):
        numbers = _floats(operands)
        if operator == b"re":
            x, y, width, height = numbers
            yield from ((x, y), (x + width, y + height), (x + width, y), (x, y + height))
        else:
            yield from zip(numbers[::2], numbers[1::2], strict=True)


_new_glyph: Callable[[type[Glyph], tuple[str, float, float, bool]], Glyph] = tuple.__new__
"""As `Glyph(…)` does, in half the time: a sheet has thousands."""


def _glyphs(operands: bytes, state: _State, font: Font) -> tuple[tuple[Glyph, ...], float]:
    """Return the glyphs that *operands* show, and where their end is, in text space.

    Raises ValueError where they are no strings and numbers.
    """
    glyphs: list[Glyph] = []
    along = 0.0
    scale = state.size * state.stretch
    spaced = state.letter_space * state.stretch
    for letters, back, *_ in font.shown(operands):
        for text, width_em, is_missing, is_space in letters:
            end = along + width_em * scale
            glyphs.append(Glyph(text, along, end, is_missing))
            along = end + spaced
            if is_space:
                along += state.word_space * state.stretch
        along -= back / 1000 * scale
    return tuple(glyphs), along


def _matrix(operands: Iterable[object]) -> Matrix:
    a, b, c, d, e, f = (float(number) for number in operands)  # type: ignore[arg-type]
    return a, b, c, d, e, f


def _box(operands: Iterable[object]) -> Box:
    x, y, u, v = (float(number) for number in operands)  # type: ignore[arg-type]
    return Box(min(x, u), min(y, v), max(x, u), max(y, v))


def _colour(operands: bytes) -> Colour | None:
    """Return the colour of one grey, three or four numbers; None for a pattern."""
    if b"/" in operands:
        return None
    numbers = _floats(operands)
    if len(numbers) == 1:
        return (numbers[0],) * 3
    if len(numbers) == 4:
        red, green, blue = ((1 - min(1.0, ink + numbers[3])) for ink in numbers[:3])
        return red, green, blue
    if len(numbers) == 3:
        return numbers[0], numbers[1], numbers[2]
    return None
