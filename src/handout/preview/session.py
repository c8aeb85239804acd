"""A project as it was loaded last, and what of it each edition depends on. Pure: nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from handout.document import resolve
from handout.model.document import STANDARD_READING, Document, Ink
from handout.model.findings import Finding, Place, UsageError
from handout.model.names import SETTINGS_FILE
from handout.model.rules import Rule
from handout.project.plan import Edition, editions
from handout.project.project import Project
from handout.project.selection import Selection
from handout.project.settings import Settings


@dataclass(frozen=True)
class Wish:
    """Which edition somebody wants to see, by the names that an address holds."""

    handout: str
    audience: str
    format: str
    language: str
    school: str = ""
    """Its id; empty for the general edition."""
    ink: str = Ink.COLOUR

    def selection(self, settings: Settings) -> Selection:
        """Return what asks for it: for another way of reading the plain format, and the reading."""
        format_, reading = self.format, STANDARD_READING
        if (own := settings.formats.get(self.format)) is not None and own.reading:
            format_, reading = settings.plain_name(self.format), own.reading
        return Selection(
            (self.handout,),
            (self.audience,),
            (format_,),
            (self.language,),
            (self.school,) if self.school else (),
            mono=self.ink == Ink.MONO,
            readings=(reading,),
        )


@dataclass(frozen=True)
class Basis:
    """All that the pages of an edition are made from: two that are equal make the same pages."""

    document: Document
    found: tuple[Finding, ...]
    dress: tuple[object, ...]
    """The settings, and what all editions share: templates, styles, printed words, the register of labels."""


@dataclass(frozen=True)
class Session:
    """A project as it was loaded, the number-th time."""

    number: int
    project: Project | None
    """None: its settings cannot be used, and `findings` say why."""
    findings: tuple[Finding, ...]
    """What was found when it was loaded."""
    editions: tuple[Edition, ...] = ()
    """Those for no school, in colour."""
    _bases: dict[Wish, Basis | None] = field(default_factory=dict, compare=False)

    def edition(self, wish: Wish) -> Edition | None:
        """Return what *wish* names; None where the project has no such thing, or not any more."""
        if self.project is None:
            return None
        try:
            planned = editions(self.project, wish.selection(self.project.settings))
        except UsageError:
            return None
        return next((edition for edition in planned if edition.ink == wish.ink), None)

    def basis(self, wish: Wish) -> Basis | None:
        """Return what the edition that *wish* names is made from; None where there is none."""
        if wish not in self._bases:
            self._bases[wish] = self._basis(wish)
        return self._bases[wish]

    def _basis(self, wish: Wish) -> Basis | None:
        edition = self.edition(wish)
        if edition is None or self.project is None:
            return None
        document, found = resolve.document(self.project, edition)
        project = self.project
        dress = project.settings, project.templates, project.styles, project.strings, project.labels
        return Basis(document, found, dress)

    def changed(self, before: Session, wishes: Iterable[Wish]) -> tuple[Wish, ...]:
        """Return those of *wishes* whose pages may be others than *before*, those that came or went too."""
        return tuple(wish for wish in wishes if self.basis(wish) != before.basis(wish))

    def handouts(self) -> tuple[tuple[str, tuple[Edition, ...]], ...]:
        """Return the names of the handouts in order, each with its editions."""
        return tuple((slug, tuple(group)) for slug, group in groupby(self.editions, lambda e: e.handout.slug))


def session(
    number: int, project: Project | None, findings: tuple[Finding, ...], before: Session | None = None
) -> Session:
    """Return the session of a project that was loaded with *findings*.

    Where its settings cannot be used it goes on with the editions of the session *before*, so that somebody
    who looks at one keeps it while the settings are mended.
    """
    if project is None:
        return Session(number, None, findings, before.editions if before else ())
    try:
        planned = editions(project, Selection())
    except UsageError as error:
        # Nothing can be planned: what was found on loading says why, or this does.
        told = Finding(Place(SETTINGS_FILE), error.what, error.fix, rule=Rule.NOT_SHOWN)
        return Session(number, project, findings or (told,))
    return Session(number, project, findings, planned)


def wish_of(edition: Edition) -> Wish:
    """Return the wish for *edition*."""
    school = edition.school.id if edition.school else ""
    return Wish(edition.handout.slug, edition.audience, edition.format, edition.language, school, edition.ink)
