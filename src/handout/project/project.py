"""A project as a value: its settings, its texts, its pictures and its schools."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeAlias

from handout.model.catalog import KEYS, TranslationCatalog
from handout.model.document import PictureFile
from handout.model.findings import Finding, Place, nearest, suggest
from handout.model.messages import Message, say
from handout.model.names import quoted
from handout.model.press import PressProfile
from handout.model.school import School
from handout.model.source import Fragment, HandoutSource, Procedure
from handout.model.text import Block, Paragraph, plain_text
from handout.model.walk import pictures_written
from handout.project.screen_labels import LabelRegister
from handout.project.settings import Settings, Walk, WordList

FORMATS_FILE = "templates/formats.toml"
COLUMNS_FILE = "templates/columns.toml"
SCHOOLS_FILES = ("content/schools.csv", "content/schools.xlsx")
"""The table of schools is one of them."""
OTHER_TABLES = tuple(
    f"content/schools{suffix}" for suffix in (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".tsv")
)
"""Where people may have put it in a form that is not read."""
PAGES = "pages/"
"""The folder of the templates for what is seen on a screen: they are not a project's own."""
WORDS_FILE = "content/words.toml"
WALKS_FILE = "content/walks.toml"
EXAMPLE_LANGUAGE = "nl"
"""Its packaged words are complete: those of another language are held against them."""


@dataclass(frozen=True)
class Project:
    """All that a run is made from. Nothing is read after this."""

    settings: Settings
    procedures: Mapping[str, Procedure]
    fragments: Mapping[str, Fragment]
    handouts: Mapping[str, HandoutSource]
    pictures: Mapping[str, PictureFile]
    """By path relative to content/."""
    broken_pictures: Mapping[str, Finding]
    """Why pictures that are there were refused, by path as the others."""
    schools: tuple[School, ...]
    templates: Mapping[str, str]
    """By path relative to templates/; the project's own come before the packaged ones."""
    styles: Mapping[str, str]
    """By path relative to styles/, icons and shapes too."""
    strings: Mapping[str, Mapping[str, str]]
    """The printed words of the templates, by language and key."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of what every content file holds, by path: its text as it is read, a picture as it is seen."""
    words: WordList | None = None
    """How the texts are worded; None: the project has no list, and nothing is said of its words."""
    labels: LabelRegister | None = None
    """What the screens say; None: the project has no register, and a key is what its text says."""
    walks: tuple[Walk, ...] = ()
    """What people must be able to do with their sheets alone."""
    key_places: Mapping[str, Mapping[str, tuple[Place, ...]]] = field(default_factory=dict)
    """Per text file, where the values of its front matter stand, by key as written; of handout.toml those
    that are held against other files: `audiences.staff.icon`, `formats.leaflet-a4.sheets`; of the register
    of labels each entry, by its id, and of content/walks.toml each walk, `walk.0`."""
    strays: tuple[str, ...] = ()
    """Files in content/ whose ending tells of no kind that we read: `content/handouts/gids.md.txt`."""
    refused: tuple[School, ...] = ()
    """The rows of the table of schools for which nothing can be printed: which they are, and where."""
    own_templates: frozenset[str] = frozenset()
    """The templates that are not the packaged ones, by path relative to templates/."""
    own_styles: frozenset[str] = frozenset()
    """The stylesheets and drawings that are not, by path relative to styles/."""
    column_words: Mapping[str, str] = field(default_factory=dict)
    """What else the columns of that table may be called: the column by the `columns.key` of each word."""
    catalogs: Mapping[str, Mapping[str, TranslationCatalog]] = field(default_factory=dict)
    """The translations of its texts, by language and source: `ar`, `procedures/mfa-app`."""
    unread: frozenset[str] = frozenset()
    """The languages of which no more is known than that there are translations: none is printed."""
    spoken: str | None = None
    """The language that its texts were put into, see `project.translations`; None: their own."""
    results: frozenset[Place] = frozenset()
    """Where a paragraph says "done", of texts that were put into another language."""
    press: PressProfile | None = None
    """The press of the print shop; None: its files keep the colours of a screen."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it can be printed in, that of its texts first."""
        return (self.settings.organisation.language, *self.catalogs)

    @cached_property
    def in_languages(self) -> dict[str, Project]:
        """What `project.translations.in_language` made of it: each once."""
        return {}

    @property
    def language(self) -> str:
        """The language that its texts are in."""
        return self.spoken or self.settings.organisation.language

    def gloss(self, key: str) -> str | None:
        """Return what the *key* of a screen means in the language of the texts, where that is said."""
        catalog = self.catalogs.get(self.language, {}).get(KEYS)
        entry = catalog.words(key) if catalog else None
        return entry.words if entry else None

    def is_result(self, paragraph: Paragraph) -> bool:
        """Tell whether *paragraph* says "done"."""
        if self.spoken is not None:
            return paragraph.place in self.results
        return plain_text(paragraph.children).startswith(self.result_words)

    @property
    def words_of_pages(self) -> Mapping[str, str]:
        """The printed words for who prints and hands out sheets: in its own language, whatever theirs is."""
        return self.strings[primary_language(self.settings.organisation.language)]

    def fix_for_missing(self, folder: str, name: str, known: Iterable[str]) -> Message:
        """Return how to mend *name*, which none of *known* files in *folder* has.

        A file of that name with another ending is the one that is meant: Windows hides endings.
        """
        wanted = name if PurePosixPath(name).suffix else f"{name}.md"
        stem = f"{folder}/{name}".partition(".")[0].casefold()
        others = (f"content/{path}" for path in (*self.pictures, *self.broken_pictures))
        for path in (*self.strays, *others):
            if path.partition(".")[0].casefold() == stem:
                return say(
                    "there lies {path}: save it as {folder}/{wanted}",
                    path=quoted(path),
                    folder=folder,
                    wanted=wanted,
                )
        write = (
            say("write it as {folder}/{wanted}", folder=folder, wanted=wanted)
            if wanted.endswith(".md")
            else say("save it as {folder}/{wanted}", folder=folder, wanted=wanted)
        )
        known = sorted(known)
        if nearest(name, known) or not known:
            return suggest(name, known, none=write)
        return say("{write}, or {suggest}", write=write, suggest=suggest(name, known))

    def page_budget(self, handout: HandoutSource, format_name: str, *, is_bilingual: bool = False) -> int:
        """Return the number of pages that *handout* may fill: the format fixes it, or the handout."""
        format_ = self.settings.formats[format_name]
        fixed = format_.bilingual_pages if is_bilingual else format_.pages
        return fixed or format_.pages or handout.page_budget or 1

    def without(self, ids: Collection[str]) -> Project:
        """Return the project with the rows of the schools *ids* refused."""
        return replace(
            self,
            schools=tuple(school for school in self.schools if school.id not in ids),
            refused=(*self.refused, *(school for school in self.schools if school.id in ids)),
        )

    def schools_in(self, language: str) -> tuple[School, ...]:
        """Return the schools that want copies in *language*."""
        return tuple(school for school in self.schools if school.speaks(language))

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """The letter of each handout that a wayfinding sheet leads to: one, on whichever sheet it is named.

        In the order in which they are led to. What has letters of its own on a sheet could be taken for
        another handout: where there are any, procedures and rows are called by their names.
        """
        sheets = sorted(self.handouts.values(), key=lambda one: one.slug)
        led = dict.fromkeys(slug for sheet in sheets for slug in sheet.leads_to if slug in self.handouts)
        return dict(zip(led, string.ascii_uppercase, strict=False))

    def key_texts(self, text: str) -> tuple[str, ...]:
        """Return what a key with *text* prints: that text, or the two that are current on the screens."""
        return self.labels.printed(text) if self.labels is not None else (text,)

    def word(self, language: str, key: str) -> str:
        """Return the printed word for *key*. Raises KeyError for a word that the strings file lacks."""
        return self.strings[primary_language(language)][key]

    @property
    def bodies(self) -> tuple[tuple[SourceText, tuple[Block, ...]], ...]:
        """All texts that an editor wrote, each with its blocks."""
        handouts = ((handout, (*handout.opening, *handout.closing)) for handout in self.handouts.values())
        procedures = ((procedure, procedure.blocks) for procedure in self.procedures.values())
        fragments = ((fragment, fragment.blocks) for fragment in self.fragments.values())
        return (*procedures, *fragments, *handouts)

    @property
    def pictures_in_texts(self) -> frozenset[str]:
        """The paths of the pictures that a text names, whether they are there or not."""
        return frozenset(picture.path for _, body in self.bodies for picture in pictures_written(body))

    @property
    def result_words(self) -> tuple[str, ...]:
        """The words that open a result: a paragraph that says "done"."""
        words = self.strings[primary_language(self.settings.organisation.language)]["result"]
        return tuple(word.strip() for word in words.split("|") if word.strip())


