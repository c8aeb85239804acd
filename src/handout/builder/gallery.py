"""The pages that lead to the sheets: of the office, of each school, and of who holds an old sheet. Pure.

They are read without a script, ask nothing of another machine, and work from a folder: pictures stand in the
page, and what the check of a code knows in a script beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from handout.builder import codes, sheets
from handout.builder.codes import ChangedPassage, CodeHistory, KnownSheet
from handout.builder.jobs import JOB
from handout.builder.pictures import SheetPicture
from handout.builder.report import HTML as PROOF
from handout.builder.sheets import QuestionGroup, SchoolState, Words
from handout.machine.filenames import INDEX
from handout.machine.state import digest
from handout.model.document import Ink
from handout.model.files import FILLABLE, PAPERLESS
from handout.model.findings import Finding, RefusedRow
from handout.model.messages import ENGLISH, Catalog, Message, in_words, say
from handout.model.plurals import counted
from handout.paper.compose import screen_dress
from handout.paper.compose.page import is_right_to_left
from handout.project.plan import Edition, editions
from handout.project.project import PAGES, Project, primary_language
from handout.project.selection import EVERY_EDITION

if TYPE_CHECKING:
    from handout.builder.manifest import FileRow

CHECK, CHECK_DATA = "check.html", "check-data.js"
MOST_CHANGES = 12
"""That are told of one sheet: who reads more prints a new one anyway."""
_FACES_OF_CHECK = 2
"""That page is opened on a phone, in a corridor: it brings what it cannot do without."""


@dataclass(frozen=True)
class Gallery:
    """What the pages tell of."""

    project: Project
    rows: tuple[FileRow, ...]
    """All files that there are, by path."""
    pictures: Mapping[str, SheetPicture] = field(default_factory=dict)
    """By the name of the edition, without a school and an ink: nothing of a school is to be seen."""
    history: CodeHistory = field(default_factory=CodeHistory)
    refused: tuple[RefusedRow, ...] = ()
    faces: tuple[str, ...] = ()
    """The rules that bring the fonts, the most needed ones first."""
    catalog: Catalog = ENGLISH
    """In which the office is told what the program says: its findings are no printed words."""
    today: Mapping[str, KnownSheet] = field(default_factory=dict)
    """What the texts say by now, by the name of the edition; of what is not here, what was made last."""

    @property
    def words(self) -> Words:
        return sheets.page_words(self.project)

    @cached_property
    def planned(self) -> Mapping[str, Edition]:
        """All that the project makes, by the name of the edition: what else has a code is withdrawn."""
        return {edition.name: edition for edition in editions(self.project, EVERY_EDITION)}

    @cached_property
    def environment(self) -> Environment:
        """What runs the templates of the pages. They are the program's own, and need no sandbox."""
        return Environment(
            loader=DictLoader(dict(self.project.templates)),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @cached_property
    def icons(self) -> Mapping[str, str]:
        """The rules that draw the signs, by name."""
        return screen_dress.icons(self.project)

    @cached_property
    def tokens(self) -> str:
        return _tokens(self.project)

    @cached_property
    def layout(self) -> str:
        """The stylesheet of the pages."""
        return screen_dress.packed(self.project.styles.get("pages.css", ""))

    @cached_property
    def made_from(self) -> str:
        """A sum of all that the page of a school takes from beside its files and its row."""
        project = self.project
        handouts = [(one.title, one.leads_to, one.questions) for one in project.handouts.values()]
        taken = (
            {name: text for name, text in project.templates.items() if name.startswith(PAGES)},
            (self.faces, self.tokens, self.icons, self.layout),
            (self.words, project.letters, project.languages, handouts),
            {name: picture.words for name, picture in sorted(self.pictures.items())},
        )
        return digest((repr(taken), project.settings.model_dump_json()))

    def page_made_from(self, rows: Iterable[FileRow]) -> str:
        """Return the sum of all that the page of the school with *rows* takes from beside them."""
        marks = self.marks(rows)
        return digest((self.made_from, repr(sorted(marks.items())))) if marks else self.made_from

    def newest(self, name: str) -> KnownSheet | None:
        """Return what the edition *name* says by now; None where that is not known."""
        return self.today.get(name) or self.history.newest(name)

    def is_outdated(self, row: FileRow) -> bool:
        """Tell whether the file of *row* says something else than the texts do by now."""
        now = self.today.get(sheets.name_of(row, self.project))
        return now is not None and now.code != row["code"]

    def marks(self, rows: Iterable[FileRow], base: str = "") -> Mapping[str, str]:
        """Return what is to be told of those of *rows* that nobody should print, by path after *base*.

        That is the name of the words of the page: the texts have changed, or the sheet is no longer made.
        """
        found = {row["path"].removeprefix(base): self._mark(row) for row in rows if row["sheet"] != JOB}
        return {path: mark for path, mark in found.items() if mark}

    def _mark(self, row: FileRow) -> str:
        if self.is_outdated(row):
            return "gallery.outdated"
        return "" if sheets.name_of(row, self.project) in self.planned else "check.gone"

    @cached_property
    def by_school(self) -> Mapping[str, Sequence[FileRow]]:
        """The files of each school that has any, by its id."""
        return parted_by_school(self.rows)

    @property
    def general(self) -> tuple[FileRow, ...]:
        """The files that are for no school."""
        return tuple(row for row in self.rows if row["school"] is None and row["sheet"] != JOB)


def parted_by_school(rows: Iterable[FileRow]) -> Mapping[str, Sequence[FileRow]]:
    """Return those of *rows* that are of a school, by its id."""
    found: dict[str, list[FileRow]] = {}
    for row in rows:
        if row["school"]:
            found.setdefault(row["school"], []).append(row)
    return found


def school_path(id_: str) -> str:
    """Return where the page of a school is."""
    return f"schools/{id_}/{INDEX}"


# ---- the page of a school ---------------------------------------------------------------------


def school(gallery: Gallery, id_: str) -> bytes:
    """Return the page of the school *id_*, which has a file."""
    rows = gallery.by_school[id_]
    groups = sheets.groups(rows, gallery.project, gallery.words, f"schools/{id_}/")
    (state,) = sheets.school_states({id_: rows}, gallery.project, gallery.words)
    tell, check_url = _tell(gallery, state), f"../../{CHECK}"
    context = {
        "school": state,
        "groups": groups,
        "tell": tell,
        "check_url": check_url,
        "made_from": gallery.page_made_from(rows),
        "marks": gallery.marks(rows, f"schools/{id_}/"),
        "can_be_filled": any(row["sheet"] == FILLABLE and row["fields"] for row in rows),
    }
    return _page("school", gallery, context)


def _tell(gallery: Gallery, state: SchoolState) -> Markup:
    """Return how the office is told of what is missing."""
    organisation = gallery.project.settings.organisation
    office = Markup("{}").format(organisation.name)
    if organisation.contact:
        subject = quote(f"{state.name} ({state.id}): {', '.join(state.missing)}")
        office = Markup('<a href="mailto:{0}?subject={1}">{0}</a>').format(organisation.contact, subject)
    return Markup("{}").format(gallery.words["gallery.tell"]).replace("{office}", office)


# ---- the page of the office -------------------------------------------------------------------


def office(gallery: Gallery) -> bytes:
    """Return the page that leads to all sheets and to all schools."""
    project, words = gallery.project, gallery.words
    general = gallery.general
    shown = general or tuple(_generalised(gallery.rows, project))
    groups = sheets.groups(shown, project, words)
    states = sheets.school_states(gallery.by_school, project, words)
    context = {
        "groups": groups,
        "schools": states,
        "refused": gallery.refused,
        "only_per_school": not general,
        "jobs": tuple(_jobs(gallery)),
        "filters": tuple(_filters(groups, states)),
        "search_data": _search_data(gallery, groups),
        "told": partial(_told_to_the_office, gallery),
        "marks": gallery.marks(shown),
        "mending": _mending,
        "proof_url": PROOF,
    }
    return _page("office", gallery, context)


def _told_to_the_office(gallery: Gallery, words: str) -> Markup:
    """Return *words* of the program in its language, which is named where the page has another one."""
    # What an earlier build said stands in English in the manifest.
    language = gallery.catalog.language if isinstance(words, Message) else ENGLISH.language
    text = in_words(words, gallery.catalog)
    if language == primary_language(gallery.project.settings.organisation.language):
        return Markup("{}").format(text)
    return Markup('<span lang="{}">{}</span>').format(language, text)


def _mending(finding: Finding) -> Message:
    return say("To mend it: {fix}", fix=finding.fix)


def _generalised(rows: Iterable[FileRow], project: Project) -> Iterator[FileRow]:
    """Yield *rows* as those of the general edition would be, each once."""
    seen: set[str] = set()
    for row in rows:
        path = general_path(row, project)
        if row["sheet"] != JOB and path not in seen:
            seen.add(path)
            yield {**row, "path": path, "school": None}


def general_path(row: FileRow, project: Project) -> str:
    """Return where the file would be of which *row* is the copy for a school."""
    stem = sheets.name_of(row, project) + ("-mono" if row["ink"] == Ink.MONO else "")
    if row["sheet"] in PAPERLESS:
        stem = sheets.text_name_of(row, project)
    own = f"schools/{row['school']}/{stem}-{row['school']}"
    return stem + row["path"].removeprefix(own) if row["path"].startswith(own) else row["path"]


def _jobs(gallery: Gallery) -> Iterator[Mapping[str, str]]:
    for row in gallery.rows:
        if row["sheet"] == JOB:
            audience = gallery.project.settings.audiences.get(row["audience"])
            format_ = sheets.layout_of(row, gallery.project)
            yield {
                "path": row["path"],
                "title": row["title"],
                "format": gallery.words.get(f"format.{format_}", format_),
                "audience": audience.label if audience else row["audience"],
                "how": sheets.how_to_print(row, gallery.words),
            }


def _filters(
    groups: Iterable[QuestionGroup], states: Iterable[SchoolState]
) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """Yield what can be chosen by, each with its values and their words; what leaves no choice is none."""
    cards = [card for group in groups for card in group.cards]
    for name in ("audience", "format", "reading", "language"):
        found = {getattr(card, name): getattr(card, f"{name}_label") for card in cards}
        if len(found) > 1:
            yield name, tuple(sorted(found.items(), key=lambda item: item[1].casefold()))
    schools = tuple((state.id, state.name) for state in states)
    if schools:
        yield "school", schools


def _search_data(gallery: Gallery, groups: Iterable[QuestionGroup]) -> Markup:
    """Return what the script of the office's page searches in, as JSON for a script element."""
    texts: dict[str, int] = {}
    found = {}
    files: dict[str, int] = {}
    for card in (card for group in groups for card in group.cards):
        text = _search_words(gallery.newest(card.name))
        found[card.name] = {
            "audience": card.audience,
            "format": card.format,
            "reading": card.reading,
            "language": card.language,
            "stem": card.name,
            "page": card.text_name,
            "text": texts.setdefault(text, len(texts)),
        }
        for way in (card.main, *card.others):
            files[way.path] = len(files)
    # Most schools have the same files: a set is told once, and each school names its own by number.
    sets: dict[tuple[int, ...], int] = {}
    schools = {}
    for id_, rows in gallery.by_school.items():
        own = sorted(files[path] for row in rows if (path := general_path(row, gallery.project)) in files)
        schools[id_] = sets.setdefault(tuple(own), len(sets))
    return _json({"cards": found, "texts": [*texts], "files": [*files], "sets": [*sets], "schools": schools})


def _search_words(sheet: KnownSheet | None) -> str:
    """Return the words of *sheet*, each once, sorted: the same for the sheets that say the same."""
    texts = (one.text for one in (sheet.passages if sheet else ()) if one.kind == "words")
    words = {word for text in texts for word in re.findall(r"\w[\w-]*", text.casefold())}
    return " ".join(sorted(word for word in words if len(word) > 1 and not word.isdecimal()))


# ---- is this sheet still right? ---------------------------------------------------------------


@dataclass(frozen=True)
class CurrentSheet:
    """A sheet of today, as the check of codes tells of it."""

    code: str
    what: str
    until_words: str


def check(gallery: Gallery) -> bytes:
    """Return the page where a person types the code of a sheet; it needs `check_data` beside it."""
    current = (
        CurrentSheet(sheet.code, _what(gallery, name, sheet), _in_words(sheet.valid_until, gallery.project))
        for name, sheet in _newest(gallery)
    )
    ordered = sorted(current, key=lambda sheet: sheet.what.casefold())
    return _page("check", gallery, {"current": tuple(ordered)})


def check_data(gallery: Gallery) -> bytes:
    """Return the script that holds what is known of each code: right, changed in these words, or gone."""
    planned = gallery.planned
    told: list[Mapping[str, object]] = []
    known: dict[str, list[Sequence[object]]] = {}
    for name, earlier in sorted(gallery.history.editions.items()):
        newest = gallery.newest(name) or earlier[-1]
        number = len(told)
        told.append(_told(gallery, name, newest, is_gone=name not in planned))
        # What the texts say by now was perhaps made elsewhere; with a fault in them it has no code.
        is_new = newest.code and all(sheet.code != newest.code for sheet in earlier)
        for sheet in (*earlier, newest) if is_new else earlier:
            entry: list[object] = [number]
            if sheet.code != newest.code and name in planned:
                entry.append(_changes_in_words(sheet, newest, gallery))
            known.setdefault(sheet.code, []).append(entry)
    data = _json({"sheets": told, "codes": dict(sorted(known.items()))})
    return f"window.handoutCodes = {data};\n".encode()


def _newest(gallery: Gallery) -> Iterator[tuple[str, KnownSheet]]:
    for name, known in gallery.history.editions.items():
        newest = gallery.newest(name) or known[-1]
        if name in gallery.planned and newest.code:
            yield name, newest


def _told(gallery: Gallery, name: str, sheet: KnownSheet, *, is_gone: bool) -> Mapping[str, object]:
    what = _what(gallery, name, sheet)
    if is_gone:
        return {"what": what, "gone": True}
    words, until = gallery.words, _in_words(sheet.valid_until, gallery.project)
    return {
        "what": what,
        "until": sheet.valid_until or "",
        "right": words["check.right-until"].format(date=until) if until else words["check.right"],
        "expired": words["check.expired-since"].format(date=until) if until else "",
    }


def _what(gallery: Gallery, name: str, sheet: KnownSheet) -> str:
    """Return the sheet *name* as a person knows it: "MFA instellen, drieluik, Voor medewerkers"."""
    planned = gallery.planned.get(name)
    if planned is None:
        return sheet.title
    parts = [
        sheet.title,
        gallery.words.get(f"format.{planned.format}", planned.format),
        gallery.project.settings.audiences[planned.audience].label,
    ]
    if planned.is_translated:
        parts.append(sheets.language_label(planned.language, gallery.project))
    return ", ".join(parts)


def _in_words(day: str | None, project: Project) -> str:
    """Return the date *day*, as ISO 8601 writes it, as the language of the page does; empty for none."""
    import babel.dates

    if not day:
        return ""
    language = project.settings.organisation.language
    try:
        return babel.dates.format_date(date.fromisoformat(day), "long", babel.Locale.parse(language, sep="-"))
    except (babel.UnknownLocaleError, ValueError):
        return day


def _changes_in_words(before: KnownSheet, now: KnownSheet, gallery: Gallery) -> list[tuple[str, str, str]]:
    """Return where *now* says something else than *before*: the place in words, what stood, what stands."""
    found, words = codes.changes(before, now), gallery.words
    if found is None:
        return [(words["check.not-known"], "", "")]
    if not found:
        return [(words["check.other"], "", "")]
    told = [
        (_place_in_words(one, words), *(("", "") if one.kind == "step" else (one.before, one.now)))
        for one in found[:MOST_CHANGES]
    ]
    if len(found) > MOST_CHANGES:
        language = gallery.project.settings.organisation.language
        told.append((counted(words, "check.more", len(found) - MOST_CHANGES, language), "", ""))
    return told


def _place_in_words(change: ChangedPassage, words: Words) -> str:
    place = words["check.elsewhere"]
    if change.step:
        key = "check.step-in" if change.section else "check.step"
        place = words[key].format(step=change.step, section=change.section)
    elif change.section:
        place = words["check.part"].format(section=change.section)
    if change.kind == "picture":
        return words["check.picture"].format(place=place)
    if change.kind == "step":
        return words["check.is-renumbered"].format(place=place, now=change.now)
    became = "changed" if change.before and change.now else "new" if change.now else "gone"
    return words[f"check.is-{became}"].format(place=place)


# ---- a page -----------------------------------------------------------------------------------


def _page(name: str, gallery: Gallery, context: Mapping[str, object]) -> bytes:
    """Return the page that the template *name* writes."""
    project = gallery.project
    organisation = project.settings.organisation
    page = gallery.environment.get_template(f"pages/{name}.html").render(
        {
            "organisation": organisation,
            "language": organisation.language,
            "direction": "rtl" if is_right_to_left(organisation.language) else "ltr",
            "words": gallery.words,
            "styles": Markup(_STYLES_MARK),
            "icons": gallery.icons,
            "audience_icons": {key: audience.icon for key, audience in project.settings.audiences.items()},
            "pictures": gallery.pictures,
            "language_of_texts": project.language,
            "only_per_school": False,
            "marks": {},
            **context,
        }
    )
    faces = gallery.faces[:_FACES_OF_CHECK] if name == "check" else gallery.faces
    icons = screen_dress.used_icons(page, gallery.icons)
    styles = "\n".join((*faces, gallery.tokens, *icons, gallery.layout))
    lines = "".join(f"{line}\n" for line in page.splitlines() if line.strip())
    return lines.replace(_STYLES_MARK, styles, 1).encode()


_STYLES_MARK = "/*styles*/"


def _tokens(project: Project) -> str:
    """Return the tokens of the sheets as a stylesheet, with the colours of the audiences."""
    audiences = project.settings.audiences
    own = (f".for--{name} {{ --accent: {audience.accent}; }}" for name, audience in audiences.items())
    return " ".join((screen_dress.tokens(project, next(iter(audiences.values()), None)), *own))


def _json(value: object) -> Markup:
    """Return *value* as JSON that stands in a script: nothing in it ends the element."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))
