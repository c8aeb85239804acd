"""The notation of the case files: blocks as an indented tree with lines, findings below it.

A step reads `step 3 #add @staff on computer: Klik op `Volgende`.`: its line, its attributes, its command.
A finding reads `! 3: what` and, on the next line, `  fix: …`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handout.model.findings import Finding
from handout.model.text import (
    Allow,
    Block,
    BulletList,
    Callout,
    Choice,
    Divider,
    Emphasis,
    Field,
    Heading,
    Include,
    Inline,
    LineBreak,
    Link,
    Only,
    Paragraph,
    Picture,
    Reference,
    Step,
    Steps,
    Strong,
    Table,
    Text,
    UiLabel,
)


@dataclass(frozen=True)
class Case:
    """One case of a case file."""

    name: str
    source: str
    expected: str


def read_cases(file: Path) -> Iterator[Case]:
    """Yield the cases of *file*: name, source and what is expected, each closed by a line of one dot."""
    lines: list[str] = []
    parts: list[str] = []
    for line in file.read_text(encoding="utf-8").split("\n"):
        if line != ".":
            lines.append(line)
            continue
        parts.append("\n".join(lines))
        lines = []
        if len(parts) == 3:
            yield Case(parts[0].strip(), parts[1], parts[2])
            parts = []
    if parts or "".join(lines).strip():
        raise ValueError(f"{file.name} ends inside a case")


def dump(blocks: Sequence[Block], findings: Iterable[Finding]) -> str:
    """Return *blocks* and *findings* in the notation of the case files."""
    return "\n".join(line.rstrip() for line in (*_blocks(blocks, ""), *_findings(findings)))


def dump_inlines(inlines: Iterable[Inline]) -> str:
    """Return *inlines* on one line."""
    return "".join(_inline(inline) for inline in inlines)


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in sorted(findings, key=lambda finding: finding.place):
        yield f"! {finding.place.line}: {finding.what}"
        yield f"  fix: {finding.fix}"


def _blocks(blocks: Iterable[Block], indent: str) -> Iterator[str]:
    for block in blocks:
        head, *below = _block(block)
        yield indent + head
        yield from (f"{indent}  {line}" for line in below)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield f"paragraph {block.place.line}: {dump_inlines(block.children)}"
        case Heading():
            yield f"heading {block.place.line} level {block.level}: {dump_inlines(block.children)}"
        case Divider():
            yield f"rule {block.place.line}"
        case Include():
            yield f"include {block.place.line}: {block.name}"
        case Picture():
            yield f"picture {block.place.line}: {block.path} ({block.alt})"
        case BulletList():
            yield f"bullets {block.place.line}"
            for item in block.items:
                yield "item"
                yield from _blocks(item, "  ")
        case Steps():
            yield f"steps {block.place.line}"
            for step in block.steps:
                yield from _step(step)
        case Callout():
            yield f"{block.kind} {block.place.line}{': ' * bool(block.title)}{dump_inlines(block.title)}"
            yield from _blocks(block.blocks, "")
        case Only():
            yield f"only {block.place.line}: {', '.join(block.audiences)}"
            yield from _blocks(block.blocks, "")
        case Allow():
            yield f"allow {block.place.line} {block.rule}: {block.reason}"
            yield from _blocks(block.blocks, "")
        case Choice():
            yield from _choice(block)
        case Table():
            yield from _table(block)
        case _:
            raise AssertionError(f"the reader makes no {type(block).__name__}")


def _step(step: Step | Include) -> Iterator[str]:
    if isinstance(step, Include):
        yield from _block(step)
        return
    words = [f"step {step.place.line}"]
    words += [f"#{step.id}"] if step.id else []
    words += [f"@{audience}" for audience in step.audiences]
    words += [f"on {step.device}"] if step.device else []
    yield f"{' '.join(words)}: {dump_inlines(step.command)}"
    yield from _blocks(step.blocks, "  ")


def _choice(choice: Choice) -> Iterator[str]:
    yield f"choice {choice.place.line}"
    for option in choice.options:
        recommended = " recommended" if option.recommended else ""
        yield f"option {option.place.line}{recommended}: {option.title}"
        yield from _blocks(option.blocks, "  ")


def _table(table: Table) -> Iterator[str]:
    yield f"table {table.place.line}{' with row headings' if table.row_headings else ''}"
    for row in (table.header, *table.rows):
        yield "| " + " | ".join(dump_inlines(cell) for cell in row)


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text):
            return text
        case UiLabel(text):
            return f"`{text}`"
        case Strong(children):
            return f"**{dump_inlines(children)}**"
        case Emphasis(children):
            return f"*{dump_inlines(children)}*"
        case LineBreak():
            return "⏎"
        case Link():
            return f"<link {inline.place.line} {inline.url}: {dump_inlines(inline.children)}>"
        case Reference():
            words = f": {dump_inlines(inline.children)}" if inline.children else ""
            steps = f"{inline.step_id or ''}{f'..{inline.until}' if inline.until else ''}"
            return f"<reference {inline.place.line} {inline.file or ''}#{steps}{words}>"
        case Field():
            return f"<field {inline.place.line} {inline.name}>"
        case Picture():
            return f"<picture {inline.place.line} {inline.path} ({inline.alt})>"
        case _:
            raise AssertionError(f"the reader makes no {type(inline).__name__}")
