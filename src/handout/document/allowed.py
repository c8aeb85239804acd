"""Tell which findings an editor allowed in place, with `/// allow | rule: reason`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handout.model.findings import Finding, Place
from handout.model.text import Allow, Block, Choice, Step, Steps
from handout.model.walk import texts_of, written_blocks
from handout.project.project import Project


def without_allowed(
    project: Project, findings: Iterable[Finding]
) -> tuple[tuple[Finding, ...], frozenset[Place]]:
    """Return those of *findings* that no editor allowed, and the places of the blocks that silence one.

    One in the front matter of a handout is allowed anywhere in its text: no block can stand around it.
    """
    around = tuple(_allows(project))
    left, heard = [], set()
    for finding in findings:
        silent = [
            allow.place
            for allow, places, whole in around
            if allow.rule == finding.rule and (finding.place in places or finding.place in whole)
        ]
        heard.update(silent)
        if not silent:
            left.append(finding)
    return tuple(left), frozenset(heard)


def _allows(project: Project) -> Iterator[tuple[Allow, frozenset[Place], frozenset[Place]]]:
    """Yield each block that allows a rule, with the places in it, and those in the head of its file."""
    for text, blocks in project.bodies:
        keys = project.key_places.get(text.place.path, {}).values()
        head = frozenset((text.place, *(place for places in keys for place in places)))
        for block in written_blocks(blocks):
            if isinstance(block, Allow):
                yield block, frozenset(_places(block.blocks)), head


def _places(blocks: Iterable[Block]) -> Iterator[Place]:
    for block in written_blocks(blocks):
        if (place := getattr(block, "place", None)) is not None:
            yield place
        yield from (place for place, _ in texts_of(block))
        if isinstance(block, Steps):
            yield from (step.place for step in block.steps if isinstance(step, Step))
        if isinstance(block, Choice):
            yield from (option.place for option in block.options)
