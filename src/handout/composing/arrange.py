"""Arrange the blocks of a document for a template: what belongs together, what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handout.model import (
    Block,
    BulletList,
    Callout,
    Choice,
    Heading,
    NumberedSteps,
    Paragraph,
    Picture,
    Section,
    Table,
)
from handout.resolving.walk import step_numbers

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


def is_compact(steps: NumberedSteps) -> bool:
    """Tell whether no step of *steps* has substeps: each is one action then, and its command no title."""
    return not any(
        isinstance(block, NumberedSteps) or (isinstance(block, Choice) and holds_steps(block))
        for step in steps.steps
        for block in step.blocks
    )


@dataclass(frozen=True)
class Run:
    """Sections after each other that are set alike."""

    sections: tuple[Section, ...]
    in_columns: bool
    """True: two narrow columns, which two short procedures or the many short steps of one can fill."""


def in_runs(sections: Sequence[Section]) -> tuple[Run, ...]:
    """Return *sections* in runs: narrow ones together, each wide one alone."""
    runs: list[list[Section]] = []
    for section in sections:
        if runs and is_narrow(runs[-1][-1]) and is_narrow(section):
            runs[-1].append(section)
        else:
            runs.append([section])
    return tuple(Run(tuple(run), _fills_columns(run)) for run in runs)


def _fills_columns(run: Sequence[Section]) -> bool:
    steps = sum(1 for section in run for _ in step_numbers(section.blocks))
    return is_narrow(run[0]) and (len(run) > 1 or steps >= LEAST_STEPS_FOR_COLUMNS)


def is_narrow(section: Section) -> bool:
    """Tell whether *section* reads well in half the width: short steps only, no choice and no table."""
    return not any(
        isinstance(block, Choice | Table) or (isinstance(block, NumberedSteps) and not is_compact(block))
        for block in section.blocks
    )


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


def is_needs(block: BulletList) -> bool:
    """Tell whether each item opens with a picture: then the list is what a person must have at hand."""
    return all(
        item
        and isinstance(item[0], Paragraph)
        and item[0].children
        and isinstance(item[0].children[0], Picture)
        for item in block.items
    )


def holds_steps(block: Choice) -> bool:
    """Tell whether the options of *block* hold steps or substeps."""
    return any(isinstance(inner, NumberedSteps) for option in block.options for inner in option.blocks)
