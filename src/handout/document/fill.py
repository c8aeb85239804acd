"""Take out what an audience may not see, and put fragments in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from handout.document.catalogue import catalogue
from handout.model.findings import Finding, Report
from handout.model.messages import say
from handout.model.rules import Rule
from handout.model.text import Allow, Block, BulletList, Callout, Choice, Include, Only, Step, Steps
from handout.project.project import Project

MOST_NESTED_FRAGMENTS = 8
MOST_FRAGMENTS = 200
"""In one handout: a few fragments that hold each other many times would grow past any memory."""


CATALOGUE = "handouts"
"""`![[handouts]]` is the table of the handouts, made from their own data."""


class Filler:
    """Takes out what an audience may not see, and puts fragments in their place."""

    def __init__(self, project: Project, audience: str, report: Report, reading: str) -> None:
        self.project = project
        self.audience = audience
        self.reading = reading
        self.report = report
        self.used: set[str] = set()
        """The fragments that were put in."""
        self.shows_catalogue = False
        """Whether the table of all handouts was."""
        self.count = 0
        """How often one was put in."""

    def blocks(self, blocks: Iterable[Block], within: tuple[str, ...] = ()) -> tuple[Block, ...]:
        return tuple(filled for block in without_allows(blocks) for filled in self.block(block, within))

    def block(self, block: Block, within: tuple[str, ...]) -> Iterator[Block]:
        match block:
            case Only(audiences, blocks, _):
                if self.audience in audiences or self.reading in audiences:
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
        if include.name == CATALOGUE and CATALOGUE not in self.project.fragments:
            self.shows_catalogue = True
            return (catalogue(self.project, include.place),)
        if (fault := self.fault(include, within)) is not None:
            self.report(fault)
            return ()
        self.used.add(include.name)
        self.count += 1
        return self.blocks(self.project.fragments[include.name].blocks, (*within, include.name))

    def fault(self, include: Include, within: tuple[str, ...]) -> Finding | None:
        """Return why *include* cannot be put in, inside the fragments *within*."""
        name = include.name
        path = " > ".join((*within, name))
        if name not in self.project.fragments:
            folder = "content/fragments"
            fix = self.project.fix_for_missing(folder, name, self.project.fragments)
            what, about = say("there is no fragment '{name}'", name=name), (f"{folder}/{name}.md",)
            return Finding(include.place, what, fix, rule=Rule.FRAGMENT_MISSING, about=about)
        if name in within:
            what, fix = (
                say("fragment '{name}' contains itself: {path}", name=name, path=path),
                say("take one of them out"),
            )
        elif len(within) >= MOST_NESTED_FRAGMENTS:
            what, fix = (
                say("fragment '{name}' is nested too deep: {path}", name=name, path=path),
                say("nest at most {most_nested_fragments}", most_nested_fragments=MOST_NESTED_FRAGMENTS),
            )
        elif self.count >= MOST_FRAGMENTS:
            what, fix = (
                say("the handout holds more than {most_fragments} fragments", most_fragments=MOST_FRAGMENTS),
                say("part it, or take some out"),
            )
        else:
            return None
        return Finding(include.place, what, fix, rule=Rule.FRAGMENT_NESTED)

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

    def every_id(self, blocks: Iterable[Block]) -> frozenset[str]:
        """Return the ids of all steps in *blocks*, for whatever audience."""
        return frozenset(self._ids(blocks, set()))

    def _ids(self, blocks: Iterable[Block], seen: set[str]) -> Iterator[str]:
        """Yield the ids in *blocks*; each fragment is looked into once, and goes into *seen*."""
        for block in blocks:
            match block:
                case Steps(steps, _):
                    for step in steps:
                        yield from self._ids_of_item(step, seen)
                case Include(name, _):
                    yield from self._ids_of_fragment(name, seen)
                case Only() | Allow() | Callout():
                    yield from self._ids(block.blocks, seen)
                case Choice(options, _):
                    for option in options:
                        yield from self._ids(option.blocks, seen)
                case _:
                    pass

    def _ids_of_item(self, item: Step | Include, seen: set[str]) -> Iterator[str]:
        if isinstance(item, Include):
            yield from self._ids_of_fragment(item.name, seen)
            return
        if item.id:
            yield item.id
        yield from self._ids(item.blocks, seen)

    def _ids_of_fragment(self, name: str, seen: set[str]) -> Iterator[str]:
        if name in self.project.fragments and name not in seen:
            seen.add(name)
            yield from self._ids(self.project.fragments[name].blocks, seen)


def without_allows(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return *blocks* with what each `Allow` holds in its place.

    A list or choice that its two lines parted is whole again: an allow changes nothing on the paper.
    """
    whole: list[Block] = []
    at_seam = False
    for block in blocks:
        is_allow = isinstance(block, Allow)
        at_seam = at_seam or is_allow
        for inner in without_allows(block.blocks) if isinstance(block, Allow) else (block,):
            joined = _joined(whole[-1], inner) if whole and at_seam else None
            whole[-1:] = (joined,) if joined else (*whole[-1:], inner)
            at_seam = False
        at_seam = is_allow
    return tuple(whole)


def _joined(first: Block, second: Block) -> Block | None:
    """Return two parts of one list or choice as one, or None where they are none."""
    match first, second:
        case Steps(), Steps():
            return replace(first, steps=first.steps + second.steps)
        case BulletList(), BulletList():
            return replace(first, items=first.items + second.items)
        case Choice(), Choice():
            return replace(first, options=first.options + second.options)
    return None
