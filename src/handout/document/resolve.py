"""Resolve an edition: audience filter, fragments, numbers, references and fields. Pure: no I/O, no clock.

The order matters and is the promise of the program: first what this audience may not see is taken out
and fragments are put in, then the steps that are left are numbered, and only then references get their
words. A number on the paper can therefore not be wrong, and a reference to a step that this audience
does not have is an error of the source, with its file and line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from handout.document import demands, status
from handout.document.counts import counts
from handout.document.grey import in_grey
from handout.document.label import Labeller, TextSpot, qr_fault, qr_target
from handout.document.outline import Outline, outlined
from handout.document.pairs import paired
from handout.model.catalog import KEYS, TranslationCatalog
from handout.model.document import Destination, Document, Ink, PictureFile, Section, Translation
from handout.model.findings import Finding, Place, Report, in_order
from handout.model.languages import own_name
from handout.model.links import parted_mails, shown_hosts
from handout.model.messages import Message, say
from handout.model.rules import Rule
from handout.model.text import (
    Block,
    Emphasis,
    Inline,
    Paragraph,
    SectionLabel,
    Steps,
    Strong,
    Text,
    UiLabel,
    Untranslated,
    UntranslatedText,
)
from handout.model.walk import (
    blocks_of,
    labels_inside,
    pictures_of,
    texts_of,
)
from handout.project.plan import BESIDE, Edition, made_in
from handout.project.project import Project
from handout.project.screen_labels import LABELS_FILE
from handout.project.translations import (
    catalogs_of,
    in_language,
    is_left,
    settings_on,
    texts_on,
    words_on,
)

__all__ = ["document", "for_school", "logo", "qr_fault", "qr_target"]


def document(project: Project, edition: Edition) -> tuple[Document, tuple[Finding, ...]]:
    """Return what stands on the paper of *edition*, and every fault met on the way."""
    language, _, beside = edition.language.partition(BESIDE)
    own, found = _in_one_language(project, replace(edition, language=language))
    if not beside:
        return own, found
    other, more = _in_one_language(project, replace(edition, language=beside))
    budget = project.page_budget(edition.handout, edition.format, is_bilingual=True)
    return paired(own, other, budget), in_order((*found, *more))


def _in_one_language(project: Project, edition: Edition) -> tuple[Document, tuple[Finding, ...]]:
    if (spoken := in_language(project, edition.language)) is not project:
        project = spoken
        edition = replace(edition, handout=project.handouts.get(edition.handout.slug, edition.handout))
    findings: list[Finding] = []
    outline = outlined(project, edition.handout, edition.audience, findings.append, edition.reading)
    labeller = Labeller(project, edition, outline, findings.append)
    catalogs = catalogs_of(project, outline.sources)
    lead, opening = _split_lead(labeller.blocks(outline.opening, TextSpot()))
    sections = tuple(labeller.section(section) for section in outline.sections)
    resolved = Document(
        slug=edition.handout.slug,
        title=outline.title,
        audience=edition.audience,
        format=edition.format,
        language=edition.language,
        lead=lead.children if lead else (),
        opening=opening,
        sections=sections,
        closing=labeller.blocks(outline.closing, TextSpot()),
        pictures={},
        place=edition.handout.place,
        page_budget=project.page_budget(edition.handout, edition.format),
        sources=tuple(sorted((*outline.sources, *(one.path for one in catalogs)))),
        school=edition.school,
        qr=labeller.qr_target(),
        questions=edition.handout.questions,
        destinations=_destinations(project, edition),
        newest=max((day for day in outline.sources.values() if day is not None), default=None),
        version=edition.handout.version,
        valid_until=edition.handout.valid_until,
        lead_place=lead.place if lead else None,
        letter=project.letters.get(edition.handout.slug),
        bring=tuple(_bring(project, edition, labeller, sections)),
        counts=counts(sections, opening, edition.handout),
        ink=edition.ink,
        reading=edition.reading,
    )
    if labeller.takes_labels:
        resolved = replace(resolved, sources=tuple(sorted((*resolved.sources, LABELS_FILE))))
    if (fault := status.fault(project, edition)) is not None:
        findings.append(fault)
    if project.spoken:
        resolved = replace(resolved, translation=_translation(project, resolved, catalogs))
    findings.extend((*_misplaced_steps(outline), *_typed_addresses(outline, labeller.known_fields())))
    findings.extend(demands.unmet(project, resolved))
    resolved = replace(resolved, pictures=_shown_pictures(project, resolved, findings.append))
    pictures = {**resolved.pictures, **logo(project, edition)}
    return replace(resolved, pictures=pictures), in_order(findings)


def _translation(
    project: Project, resolved: Document, catalogs: Collection[TranslationCatalog]
) -> Translation:
    """Return what the translation of *resolved* by *catalogs* still lacks."""
    words = (*words_on(resolved), *settings_on(project.settings, resolved.audience))
    names = sum(isinstance(one, UntranslatedText) for one in words)
    pieces = sum(is_left(inlines) for _, inlines in texts_on(resolved))
    return Translation(
        source_language=project.settings.organisation.language,
        untranslated=names + pieces,
        is_reviewed=all(one.reviewed for one in catalogs if one.source != KEYS),
    )


def without_school(project: Project, resolved: Document) -> Document:
    """Return *resolved*, the document of one school's copy, with what the copies of all schools share."""
    shown = _shown_pictures(project, resolved, _ignore)
    general = _logo(project, project.settings.organisation.logo_path, resolved.format, resolved.ink)
    return replace(resolved, school=None, pictures={**shown, **general})


