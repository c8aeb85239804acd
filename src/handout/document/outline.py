"""Outline a handout for one audience: filled and numbered, its references still open."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from handout.document.fill import Filler
from handout.document.number import Anchor, Numbering, has_steps
from handout.model.document import STANDARD_READING, Section
from handout.model.findings import Finding, Report
from handout.model.messages import say
from handout.model.rules import Rule
from handout.model.source import HandoutSource, Procedure
from handout.model.text import Block, Paragraph, Result
from handout.project.project import Project, SourceText

Anchors = Mapping[str, tuple[Anchor, ...]]
"""The steps of one procedure by their id; more than one where the id is ambiguous."""


@dataclass(frozen=True)
class Outline:
    """A handout as one audience gets it: numbered, its references still open."""

    handout: HandoutSource
    title: str
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]
    closing: tuple[Block, ...]
    anchors: Mapping[str, Anchors]
    """By procedure."""
    hidden: Mapping[str, frozenset[str]]
    """Per procedure the ids of its steps that this audience does not see."""
    sources: Mapping[str, date | None]
    """The files that it was made from, with the day on which each was reviewed."""
    is_numbered_anew: bool = False
    """Each of several procedures begins at 1: a number alone does not name a step of the sheet."""

    def section(self, slug: str) -> Section | None:
        """Return the section of procedure *slug*, or None where this audience does not get it."""
        return next((section for section in self.sections if section.slug == slug), None)


def outlined(
    project: Project,
    handout: HandoutSource,
    audience: str,
    report: Report,
    reading: str = STANDARD_READING,
) -> Outline:
    """Return *handout* as *audience* gets it, before references get their words. Pure.

    What its pictures are goes by the *reading* too, and nothing else.
    """
    filler = Filler(project, audience, report, reading)
    procedures = [
        procedure
        for slug in handout.procedures
        if (procedure := project.procedures.get(slug)) and audience in procedure.audiences
    ]
    named = [slug for slug in handout.procedures if slug in project.procedures]
    if named and not procedures:
        fix = say(
            "name '{audience}' among the audiences of a procedure, or take it out of those of the handout",
            audience=audience,
        )
        report(
            Finding(
                handout.place,
                say("'{slug}' has no procedure for {audience}", slug=handout.slug, audience=audience),
                fix,
                rule=Rule.AUDIENCE_EMPTY,
            )
        )
    filled = [(procedure, filler.blocks(procedure.blocks)) for procedure in procedures]
    opening, closing = filler.blocks(handout.opening), filler.blocks(handout.closing)
    numbered = _numbered(project, handout, audience, filled, report)
    fragments = [project.fragments[slug] for slug in sorted(filler.used)]
    named_handouts = _named_handouts(project, handout, filler.shows_catalogue)
    texts: tuple[SourceText, ...] = (handout, *procedures, *fragments, *named_handouts)
    return Outline(
        handout=handout,
        title=handout.titles.get(audience, handout.title),
        opening=opening,
        sections=tuple(section for section, _ in numbered),
        closing=closing,
        anchors={section.slug: anchors for section, anchors in numbered},
        hidden={
            procedure.slug: filler.every_id(procedure.blocks) - set(anchors)
            for procedure, (_, anchors) in zip(procedures, numbered, strict=True)
        },
        sources={text.place.path: text.dated.reviewed for text in texts},
        is_numbered_anew=_is_numbered_anew(handout, filled),
    )


def _named_handouts(project: Project, handout: HandoutSource, is_catalogue: bool) -> Iterable[HandoutSource]:
    """Return the handouts whose titles and questions *handout* prints."""
    if is_catalogue:
        return project.handouts.values()
    return (project.handouts[slug] for slug in handout.leads_to if slug in project.handouts)


def _numbered(
    project: Project,
    handout: HandoutSource,
    audience: str,
    filled: list[tuple[Procedure, tuple[Block, ...]]],
    report: Report,
) -> list[tuple[Section, Anchors]]:
    """Number the procedures of *handout* in order, each from 1 or all in one run."""
    lettered = _is_numbered_anew(handout, filled) and not project.letters
    letters = iter(string.ascii_uppercase)
    if lettered and len(filled) > len(string.ascii_uppercase):
        what = say(
            "'{slug}' has {filled_count} procedures, more than there are letters",
            slug=handout.slug,
            filled_count=len(filled),
        )
        report(
            Finding(
                handout.place,
                what,
                say("write 'numbering: continuous' in its front matter, or part it"),
                rule=Rule.LETTERS_SPENT,
            )
        )
    numbered: list[tuple[Section, Anchors]] = []
    first = 1
    for procedure, blocks in filled:
        numbering = Numbering(first if handout.continuous else 1, handout.continuous, report)
        body = _with_result(numbering.blocks(blocks), project)
        first = numbering.next_number
        section = Section(
            slug=procedure.slug,
            title=procedure.titles.get(audience, procedure.title),
            blocks=body,
            place=procedure.place,
            letter=next(letters, None) if lettered else None,
            icon=procedure.icon,
        )
        numbered.append((section, {key: tuple(found) for key, found in numbering.anchors.items()}))
    return numbered


def _is_numbered_anew(handout: HandoutSource, filled: Iterable[tuple[Procedure, tuple[Block, ...]]]) -> bool:
    return sum(has_steps(blocks) for _, blocks in filled) > 1 and not handout.continuous


def _with_result(blocks: tuple[Block, ...], project: Project) -> tuple[Block, ...]:
    """Return *blocks* with the paragraph that opens with a word for "done" as the result of the steps."""
    return tuple(
        Result(block.children, block.place)
        if isinstance(block, Paragraph) and project.is_result(block)
        else block
        for block in blocks
    )
