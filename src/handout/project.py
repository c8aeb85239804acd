"""Load a project: the only stage that reads its files."""

from __future__ import annotations

import hashlib
import string
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import combinations, zip_longest
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeAlias, TypeVar

from handout.colours import LEAST_CONTRAST, LEAST_CONTRAST_LARGE, WHITE, contrast, of_hex
from handout.errors import Finding, Place, Severity, UsageError, has_errors, in_order, nearest, suggest
from handout.links import check_url, fix_for
from handout.model import (
    LOGO_COLUMN,
    LOGO_FOLDER,
    STANDARD_COLUMNS,
    Block,
    Fragment,
    HandoutSource,
    PictureFile,
    Procedure,
    School,
    SheetKind,
    named_audiences,
)
from handout.reading import columns, documents, gate, pictures, schools
from handout.reading.names import quoted
from handout.reading.validation import validated
from handout.rules import Rule
from handout.settings import Audience, Format, Settings, WordList
from handout.walk import pictures_written

SETTINGS_FILE = "handout.toml"
FORMATS_FILE = "templates/formats.toml"
COLUMNS_FILE = "templates/columns.toml"
SCHOOLS_FILES = ("content/schools.csv", "content/schools.xlsx")
"""The table of schools is one of them."""
OTHER_TABLES = tuple(
    f"content/schools{suffix}" for suffix in (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".tsv")
)
"""Where people may have put it in a form that is not read."""
WORDS_FILE = "content/words.toml"
MOST_SETTINGS_BYTES = 200_000
MOST_TEXT_BYTES = 400_000
MOST_SCHOOLS_BYTES = 4_000_000
SourceText: TypeAlias = Procedure | Fragment | HandoutSource
EXAMPLE_LANGUAGE = "nl"
"""Its packaged words are complete: those of another language are held against them."""
PICTURE_SUFFIXES = (".svg", ".png", ".jpg", ".jpeg", ".webp")
OTHER_PICTURE_SUFFIXES = (
    *(".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"),
    *(".svgz", ".eps", ".ai", ".pdf", ".psd", ".wmf", ".emf", ".ico", ".jfif"),
)
"""Read too, so that the finding says what the file is, and not that it is not there."""


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
    key_places: Mapping[str, Mapping[str, tuple[Place, ...]]] = field(default_factory=dict)
    """Per text file, where the values of its front matter stand, by key as written; of handout.toml those
    that are held against other files: `audiences.staff.icon`, `formats.leaflet-a4.sheets`."""
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

    def fix_for_missing(self, folder: str, name: str, known: Iterable[str]) -> str:
        """Return how to mend *name*, which none of *known* files in *folder* has.

        A file of that name with another ending is the one that is meant: Windows hides endings.
        """
        wanted = name if PurePosixPath(name).suffix else f"{name}.md"
        stem = f"{folder}/{name}".partition(".")[0].casefold()
        others = (f"content/{path}" for path in (*self.pictures, *self.broken_pictures))
        for path in (*self.strays, *others):
            if path.partition(".")[0].casefold() == stem:
                return f"there lies {quoted(path)}: save it as {folder}/{wanted}"
        write = f"{'write' if wanted.endswith('.md') else 'save'} it as {folder}/{wanted}"
        known = sorted(known)
        if nearest(name, known) or not known:
            return suggest(name, known, none=write)
        return f"{write}, or {suggest(name, known)}"

    def page_budget(self, handout: HandoutSource, format_name: str) -> int:
        """Return the number of pages that *handout* may fill: the format fixes it, or the handout."""
        return self.settings.formats[format_name].pages or handout.page_budget or 1

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


def primary_language(tag: str) -> str:
    """Return the language of *tag* without its region: `nl` for `nl-BE` (BCP 47)."""
    return tag.partition("-")[0]


def packaged_root() -> Path:
    """Return the folder of the templates, styles and content that come with the program.

    In a wheel they lie beside the code; in a checkout the checkout itself is that folder.
    """
    here = Path(__file__).resolve().parent
    starter = here / "starter"
    return starter if starter.is_dir() else here.parents[1]


