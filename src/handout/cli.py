"""The command line: commands, messages and exit codes."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from handout import __version__, again, preload, workers
from handout import doctor as examination
from handout.cache import Cache, Removed, user_folder
from handout.errors import ExitCode, Finding, HandoutError, UsageError, has_errors, in_order, is_consequence
from handout.printing import in_red, print_found, print_json, stderr, stdout
from handout.reading.names import quoted
from handout.record import Past
from handout.selection import Selection

# A build in which nothing changed is over before the rest could be imported.
if TYPE_CHECKING:
    from rich.table import Table

    from handout.build import Examined
    from handout.listing import EditionRow, PrintFacts
    from handout.plan import Edition
    from handout.project import Project
    from handout.running import Result

app = typer.Typer(
    name="handout",
    help="Turn Markdown procedures into printed leaflets, posters and cards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


# ---- options that several commands share ------------------------------------------------------


def _slugs(folder: str) -> Callable[[str], list[str]]:
    """Return the completion of the names of the Markdown files in *folder* of the project at hand."""

    def complete(incomplete: str) -> list[str]:
        return sorted(p.stem for p in Path(folder).glob("*.md") if p.stem.startswith(incomplete))

    return complete


def _setting_names(table: str) -> Callable[[str], list[str]]:
    """Return the completion of the keys of *table* in the settings of the project at hand."""

    def complete(incomplete: str) -> list[str]:
        from handout.project import load

        try:
            project, _ = load(Path())
        except HandoutError:
            return []
        names = getattr(project.settings, table) if project else ()
        return sorted(name for name in names if name.startswith(incomplete))

    return complete


Handouts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="HANDOUT",
        help="Names of handouts; default: all.",
        autocompletion=_slugs("content/handouts"),
    ),
]
Audiences = Annotated[
    list[str] | None,
    typer.Option(
        "--audience",
        metavar="NAME",
        help="Only for this audience. Repeatable.",
        autocompletion=_setting_names("audiences"),
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Only in this format. Repeatable.",
        autocompletion=_setting_names("formats"),
    ),
]
Languages = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="TAG", help="Only in this language, by its tag: nl-BE. Repeatable."),
]
Schools = Annotated[
    list[str] | None,
    typer.Option(
        "--school",
        metavar="ID",
        help="The copy for this school, by its id; 'all' for every school. Repeatable.",
    ),
]
ProjectFolder = Annotated[
    Path,
    typer.Option(
        "--project",
        metavar="DIR",
        show_default=False,
        help="The folder that holds handout.toml; default: this one.",
    ),
]
OutputFolder = Annotated[
    Path | None,
    typer.Option("--output", metavar="DIR", help="Where the files go; default: build in the project."),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="COLUMN=VALUE",
        help="The copies for the schools with this value in content/schools.csv: room=B12, or Lokaal=B12. "
        "Repeatable.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Mono = Annotated[
    bool,
    typer.Option("--mono", help="Also the edition in black alone, beside each piece: …-mono.pdf."),
]
PrintShop = Annotated[
    bool,
    typer.Option(
        "--print-shop",
        help="Also a file for a print shop, with crop marks and 3 mm of bleed: …-shop.pdf.",
    ),
]
Merge = Annotated[
    bool,
    typer.Option(
        "--merge",
        help="Also one print job of each handout for all schools together, with a job ticket: jobs/….",
    ),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print faults only.")]
Verbose = Annotated[
    bool, typer.Option("-v", "--verbose", help="Print each edition, and tracebacks of crashes.")
]


@dataclass(frozen=True)
class Loaded:
    """A project with what is wrong with its files, and the editions that were asked for."""

    project: Project | None
    editions: tuple[Edition, ...]
    findings: tuple[Finding, ...]


def _selection(
    handouts: list[str] | None,
    audiences: list[str] | None,
    formats: list[str] | None,
    languages: list[str] | None,
    schools: list[str] | None,
    only: list[str] | None,
    *,
    mono: bool = False,
    print_shop: bool = False,
    merge: bool = False,
    keep_going: bool = False,
) -> Selection:
    return Selection(
        tuple(handouts or ()),
        tuple(audiences or ()),
        tuple(formats or ()),
        tuple(languages or ()),
        tuple(schools or ()),
        tuple(only or ()),
        mono,
        print_shop,
        merge,
        keep_going,
    )


def _load(folder: Path, selection: Selection) -> Loaded:
    from handout.plan import editions
    from handout.project import load

    project, findings = load(folder)
    if project is None:
        return Loaded(None, (), findings)
    try:
        return Loaded(project, editions(project, selection), findings)
    except UsageError as error:
        # What is chosen from could not be read: its findings say more than "there is no such school".
        if is_consequence(error.about, findings):
            return Loaded(project, (), findings)
        error.findings = findings
        raise


# ---- commands ---------------------------------------------------------------------------------


@app.command()
def build(
    context: typer.Context,
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    school: Schools = None,
    only: Only = None,
    project: ProjectFolder = Path(),
    output: OutputFolder = None,
    mono: Mono = False,
    print_shop: PrintShop = False,
    merge: Merge = False,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going",
            help="Leave out the schools whose row has a fault, and write all else: exit code 6.",
        ),
    ] = False,
    jobs: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", show_default=False, help="Processes to work with; default: one a core."
        ),
    ] = os.cpu_count() or 1,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask", metavar="ADDRESS", help="Work on the cluster of this Dask scheduler: tcp://host:8786."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make everything anew, also what did not change.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell of each edition why it was made anew, or that it was not.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make the PDF files. Writes all of them, or none where anything is wrong.

    With --keep-going a school whose row has a fault is left out, and the others are written.

    Example: handout build mfa-instellen --audience staff
    """
    selection = _selection(
        handouts,
        audience,
        format_,
        language,
        school,
        only,
        mono=mono,
        print_shop=print_shop,
        merge=merge,
        keep_going=keep_going,
    )
    folder = _output_folder(output, project)
    past = Past.of(project, Cache(user_folder()))
    request = again.Request(project, folder, selection, explain, as_json, quiet, verbose)
    with _true_to_the_end(folder):
        _carry_out(request, context.obj, past, jobs, dask, force=force)


