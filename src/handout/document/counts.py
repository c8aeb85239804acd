"""Count the steps that a reader does who follows one way through a sheet. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handout.model.document import Section, StepCount
from handout.model.source import HandoutSource
from handout.model.text import Block, Choice, NumberedSteps, StepLabel
from handout.model.walk import blocks_inside, labels_inside, step_numbers

LEAST_STEPS = 3
"""Fewer are seen at a glance."""


def counts(
    sections: Sequence[Section], opening: Iterable[Block], handout: HandoutSource
) -> tuple[StepCount, ...]:
    """Return how many steps each way through *sections* has; nothing where one of them cannot be counted.

    One numbering is one way, from the first step to the last, unless the *opening* has the reader choose:
    then each procedure is a way of its own, with the steps of the sheet that it says to do before.
    Procedures that each begin at 1 answer questions of their own: nobody does them all.
    """
    numbered = [section for section in sections if any(step_numbers(section.blocks))]
    if not numbered or any(_parts(section) for section in numbered):
        return ()
    if len(numbered) == 1 or (handout.continuous and not _has_choice(opening)):
        total = sum(len(tuple(step_numbers(section.blocks))) for section in numbered)
        return (StepCount("", total),) if total >= LEAST_STEPS else ()
    if not handout.continuous:
        return ()
    return tuple(StepCount(section.title, _done(section)) for section in numbered)


def _parts(section: Section) -> bool:
    """Tell whether the steps of *section* part into options: then there is no one number of them."""
    return any(
        isinstance(block, Choice) and any(step_numbers(option.blocks) for option in block.options)
        for block in section.blocks
    )


def _has_choice(blocks: Iterable[Block]) -> bool:
    return any(isinstance(block, Choice) for block in blocks_inside(blocks))


def _done(section: Section) -> int:
    """Return how many steps are done in *section*: its own, and those that it sends to before the first."""
    first = next(number for number, block in enumerate(section.blocks) if isinstance(block, NumberedSteps))
    before = (
        label
        for label in labels_inside(section.blocks[:first])
        if isinstance(label, StepLabel) and label.handout is None and label.label.isdigit()
    )
    sent = {n for label in before for n in range(int(label.label), int(label.until or label.label) + 1)}
    return len(sent | set(step_numbers(section.blocks)))