def load(root: Path) -> tuple[Project | None, tuple[Finding, ...]]:
    """Return the project in *root* and all that is wrong with its files.

    The project is None where its settings cannot be used. Raises UsageError where *root* is no project.
    """
    if not (root / SETTINGS_FILE).is_file():
        raise UsageError(
            f"there is no {SETTINGS_FILE} in {root.resolve()}",
            "run this in the folder of a project, or name it: --project DIR",
        )
    loader = _Loader(root)
    settings = loader.settings()
    if settings is None:
        return None, in_order(loader.findings)
    column_words = loader.column_words()
    examples = loader.strings(packaged_root()).get(EXAMPLE_LANGUAGE, {})
    table = loader.schools(settings, column_words)
    templates = loader.overlaid("templates", ".html")
    styles = loader.overlaid("styles", ".css", ".svg")
    project = Project(
        settings=settings,
        procedures=loader.texts("content/procedures", documents.procedure),
        fragments=loader.texts("content/fragments", documents.fragment),
        handouts=loader.texts("content/handouts", documents.handout),
        pictures={},
        broken_pictures={},
        schools=table.schools,
        templates=templates.texts,
        styles=styles.texts,
        own_templates=templates.own,
        own_styles=styles.own,
        strings=_with_columns(
            _with_words_beside(loader.strings(packaged_root(), root), examples), settings.schools.columns
        ),
        hashes=loader.hashes,
        words=loader.words(),
        key_places=loader.key_places,
        strays=tuple(loader.strays),
        refused=table.refused,
        column_words=column_words,
    )
    found, broken = loader.pictures(_boxes(project))
    project = replace(project, pictures=found, broken_pictures=broken)
    loader.findings.extend(_cross_check(project, loader.key_places))
    words = tuple(_check_words(project, loader.strings(root), examples))
    return None if has_errors(words) else project, in_order((*loader.findings, *words))


def _content_hash(data: bytes) -> str:
    """Return the SHA-256 of *data*: of a text whatever its line ends, normal form and byte order mark."""
    with suppress(gate.Refused):
        data = gate.decode_text(data).encode()
    return hashlib.sha256(data).hexdigest()


class _Named(Protocol):
    @property
    def slug(self) -> str: ...
    @property
    def place(self) -> Place: ...


N = TypeVar("N", bound=_Named)


@dataclass(frozen=True)
class _Overlaid:
    """Files by their path in their folder: the packaged ones, and those of the project before them."""

    texts: Mapping[str, str]
    own: frozenset[str]
    """Those of the project that are not, letter for letter, the packaged ones."""


