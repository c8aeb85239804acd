"""Read the files that editors write: procedures, fragments and handouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Generic, TypeVar

from pydantic import BaseModel

from handout.machine.gate import Refused, decode_text
from handout.model.findings import Finding, Place
from handout.model.messages import Message, any_of, say
from handout.model.names import slug_fault, slug_of
from handout.model.rules import Rule
from handout.model.source import Dated, Fragment, HandoutSource, Procedure, Question
from handout.model.text import Allow, Block, BulletList, Callout, Choice, Divider, Only, Steps
from handout.project.reading import front_matter, markdown
from handout.project.reading.front_matter import (
    DatedMeta,
    FragmentMeta,
    FrontMatter,
    HandoutMeta,
    ProcedureMeta,
)
from handout.project.reading.validation import validated

M = TypeVar("M", bound=BaseModel)


def procedure(path: str, data: bytes) -> tuple[Procedure | None, tuple[Finding, ...]]:
    """Return the procedure in *data*, the bytes of the file *path*, and all that is wrong with it."""
    source, findings = _read(path, data, ProcedureMeta)
    findings = findings or _nothing_in(source, path, "procedure")
    findings += _misplaced_rules(source)
    if source.meta is None:
        return None, findings
    meta = source.meta
    made = Procedure(
        slug=source.slug,
        title=meta.title,
        audiences=meta.audiences,
        blocks=source.blocks,
        place=Place(path, 1),
        titles=source.titles,
        icon=meta.icon,
        needs=meta.needs,
        gives=meta.gives,
        without_sheet=source.without_sheet,
        dated=_dated(meta),
    )
    return made, findings


def fragment(path: str, data: bytes) -> tuple[Fragment | None, tuple[Finding, ...]]:
    """Return the fragment in *data*, the bytes of the file *path*, and all that is wrong with it."""
    source, findings = _read(path, data, FragmentMeta)
    findings = findings or _nothing_in(source, path, "fragment")
    findings += _misplaced_rules(source)
    if source.meta is None:
        return None, findings
    return Fragment(source.slug, source.blocks, Place(path, 1), _dated(source.meta)), findings


def handout(path: str, data: bytes) -> tuple[HandoutSource | None, tuple[Finding, ...]]:
    """Return the handout in *data*, the bytes of the file *path*, and all that is wrong with it."""
    source, findings = _read(path, data, HandoutMeta)
    if not findings and source.meta and not (source.meta.procedures or source.meta.leads_to):
        findings = _nothing_in(source, path, "handout")
    opening, closing, faults = _parted(source.blocks)
    findings += faults + tuple(_misplaced_steps(source.blocks))
    if source.meta is None:
        return None, findings
    meta = source.meta
    made = HandoutSource(
        slug=source.slug,
        title=meta.title,
        audiences=meta.audiences,
        formats=meta.formats,
        procedures=meta.procedures,
        opening=opening,
        closing=closing,
        place=Place(path, 1),
        titles=source.titles,
        continuous=meta.numbering == "continuous",
        questions=tuple(_question(text) for text in meta.questions),
        needs=meta.needs,
        leads_to=meta.leads_to,
        qr=meta.qr,
        has_status=meta.status != "none",
        languages=meta.languages,
        readings=meta.readings,
        bilingual=meta.bilingual,
        page_budget=meta.pages,
        version=meta.version,
        valid_until=meta.valid_until,
        dated=_dated(meta),
    )
    return made, findings


def _question(text: str) -> Question:
    """Return a question as written: `sim | Ik heb een nieuw nummer`, or without its pictogram."""
    icon, bar, words = text.partition(" | ")
    return Question(words.strip(), icon.strip()) if bar else Question(text)


def key_places(path: str, data: bytes) -> Mapping[str, tuple[Place, ...]]:
    """Return the place of each value of the front matter in *data*, by key as written (`title@students`).

    For whoever judges a value later, as the name of an audience. Empty where there is no front matter.
    """
    try:
        head, _ = front_matter.split(path, decode_text(data))
    except Refused:
        return {}
    return {
        entry.key if entry.audience is None else f"{entry.key}@{entry.audience}": tuple(
            Place(path, line) for line in entry.value_lines
        )
        for entry in (head.entries if head else ())
    }


@dataclass(frozen=True)
class _Source(Generic[M]):
    """A file, read but not yet a value of the model."""

    slug: str
    meta: M | None
    titles: Mapping[str, str]
    without_sheet: Mapping[str, str]
    blocks: tuple[Block, ...]


_NO_TITLES: Mapping[str, str] = MappingProxyType({})


def _unusable(path: str, what: Message, fix: Message) -> Finding:
    """Return that *path* has a name which no text can have, with one that is near."""
    near = slug_of(PurePosixPath(path).stem)
    if near and slug_fault(near) is None:
        fix = say("rename it {name}", name=f"{near}{PurePosixPath(path).suffix}")
    return Finding(Place(path), what, fix, rule=Rule.NAME_UNUSABLE)


def _read(path: str, data: bytes, model: type[M]) -> tuple[_Source[M], tuple[Finding, ...]]:
    slug = PurePosixPath(path).stem
    fault = slug_fault(slug)
    findings: tuple[Finding, ...] = (_unusable(path, *fault),) if fault else ()
    nothing = _Source[M](slug, None, _NO_TITLES, _NO_TITLES, ())
    try:
        text = decode_text(data)
    except Refused as refused:
        return nothing, (
            *findings,
            Finding(Place(path, refused.line), refused.what, refused.fix, rule=refused.rule),
        )
    head, faults = front_matter.split(path, text, required=model is not FragmentMeta)
    findings += faults
    if head is None:
        return nothing, findings
    # A key that was refused would be called missing, too: values are judged in a whole head only.
    meta, faults = (None, ()) if faults else _meta(head, model)
    blocks, body_faults = markdown.parse(head.body, path, head.body_line)
    titles, without = head.for_audiences(front_matter.TITLE), head.for_audiences(front_matter.NO_SHEET)
    return _Source(slug, None if fault else meta, titles, without, blocks), findings + faults + body_faults


def _meta(head: FrontMatter, model: type[M]) -> tuple[M | None, tuple[Finding, ...]]:
    meta, findings = validated(model, head.values(), head.place_of)
    for key, kinds in (
        (front_matter.TITLE, (ProcedureMeta, HandoutMeta)),
        (front_matter.NO_SHEET, (ProcedureMeta,)),
    ):
        if head.for_audiences(key) and not issubclass(model, kinds):
            what = say("the file has '{key}' for an audience", key=key)
            fix = say("take it out: only {kinds} has it", kinds=any_of(_KINDS[kind] for kind in kinds))
            return None, (*findings, Finding(Place(head.path, 1), what, fix, rule=Rule.KEY_AUDIENCE))
    return meta, findings


_KIND_WORDS = {"procedure": say("procedure"), "fragment": say("fragment"), "handout": say("handout")}
_KINDS: Mapping[type[BaseModel], Message] = {
    ProcedureMeta: say("a procedure"),
    HandoutMeta: say("a handout"),
}


def _dated(meta: DatedMeta) -> Dated:
    return Dated(meta.source, meta.reconstructed, meta.owner, meta.reviewed, meta.review_by)


def _nothing_in(source: _Source[M], path: str, kind: str) -> tuple[Finding, ...]:
    """Return a finding where nothing of the *kind* of file would be printed but its title."""
    if any(not isinstance(block, Divider) for block in source.blocks):
        return ()
    fix = {
        "procedure": say("write its steps below the front matter: '1. Open …'"),
        "fragment": say("write its steps or its text"),
        "handout": say(
            "name its procedures, 'procedures: [aanmelden]', or write its text below the front matter"
        ),
    }[kind]
    what = say("the {kind} has no steps and no text", kind=_KIND_WORDS[kind])
    return (Finding(Place(path, 1), what, fix, rule=Rule.PART_EMPTY),)


def _misplaced_rules(source: _Source[M]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            block.place,
            say("a line of dashes stands in the text"),
            say("take it out: it parts a handout only"),
            rule=Rule.DASHES_MISPLACED,
        )
        for block in source.blocks
        if isinstance(block, Divider)
    )


def _parted(
    blocks: tuple[Block, ...],
) -> tuple[tuple[Block, ...], tuple[Block, ...], tuple[Finding, ...]]:
    """Return the blocks before the line of dashes, those after it, and a finding for each further line."""
    rules = [index for index, block in enumerate(blocks) if isinstance(block, Divider)]
    if not rules:
        return blocks, (), ()
    findings = tuple(
        Finding(
            block.place,
            say("a second line of dashes stands in the text"),
            say("keep one: it parts opening and closing"),
            rule=Rule.DASHES_MISPLACED,
        )
        for block in blocks[rules[0] + 1 :]
        if isinstance(block, Divider)
    )
    return blocks[: rules[0]], blocks[rules[0] + 1 :], findings


def _misplaced_steps(blocks: tuple[Block, ...]) -> Iterator[Finding]:
    for block in blocks:
        if isinstance(block, Steps):
            fix = say("put them in a procedure, and name it under 'procedures:'")
            yield Finding(
                block.place, say("steps stand in the text of a handout"), fix, rule=Rule.STEPS_MISPLACED
            )
            continue
        for inner in _inside(block):
            yield from _misplaced_steps(inner)


def _inside(block: Block) -> tuple[tuple[Block, ...], ...]:
    """Return the runs of blocks that stand right inside *block*."""
    match block:
        case BulletList():
            return block.items
        case Choice():
            return tuple(option.blocks for option in block.options)
        case Callout() | Only() | Allow():
            return (block.blocks,)
        case _:
            return ()