def _carry_out(
    request: again.Request, arguments: Sequence[str], past: Past, jobs: int, dask: str | None, *, force: bool
) -> NoReturn:
    """Do what *request* asks for, which a person typed as *arguments*, and leave with its exit code."""
    selection, folder = request.selection, request.folder
    if not force and (code := again.repeated(request, past)) is not None:
        again.remember(request, arguments, past.cache)
        raise typer.Exit(code)
    if dask is None and (force or not past.is_known(folder)):
        workers.warm_up(preload.TO_RENDER)
    elif dask is None and (selection.schools or selection.only):
        workers.warm_up(preload.TO_STRIKE)  # the plates are there from an earlier build
    from handout import build as builder
    from handout.refusal import refused_rows
    from handout.running import Unfinished

    loaded = _load(request.project, selection)
    found = loaded.findings
    if loaded.project is not None:
        found = in_order((*found, *builder.unprintable(loaded.project, loaded.editions)))
    work = builder.printable(loaded.project, loaded.editions, found) if loaded.project else None
    if work is None or (has_errors(found) and not selection.keep_going):
        more = builder.check(loaded.project, loaded.editions) if loaded.project else ()
        found = in_order((*found, *more))
        refused = refused_rows(loaded.project, found) if loaded.project else None
        raise typer.Exit(again.print_build(request, (), found, {}, refused or (), is_written=False))
    whole, planned = work
    try:
        with _progress(whole, planned, request.verbose, request.quiet or request.as_json) as done:
            built = builder.build(
                whole,
                planned,
                folder,
                selection=selection,
                jobs=jobs,
                done=done,
                found=found,
                past=past,
                is_forced=force,
                cluster=dask,
            )
    except Unfinished as error:
        told = again.result((), error.exit_code, ())
        print_found((*found, *error.findings), told, request.as_json, request.quiet)
        raise
    code = again.print_build(
        request, built.files, built.findings, built.changes, built.refused, is_written=built.is_written
    )
    if built.one_by_one and not request.quiet:
        stderr.print(_one_by_one(folder, built.one_by_one))
    if not force:
        again.remember(request, arguments, past.cache)
    raise typer.Exit(code)


