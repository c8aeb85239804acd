"""Load a project: the only stage that reads its files."""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import ParamSpec, Protocol, TypeVar, cast

from handout.machine import color_profiles, gate
from handout.machine.program import packaged_root
from handout.model.catalog import FOLDER as TRANSLATIONS
from handout.model.catalog import SUFFIX as CATALOG_SUFFIX
from handout.model.catalog import TranslationCatalog, source_in
from handout.model.document import PictureFile
from handout.model.findings import Finding, Place, Severity, UsageError, has_errors, in_order
from handout.model.messages import all_of, say
from handout.model.names import PICTURE_SUFFIXES, SETTINGS_FILE, quoted
from handout.model.plurals import FORMS, base_of
from handout.model.press import PressProfile, is_of_a_press
from handout.model.rules import Rule
from handout.model.source import HandoutSource
from handout.project import translations
from handout.project.cross_check import (
    check_audiences,
    check_columns,
    check_likes,
    check_links,
    check_slots,
    check_status,
    check_words,
    cross_check,
    setting_places,
    words_to_come,
)
from handout.project.project import (
    BESIDE_SHEETS,
    COLUMNS_FILE,
    EXAMPLE_LANGUAGE,
    FORMATS_FILE,
    OTHER_TABLES,
    PAGES,
    SCHOOLS_FILES,
    WALKS_FILE,
    WORDS_FILE,
    Project,
    primary_language,
)
from handout.project.reading import columns, documents, pictures, schools
from handout.project.reading.profiles import mixes_colours
from handout.project.reading.validation import validated
from handout.project.screen_labels import LABELS_FILE, LabelRegister, check_labels, label_places
from handout.project.selection import ALL_LANGUAGES
from handout.project.settings import Accents, Settings, Walk, WalkList, WordList
from handout.project.spoken import MOST_SETTINGS_BYTES
from handout.project.toml import flat, line_in_message, merged, problem_in, toml_line

MOST_TEXT_BYTES = 400_000
MOST_SCHOOLS_BYTES = 4_000_000
PROFILE_FOLDER, PROFILE_ENDINGS = "content/profiles", ("icc", "icm")
LARGEST_PROFILE_BYTES = 8_000_000
"""Those of presses have half to two million."""
OTHER_PICTURE_SUFFIXES = (
    *(".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"),
    *(".svgz", ".eps", ".ai", ".pdf", ".psd", ".wmf", ".emf", ".ico", ".jfif"),
)
"""Read too, so that the finding says what the file is, and not that it is not there."""

P = ParamSpec("P")
T = TypeVar("T")


