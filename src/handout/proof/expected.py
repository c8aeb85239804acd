"""What must stand on the paper: the texts of the model, as a template prints them, in the order of the model.

Nothing here is taken from templates: where both agree, the paper is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain, groupby

from handout.model.document import Document, PictureFile, PictureType, QrTarget, Shows
from handout.model.findings import Place
from handout.model.plurals import counted, printed_date
from handout.model.school import SchoolField
from handout.model.text import (
    Address,
    Block,
    Both,
    BothWords,
    BulletList,
    Callout,
    Choice,
    Emphasis,
    Gloss,
    Heading,
    Inline,
    LineBreak,
    Link,
    NumberedStep,
    NumberedSteps,
    PairedText,
    Paragraph,
    Picture,
    Result,
    Route,
    SectionLabel,
    StepLabel,
    Strong,
    Table,
    Text,
    UiLabel,
    Untranslated,
    WriteIn,
)
from handout.model.walk import blocks_inside, blocks_of, pictures_inside, texts_of
from handout.proof.tags import squeezed


@dataclass(frozen=True)
class Expectations:
    """What the project promises of a paper, beside its texts."""

    words: Mapping[str, str]
    """The printed words of the templates, by key."""
    label: str
    """For whom it is, "Voor medewerkers"."""
    other_labels: tuple[str, ...]
    """For whom other papers are."""
    organisation: str
    edition: str
    """What stands under the organisation where no school is known."""
    allowed_hosts: tuple[str, ...]
    families: tuple[str, ...]
    """The fonts that may be used."""
    least_module_mm: float
    scan_mm: float
    """From how far the QR code is scanned."""
    edge_mm: float
    """What a printer, or whoever cuts, leaves of the outer edge."""
    shows: Shows
    faces: int
    """How often the same face is printed; one of them is read aloud."""
    least_text_pt: float = 9.5
    """Nothing that is read is smaller."""
    least_beside_pt: float = 9.5
    """Nor what stands beside the text: the foot, the number of the page, who gives it out."""
    reading: str = ""
    """The printed word for the way of reading that it is laid out for; empty for that of most people."""
    is_right_to_left: bool = False
    """The direction of the text."""
    other_words: Mapping[str, str] = field(default_factory=dict)
    """The printed words in the language beside that of the sheet, where it has two."""
    source_words: Mapping[str, str] = field(default_factory=dict)
    """The printed words in the language of texts without a translation; none where there can be none."""
    page_sizes_mm: tuple[tuple[float, float], ...] = ()
    """Width and height of each page, the last for all that follow; empty: any."""
    words_of_pages: Mapping[str, str] = field(default_factory=dict)
    """The printed words in the language of whoever prints it."""
    slots_mm: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Width and height of the slots of each field of a school, the largest of each where it has several."""

    @cached_property
    def text_words(self) -> Mapping[str, str]:
        """The printed words as references have them, which stand in a text: in its language alone."""
        return {key: in_each(word)[0] if word else word for key, word in self.words.items()}


@dataclass(frozen=True)
class ExpectedText:
    """A text of the model."""

    text: str
    place: Place
    flow: int
    """Texts of one flow are printed in the order of the model; a flow may stand anywhere."""

    @cached_property
    def letters(self) -> str:
        return squeezed(self.text)


@dataclass(frozen=True)
class Numbered:
    """A step or substep of the model."""

    step: NumberedStep
    level: int
    section: str | None
    """The letter of its procedure."""


@dataclass(frozen=True)
class Pointer:
    """A reference to a step, and where it is written."""

    label: StepLabel
    place: Place
    section: str | None
    """The letter of the procedure that it stands in."""
    word: str
    """The word for a step that it begins with."""