def for_school(project: Project, shared: Document, edition: Edition) -> Document:
    """Return *shared*, a document without a school, as that of the school of *edition*.

    That is for copies that differ in their slots alone: no text is resolved anew.
    """
    pictures = {**shared.pictures, **logo(project, edition)}
    return replace(shared, school=edition.school, qr=qr_target(project, edition), pictures=pictures)


def _ignore(_: Finding) -> None:
    """Drop a finding that was told when the document was resolved."""


def logo(project: Project, edition: Edition) -> dict[str, PictureFile]:
    """Return the logo of the school or the organisation by its path, where the format has a place for one."""
    own = edition.school.logo if edition.school else None
    return _logo(project, own or project.settings.organisation.logo_path, edition.format, edition.ink)


def _logo(project: Project, path: str | None, format_: str, ink: Ink) -> dict[str, PictureFile]:
    file = project.pictures.get(path) if path else None
    if path is None or file is None or project.settings.logo_slot(format_) is None:
        return {}
    return {path: _in_ink(file, ink)}


def _split_lead(opening: tuple[Block, ...]) -> tuple[Paragraph | None, tuple[Block, ...]]:
    if opening and isinstance(lead := opening[0], Paragraph):
        return lead, opening[1:]
    return None, opening


def _destinations(project: Project, edition: Edition) -> tuple[Destination, ...]:
    """Return where a wayfinding sheet leads, from the data of those handouts: their titles and questions."""
    handouts = (
        handout
        for slug in edition.handout.leads_to
        if (handout := project.handouts.get(slug)) and edition.audience in handout.audiences
    )
    letters = project.letters
    return tuple(
        Destination(
            letters[h.slug],
            h.titles.get(edition.audience, h.title),
            h.formats[0],
            h.questions,
            tuple((tag, own_name(tag)) for tag in made_in(h, project) if tag != edition.language),
        )
        for h in handouts
        if h.slug in letters
    )