class Readings:
    """What became of each file when the project was loaded last: one that is the same is not worked out anew.

    For a process that loads the same project again and again. It holds what the last load asked for alone.
    """

    def __init__(self) -> None:
        self._before: dict[tuple[object, ...], tuple[tuple[object, ...], object]] = {}
        self._now: dict[tuple[object, ...], tuple[tuple[object, ...], object]] = {}

    def begin(self) -> None:
        """Let go of what the last load did not ask for."""
        self._before, self._now = self._now, {}

    def take(self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the pure *function* gives for these arguments, which are those of the file *name*."""
        key, given = (function, name), (*args, *kwargs.items())
        found = self._now.get(key) or self._before.get(key)
        if found is None or found[0] != given:
            found = given, function(*args, **kwargs)
        self._now[key] = found
        return cast(T, found[1])


def load(
    root: Path,
    readings: Readings | None = None,
    languages: Collection[str] | None = None,
    beside: Collection[str] = (),
) -> tuple[Project | None, tuple[Finding, ...]]:
    """Return the project in *root* and all that is wrong with its files.

    With the same *readings* as before only files that changed are worked out. Of its translations those are
    read that a handout lists, and those into *languages*, as a `Selection` names them; None: all. Those into
    *beside*, of which sheets stand there already, are read too. The project is None where its settings cannot
    be used. Raises UsageError where *root* is no project.
    """
    if not (root / SETTINGS_FILE).is_file():
        raise UsageError(
            say(
                "there is no {settings_file} in {resolve}",
                settings_file=SETTINGS_FILE,
                resolve=root.resolve(),
            ),
            say(
                "run this in the folder of a project, or name it: --project DIR; 'handout new project DIR' "
                "begins one"
            ),
        )
    loader = _Loader(root, readings or Readings())
    settings = loader.settings()
    if settings is None:
        return None, in_order(loader.findings)
    column_words = loader.column_words()
    examples = loader.strings(packaged_root()).get(EXAMPLE_LANGUAGE, {})
    table = loader.schools(settings, column_words)
    templates = loader.overlaid("templates", ".html")
    styles = loader.overlaid("styles", ".css", ".svg")
    handouts = loader.texts("content/handouts", documents.handout)
    asked = _asked(handouts.values(), languages or ())
    wanted = asked | _asked((), beside)
    catalogs, unread = loader.catalogs(None if languages is None or ALL_LANGUAGES in languages else wanted)
    project = Project(
        settings=settings,
        procedures=loader.texts("content/procedures", documents.procedure),
        fragments=loader.texts("content/fragments", documents.fragment),
        handouts=handouts,
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
        walks=loader.walks(),
        labels=loader.labels(),
        key_places=loader.key_places,
        strays=tuple(loader.strays),
        refused=table.refused,
        column_words=column_words,
        catalogs=catalogs,
        unread=unread,
        press=loader.press(settings),
    )
    unsaid = tuple(
        tag for tag in catalogs if tag not in asked and primary_language(tag) not in project.strings
    )
    project = replace(project, catalogs={tag: catalogs[tag] for tag in catalogs if tag not in unsaid})
    project, faults = translations.checked(project)
    loader.findings.extend(faults)
    found, broken = loader.pictures(_boxes(project))
    project = replace(project, pictures=found, broken_pictures=broken)
    loader.findings.extend(cross_check(project, loader.key_places))
    written = loader.strings(packaged_root(), root)
    words = tuple(
        finding
        for language in dict.fromkeys(map(primary_language, project.languages))
        for finding in check_words(project, language, written, examples)
    )
    words += tuple(words_to_come(tag) for tag in unsaid)
    return None if has_errors(words) else project, in_order((*loader.findings, *words))


def _asked(handouts: Iterable[HandoutSource], languages: Iterable[str]) -> frozenset[str]:
    """Return the languages that *handouts* list, and those that are named in *languages*."""
    listed = (tag for handout in handouts for tag in (*handout.languages, *handout.bilingual))
    return frozenset(part for tag in (*languages, *listed) for part in tag.split("+"))


def _content_hash(data: bytes) -> str:
    """Return the SHA-256 of *data*: of a text whatever its line ends, normal form and byte order mark."""
    with suppress(gate.Refused):
        data = gate.decode_text(data).encode()
    return hashlib.sha256(data).hexdigest()


def _read_toml(text: str) -> tuple[dict[str, object], Callable[[tuple[str | int, ...]], int]]:
    """Return the tables of *text*, and what gives the line of a key. Raises ValueError and RecursionError."""
    return tomllib.loads(text), cache(partial(toml_line, text))


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


def _no_profile(place: Place, name: str) -> Finding:
    known = ", ".join(sorted(color_profiles.FILES))
    return Finding(
        place,
        say("this machine has no colour profile of the printing condition '{name}'", name=name),
        say(
            "put the profile that the print shop gives in {folder}/ and write its file name, ending in .icc; "
            "names that are looked for on the machine: {known}",
            folder=PROFILE_FOLDER,
            known=known,
        ),
        rule=Rule.PRESS_PROFILE,
    )


class _Loader:
    """Reads through the gate, keeps what it finds and the hash of what every file holds."""

    def __init__(self, root: Path, readings: Readings) -> None:
        self.root = root
        self.readings = readings
        readings.begin()
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
        self.hashes[_key(path)] = self.readings.take(path, _content_hash, data)
        return data

    def refuse(self, path: str, refused: gate.Refused) -> None:
        self.findings.append(_finding_of(path, refused))

    def settings(self) -> Settings | None:
        own = self.toml(self.root, SETTINGS_FILE)
        packaged = self.toml(packaged_root(), FORMATS_FILE)
        if own is None or packaged is None:
            return None
        tables, positions = dict(own[0]), own[1]
        formats = tables.get("formats", {})
        if isinstance(formats, dict):
            tables["formats"] = {**packaged[0], **merged(packaged[0], formats)}
        model, findings = validated(Settings, tables, lambda loc: Place(SETTINGS_FILE, positions(loc)))
        self.findings.extend(findings)
        if model is not None:
            self.findings.extend(check_links(model, positions))
            self.findings.extend(check_status(model, positions))
            self.findings.extend(check_likes(model, positions))
            self.findings.extend(check_columns(model, positions))
            self.findings.extend(check_slots(model, positions))
            self.findings.extend(check_audiences(model, positions))
            self.key_places[SETTINGS_FILE] = setting_places(model, positions)
        return model

    def press(self, settings: Settings) -> PressProfile | None:
        """Return the press of the print shop of *settings*; None: there is none, or its profile is none."""
        own = settings.print_shop
        if own is None:
            return None
        place = self.key_places[SETTINGS_FILE].get("print-shop.profile", (Place(SETTINGS_FILE),))[0]
        stem, dot, ending = own.profile.rpartition(".")
        if dot and ending.casefold() in PROFILE_ENDINGS:
            data = self.read(f"{PROFILE_FOLDER}/{own.profile}", LARGEST_PROFILE_BYTES)
            if data is None:
                return None
        else:
            stem = own.profile
            data = color_profiles.found(stem)
            if data is None:
                self.findings.append(_no_profile(place, stem))
                return None
        if not is_of_a_press(data) or not mixes_colours(data):
            what = say("'{profile}' is not an ICC profile of a press with four inks", profile=own.profile)
            fix = say("ask the print shop for the profile of its press; that of a screen is none")
            self.findings.append(Finding(place, what, fix, rule=Rule.PRESS_PROFILE))
            return None
        return PressProfile(own.condition or stem, data, own.accents is Accents.SPOT)

    def words(self) -> WordList | None:
        if not _is_there(self.root / WORDS_FILE) or (read := self.toml(self.root, WORDS_FILE)) is None:
            return None
        tables, positions = read
        words, findings = validated(WordList, tables, lambda loc: Place(WORDS_FILE, positions(loc)))
        self.findings.extend(findings)
        return words

    def walks(self) -> tuple[Walk, ...]:
        if not _is_there(self.root / WALKS_FILE) or (read := self.toml(self.root, WALKS_FILE)) is None:
            return ()
        tables, positions = read
        walks, findings = validated(WalkList, tables, lambda loc: Place(WALKS_FILE, positions(loc)))
        self.findings.extend(findings)
        found = tuple(walks.walk) if walks else ()
        lines = (positions(("walk", number, "who")) for number in range(len(found)))
        places = {f"walk.{number}": (Place(WALKS_FILE, line),) for number, line in enumerate(lines)}
        self.key_places[WALKS_FILE] = places
        return found

    def labels(self) -> LabelRegister | None:
        if not _is_there(self.root / LABELS_FILE) or (read := self.toml(self.root, LABELS_FILE)) is None:
            return None
        tables, positions = read
        register, findings = validated(LabelRegister, tables, lambda loc: Place(LABELS_FILE, positions(loc)))
        self.findings.extend(findings)
        if register is not None:
            self.findings.extend(check_labels(register, positions))
            self.key_places[LABELS_FILE] = label_places(register, positions)
            # What keys print of it: when a label was seen changes no sheet.
            printed = sorted((text, *register.printed(text)) for text in register.all_texts)
            self.hashes[LABELS_FILE] = _content_hash(repr(printed).encode())
        return register

    def toml(
        self, root: Path, path: str
    ) -> tuple[dict[str, object], Callable[[tuple[str | int, ...]], int]] | None:
        try:
            text = gate.decode_text(gate.read_bytes(root, path, MOST_SETTINGS_BYTES))
            return self.readings.take(f"{root}/{path}", _read_toml, text)
        except gate.Refused as refused:
            self.refuse(path, refused)
        except RecursionError:
            what, fix = (
                say("this is not TOML: too many brackets stand in each other"),
                say("write short lists: [a, b]"),
            )
            self.findings.append(Finding(Place(path), what, fix, rule=Rule.TOML_BROKEN))
        except ValueError as error:  # also a number too long
            line = getattr(error, "lineno", 0) or line_in_message(str(error))
            self.findings.append(
                Finding(
                    Place(path, line),
                    say("this is not TOML: {problem}", problem=problem_in(error)),
                    say("mend this line; strings stand in quotes"),
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
            text, findings = self.readings.take(path, parse, path, data)
            self.findings.extend(findings)
            if text is None:
                continue
            self.key_places[path] = self.readings.take(path, documents.key_places, path, data)
            if (other := found.get(text.slug)) is not None:
                what = say("'{slug}' is also the name of {path}", slug=text.slug, path=other.place.path)
                self.findings.append(
                    Finding(Place(path), what, say("rename one of the two files"), rule=Rule.NAME_TWICE)
                )
            found[text.slug] = text
        return found

    def catalogs(
        self, wanted: Collection[str] | None
    ) -> tuple[dict[str, dict[str, TranslationCatalog]], frozenset[str]]:
        """Return the translations by language and source, and which languages were not *wanted* and read."""
        found: dict[str, dict[str, TranslationCatalog]] = {}
        unread: set[str] = set()
        for path in self.files(TRANSLATIONS, (CATALOG_SUFFIX,)):
            language, source = source_in(path)
            if wanted is not None and language not in wanted:
                unread.add(language)
                found.setdefault(language, {})[source] = TranslationCatalog(source, language, path)
                continue
            # Who prints one language does not pay for what reads the others.
            from handout.project.reading import catalogs

            if (data := self.read(path, MOST_TEXT_BYTES)) is None:
                continue
            catalog, findings = self.readings.take(path, catalogs.catalog, path, data)
            self.findings.extend(findings)
            if catalog is not None:
                found.setdefault(language, {})[source] = catalog
        return found, frozenset(unread)

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
        self, boxes: Mapping[str, pictures.Frame]
    ) -> tuple[dict[str, PictureFile], dict[str, Finding]]:
        """Return the pictures, none larger than shows in its box of *boxes*, and why others were refused."""
        found: dict[str, PictureFile] = {}
        broken: dict[str, Finding] = {}
        for path in self.files("content/images", PICTURE_SUFFIXES + OTHER_PICTURE_SUFFIXES):
            key = _key(path, "content")
            if key in found or key in broken:
                what = say(
                    "another picture has the name {key} too, with its accents written otherwise",
                    key=quoted(key),
                )
                fix = say("take one of the two away")
                self.findings.append(Finding(Place(path), what, fix, rule=Rule.NAME_TWICE))
            try:
                data = gate.read_bytes(self.root, path, pictures.MOST_BYTES)
            except gate.Refused as refused:
                broken[key] = _finding_of(path, refused)
                continue
            box = boxes.get(key, pictures.UNUSED_BOX)
            picture, findings = self.readings.take(path, pictures.picture, key, data, box)
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

    def schools(self, settings: Settings, words: Mapping[str, str]) -> schools.SchoolTable:
        there = [path for path in SCHOOLS_FILES if _is_there(self.root / path)]
        if len(there) != 1:
            self.findings.extend(_of_tables(there, [p for p in OTHER_TABLES if _is_there(self.root / p)]))
            return schools.SchoolTable()
        data = self.read(there[0], MOST_SCHOOLS_BYTES)
        if data is None:
            return schools.SchoolTable()
        table = self.readings.take(there[0], schools.schools, there[0], data, settings.schools.columns, words)
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
                if root is self.root and key.startswith(PAGES):
                    continue  # they are the program's: a look of its own a project gives them by styles
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
                words, own = found.setdefault(PurePosixPath(path).stem, {}), flat(read[0])
                for key in _of_other_words(words, own):
                    words.pop(key, None)
                words.update(own)
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
    fault = say("bytes that are no UTF-8") if is_foreign else say("a sign that nobody sees")
    return Finding(
        Place(path),
        say(
            "the name of a file in {folder} holds {fault}, and nothing can name it",
            folder=folder,
            fault=fault,
        ),
        say("rename it: letters, digits and hyphens are always right"),
        Severity.ERROR if is_text else Severity.WARNING,
        Rule.NAME_UNUSABLE,
    )


def _of_tables(there: Sequence[str], others: Iterable[str]) -> Iterator[Finding]:
    """Yield what is wrong where there are several tables of schools, *there*, or only *others* of no use."""
    if there:
        what = say("there are two tables of schools, {there}", there=all_of(there))
        fix = say("take away the one that is out of date")
        yield Finding(Place(there[-1]), what, fix, rule=Rule.SCHOOLS_TABLE)
        return
    for path in others:
        fix = say("save it as an Excel workbook, schools.xlsx, or as CSV UTF-8, schools.csv")
        yield Finding(
            Place(path), say("the table of schools is not read in this form"), fix, rule=Rule.SCHOOLS_TABLE
        )


def _finding_of(path: str, refused: gate.Refused) -> Finding:
    return Finding(Place(path, refused.line), refused.what, refused.fix, rule=refused.rule)


def _boxes(project: Project) -> dict[str, pictures.Frame]:
    """Return the largest place in which each picture is printed, by its path.

    A style sheet says how large a picture of a text is, but no sheet shows it larger than its page.
    """
    settings = project.settings
    named = {name for handout in project.handouts.values() for name in handout.formats} & {*settings.formats}
    formats = {format_ for name in named for format_ in settings.readings_of(name).values()}
    pages = [settings.formats[name] for name in formats or settings.formats]
    page = _largest((one.width_mm, one.height_mm) for one in pages)
    logo = _largest(
        (slot.width_mm, slot.height_mm) for name in settings.formats if (slot := settings.logo_slot(name))
    )
    paths = (settings.organisation.logo_path, *(school.logo for school in project.schools))
    logos = {path: logo for path in paths if path}
    return {**logos, **dict.fromkeys(project.pictures_in_texts, page)}


def _largest(sizes: Iterable[tuple[float, float]]) -> pictures.Frame:
    widths, heights = zip((1.0, 1.0), *sizes, strict=True)
    return pictures.Frame(max(widths), max(heights))


_HEARD_FOR = {
    "device.computer": "said.computer",
    "device.smartphone": "said.smartphone",
    "device.any": "said.any",
    "key-enter": "said.enter",
}
"""What is heard in place of a printed word, and has that word in it."""


def _of_other_words(words: Mapping[str, str], own: Mapping[str, str]) -> Iterator[str]:
    """Yield the keys that go with those of *words* that *own* replaces: plural forms, and what is heard."""
    yield from (f"{key}-{form}" for key in own for form in FORMS)
    yield from (heard for key, heard in _HEARD_FOR.items() if key in own and own[key] != words.get(key))


def _with_words_beside(
    strings: dict[str, dict[str, str]], examples: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return *strings*, each with those of *examples* in place of what it lacks beside the sheets."""
    beside = {key: word for key, word in examples.items() if key.startswith(BESIDE_SHEETS)}
    return {
        language: {**_without_forms_of(words, beside), **_signs(words), **words}
        for language, words in strings.items()
    }


def _without_forms_of(words: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Return *others* without the plural forms of what *words* say themselves, in another language."""
    return {
        key: word for key, word in others.items() if (split := base_of(key)) is None or split[0] not in words
    }


def _signs(words: Mapping[str, str]) -> dict[str, str]:
    """Return the signs that need no language, for what *words* may lack."""
    inside, devices = words.get("in-handout", ""), ("device.computer", "device.smartphone")
    return {
        "in-lettered-handout": inside,
        "lettered-handout": "{handout}",
        "in-procedure": inside.replace("{handout}", "{procedure}"),
        "own-procedure": "‘{procedure}’",
        "part": "",
        "until": "–",
        "do-steps": "→ {steps}",
        "come-back": "← {step}",
        "come-back-here": "←",
        "bring": "+ {things}",
        "and": "+",
        "way-in-steps": "{title}: {count}",
        "screen.parts": "↓",
        "screen.qr": "→",
        "untranslated": "≠ {count}",
        "unreviewed": "≠",
        **dict.fromkeys(("onward", "onward-page"), f"{words.get('step', '')} {{number}}".strip()),
        "continued": "{number}",
        "overleaf": "",
        "format.leaflet-letter": words.get("format.leaflet-a4", ""),
        "format.leaflet-half-letter": words.get("format.leaflet-a4", ""),
        "status": f"{words.get('code', '')}?",
        "device.any": " / ".join(words.get(device, "") for device in devices),
        "said.step": "{number}",
        "said.computer": words.get("device.computer", ""),
        "said.smartphone": words.get("device.smartphone", ""),
        "said.any": words.get("device.any", " / ".join(words.get(device, "") for device in devices)),
        "said.enter": words.get("key-enter", ""),
        "said.letter": "{letter}",
    }


def _with_columns(strings: dict[str, dict[str, str]], columns: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return *strings* with a word for each of *columns*: its name, where a language has none."""
    names = {f"school.{column}": column for column in columns}
    return {language: {**names, **words} for language, words in strings.items()}


def _is_there(path: Path) -> bool:
    """Tell whether there is anything at *path*, a link that leads nowhere too: the gate refuses that one."""
    return path.is_symlink() or path.exists()
