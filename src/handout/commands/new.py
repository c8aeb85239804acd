"""Begin a project, a procedure or a handout: `handout new`."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from handout.commands.language import of_machine, told
from handout.commands.loading import loaded_project, today
from handout.commands.options import Formats, ProjectFolder
from handout.commands.output import print_found, stderr, stdout
from handout.machine.new_files import read_given, write_new
from handout.model.findings import UsageError, suggest
from handout.model.messages import Message, say, verbatim
from handout.model.names import PICTURE_SUFFIXES, SETTINGS_FILE, slug_fault, slug_of
from handout.project.selection import Selection

if TYPE_CHECKING:
    from handout.project.project import Project
    from handout.project.starter import Answers

group = typer.Typer(
    help="Begin a project, a procedure or a handout.", no_args_is_help=True, rich_markup_mode=None
)
MOST_LOGO_BYTES = 30_000_000
LOGO_KINDS = ", ".join(suffix.removeprefix(".") for suffix in PICTURE_SUFFIXES)

Title = Annotated[str, typer.Argument(metavar="NAME", help='What it is called: "Reset the printer".')]
ForAudiences = Annotated[
    list[str] | None,
    typer.Option("--audience", metavar="NAME", help="For this audience; default: all. Repeatable."),
]


@group.command("project")
def new_project(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the project.")],
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="NAME", help="Who gives the handouts out.")
    ] = None,
    audience: Annotated[
        list[str] | None,
        typer.Option("--audience", metavar="NAME", help="For whom, in a word: Visitors. Repeatable."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="TAG", help="Of what is printed: en, nl-BE, by its tag."),
    ] = None,
    accent: Annotated[
        list[str] | None,
        typer.Option(
            "--accent",
            metavar="COLOUR",
            help="A dark colour, '#123e8c', for each audience in their order. Repeatable.",
        ),
    ] = None,
    logo: Annotated[
        Path | None,
        typer.Option("--logo", metavar="FILE", help=f"The logo ({LOGO_KINDS}); default: a drawn example."),
    ] = None,
) -> None:
    """Lay down a small whole project: one procedure, a leaflet, a poster, a card. Writes over nothing.

    Asks on a terminal for what is not given.

    Example: handout new project wifi --organisation 'City Library' --audience Visitors --audience Staff
    """
    from handout.project.starter import Answers, begins_in_english, project_files, words_to_translate

    if (folder / SETTINGS_FILE).exists():
        raise UsageError(
            say(
                "{folder} is a project already: it has a {file}",
                folder=folder,
                file=SETTINGS_FILE,
            ),
            say("choose another folder, or add to this one: handout new procedure NAME"),
        )
    answers = _asked(
        Answers(
            organisation=organisation or "",
            language=language or "",
            audiences=tuple(audience or ()),
            accents=tuple(colour.lower() for colour in accent or ()),
            logo=_logo(logo) if logo else None,
            day=today(),
        ),
        folder,
    )
    files = project_files(answers)
    _prove(files)
    write_new(folder, files)
    _say_written(folder, [path for path in files if path.endswith((".md", ".toml", ".csv"))])
    steps = [
        say("{command}; then open build/index.html", command=_build_in(folder)),
        say("handout.toml says who it is of and for whom, content/ has the texts: write yours over them"),
    ]
    if (words := words_to_translate(answers.language)) is not None:
        steps.append(
            say("the words in {path} and all texts are still in English: translate them", path=words)
        )
    elif begins_in_english(answers.language):
        steps.append(say("the texts in content/ and handout.toml are still in English: translate them"))
    _say_next(*steps)


@group.command("procedure")
def new_procedure(name: Title, audience: ForAudiences = None, project: ProjectFolder = Path()) -> None:
    """Begin a procedure: a file with its front matter filled in, and steps to write over.

    Example: handout new procedure 'Reset the printer'
    """
    from handout.project.starter import procedure_text

    there = _project(project, audience)
    slug = _slug(name)
    text = procedure_text(there, name, audience or tuple(there.settings.audiences), today())
    path = f"content/procedures/{slug}.md"
    write_new(project, {path: text.encode()})
    _say_written(project, [path])
    _say_next(
        say("write its steps in {path}", path=path),
        say(
            "put it on paper: {command}",
            command=_command(project, "new", "handout", name, "--procedure", slug, "--format", "leaflet-a4"),
        ),
    )


@group.command("handout")
def new_handout(
    name: Title,
    format_: Formats = None,
    procedure: Annotated[
        list[str] | None,
        typer.Option("--procedure", metavar="NAME", help="A procedure that it shows. Repeatable."),
    ] = None,
    audience: ForAudiences = None,
    project: ProjectFolder = Path(),
) -> None:
    """Begin a handout: a file with its front matter filled in. Without --format it is a leaflet-a4.

    Example: handout new handout 'Reset the printer' --format trifold --procedure reset-the-printer
    """
    from handout.project.starter import handout_text, shows_steps_alone

    there = _project(project, audience)
    formats = format_ or ["leaflet-a4"]
    for one in formats:
        _known(say("format"), one, there.settings.plain_formats)
    procedures = [one.removesuffix(".md") for one in procedure or ()]
    for one in procedures:
        _known(say("procedure"), one, there.procedures)
    slug = _slug(name)
    text = handout_text(
        there, name, audience or tuple(there.settings.audiences), formats, procedures, today()
    )
    path = f"content/handouts/{slug}.md"
    write_new(project, {path: text.encode()})
    _say_written(project, [path])
    commands = "; ".join(_command(project, name, slug) for name in ("check", "build"))
    what = say("write what it says in {path}", path=path)
    if shows_steps_alone(formats):  # it refuses sentences of its own
        what = say("name under 'procedures:' in {path} whose steps it shows", path=path)
    _say_next(*(() if shows_steps_alone(formats) and procedures else (what,)), verbatim(commands))


def _project(folder: Path, audiences: Sequence[str] | None) -> Project:
    """Return the project to which a text is added. Raises UsageError where its settings cannot be used."""
    loaded = loaded_project(folder, Selection())
    if loaded.project is None:
        print_found(loaded.findings, {}, as_json=False, quiet=False)
        raise UsageError(
            say("the settings in {folder} cannot be used", folder=folder / SETTINGS_FILE),
            say("mend what is told above"),
        )
    for one in audiences or ():
        _known(say("audience"), one, loaded.project.settings.audiences)
    return loaded.project


def _known(kind: Message, name: str, names: Mapping[str, object]) -> None:
    if name not in names:
        raise UsageError(say("there is no {kind} '{name}'", kind=kind, name=name), suggest(name, names))


def _slug(title: str) -> str:
    """Return the name of the file for *title*. Raises UsageError where none can be made of it."""
    slug = slug_of(title)
    if not slug:
        fix = say("give it a name in the letters a-z; the title in the file may be any")
        raise UsageError(say("no name of a file can be made of '{title}'", title=title), fix)
    if (fault := slug_fault(slug)) is not None:
        raise UsageError(*fault)
    return slug


def _prove(files: Mapping[str, bytes]) -> None:
    """Read the new project back before it is laid down. Raises UsageError where an answer spoils it."""
    from handout.builder.examine import examine

    with TemporaryDirectory(prefix="handout-new-") as folder:
        write_new(Path(folder), files)
        loaded = loaded_project(Path(folder), Selection())
        findings = loaded.findings
        if loaded.project is not None:
            findings += examine(loaded.project, loaded.editions, today(), is_whole=True).findings
        for one in findings:
            raise UsageError(
                say("{what} (it would stand in {place})", what=one.what, place=one.place), one.fix
            )


def _asked(answers: Answers, folder: Path) -> Answers:
    """Return *answers* with what is missing, asked on a terminal, or as it is usual elsewhere."""
    from handout.project.project import primary_language

    name = folder.resolve().name.replace("-", " ").replace("_", " ").strip().title() or "Example"
    usual_language = _language_of_the_machine()
    if not sys.stdin.isatty():
        return replace(
            answers,
            organisation=answers.organisation or name,
            language=answers.language or usual_language,
        )
    organisation = answers.organisation or _ask(say("Who gives the handouts out?"), name)
    language = answers.language or _ask(say("In which language are they? en, nl-BE, …"), usual_language)
    audiences = answers.audiences
    if not audiences:
        usual = "Medewerkers, Bezoekers" if primary_language(language) == "nl" else "Staff, Visitors"
        said = _ask(say("For whom? One word each, with commas between"), usual)
        audiences = tuple(one.strip() for one in said.split(",") if one.strip())
    accents = answers.accents
    if not accents:
        said = _ask(say("A dark colour for the first of them, as #123e8c"), "#123e8c")
        accents = (said.lower(),)
    logo = answers.logo
    if logo is None and (said := _ask(say("The file of your logo; Enter: a drawn example"), "")):
        logo = _logo(_at_home(said))
    return replace(
        answers, organisation=organisation, language=language, audiences=audiences, accents=accents, logo=logo
    )


def _at_home(typed: str) -> Path:
    """Return the file that is *typed*, whose `~` no shell has read."""
    try:
        return Path(typed).expanduser()
    except RuntimeError:  # ~somebody, who has no folder here
        return Path(typed)


def _logo(file: Path) -> tuple[str, bytes]:
    """Return the name of *file* and what is in it. Raises UsageError where it cannot be a logo."""
    if file.suffix.lower() not in PICTURE_SUFFIXES:
        fix = say("name a file with the logo in it, of one of these kinds: {kinds}", kinds=LOGO_KINDS)
        raise UsageError(say("{file} has not the name of a picture", file=file), fix)
    return file.name, read_given(file, MOST_LOGO_BYTES)


def _ask(question: Message, usual: str) -> str:
    # Results alone go to stdout.
    answer: str = typer.prompt(told(question), default=usual, show_default=bool(usual), err=True)
    return answer.strip()


def _language_of_the_machine() -> str:
    """Return the language that a terminal is set to, where there is a starter in it; English otherwise."""
    from handout.project.project import primary_language

    tag = of_machine(os.environ)
    return tag if primary_language(tag) == "nl" else "en"


def _say_written(folder: Path, paths: Sequence[str]) -> None:
    for path in sorted(paths):
        stdout.print(str(folder / path))


def _build_in(folder: Path) -> str:
    if folder == Path():
        return "handout build"
    there = f"./{folder}" if str(folder).startswith("-") else str(folder)
    return f"cd {shlex.quote(there)}; handout build"


def _command(project: Path, *words: str) -> str:
    """Return the command of *words* for the project in *project*, as a person types it in a shell."""
    there = ("--project", str(project)) if project != Path() else ()
    return shlex.join(("handout", *words, *there))


def _say_next(*lines: Message) -> None:
    """Print what a person does next, one a line, all behind the word for it."""
    first = told(say("next"))
    for number, line in enumerate(lines):
        stderr.print(f"{' ' * (len(first) + 2) if number else f'{first}: '}{told(line)}")
