"""Walk through texts in reading order, as written or as resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from handout.model.document import Document, Section
from handout.model.findings import Place
from handout.model.text import (
    Allow,
    Block,
    Both,
    BulletList,
    Callout,
    Choice,
    Emphasis,
    Heading,
    Inline,
    Link,
    NumberedSteps,
    Only,
    Paragraph,
    Picture,
    Reference,
    Result,
    SectionLabel,
    Step,
    StepLabel,
    Steps,
    Strong,
    Table,
    UiLabel,
    Untranslated,
)


class SheetTexts(Protocol):
    """What holds the texts of one sheet: a document, or its outline."""

    @property
    def opening(self) -> tuple[Block, ...]: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...
    @property
    def closing(self) -> tuple[Block, ...]: ...


def blocks_inside(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield *blocks* and all blocks inside them, in reading order."""
    for block in blocks:
        yield block
        match block:
            case NumberedSteps(_, steps, _):
                for step in steps:
                    yield from blocks_inside(step.blocks)
            case Callout():
                yield from blocks_inside(block.blocks)
            case Choice(options, _):
                for option in options:
                    yield from blocks_inside(option.blocks)
            case BulletList(items, _):
                for item in items:
                    yield from blocks_inside(item)
            case _:
                pass


def step_numbers(blocks: Iterable[Block]) -> Iterator[int]:
    """Yield the numbers of the steps in *blocks*, in reading order."""
    for block in blocks_inside(blocks):
        if isinstance(block, NumberedSteps) and block.level == 1:
            yield from (step.number for step in block.steps)


def texts_of(block: Block) -> Iterator[tuple[Place, tuple[Inline, ...]]]:
    """Yield the inline content that stands in *block* itself, not in the blocks inside it, with its place."""
    match block:
        case Paragraph() | Result() | Heading():
            yield block.place, block.children
        case NumberedSteps(_, steps, _):
            for step in steps:
                yield step.place, step.command
        case Steps(items, _):
            for item in items:
                if isinstance(item, Step):
                    yield item.place, item.command
        case Callout():
            yield block.place, block.title
        case Table():
            for row in (block.header, *block.rows):
                for cell in row:
                    yield block.place, cell
        case _:
            pass


def inlines_inside(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Yield *inlines* and all inline content inside them, in reading order."""
    for inline in inlines:
        yield inline
        if isinstance(inline, Both):
            yield from inlines_inside((*inline.other, *inline.own))
        elif isinstance(inline, _HOLDING):
            yield from inlines_inside(inline.children)


_HOLDING = Strong | Emphasis | Link | Reference | StepLabel | SectionLabel | Untranslated
"""What holds inline content itself."""


def labels_inside(blocks: Iterable[Block]) -> Iterator[StepLabel | SectionLabel]:
    """Yield the references in *blocks* that have their words, in reading order."""
    for block in blocks_inside(blocks):
        for _, inlines in texts_of(block):
            for inline in inlines_inside(inlines):
                if isinstance(inline, StepLabel | SectionLabel):
                    yield inline


def keys_inside(blocks: Iterable[Block]) -> Iterator[tuple[str, Place]]:
    """Yield the text of each key that stands in *blocks* themselves, with the place of its paragraph."""
    for block in blocks:
        for place, inlines in texts_of(block):
            for inline in inlines_inside(inlines):
                if isinstance(inline, UiLabel):
                    yield inline.text, place


def blocks_of(sheet: SheetTexts) -> Iterator[Block]:
    """Yield all blocks of *sheet* in reading order, those inside others too."""
    yield from blocks_inside(sheet.opening)
    for section in sheet.sections:
        yield from blocks_inside(section.blocks)
    yield from blocks_inside(sheet.closing)


def names_in(sheet: SheetTexts) -> Iterator[str]:
    """Yield the names that stand in *sheet*: of its procedures where there are several, of its options."""
    if len(sheet.sections) > 1:
        yield from (section.title for section in sheet.sections)
    for block in blocks_of(sheet):
        if isinstance(block, Choice):
            yield from (option.title for option in block.options)


def pictures_inside(blocks: Iterable[Block]) -> Iterator[Picture]:
    """Yield the pictures in *blocks*, in reading order."""
    for block in blocks_inside(blocks):
        if isinstance(block, Picture):
            yield block
        for _, inlines in texts_of(block):
            yield from (inline for inline in inlines_inside(inlines) if isinstance(inline, Picture))


def pictures_written(blocks: Iterable[Block]) -> Iterator[Picture]:
    """Yield the pictures in *blocks* as an editor wrote them, whoever they are for."""
    for block in written_blocks(blocks):
        texts = ((block,),) if isinstance(block, Picture) else (inlines for _, inlines in texts_of(block))
        for inlines in texts:
            yield from (inline for inline in inlines_inside(inlines) if isinstance(inline, Picture))


def pictures_of(document: Document) -> Iterator[Picture]:
    """Yield the pictures of *document* in reading order."""
    yield from (inline for inline in inlines_inside(document.lead) if isinstance(inline, Picture))
    yield from pictures_inside(document.opening)
    for section in document.sections:
        yield from pictures_inside(section.blocks)
    yield from pictures_inside(document.closing)


def written_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield *blocks* as an editor wrote them and all blocks inside them, for whatever audience."""
    for block in blocks:
        yield block
        match block:
            case Steps(steps, _):
                for item in steps:
                    yield from written_blocks(item.blocks if isinstance(item, Step) else (item,))
            case Only() | Allow() | Callout():
                yield from written_blocks(block.blocks)
            case Choice(options, _):
                for option in options:
                    yield from written_blocks(option.blocks)
            case BulletList(items, _):
                for inside in items:
                    yield from written_blocks(inside)
            case _:
                pass


def named_audiences(blocks: Iterable[Block]) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield the audiences that steps in *blocks* are kept for, as written, with their place."""
    for block in written_blocks(blocks):
        if isinstance(block, Steps):
            yield from ((step.audiences, step.place) for step in block.steps if isinstance(step, Step))
