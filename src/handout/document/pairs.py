"""Put two sheets of one handout, in two languages, together into one that has both beside each other. Pure.

Both were made of the same steps in the same order, so they have the same form: numbers, devices, pictures and
addresses stand once, and each text that has words stands in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handout.model.document import Destination, Document, Section
from handout.model.source import Question
from handout.model.text import (
    Block,
    Both,
    BulletList,
    Callout,
    Choice,
    Heading,
    Inline,
    NumberedSteps,
    PairedText,
    Paragraph,
    Picture,
    Result,
    Table,
    UntranslatedText,
    plain_text,
)
from handout.model.walk import inlines_inside
from handout.project.translations import is_left


def paired(own: Document, other: Document, budget: int) -> Document:
    """Return *own*, in the language of the texts, with what *other* says in another beside it.

    *budget* are the pages that both may fill.
    """
    return replace(
        own,
        beside=other.language,
        title=_name(own.title, other.title),
        lead=_texts(own.lead, other.lead),
        opening=_blocks(own.opening, other.opening),
        sections=tuple(map(_section, own.sections, other.sections)),
        closing=_blocks(own.closing, other.closing),
        questions=tuple(map(_question, own.questions, other.questions)),
        destinations=tuple(map(_destination, own.destinations, other.destinations)),
        bring=_texts(own.bring, other.bring),
        sources=tuple(sorted({*own.sources, *other.sources})),
        translation=other.translation,
        page_budget=budget,
    )


def _name(own: str, other: str) -> str:
    """Return a title or name in both languages; once where there is no other, or it is the same."""
    if isinstance(other, UntranslatedText):
        return other
    return PairedText(own, other) if own != other else own


def _texts(own: tuple[Inline, ...], other: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Return a text in both languages.

    One without words stands once, and so does one without a translation that holds: as it is, and marked.
    """
    if is_left(other):
        return other
    first = next((n for n, inline in enumerate(own) if not isinstance(inline, Picture)), len(own))
    has_words = any(map(str.isalpha, plain_text(own))) or plain_text(own) != plain_text(other)
    if own == other or not (has_words or any(True for _ in inlines_inside(own[first:]))):
        return own
    return (*own[:first], Both(own[first:], other[first:]))


def _section(own: Section, other: Section) -> Section:
    return replace(own, title=_name(own.title, other.title), blocks=_blocks(own.blocks, other.blocks))


def _question(own: Question, other: Question) -> Question:
    return replace(own, text=_name(own.text, other.text))


def _destination(own: Destination, other: Destination) -> Destination:
    questions = tuple(map(_question, own.questions, other.questions))
    return replace(own, title=_name(own.title, other.title), questions=questions)


def _blocks(own: Sequence[Block], other: Sequence[Block]) -> tuple[Block, ...]:
    return tuple(map(_block, own, other))


def _block(own: Block, other: Block) -> Block:
    match own, other:
        case Paragraph() | Heading() | Result(), Paragraph() | Heading() | Result():
            return replace(own, children=_texts(own.children, other.children))
        case BulletList(), BulletList():
            return replace(own, items=tuple(map(_blocks, own.items, other.items)))
        case NumberedSteps(), NumberedSteps():
            steps = zip(own.steps, other.steps, strict=True)
            return replace(
                own,
                steps=tuple(
                    replace(a, command=_texts(a.command, b.command), blocks=_blocks(a.blocks, b.blocks))
                    for a, b in steps
                ),
            )
        case Callout(), Callout():
            title = _texts(own.title, other.title)
            return replace(own, title=title, blocks=_blocks(own.blocks, other.blocks))
        case Choice(), Choice():
            options = zip(own.options, other.options, strict=True)
            return replace(
                own,
                options=tuple(
                    replace(a, title=_name(a.title, b.title), blocks=_blocks(a.blocks, b.blocks))
                    for a, b in options
                ),
            )
        case Table(), Table():
            return replace(
                own,
                header=tuple(map(_texts, own.header, other.header)),
                rows=tuple(tuple(map(_texts, a, b)) for a, b in zip(own.rows, other.rows, strict=True)),
            )
        case _:
            return own