@dataclass(frozen=True)
class Expected:
    """The model of one paper, and the terms that hold for it."""

    document: Document
    terms: Expectations

    @cached_property
    def said(self) -> tuple[ExpectedText, ...]:
        """Every text that must be printed, in the order of the model."""
        return tuple(_Speaker(self.terms).document(self.document))

    @cached_property
    def steps(self) -> tuple[Numbered, ...]:
        """Every step and substep in reading order, each step before what stands in it."""
        sections = self.document.sections
        return tuple(one for section in sections for one in _numbered(section.blocks, section.letter))

    @cached_property
    def pointers(self) -> tuple[Pointer, ...]:
        """Every reference to a step, in the order of the model."""
        document = self.document
        place = document.lead_place or document.place
        found = list(_pointers(document.lead, place, None, self.terms.text_words, self.terms))
        for blocks, letter in (
            (document.opening, None),
            *((section.blocks, section.letter) for section in document.sections),
            (document.closing, None),
        ):
            for place, inlines in (text for block in blocks_inside(blocks) for text in texts_of(block)):
                found += _pointers(inlines, place, letter, self.terms.text_words, self.terms)
        return tuple(found)

    def read(self, inlines: Iterable[Inline]) -> str:
        """Return *inlines* in the order in which they are read: of two languages the other one first."""
        terms, parts = self.terms, []
        for inline in inlines:
            if isinstance(inline, Both):
                parts.append(printed(inline.other, terms.other_words))
            parts.append(_printed(inline, terms.text_words, terms.source_words or terms.text_words))
        return "".join(parts)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Every address that a reader of the file must be able to click."""
        document = self.document
        found = {target.url for target in self.targets}
        for block in blocks_of(document):
            if isinstance(block, Address):
                found.add(block.url)
        return frozenset(found)

    @cached_property
    def pictures(self) -> tuple[tuple[Picture, ...], ...]:
        """The pictures with words, by the part of the text that they stand in."""
        document = self.document
        lead = (inline for inline in document.lead if isinstance(inline, Picture))
        parts = (document.opening, *(section.blocks for section in document.sections), document.closing)
        found = (lead, *(pictures_inside(blocks) for blocks in parts))
        return tuple(tuple(picture for picture in part if picture.alt) for part in found)

    @cached_property
    def photos(self) -> tuple[tuple[Picture, PictureFile], ...]:
        """The pictures of pixels, decoration too, each with its file, in the order of the model."""
        document = self.document
        parts = (document.opening, *(section.blocks for section in document.sections), document.closing)
        lead = (inline for inline in document.lead if isinstance(inline, Picture))
        found = chain(lead, *(pictures_inside(blocks) for blocks in parts))
        files = ((picture, document.pictures.get(picture.path)) for picture in found)
        return tuple((one, file) for one, file in files if file and file.type is not PictureType.SVG)

    @cached_property
    def targets(self) -> tuple[QrTarget, ...]:
        """Where the QR codes lead: the sheet's own, and the small one at the foot."""
        return tuple(target for target in (self.document.qr, self.document.status) if target)

    @cached_property
    def qr_words(self) -> tuple[str, ...]:
        """What a screen reader says for each QR code."""
        return tuple(self.terms.words["qr-alt"].format(address=target.text) for target in self.targets)

    @cached_property
    def known(self) -> tuple[str, ...]:
        """What a template may print beside the texts of the model: without white space, longest first."""
        found = {squeezed(text).casefold() for text in self._known}
        return tuple(sorted(found - {""}, key=lambda text: (-len(text), text)))

    @cached_property
    def known_words(self) -> tuple[str, ...]:
        """The single words of what is known."""
        return tuple(sorted({word for text in self._known for word in re.findall(r"\w+", text.casefold())}))

    @cached_property
    def _known(self) -> tuple[str, ...]:
        document, terms, words = self.document, self.terms, self.terms.words
        count = next((way.steps for way in document.counts if not way.title), 0)
        texts = [*_literals(_whole_and_in_each(words), count), terms.organisation]
        names = [terms.label, terms.edition, document.title, *(one.title for one in document.sections)]
        texts += (terms.label, terms.edition, *(one.other for one in names if isinstance(one, PairedText)))
        texts += (printed(one.other, terms.other_words) for one in document.bring if isinstance(one, Both))
        texts += (
            document.title,
            document.code,
            document.letter or "",
            printed(document.bring, terms.text_words),
        )
        texts += (section.title for section in document.sections if len(document.sections) == 1)
        language = document.language
        texts += (
            counted(words, "way-in-steps", way.steps, language, title=way.title) for way in document.counts
        )
        texts += (*self.onward, *self.continued)
        texts += (document.version or "", *self.dates(document.newest), *self.dates(document.valid_until))
        if document.school:
            own = (column for column, _ in document.school.own)
            texts += (document.school.value(column) or "" for column in (*SchoolField, *own))
        return tuple(texts)

    @cached_property
    def onward(self) -> Mapping[str, int]:
        """What a side says at its foot that ends before a step, with the number of that step."""
        words = self.terms.words.get("onward" if self.document.page_budget == 2 else "onward-page")
        return self._said_of_steps(words)

    @cached_property
    def continued(self) -> Mapping[str, int]:
        """What the head of a page says that goes on with a step, and the number of that step."""
        return self._said_of_steps(self.terms.words.get("continued"))

    def _said_of_steps(self, words: str | None) -> Mapping[str, int]:
        """Return *words*, in each language of the sheet, of each step, with its number; none for none."""
        numbers = {one.step.number for one in self.steps if one.level == 1}
        return {one.format(number=number): number for one in in_each(words or "") for number in numbers}

    @cached_property
    def unseen(self) -> str:
        """A heading over letters that a template gives rows of a table: for who hears the page alone."""
        return squeezed(self.terms.words.get("row", ""))

    def dates(self, day: date | None) -> tuple[str, ...]:
        """Return how *day* is printed; nothing for none."""
        return (printed_date(day, self.document.language),) if day else ()


