"""Put a project into another language: each piece of text that has a translation made of these very words.

A translation belongs to the words that it was made of, letter by letter. Where they change it holds no more,
and they stand on the sheet as they are; where they move, or get another number, nothing happens to it. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from handout.machine.gate import forbidden_character
from handout.model.catalog import (
    KEYS,
    SETTINGS,
    CatalogEntry,
    TranslationCatalog,
    Unit,
    UnitKind,
    catalog_path,
)
from handout.model.document import Document
from handout.model.findings import Finding, Place, Severity, nearest
from handout.model.links import parted_mails, shown_hosts
from handout.model.messages import Message, say
from handout.model.names import quoted
from handout.model.rules import Rule
from handout.model.text import (
    BothWords,
    Inline,
    PairedText,
    Paragraph,
    Picture,
    Text,
    Untranslated,
    UntranslatedText,
)
from handout.model.walk import (
    blocks_of,
    inlines_inside,
    keys_inside,
    names_in,
    pictures_of,
    texts_of,
    written_blocks,
)
from handout.project import units
from handout.project.project import Project, SourceText, primary_language
from handout.project.reading.notes import Notes
from handout.project.reading.written import at_place, fixed_parts, markdown_of, read_markdown
from handout.project.settings import Settings

# ---- what there is to translate -----------------------------------------------------------------


def units_of(project: Project) -> dict[str, tuple[Unit, ...]]:
    """Return what is translated of *project*, by source: its texts, its settings, then the keys."""
    found = {units.source_of(text): units.units(text) for text, _ in project.bodies}
    found[SETTINGS] = units.units(project.settings)
    found[KEYS] = keys_of(project)
    return {source: own for source, own in found.items() if own}


def keys_of(project: Project, sources: Collection[str] | None = None) -> tuple[Unit, ...]:
    """Return the keys that the texts of *project* print, or those of *sources* among them."""
    found: dict[str, Unit] = {}
    for source, body in project.bodies:
        if sources is not None and units.source_of(source) not in sources:
            continue
        for text, place in keys_inside(written_blocks(body)):
            for printed in project.key_texts(text):
                if any(map(str.isalpha, printed)):
                    found.setdefault(printed, Unit(UnitKind.KEY, printed, (place,)))
    return tuple(found.values())


# ---- a catalog held against its source -----------------------------------------------------------


def checked(project: Project) -> tuple[Project, tuple[Finding, ...]]:
    """Return *project* without the translations that cannot be printed, and what is wrong with each."""
    if project.unread.issuperset(project.catalogs):
        return project, ()
    findings: list[Finding] = []
    every = units_of(project)
    catalogs = {
        language: {source: _sound(one, every, findings) for source, one in own.items()}
        if language not in project.unread
        else own
        for language, own in project.catalogs.items()
    }
    return replace(project, catalogs=catalogs), tuple(findings)


def _sound(
    catalog: TranslationCatalog, every: Mapping[str, tuple[Unit, ...]], findings: list[Finding]
) -> TranslationCatalog:
    own = every.get(catalog.source)
    if own is None:
        near = nearest(catalog.source, every)
        fix = (
            say("it may belong to {near}: rename it, or take it out", near=quoted(near))
            if near
            else say("take it out, or name it as its source: procedures/NAME.po, handouts/NAME.po")
        )
        what = say("there is no text {source} for these translations", source=quoted(catalog.source))
        findings.append(Finding(Place(catalog.path), what, fix, Severity.WARNING, Rule.TRANSLATION_IDLE))
        return replace(catalog, entries={})
    entries = {}
    by_source = {unit.source: unit for unit in own}
    for source, entry in catalog.entries.items():
        unit = by_source.get(source)
        if unit is not None and entry.words and not entry.is_fuzzy:
            faults = tuple(_faults(unit, entry))
            findings += faults
            if faults:
                continue
        entries[source] = entry
    return replace(catalog, entries=entries)


def _faults(unit: Unit, entry: CatalogEntry) -> Iterator[Finding]:
    """Yield why the words of *entry* cannot stand for those of *unit*."""
    if unit.inlines is None:
        if (forbidden := forbidden_character(entry.words)) is not None or "\n" in entry.words:
            what = say("a translation holds {name}", name=forbidden.name if forbidden else say("a line end"))
            yield _fault(entry, what, say("write it in one line, without"))
        yield from _typed_addresses(entry, entry.words)
        return
    notes = Notes(entry.place.path, entry.place.line)
    inlines = read_markdown(entry.words, notes)
    yield from (replace(finding, place=entry.place) for finding in notes.findings)
    yield from _of_fixed(unit.inlines, inlines, entry)
    for inline in inlines_inside(inlines):
        if isinstance(inline, Text):
            yield from _typed_addresses(entry, inline.text)


def _of_fixed(
    source: tuple[Inline, ...], inlines: tuple[Inline, ...], entry: CatalogEntry
) -> Iterator[Finding]:
    """Yield the keys, references and pictures that a translation drops, and those that it invents."""
    wanted = Counter(part.written for part in fixed_parts(source))
    given = Counter(part.written for part in fixed_parts(inlines))
    for part in sorted(wanted - given):
        what = say("a translation lacks {part}, which its source has", part=part)
        fix = say("write {part} where it belongs in the sentence, letter by letter", part=part)
        yield _fault(entry, what, fix)
    for part in sorted(given - wanted):
        what = say("a translation has {part}, which its source has not", part=part)
        fix = say("take it out; what a key means stands in {keys}.po, and is printed beside each", keys=KEYS)
        yield _fault(entry, what, fix)


def _typed_addresses(entry: CatalogEntry, text: str) -> Iterator[Finding]:
    mails, rest = parted_mails(text)
    for address in (*mails, *shown_hosts(rest)):
        yield Finding(
            entry.place,
            say("the address '{address}' is typed in a translation", address=address),
            say("take it out: addresses come from the source alone"),
            rule=Rule.ADDRESS_TYPED,
        )


def _fault(entry: CatalogEntry, what: Message, fix: Message) -> Finding:
    return Finding(entry.place, what, fix, rule=Rule.TRANSLATION_DIFFERS)


# ---- a project in another language ---------------------------------------------------------------


@dataclass(frozen=True)
class _Interpreter:
    """Says a piece in another language; what has no translation that holds stands as it is, and is marked."""

    catalog: TranslationCatalog | None
    language: str
    """Of the source."""

    def inlines(self, kind: UnitKind, inlines: tuple[Inline, ...], place: Place) -> tuple[Inline, ...]:
        entry = self.catalog.words(markdown_of(inlines)) if self.catalog else None
        if entry is not None:
            return read_markdown(entry.words, at_place(place))
        # A picture at its head is no word: templates look for it there.
        first = next((n for n, inline in enumerate(inlines) if not isinstance(inline, Picture)), 0)
        return (*inlines[:first], Untranslated(inlines[first:], self.language))

    def plain(self, kind: UnitKind, text: str, place: Place) -> str:
        entry = self.catalog.words(text) if self.catalog else None
        return entry.words if entry else UntranslatedText(text)


def in_language(project: Project, language: str) -> Project:
    """Return *project* in *language*: itself where that is the language of its texts, or of this project."""
    if project.spoken or language == project.language or language not in project.catalogs:
        return project
    assert language not in project.unread, f"the translations into {language} were not read"
    made = project.in_languages.get(language)
    if made is None:
        made = project.in_languages[language] = _spoken(project, language)
    return made


def _spoken(project: Project, language: str) -> Project:
    catalogs = project.catalogs[language]

    def speaker(source: str) -> _Interpreter:
        return _Interpreter(catalogs.get(source), project.language)

    def of(text: SourceText) -> _Interpreter:
        return speaker(units.source_of(text))

    return replace(
        project,
        spoken=language,
        settings=units.settings(project.settings, speaker(SETTINGS)),
        procedures={slug: units.procedure(text, of(text)) for slug, text in project.procedures.items()},
        fragments={slug: units.fragment(text, of(text)) for slug, text in project.fragments.items()},
        handouts={slug: units.handout(text, of(text)) for slug, text in project.handouts.items()},
        results=frozenset(_results(project)),
    )


def _results(project: Project) -> Iterator[Place]:
    for _, body in project.bodies:
        for block in written_blocks(body):
            if isinstance(block, Paragraph) and project.is_result(block):
                yield block.place


def settings_in(project: Project, document: Document) -> Settings:
    """Return the settings of *project*, with what stands on *document* in its language, or in both."""
    if document.beside is None:
        return in_language(project, document.language).settings
    other = in_language(project, document.beside).settings

    def said(own: str, words: str) -> str:
        return words if isinstance(words, UntranslatedText) or own == words else PairedText(own, words)

    audiences = {
        name: one.model_copy(update={"label": said(one.label, other.audiences[name].label)})
        for name, one in project.settings.audiences.items()
    }
    edition = said(project.settings.organisation.edition, other.organisation.edition)
    organisation = project.settings.organisation.model_copy(update={"edition": edition})
    return project.settings.model_copy(update={"audiences": audiences, "organisation": organisation})


_IN_A_TEXT = frozenset(
    {
        *("step", "until", "part", "and", "bring", "overleaf", "go-to-option"),
        *("in-handout", "in-lettered-handout", "lettered-handout", "in-procedure", "own-procedure"),
        *("do-steps", "come-back", "come-back-here"),
    }
)
"""Words of references: they stand in a text, which stands in each language."""
_AS_IT_IS = frozenset({"key-enter", "version"})
"""A key of the screen stays as it is; a version is a sign."""
_TABLES_OF_BOTH = frozenset({"callout", "device", "make", "school", "screen"})
"""Words of a table that a template prints on a sheet."""
_HEARD_OF_BOTH = frozenset({"said.computer", "said.smartphone", "said.any"})
_COUNTED_PAGES = {"page": "", "booklet-page": "", "of": " / "}
"""The foot of a page says "1 / 4": that is read in any language."""
_OF_TRANSLATION = ("untranslated", "unreviewed")
"""What is said of the translation, to those who read it."""


def _is_in_both(key: str) -> bool:
    """Tell whether the word *key* stands alone on a sheet, where readers of either language look for it."""
    table = key.rpartition(".")[0]
    if not table:
        return key not in _IN_A_TEXT | _AS_IT_IS
    return table in _TABLES_OF_BOTH or key in _HEARD_OF_BOTH


def printed_words(project: Project, document: Document) -> Mapping[str, str]:
    """Return the words that the templates print on *document*.

    With two languages those that stand in no text are in both: `BothWords`.
    """
    own = project.strings[primary_language(document.language)]
    if document.beside is None:
        return own
    other = project.strings[primary_language(document.beside)]
    keys = (key for key in own if key in other and _is_in_both(key))
    both = {key: BothWords(own[key], other[key]) for key in keys if own[key] != other[key]}
    about = {key: word for key, word in other.items() if key.startswith(_OF_TRANSLATION)}
    return {**own, **both, **about, **_COUNTED_PAGES}


def catalogs_of(project: Project, sources: Iterable[str]) -> tuple[TranslationCatalog, ...]:
    """Return the catalogs that the texts of the files *sources* were translated by, of a spoken *project*."""
    own = project.catalogs.get(project.language, {}) if project.spoken else {}
    names = {path.removeprefix("content/").removesuffix(".md") for path in sources} | {SETTINGS, KEYS}
    return tuple(own[name] for name in sorted(names & set(own)))


# ---- what is missing ------------------------------------------------------------------------------


def words_on(document: Document) -> Iterator[str]:
    """Yield the titles, names and words for who cannot see a picture that stand on the sheet *document*."""
    yield document.title
    yield from names_in(document)
    yield from (picture.alt for picture in pictures_of(document))
    for destination in document.destinations:
        yield from (destination.title, *(question.text for question in destination.questions))
    if document.destinations:  # elsewhere its questions are what leads to it
        yield from (question.text for question in document.questions)


def texts_on(document: Document) -> Iterator[tuple[Place, tuple[Inline, ...]]]:
    """Yield the texts that stand on the sheet *document*, each with its place."""
    yield document.lead_place or document.place, document.lead
    for block in blocks_of(document):
        yield from texts_of(block)


def is_left(inlines: Iterable[Inline]) -> bool:
    """Tell whether some of *inlines* have no translation that holds."""
    return any(isinstance(inline, Untranslated) for inline in inlines_inside(inlines))


def settings_on(settings: Settings, audience: str) -> tuple[str, ...]:
    """Return what *settings* say on each sheet for *audience*."""
    return settings.audiences[audience].label, settings.organisation.edition


def open_findings(
    project: Project, language: str, documents: Iterable[Document], severity: Severity
) -> Iterator[Finding]:
    """Yield the pieces of *documents*, sheets in *language*, that have no translation that holds."""
    spoken = in_language(project, language)
    left = _Left.on(tuple(documents), spoken.settings)
    if not left.places and not left.words:
        return
    for source, pieces in units_of(project).items():
        if source != KEYS:
            about = _About(project.catalogs[language].get(source), pieces, language, source, severity)
            yield from map(about.finding, filter(left.has, pieces))


@dataclass(frozen=True)
class _Left:
    """What stands untranslated on some sheets."""

    places: frozenset[Place]
    words: frozenset[str]

    @classmethod
    def on(cls, documents: Collection[Document], settings: Settings) -> _Left:
        texts = (text for document in documents for text in texts_on(document))
        words = (
            one
            for document in documents
            for one in (*words_on(document), *settings_on(settings, document.audience))
        )
        return cls(
            frozenset(place for place, inlines in texts if is_left(inlines)),
            frozenset(one for one in words if isinstance(one, UntranslatedText)),
        )

    def has(self, unit: Unit) -> bool:
        if unit.inlines is None:
            return unit.source in self.words
        return not self.places.isdisjoint(unit.places)


@dataclass(frozen=True)
class _About:
    """Tells of pieces of one source without a translation that holds."""

    catalog: TranslationCatalog | None
    pieces: tuple[Unit, ...]
    """All of that source."""
    language: str
    source: str
    severity: Severity

    def old_place(self, unit: Unit) -> Place | None:
        """Return where a translation stands that was made of other words than those of *unit*."""
        entries = self.catalog.entries if self.catalog else {}
        if (own := entries.get(unit.source)) is not None and own.is_fuzzy:
            return own.place
        known = {piece.source for piece in self.pieces}
        left = [words for words, entry in entries.items() if words not in known and entry.words]
        near = get_close_matches(unit.source, left, 1)
        return entries[near[0]].place if near else None

    def finding(self, unit: Unit) -> Finding:
        shown = quoted(unit.source if len(unit.source) <= MOST_SHOWN else f"{unit.source[: MOST_SHOWN - 1]}…")
        if (old := self.old_place(unit)) is not None:
            what = say(
                "{language}: the translation of {words} was made of other words, and is not printed",
                language=self.language,
                words=shown,
            )
            fix = say(
                "translate it anew: it stands at {old}; 'handout translate export' says what changed", old=old
            )
            return Finding(unit.place, what, fix, self.severity, Rule.TRANSLATION_STALE)
        what = say(
            "{language}: {words} has no translation, and stands in its own language",
            language=self.language,
            words=shown,
        )
        fix = say(
            "write it in {path}, or send a translator what 'handout translate export {language}' gives",
            path=catalog_path(self.language, self.source),
            language=self.language,
        )
        return Finding(unit.place, what, fix, self.severity, Rule.TRANSLATION_MISSING)


MOST_SHOWN = 60
"""Characters of a text that a finding names it by."""