class _StoppedLate(Exception):
    """A Ctrl-C when the files were not as before any more: what a person is told of them."""


@contextmanager
def _true_to_the_end(folder: Path) -> Iterator[None]:
    """Raise _StoppedLate for a Ctrl-C after which *folder* holds other files than before."""
    from handout import publish

    before = publish.mark_of(folder)
    try:
        yield
    except KeyboardInterrupt as stop:
        if publish.mark_of(folder) != before:
            raise _StoppedLate(f"interrupted, but the new files are in place in {folder}") from stop
        if publish.is_half_done(folder):
            what = f"interrupted: {folder} holds some old files and some new ones until the next build"
            raise _StoppedLate(what) from stop
        raise


@app.command()
def check(
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    school: Schools = None,
    only: Only = None,
    project: ProjectFolder = Path(),
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "-v",
            "--verbose",
            help="Print how long the sentences of each handout are and what was reconstructed, "
            "and tracebacks of crashes.",
        ),
    ] = False,
    printed: Annotated[
        Path | None,
        typer.Option(
            "--printed", metavar="FILE.pdf", help="Say instead whether this printed PDF is still right."
        ),
    ] = None,
    code: Annotated[
        str | None,
        typer.Option(
            "--code", help="Say instead whether the sheet with this code at its foot is still right."
        ),
    ] = None,
    output: OutputFolder = None,
    full: Annotated[
        bool, typer.Option("--full", help="Also make every sheet and read it back; writes none of them.")
    ] = False,
    twice: Annotated[
        bool, typer.Option("--twice", help="Also build twice in clean processes and compare the bytes.")
    ] = False,
    as_sarif: Annotated[
        bool, typer.Option("--sarif", help="Print the findings as SARIF, for a code forge.")
    ] = False,
) -> None:
    """Check references, wording and dates, without rendering. Writes nothing.

    Example: handout check
    """
    from handout import build as builder

    selection = _selection(handouts, audience, format_, language, school, only)
    loaded = _load(project, selection)
    if printed is not None or code is not None:
        _finish_standing(loaded, project, output, printed, code, as_json)
    examined = builder.Examined((), (), ())
    if loaded.project is not None:
        is_whole = selection.is_everything and not has_errors(loaded.findings)
        examined = builder.examine(loaded.project, loaded.editions, _today(), is_whole)
    findings = in_order((*loaded.findings, *examined.findings))
    work = builder.printable(loaded.project, loaded.editions, findings) if loaded.project else None
    if work is not None:
        if full:
            findings = in_order((*findings, *_made_findings(*work, quiet)))
        if twice and not has_errors(findings):
            from handout import repeat

            findings = in_order((*findings, *repeat.differences(project, _as_arguments(selection))))
    if as_sarif:
        from handout import sarif

        print_json(sarif.report(findings))
        raise typer.Exit(ExitCode.FINDINGS if has_errors(findings) else ExitCode.DONE)
    if not quiet and not as_json:
        _print_examined(examined, verbose, None if findings else len(loaded.editions))
    _finish(findings, {"editions": len(loaded.editions), **_examined_rows(examined)}, as_json, quiet)


def _made_findings(project: Project, planned: Sequence[Edition], quiet: bool) -> Iterator[Finding]:
    """Yield what is wrong with the sheets of *planned*, each made, read back and thrown away."""
    from handout.running import make_all

    with (
        _progress(project, planned, verbose=False, hidden=quiet) as done,
        closing(make_all(project, planned, os.cpu_count() or 1)) as made,
    ):
        for one in made:
            done(one)
            yield from one.findings