def in_each(words: str) -> tuple[str, ...]:
    """Return the printed *words* in each language of the sheet; nothing for none."""
    if isinstance(words, BothWords):
        return words.own, words.other
    return (words,) if words else ()


def _whole_and_in_each(words: Mapping[str, str]) -> Iterator[str]:
    """Yield all *words*, those in two languages also in each: a line may end between them."""
    for word in words.values():
        yield from {word, *in_each(word)}


def _literals(texts: Iterable[str], count: int) -> Iterator[str]:
    """Yield *texts* as they are printed: with the *count* of steps, or else the parts between fields."""
    for text in texts:
        for choice in text.replace("{count}", str(count)).split("|"):
            yield from choice.replace("}", "{").split("{")[::2]


# ---- what is said -----------------------------------------------------------------------------


class _Speaker:
    """Says the model, text by text, as the templates print it."""

    def __init__(self, terms: Expectations) -> None:
        self._words = terms.words
        self._terms = terms
        self._flows = 0

    def _new_flow(self) -> int:
        self._flows += 1
        return self._flows

    def document(self, document: Document) -> Iterator[ExpectedText]:
        head = self._new_flow()
        yield from self._name(document.title, document.place, head)
        if document.translation and (count := document.translation.untranslated):
            language = document.beside or document.language
            told = counted(self._words, "untranslated", count, language)
            yield ExpectedText(told, document.place, self._new_flow())
        lead_place = document.lead_place or document.place
        yield from self._text(document.lead, lead_place, head)
        yield from self._blocks(document.opening, document.place, self._new_flow())
        for section in document.sections:
            flow = self._new_flow()
            if len(document.sections) > 1:
                yield from (ExpectedText(letter, section.place, flow) for letter in section.letter or "")
                yield from self._name(section.title, section.place, flow)
            yield from self._blocks(section.blocks, section.place, flow)
        yield from self._blocks(document.closing, document.place, self._new_flow())
        yield from self._wayfinding(document)
        if document.qr:
            yield ExpectedText(document.qr.text, document.place, self._new_flow())

    def _wayfinding(self, document: Document) -> Iterator[ExpectedText]:
        if not document.destinations:
            return  # elsewhere its own questions are what leads to it
        for destination in document.destinations:
            place, flow = document.place, self._new_flow()
            for question in destination.questions:
                yield from self._name(question.text, place, flow)
            yield ExpectedText(destination.letter, place, flow)
            yield from self._name(destination.title, place, flow)
        yield from self._languages(document)
        yield from (
            ExpectedText(question.text, document.place, self._new_flow()) for question in document.questions
        )

    def _languages(self, document: Document) -> Iterator[ExpectedText]:
        """Yield the languages of the sheets that *document* leads to: those of each group of them once."""
        for languages in dict.fromkeys(one.languages for one in document.destinations if one.languages):
            flow = self._new_flow()
            yield ExpectedText(" · ".join(name for _, name in languages), document.place, flow)
            letters = (one.letter for one in document.destinations if one.languages == languages)
            yield from (ExpectedText(letter, document.place, flow) for letter in letters)

    def _text(self, inlines: tuple[Inline, ...], place: Place, flow: int) -> Iterator[ExpectedText]:
        # A picture among words is an element of its own: what stands before and after it are two texts.
        for kind, part in groupby(inlines, _kind_of_part):
            if kind is Both:
                for both in (one for one in part if isinstance(one, Both)):
                    other = printed(both.other, self._terms.other_words)
                    yield from (ExpectedText(text, place, flow) for text in (other,) if squeezed(text))
                    yield from self._text(both.own, place, flow)
                continue
            text = "" if kind is Picture else printed(part, self._terms.text_words, self._terms.source_words)
            if squeezed(text):
                yield ExpectedText(text, place, flow)

    def _name(self, name: str, place: Place, flow: int) -> Iterator[ExpectedText]:
        """Yield a title or name, of two languages the other one first."""
        if isinstance(name, PairedText):
            yield ExpectedText(name.other, place, flow)
        yield ExpectedText(name, place, flow)

    def _blocks(self, blocks: Iterable[Block], place: Place, flow: int) -> Iterator[ExpectedText]:
        for block in blocks:
            yield from self._block(block, place, flow)

    def _block(self, block: Block, place: Place, flow: int) -> Iterator[ExpectedText]:
        match block:
            case Paragraph() | Result() | Heading():
                yield from self._text(block.children, block.place, flow)
            case NumberedSteps(_, steps, _):
                for step in steps:
                    yield from self._step(step, flow)
            case Callout(kind, title, inside, at):
                # A callout may stand beside its step or at the end of the sheet.
                flow = self._new_flow()
                own = self._words[f"callout.{kind}"]
                yield from self._text(title, at, flow) if title else iter((ExpectedText(own, at, flow),))
                yield from self._blocks(inside, at, flow)
            case Choice(options, _):
                for option in options:
                    yield from self._name(option.title, option.place, flow)
                    yield from self._blocks(option.blocks, option.place, flow)
            case BulletList(items, at):
                for item in items:
                    yield from self._blocks(item, at, flow)
            case Table(header, rows, _, at):
                for cell in (cell for row in (header, *rows) for cell in row):
                    yield from self._text(cell, at, flow)
            case Address(text, _):
                yield ExpectedText(text, place, flow)
            case Route(numbers, section):
                spoken = "".join(str(number) for number in numbers)
                yield ExpectedText(f"{self._words['steps']}{section or ''}{spoken}", place, flow)
            case _:
                pass

    def _step(self, step: NumberedStep, flow: int) -> Iterator[ExpectedText]:
        yield from self._text(step.command, step.place, flow)
        if step.device_changes:
            yield ExpectedText(self._words[f"device.{step.device}"], step.place, self._new_flow())
        yield from self._blocks(step.blocks, step.place, flow)


