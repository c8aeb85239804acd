"""A text in braille says what the sheet says, in its order, with each step at the beginning of a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

from handout.model.findings import Finding, Place
from handout.model.messages import Message, say
from handout.model.text import (
    Address,
    Block,
    Both,
    BulletList,
    Callout,
    Choice,
    Emphasis,
    Inline,
    Link,
    NumberedSteps,
    Picture,
    Route,
    SectionLabel,
    StepLabel,
    Strong,
    Text,
    UiLabel,
    Untranslated,
)
from handout.model.walk import texts_of
from handout.proof.expected import Expected, printed
from handout.proof.rules import ProofRule, found
from handout.proof.sequence import device_words

ASCII = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="
"""The sign of each cell, by its dots as bits (North American braille ASCII)."""
FIRST_CELL = 0x2800
BLANK = chr(FIRST_CELL)
INDENTS = {1: 0, 2: 2}
"""Blank cells before a step and before a substep: nothing else begins so with its number."""
MOST_SHOWN = 60


class Cells(Protocol):
    """Texts in braille, and the letters that have none."""

    @property
    def lines(self) -> tuple[str, ...]: ...
    @property
    def missing(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class BraillePaper:
    """What a page of braille holds."""

    cells: int
    lines: int


@dataclass(frozen=True)
class _Told:
    """A piece of what is to be read."""

    text: str
    place: Place
    level: int = 0
    """1 for a step, 2 for a substep, which begins with its number; 0 for all else."""


def braille(
    data: bytes, expected: Expected, paper: BraillePaper, in_cells: Callable[[Sequence[str]], Cells]
) -> Iterator[Finding]:
    """Yield in what *data*, BRF, is not what is *expected*; *in_cells* translates texts as it was."""
    told = [one for one in _document(expected) if one.text.split()]
    cells = in_cells([one.text for one in told])
    for one in told:
        if lost := sorted(cells.missing & set(one.text)):
            yield found(
                ProofRule.BRAILLE_LETTER,
                one.place,
                say("braille has no cells for '{letter}' in this language", letter=lost[0]),
                say("write it in other words, or make this language without braille"),
            )
    yield from _pages(data, expected, paper)
    yield from _order(_Reading(data), told, cells.lines)


class _Reading:
    """The cells of a file without blanks, with where its lines begin."""

    def __init__(self, data: bytes) -> None:
        self.cells = ""
        self.begins: dict[int, int] = {}
        """How many blank cells stand before the line that begins at a cell."""
        for page in data.decode("ascii", "replace").split("\f"):
            for line in page.splitlines()[:-1]:  # the last has the number of the page
                if plain := line.strip():
                    self.begins[len(self.cells)] = len(line) - len(line.lstrip())
                    self.cells += "".join(plain.split())

    def find(self, cells: str, level: int, start: int) -> int:
        """Return where *cells* stand from *start* on, those of a step where its line begins; -1: nowhere."""
        at = self.cells.find(cells, start)
        while level and at >= 0 and self.begins.get(at) != INDENTS[level]:
            at = self.cells.find(cells, at + 1)
        return at


def _order(reading: _Reading, told: Sequence[_Told], cells: Sequence[str]) -> Iterator[Finding]:
    """Yield what of *told* is not read where it belongs: behind what comes before it."""
    reached = 0
    for one, line in zip(told, cells, strict=True):
        signs = "".join(ASCII[ord(cell) - FIRST_CELL] for cell in line if cell != BLANK)
        at = reading.find(signs, one.level, reached)
        if at >= 0:
            reached = at + len(signs)
            continue
        yield found(
            ProofRule.BRAILLE_STEPS if one.level else ProofRule.BRAILLE_TEXT,
            one.place,
            say("'{text}' is not in the braille where it belongs", text=one.text[:MOST_SHOWN]),
            say("build it again with --force; if it stays so, report it with the project"),
        )


def _pages(data: bytes, expected: Expected, paper: BraillePaper) -> Iterator[Finding]:
    signs = frozenset(ASCII)
    for number, page in enumerate(data.decode("ascii", "replace").split("\f")[:-1], 1):
        lines = page.splitlines()
        what: Message | None = None
        if len(lines) != paper.lines or not lines[-1].strip():
            what = say("page {number} of the braille has {n} lines", number=number, n=len(lines))
        elif any(len(line) > paper.cells for line in lines):
            what = say("a line on page {number} of the braille is too long", number=number)
        elif not signs.issuperset("".join(lines)):
            what = say("page {number} of the braille has a sign that is no cell", number=number)
        if what is not None:
            fix = say("build it again with --force; if it stays so, report it with the project")
            yield found(ProofRule.BRAILLE_PAGE, expected.document.place, what, fix)
            return


# ---- what is to be read -----------------------------------------------------------------------


def _document(expected: Expected) -> Iterator[_Told]:
    document, walk = expected.document, _TextWalk(expected)
    place = document.lead_place or document.place
    yield _Told(document.title, document.place)
    yield from walk.text(document.lead, place)
    yield from walk.text(document.bring, document.place)
    yield from walk.blocks(document.opening)
    for destination in document.destinations:
        yield from (_Told(question.text, document.place) for question in destination.questions)
        yield _Told(f"{destination.letter} {destination.title}", document.place)
    for section in document.sections:
        if len(document.sections) > 1:
            yield _Told(f"{section.letter or ''} {section.title}", section.place)
        yield from walk.blocks(section.blocks)
    yield from walk.blocks(document.closing)
    yield _Told(document.code, document.place)


@dataclass(frozen=True)
class _TextWalk:
    expected: Expected

    def blocks(self, blocks: Iterable[Block]) -> Iterator[_Told]:
        for block in blocks:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[_Told]:
        words, whole = self.expected.terms.words, self.expected.document.place
        match block:
            case NumberedSteps(level, steps, _):
                for step in steps:
                    own = "".join(one.text for one in self.text(step.command, step.place))
                    yield _Told(f"{step.label}. {own}", step.place, level)
                    if step.device_changes:
                        yield _Told(device_words(self.expected, step), step.place)
                    yield from self.blocks(step.blocks)
            case Callout(kind, title, inside, place):
                yield from self.text(title or (Text(words[f"callout.{kind}"]),), place)
                yield from self.blocks(inside)
            case Choice(options, _):
                for option in options:
                    yield _Told(option.title, option.place)
                    yield from self.blocks(option.blocks)
            case BulletList(items, _):
                for item in items:
                    yield from self.blocks(item)
            case Picture(_, alt, place):
                yield _Told(alt, place)
            case Address(text, _):
                yield _Told(f'{text} "{words["key-enter"]}"', whole)
            case Route(numbers, section):
                yield _Told(f"{words['steps']} {section or ''}{', '.join(map(str, numbers))}", whole)
            case _:
                for place, inlines in texts_of(block):
                    yield from self.text(inlines, place)

    def text(self, inlines: Sequence[Inline], place: Place) -> Iterator[_Told]:
        """Yield *inlines* as they are read, in pieces between pictures: keys in quotation marks."""
        terms = self.expected.terms
        for kind, part in groupby(inlines, lambda one: isinstance(one, Picture)):
            if kind:
                yield from (_Told(one.alt, place) for one in part if isinstance(one, Picture))
                continue
            yield _Told(printed(map(_marked, part), terms.words, terms.source_words or None), place)


def _marked(inline: Inline) -> Inline:
    """Return *inline* with its keys in quotation marks."""
    match inline:
        case UiLabel(text):
            return Text(f'"{text}"')
        case SectionLabel(handout=None, section=str(letter)):
            # Its letter is a word of its own.
            return Strong((Text(f"{letter} "), replace(inline, section=None)))
        case Strong() | Emphasis() | Link() | StepLabel() | SectionLabel() | Untranslated():
            return replace(inline, children=tuple(map(_marked, inline.children)))
        case Both(own, other):
            return Both(tuple(map(_marked, own)), tuple(map(_marked, other)))
        case _:
            return inline