def _as_arguments(selection: Selection) -> tuple[str, ...]:
    """Return *selection* as a person types it."""
    options = {
        "--audience": selection.audiences,
        "--format": selection.formats,
        "--language": selection.languages,
        "--school": selection.schools,
        "--only": selection.only,
    }
    typed = (word for option, names in options.items() for name in names for word in (option, name))
    return (*selection.handouts, *typed)


@app.command("list")
def list_editions(
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    school: Schools = None,
    only: Only = None,
    project: ProjectFolder = Path(),
    mono: Mono = False,
    print_shop: PrintShop = False,
    by_source: Annotated[
        bool,
        typer.Option(
            "--sources", help="List where each source went instead: procedures, handouts, audiences."
        ),
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List what a build would make, with the paper that it needs.

    Example: handout list --audience students
    """
    from handout import listing

    loaded = _load(
        project,
        _selection(handouts, audience, format_, language, school, only, mono=mono, print_shop=print_shop),
    )
    if by_source:
        _finish_sources(loaded, as_json, quiet)
    rows, findings = listing.rows(loaded.project, loaded.editions) if loaded.project else ((), ())
    if not as_json and not quiet and rows:
        stdout.print(_table(rows))
    _finish((*loaded.findings, *findings), {"editions": rows}, as_json, quiet)


@app.command()
def doctor(
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="The folder that builds write to.")
    ] = Path("build"),
    as_json: AsJson = False,
) -> None:
    """Tell what this machine lacks, and how to get it.

    Example: handout doctor
    """
    checks = examination.examine(output, user_folder())
    if as_json:
        print_json([asdict(one) for one in checks])
    else:
        stdout.print(_health(checks))
        for one in checks:
            if not one.ok:
                _print_remedies(one)
    raise typer.Exit(ExitCode.DONE if all(one.ok for one in checks) else ExitCode.ENVIRONMENT)


caches = typer.Typer(help="Look after what builds keep.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(caches, name="cache")


@caches.command()
def clear(as_json: AsJson = False) -> None:
    """Remove what earlier builds kept.

    The next build makes everything anew. What stands in build/ stays.

    Example: handout cache clear
    """
    folder = user_folder()
    removed = Cache(folder).clear()
    if as_json:
        print_json(asdict(removed))
    else:
        stdout.print(_in_words(removed, folder))


def _version(asked: bool) -> None:
    if asked:
        stdout.print(f"handout {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Turn Markdown procedures into printed leaflets, posters and cards."""


def _output_folder(asked: Path | None, project: Path) -> Path:
    """Return where the files go. Raises UsageError where they would come between those of the project."""
    folder = asked or project / "build"
    real, root = folder.resolve(), project.resolve()
    what = "which holds the project itself" if root.is_relative_to(real) else None
    for sources in SOURCE_FOLDERS:
        if real.is_relative_to(root / sources):
            what = f"where {sources}/ has what the files are made from"
    if what is not None:
        raise UsageError(
            f"the files would go to {real}, {what}",
            "name a folder for them alone, or leave --output out: they go to build/",
        )
    return folder


SOURCE_FOLDERS = ("content", "styles", "templates")
"""No file that is made may come among those that it is made from."""


def _one_by_one(folder: Path, why: str) -> str:
    return (
        f"note: the files in {folder} were replaced one by one, for the folder could not be exchanged as a "
        f"whole: {why}. Who printed just then may hold sheets of the old set and of the new one"
    )


# ---- what is printed --------------------------------------------------------------------------


def _today() -> date:
    """Return the day where this machine stands. Nothing else that is made or told of a sheet has a clock."""
    return datetime.now().astimezone().date()


def _examined_rows(examined: Examined) -> dict[str, object]:
    """Return the figures and the reconstructed texts as JSON has them."""
    figures = [
        {
            "handout": one.handout,
            "audience": one.audience,
            "sentences": one.sentences,
            "mean_words": round(one.mean_words, 1),
            "longest_words": one.longest_words,
            "longest_at": str(one.longest_at) if one.longest_at else None,
        }
        for one in examined.figures
    ]
    return {"wording": figures, "reconstructed": [asdict(one) for one in examined.reconstructed]}


def _print_examined(examined: Examined, verbose: bool, flawless_editions: int | None) -> None:
    if verbose:
        stdout.print(_figures(examined))
        for one in examined.reconstructed:
            source = f", from {', '.join(one.source)}" if one.source else ""
            stdout.print(f"{one.path}: reconstructed: {one.what}{source}")
    if flawless_editions is not None:
        stdout.print(f"{flawless_editions} edition{'' if flawless_editions == 1 else 's'}, nothing to mend")


def _figures(examined: Examined) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("handout", "audience", "sentences", "mean words", "longest", "at"):
        table.add_column(heading, overflow="fold")
    for one in examined.figures:
        numbers = (str(one.sentences), f"{one.mean_words:.1f}", str(one.longest_words))
        table.add_row(one.handout, one.audience, *numbers, str(one.longest_at or ""))
    return table


def _table(rows: Sequence[EditionRow]) -> Table:
    """Return a line for each file: 100 columns hold it. The titles are in the JSON alone."""
    from rich.table import Table

    cells = [line for row in rows for line in _cells(row)]
    headings = [heading for heading in cells[0] if any(line[heading] for line in cells)]
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")  # a name cut short is of no use
    for line in cells:
        table.add_row(*(line[heading] for heading in headings))
    return table


def _cells(row: EditionRow) -> Iterator[dict[str, str]]:
    """Yield the line of an edition, then one for each of its print sheets."""
    from handout.model import Ink, SheetKind

    same = {
        "handout": row["handout"],
        "audience": row["audience"],
        "school": row["school"] or "",
        "format": row["format"],
        "ink": "" if row["ink"] == Ink.COLOUR else row["ink"],
    }
    files: list[tuple[str, PrintFacts]] = [("", row), *((sheet["sheet"], sheet) for sheet in row["sheets"])]
    for sheet, facts in files:
        flip = f"2 sides, flip on {facts['duplex']}" if facts["duplex"] else "1 side"
        print_at = "for a print shop" if sheet == SheetKind.PRINT_SHOP else f"{facts['paper']}, {flip}"
        yield {**same, "sheet": sheet, "pages": str(facts["pages"]), "print at 100 %": print_at}


def _in_words(removed: Removed, folder: Path) -> str:
    files = f"{removed.files} file{'' if removed.files == 1 else 's'}"
    return f"removed {files}, {removed.bytes / 1_000_000:.1f} MB, from {folder}"


def _health(checks: Sequence[examination.Check]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("", "what", "found", "needed"):
        table.add_column(heading, overflow="fold")
    for one in checks:
        table.add_row("ok" if one.ok else in_red("no", ""), one.name, one.found or "nothing", one.needed)
    return table


def _finish_sources(loaded: Loaded, as_json: bool, quiet: bool) -> NoReturn:
    """Print where each source went, as Markdown or JSON; leave as `_finish` does."""
    from handout import sources

    rows = sources.follow(loaded.project, loaded.editions) if loaded.project else ()
    if rows and not as_json and not quiet:
        stdout.out(sources.markdown(rows), end="", highlight=False)
    _finish(loaded.findings, {"sources": [asdict(row) for row in rows]}, as_json, quiet)


def _finish_standing(
    loaded: Loaded, folder: Path, output: Path | None, printed: Path | None, typed: str | None, as_json: bool
) -> NoReturn:
    """Print whether a printed sheet still holds; leave with FINDINGS where it does not."""
    from handout import life, publish

    if printed is not None and typed is not None:
        raise UsageError("a sheet is named by --printed or by --code, not by both", "leave one of them out")
    if loaded.project is None:
        _finish(loaded.findings, {}, as_json, quiet=False)
    code = life.printed_code(printed, loaded.project) if printed is not None else life.typed_code(typed or "")
    manifest = (output or folder / "build") / publish.MANIFEST
    found = life.standing(loaded.project, folder, manifest, code, _today())
    if as_json:
        print_json({**asdict(found), "is_current": found.is_current})
    else:
        stdout.print("\n".join(life.in_words(found, loaded.project)))
    raise typer.Exit(ExitCode.DONE if found.is_current else ExitCode.FINDINGS)


def _print_remedies(check: examination.Check) -> None:
    stdout.print("\n", in_red(check.name, f" is needed: {check.needed}"), sep="")
    for system, command in examination.remedies_in_order(check, examination.this_system()):
        stdout.print(f"  {system}: {command}")


@contextmanager
def _progress(
    project: Project, planned: Sequence[Edition], verbose: bool, hidden: bool
) -> Iterator[Callable[[Result], None]]:
    """Yield what to call for all that is done: a bar with the time left on a terminal, elsewhere lines."""
    if hidden:
        yield lambda one: None
        return
    from handout.meter import Log, Meter

    if not stderr.is_terminal:
        log = Log(Meter.of(project, planned), time.monotonic)

        def told(one: Result) -> None:
            for line in (one.edition.name if verbose else None, log.after(one)):
                if line is not None:
                    stderr.print(line)

        yield told
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    meter = Meter.of(project, planned)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task("building", total=meter.total)

        def done(one: Result) -> None:
            nonlocal meter
            meter = meter.after(one)
            progress.update(task, total=meter.total, completed=meter.done, description=one.edition.name)
            if verbose:
                progress.console.print(one.edition.name)

        yield done


def _finish(findings: Iterable[Finding], result: dict[str, object], as_json: bool, quiet: bool) -> NoReturn:
    """Print *findings*, and *result* where JSON is asked for; leave with the exit code that they call for."""
    ordered = in_order(findings)
    print_found(ordered, result, as_json, quiet)
    raise typer.Exit(ExitCode.FINDINGS if has_errors(ordered) else ExitCode.DONE)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code. The only place where an exception becomes a message."""
    try:
        app(args=list(arguments), prog_name="handout", standalone_mode=True, obj=tuple(arguments))
    except SystemExit as leaving:
        if leaving.code == ExitCode.INTERRUPTED:
            stderr.print("interrupted: nothing was written")
        return leaving.code if isinstance(leaving.code, int) else ExitCode.USAGE
    except _StoppedLate as stopped:
        stderr.print(str(stopped))
        return ExitCode.INTERRUPTED
    except HandoutError as error:
        if isinstance(error, UsageError):
            print_found(error.findings, {}, as_json=False, quiet=False)
        stderr.print(in_red("error", f": {error.what}\n  fix: {error.fix}"))
        if error.exit_code == ExitCode.RENDERER:
            _print_traceback(error, arguments)
        return error.exit_code
    except OSError as error:  # a stream that is full, a machine without file handles
        stderr.print(in_red("error", f": the machine refused: {error.strerror or error}{_of_file(error)}"))
        stderr.print("  fix: look whether a disk is full, and whether the folders may be read and written")
        _print_traceback(error, arguments)
        return ExitCode.ENVIRONMENT
    except Exception as error:
        _report_crash(error, arguments)
        return ExitCode.RENDERER
    return ExitCode.DONE


def _of_file(error: OSError) -> str:
    return f": {quoted(str(error.filename))}" if error.filename else ""


def _report_crash(error: Exception, arguments: Sequence[str]) -> None:
    stderr.print(in_red("error", f": handout {__version__} failed: {type(error).__name__}: {error}"))
    stderr.print("  fix: this is a fault of the program; report it with the text that -v prints")
    _print_traceback(error, arguments)


def _print_traceback(error: Exception, arguments: Sequence[str]) -> None:
    if {"-v", "--verbose"} & set(arguments):
        stderr.print("".join(traceback.format_exception(error)))
