"""Send the texts of a project to a translator, and take the translation in: `handout translate`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handout.commands.language import told
from handout.commands.loading import loaded_project
from handout.commands.options import Handouts, ProjectFolder
from handout.commands.output import print_found, stderr, stdout
from handout.machine import gate
from handout.machine.new_files import read_given, write_over
from handout.model.catalog import KEYS, SETTINGS, Unit, catalog_path
from handout.model.findings import UsageError
from handout.model.messages import say, say_count
from handout.model.names import quoted
from handout.model.school import LANGUAGE_TAG
from handout.project.selection import Selection

if TYPE_CHECKING:
    from handout.project.project import Project
    from handout.project.reading.catalogs import PoCatalog

group = typer.Typer(
    help="Send texts to a translator, and take the translation in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
MOST_BYTES = 8_000_000

Tag = Annotated[str, typer.Argument(metavar="LANGUAGE", help="Into which language, by its tag: fr.")]


@group.command("export")
def export(
    language: Tag,
    handouts: Handouts = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FILE.po",
            help="Write one file to send, and leave the catalogs in content/translations as they are.",
        ),
    ] = None,
    project: ProjectFolder = Path(),
) -> None:
    """Bring the catalogs of a language up to date with the texts: what is new is open, what changed is fuzzy.

    Example: handout translate export fr mfa-instellen --to mfa-fr.po
    """
    from handout.project import exchange
    from handout.project.project import primary_language
    from handout.project.reading.catalogs import po_bytes

    _check_tag(language)
    loaded = _whole(project, handouts or ())
    wanted = _units(loaded, handouts or ())
    made = {
        source: exchange.up_to_date(_catalog(project, language, source), units, language)
        for source, units in wanted.items()
    }
    left = sum(1 for source, one in made.items() if source != KEYS for m in one if m.id and not _holds(m))
    if to is None:
        files = {catalog_path(language, source): po_bytes(one) for source, one in made.items()}
        write_over(project, files)
    else:
        write_over(to.parent, {to.name: po_bytes(exchange.joined(made, language))})
        stdout.print(str(to))
    if (spoken := primary_language(language)) not in loaded.strings:
        words = f"templates/strings/{spoken}.toml"
        note = say(
            "note: no sheet is made in {language} before {path} has its printed words",
            language=language,
            path=words,
        )
        stderr.print(told(note))
    stdout.print(
        told(
            say_count(
                left,
                "{language}: 1 text has no translation that holds",
                "{language}: {n} texts have no translation that holds",
                language=language,
            )
        )
    )


@group.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.po", help="What came back from the translator.")],
    project: ProjectFolder = Path(),
) -> None:
    """Take a file that 'export --to' made, and a translator filled in, into content/translations.

    Example: handout translate import mfa-fr.po
    """
    from handout.project import exchange
    from handout.project.load import load
    from handout.project.reading.catalogs import po_bytes

    whole = _read(file.name, read_given(file, MOST_BYTES))
    language = whole.headers.get("Language", "").replace("_", "-")
    _check_tag(language)
    given = exchange.parted(whole)
    known = _units(_whole(project, ()), ())
    strange = sorted(set(given) - set(known))
    if strange or not given:
        raise UsageError(
            say("{file} has texts of {source}, which is none of this project", file=file, source=strange[0])
            if strange
            else say("{file} does not say of which text its entries are", file=file),
            say("take the file that 'handout translate export --to' made, with its msgctxt lines"),
        )
    files = {}
    for source, entries in given.items():
        taken = exchange.taken(_catalog(project, language, source), entries, whole, language)
        files[catalog_path(language, source)] = po_bytes(exchange.up_to_date(taken, known[source], language))
    write_over(project, files)
    for path in files:
        stdout.print(path)
    _, found = load(project, languages=(language,))
    print_found((one for one in found if one.place.path in files), {}, as_json=False, quiet=False)


def _check_tag(language: str) -> None:
    import re

    if not re.fullmatch(LANGUAGE_TAG, language):
        raise UsageError(
            say("{language} is no language", language=quoted(language)),
            say("name it by its tag: fr, ar, pt-BR"),
        )


def _whole(folder: Path, handouts: Collection[str]) -> Project:
    loaded = loaded_project(folder, Selection(handouts=tuple(handouts)))
    if loaded.project is None:
        fault = UsageError(say("the project cannot be read"), say("mend what is told above"))
        fault.findings = loaded.findings
        raise fault
    return loaded.project


def _units(project: Project, handouts: Collection[str]) -> Mapping[str, tuple[Unit, ...]]:
    """Return what is translated of *handouts*, all where none is named, by source."""
    from handout.project import translations

    every = translations.units_of(project)
    if not handouts:
        return every
    sources = set(_sources(project, handouts)) | {SETTINGS}
    found = {source: units for source, units in every.items() if source in sources}
    keys = translations.keys_of(project, sources)
    return {**found, KEYS: keys} if keys else found


def _sources(project: Project, handouts: Iterable[str]) -> Iterable[str]:
    from handout.document.outline import outlined

    for slug in handouts:
        handout = project.handouts[slug]
        for audience in handout.audiences:
            for path in outlined(project, handout, audience, lambda _: None).sources:
                yield path.removeprefix("content/").removesuffix(".md")


def _catalog(folder: Path, language: str, source: str) -> PoCatalog | None:
    path = catalog_path(language, source)
    if not (folder / path).is_file():
        return None
    return _read(path, gate.read_bytes(folder, path, MOST_BYTES))


def _read(path: str, data: bytes) -> PoCatalog:
    from babel.messages.pofile import PoFileError

    from handout.project.reading.catalogs import read_po_text

    try:
        return read_po_text(gate.decode_text(data))
    except gate.Refused as refused:
        raise UsageError(say("{path}: {what}", path=path, what=refused.what), refused.fix) from refused
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", None)
        what = say("{path} is not a whole PO file", path=path)
        if line is not None:
            what = say("{path}:{line}: this line does not belong in a PO file", path=path, line=line + 1)
        raise UsageError(
            what,
            say("mend this line, or save the file anew in the program for translators that it came from"),
        ) from error


def _holds(message: object) -> bool:
    return bool(getattr(message, "string", "")) and not getattr(message, "fuzzy", True)
