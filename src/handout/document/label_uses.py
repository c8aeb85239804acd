"""Find where sheets show a label: `handout list --label`. Pure: no I/O, no clock."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from handout.document import resolve
from handout.document.number import option_in
from handout.model.document import Document, PictureFile, PictureType
from handout.model.findings import Finding, Place, UsageError, in_order, suggest
from handout.model.messages import say
from handout.model.names import quoted
from handout.model.text import (
    Block,
    BulletList,
    Callout,
    Choice,
    Inline,
    NumberedSteps,
    Picture,
    UiLabel,
)
from handout.model.walk import inlines_inside, keys_inside, texts_of, written_blocks
from handout.project.plan import Edition
from handout.project.project import Project


@dataclass(frozen=True)
class LabelUse:
    """One place on a sheet where a label is to be read: a key, or words in a drawing."""

    procedure: str | None = None
    """None: it stands in the text of the handout itself."""
    step: str | None = None
    """As a reference to it is printed: "5", "A5", "A5b"; None: it stands outside of the steps."""
    option: str | None = None
    """The option of a choice that it stands in."""
    picture: str | None = None
    """The drawing that holds it; None: it is a key."""
    place: Place | None = None
    """Where it is written."""


@dataclass(frozen=True)
class LabelSheet:
    """A sheet that shows a label, where, and how many schools have a copy of it."""

    edition: Edition
    """Without a school."""
    uses: tuple[LabelUse, ...]
    copies: int


@dataclass(frozen=True)
class LabelUses:
    """All sheets that show a label."""

    texts: tuple[str, ...]
    """What was looked for: all texts of its entry."""
    sheets: tuple[LabelSheet, ...]


def find(project: Project, editions: Iterable[Edition], asked: str) -> tuple[LabelUses, tuple[Finding, ...]]:
    """Return which of *editions* show the label *asked*, and what is wrong with their texts.

    All texts of its entry in the register mean the same label; without an entry it is the key with that
    text. Copies are those of the schools among *editions*, or of all schools where there are none among
    them. Raises UsageError where neither an entry nor a key has that text.
    """
    asked = " ".join(asked.split())
    texts = _texts_of(project, asked)
    groups: dict[tuple[str, ...], list[Edition]] = defaultdict(list)
    for one in editions:
        groups[one.handout.slug, one.audience, one.format, one.language, one.ink].append(one)
    findings: list[Finding] = []
    sheets: list[LabelSheet] = []
    for of_schools in groups.values():
        edition = replace(of_schools[0], school=None)
        document, found = resolve.document(project, edition)
        findings.extend(found)
        if uses := tuple(dict.fromkeys(_uses(document, texts))):  # one key may print two texts
            copies = [one for one in of_schools if one.school is not None]
            sheets.append(LabelSheet(edition, uses, len(copies or project.schools_in(edition.language))))
    return LabelUses(texts, tuple(sheets)), in_order(findings)


def _texts_of(project: Project, asked: str) -> tuple[str, ...]:
    register = project.labels
    if register is not None and (label := register.of_key(asked)) is not None:
        return register.texts_of(label)
    written = {text for _, blocks in project.bodies for text, _ in keys_inside(written_blocks(blocks))}
    if asked not in written:
        known = written | {*(register.all_texts if register is not None else ())}
        raise UsageError(
            say("no key and no entry has the label {asked}", asked=quoted(asked)), suggest(asked, known)
        )
    return (asked,)


def _uses(document: Document, texts: Sequence[str]) -> Iterator[LabelUse]:
    nowhere = LabelUse()
    lead = (replace(nowhere, place=document.lead_place), document.lead)
    bodies = [(nowhere, "", document.opening)]
    bodies += [(LabelUse(one.slug), one.letter or "", one.blocks) for one in document.sections]
    bodies += [(nowhere, "", document.closing)]
    lines = (line for at, letter, blocks in bodies for line in _lines(blocks, at, letter))
    for at, inlines in (lead, *lines):
        for inline in inlines_inside(inlines):
            yield from _of_inline(inline, at, document, texts)


def _lines(
    blocks: Iterable[Block], at: LabelUse, letter: str
) -> Iterator[tuple[LabelUse, tuple[Inline, ...]]]:
    """Yield the texts of *blocks*, each with where it stands; *letter* is before the numbers of its steps."""
    for block in blocks:
        match block:
            case NumberedSteps(_, steps, _):
                for step in steps:
                    there = replace(at, step=f"{at.step or letter}{step.label}", place=step.place)
                    yield there, step.command
                    yield from _lines(step.blocks, there, letter)
            case Choice(options, _):
                for option in options:
                    inside = replace(at, option=option_in(at.option, option.title))
                    yield from _lines(option.blocks, inside, letter)
            case Callout(_, title, inner, place):
                yield replace(at, place=place), title
                yield from _lines(inner, at, letter)
            case BulletList(items, _):
                for item in items:
                    yield from _lines(item, at, letter)
            case Picture():
                yield at, (block,)
            case _:
                yield from ((replace(at, place=place), inlines) for place, inlines in texts_of(block))


def _of_inline(inline: Inline, at: LabelUse, document: Document, texts: Sequence[str]) -> Iterator[LabelUse]:
    match inline:
        case UiLabel(text) if text in texts:
            yield at
        case Picture(path, _, place) if (file := document.pictures.get(path)) is not None:
            drawn = " ".join(words_in_drawing(file))
            if any(re.search(rf"(?<!\w){re.escape(text)}(?!\w)", drawn) for text in texts):
                yield replace(at, picture=path, place=place)


def words_in_drawing(file: PictureFile) -> tuple[str, ...]:
    """Return the words that a drawing shows, element by element; of a photo nothing is known."""
    if file.type is not PictureType.SVG:
        return ()
    elements = ElementTree.fromstring(file.data).iter("{http://www.w3.org/2000/svg}text")
    return tuple(" ".join("".join(element.itertext()).split()) for element in elements)
