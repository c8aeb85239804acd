"""The table of all handouts, made from their own data: which one answers which question, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handout.model.findings import Place
from handout.model.source import HandoutSource
from handout.model.text import Inline, LineBreak, SectionLabel, Table, Target, Text
from handout.project.project import Project

_NO_LETTER = "~"
"""Behind all letters."""


def catalogue(project: Project, place: Place) -> Table:
    """Return the table: questions, the handout that answers them, for whom. By letter, else by audience."""
    language = project.language
    header = tuple(
        (Text(project.word(language, f"catalogue.{key}")),) for key in ("questions", "handout", "whom")
    )
    audiences = list(project.settings.audiences)
    handouts = sorted(
        (h for h in project.handouts.values() if h.questions and not h.leads_to),
        key=lambda h: (
            project.letters.get(h.slug, _NO_LETTER),
            min(audiences.index(a) for a in h.audiences if a in audiences),
            h.title,
        ),
    )
    rows = tuple(row for handout in handouts for row in _rows(project, handout))
    return Table(header, rows, row_headings=True, place=place)


def _rows(project: Project, handout: HandoutSource) -> Iterator[tuple[tuple[Inline, ...], ...]]:
    """Yield a row for each title that *handout* has: audiences that know it by one name share a row."""
    audiences_of: dict[str, list[str]] = {}
    for audience in handout.audiences:
        audiences_of.setdefault(handout.titles.get(audience, handout.title), []).append(audience)
    for title, audiences in audiences_of.items():
        labels = (project.settings.audiences[a].label for a in audiences if a in project.settings.audiences)
        questions = (question.text for question in handout.questions)
        letter = project.letters.get(handout.slug)
        named = SectionLabel(title, letter, goal=Target(handout.slug), is_alone=True)
        yield _on_lines(questions), (named,), _on_lines(labels)


def _on_lines(texts: Iterable[str]) -> tuple[Inline, ...]:
    inlines: list[Inline] = []
    for text in texts:
        inlines.extend((LineBreak(), Text(text)))
    return tuple(inlines[1:])
