"""What a reader follows: numbers, keys, devices and references, the same in every kind of file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest

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
    NumberedStep,
    NumberedSteps,
    Route,
    SectionLabel,
    StepLabel,
    Strong,
    UiLabel,
    Untranslated,
)
from handout.model.walk import texts_of
from handout.proof.expected import Expected
from handout.proof.rules import ProofRule, found


class SignKind(StrEnum):
    """What a reader follows."""

    NUMBER = "number"
    """Of a step, or the letter of a substep."""
    KEY = "key"
    DEVICE = "device"
    """Where a step is done, as who listens hears it: "(op je computer)"."""
    REFERENCE = "reference"
    """To a step: "stap 5"; of a route the number alone."""


@dataclass(frozen=True)
class Sign:
    """A number, key, device or reference where it is read. Equal where it is of the same kind and words."""

    kind: SignKind
    text: str
    """With single spaces."""
    place: Place = field(default=Place(""), compare=False)
    """Where it is written; of one that was read back nothing."""

    @property
    def told(self) -> Message:
        """It as a person calls it."""
        match self.kind:
            case SignKind.NUMBER:
                return say("the number '{text}'", text=self.text)
            case SignKind.KEY:
                return say("the key '{text}'", text=self.text)
            case SignKind.DEVICE:
                return say("the device '{text}'", text=self.text)
            case _:
                return say("the reference '{text}'", text=self.text)


def signs_of(expected: Expected) -> tuple[Sign, ...]:
    """Return the signs of the model, in the order in which they are read."""
    document = expected.document
    lead_place = document.lead_place or document.place
    reader = _SignWalk(expected)
    blocks = (
        *document.opening,
        *(block for section in document.sections for block in section.blocks),
        *document.closing,
    )
    words = expected.terms.text_words
    return (
        *reader.inlines(document.lead, lead_place, words),
        *reader.inlines(document.bring, document.place, words),
        *reader.blocks(blocks),
    )


@dataclass(frozen=True)
class _SignWalk:
    expected: Expected

    def blocks(self, blocks: Iterable[Block]) -> Iterator[Sign]:
        for block in blocks:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[Sign]:
        words = self.expected.terms.text_words
        match block:
            case NumberedSteps(_, steps, _):
                for step in steps:
                    yield from self.step(step)
            case Callout():
                yield from self.inlines(block.title, block.place, words)
                yield from self.blocks(block.blocks)
            case Choice(options, _):
                for option in options:
                    yield from self.blocks(option.blocks)
            case BulletList(items, _):
                for item in items:
                    yield from self.blocks(item)
            case Address():
                yield Sign(SignKind.KEY, words["key-enter"], self.expected.document.place)
            case Route(numbers, section):
                for at, number in enumerate(numbers):
                    letter = (section or "") if not at else ""
                    yield Sign(SignKind.REFERENCE, f"{letter}{number}", self.expected.document.place)
            case _:
                for place, inlines in texts_of(block):
                    yield from self.inlines(inlines, place, words)

    def step(self, step: NumberedStep) -> Iterator[Sign]:
        yield Sign(SignKind.NUMBER, step.label, step.place)
        yield from self.inlines(step.command, step.place, self.expected.terms.text_words)
        if step.device_changes:
            yield Sign(SignKind.DEVICE, device_words(self.expected, step), step.place)
        yield from self.blocks(step.blocks)

    def inlines(self, inlines: Iterable[Inline], place: Place, words: Mapping[str, str]) -> Iterator[Sign]:
        terms = self.expected.terms
        for inline in inlines:
            match inline:
                case UiLabel(text):
                    yield Sign(SignKind.KEY, _spaced(text), place)
                case StepLabel(children=children):
                    yield from self.inlines(children, place, words)
                    yield Sign(SignKind.REFERENCE, _spaced(named(inline, words)), place)
                case Both(own, other):
                    yield from self.inlines(other, place, terms.other_words)
                    yield from self.inlines(own, place, words)
                case Untranslated(children):
                    yield from self.inlines(children, place, terms.source_words or words)
                case Strong(children) | Emphasis(children) | Link(children) | SectionLabel(children=children):
                    yield from self.inlines(children, place, words)
                case _:
                    pass


def device_words(expected: Expected, step: NumberedStep) -> str:
    """Return where *step* is done, in the words for who listens; in two languages the other one first."""
    key = f"said.{step.device}"
    own, other = expected.terms.words[key], expected.terms.other_words.get(key)
    return f"{other} {own.removesuffix(f' · {other}')}" if other else own


def named(label: StepLabel, words: Mapping[str, str]) -> str:
    """Return *label* as a reader finds it: "stap B5", "stap 5 tot en met 7"."""
    run = f" {words['until']} {label.until}" if label.until else ""
    return f"{words['step']} {label.section or ''}{label.label}{run}"


def _spaced(text: str) -> str:
    return " ".join(text.split())


def differences(read: Sequence[Sign], expected: Expected, rule: ProofRule, fix: Message) -> Iterator[Finding]:
    """Yield the first sign that was *read* otherwise than the model has it: what follows shifts with it."""
    for own, model in zip_longest(read, signs_of(expected)):
        if own == model:
            continue
        place = model.place if model else expected.document.place
        if model is None:
            assert own is not None  # or both were at their end
            what = say("{read} is read, and the text has no more", read=own.told)
        elif own is None:
            what = say("{model} is not there: what is read ends before it", model=model.told)
        else:
            what = say("{read} is read, where the text has {model}", read=own.told, model=model.told)
        yield found(rule, place, what, fix)
        return
