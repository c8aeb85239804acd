"""Take out what an audience may not see, and put fragments in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from handout.errors import Finding, Report, suggest
from handout.model import (
    Block,
    BulletList,
    Callout,
    Choice,
    Include,
    Only,
    Step,
    Steps,
)
from handout.project import Project

MOST_NESTED_FRAGMENTS = 8


class Filler:
    """Takes out what an audience may not see, and puts fragments in their place."""

    def __init__(self, project: Project, audience: str, report: Report) -> None:
        self.project = project
        self.audience = audience
        self.report = report
        self.used: set[str] = set()
        """The fragments that were put in."""

    def blocks(self, blocks: Iterable[Block], within: tuple[str, ...] = ()) -> tuple[Block, ...]:
        return tuple(filled for block in blocks for filled in self.block(block, within))

    def block(self, block: Block, within: tuple[str, ...]) -> Iterator[Block]:
        match block:
            case Only(audiences, blocks, _):
                if self.audience in audiences:
                    yield from self.blocks(blocks, within)
            case Include():
                yield from self.fragment(block, within)
            case Steps():
                yield from self.steps(block, within)
            case Callout():
                yield replace(block, blocks=self.blocks(block.blocks, within))
            case Choice():
                yield replace(
                    block,
                    options=tuple(replace(o, blocks=self.blocks(o.blocks, within)) for o in block.options),
                )
            case BulletList():
                yield replace(block, items=tuple(self.blocks(item, within) for item in block.items))
            case _:
                yield block

    def fragment(self, include: Include, within: tuple[str, ...]) -> tuple[Block, ...]:
        fragment = self.project.fragments.get(include.name)
        if fragment is None:
            known = suggest(include.name, self.project.fragments)
            self.report(Finding(include.place, f"there is no fragment '{include.name}'", known))
            return ()
        if include.name in within or len(within) >= MOST_NESTED_FRAGMENTS:
            path = " > ".join((*within, include.name))
            self.report(
                Finding(
                    include.place,
                    f"fragment '{include.name}' contains itself: {path}",
                    "take one of them out",
                )
            )
            return ()
        self.used.add(include.name)
        return self.blocks(fragment.blocks, (*within, include.name))

    def steps(self, steps: Steps, within: tuple[str, ...]) -> Iterator[Block]:
        """Yield *steps* without those of other audiences; a fragment's other blocks part the list in two."""
        run: list[Step | Include] = []
        for item in steps.steps:
            for block in self.item(item, within):
                if isinstance(block, Steps):
                    run.extend(block.steps)
                    continue
                if run:
                    yield Steps(tuple(run), steps.place)
                    run = []
                yield block
        if run:
            yield Steps(tuple(run), steps.place)

    def item(self, item: Step | Include, within: tuple[str, ...]) -> Iterable[Block]:
        if isinstance(item, Include):
            return self.fragment(item, within)
        if item.audiences and self.audience not in item.audiences:
            return ()
        return (Steps((replace(item, blocks=self.blocks(item.blocks, within)),), item.place),)

    def every_id(self, blocks: Iterable[Block], within: tuple[str, ...] = ()) -> Iterator[str]:
        """Yield the ids of all steps in *blocks*, for whatever audience."""
        for block in blocks:
            match block:
                case Steps(steps, _):
                    for step in steps:
                        yield from self._ids_of_item(step, within)
                case Include(name, _):
                    yield from self._ids_of_fragment(name, within)
                case Only() | Callout():
                    yield from self.every_id(block.blocks, within)
                case Choice(options, _):
                    for option in options:
                        yield from self.every_id(option.blocks, within)
                case _:
                    pass

    def _ids_of_item(self, item: Step | Include, within: tuple[str, ...]) -> Iterator[str]:
        if isinstance(item, Include):
            yield from self._ids_of_fragment(item.name, within)
            return
        if item.id:
            yield item.id
        yield from self.every_id(item.blocks, within)

    def _ids_of_fragment(self, name: str, within: tuple[str, ...]) -> Iterator[str]:
        if name in self.project.fragments and name not in within:
            yield from self.every_id(self.project.fragments[name].blocks, (*within, name))
