"""Number the steps of a procedure, after filtering: the numbers that stand on the paper."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from handout.model.findings import Finding, Place, Report
from handout.model.messages import say
from handout.model.rules import Rule
from handout.model.text import Block, Choice, Device, NumberedStep, NumberedSteps, Option, Step, Steps

MOST_SUBSTEPS = len(string.ascii_lowercase)


@dataclass(frozen=True)
class Anchor:
    """Where a step with an id ended up on the paper."""

    label: str
    option: str | None
    place: Place


class Numbering:
    """Numbers the steps of one procedure, over callouts, headings, fragments and choices."""

    def __init__(self, first: int, continuous: bool, report: Report) -> None:
        self.next_number = first
        self.continuous = continuous
        self.report = report
        self.anchors: dict[str, list[Anchor]] = {}
        self.choice: Choice | None = None
        self.device: Device | None = None
        """Where the reader is, in reading order."""

    def blocks(self, blocks: Iterable[Block], option: str | None = None) -> tuple[Block, ...]:
        numbered: list[Block] = []
        self.device = None
        for block in blocks:
            match block:
                case Steps():
                    if option is None and self.choice is not None:
                        self._report_steps_after_choice(block.place)
                    numbered.append(self.steps(block, option))
                case Choice() if option is None and has_steps((block,)):
                    numbered.append(self.top_choice(block))
                case _:
                    numbered.append(block)
        return tuple(numbered)

    def top_choice(self, choice: Choice) -> Choice:
        """Number each option from 1, or on from the last where each number exists once on the sheet."""
        if self.choice is not None:
            self._report_steps_after_choice(choice.place)
        self.choice = choice
        options = []
        for option in choice.options:
            if not self.continuous:
                self.next_number = 1
            options.append(replace(option, blocks=self.blocks(option.blocks, option.title)))
        return replace(choice, options=tuple(options))

    def _report_steps_after_choice(self, place: Place) -> None:
        assert self.choice is not None
        self.report(
            Finding(
                place,
                say(
                    "steps follow the choice on line {line}, so numbers would repeat",
                    line=self.choice.place.line,
                ),
                say("make the choice the last of the procedure, or move it into a step"),
                rule=Rule.CHOICE_MISPLACED,
            )
        )

    def turns_to(self, device: Device | None) -> bool:
        """Tell whether the reader must turn to *device*, and take it that they do."""
        if device is Device.ANY and self.device is not None:
            return False  # on the one that they have in hand
        turns = device is not None and device is not self.device
        self.device = device or self.device
        return turns

    def steps(self, steps: Steps, option: str | None) -> NumberedSteps:
        run = []
        for step in steps.steps:
            assert isinstance(step, Step)
            number = self.next_number
            self.next_number += 1
            self.anchor(step, str(number), option)
            turns = self.turns_to(step.device)
            # A step of several acts may be the first that is seen of a side or a panel.
            is_shown = turns or (step.device is not None and has_steps(step.blocks))
            run.append(
                NumberedStep(
                    number=number,
                    label=str(number),
                    command=step.command,
                    blocks=self.inside_step(step, str(number), option),
                    place=step.place,
                    device=step.device,
                    device_changes=is_shown,
                    id=step.id,
                )
            )
        return NumberedSteps(1, tuple(run), steps.place)

    def inside_step(self, step: Step, label: str, option: str | None) -> tuple[Block, ...]:
        """Letter the substeps of *step* a, b, …; each option of a choice starts at a."""
        letters = _letters()
        blocks: list[Block] = []
        for block in step.blocks:
            match block:
                case Steps():
                    blocks.append(self.substeps(block, letters, label, option))
                case Choice():
                    blocks.append(
                        replace(
                            block,
                            options=tuple(
                                replace(o, blocks=self.option_substeps(o, label, option))
                                for o in block.options
                            ),
                        )
                    )
                case _:
                    blocks.append(block)
        return tuple(blocks)

    def option_substeps(self, option: Option, label: str, outer: str | None) -> tuple[Block, ...]:
        letters = _letters()
        title = option_in(outer, option.title)
        device = self.device
        blocks = tuple(
            self.substeps(block, letters, label, title) if isinstance(block, Steps) else block
            for block in option.blocks
        )
        self.device = device  # the reader takes one option: the next begins where this one did
        return blocks

    def substeps(
        self, steps: Steps, letters: Iterator[tuple[int, str]], label: str, option: str | None
    ) -> NumberedSteps:
        run = []
        for step in steps.steps:
            assert isinstance(step, Step)
            number, letter = next(letters, (0, ""))
            if not number:
                self.report(
                    Finding(
                        step.place,
                        say(
                            "step {label} has more than {most_substeps} substeps",
                            label=label,
                            most_substeps=MOST_SUBSTEPS,
                        ),
                        say("split the step"),
                        rule=Rule.LETTERS_SPENT,
                    )
                )
                break
            self.anchor(step, label + letter, option)
            turns = self.turns_to(step.device)
            run.append(
                NumberedStep(
                    number, letter, step.command, step.blocks, step.place, step.device, turns, step.id
                )
            )
        return NumberedSteps(2, tuple(run), steps.place)

    def anchor(self, step: Step, label: str, option: str | None) -> None:
        if step.id:
            self.anchors.setdefault(step.id, []).append(Anchor(label, option, step.place))


def option_in(outer: str | None, title: str) -> str:
    """Return the name of the option *title*, inside the option *outer* where there is one."""
    return f"{outer}, {title}" if outer else title


def has_steps(blocks: Iterable[Block]) -> bool:
    """Tell whether *blocks* hold numbered steps, at the top or in the options of a choice."""
    return any(
        isinstance(block, Steps)
        or (isinstance(block, Choice) and any(has_steps(option.blocks) for option in block.options))
        for block in blocks
    )


def _letters() -> Iterator[tuple[int, str]]:
    return iter(enumerate(string.ascii_lowercase, 1))
