"""Say what is wrong with the content of a plan without rendering it. Takes nothing that renders or writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TypeAlias

from handout.builder import listing, roads
from handout.document import instructions, label_upkeep, resolve, upkeep, wording
from handout.editions import unprintable as cells
from handout.model.document import Document
from handout.model.findings import Finding, Severity, has_errors, in_order
from handout.paper.compose import bounded
from handout.project import translations
from handout.project.plan import Edition
from handout.project.project import Project

Resolved: TypeAlias = tuple[Document, tuple[Finding, ...]]


def check(project: Project, editions: Iterable[Edition]) -> tuple[Finding, ...]:
    """Return what is wrong with the content of *editions*, without rendering."""
    return in_order(finding for edition in editions for finding in resolve.document(project, edition)[1])


def unprintable(project: Project, editions: Iterable[Edition]) -> tuple[Finding, ...]:
    """Return what the copies of *editions* for schools cannot show of their rows, without rendering."""
    copies = [edition for edition in editions if edition.school]
    return in_order(cells.findings(project, copies, _Sheets(project).html))


def untranslated(project: Project, editions: Iterable[Edition], *, is_strict: bool) -> tuple[Finding, ...]:
    """Return the texts of *editions* in another language that have no translation that holds, by language.

    Those that stand on these sheets alone: what a handout for others says is nothing to them.
    """
    documents = (resolve.document(project, edition)[0] for edition in editions if edition.is_translated)
    return _untranslated(project, documents, is_strict=is_strict)


def _untranslated(project: Project, documents: Iterable[Document], *, is_strict: bool) -> tuple[Finding, ...]:
    severity = Severity.ERROR if is_strict else Severity.WARNING
    by_language: dict[str, list[Document]] = {}
    for document in documents:
        if document.translation is not None:
            by_language.setdefault(document.beside or document.language, []).append(document)
    return in_order(
        finding
        for language, sheets in by_language.items()
        for finding in translations.open_findings(project, language, sheets, severity)
    )


@dataclass(frozen=True)
class Examined:
    """What can be said of the content without rendering it."""

    findings: tuple[Finding, ...]
    figures: tuple[wording.SentenceFigures, ...]
    reconstructed: tuple[upkeep.Reconstructed, ...]
    labels: tuple[label_upkeep.LabelState, ...]


def examine(
    project: Project, editions: Iterable[Edition], today: date, is_whole: bool, *, is_strict: bool = False
) -> Examined:
    """Return what is wrong with the content of *editions*, with its wording and its age, and its figures.

    *is_whole*: all texts of the project were read and all its editions asked for. Only then it is known
    that nothing uses a text or picture; else only the texts of *editions* are judged. The wording is judged
    in the language of the texts alone. *is_strict*: what has no translation that holds is an error.
    """
    editions = tuple(editions)
    resolved = [resolve.document(project, edition) for edition in editions]
    documents = _in_own_language(resolved)
    figures = wording.figures(project, documents)
    told = instructions.findings(project, documents)
    of_texts = (*upkeep.due(project, today), *label_upkeep.of_texts(project, documents, today))
    reconstructed = upkeep.reconstructed(project)
    labels: tuple[label_upkeep.LabelState, ...] = ()
    if is_whole:
        told += roads.stuck(project, documents)
        of_texts += (*wording.findings(project, figures, told, is_whole=True), *upkeep.unused(project))
        of_texts += label_upkeep.of_register(project, today)
        labels = label_upkeep.states(project, today)
    else:
        # Of a part of the project it is not known what leads to it.
        of_texts += wording.findings(project, figures, told)
        paths = {path for document in documents for path in document.sources}
        of_texts = tuple(finding for finding in of_texts if finding.place.path in paths)
        reconstructed = tuple(text for text in reconstructed if text.path in paths)
    of_editions = chain.from_iterable(found for _, found in resolved)
    of_sheets = _unprinted(project, editions, resolved)
    left = _untranslated(project, [document for document, _ in resolved], is_strict=is_strict)
    findings = in_order((*of_editions, *of_texts, *of_sheets, *left))
    return Examined(findings, figures, reconstructed, labels)


def _in_own_language(resolved: Iterable[Resolved]) -> list[Document]:
    """Return those of *resolved* that are in the language of the texts: the others say the same."""
    return [document for document, _ in resolved if document.translation is None]


def _unprinted(
    project: Project, editions: Sequence[Edition], resolved: Sequence[Resolved]
) -> Iterator[Finding]:
    """Yield what the sheets of *editions*, which are *resolved*, cannot show, and faults of their dress."""
    general = {
        edition.name: one for edition, one in zip(editions, resolved, strict=True) if not edition.school
    }
    sheets = _Sheets(project, general)
    yield from cells.findings(project, editions, sheets.html)
    yield from cells.letters(document for document, _ in general.values())
    yield from _dress(sheets, [edition for edition in editions if not edition.school])
    yield from listing.rows(project, editions)[1]


def _dress(sheets: _Sheets, editions: Iterable[Edition]) -> Iterator[Finding]:
    """Yield what is wrong with the templates, styles and drawings of *editions*, which are for no school."""
    for edition in editions:
        if not has_errors(sheets.resolved(edition)[1]):
            yield from sheets.composed(edition)[1]


@dataclass(frozen=True)
class _Sheets:
    """The sheets of a project, each resolved and composed once, whoever asks for it first."""

    project: Project
    _resolved: dict[str, Resolved] = field(default_factory=dict)
    """By the name of the edition."""
    _composed: dict[str, tuple[str, tuple[Finding, ...]]] = field(default_factory=dict)

    def resolved(self, edition: Edition) -> Resolved:
        if edition.name not in self._resolved:
            self._resolved[edition.name] = resolve.document(self.project, edition)
        return self._resolved[edition.name]

    def composed(self, edition: Edition) -> tuple[str, tuple[Finding, ...]]:
        if edition.name not in self._composed:
            self._composed[edition.name] = bounded.html(self.resolved(edition)[0], self.project)
        return self._composed[edition.name]

    def html(self, edition: Edition) -> str:
        """Return the page of *edition*; empty where it cannot be composed."""
        return self.composed(edition)[0]