def no_drawing(name: str, styles: Iterable[str]) -> tuple[Message, Message]:
    """Return what is wrong where the drawing *name* is in none of *styles*, the paths of a project."""
    there = (path for path in styles if path.startswith("icons/"))
    known = suggest(name, (path.removeprefix("icons/").removesuffix(".svg") for path in there))
    return (
        say("there is no drawing '{name}' in styles/icons", name=name),
        say("{known}; or save one as styles/icons/{name}.svg", known=known, name=name),
    )


def primary_language(tag: str) -> str:
    """Return the language of *tag* without its region: `nl` for `nl-BE` (BCP 47), and for `nl-BE+ar`."""
    return tag.partition("+")[0].partition("-")[0]


SourceText: TypeAlias = Procedure | Fragment | HandoutSource
WITH_SIGNS = (
    "in-lettered-handout",
    "lettered-handout",
    "in-procedure",
    "own-procedure",
    "part",
    "until",
    "do-steps",
    "come-back",
    "come-back-here",
    "bring",
    "and",
    "way-in-steps",
    "screen.parts",
    "screen.qr",
    "onward",
    "onward-page",
    "continued",
    "overleaf",
    "device.any",
    "status",
    "untranslated",
    "unreviewed",
)
"""Words that a sheet can do without, with signs in their place: see `project.load`."""
OF_CHECKS = ("roads.",)
"""Words that a text is held against: what a language does not have is not looked for."""
HEARD = "said."
"""Words that are heard in place of a number, a sign or a letter; without them that is heard itself."""
BESIDE_SHEETS = ("gallery.", "check.", "ticket.", "test-sheet.")
"""Words of the pages beside the sheets: a project without one of them prints no sheet that is wrong."""