def _bring(
    project: Project, edition: Edition, labeller: Labeller, sections: Iterable[Section]
) -> Iterator[Inline]:
    """Yield the words that say what the reader takes in hand before the first step of *sections*.

    Where the format has a place for them: the other sheets of this audience that its texts lead to, and
    what the handout itself asks for.
    """
    if not project.settings.formats[edition.format].brings:
        return
    goals: dict[str, SectionLabel] = {}
    for label in labels_inside(block for section in sections for block in section.blocks):
        if (
            label.goal
            and label.handout
            and edition.audience in project.handouts[label.goal.handout].audiences
        ):
            goals.setdefault(label.goal.handout, labeller.whole(label.goal.handout, label.handout, ()))
    named: list[Inline] = [*goals.values(), *(Text(words) for words in edition.handout.needs)]
    if named:
        yield from labeller.words("bring", _listed(named, project.word(edition.language, "and")))


def _listed(named: Sequence[Inline], joint: str) -> Iterator[Inline]:
    """Yield *named* as a list in a sentence: a, b *joint* c."""
    for number, one in enumerate(named):
        if number:
            yield Text(f" {joint} " if number == len(named) - 1 else ", ")
        yield one


def _misplaced_steps(outline: Outline) -> Iterator[Finding]:
    """Yield the steps that a fragment brought to a place where nothing can number them."""
    for block in blocks_of(outline):
        # Those that the handout itself writes were found when it was read.
        if isinstance(block, Steps) and block.place.path != outline.handout.place.path:
            yield Finding(
                block.place,
                say("these steps stand inside a callout, a bullet list, a substep or the text of a handout"),
                say("include the fragment in the list of steps of a procedure"),
                rule=Rule.STEPS_MISPLACED,
            )


def _typed_addresses(outline: Outline, fields: Collection[str]) -> Iterator[Finding]:
    """Yield the addresses that are typed in a text: they were never held against the allowed hosts.

    One of *fields* without its braces looks like one too: `link.info`.
    """
    for block in blocks_of(outline):
        for place, inlines in texts_of(block):
            for text in _typed_in(inlines):
                mails, rest = parted_mails(text)
                for mail in mails:
                    fix = say(
                        "write it as [{mail}](mailto:{mail}), or as {{{{ school.email }}}} where each school "
                        "has its own",
                        mail=mail,
                    )
                    yield _typed(place, mail, fix)
                for host in shown_hosts(rest):
                    yield _typed_host(place, host, fields)


def _typed_host(place: Place, host: str, fields: Collection[str]) -> Finding:
    if host in fields:
        what, fix = (
            say("the field '{host}' stands without its braces", host=host),
            say("write {{{{ {host} }}}}", host=host),
        )
        return Finding(place, what, fix, rule=Rule.FIELD_FORM)
    fix = say("name it under [links] in handout.toml, and write {{{{ link.NAME }}}}")
    if host.endswith(".md"):
        fix = say("write a text of this project as []({host}); for a site, {fix}", host=host, fix=fix)
    return _typed(place, host, fix)


def _typed(place: Place, address: str, fix: Message) -> Finding:
    return Finding(
        place,
        say("the address '{address}' is typed in the text", address=address),
        fix,
        rule=Rule.ADDRESS_TYPED,
    )


def _typed_in(inlines: Iterable[Inline]) -> Iterator[str]:
    """Yield what was typed in *inlines*; the words of a link are held against its address."""
    for inline in inlines:
        match inline:
            case Text(text) | UiLabel(text):
                yield text
            case Strong() | Emphasis() | Untranslated():
                yield from _typed_in(inline.children)
            case _:
                pass


def _shown_pictures(project: Project, document: Document, report: Report) -> dict[str, PictureFile]:
    shown = {}
    for picture in pictures_of(document):
        if (file := project.pictures.get(picture.path)) is not None:
            shown[picture.path] = _in_ink(file, document.ink)
        elif picture.path not in project.broken_pictures:
            fix = project.fix_for_missing("content", picture.path, project.pictures)
            what = say("there is no picture '{path}'", path=picture.path)
            about = (f"content/{picture.path}",)
            report(Finding(picture.place, what, fix, rule=Rule.PICTURE_MISSING, about=about))
    return shown


def _in_ink(file: PictureFile, ink: Ink) -> PictureFile:
    return in_grey(file) if ink is Ink.MONO else file
