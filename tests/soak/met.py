"""What a sheet shows of the content language, so that it can be said what was met and what was not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from random import Random

from tests.soak.building import Sheet
from tests.soak.grammar import FORMATS, NO_AIM, ONE_PROCEDURE, SIGNPOST, Aim
from tests.soak.words import TONGUES

from handout.model.document import Document
from handout.model.text import (
    Allow,
    Block,
    BulletList,
    Callout,
    Choice,
    Heading,
    Include,
    NumberedStep,
    NumberedSteps,
    Only,
    Picture,
    StepLabel,
    Steps,
    Table,
)
from handout.model.walk import blocks_of, inlines_inside, texts_of, written_blocks
from handout.project.plan import Edition
from handout.project.project import Project

INLINES = (
    "Emphasis",
    "LineBreak",
    "Link",
    "Picture",
    "SectionLabel",
    "StepLabel",
    "Strong",
    "UiLabel",
    "WriteIn",
)
KINDS = (
    "Address", "Allow", "BulletList", "Callout", "Callout: drawn", "Callout: titled", "Choice: steps",
    "Choice: text", "Heading 2", "Heading 3", "Include", "Only", "Paragraph", "Picture", "Result", "Route",
    "Step: device", "Step: for some", "Steps", "Substeps", "Table", "Table: headless", "Table: row heads",
    "continuous numbering", "needs", "qr", "questions", "title for some", "valid until", "version",
    *(f"in a step: {name}" for name in ("Callout", "Choice", "Picture", "Table", "BulletList", "Paragraph")),
    *(f"inline {name}" for name in INLINES),
)  # fmt: skip
SCHOOLS = ("general", "full", "with empty cells", "with a logo", "with own columns")


def facets(sheet: Sheet, project: Project) -> tuple[frozenset[str], str, str, frozenset[str]]:
    """Return the kinds that *sheet* shows, its format, its language, and what its school is like."""
    made = sheet.made
    kinds = set(_printed(made.document)) if made else set()
    kinds |= set(_written(sheet.edition, project))
    return (
        frozenset(kinds & set(KINDS)),
        sheet.edition.format,
        sheet.edition.language,
        frozenset(_school(sheet.edition, project)),
    )


def _school(edition: Edition, project: Project) -> Iterator[str]:
    school = edition.school
    if school is None:
        yield "general"
        return
    values = [school.value(name) for name in project.settings.schools.fields]
    yield "full" if all(values) else "with empty cells"
    if school.logo:
        yield "with a logo"
    if school.own:
        yield "with own columns"


def _printed(document: Document) -> Iterator[str]:
    for block in blocks_of(document):
        yield from _block(block)
        for _, inlines in texts_of(block):
            yield from (f"inline {type(inline).__name__}" for inline in inlines_inside(inlines))
    for inline in inlines_inside(document.lead):
        yield f"inline {type(inline).__name__}"
    if document.qr:
        yield "qr"
    if document.version:
        yield "version"
    if document.valid_until:
        yield "valid until"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"Heading {block.level}"
        case Callout():
            yield "Callout"
            if block.title:
                yield "Callout: titled"
            if any(isinstance(one, Picture) for one in block.blocks):
                yield "Callout: drawn"
        case Choice():
            has_steps = any(
                isinstance(one, NumberedSteps) for option in block.options for one in option.blocks
            )
            yield "Choice: steps" if has_steps else "Choice: text"
        case Table():
            yield "Table"
            if block.row_headings:
                yield "Table: row heads"
            if not block.header:
                yield "Table: headless"
        case NumberedSteps():
            yield "Steps" if block.level == 1 else "Substeps"
            for step in block.steps:
                yield from _step(step)
        case BulletList():
            yield "needs" if isinstance(_first(block), Picture) else "BulletList"
        case _:
            yield type(block).__name__


def _first(block: BulletList) -> object:
    inside = block.items[0][0] if block.items and block.items[0] else None
    children = getattr(inside, "children", ())
    return children[0] if children else None


def _step(step: NumberedStep) -> Iterator[str]:
    if step.device:
        yield "Step: device"
    yield from (f"in a step: {type(block).__name__}" for block in step.blocks)
    if any(isinstance(inline, StepLabel) for inline in inlines_inside(step.command)):
        yield "inline StepLabel"


def _written(edition: Edition, project: Project) -> Iterator[str]:
    handout = edition.handout
    if handout.continuous:
        yield "continuous numbering"
    if handout.questions:
        yield "questions"
    if handout.titles:
        yield "title for some"
    bodies: Iterable[tuple[Block, ...]] = (
        handout.opening,
        handout.closing,
        *(project.procedures[slug].blocks for slug in handout.procedures),
    )
    for blocks in bodies:
        for block in written_blocks(blocks):
            if isinstance(block, Only | Allow | Include):
                yield type(block).__name__
            if isinstance(block, Steps) and any(getattr(step, "audiences", ()) for step in block.steps):
                yield "Step: for some"


ON_SIGNPOST = ("qr", "questions", "title for some", "valid until", "version")
"""What a wayfinding sheet shows beside inline content."""


def _impossible() -> Iterator[tuple[str, str]]:
    made_of_others = (
        "it is made of the titles and questions of others, and has no text of its own but its lead"
    )
    for kind in KINDS:
        if kind not in ON_SIGNPOST and not kind.startswith("inline "):
            yield f"{kind} | {SIGNPOST}", made_of_others
    yield "qr | tent-a4", "a table tent has no place for a code, and says so (qr-no-place)"
    for format_ in ONE_PROCEDURE:
        yield f"inline SectionLabel | {format_}", "it shows one procedure, which has no letter"
    yield "inline WriteIn | full", "a line to write on stands in the place of a value that a school lacks"


IMPOSSIBLE = dict(_impossible())
"""The pairs that no valid project can show, with the reason."""

ALL = (KINDS, FORMATS, tuple(TONGUES), SCHOOLS)


def pairs(found: tuple[frozenset[str], str, str, frozenset[str]]) -> Iterator[str]:
    """Yield the pairs of a kind, format, language and school that *found* holds."""
    kinds, format_, language, schools = found
    for one, other in combinations((sorted(kinds), [format_], [language], sorted(schools)), 2):
        yield from (f"{a} | {b}" for a in one for b in other)


def all_pairs() -> Iterator[str]:
    """Yield all pairs that a valid project can show."""
    for one, other in combinations(ALL, 2):
        yield from (pair for a in one for b in other if (pair := f"{a} | {b}") not in IMPOSSIBLE)


def missing(found: Collection[str]) -> list[str]:
    """Return the pairs that are not among *found*."""
    return sorted(set(all_pairs()).difference(found))


def aim(random: Random, found: Collection[str]) -> Aim:
    """Return what a project is to show next: a pair that is not *found*, and what else is missing with it."""
    left = missing(found)
    if not left:
        return NO_AIM
    halves = [tuple(pair.split(" | ")) for pair in left]
    parts = list(random.choice(halves))
    # What is missing with it, so that one sheet shows many pairs: the more are, the sooner it is taken.
    for names in (FORMATS, tuple(TONGUES), SCHOOLS):
        if not any(part in names for part in parts):
            asked = [one for pair in halves for one in pair if one in names and {*pair} & {*parts, one}]
            parts.append(random.choice(asked or names))
    kinds = [part for part in parts if part in KINDS]
    others = {one for one, other in halves if one in KINDS and other in parts} - {*kinds}
    kinds += random.sample(sorted(others), len(others))

    def part_of(names: Collection[str]) -> str:
        return next(part for part in parts if part in names)

    return Aim(part_of(FORMATS), part_of(TONGUES), part_of(SCHOOLS), tuple(kinds))


def tuples(found: tuple[frozenset[str], str, str, frozenset[str]]) -> Iterator[str]:
    """Yield each kind with the format, the language and the school of *found*."""
    kinds, format_, language, schools = found
    for kind in sorted(kinds):
        yield from (f"{kind} | {format_} | {language} | {school}" for school in sorted(schools))
