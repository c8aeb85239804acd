"""The translations of one source into one language, as values: its words, and what they became."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from handout.model.findings import Place
from handout.model.text import Inline

FOLDER = "content/translations"
"""A folder for each language, in it one catalog for each source: `ar/procedures/mfa-app.po`."""
SUFFIX = ".po"
KEYS = "keys"
"""The catalog of what the keys on the screens mean: all of its entries may stay open."""
SETTINGS = "settings"
"""The catalog of what handout.toml says on a sheet."""


class UnitKind(StrEnum):
    """What a piece of text is on the sheet: a translator is told."""

    TITLE = "title"
    QUESTION = "question"
    NEED = "what the reader takes in hand"
    COMMAND = "command of a step"
    TEXT = "text"
    HEADING = "heading"
    CALLOUT = "title of a callout"
    OPTION = "name of a choice"
    CELL = "cell of a table"
    ALT = "what a picture shows, for who cannot see it"
    SETTING = "words of handout.toml"
    KEY = "key on a screen, which stays as it is: what it means, in small type beside it; may stay empty"


@dataclass(frozen=True)
class Unit:
    """A piece of text that is translated as a whole."""

    kind: UnitKind
    source: str
    """Its words, as Markdown: the key of its translation. So it follows them, wherever they stand."""
    places: tuple[Place, ...]
    """Wherever they stand in that source."""
    inlines: tuple[Inline, ...] | None = None
    """Its content; None where it is plain words, in which no mark means anything."""

    @property
    def place(self) -> Place:
        """The first place where it stands."""
        return self.places[0]


@dataclass(frozen=True)
class CatalogEntry:
    """What a catalog has for a unit."""

    words: str
    """In the other language; empty: none yet."""
    place: Place
    is_fuzzy: bool = False
    """Made of other words than these: `#, fuzzy`. Never printed."""


@dataclass(frozen=True)
class TranslationCatalog:
    """The translations of one source into one language."""

    source: str
    """Which one, `procedures/mfa-app`."""
    language: str
    path: str
    entries: Mapping[str, CatalogEntry] = field(default_factory=dict)
    """By the words of the source."""
    translated_by: str = ""
    """By whom or what: `machine`, or a role."""
    reviewed: date | None = None
    """When a person last read all of it who reads the language; None: nobody did."""

    def words(self, source: str) -> CatalogEntry | None:
        """Return the translation of *source* that holds, or None."""
        entry = self.entries.get(source)
        return entry if entry and entry.words and not entry.is_fuzzy else None


def catalog_path(language: str, source: str) -> str:
    """Return the file of the catalog of *source* in *language*, relative to the project."""
    return f"{FOLDER}/{language}/{source}{SUFFIX}"


def source_in(path: str) -> tuple[str, str]:
    """Return the language and the source of the catalog *path*: `ar` and `procedures/mfa-app`."""
    language, _, source = path.removeprefix(f"{FOLDER}/").partition("/")
    return language, source.removesuffix(SUFFIX)