class _Loader:
    """Reads through the gate, keeps what it finds and the hash of what every file holds."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.findings: list[Finding] = []
        self.hashes: dict[str, str] = {}
        self.strays: list[str] = []
        """Files in the folders of content that are not read, for their ending."""
        self.key_places: dict[str, Mapping[str, tuple[Place, ...]]] = {}
        """Per file, where the values of its front matter stand."""

    def read(self, path: str, limit_bytes: int) -> bytes | None:
        try:
            data = gate.read_bytes(self.root, path, limit_bytes)
        except gate.Refused as refused:
            self.refuse(path, refused)
            return None
        self.hashes[_key(path)] = _content_hash(data)
        return data

    def refuse(self, path: str, refused: gate.Refused) -> None:
        self.findings.append(_finding_of(path, refused))

    def settings(self) -> Settings | None:
        own = self.toml(self.root, SETTINGS_FILE)
        packaged = self.toml(packaged_root(), FORMATS_FILE)
        if own is None or packaged is None:
            return None
        tables, positions = own
        formats = tables.get("formats", {})
        if isinstance(formats, dict):
            tables["formats"] = {**packaged[0], **_merged(packaged[0], formats)}
        model, findings = validated(Settings, tables, lambda loc: Place(SETTINGS_FILE, positions(loc)))
        self.findings.extend(findings)
        if model is not None:
            self.findings.extend(_check_links(model, positions))
            self.findings.extend(_check_likes(model, positions))
            self.findings.extend(_check_columns(model, positions))
            self.findings.extend(_check_slots(model, positions))
            self.findings.extend(_check_audiences(model, positions))
            self.key_places[SETTINGS_FILE] = _setting_places(model, positions)
        return model

    def words(self) -> WordList | None:
        if not _is_there(self.root / WORDS_FILE) or (read := self.toml(self.root, WORDS_FILE)) is None:
            return None
        tables, positions = read
        words, findings = validated(WordList, tables, lambda loc: Place(WORDS_FILE, positions(loc)))
        self.findings.extend(findings)
        return words

    def toml(
        self, root: Path, path: str
    ) -> tuple[dict[str, object], Callable[[tuple[str | int, ...]], int]] | None:
        try:
            text = gate.decode_text(gate.read_bytes(root, path, MOST_SETTINGS_BYTES))
            return tomllib.loads(text), lambda loc: _toml_line(text, loc)
        except gate.Refused as refused:
            self.refuse(path, refused)
        except RecursionError:
            what, fix = "this is not TOML: too many brackets stand in each other", "write short lists: [a, b]"
            self.findings.append(Finding(Place(path), what, fix, rule=Rule.TOML_BROKEN))
        except ValueError as error:  # also a number too long
            line = getattr(error, "lineno", 0) or _line_in_message(str(error))
            self.findings.append(
                Finding(
                    Place(path, line),
                    f"this is not TOML: {error}",
                    "mend this line; strings stand in quotes",
                    rule=Rule.TOML_BROKEN,
                )
            )
        return None

    def texts(
        self, folder: str, parse: Callable[[str, bytes], tuple[N | None, tuple[Finding, ...]]]
    ) -> dict[str, N]:
        found: dict[str, N] = {}
        for path in self.files(folder, (".md",)):
            data = self.read(path, MOST_TEXT_BYTES)
            if data is None:
                continue
            text, findings = parse(path, data)
            self.findings.extend(findings)
            if text is None:
                continue
            self.key_places[path] = documents.key_places(path, data)
            if (other := found.get(text.slug)) is not None:
                what = f"'{text.slug}' is also the name of {other.place.path}"
                self.findings.append(
                    Finding(Place(path), what, "rename one of the two files", rule=Rule.NAME_TWICE)
                )
            found[text.slug] = text
        return found

    def files(self, folder: str, suffixes: tuple[str, ...], root: Path | None = None) -> list[str]:
        root = root or self.root
        if not _is_there(root / folder):
            return []
        try:
            names = gate.list_files(root, folder)
        except gate.Refused as refused:
            self.refuse(folder, refused)
            return []
        for name in (name for name in names if not name.isprintable()):
            self.findings.append(_unusable_name(name, ".md" in suffixes))
        names = tuple(name for name in names if name.isprintable())
        taken = {name for name in names if PurePosixPath(name).suffix.lower() in suffixes}
        if folder.startswith("content/"):
            self.strays += sorted(set(names) - taken)
        return sorted(taken)

    def pictures(
        self, boxes: Mapping[str, pictures.Box]
    ) -> tuple[dict[str, PictureFile], dict[str, Finding]]:
        """Return the pictures, none larger than shows in its box of *boxes*, and why others were refused."""
        found: dict[str, PictureFile] = {}
        broken: dict[str, Finding] = {}
        for path in self.files("content/images", PICTURE_SUFFIXES + OTHER_PICTURE_SUFFIXES):
            key = _key(path, "content")
            if key in found or key in broken:
                what = f"another picture has the name {quoted(key)} too, with its accents written otherwise"
                fix = "take one of the two away"
                self.findings.append(Finding(Place(path), what, fix, rule=Rule.NAME_TWICE))
            try:
                data = gate.read_bytes(self.root, path, pictures.MOST_BYTES)
            except gate.Refused as refused:
                broken[key] = _finding_of(path, refused)
                continue
            picture, findings = pictures.picture(key, data, boxes.get(key, pictures.UNUSED_BOX))
            self.hashes[_key(path)] = picture.content if picture else _content_hash(data)
            if picture is None:
                broken[key] = replace(findings[0], place=Place(path, findings[0].place.line))
            else:
                found[key] = picture
        return found, broken

    def column_words(self) -> dict[str, str]:
        """Return what the columns of the table of schools may be called, in any language."""
        read = self.toml(packaged_root(), COLUMNS_FILE)
        tables = (table for table in (read[0] if read else {}).values() if isinstance(table, dict))
        pairs = ((column, word) for table in tables for column, words in table.items() for word in words)
        return {columns.key(word): column for column, word in pairs}

    def schools(self, settings: Settings, words: Mapping[str, str]) -> schools.Table:
        there = [path for path in SCHOOLS_FILES if _is_there(self.root / path)]
        if len(there) != 1:
            self.findings.extend(_of_tables(there, [p for p in OTHER_TABLES if _is_there(self.root / p)]))
            return schools.Table()
        data = self.read(there[0], MOST_SCHOOLS_BYTES)
        if data is None:
            return schools.Table()
        table = schools.schools(there[0], data, settings.schools.columns, words)
        self.findings.extend(table.findings)
        return table

    def overlaid(self, folder: str, *suffixes: str) -> _Overlaid:
        """Return the files of *folder*: the packaged ones, and the project's in their place."""
        found: dict[str, str] = {}
        own: set[str] = set()
        for root in (packaged_root(), self.root):
            for path in self.files(folder, suffixes, root):
                try:
                    text = gate.decode_text(gate.read_bytes(root, path, MOST_TEXT_BYTES))
                except gate.Refused as refused:
                    self.refuse(path, refused)
                    continue
                key = _key(path, folder)
                if root is self.root and found.get(key) != text:
                    own.add(key)
                found[key] = text
        return _Overlaid(found, frozenset(own))

    def strings(self, *roots: Path) -> dict[str, dict[str, str]]:
        """Return the printed words by language, of `templates/strings/<language>.toml`; later *roots* win."""
        found: dict[str, dict[str, str]] = {}
        for root in roots:
            for path in self.files("templates/strings", (".toml",), root):
                if (read := self.toml(root, path)) is None:
                    continue
                found.setdefault(PurePosixPath(path).stem, {}).update(_flat(read[0]))
        return found


