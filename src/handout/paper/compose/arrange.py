"""Arrange the blocks of a document for a template: what belongs together, what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import TypeAlias

from handout.model.document import Destination, Document, Section
from handout.model.text import (
    Address,
    Block,
    Both,
    BulletList,
    Callout,
    Choice,
    Heading,
    Inline,
    Link,
    NumberedStep,
    NumberedSteps,
    Paragraph,
    Picture,
    Result,
    SectionLabel,
    Table,
    Target,
    UiLabel,
    plain_text,
)
from handout.model.walk import blocks_inside, inlines_inside, step_numbers, texts_of

LEAST_STEPS_FOR_COLUMNS = 9
"""Short steps of one procedure that fill two columns better than one."""


@dataclass(frozen=True)
class Group:
    """A heading of the opening or closing text, with what stands under it."""

    heading: Heading | None
    blocks: tuple[Block, ...]


def grouped(blocks: Iterable[Block]) -> tuple[Group, ...]:
    """Return *blocks* in groups, each under its second-level heading."""
    groups: list[Group] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            groups.append(Group(block, ()))
        elif groups:
            groups[-1] = Group(groups[-1].heading, (*groups[-1].blocks, block))
        else:
            groups.append(Group(None, (block,)))
    return tuple(groups)


def is_compact(blocks: Iterable[Block]) -> bool:
    """Tell whether no step among *blocks*, those of a procedure, has substeps.

    Each is one action then, and its command no title. What stands between two runs of steps, as a callout,
    does not part them: all steps of a procedure have one size.
    """
    return not any(
        isinstance(inner, NumberedSteps) or (isinstance(inner, Choice) and holds_steps(inner))
        for block in blocks
        if isinstance(block, NumberedSteps)
        for step in block.steps
        for inner in step.blocks
    )


def in_compact(steps: NumberedSteps, sections: Iterable[Section]) -> bool:
    """Tell whether the procedure that holds *steps*, of those of a sheet, is compact."""
    holding = next((section.blocks for section in sections if steps in section.blocks), (steps,))
    return is_compact(holding)


Column: TypeAlias = tuple[Section, ...]


def in_rows(sections: Iterable[Section]) -> tuple[tuple[Column, ...], ...]:
    """Return *sections* in rows: short procedures after each other in two columns, every other one alone.

    Two stand beside each other; three stand so that their columns are about as high. A stylesheet sets the
    columns side by side where a sheet is full, and below each other elsewhere.
    """
    rows: list[tuple[Column, ...]] = []
    for is_short, run in groupby(sections, key=_is_short):
        left = list(run)
        while is_short and len(left) > 1:
            together = left[: 3 if len(left) == 3 else 2]
            left = left[len(together) :]
            rows.append(min(_columns(together), key=lambda columns: max(map(_lines_of, columns))))
        rows.extend(((section,),) for section in left)
    return tuple(rows)


def _columns(sections: Sequence[Section]) -> Iterator[tuple[Column, Column]]:
    """Yield how *sections* can stand in two columns, in their order."""
    for at in range(1, len(sections)):
        yield tuple(sections[:at]), tuple(sections[at:])


LETTERS_A_LINE = 38
"""In half the width of A4."""
GAP_LINES = 0.7
"""Between two steps, and as much twice between procedures."""


def _lines_of(column: Column) -> float:
    """Guess how many lines *column* is high."""
    texts = [text for section in column for text in (section.title, *map(plain_text, _texts_in(section)))]
    return 2 * GAP_LINES * len(column) + sum(map(_lines_in, texts))


def _texts_in(section: Section) -> Iterator[tuple[Inline, ...]]:
    """Yield the texts of *section*, the commands of its steps too."""
    for block in blocks_inside(section.blocks):
        yield from (text for _, text in texts_of(block))
        if isinstance(block, NumberedSteps):
            yield from (step.command for step in block.steps)


def _lines_in(text: str) -> float:
    return ceil(len(text) / LETTERS_A_LINE) + GAP_LINES


def _is_short(section: Section) -> bool:
    has_callout = any(isinstance(block, Callout) for block in section.blocks)
    return is_narrow(section) and not has_callout and not has_many_steps(section)


def has_many_steps(section: Section) -> bool:
    """Tell whether *section* alone has steps enough for two columns."""
    return sum(1 for _ in step_numbers(section.blocks)) >= LEAST_STEPS_FOR_COLUMNS


LONGEST_NARROW_KEY = 48
"""Characters of a key that stands on two lines at most in half the width of A4, behind two words."""


def is_narrow(section: Section) -> bool:
    """Tell whether *section* reads well in half the width: short steps and keys, no choice and no table."""
    return (
        is_compact(section.blocks)
        and not any(isinstance(block, Choice | Table) for block in section.blocks)
        and not any(len(key) > LONGEST_NARROW_KEY for key in _keys(section))
    )


def _keys(section: Section) -> Iterator[str]:
    """Yield the labels of the keys in *section*."""
    inlines = (inline for text in _texts_in(section) for inline in inlines_inside(text))
    return (inline.text for inline in inlines if isinstance(inline, UiLabel))


@dataclass(frozen=True)
class End:
    """How a person knows that it worked, with what the screen then shows."""

    result: Result
    picture: Picture


def with_ends(blocks: Iterable[Block]) -> tuple[Block | End, ...]:
    """Return *blocks* with each result and the picture that follows it as one."""
    ends: list[Block | End] = []
    for block in blocks:
        if isinstance(block, Picture) and ends and isinstance(before := ends[-1], Result):
            ends[-1] = End(before, block)
        else:
            ends.append(block)
    return tuple(ends)


@dataclass(frozen=True)
class Parted:
    """The blocks of a procedure: what leads up to its steps, and the steps with what follows."""

    lead_in: tuple[Block, ...]
    steps: tuple[Block, ...]


def parted(blocks: Iterable[Block]) -> Parted:
    """Return *blocks* parted before the first steps; all of them lead in where there are none."""
    lead_in: list[Block] = []
    rest = list(blocks)
    while rest and not isinstance(rest[0], NumberedSteps) and not _is_top_choice(rest[0]):
        lead_in.append(rest.pop(0))
    return Parted(tuple(lead_in), tuple(rest))


def _is_top_choice(block: Block) -> bool:
    return isinstance(block, Choice) and holds_steps(block)


def beside(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return what stands beside a step: its pictures, or else its callouts."""
    pictures = tuple(block for block in blocks if isinstance(block, Picture))
    return pictures or tuple(block for block in blocks if isinstance(block, Callout))


