"""Give references, fields and links the words that stand on the paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import PurePosixPath

from handout.document import qr
from handout.document.number import Anchor, option_in
from handout.document.outline import Outline, outlined
from handout.model import links
from handout.model.document import QrTarget, Section
from handout.model.findings import Finding, Place, Report, nearest, suggest
from handout.model.messages import Message, all_of, say
from handout.model.rules import Rule
from handout.model.source import HandoutSource
from handout.model.text import (
    Address,
    Block,
    BulletList,
    Callout,
    Choice,
    Emphasis,
    Field,
    Gloss,
    Heading,
    Include,
    Inline,
    Link,
    NumberedStep,
    NumberedSteps,
    Paragraph,
    Reference,
    Result,
    Route,
    SectionLabel,
    StepLabel,
    Strong,
    Table,
    Target,
    Text,
    UiLabel,
    Untranslated,
    WriteIn,
    plain_text,
)
from handout.model.walk import step_numbers, written_blocks
from handout.project.plan import Edition
from handout.project.project import Project
from handout.project.reading import columns


@dataclass(frozen=True)
class TextSpot:
    """Where a text stands."""

    section: Section | None = None
    """None: in the text of the handout itself."""
    option: str | None = None
    following: str | None = None
    """The number of the step after the one that it stands in, where there is one."""

    def into(self, option: str) -> TextSpot:
        return replace(self, option=option_in(self.option, option))


def _names_procedure(item: Sequence[Block]) -> bool:
    """Tell whether *item* of a list names a whole procedure, and says nothing else."""
    match item:
        case (Paragraph(children=(Reference(children=(), step_id=None),)),):
            return True
    return False


class Labeller:
    """Gives references, fields and links their words."""

    def __init__(self, project: Project, edition: Edition, outline: Outline, report: Report) -> None:
        self.project = project
        self.edition = edition
        self.outline = outline
        self.report = report
        self.language = edition.language
        """That of the words which the program writes: of a text without a translation its own."""
        self.hosts = project.settings.links.allowed_hosts
        self.others: dict[str, Outline] = {}
        """The other handouts that were looked into, by slug."""
        self.takes_labels = False
        """Whether a key was met that prints what the register of labels says."""

    @property
    def has_glosses(self) -> bool:
        """Tell whether the text at hand is in another language than the keys, with room to explain them."""
        is_foreign = self.language == self.project.spoken
        return is_foreign and self.project.settings.formats[self.edition.format].glosses

    def section(self, section: Section) -> Section:
        return replace(section, blocks=self.blocks(section.blocks, TextSpot(section)))

    def blocks(self, blocks: Iterable[Block], spot: TextSpot) -> tuple[Block, ...]:
        return tuple(self.block(block, spot) for block in blocks)

    def block(self, block: Block, spot: TextSpot) -> Block:
        match block:
            case Paragraph():
                return self.paragraph(block, spot)
            case Heading() | Result():
                return replace(block, children=self.inlines(block.children, spot))
            case BulletList(items, _):
                if spot.section is None and all(map(_names_procedure, items)):
                    return replace(block, items=tuple(self.listed(item, spot) for item in items))
                return replace(block, items=tuple(self.blocks(item, spot) for item in items))
            case NumberedSteps():
                return replace(block, steps=tuple(self.steps(block, spot)))
            case Callout():
                return replace(
                    block,
                    title=self.inlines(block.title, spot),
                    blocks=self.blocks(block.blocks, spot),
                )
            case Choice(options, _):
                return replace(
                    block,
                    options=tuple(
                        replace(o, blocks=self.blocks(o.blocks, spot.into(o.title))) for o in options
                    ),
                )
            case Table():
                return replace(
                    block,
                    header=tuple(self.inlines(cell, spot) for cell in block.header),
                    rows=tuple(tuple(self.inlines(cell, spot) for cell in row) for row in block.rows),
                )
            case _:
                return block

    def steps(self, run: NumberedSteps, spot: TextSpot) -> Iterator[NumberedStep]:
        """Yield the steps of *run* with their words; each knows the step that a reader comes back for."""
        following = [step.label for step in run.steps[1:]] if run.level == 1 else []
        for step, label in zip_longest(run.steps, following):
            inside = replace(spot, following=label) if run.level == 1 else spot
            command = self.inlines(step.command, inside)
            yield replace(step, command=command, blocks=self.blocks(step.blocks, inside))

    def paragraph(self, paragraph: Paragraph, spot: TextSpot) -> Block:
        """Return *paragraph* with its words; alone in it, a link is an address and a reference a route.

        A run of steps alone in it is a way there and back.
        """
        match paragraph.children:
            case (Reference(children=(), until=str()),) if spot.section is not None:
                return replace(paragraph, children=tuple(self.there_and_back(paragraph.children, spot)))
            case (Field(),):
                words = self.inlines(paragraph.children, spot)
                if words and isinstance(link := words[0], Link):
                    return Address(plain_text(link.children), link.url)
                return replace(paragraph, children=words)
        if route := self.route(paragraph.children):
            return route
        return self.named(paragraph, spot)

    def listed(self, item: Sequence[Block], spot: TextSpot) -> tuple[Block, ...]:
        """Return *item* of a list of procedures: its name, where elsewhere its steps are a route."""
        return tuple(self.named(one, spot) if isinstance(one, Paragraph) else one for one in item)

    def named(self, paragraph: Paragraph, spot: TextSpot) -> Paragraph:
        """Return *paragraph* with its words; a name that is all of it needs no quotation marks."""
        match words := self.inlines(paragraph.children, spot):
            case (SectionLabel(children=()) as label,):
                words = (replace(label, is_alone=True),)
        return replace(paragraph, children=words)

    def route(self, inlines: tuple[Inline, ...]) -> Route | None:
        """Return the stops that *inlines* name, or None where they are more than references on this sheet.

        One step alone is no route: "go to step 3" is a sentence. Nor are steps of two procedures that each
        begin at 1: one letter stands before all numbers.
        """
        references = [
            inline for inline in inlines if not (isinstance(inline, Text) and inline.text.isspace())
        ]
        match references:
            case [Reference(step_id=str())]:
                return None
        runs = [run for reference in references if (run := self.stops(reference)) is not None]
        if len(runs) < len(references) or len({letter for letter, _ in runs}) != 1:
            return None
        return Route(tuple(number for _, numbers in runs for number in numbers), runs[0][0])

    def stops(self, inline: Inline) -> tuple[str | None, tuple[int, ...]] | None:
        """Return the letter of the procedure and the numbers of the steps that *inline* leads along.

        None where it leads elsewhere, to nothing, or along one of several options.
        """
        if not isinstance(inline, Reference) or inline.children or inline.file is None or inline.until:
            return None
        section = self.outline.section(inline.file.removesuffix(".md"))
        if section is None or (self.outline.is_numbered_anew and section.letter is None):
            return None
        if inline.step_id is None:
            numbers = tuple(step_numbers(section.blocks))
            has_options = len(numbers) > sum(
                len(block.steps) for block in section.blocks if isinstance(block, NumberedSteps)
            )
            return (section.letter, numbers) if numbers and not has_options else None
        match self.outline.anchors[section.slug].get(inline.step_id):
            case (Anchor(label, None),) if label.isdigit():
                return section.letter, (int(label),)
        return None

    def inlines(self, inlines: Iterable[Inline], spot: TextSpot) -> tuple[Inline, ...]:
        return tuple(labelled for inline in inlines for labelled in self.inline(inline, spot))

    def inline(self, inline: Inline, spot: TextSpot) -> Iterator[Inline]:
        match inline:
            case Strong() | Emphasis():
                yield replace(inline, children=self.inlines(inline.children, spot))
            case Untranslated():
                around, self.language = self.language, inline.language
                yield replace(inline, children=self.inlines(inline.children, spot))
                self.language = around
            case Link():
                yield self.link(replace(inline, children=self.inlines(inline.children, spot)))
            case Field():
                yield from self.field(inline)
            case Reference():
                yield from self.reference(inline, spot)
            case UiLabel():
                yield from self.key(inline)
            case _:
                yield inline

    def key(self, key: UiLabel) -> Iterator[Inline]:
        """Yield *key*; where two texts are current, a key of each with the printed word for "or" between.

        In another language than the screen's, each with what it means, where a translator says so.
        """
        texts = self.project.key_texts(key.text)
        self.takes_labels |= texts != (key.text,)
        for number, text in enumerate(texts):
            if number:
                yield Text(f" {self.project.word(self.language, 'or')} ")
            yield UiLabel(text)
            if self.has_glosses and (meaning := self.project.gloss(text)):
                yield Gloss(meaning)

    def link(self, link: Link) -> Link:
        if link.url.startswith("mailto:"):
            fault, fix = links.check_mail(link.url), links.fix_for_mail(link.url)
        else:
            fault, fix = links.check_url(link.url, self.hosts), links.fix_for(link.url, self.hosts)
        if fault is not None:
            self.report(
                Finding(
                    link.place,
                    say("a link cannot be used: {fault}", fault=fault),
                    fix,
                    rule=Rule.ADDRESS_REFUSED,
                )
            )
        elif links.names_other_host(shown := plain_text(link.children), link.url):
            self.report(
                Finding(
                    link.place,
                    say("the words '{shown}' name another site than '{url}'", shown=shown, url=link.url),
                    say("make them agree"),
                    rule=Rule.ADDRESS_WORDS,
                )
            )
        return link

    # fields

    def field(self, field: Field) -> Iterator[Inline]:
        kind, _, name = field.name.partition(".")
        match kind:
            case "link" if name in self.project.settings.links.urls:
                url = self.project.settings.links.urls[name]
                yield Link((Text(links.shown_address(url)),), url, field.place)
            case "school" if name in self.project.settings.school_fields:
                value = self.edition.school.value(name) if self.edition.school else None
                yield (Text(value) if value else WriteIn(self.project.word(self.language, f"school.{name}")))
            case "audience" if name in self.audience_fields():
                yield Text(self.audience_fields()[name])
            case "organisation" if name == "name":
                yield Text(self.project.settings.organisation.name)
            case _:
                fix = self.fix_for_field(kind, name)
                self.report(
                    Finding(
                        field.place,
                        say("there is no field '{name}'", name=field.name),
                        fix,
                        rule=Rule.FIELD_UNKNOWN,
                    )
                )

    def fix_for_field(self, kind: str, name: str) -> Message:
        """Return how to mend a field that is not there: with those of its *kind*, where there is one."""
        project, known = self.project, self.known_fields()
        of_kind = [one for one in known if one.startswith(f"{kind}.")]
        fields = project.settings.school_fields
        if kind == "school" and (column := columns.meant(name, fields, project.column_words)):
            return suggest(f"school.{column}", of_kind)
        return suggest(f"{kind}.{name}" if name else kind, of_kind or known)

    def audience_fields(self) -> dict[str, str]:
        audience = self.project.settings.audiences[self.edition.audience]
        return {"label": audience.label, **audience.fields}

    def known_fields(self) -> list[str]:
        return [
            "organisation.name",
            *(f"link.{name}" for name in self.project.settings.links.urls),
            *(f"school.{name}" for name in self.project.settings.school_fields),
            *(f"audience.{name}" for name in self.audience_fields()),
        ]

    def qr_target(self) -> QrTarget | None:
        handout, school = self.edition.handout, self.edition.school
        target = qr_target(self.project, self.edition)
        if target is None:
            if handout.qr is not None:
                none = say('add it under [links] in handout.toml: {qr} = "https://…"', qr=handout.qr)
                known = suggest(handout.qr, self.project.settings.links.urls, none)
                places = self.project.key_places.get(handout.place.path, {})
                self.report(
                    Finding(
                        places.get("qr", (handout.place,))[0],
                        say("qr names the link '{qr}', which does not exist", qr=handout.qr),
                        known,
                        rule=Rule.NAME_UNKNOWN,
                    )
                )
            return None
        if fault := qr_fault(self.project, self.edition, target):
            is_own = target.url not in self.project.settings.links.urls.values()
            self.report(
                Finding(
                    school.place_of(self._own_column()) if school and is_own else handout.place,
                    say("{format}: {fault}", format=self.edition.format, fault=fault),
                    say("use a shorter address, or raise qr-mm under [formats] in handout.toml"),
                    rule=Rule.QR_TOO_SMALL,
                )
            )
        return target

    def _own_column(self) -> str:
        """Return the column in which a school has an address of its own for the code."""
        return self.project.settings.links.columns.get(self.edition.handout.qr or "", "")

    # references

    def there_and_back(self, inlines: Iterable[Inline], spot: TextSpot) -> Iterator[Inline]:
        """Yield the words that send a reader along the run of steps in *inlines*, and back."""
        yield from self.words("do-steps", self.inlines(inlines, spot))
        yield Text(" ")
        back = (StepLabel(spot.following),) if spot.following else ()
        yield from self.words("come-back" if back else "come-back-here", back)

    def words(self, key: str, named: Iterable[Inline]) -> Iterator[Inline]:
        """Yield the printed words of *key* with *named* in place of the name in braces."""
        before, _, after = self.project.word(self.language, key).partition("{")
        yield Text(before)
        yield from named
        yield Text(after.rpartition("}")[2])

    def reference(self, reference: Reference, spot: TextSpot) -> Iterator[Inline]:
        children = self.inlines(reference.children, spot)
        if reference.file is None:
            if spot.section is None:
                self.report(
                    Finding(
                        reference.place,
                        say(
                            "'#{step_id}' does not say which procedure holds the step",
                            step_id=reference.step_id,
                        ),
                        say("write the file before it: [](procedure.md#step)"),
                        rule=Rule.REFERENCE_AMBIGUOUS,
                    )
                )
                return
            yield from self.step_label(reference, children, self.outline, spot.section.slug, spot)
            return
        path = PurePosixPath(reference.file)
        if path.parent.name == "handouts":
            yield from self.in_handout(reference, children, path.stem)
        elif (target := self.outline.section(path.stem)) is not None:
            if reference.step_id is None:
                goal = Target(self.outline.handout.slug, target.slug)
                yield SectionLabel(target.title, target.letter, None, children, goal=goal)
            else:
                yield from self.step_label(reference, children, self.outline, target.slug, spot)
        else:
            yield from self.elsewhere(reference, children, path.stem)

    def step_label(
        self,
        reference: Reference,
        children: tuple[Inline, ...],
        outline: Outline,
        slug: str,
        spot: TextSpot,
    ) -> Iterator[StepLabel]:
        """Yield the words for a step of procedure *slug*, or a run of them, as *outline* numbers it."""
        anchor = self.anchor(reference, reference.step_id or "", outline, slug)
        last = self.anchor(reference, reference.until, outline, slug) if reference.until else None
        if anchor is None or (reference.until and last is None):
            return
        if last is not None and (fault := _run_fault(anchor, last)) is not None:
            self.report(Finding(reference.place, *fault, rule=Rule.REFERENCE_RUN))
            return
        same_sheet = outline is self.outline
        target = next(s for s in outline.sections if s.slug == slug)
        same_section = same_sheet and spot.section is not None and spot.section.slug == slug
        is_named = same_sheet and not same_section and outline.is_numbered_anew and target.letter is None
        yield StepLabel(
            label=anchor.label,
            section=None if same_section else target.letter,
            option=anchor.option if not same_section or anchor.option != spot.option else None,
            handout=None if same_sheet else outline.title,
            children=children,
            until=last.label if last else None,
            procedure=target.title if is_named else None,
            handout_letter=None if same_sheet else self.project.letters.get(outline.handout.slug),
            goal=Target(outline.handout.slug, slug, reference.step_id, reference.until),
        )

    def anchor(self, reference: Reference, step_id: str, outline: Outline, slug: str) -> Anchor | None:
        """Return where the step *step_id* of procedure *slug* stands; None, and a finding, for none."""
        anchors = outline.anchors[slug]
        found = anchors.get(step_id, ())
        if len(found) == 1:
            return found[0]
        hidden = outline.hidden[slug]
        missing = _missing_step(reference.place, step_id, slug, found, anchors, hidden, self.edition.audience)
        self.report(replace(missing, about=_written_in(self.project, slug)))
        return None

    def elsewhere(self, reference: Reference, children: tuple[Inline, ...], slug: str) -> Iterator[Inline]:
        """Yield the words for a procedure that stands in another handout of this audience."""
        if slug not in self.project.procedures:
            if slug in self.project.handouts:
                yield from self.in_handout(reference, children, slug)
                return
            known = self.project.fix_for_missing("content/procedures", slug, self.project.procedures)
            self.report(
                Finding(
                    reference.place,
                    say("there is no procedure '{file}'", file=reference.file),
                    known,
                    rule=Rule.REFERENCE_MISSING,
                    about=(f"content/procedures/{slug}.md", f"content/handouts/{slug}.md"),
                )
            )
            return
        holders = self.holders(slug)
        if len(holders) != 1:
            audience, having = self.edition.audience, self.project.handouts.values()
            is_same_for_all = audience in self.project.procedures[slug].audiences and len(holders) == sum(
                slug in handout.procedures for handout in having
            )
            self.report(_no_single_holder(reference, slug, holders, None if is_same_for_all else audience))
            return
        if reference.step_id is None:
            target = next(s for s in holders[0].sections if s.slug == slug)
            holder = holders[0].handout.slug
            letter, goal = self.project.letters.get(holder), Target(holder, slug)
            yield SectionLabel(target.title, None, holders[0].title, children, letter, goal)
        else:
            yield from self.step_label(reference, children, holders[0], slug, TextSpot())

    def holders(self, slug: str) -> list[Outline]:
        """Return the other handouts that show procedure *slug* to this audience."""
        audience = self.edition.audience
        return [
            self.outline_of(handout)
            for handout in sorted(self.project.handouts.values(), key=lambda h: h.slug)
            if handout.slug != self.edition.handout.slug
            and audience in handout.audiences
            and slug in handout.procedures
            and audience in self.project.procedures[slug].audiences
        ]

    def outline_of(self, handout: HandoutSource) -> Outline:
        """Return *handout* as this audience gets it. Its own run reports what is wrong with it."""
        if handout.slug == self.edition.handout.slug:
            return self.outline
        if handout.slug not in self.others:
            self.others[handout.slug] = outlined(self.project, handout, self.edition.audience, _ignore)
        return self.others[handout.slug]

    def in_handout(self, reference: Reference, children: tuple[Inline, ...], slug: str) -> Iterator[Inline]:
        """Yield the words for a handout, or for the one step with this id that it holds."""
        handout = self.project.handouts.get(slug)
        audience = self.edition.audience
        if handout is None:
            # What is there for nobody is told once, and not once for each audience.
            self.no_handout(
                reference,
                slug,
                say("there is no handout '{slug}'", slug=slug),
                self.project.fix_for_missing("content/handouts", slug, self.project.handouts),
            )
        elif audience in handout.audiences:
            yield from self.in_outline(reference, children, slug, self.outline_of(handout))
        elif reference.step_id is None:
            # Who helps others names their handouts; only the steps of another audience mean nothing here.
            title = next(
                (handout.titles[one] for one in handout.audiences if one in handout.titles), handout.title
            )
            yield self.whole(slug, title, children)
        else:
            self.no_handout(
                reference,
                slug,
                say("there is no handout '{slug}' for {audience}", slug=slug, audience=audience),
                say(
                    "add {audience} to 'audiences' of content/handouts/{slug}.md, or keep this reference "
                    "from {audience} with '/// only'",
                    audience=audience,
                    slug=slug,
                ),
            )

    def whole(self, slug: str, title: str, children: tuple[Inline, ...]) -> SectionLabel:
        """Return the words for the whole handout *slug*."""
        return SectionLabel(title, None, title, children, self.project.letters.get(slug), Target(slug))

    def no_handout(self, reference: Reference, slug: str, what: Message, fix: Message) -> None:
        about = (f"content/handouts/{slug}.md",)
        self.report(Finding(reference.place, what, fix, rule=Rule.REFERENCE_MISSING, about=about))

    def in_outline(
        self, reference: Reference, children: tuple[Inline, ...], slug: str, outline: Outline
    ) -> Iterator[Inline]:
        """Yield the words for handout *slug* as *outline* has it, or for the one step with this id in it."""
        if reference.step_id is None:
            yield self.whole(slug, outline.title, children)
            return
        slugs = [s.slug for s in outline.sections if reference.step_id in outline.anchors[s.slug]]
        if len(slugs) == 1:
            yield from self.step_label(reference, children, outline, slugs[0], TextSpot())
        else:
            self.report(
                _no_single_step(reference, reference.step_id, slug, slugs, outline, self.edition.audience)
            )


def qr_target(project: Project, edition: Edition) -> QrTarget | None:
    """Return where the QR code of *edition* leads: for a school to its own address, where it has one."""
    link, links_ = edition.handout.qr, project.settings.links
    if link is None or link not in links_.urls:
        return None
    column = links_.columns.get(link)
    own = edition.school.value(column) if edition.school and column else None
    url = own or links_.urls[link]
    return QrTarget(link, url, links.shown_address(url))


def qr_fault(project: Project, edition: Edition, target: QrTarget) -> Message | None:
    """Return why the code of *target* is too fine for the format of *edition*, or None."""
    settings = project.settings.formats[edition.format]
    return qr.too_small(qr.symbol(target.url), settings.qr_mm, settings.least_module_mm)


def _ignore(_: Finding) -> None:
    """Drop a finding of another handout."""


def _written_in(project: Project, slug: str) -> tuple[str, ...]:
    """Return the files in which the steps of the procedure *slug* are written."""
    texts, paths = [project.procedures[slug].blocks], {f"content/procedures/{slug}.md": None}
    while texts:
        for block in written_blocks(texts.pop()):
            path = f"content/fragments/{block.name}.md" if isinstance(block, Include) else ""
            if isinstance(block, Include) and path not in paths:
                paths[path] = None
                texts += [one.blocks for one in (project.fragments.get(block.name),) if one is not None]
    return tuple(paths)


def _run_fault(first: Anchor, last: Anchor) -> tuple[Message, Message] | None:
    """Return what is wrong with a run from *first* to *last*, and how to mend it; None where nothing is."""
    if not (first.label.isdigit() and last.label.isdigit()) or first.option != last.option:
        return (
            say("a run of steps begins or ends in a substep, or in another option"),
            say("name two whole steps of one way"),
        )
    if int(first.label) >= int(last.label):
        what = say(
            "a run of steps goes from step {label} to step {label2}", label=first.label, label2=last.label
        )
        return what, say("name the first step, two dots, then a later one: [](procedure.md#first..last)")
    return None


def _missing_step(
    place: Place,
    step_id: str,
    slug: str,
    found: tuple[Anchor, ...],
    anchors: Mapping[str, object],
    hidden: frozenset[str],
    audience: str,
) -> Finding:
    if found:
        lines = all_of(anchor.place for anchor in found)
        return Finding(
            place,
            say(
                "'{step_id}' names {found_count} steps of '{slug}': {lines}",
                step_id=step_id,
                found_count=len(found),
                slug=slug,
                lines=lines,
            ),
            say("give each step an id of its own"),
            rule=Rule.REFERENCE_AMBIGUOUS,
        )
    if step_id in hidden:
        return Finding(
            place,
            say(
                "step '{step_id}' of '{slug}' is not there for {audience}",
                step_id=step_id,
                slug=slug,
                audience=audience,
            ),
            say(
                "keep the step for {audience}, or keep this reference from {audience} with '/// only'",
                audience=audience,
            ),
            rule=Rule.REFERENCE_HIDDEN,
        )
    none = say(
        "no step of '{slug}' has an id yet: write {{#{step_id}}} at the end of the command that is meant",
        slug=slug,
        step_id=step_id,
    )
    near = nearest(step_id, anchors)
    fix = say("did you mean '{near}'?", near=near) if near else suggest(step_id, anchors, none)
    return Finding(
        place,
        say("'{slug}' has no step '{step_id}'", slug=slug, step_id=step_id),
        fix,
        rule=Rule.REFERENCE_MISSING,
    )


def _no_single_step(
    reference: Reference, step_id: str, slug: str, slugs: Sequence[str], outline: Outline, audience: str
) -> Finding:
    """Return why *step_id* names no one step of handout *slug*: *slugs* are the procedures that have it."""
    if slugs:
        return Finding(
            reference.place,
            say(
                "handout '{slug}' has more than one step with id '{step_id}' for {audience}",
                slug=slug,
                step_id=step_id,
                audience=audience,
            ),
            say("give each of them an id of its own; the procedures are {names}", names=", ".join(slugs)),
            rule=Rule.REFERENCE_AMBIGUOUS,
        )
    return Finding(
        reference.place,
        say(
            "handout '{slug}' has no step with id '{step_id}' for {audience}",
            slug=slug,
            step_id=step_id,
            audience=audience,
        ),
        suggest(
            step_id,
            (one for anchors in outline.anchors.values() for one in anchors),
            say("write {{#{step_id}}} at the end of the command that is meant", step_id=step_id),
        ),
        rule=Rule.REFERENCE_MISSING,
    )


def _no_single_holder(
    reference: Reference, slug: str, holders: list[Outline], audience: str | None
) -> Finding:
    """Return why no one handout can be named; *audience* where another audience may have others."""
    if holders:
        names = ", ".join(f"'{outline.handout.slug}'" for outline in holders)
        step = f"#{reference.step_id}" if reference.step_id else ""
        return Finding(
            reference.place,
            say(
                "'{slug}' stands in several handouts for {audience}: {names}",
                slug=slug,
                audience=audience,
                names=names,
            )
            if audience
            else say("'{slug}' stands in several handouts: {names}", slug=slug, names=names),
            say("say which one: [](handouts/{slug}.md{step})", slug=holders[0].handout.slug, step=step),
            rule=Rule.REFERENCE_AMBIGUOUS,
        )
    return Finding(
        reference.place,
        say("no handout shows '{slug}' to {audience}", slug=slug, audience=audience)
        if audience
        else say("no handout shows '{slug}'", slug=slug),
        say(
            "add it to a handout for {audience}, or keep this reference from {audience} with '/// only'",
            audience=audience,
        )
        if audience
        else say("add it to 'procedures' of a handout, or take this reference out"),
        rule=Rule.REFERENCE_HIDDEN,
        about=("content/handouts/",),
    )
