"""Plan a run: which editions are made of which handouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from handout.model.document import INSTEAD, STANDARD_READING, Ink, SheetKind, Shows
from handout.model.files import BRAILLE, PIECE, FileKind, file_kind
from handout.model.findings import UsageError, suggest
from handout.model.messages import Message, all_of, any_of, say, say_count
from handout.model.names import quoted
from handout.model.school import LANGUAGES_COLUMN, LOGO_COLUMN, LOGO_FOLDER, School
from handout.model.source import HandoutSource
from handout.project.project import OTHER_TABLES, SCHOOLS_FILES, Project, primary_language
from handout.project.reading.columns import like, meant
from handout.project.selection import ALL_LANGUAGES, ALL_READINGS, ALL_SCHOOLS, ANY_READING, Selection
from handout.project.settings import Format, Settings, slots_of

__all__ = ["Edition", "Selection", "editions"]


@dataclass(frozen=True)
class PlannedFile:
    """A file that is to be made."""

    kind: str
    """PIECE, one of `SheetKind`, or the name of a registered kind."""
    path: str
    """Relative to the output folder."""


@dataclass(frozen=True)
class Edition:
    """One handout for one audience, in one format, reading, language and ink, perhaps for one school."""

    handout: HandoutSource
    audience: str
    format: str
    """What the paper is like, a key of the settings: each way of reading has one of its own."""
    language: str
    """`nl-BE`; of a sheet with two languages beside each other `nl-BE+ar`."""
    school: School | None = None
    ink: Ink = Ink.COLOUR
    sheets: tuple[SheetKind, ...] = ()
    """The print sheets that are made beside it."""
    asked: tuple[FileKind, ...] = ()
    """What else is asked for of it."""
    fields: tuple[str, ...] = ()
    """What its format has slots for, by the columns of the table of schools."""
    is_translated: bool = False
    """True: its language, which is not that of the texts, stands in the names of its files."""
    reading: str = STANDARD_READING
    """For which way of reading its format is laid out: `large`."""

    @property
    def name(self) -> str:
        """The edition as a person names it."""
        return f"{self._stem} for {self.school.id}" if self.school else self._stem

    @property
    def _stem(self) -> str:
        mono = "-mono" if self.ink is Ink.MONO else ""
        return f"{self.audience}/{self.handout.slug}-{self.format}{self._in_language}{mono}"

    @property
    def _text_stem(self) -> str:
        """Return how the files of its text are named, which have no format and no ink."""
        return f"{self.audience}/{self.handout.slug}{self._in_language}"

    @property
    def _in_language(self) -> str:
        return f"-{in_names(self.language)}" if self.is_translated else ""

    @property
    def output_path(self) -> str:
        """The file of the piece itself, relative to the output folder.

        The school stands in its name too: files are sent, and saved beside those of other schools.
        """
        return f"{self._of_school(self._stem)}.pdf"

    def _of_school(self, stem: str) -> str:
        return f"schools/{self.school.id}/{stem}-{self.school.id}" if self.school else stem

    def sheet_path(self, kind: SheetKind) -> str:
        """Return the file of its print sheet of *kind*, one of `sheets`: the first has the plainest name."""
        stem = self.output_path.removesuffix(".pdf")
        if kind is SheetKind.PRINT_SHOP:
            return f"{stem}-shop.pdf"
        first = next(sheet for sheet in self.sheets if sheet is not SheetKind.PRINT_SHOP)
        return f"{stem}-print.pdf" if kind is first else f"{stem}-print-{kind}.pdf"

    def also_path(self, kind: FileKind) -> str:
        """Return the file of *kind*, one of `also`."""
        return f"{self._of_school(self._text_stem if kind.is_paperless else self._stem)}{kind.suffix}"

    @property
    def also(self) -> tuple[FileKind, ...]:
        """What else is made of it: a file for open slots where one can be open."""
        school = self.school
        is_open = any(school is None or school.value(field) is None for field in self.fields)
        return tuple(kind for kind in self.asked if is_open or not kind.is_for_open_slots)

    @property
    def laid_sheet(self) -> SheetKind | None:
        """The print sheet that a school prints; None: the piece as it is."""
        others = {SheetKind.PRINT_SHOP, *INSTEAD}
        return next((kind for kind in self.sheets if kind not in others), None)

    @property
    def files(self) -> tuple[PlannedFile, ...]:
        """All files that are made of it, the piece first."""
        return (
            PlannedFile(PIECE, self.output_path),
            *(PlannedFile(kind, self.sheet_path(kind)) for kind in self.sheets),
            *(PlannedFile(kind.name, self.also_path(kind)) for kind in self.also),
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """Where all files are that are made of it, the piece first."""
        return tuple(file.path for file in self.files)


BESIDE = "+"
"""Between the two languages of a sheet that has both."""


def in_names(language: str) -> str:
    """Return *language* as it stands in the names of files: `pt-br`, and `nl-ar` for `nl-BE+ar`."""
    own, plus, beside = language.partition(BESIDE)
    return (f"{primary_language(own)}-{beside}" if plus else own).casefold()


_TABLES = (*SCHOOLS_FILES, *OTHER_TABLES)
_NOWHERE: tuple[str, ...] = ()


def editions(project: Project, selection: Selection) -> tuple[Edition, ...]:
    """Return the editions that *selection* asks for, in the order of handout, audience, format and school.

    The format for another way of reading follows the one that it is laid out anew of.

    The black-only edition follows the one in colour. A school has copies in its own languages alone. Raises
    UsageError for a name that the project does not have, and where nothing is left or two files would have
    one name. A school whose row is refused has none: what is wrong with its row was found when it was read.
    """
    _check_names(project, selection)
    if selection.merge and not (selection.schools or selection.only):
        raise UsageError(
            say("there are no copies for schools to put in one print job"), say("add --school all")
        )
    schools = _schools(project, selection)
    planned = tuple(
        edition
        for handout in _chosen(project.handouts.values(), selection.handouts)
        for edition in _of_handout(handout, schools, project, selection)
    )
    if not planned:
        _check_none_planned(schools, project, selection)
    _check_paths(planned)
    return planned


def _of_handout(
    handout: HandoutSource, schools: Sequence[School | None], project: Project, selection: Selection
) -> Iterator[Edition]:
    """Yield what *selection* asks for of *handout*. What the project does not have, `load` has reported."""
    settings = project.settings
    inks = tuple(Ink) if selection.mono else (Ink.COLOUR,)
    asked = tuple(map(file_kind, selection.also))
    own = project.settings.organisation.language
    formats = list(_layouts(handout, project, selection))
    languages = _languages(handout, project, selection.languages)
    fullest = {language: _fullest(formats, language, settings) for language in languages}
    for audience, format_, language in product(
        _kept([name for name in handout.audiences if name in settings.audiences], selection.audiences),
        formats,
        languages,
    ):
        if not _has_room(format_, language, settings):
            continue
        sheets = _sheets(settings.formats[format_], language, selection.print_shop)
        fields = _fields_of(project, format_)
        speaking = [school for school in schools if school is None or school.speaks(language)]
        for school, ink in product(speaking, inks):
            has_text = format_ == fullest[language] and ink is Ink.COLOUR
            also = _further(asked, language, has_text=has_text)
            yield Edition(
                handout,
                audience,
                format_,
                language,
                school,
                ink,
                sheets,
                also,
                fields,
                is_translated=language != own,
                reading=settings.formats[format_].reading or STANDARD_READING,
            )


def _layouts(handout: HandoutSource, project: Project, selection: Selection) -> Iterable[str]:
    """Return the formats in which *handout* is made, each in the readings that are asked for, and once.

    Asked for can be what its formats are laid out for, whether it lists that or not.
    """
    settings = project.settings
    plain = settings.plain_formats
    named = [name for name in handout.formats if name in plain]
    return dict.fromkeys(
        format_
        for name in _kept(named, selection.formats)
        for reading, format_ in settings.readings_of(name).items()
        if _is_read(reading, settings.formats[format_], handout, selection.readings)
    )


def _is_read(reading: str, format_: Format, handout: HandoutSource, asked: Sequence[str]) -> bool:
    """Tell whether *handout* is laid out in *format_*, for *reading*, where some may be *asked* for."""
    if ALL_READINGS in asked:
        return not format_.asks_of_text or reading in handout.readings
    return reading in (asked or handout.readings or (STANDARD_READING,)) or ANY_READING in asked


def _further(kinds: Iterable[FileKind], language: str, *, has_text: bool) -> tuple[FileKind, ...]:
    """Return those of *kinds* that are made of an edition in *language*; without paper where it *has_text*.

    Braille is read in one language: a sheet with two has none.
    """
    unfit = {BRAILLE} if BESIDE in language else set()
    return tuple(kind for kind in kinds if kind.name not in unfit and (has_text or not kind.is_paperless))


def _has_room(format_: str, language: str, settings: Settings) -> bool:
    """Tell whether *format_* has room for *language*, which may be two beside each other."""
    return BESIDE not in language or settings.formats[format_].bilingual_pages is not None


def _fullest(formats: Iterable[str], language: str, settings: Settings) -> str | None:
    """Return the first of *formats* that leaves the least out of a text: files without paper are of it."""
    fitting = (name for name in formats if _has_room(name, language, settings))
    return min(fitting, key=lambda name: _left_out(settings.formats[name]), default=None)


def _left_out(format_: Format) -> tuple[bool, int]:
    return not format_.glosses, tuple(Shows).index(format_.shows)


def _languages(handout: HandoutSource, project: Project, asked: Sequence[str]) -> list[str]:
    """Return in which languages *handout* is made: those that it lists, or which are *asked* of it.

    Asked for can be what it is translated into, listed or not: so a language is made on demand.
    """
    own = project.settings.organisation.language
    listed = [meant_language(tag, project) for tag in handout.languages] or [own]
    listed += [f"{own}{BESIDE}{tag}" for tag in handout.bilingual]
    if not asked:
        return [language for language in dict.fromkeys(listed) if _is_there(language, project)]
    there = [tag for tag, catalogs in project.catalogs.items() if f"handouts/{handout.slug}" in catalogs]
    wanted = {meant_language(tag, project) for tag in asked}
    pairs = [pair for tag in there if (pair := f"{own}{BESIDE}{tag}") in wanted]
    offered = dict.fromkeys((own, *listed, *there, *pairs))
    return [one for one in offered if _is_there(one, project) and (ALL_LANGUAGES in asked or one in wanted)]


def made_in(handout: HandoutSource, project: Project) -> tuple[str, ...]:
    """Return the languages that the sheets of *handout* can be read in: of two beside each other, both."""
    tags = (tag for language in _languages(handout, project, ()) for tag in language.split(BESIDE))
    return tuple(dict.fromkeys(tags))


def _is_there(language: str, project: Project) -> bool:
    return language.rpartition(BESIDE)[2] in project.languages


def meant_language(tag: str, project: Project) -> str:
    """Return the language of *project* that *tag* means: `nl` is the nl-BE of its texts, in `nl+ar` too."""
    own = project.settings.organisation.language
    first, plus, beside = tag.partition(BESIDE)
    return f"{own if first == primary_language(own) else first}{plus}{beside}"


def _fields_of(project: Project, format_: str) -> tuple[str, ...]:
    """Return what *format_* has slots for."""
    slots = slots_of(project.settings.formats, format_).items()
    return tuple(dict.fromkeys(slot.field or name for name, slot in slots))


def _check_none_planned(schools: Sequence[School | None], project: Project, selection: Selection) -> None:
    """Raise UsageError for a plan without editions, unless what was reported on loading explains it."""
    if not project.handouts:
        strays = [path for path in project.strays if path.startswith("content/handouts/")]
        fix = say("write each as a file of its own in content/handouts, such as content/handouts/gids.md")
        if strays:
            fix = say(
                "{fix}; there lies {path}, whose name must end in .md alone", fix=fix, path=quoted(strays[0])
            )
        raise UsageError(say("the project has no handouts"), fix, ("content/handouts/",))
    all_refused = not schools and project.refused
    if all_refused or _names_nothing(project, selection):
        return
    _check_languages(schools, project)
    _check_readings(project, selection)
    raise UsageError(
        say("no handout fits this selection"),
        say("run 'handout list' to see which handouts, audiences and formats go together"),
    )


def _names_nothing(project: Project, selection: Selection) -> bool:
    """Tell whether a chosen handout names no audience or no format that there is: `load` has reported it."""
    settings = project.settings
    formats = set(settings.plain_formats)
    return any(
        not (set(handout.audiences) & set(settings.audiences) and set(handout.formats) & formats)
        for handout in _chosen(project.handouts.values(), selection.handouts)
    )


def _check_languages(schools: Iterable[School | None], project: Project) -> None:
    """Raise UsageError where it is the languages of *schools* that leave no copy to make."""
    there = project.languages
    deaf = [school for school in schools if school and not any(map(school.speaks, there))]
    if deaf:
        what = say_count(
            len(there),
            "'{id}' wants its copies in {wanted}; there is {languages}",
            "'{id}' wants its copies in {wanted}; there are {languages}",
            id=deaf[0].id,
            wanted=any_of(deaf[0].languages),
            languages=all_of(f"'{language}'" for language in there),
        )
        raise UsageError(
            what,
            say(
                "add '{there}' to its languages at {place}, or leave the cell empty",
                there=there[0],
                place=deaf[0].place,
            ),
        )


def _check_readings(project: Project, selection: Selection) -> None:
    """Raise UsageError where no chosen handout has a format for a way of reading that is asked for."""
    formats = project.settings.plain_formats
    for name in selection.readings:
        offering = [one for one in formats if name in project.settings.readings_of(one)]
        chosen = _chosen(project.handouts.values(), selection.handouts)
        if not any(set(_kept(handout.formats, selection.formats)) & {*offering} for handout in chosen):
            raise UsageError(
                say("none of these sheets is laid out for the reading '{name}'", name=name),
                say("these formats are: {names}", names=", ".join(offering)),
            )


def _sheets(format_: Format, language: str, print_shop: bool) -> tuple[SheetKind, ...]:
    own = format_.bilingual_sheets if BESIDE in language else None
    more = [SheetKind.PRINT_SHOP] if print_shop else []
    return tuple(dict.fromkeys((*(format_.sheets if own is None else own), *more)))


def _check_paths(planned: Iterable[Edition]) -> None:
    """Raise UsageError for two files of one name: the second would take the place of the first."""
    makers: dict[str, Edition] = {}
    for edition in planned:
        for path in edition.paths:
            if (other := makers.setdefault(path.casefold(), edition)) is not edition:
                what = say(
                    "'{name}' and '{name2}' both make the file '{path}'",
                    name=other.name,
                    name2=edition.name,
                    path=path,
                )
                raise UsageError(what, say("rename one of the two handouts or formats"))


def _check_names(project: Project, selection: Selection) -> None:
    settings = project.settings
    for name in selection.formats:
        if (own := settings.formats.get(name)) is not None and own.reading:
            raise UsageError(
                settings.told_anew(name),
                say("ask for it so: --format {like} --reading {reading}", like=own.like, reading=own.reading),
            )
    school_ids = {school.id for school in (*project.schools, *project.refused)}
    for kind, asked, known in (
        (say("handout"), selection.handouts, set(project.handouts)),
        (say("audience"), selection.audiences, set(settings.audiences)),
        (say("format"), selection.formats, set(settings.plain_formats)),
        (say("language"), _named_languages(project, selection), set(project.languages)),
        (say("reading"), _named_readings(selection), _known_readings(project) | {ALL_READINGS}),
        (say("school"), selection.schools, school_ids | {ALL_SCHOOLS}),
    ):
        # Ids of schools are in small letters, so that nobody is meant by other capitals.
        meant_by = str.casefold if kind == "school" else str
        for name in asked:
            if meant_by(name) not in known:
                raise _unknown(kind, name, known, project)


def _named_readings(selection: Selection) -> tuple[str, ...]:
    return tuple(name for name in selection.readings if name != ANY_READING)


def _known_readings(project: Project) -> set[str]:
    others = (one.reading for one in project.settings.formats.values())
    return {STANDARD_READING, *filter(None, others)}


def _named_languages(project: Project, selection: Selection) -> list[str]:
    """Return the languages that *selection* names, as the project calls them."""
    meant = (meant_language(tag, project) for tag in selection.languages if tag != ALL_LANGUAGES)
    return [part for language in meant for part in language.split(BESIDE, 1)]


def _unknown(kind: Message, name: str, known: set[str], project: Project) -> UsageError:
    """Return that there is no *kind* called *name*, where the *known* ones are."""
    fix, about = _fix_for(kind, name, known), _NOWHERE
    if kind == "handout":
        about = (f"content/handouts/{name}.md",)
        fix = fix if "," in name else project.fix_for_missing("content/handouts", name, known)
    elif kind == "school":
        about = _TABLES
    return UsageError(say("there is no {kind} '{name}'", kind=kind, name=name), fix, about)


def _fix_for(kind: Message, name: str, known: set[str]) -> Message:
    if known == {ALL_SCHOOLS}:
        return say("write a row for each school in content/schools.csv")
    if "," in name:
        option = f"--{kind} "
        parts = (part.strip() for part in name.split(","))
        return say("repeat the option: {parts}", parts=" ".join(option + part for part in parts))
    return suggest(name, known)


def _chosen(handouts: Iterable[HandoutSource], slugs: Sequence[str]) -> Iterable[HandoutSource]:
    return sorted((h for h in handouts if not slugs or h.slug in slugs), key=lambda h: h.slug)


def _kept(offered: Sequence[str], asked: Sequence[str]) -> list[str]:
    return [name for name in offered if not asked or name in asked]


def _schools(project: Project, selection: Selection) -> list[School | None]:
    ids = selection.schools or ((ALL_SCHOOLS,) if selection.only else ())
    if not ids:
        return [None]
    if not (project.schools or project.refused):
        raise UsageError(
            say("there are no schools"), say("write a row for each school in content/schools.csv"), _TABLES
        )
    asked = {id_.casefold() for id_ in ids}
    named = [school for school in project.schools if ALL_SCHOOLS in asked or school.id in asked]
    return [*_fitting(project, named, selection.only)]


def _fitting(project: Project, schools: Sequence[School], only: Sequence[str]) -> Sequence[School]:
    """Return those of *schools* that *only* asks for: of one column any of the values, of each column one."""
    asked: dict[str, list[str]] = {}
    for condition in only:
        column, value = _parted(condition, project)
        asked.setdefault(column, []).append(value)
    for column, values in asked.items():
        known = sorted({_cell(school, column) for school in schools})
        schools = [school for school in schools if _plain(_cell(school, column)) in map(_plain, values)]
        if not schools and not project.refused:
            what = any_of(f"{column}={value}" for value in values)
            fix = suggest(values[0], filter(None, known))
            raise UsageError(say("there is no school with {what}", what=what), fix, _TABLES)
    return schools


def _parted(condition: str, project: Project) -> tuple[str, str]:
    """Return the column and the value of *condition*; the column as the table of schools may call it too."""
    word, equals, value = (part.strip() for part in condition.partition("="))
    if not equals:
        raise UsageError(
            say("'{condition}' does not say which value", condition=condition),
            say("write a column and a value: room=B12"),
        )
    columns = project.settings.schools.columns
    if (column := meant(word, columns, project.column_words)) is None:
        near = like(word, columns, project.column_words)
        raise UsageError(
            say("the table of schools has no column '{word}'", word=word), suggest(near or word, columns)
        )
    return column, value


def _cell(school: School, column: str) -> str:
    """Return what stands in *column*; empty where its row has nothing there."""
    unprinted = {
        "id": school.id,
        LOGO_COLUMN: (school.logo or "").removeprefix(f"{LOGO_FOLDER}/"),
        LANGUAGES_COLUMN: " ".join(school.languages),
    }
    return unprinted[column] if column in unprinted else school.value(column) or ""


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
