"""The sheets of a gallery as values: what was made, by the reader's question, and how it is printed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from handout.builder.jobs import JOB
from handout.model.document import INSTEAD, Ink, SheetKind
from handout.model.files import FILLABLE, PAPERLESS
from handout.model.languages import name_in, own_name
from handout.model.school import NEEDED_COLUMNS, School
from handout.model.source import Question
from handout.paper.impose.paper import PAPERS, print_words
from handout.project.plan import in_names
from handout.project.project import Project
from handout.project.settings import slots_of

if TYPE_CHECKING:
    from handout.builder.manifest import FileRow

Words = Mapping[str, str]
_LAID = frozenset(SheetKind) - {SheetKind.PRINT_SHOP, *INSTEAD}
"""The pages of a small piece as they come out of a printer; the others are a poster in another size."""
_NO_LETTER = "~"
"""Behind all letters."""


@dataclass(frozen=True)
class Way:
    """A file, and what is to be done with it."""

    path: str
    label: str
    """What its link says."""
    how: str
    """A sentence for whoever stands at the printer; empty where there is nothing to set."""
    sheet: str = ""
    """What comes out of the printer, where that is not the piece: "vel om in drie te vouwen"."""


@dataclass(frozen=True)
class SheetCard:
    """One sheet in a gallery, with all files that are made of it."""

    name: str
    """Of the edition, without a school and an ink."""
    text_name: str
    """The same without a format: how its files without paper are named."""
    title: str
    handout: str
    audience: str
    audience_label: str
    format: str
    format_label: str
    reading: str
    reading_label: str
    language: str
    language_label: str
    questions: tuple[Question, ...]
    code: str
    valid_until: str | None
    main: Way
    """To print."""
    others: tuple[Way, ...]
    """On a screen first, and to type in; then for other paper, in black alone, for a print shop."""


@dataclass(frozen=True)
class QuestionGroup:
    """The sheets that answer the same questions."""

    id: str
    """Of its place on the page."""
    heading: str
    """Empty: its questions are its heading."""
    questions: tuple[Question, ...]
    cards: tuple[SheetCard, ...]


def name_of(row: FileRow, project: Project) -> str:
    """Return the name of the edition that *row* is a file of, without its school and ink."""
    return f"{row['audience']}/{row['handout']}-{layout_of(row, project)}{_in_language(row, project)}"


def layout_of(row: FileRow, project: Project) -> str:
    """Return the format of *row* as it is laid out, a key of the settings; of an older build as it says."""
    is_known = row["format"] in project.settings.formats
    others = project.settings.readings_of(row["format"]) if is_known else {}
    return others.get(row["reading"], row["format"])


def text_name_of(row: FileRow, project: Project) -> str:
    """Return the same without its format, as the files without paper are named."""
    return f"{row['audience']}/{row['handout']}{_in_language(row, project)}"


def _in_language(row: FileRow, project: Project) -> str:
    return f"-{in_names(row['language'])}" if row["language"] != project.language else ""


def groups(
    rows: Iterable[FileRow], project: Project, words: Words, base: str = ""
) -> tuple[QuestionGroup, ...]:
    """Return the sheets among *rows*, all of one school or of none, by the reader's question.

    *words* are those of the page; the part of each path that is *base* is left out. First comes the sheet
    that leads to all others, then the questions in the order of its letters, then what answers none.
    """
    asked = _asked_together(project)
    cards = sorted(_cards(rows, project, words, base), key=lambda card: _order(card, project, asked))
    found: list[QuestionGroup] = []
    for (rank, _), group in groupby(cards, key=lambda card: _order(card, project, asked)[:2]):
        heading = {0: words["gallery.begin"], 1: "", 2: words["gallery.others"]}[rank]
        own = tuple(group)
        questions = tuple(dict.fromkeys(question for card in own for question in card.questions))
        found.append(QuestionGroup(f"v{len(found) + 1}", heading, questions if rank == 1 else (), own))
    return tuple(found)


def _asked_together(project: Project) -> Mapping[str, int]:
    """Return for each question a number: those of one handout have one, and so have all that these lead to.

    So what two handouts answer, one for each audience, is asked once on a page. They are in the order of the
    letters of the handouts.
    """
    handouts = sorted(
        (one for one in project.handouts.values() if one.questions and not one.leads_to),
        key=lambda one: (project.letters.get(one.slug, _NO_LETTER), one.title),
    )
    numbers: dict[str, int] = {}
    for number, handout in enumerate(handouts):
        texts = {question.text for question in handout.questions}
        joined = {numbers[text] for text in texts if text in numbers}
        least = min(joined, default=number)
        numbers |= dict.fromkeys((text for text, at in numbers.items() if at in joined), least)
        numbers |= dict.fromkeys(texts, least)
    return numbers


def _cards(rows: Iterable[FileRow], project: Project, words: Words, base: str) -> Iterator[SheetCard]:
    shown = [row for row in rows if row["sheet"] != JOB and not _has_nothing_to_fill(row)]
    ordered = sorted(shown, key=lambda row: _file_order(row, project))
    for name, group in groupby(ordered, key=lambda row: name_of(row, project)):
        yield _card(name, tuple(group), project, words, base)


def _has_nothing_to_fill(row: FileRow) -> bool:
    """Tell whether *row* is a file to type in of a piece that shows no open slot."""
    return row["sheet"] == FILLABLE and not row["fields"]


def _file_order(row: FileRow, project: Project) -> tuple[str, bool, bool, str]:
    """Return where *row* comes: the colour before black, a piece before its print sheets."""
    return name_of(row, project), row["ink"] == Ink.MONO, row["sheet"] is not None, row["path"]


def _rank(card: SheetCard, project: Project) -> int:
    handout = project.handouts.get(card.handout)
    if handout is not None and handout.leads_to:
        return 0
    return 1 if card.questions else 2


def _order(card: SheetCard, project: Project, asked: Mapping[str, int]) -> tuple[int, int, str, int, str]:
    rank = _rank(card, project)
    audiences = [*project.settings.audiences, card.audience]
    return (
        rank,
        asked[card.questions[0].text] if rank == 1 else 0,
        project.letters.get(card.handout, _NO_LETTER),
        audiences.index(card.audience),
        card.name,
    )


def _card(name: str, rows: Sequence[FileRow], project: Project, words: Words, base: str) -> SheetCard:
    first = rows[0]
    audience = project.settings.audiences.get(first["audience"])
    handout = project.handouts.get(first["handout"])
    format_ = layout_of(first, project)
    main = to_print(rows) or first
    return SheetCard(
        name=name,
        text_name=text_name_of(first, project),
        title=first["title"],
        handout=first["handout"],
        audience=first["audience"],
        audience_label=audience.label if audience else first["audience"],
        format=format_,
        format_label=words.get(f"format.{format_}", format_),
        reading=first["reading"],
        reading_label=words.get(f"reading.{first['reading']}", first["reading"]),
        language=first["language"],
        language_label=language_label(first["language"], project),
        questions=handout.questions if handout and not handout.leads_to else (),
        code=first["code"],
        valid_until=first["valid_until"],
        main=_way(main, words, base, words["gallery.print-it"]),
        others=tuple(_others(rows, main, words, base)),
    )


def to_print(rows: Sequence[FileRow]) -> FileRow | None:
    """Return which of *rows*, the files of one edition, a school prints; None where its piece is gone.

    That is the print sheet. Of a piece with none, and of a poster, it is the piece itself; but where nobody
    has paper of that size, the first sheet that stands in for it.
    """
    piece = next((row for row in rows if row["sheet"] is None), None)
    own = [row for row in rows if row["paper"] and (piece is None or row["ink"] == piece["ink"])]
    laid = next((row for row in own if row["sheet"] in _LAID), None)
    if laid or piece is None:
        return laid
    return piece if piece["paper"] in PAPERS else _instead(own) or piece


def _instead(rows: Sequence[FileRow]) -> FileRow | None:
    """Return the first of *rows* that stands in for a larger paper."""
    by_kind = {row["sheet"]: row for row in reversed(rows)}
    return next((by_kind[kind] for kind in SheetKind if kind in INSTEAD and kind in by_kind), None)


def _others(rows: Sequence[FileRow], main: FileRow, words: Words, base: str) -> Iterator[Way]:
    piece = rows[0]
    for row in rows:
        if row is main:
            continue
        if row["sheet"] == FILLABLE:
            label = ", ".join((words["gallery.fill-in"], *_ink_labels(row, words)))
            yield Way(_short(row, base), label, "")
        elif row["sheet"] in PAPERLESS:
            yield Way(_short(row, base), _sheet_word(row["sheet"], words), "")
        elif row is piece and row["paper"] not in PAPERS:  # nobody has paper of that size
            yield Way(_short(row, base), words["gallery.look"], "")
        else:
            label = ", ".join(_labels(row, words))
            yield _way(row, words, base, label[:1].upper() + label[1:])


def _labels(row: FileRow, words: Words) -> Iterator[str]:
    if row["sheet"]:
        yield _sheet_word(row["sheet"], words)
    elif row["ink"] != Ink.MONO:
        yield words["gallery.piece"]
    yield from _ink_labels(row, words)


def _ink_labels(row: FileRow, words: Words) -> Iterator[str]:
    if row["ink"] == Ink.MONO:
        yield words["gallery.mono"]


def _sheet_word(kind: str, words: Words) -> str:
    return words.get(f"sheet.{kind}") or words.get(f"gallery.{kind}", kind)


def _way(row: FileRow, words: Words, base: str, label: str) -> Way:
    sheet = _sheet_word(row["sheet"], words) if row["sheet"] else ""
    return Way(_short(row, base), label, how_to_print(row, words), sheet)


def _short(row: FileRow, base: str) -> str:
    return row["path"].removeprefix(base)


def how_to_print(row: FileRow, words: Words) -> str:
    """Return the sentence for whoever stands at the printer; empty for a file that is not printed."""
    if row["sheet"] == SheetKind.PRINT_SHOP:
        return words["gallery.print-shop"]
    if not row["paper"]:
        return ""
    return " ".join((print_words(row["paper"], row["duplex"], words), *_ink(row, words)))


def _ink(row: FileRow, words: Words) -> Iterator[str]:
    """Yield what the ink of a piece costs, where that is known: in whole cents, no printer is so exact."""
    if row["ink_cents"] is not None:
        percent = sum(row["ink_percent"]) / len(row["ink_percent"])
        yield words["gallery.ink"].format(percent=round(percent), cents=max(1, round(row["ink_cents"])))


def language_label(tag: str, project: Project) -> str:
    """Return what the language *tag* is called by who reads it, and in that of the pages; of two both.

    `Nederlands + العربية (Arabisch)`: who looks for it knows the one name, who prints it the other.
    """
    return " + ".join(_language_label(one, project.settings.organisation.language) for one in tag.split("+"))


def _language_label(tag: str, spoken: str) -> str:
    own, named = own_name(tag), name_in(tag, spoken)
    return own if own.casefold() == named.casefold() else f"{own} ({named})"


# ---- the schools ------------------------------------------------------------------------------


@dataclass(frozen=True)
class SchoolState:
    """What was made for a school, and what its row lacks."""

    id: str
    name: str
    names: frozenset[str]
    """The editions that it has, by name."""
    missing: tuple[str, ...]
    """The printed names of what its sheets have a line for, and its row no value: "telefoon"."""
    in_full: tuple[tuple[str, str], ...]
    """The editions that had to be rendered for it alone, and why."""


def school_states(
    rows: Mapping[str, Sequence[FileRow]], project: Project, words: Words
) -> tuple[SchoolState, ...]:
    """Return the state of each school, whose files are *rows* by its id, in the order of their names."""
    known = {school.id: school for school in project.schools}
    states = (_state(id_, own, known.get(id_), project, words) for id_, own in rows.items())
    return tuple(sorted(states, key=lambda state: (state.name.casefold(), state.id)))


def _state(
    id_: str, rows: Sequence[FileRow], school: School | None, project: Project, words: Words
) -> SchoolState:
    pieces = [row for row in rows if row["sheet"] is None]
    formats = dict.fromkeys(layout_of(row, project) for row in pieces)
    return SchoolState(
        id=id_,
        name=school.name if school else id_,
        names=frozenset(name_of(row, project) for row in pieces),
        missing=tuple(_missing(school, formats, project, words)) if school else (),
        in_full=tuple((row["title"], row["why_in_full"]) for row in pieces if row["why_in_full"]),
    )


def _missing(school: School, formats: Iterable[str], project: Project, words: Words) -> Iterator[str]:
    """Yield what *school* has no value for, and a slot of its *formats* prints."""
    asked = {
        slot.field or name
        for format_ in formats
        if format_ in project.settings.formats
        for name, slot in slots_of(project.settings.formats, format_).items()
    }
    for column in project.settings.schools.fields:
        if column in asked and column not in NEEDED_COLUMNS and not school.value(column):
            yield words.get(f"school.{column}", column)


def page_words(project: Project) -> Words:
    """Return the printed words of the pages beside the sheets."""
    return project.words_of_pages