def by_languages(
    destinations: Iterable[Destination],
) -> tuple[tuple[tuple[tuple[str, str], ...], tuple[Destination, ...]], ...]:
    """Return *destinations* by the other languages that they are made in; not those of none."""
    groups: dict[tuple[tuple[str, str], ...], list[Destination]] = {}
    for destination in destinations:
        if destination.languages:
            groups.setdefault(destination.languages, []).append(destination)
    return tuple((languages, tuple(group)) for languages, group in groups.items())


def is_needs(block: BulletList) -> bool:
    """Tell whether each item opens with a picture: then the list is what a person must have at hand."""
    return all(
        item
        and isinstance(item[0], Paragraph)
        and item[0].children
        and isinstance(item[0].children[0], Picture)
        for item in block.items
    )


def listed(block: Block, sections: Iterable[Section]) -> tuple[tuple[Section, Paragraph], ...]:
    """Return the procedures of a sheet that *block* lists, each with its item: a table of contents.

    None where an item says anything else.
    """
    of_slug = {section.slug: section for section in sections}
    items = block.items if isinstance(block, BulletList) else ()
    found = [(of_slug.get(slug), item[0]) for item in items if (slug := _slug_named(item)) is not None]
    rows = tuple((section, text) for section, text in found if section and isinstance(text, Paragraph))
    return rows if len(rows) == len(items) else ()


def _slug_named(item: Sequence[Block]) -> str | None:
    """Return the slug of the procedure that *item* names, and says nothing else."""
    match item:
        case (
            Paragraph(
                children=(
                    SectionLabel(handout=None, goal=Target(procedure=str(slug)))
                    | Both(own=(SectionLabel(handout=None, goal=Target(procedure=str(slug))),)),
                )
            ),
        ):
            return slug
    return None


def holds_steps(block: Choice) -> bool:
    """Tell whether the options of *block* hold steps or substeps."""
    return any(isinstance(inner, NumberedSteps) for option in block.options for inner in option.blocks)


def names(step: NumberedStep, url: str) -> bool:
    """Tell whether *step* holds a link to *url*, in its command or in what stands in it."""
    texts = (step.command, *(text for block in blocks_inside(step.blocks) for _, text in texts_of(block)))
    return any(
        isinstance(block, Address) and block.url == url for block in blocks_inside(step.blocks)
    ) or any(
        isinstance(inline, Link) and inline.url == url for text in texts for inline in inlines_inside(text)
    )


def naming_step(document: Document) -> NumberedStep | None:
    """Return the first step of *document* that names the address of its code, or None."""
    if document.qr is None:
        return None
    url = document.qr.url
    blocks = (block for section in document.sections for block in blocks_inside(section.blocks))
    runs = (block.steps for block in blocks if isinstance(block, NumberedSteps) and block.level == 1)
    return next((step for steps in runs for step in steps if names(step, url)), None)
