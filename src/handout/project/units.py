"""The pieces of a source that are translated, each as a whole: found, and put in their place. Pure.

One walk serves both: it hands each piece to a `Speaker`, and builds the source anew of what that gives back.
Numbers, ids, devices, audiences, choices and the order of all stay those of the source: no piece holds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from handout.model.catalog import Unit, UnitKind
from handout.model.findings import Place
from handout.model.names import SETTINGS_FILE
from handout.model.source import Fragment, HandoutSource, Procedure, Question
from handout.model.text import (
    Allow,
    Block,
    BulletList,
    Callout,
    Choice,
    Heading,
    Inline,
    Only,
    Paragraph,
    Picture,
    Step,
    Steps,
    Table,
)
from handout.project.project import SourceText
from handout.project.reading.written import has_words, markdown_of
from handout.project.settings import Settings


class Speaker(Protocol):
    """Says a piece of text in another language."""

    def inlines(self, kind: UnitKind, inlines: tuple[Inline, ...], place: Place) -> tuple[Inline, ...]: ...
    def plain(self, kind: UnitKind, text: str, place: Place) -> str: ...


def source_of(text: SourceText) -> str:
    """Return the name of the catalog of *text*: `procedures/mfa-app` for content/procedures/mfa-app.md."""
    return text.place.path.removeprefix("content/").removesuffix(".md")


# ---- spoken ------------------------------------------------------------------------------------


def procedure(source: Procedure, speaker: Speaker) -> Procedure:
    """Return *source* in the words of *speaker*."""
    titles = {who: _title(title, source.place, speaker) for who, title in source.titles.items()}
    return replace(
        source,
        title=_title(source.title, source.place, speaker),
        titles=titles,
        blocks=_blocks(source.blocks, speaker),
    )


def fragment(source: Fragment, speaker: Speaker) -> Fragment:
    """Return *source* in the words of *speaker*."""
    return replace(source, blocks=_blocks(source.blocks, speaker))


def handout(source: HandoutSource, speaker: Speaker) -> HandoutSource:
    """Return *source* in the words of *speaker*."""
    place = source.place
    return replace(
        source,
        title=_title(source.title, place, speaker),
        titles={who: _title(title, place, speaker) for who, title in source.titles.items()},
        questions=tuple(
            Question(_plain(UnitKind.QUESTION, question.text, place, speaker), question.icon)
            for question in source.questions
        ),
        needs=tuple(_plain(UnitKind.NEED, words, place, speaker) for words in source.needs),
        opening=_blocks(source.opening, speaker),
        closing=_blocks(source.closing, speaker),
    )


def _title(title: str, place: Place, speaker: Speaker) -> str:
    return _plain(UnitKind.TITLE, title, place, speaker)


def _plain(kind: UnitKind, text: str, place: Place, speaker: Speaker) -> str:
    return speaker.plain(kind, text, place) if any(map(str.isalpha, text)) else text


def _inlines(
    kind: UnitKind, inlines: tuple[Inline, ...], place: Place, speaker: Speaker
) -> tuple[Inline, ...]:
    return speaker.inlines(kind, inlines, place) if has_words(inlines) else inlines


def _blocks(blocks: Iterable[Block], speaker: Speaker) -> tuple[Block, ...]:
    return tuple(_block(block, speaker) for block in blocks)


def _block(block: Block, speaker: Speaker) -> Block:
    match block:
        case Paragraph():
            return replace(block, children=_inlines(UnitKind.TEXT, block.children, block.place, speaker))
        case Heading():
            return replace(block, children=_inlines(UnitKind.HEADING, block.children, block.place, speaker))
        case BulletList(items, _):
            return replace(block, items=tuple(_blocks(item, speaker) for item in items))
        case Steps(steps, _):
            return replace(
                block, steps=tuple(_step(one, speaker) if isinstance(one, Step) else one for one in steps)
            )
        case Callout():
            title = _inlines(UnitKind.CALLOUT, block.title, block.place, speaker)
            return replace(block, title=title, blocks=_blocks(block.blocks, speaker))
        case Choice(options, _):
            return replace(
                block,
                options=tuple(
                    replace(
                        option,
                        title=_plain(UnitKind.OPTION, option.title, option.place, speaker),
                        blocks=_blocks(option.blocks, speaker),
                    )
                    for option in options
                ),
            )
        case Only() | Allow():
            return replace(block, blocks=_blocks(block.blocks, speaker))
        case Picture():
            return replace(block, alt=_plain(UnitKind.ALT, block.alt, block.place, speaker))
        case Table():
            return replace(
                block,
                header=_row(block.header, block.place, speaker),
                rows=tuple(_row(row, block.place, speaker) for row in block.rows),
            )
        case _:
            return block


def _step(step: Step, speaker: Speaker) -> Step:
    command = _inlines(UnitKind.COMMAND, step.command, step.place, speaker)
    return replace(step, command=command, blocks=_blocks(step.blocks, speaker))


def _row(
    row: tuple[tuple[Inline, ...], ...], place: Place, speaker: Speaker
) -> tuple[tuple[Inline, ...], ...]:
    return tuple(_inlines(UnitKind.CELL, cell, place, speaker) for cell in row)


# ---- found -------------------------------------------------------------------------------------


@dataclass
class _Listener:
    """Hears the pieces, and leaves them as they are."""

    units: dict[str, Unit] = field(default_factory=dict)

    def inlines(self, kind: UnitKind, inlines: tuple[Inline, ...], place: Place) -> tuple[Inline, ...]:
        source = markdown_of(inlines)
        self._hear(Unit(kind, source, (place,), inlines))
        return inlines

    def plain(self, kind: UnitKind, text: str, place: Place) -> str:
        self._hear(Unit(kind, text, (place,)))
        return text

    def _hear(self, unit: Unit) -> None:
        before = self.units.get(unit.source)
        places = dict.fromkeys((*before.places, *unit.places)) if before else unit.places
        self.units[unit.source] = replace(before or unit, places=tuple(places))


def units(source: SourceText | Settings) -> tuple[Unit, ...]:
    """Return what is translated of *source*, in its order; words that stand in it twice once."""
    listener = _Listener()
    if isinstance(source, Settings):
        settings(source, listener)
    else:
        spoken(source, listener)
    return tuple(listener.units.values())


def settings(source: Settings, speaker: Speaker) -> Settings:
    """Return *source* with what it says on a sheet in the words of *speaker*."""
    place = Place(SETTINGS_FILE)

    def said(words: str) -> str:
        return _plain(UnitKind.SETTING, words, place, speaker)

    audiences = {
        name: audience.model_copy(
            update={
                "label": said(audience.label),
                "fields": {key: said(words) for key, words in audience.fields.items()},
            }
        )
        for name, audience in source.audiences.items()
    }
    organisation = source.organisation.model_copy(update={"edition": said(source.organisation.edition)})
    return source.model_copy(update={"audiences": audiences, "organisation": organisation})


def spoken(text: SourceText, speaker: Speaker) -> SourceText:
    """Return *text* in the words of *speaker*."""
    match text:
        case Procedure():
            return procedure(text, speaker)
        case Fragment():
            return fragment(text, speaker)
        case HandoutSource():
            return handout(text, speaker)
