"""Draw the roads of a project: which question leads over which sheets to which end. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from handout.model.document import Document, Section
from handout.model.findings import Place
from handout.model.roads import Exit, Road, RoadMap, SheetRoads
from handout.model.text import (
    Block,
    Choice,
    Device,
    Inline,
    NumberedStep,
    NumberedSteps,
    Result,
    SectionLabel,
    StepLabel,
    Target,
    plain_text,
)
from handout.model.walk import blocks_inside, inlines_inside, step_numbers, texts_of
from handout.project.project import Project, primary_language


@dataclass(frozen=True)
class RoadWords:
    """The words of a language that tell where a text sends its reader; of none, nothing is found."""

    onward: tuple[str, ...] = ()
    """Before a reference: from there on."""
    back: tuple[str, ...] = ()
    """Say that the reader comes back."""

    @classmethod
    def of(cls, project: Project) -> RoadWords:
        words = road_words(project)
        return cls(words.get("onward", ()), words.get("back", ()))


def road_words(project: Project) -> Mapping[str, tuple[str, ...]]:
    """Return the words that roads are read by, `[roads]` of the language of the texts, in small letters."""
    strings = project.strings.get(primary_language(project.settings.organisation.language), {})
    return {
        key.removeprefix("roads."): tuple(
            word.strip().casefold() for word in words.split("|") if word.strip()
        )
        for key, words in strings.items()
        if key.startswith("roads.")
    }


def road_map(project: Project, documents: Iterable[Document]) -> RoadMap:
    """Return the map of *documents*: the formats of a handout say the same, so that one of them is taken."""
    firsts: dict[tuple[str, str], Document] = {}
    for document in documents:
        firsts.setdefault((document.audience, document.slug), document)
    words = RoadWords.of(project)
    return RoadMap(tuple(_sheet(project, document, words) for _, document in sorted(firsts.items())))


def _sheet(project: Project, document: Document, words: RoadWords) -> SheetRoads:
    source, audience = project.handouts[document.slug], document.audience
    asked = tuple(question.text for question in source.questions)
    led = [
        slug
        for slug in source.leads_to
        if slug in project.handouts and audience in project.handouts[slug].audiences
    ]
    return SheetRoads(
        audience=audience,
        handout=document.slug,
        title=document.title,
        letter=document.letter,
        questions=() if source.leads_to else asked,
        leads_to=tuple(led),
        asks=asked if source.leads_to else (),
        formats=source.formats,
        roads=tuple(_road(project, document, section, words) for section in document.sections),
        place=document.place,
    )


def _road(project: Project, document: Document, section: Section, words: RoadWords) -> Road:
    procedure = project.procedures[section.slug]
    exits = tuple(_exits(section, words))
    own = {document.slug, *(h.slug for h in project.handouts.values() if document.audience in h.audiences)}
    return Road(
        audience=document.audience,
        handout=document.slug,
        procedure=section.slug,
        title=section.title,
        place=section.place,
        steps=len(tuple(step_numbers(section.blocks))),
        by_step=tuple(_by_step(section.blocks)),
        needs=procedure.needs,
        gives=procedure.gives,
        exits=tuple(one for one in exits if one.goal.handout in own),
        hands_out=tuple(dict.fromkeys(one.goal.handout for one in exits if one.goal.handout not in own)),
        ends=any(isinstance(block, Result) for block in blocks_inside(section.blocks)),
    )


def _by_step(blocks: Iterable[Block]) -> Iterator[tuple[str, tuple[Device, ...]]]:
    """Yield the number of each whole step in *blocks* with the devices of it and of what stands in it."""
    for block in blocks_inside(blocks):
        if isinstance(block, NumberedSteps) and block.level == 1:
            for step in block.steps:
                inner = (one.device for one in (step, *steps_inside(step.blocks)))
                yield step.label, tuple(dict.fromkeys(device for device in inner if device is not None))


def steps_inside(blocks: Iterable[Block]) -> Iterator[NumberedStep]:
    """Yield all steps and substeps in *blocks*, in reading order."""
    for block in blocks_inside(blocks):
        if isinstance(block, NumberedSteps):
            yield from block.steps


def _exits(section: Section, words: RoadWords) -> Iterator[Exit]:
    """Yield the places of *section* that send its reader out of it."""
    for step, place, inlines in placed_texts(section.blocks):
        for label, before, text in references(inlines):
            goal = label.goal
            if goal is None or _stays(goal, section):
                continue
            run = isinstance(label, StepLabel) and label.until is not None
            onward = not run and has_any(before, words.onward) and not has_any(text, words.back)
            first, last = (label.label, label.until) if isinstance(label, StepLabel) else (None, None)
            yield Exit(goal, place, step, onward, first, last)


def _stays(goal: Target, section: Section) -> bool:
    return goal.procedure == section.slug and goal.step is not None


def placed_texts(
    blocks: Iterable[Block], step: str | None = None
) -> Iterator[tuple[str | None, Place, tuple[Inline, ...]]]:
    """Yield the texts of *blocks* with their place and the number of the step that each stands in."""
    for block in blocks:
        if isinstance(block, NumberedSteps):
            for one in block.steps:
                number = one.label if block.level == 1 else step
                yield number, one.place, one.command
                yield from placed_texts(one.blocks, number)
            continue
        for place, inlines in texts_of(block):
            yield step, place, inlines
        for inner in _inside(block):
            yield from placed_texts(inner, step)


def _inside(block: Block) -> tuple[tuple[Block, ...], ...]:
    if isinstance(block, Choice):
        return tuple(option.blocks for option in block.options)
    items = getattr(block, "items", None)
    return items if items is not None else (getattr(block, "blocks", ()),)


def references(
    inlines: tuple[Inline, ...],
) -> Iterator[tuple[StepLabel | SectionLabel, str, str]]:
    """Yield each reference in *inlines*, the words before it in its sentence, and all words around it.

    In small letters: "begin opnieuw vanaf " and the whole of the paragraph.
    """
    whole, before = plain_text(inlines).casefold(), ""
    for inline in inlines:
        for label in inlines_inside((inline,)):
            if isinstance(label, StepLabel | SectionLabel):
                yield label, _last_sentence(before), whole
        before += plain_text((inline,)).casefold()


def _last_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?…:])\s+", text)[-1]


def has_any(text: str, words: Iterable[str]) -> bool:
    """Tell whether one of *words* stands in *text*, in whole words and small letters."""
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for word in words)