def _kind_of_part(inline: Inline) -> type[Inline] | None:
    return next((kind for kind in (Picture, Both) if isinstance(inline, kind)), None)


def printed(
    inlines: Iterable[Inline], words: Mapping[str, str], source: Mapping[str, str] | None = None
) -> str:
    """Return *inlines* as they stand on the paper, with the words of references.

    *source* are those of the language of texts without a translation.
    """
    return "".join(_printed(inline, words, source or words) for inline in inlines)


def _printed(inline: Inline, words: Mapping[str, str], source: Mapping[str, str]) -> str:
    match inline:
        case Text(text) | UiLabel(text) | WriteIn(text):
            return text
        case Gloss():
            return inline.printed
        case Untranslated(children):
            return printed(children, source)
        case Both(own, _):
            return printed(own, words, source)
        case Strong(children) | Emphasis(children) | Link(children):
            return printed(children, words, source)
        case StepLabel():
            return _step_label(inline, words)
        case SectionLabel():
            return _section_label(inline, words)
        case LineBreak():
            return " "
        case _:
            return ""


def _step_label(label: StepLabel, words: Mapping[str, str]) -> str:
    number = f"{words['step']} {label.section or ''}{label.label}"
    if label.until:
        number += f" {words['until']} {label.until}"
    if label.option:
        number += f" {words['go-to-option'].format(option=label.option)}"
    if label.procedure:
        number += f" {words['in-procedure'].format(procedure=label.procedure)}"
    if label.handout:
        number += f" {_in_handout(label, words)}"
    return f"{printed(label.children, words)} ({number})" if label.children else number