def _key(path: str, folder: str = "") -> str:
    """Return under which name a text finds the file *path*, from *folder* where one is named.

    A Mac writes an accent as a character of its own (NFD); whoever types the name does not (NFC).
    """
    return unicodedata.normalize("NFC", path.removeprefix(f"{folder}/"))


def _unusable_name(path: str, is_text: bool) -> Finding:
    """Return what is told of a file whose name no text can hold: where it is no text, nobody misses it."""
    folder, _, name = path.rpartition("/")
    is_foreign = any("\ud800" <= sign <= "\udfff" for sign in name)
    fault = "bytes that are no UTF-8" if is_foreign else "a sign that nobody sees"
    return Finding(
        Place(path),
        f"the name of a file in {folder} holds {fault}, and nothing can name it",
        "rename it: letters, digits and hyphens are always right",
        Severity.ERROR if is_text else Severity.WARNING,
        Rule.NAME_UNUSABLE,
    )


def _of_tables(there: Sequence[str], others: Iterable[str]) -> Iterator[Finding]:
    """Yield what is wrong where there are several tables of schools, *there*, or only *others* of no use."""
    if there:
        what = f"there are two tables of schools, {' and '.join(there)}"
        fix = "take away the one that is out of date"
        yield Finding(Place(there[-1]), what, fix, rule=Rule.SCHOOLS_TABLE)
        return
    for path in others:
        fix = "save it as an Excel workbook, schools.xlsx, or as CSV UTF-8, schools.csv"
        yield Finding(
            Place(path), "the table of schools is not read in this form", fix, rule=Rule.SCHOOLS_TABLE
        )


def _finding_of(path: str, refused: gate.Refused) -> Finding:
    return Finding(Place(path, refused.line), refused.what, refused.fix, rule=refused.rule)


