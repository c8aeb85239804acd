"""Follow a reader through the steps of a procedure: on which device, after what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handout.model.document import Section
from handout.model.text import Block, Choice, Device, NumberedStep, NumberedSteps, Paragraph


@dataclass(frozen=True)
class Act:
    """A step or substep where a reader meets it."""

    step: NumberedStep
    parent: NumberedStep | None
    run: tuple[NumberedStep, ...]
    """It and those beside it."""
    device: Device | None
    """Where the reader is, with the tags of the steps before."""
    is_turn: bool
    """Whether the reader was on another device until now."""
    since: tuple[Block, ...]
    """What stands between the act before and this one, with what that one asked for."""


class _ActWalk:
    """Yields the acts of one section, in reading order."""

    def __init__(self) -> None:
        self.device: Device | None = None
        self.since: tuple[Block, ...] = ()

    def of(self, blocks: Iterable[Block], parent: NumberedStep | None = None) -> Iterator[Act]:
        for block in blocks:
            match block:
                case NumberedSteps(_, steps, _):
                    for step in steps:
                        yield self._act(step, parent, steps)
                        yield from self.of(step.blocks, step)
                case Choice():
                    yield from self._options(block, parent)
                case _:
                    self.since += (block,)

    def _act(self, step: NumberedStep, parent: NumberedStep | None, run: tuple[NumberedStep, ...]) -> Act:
        before, self.device = self.device, step.device or self.device
        is_turn = before is not None and before is not self.device
        act = Act(step, parent, run, self.device, is_turn, self.since)
        self.since = (Paragraph(step.command, step.place),)
        return act

    def _options(self, choice: Choice, parent: NumberedStep | None) -> Iterator[Act]:
        """Yield the acts of each option; a reader takes one, so each begins where the choice did."""
        before, device = self.since, self.device
        after: tuple[Block, ...] = ()
        for option in choice.options:
            self.since, self.device = before, device
            yield from self.of(option.blocks, parent)
            after += self.since
        self.since, self.device = after, device


def acts_of(section: Section) -> tuple[Act, ...]:
    return tuple(_ActWalk().of(section.blocks))


def has_inside(step: NumberedStep) -> bool:
    """Tell whether *step* is the head of others: substeps, or ways to go."""
    return any(isinstance(block, NumberedSteps | Choice) for block in step.blocks)