def _section_label(label: SectionLabel, words: Mapping[str, str]) -> str:
    own = printed(label.children, words)
    if label.handout is None:
        quoted = label.title if label.is_alone else words["own-procedure"].format(procedure=label.title)
        return f"{label.section or ''}{own or quoted}"
    if label.is_whole:
        if own or not label.handout_letter:
            return own or label.title
        return words["lettered-handout"].format(letter=label.handout_letter, handout=label.title)
    part = own or f"{words['part']} {label.title}".strip()
    return f"{part} {_in_handout(label, words)}"


def _in_handout(label: StepLabel | SectionLabel, words: Mapping[str, str]) -> str:
    key = "in-lettered-handout" if label.handout_letter else "in-handout"
    return words[key].format(handout=label.handout, letter=label.handout_letter)


# ---- walks ------------------------------------------------------------------------------------


def _pointers(
    inlines: Iterable[Inline],
    place: Place,
    section: str | None,
    words: Mapping[str, str],
    terms: Expectations,
) -> Iterator[Pointer]:
    """Yield the references in *inlines*, which are written with *words*, or in a part of them with others."""
    for inline in inlines:
        match inline:
            case StepLabel():
                yield Pointer(inline, place, section, words["step"])
            case Both(own, other):
                yield from _pointers(other, place, section, terms.other_words, terms)
                yield from _pointers(own, place, section, words, terms)
            case Untranslated(children):
                yield from _pointers(children, place, section, terms.source_words or words, terms)
                continue
        if isinstance(inline, Strong | Emphasis | Link | SectionLabel | StepLabel):
            yield from _pointers(inline.children, place, section, words, terms)


def _numbered(blocks: Iterable[Block], section: str | None) -> Iterator[Numbered]:
    for block in blocks:
        match block:
            case NumberedSteps(level, steps, _):
                for step in steps:
                    yield Numbered(step, level, section)
                    yield from _numbered(step.blocks, section)
            case Callout():
                yield from _numbered(block.blocks, section)
            case Choice(options, _):
                for option in options:
                    yield from _numbered(option.blocks, section)
            case BulletList(items, _):
                for item in items:
                    yield from _numbered(item, section)
            case _:
                pass