def _boxes(project: Project) -> dict[str, pictures.Box]:
    """Return the largest place in which each picture is printed, by its path.

    A style sheet says how large a picture of a text is, but no sheet shows it larger than its page.
    """
    settings = project.settings
    formats = {name for handout in project.handouts.values() for name in handout.formats} & {
        *settings.formats
    }
    pages = [settings.formats[name] for name in formats or settings.formats]
    page = _largest((one.width_mm, one.height_mm) for one in pages)
    logo = _largest(
        (slot.width_mm, slot.height_mm) for name in settings.formats if (slot := settings.logo_slot(name))
    )
    logos = {school.logo: logo for school in project.schools if school.logo}
    return {**logos, **dict.fromkeys(project.pictures_in_texts, page)}


def _largest(sizes: Iterable[tuple[float, float]]) -> pictures.Box:
    widths, heights = zip((1.0, 1.0), *sizes, strict=True)
    return pictures.Box(max(widths), max(heights))


BESIDE_SHEETS = ("gallery.", "ticket.")
"""Words of the pages beside the sheets: a project without one of them prints no sheet that is wrong."""


def _with_words_beside(
    strings: dict[str, dict[str, str]], examples: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return *strings*, each with those of *examples* in place of what it lacks beside the sheets."""
    beside = {key: word for key, word in examples.items() if key.startswith(BESIDE_SHEETS)}
    return {language: {**beside, **words} for language, words in strings.items()}


def _with_columns(strings: dict[str, dict[str, str]], columns: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return *strings* with a word for each of *columns*: its name, where a language has none."""
    names = {f"school.{column}": column for column in columns}
    return {language: {**names, **words} for language, words in strings.items()}


def _is_there(path: Path) -> bool:
    """Tell whether there is anything at *path*, a link that leads nowhere too: the gate refuses that one."""
    return path.is_symlink() or path.exists()


def _merged(packaged: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    """Return the project's formats, each completed with what the packaged one of that name says."""
    merged: dict[str, object] = {}
    for name, table in own.items():
        base = packaged.get(name)
        if isinstance(base, dict) and isinstance(table, dict):
            merged[name] = {**base, **_merged(base, table)}
        else:
            merged[name] = table
    return merged


def _flat(tables: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Return nested *tables* as dotted keys."""
    flat: dict[str, str] = {}
    for key, value in tables.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = str(value)
    return flat


def _toml_line(text: str, loc: tuple[str | int, ...]) -> int:
    """Return the line of *text* where the key at *loc* stands, or its table, or 0.

    tomllib keeps no positions, so the key is looked up in the text.
    """
    keys = [str(part) for part in loc]
    table = ".".join(keys[:-1])
    line_of_table = current = 0
    section = ""
    count: Counter[str] = Counter()
    for current, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped.strip("[").partition("]")[0].strip().replace('"', "")
            if stripped.startswith("[["):
                count[section] += 1
                section += f".{count[section] - 1}"  # pydantic counts the tables of a list from 0
            if section == ".".join(keys):
                return current
            if section == table:
                line_of_table = current
        elif keys and section == table and stripped.partition("=")[0].strip().strip('"') == keys[-1]:
            return current
    if line_of_table or len(keys) < 2:
        return line_of_table
    return _toml_line(text, loc[:-1])


def _line_in_message(message: str) -> int:
    """Return the line that tomllib names in its words, "(at line 3, column 7)", or 0."""
    _, _, rest = message.partition("at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdigit() else 0


def _check_links(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    for name, url in settings.links.urls.items():
        place = Place(SETTINGS_FILE, line_of(("links", name)))
        if (fault := check_url(url, settings.links.allowed_hosts)) is not None:
            fix = fix_for(url, settings.links.allowed_hosts)
            yield Finding(place, f"the link '{name}' cannot be used: {fault}", fix, rule=Rule.ADDRESS_REFUSED)


def _check_columns(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    """Yield the links that name a column which the schools do not have, or which is not for addresses."""
    own = [name for name in settings.schools.columns if name not in STANDARD_COLUMNS]
    for name, column in settings.links.columns.items():
        if column not in own:
            place = Place(SETTINGS_FILE, line_of(("links", name)))
            what = f"the link '{name}' names the column '{column}', which the project has not declared"
            fix = (
                f"write a name of your own for it, and add that to columns under [schools]: {', '.join(own)}"
            )
            yield Finding(place, what, fix.removesuffix(": "), rule=Rule.NAME_UNKNOWN)


def _check_slots(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    """Yield the slots for a field that schools do not have."""
    known = settings.school_fields
    for format_name, format_ in settings.formats.items():
        for name, slot in format_.slots.items():
            if (field := slot.field or name) not in known:
                place = Place(SETTINGS_FILE, line_of(("formats", format_name, "slots", name)))
                what = (
                    f"the slot '{name}' of the format '{format_name}' is for '{field}', which no school has"
                )
                names = ", ".join(known)
                fix = f"add it to columns under [schools], or name a column in a key 'field': {names}"
                yield Finding(place, what, fix, rule=Rule.NAME_UNKNOWN)


def _check_likes(settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]) -> Iterable[Finding]:
    """Yield the formats that are like one that has no template and stylesheet of its own."""
    whole = [name for name, format_ in settings.formats.items() if format_.like is None]
    for name, format_ in settings.formats.items():
        if format_.like is not None and format_.like not in whole:
            place = Place(SETTINGS_FILE, line_of(("formats", name, "like")))
            what = f"the format '{name}' cannot be like '{format_.like}', which is none of its own"
            yield Finding(place, what, suggest(format_.like, whole), rule=Rule.NAME_UNKNOWN)


def _setting_places(
    settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]
) -> dict[str, tuple[Place, ...]]:
    """Return the places of what in handout.toml other files answer to, where it stands there."""
    keys = [("audiences", name, "icon") for name in settings.audiences]
    keys += [("formats", name, "sheets") for name in settings.formats]
    lines = ((".".join(key), line_of(key)) for key in keys)
    return {key: (Place(SETTINGS_FILE, line),) for key, line in lines if line}


_NEAR_COLOUR = 40 / 255
"""Two colours that differ by no more in red, green and blue are one on paper, at arm's length."""


def _check_audiences(
    settings: Settings, line_of: Callable[[tuple[str | int, ...]], int]
) -> Iterable[Finding]:
    """Yield the accents that white letters are lost on, and the audiences that look like another."""
    for name, audience in settings.audiences.items():
        ratio = contrast(of_hex(audience.accent), WHITE)
        if ratio < LEAST_CONTRAST:
            place = Place(SETTINGS_FILE, line_of(("audiences", name, "accent")))
            what = (
                f"white on {audience.accent}, the accent of '{name}', has a contrast of {ratio:.1f} to 1; "
                f"small type needs {LEAST_CONTRAST:g} to 1, large type {LEAST_CONTRAST_LARGE:g}"
            )
            fix = "take a darker colour: a sheet that prints white on it is refused when it is made"
            yield Finding(place, what, fix, Severity.WARNING, Rule.ACCENT_PALE)
    for (name, one), (other_name, other) in combinations(settings.audiences.items(), 2):
        why = _alike(one, other)
        if why is not None:
            place = Place(SETTINGS_FILE, line_of(("audiences", other_name)))
            what = f"'{other_name}' looks like '{name}': they have one shape, one strip and {why}"
            fix = "give one of them another shape or strip, so that nobody takes the wrong sheet"
            yield Finding(place, what, fix, Severity.WARNING, Rule.AUDIENCES_ALIKE)


def _alike(one: Audience, other: Audience) -> str | None:
    """Return what, beside shape and strip, makes two audiences one to the eye, or None."""
    if (one.shape, one.strip) != (other.shape, other.strip):
        return None
    pairs = zip(of_hex(one.accent), of_hex(other.accent), strict=True)
    if all(abs(part - same) <= _NEAR_COLOUR for part, same in pairs):
        return "nearly one accent"
    return "one icon, which is all that a copy in black has" if one.icon == other.icon else None


def _cross_check(
    project: Project, key_places: Mapping[str, Mapping[str, tuple[Place, ...]]]
) -> Iterator[Finding]:
    """Yield what is wrong between files: names that nothing answers to, each with its line."""
    settings = project.settings
    texts: tuple[Procedure | HandoutSource, ...] = (
        *project.procedures.values(),
        *project.handouts.values(),
    )
    for text in texts:
        places = key_places[text.place.path]
        yield from _unknown(
            "audience", text.audiences, places.get("audiences"), text.place, settings.audiences
        )
        for name in text.titles:
            yield from _unknown(
                "audience", (name,), places.get(f"title@{name}"), text.place, settings.audiences
            )
    for handout in project.handouts.values():
        places = key_places[handout.place.path]
        yield from _unknown("format", handout.formats, places.get("formats"), handout.place, settings.formats)
        for name in (name for name in handout.formats if name in settings.formats):
            if (fault := _budget_fault(settings.formats[name], handout)) is not None:
                yield Finding(places.get("pages", (handout.place,))[0], *fault, rule=Rule.PAGES_UNFIT)
        for kind, slugs, key in (
            ("handout", handout.leads_to, "leads-to"),
            ("procedure", handout.procedures, "procedures"),
        ):
            yield from _unknown_files(project, kind, slugs, places.get(key), handout.place)
    yield from _unknown_audiences(project)
    yield from _of_broken_pictures(project)
    for school in project.schools:
        yield from _of_school(project, school)


def _of_broken_pictures(project: Project) -> Iterator[Finding]:
    """Yield why pictures were refused; those that are the logos of schools alone are told at their rows."""
    shown = project.pictures_in_texts
    logos = {school.logo for school in project.schools}
    for path, finding in project.broken_pictures.items():
        if path in shown:
            yield finding
        elif path not in logos:  # it stands on no sheet, and stops none
            yield replace(finding, severity=Severity.WARNING)


def _of_school(project: Project, school: School) -> Iterator[Finding]:
    """Yield what is wrong between the row of *school* and the rest: its logo, its own addresses."""
    if school.logo is not None and school.logo in project.broken_pictures:
        broken = project.broken_pictures[school.logo]
        line = f" (line {broken.place.line})" if broken.place.line else ""
        what = f"the logo of '{school.name}', {broken.place.path}, cannot be printed: {broken.what}{line}"
        fix = f"{broken.fix}; or leave its cell 'logo' empty"
        yield Finding(school.place_of(LOGO_COLUMN), what, fix, rule=broken.rule)
    elif school.logo is not None and school.logo not in project.pictures:
        names = (path.removeprefix(f"{LOGO_FOLDER}/") for path in project.pictures)
        name = school.logo.removeprefix(f"{LOGO_FOLDER}/")
        what = f"there is no picture '{name}' in content/{LOGO_FOLDER} for the logo of '{school.name}'"
        place = school.place_of(LOGO_COLUMN)
        yield Finding(place, what, suggest(name, names), rule=Rule.PICTURE_MISSING)
    hosts = project.settings.links.allowed_hosts
    for column in dict.fromkeys(project.settings.links.columns.values()):
        url = school.value(column)
        if url is not None and (fault := check_url(url, hosts)) is not None:
            what = f"'{column}' of '{school.name}' cannot be used: {fault}"
            yield Finding(school.place_of(column), what, fix_for(url, hosts), rule=Rule.ADDRESS_REFUSED)


def _check_words(
    project: Project, own: Mapping[str, Mapping[str, str]], examples: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield what the words of the project's language lack, held against the packaged *examples*.

    *own* are the words of the project's own files, by language.
    """
    language = primary_language(project.settings.organisation.language)
    place = Place(f"templates/strings/{language}.toml")
    if language not in project.strings:
        others = ", ".join(sorted(project.strings))
        what = f"there are no printed words for the language '{language}'"
        yield Finding(
            place, what, f"write this file, or use one of the languages: {others}", rule=Rule.PRINTED_WORD
        )
        return
    words = project.strings[language]
    is_translated = language != EXAMPLE_LANGUAGE
    for key, example in examples.items():
        if is_translated and key.startswith(BESIDE_SHEETS) and key not in own.get(language, {}):
            what = f"the word '{key}' is missing, and stands in Dutch where it is needed: on no sheet"
            yield Finding(
                place, what, f"add it; in Dutch it is '{example}'", Severity.WARNING, Rule.PRINTED_WORD
            )
        elif key not in words:
            yield Finding(
                place,
                f"the word '{key}' is missing",
                f"add it; in Dutch it is '{example}'",
                rule=Rule.PRINTED_WORD,
            )
        elif (fault := _blanks_fault(words[key], example)) is not None:
            fix = f"use the names in braces of the Dutch one: '{example}'"
            yield Finding(place, f"the word '{key}' {fault}", fix, rule=Rule.PRINTED_WORD)


def _blanks_fault(word: str, example: str) -> str | None:
    """Return what is wrong with the names in braces of *word*, which are filled in as those of *example*.

    A width, `{address:>99}`, is nothing for an editor, and could ask for more memory than there is.
    """
    try:
        blanks = [blank for blank in string.Formatter().parse(word) if blank[1] is not None]
    except ValueError:
        return f"has a brace without its other half: '{word}'"
    names = {name or "" for _, name, _, _ in blanks}
    for _, name, form, conversion in blanks:
        if form or conversion:
            return f"says how '{{{name}}}' is set, which the style sheet does: write the name alone"
    known = {name for _, name, _, _ in string.Formatter().parse(example) if name is not None}
    unknown = ", ".join(sorted(names - known))
    return f"has '{{{unknown}}}' in it, which nothing fills in" if unknown else None


def _unknown(
    kind: str, names: Iterable[str], places: tuple[Place, ...] | None, file: Place, known: Iterable[str]
) -> Iterator[Finding]:
    known = tuple(known)
    for name, place in zip_longest(names, places or ()):
        if name is not None and name not in known:
            yield Finding(
                place or file, f"there is no {kind} '{name}'", suggest(name, known), rule=Rule.NAME_UNKNOWN
            )


def _unknown_files(
    project: Project, kind: str, slugs: Iterable[str], places: tuple[Place, ...] | None, file: Place
) -> Iterator[Finding]:
    """Yield the procedures or handouts, as *kind* says, that *slugs* name and the project does not have."""
    folder = f"content/{kind}s"
    known = project.handouts if kind == "handout" else project.procedures
    for slug, place in zip_longest(slugs, places or ()):
        if slug is not None and slug not in known:
            fix = project.fix_for_missing(folder, slug, known)
            what, about = f"there is no {kind} '{slug}'", (f"{folder}/{slug}.md",)
            yield Finding(place or file, what, fix, rule=Rule.NAME_UNKNOWN, about=about)


def _unknown_audiences(project: Project) -> Iterator[Finding]:
    """Yield the audiences in texts that the project does not have: their steps would print for nobody."""
    known = project.settings.audiences
    for _, body in project.bodies:
        for names, place in named_audiences(body):
            yield from _unknown("audience", names, None, place, known)


PAGES_OF_A_FOLDED_SHEET = 4
"""Two on each side."""


def _whole_sheets(pages: int) -> int:
    """Return the fewest pages, at least *pages*, that leave none of a folded sheet blank."""
    return -(-pages // PAGES_OF_A_FOLDED_SHEET) * PAGES_OF_A_FOLDED_SHEET


def _budget_fault(format_: Format, handout: HandoutSource) -> tuple[str, str] | None:
    is_booklet = SheetKind.BOOKLET in format_.sheets
    if format_.pages is None and handout.page_budget is None:
        example = PAGES_OF_A_FOLDED_SHEET if is_booklet else 2
        fix = f"write 'pages: {example}' in its front matter"
        return f"'{handout.slug}' does not say how many pages it has", fix
    if is_booklet and format_.pages is None and (handout.page_budget or 0) % PAGES_OF_A_FOLDED_SHEET:
        return (
            f"'{handout.slug}' asks for {handout.page_budget} pages; the folded sheets of a booklet "
            "have 4, 8, 12 … pages",
            f"write 'pages: {_whole_sheets(handout.page_budget or 0)}', and text to fill them",
        )
    if format_.pages is not None and handout.page_budget not in (None, format_.pages):
        return (
            f"'{handout.slug}' asks for {handout.page_budget} pages, but the format has {format_.pages}",
            "leave 'pages' out: the format fixes it",
        )
    return None
