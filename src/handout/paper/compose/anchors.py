"""Where the steps and the references of a document stand on a page for a screen: what leads to what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from handout.model.document import Document, Section
from handout.model.text import (
    Block,
    Choice,
    Inline,
    NumberedStep,
    NumberedSteps,
    Route,
    SectionLabel,
    StepLabel,
)
from handout.model.walk import blocks_inside, inlines_inside, texts_of


@dataclass(frozen=True)
class Anchors:
    """The names of the places on a page, and where its references lead.

    Steps and references are told apart by identity: equal ones stand in several places.
    """

    steps: Mapping[int, str]
    """The name of each step and substep: `mfa-app-test` of one that editors named, else `mfa-app-5b`."""
    labels: Mapping[int, str]
    """The name of the place that a reference leads to; none for one that leads to another handout."""
    routes: Mapping[int, tuple[str | None, ...]]
    """The names of the steps of a route, in its order; None for a number that several steps have."""


@dataclass(frozen=True)
class _AnchoredStep:
    """A step with its names."""

    section: Section
    step: NumberedStep
    label: str
    """As references have it: `5`, and `5b` of a substep."""
    anchor: str


def anchors_of(document: Document) -> Anchors:
    """Return the anchors of *document*, each once."""
    named = tuple(_named(document))
    steps = {id(one.step): one.anchor for one in named}
    return Anchors(steps, dict(_of_labels(document, named)), dict(_of_routes(document, named)))


def _of_labels(document: Document, named: Sequence[_AnchoredStep]) -> Iterator[tuple[int, str]]:
    for section, inlines in _texts(document):
        for inline in inlines_inside(inlines):
            if isinstance(inline, StepLabel) and (step := _step_of(inline, section, document, named)):
                yield id(inline), step.anchor
            elif isinstance(inline, SectionLabel) and (slug := _section_of(inline, document)):
                yield id(inline), slug


def _of_routes(
    document: Document, steps: Sequence[_AnchoredStep]
) -> Iterator[tuple[int, tuple[str | None, ...]]]:
    for section, block in _blocks(document):
        if isinstance(block, Route):
            inside = [one for one in steps if _is_in(one, block.section, section)]
            yield id(block), tuple(_only(inside, str(number)) for number in block.numbers)


def _named(document: Document) -> Iterator[_AnchoredStep]:
    """Yield the steps and substeps of *document*, each with a name that no other place has."""
    taken = {section.slug for section in document.sections}
    for section in document.sections:
        for step, label in _labelled(section.blocks, ""):
            wanted = anchor = f"{section.slug}-{step.id or label}"
            count = 1
            while anchor in taken:
                count += 1
                anchor = f"{wanted}-{count}"
            taken.add(anchor)
            yield _AnchoredStep(section, step, label, anchor)


def _labelled(blocks: Iterable[Block], number: str) -> Iterator[tuple[NumberedStep, str]]:
    """Yield the steps in *blocks*, those of step *number*, each with its whole label."""
    for block in blocks:
        if isinstance(block, NumberedSteps):
            for step in block.steps:
                label = step.label if block.level == 1 else number + step.label
                yield step, label
                yield from _labelled(step.blocks, label)
        elif isinstance(block, Choice):
            for option in block.options:
                yield from _labelled(option.blocks, number)


def _texts(document: Document) -> Iterator[tuple[Section | None, tuple[Inline, ...]]]:
    """Yield the texts of *document*, each with the section that it stands in."""
    yield None, document.lead
    yield None, document.bring
    for section, block in _blocks(document):
        yield from ((section, inlines) for _, inlines in texts_of(block))


def _blocks(document: Document) -> Iterator[tuple[Section | None, Block]]:
    yield from ((None, block) for block in blocks_inside((*document.opening, *document.closing)))
    for section in document.sections:
        yield from ((section, block) for block in blocks_inside(section.blocks))


def _step_of(
    label: StepLabel, section: Section | None, document: Document, named: Iterable[_AnchoredStep]
) -> _AnchoredStep | None:
    """Return what *label*, in *section*, leads to on this page; None where none can be, or several."""
    goal = label.goal
    if label.handout or (goal is not None and goal.handout != document.slug):
        return None
    if goal is not None and goal.step is not None:
        own = [one for one in named if one.section.slug == goal.procedure and one.step.id == goal.step]
        return own[0] if own else None
    found = [one for one in named if one.label == label.label and _is_in(one, label.section, section)]
    return found[0] if len(found) == 1 else None


def _is_in(one: _AnchoredStep, letter: str | None, section: Section | None) -> bool:
    """Tell whether *one* stands where *letter* says, or else in *section*, or else anywhere."""
    if letter is not None:
        return one.section.letter == letter
    return section is None or one.section is section


def _only(named: Iterable[_AnchoredStep], label: str) -> str | None:
    found = [one.anchor for one in named if one.label == label]
    return found[0] if len(found) == 1 else None


def _section_of(label: SectionLabel, document: Document) -> str | None:
    goal = label.goal
    if label.handout or goal is None or goal.handout != document.slug:
        return None
    return next((one.slug for one in document.sections if one.slug == goal.procedure), None)
