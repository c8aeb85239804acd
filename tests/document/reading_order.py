"""What stands on the paper, as plain lines, for tests to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handout.model.document import Document
from handout.model.text import (
    Block,
    BulletList,
    Callout,
    Choice,
    Heading,
    Inline,
    NumberedStep,
    NumberedSteps,
    Paragraph,
    Result,
    SectionLabel,
    StepLabel,
    WriteIn,
    plain_text,
)


def lines(blocks: Iterable[Block], around: str = "") -> list[str]:
    """Return each step and text in *blocks* as a line: `3 Klik`, `3b Kies`, `iPhone: 1 Open`, `tip: Ja`."""
    return [line for block in blocks for line in _lines(block, around)]


def _lines(block: Block, around: str) -> Iterator[str]:
    match block:
        case NumberedSteps():
            for step in block.steps:
                yield from _step_lines(step, around)
        case Callout(kind, _, blocks, _):
            yield from lines(blocks, f"{around}{kind}: ")
        case Choice(options, _):
            for option in options:
                yield from lines(option.blocks, f"{around}{option.title}: ")
        case BulletList(items, _):
            for item in items:
                yield from lines(item, f"{around}- ")
        case Paragraph(children, _) | Heading(children=children) | Result(children, _):
            yield around + words(children)
        case _:
            yield around + type(block).__name__


def _step_lines(step: NumberedStep, around: str) -> Iterator[str]:
    yield f"{around}{step.label} {words(step.command)}"
    for line in lines(step.blocks):
        letter, _, rest = line.partition(" ")
        is_substep = len(letter) == 1 and letter.isalpha() and letter.islower()
        yield f"{around}{step.label}{letter} {rest}" if is_substep else f"{around}{step.label} {line}"


def words(inlines: Iterable[Inline]) -> str:
    """Return *inlines* as text, with a reference as `<A 5b bij Android in Gids>`."""
    return "".join(_word(inline) for inline in inlines)


def _word(inline: Inline) -> str:
    match inline:
        case StepLabel():
            until, own = (
                inline.until and f"tot {inline.until}",
                inline.procedure and f"van {inline.procedure}",
            )
            parts = (inline.section, inline.label, until, inline.option and f"bij {inline.option}", own)
            return _bracketed(parts, _named(inline), inline.children)
        case SectionLabel():
            return _bracketed((inline.section, inline.title), _named(inline), inline.children)
        case WriteIn(word):
            return f"____ {word}"
        case _:
            return plain_text((inline,))


def _named(label: StepLabel | SectionLabel) -> str | None:
    return f"{label.handout_letter} {label.handout}" if label.handout_letter else label.handout


def _bracketed(parts: tuple[str | None, ...], handout: str | None, children: tuple[Inline, ...]) -> str:
    where = (*parts, handout and f"in {handout}", children and f"as {plain_text(children)}")
    return f"<{' '.join(part for part in where if part)}>"


def section_lines(document: Document, slug: str = "a") -> list[str]:
    """Return the lines of the procedure *slug* in *document*."""
    (section,) = (section for section in document.sections if section.slug == slug)
    return lines(section.blocks)
