"""The command line: commands, messages and exit codes."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from handout import __version__, listing, sources
from handout import doctor as examination
from handout.errors import ExitCode, Finding, HandoutError, Severity, UsageError, has_errors, in_order
from handout.listing import EditionRow, PrintFacts
from handout.model import Ink, SheetKind
from handout.plan import Edition, Selection, editions
from handout.project import Project, load

if TYPE_CHECKING:
    from handout.build import Examined

app = typer.Typer(
    name="handout",
    help="Turn Markdown procedures into printed leaflets, posters and cards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class _Results(Console):
    """Standard output; it falls silent where its reader has gone, `handout list | head`. The run goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


UNFOLDED_COLUMNS = 1000
"""More than any table has: outside a terminal a row is one line, for a program may read it."""

stdout = _Results(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else UNFOLDED_COLUMNS)
stderr = Console(stderr=True, highlight=False, soft_wrap=True)


# ---- options that several commands share ------------------------------------------------------


def _slugs(folder: str) -> Callable[[str], list[str]]:
    """Return the completion of the names of the Markdown files in *folder* of the project at hand."""

    def complete(incomplete: str) -> list[str]:
        return sorted(p.stem for p in Path(folder).glob("*.md") if p.stem.startswith(incomplete))

    return complete


def _setting_names(table: str) -> Callable[[str], list[str]]:
    """Return the completion of the keys of *table* in the settings of the project at hand."""

    def complete(incomplete: str) -> list[str]:
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


def _load(
    folder: Path,
    handouts: list[str] | None,
    audiences: list[str] | None,
    formats: list[str] | None,
    languages: list[str] | None,
    schools: list[str] | None,
    *,
    mono: bool = False,
    print_shop: bool = False,
) -> tuple[Loaded, Selection]:
    handouts_, audiences_, formats_, languages_, schools_ = (
        tuple(names or ()) for names in (handouts, audiences, formats, languages, schools)
    )
    selection = Selection(
        handouts_, audiences_, formats_, languages_, schools_, mono=mono, print_shop=print_shop
    )
    project, findings = load(folder)
    if project is None:
        return Loaded(None, (), findings), selection
    try:
        return Loaded(project, editions(project, selection), findings), selection
    except UsageError:
        # A handout that cannot be read is not missing: its finding says more than "there is no such handout".
        asked = {f"content/handouts/{slug}.md" for slug in selection.handouts}
        if asked & {f.place.path for f in findings} or (findings and not project.handouts):
            return Loaded(project, (), findings), selection
        raise


# ---- commands ---------------------------------------------------------------------------------


@app.command()
def build(
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    school: Schools = None,
    project: ProjectFolder = Path(),
    output: OutputFolder = None,
    mono: Mono = False,
    print_shop: PrintShop = False,
    jobs: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", show_default=False, help="Processes to work with; default: one a core."
        ),
    ] = os.cpu_count() or 1,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make the PDF files. Writes all of them, or none where anything is wrong.

    Example: handout build mfa-instellen --audience staff
    """
    from handout import build as builder

    loaded, selection = _load(
        project, handouts, audience, format_, language, school, mono=mono, print_shop=print_shop
    )
    folder = _output_folder(output, project)
    if loaded.project is None or has_errors(loaded.findings):
        more = builder.check(loaded.project, loaded.editions) if loaded.project else ()
        _finish((*loaded.findings, *more), {"files": []}, as_json, quiet)
    with _progress(len(loaded.editions), verbose, quiet or as_json) as done:
        made, findings = builder.build(
            loaded.project, loaded.editions, folder, everything=selection.is_everything, jobs=jobs, done=done
        )
    paths = [] if has_errors(findings) else [path for one in made for path in one.edition.paths]
    files = [str(folder / path) for path in paths]
    if not quiet and not as_json:
        for file in files:
            stdout.print(escape(file))
    _finish((*loaded.findings, *findings), {"files": files}, as_json, quiet)


@app.command()
def check(
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    school: Schools = None,
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
) -> None:
    """Check references, wording and dates, without rendering. Writes nothing.

    Example: handout check
    """
    from handout import build as builder

    loaded, selection = _load(project, handouts, audience, format_, language, school)
    if printed is not None or code is not None:
        _finish_standing(loaded, project, output, printed, code, as_json)
    examined = builder.Examined((), (), ())
    if loaded.project is not None:
        is_whole = selection.is_everything and not has_errors(loaded.findings)
        examined = builder.examine(loaded.project, loaded.editions, _today(), is_whole)
    findings = in_order((*loaded.findings, *examined.findings))
    if not quiet and not as_json:
        _print_examined(examined, verbose, None if findings else len(loaded.editions))
    _finish(findings, {"editions": len(loaded.editions), **_examined_rows(examined)}, as_json, quiet)


@app.command("list")
def list_editions(
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    school: Schools = None,
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
    loaded, _ = _load(
        project, handouts, audience, format_, language, school, mono=mono, print_shop=print_shop
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
    checks = examination.examine(output, user_cache_path("handout"))
    if as_json:
        _print_json([asdict(one) for one in checks])
    else:
        stdout.print(_health(checks))
        for one in checks:
            if not one.ok:
                _print_remedies(one)
    raise typer.Exit(ExitCode.DONE if all(one.ok for one in checks) else ExitCode.ENVIRONMENT)


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
    if project.resolve().is_relative_to(folder.resolve()):
        what = f"the files would go to {folder.resolve()}, which holds the project itself"
        raise UsageError(what, "name a folder for them alone, or leave --output out: they go to build/")
    return folder


# ---- what is printed --------------------------------------------------------------------------


def _today() -> date:
    """Return the day where this machine stands. The only clock that is read."""
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
            stdout.print(escape(f"{one.path}: reconstructed: {one.what}{source}"))
    if flawless_editions is not None:
        stdout.print(f"{flawless_editions} edition{'' if flawless_editions == 1 else 's'}, nothing to mend")


def _figures(examined: Examined) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("handout", "audience", "sentences", "mean words", "longest", "at"):
        table.add_column(heading, overflow="fold")
    for one in examined.figures:
        numbers = (str(one.sentences), f"{one.mean_words:.1f}", str(one.longest_words))
        table.add_row(*map(escape, (one.handout, one.audience, *numbers, str(one.longest_at or ""))))
    return table


def _table(rows: Sequence[EditionRow]) -> Table:
    """Return a line for each file: 100 columns hold it. The titles are in the JSON alone."""
    cells = [line for row in rows for line in _cells(row)]
    headings = [heading for heading in cells[0] if any(line[heading] for line in cells)]
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")  # a name cut short is of no use
    for line in cells:
        table.add_row(*(escape(line[heading]) for heading in headings))
    return table


def _cells(row: EditionRow) -> Iterator[dict[str, str]]:
    """Yield the line of an edition, then one for each of its print sheets."""
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


def _health(checks: Sequence[examination.Check]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "what", "found", "needed"):
        table.add_column(heading, overflow="fold")
    for one in checks:
        table.add_row(
            "ok" if one.ok else "[red]no[/]", one.name, escape(one.found or "nothing"), escape(one.needed)
        )
    return table


def _finish_sources(loaded: Loaded, as_json: bool, quiet: bool) -> NoReturn:
    """Print where each source went, as Markdown or JSON; leave as `_finish` does."""
    rows = sources.follow(loaded.project, loaded.editions) if loaded.project else ()
    if rows and not as_json and not quiet:
        stdout.out(sources.markdown(rows), end="", highlight=False)
    _finish(loaded.findings, {"sources": [asdict(row) for row in rows]}, as_json, quiet)


def _finish_standing(
    loaded: Loaded, folder: Path, output: Path | None, printed: Path | None, typed: str | None, as_json: bool
) -> NoReturn:
    """Print whether a printed sheet still holds; leave with FINDINGS where it does not."""
    from handout import life

    if printed is not None and typed is not None:
        raise UsageError("a sheet is named by --printed or by --code, not by both", "leave one of them out")
    if loaded.project is None:
        _finish(loaded.findings, {}, as_json, quiet=False)
    code = life.printed_code(printed, loaded.project) if printed is not None else life.typed_code(typed or "")
    manifest = (output or folder / "build") / "manifest.json"
    found = life.standing(loaded.project, folder, manifest, code, _today())
    if as_json:
        _print_json({**asdict(found), "is_current": found.is_current})
    else:
        stdout.print("\n".join(map(escape, life.in_words(found, loaded.project))))
    raise typer.Exit(ExitCode.DONE if found.is_current else ExitCode.FINDINGS)


def _print_json(value: object) -> None:
    stdout.out(json.dumps(value, indent=1, ensure_ascii=False, default=str), highlight=False)


def _print_remedies(check: examination.Check) -> None:
    stdout.print(f"\n[red]{escape(check.name)}[/] is needed: {escape(check.needed)}")
    for system, command in examination.remedies_in_order(check, examination.this_system()):
        stdout.print(f"  {system}: {escape(command)}")


@contextmanager
def _progress(total: int, verbose: bool, hidden: bool) -> Iterator[Callable[[Edition], None]]:
    """Yield what to call for each edition that is done: a bar on a terminal, a line with -v elsewhere."""
    if hidden or not stderr.is_terminal:
        yield lambda edition: stderr.print(escape(edition.name)) if verbose and not hidden else None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task("building", total=total)

        def done(edition: Edition) -> None:
            progress.update(task, advance=1, description=edition.name)
            if verbose:
                progress.console.print(escape(edition.name))

        yield done


def _finish(findings: Iterable[Finding], result: dict[str, object], as_json: bool, quiet: bool) -> NoReturn:
    """Print *findings*, and *result* where JSON is asked for; leave with the exit code that they call for."""
    ordered = in_order(findings)
    if as_json:
        _print_json({**result, "findings": [_as_row(f) for f in ordered]})
    else:
        for finding in ordered:
            if not quiet or finding.severity is Severity.ERROR:
                stderr.print(_coloured(finding))
        if ordered and not quiet:
            counts = Counter(finding.severity for finding in ordered)
            stderr.print(
                ", ".join(f"{n} {severity}{'s' if n > 1 else ''}" for severity, n in sorted(counts.items()))
            )
    raise typer.Exit(ExitCode.FINDINGS if has_errors(ordered) else ExitCode.DONE)


def _as_row(finding: Finding) -> dict[str, object]:
    return {
        "path": finding.place.path,
        "line": finding.place.line or None,
        "severity": finding.severity,
        "what": finding.what,
        "fix": finding.fix,
    }


def _coloured(finding: Finding) -> str:
    colour = "red" if finding.severity is Severity.ERROR else "yellow"
    return (
        f"[bold]{escape(str(finding.place))}[/]: [{colour}]{finding.severity}[/]: {escape(finding.what)}\n"
        f"  fix: {escape(finding.fix)}"
    )


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code. The only place where an exception becomes a message."""
    try:
        app(args=list(arguments), prog_name="handout", standalone_mode=True)
    except SystemExit as leaving:
        if leaving.code == ExitCode.INTERRUPTED:
            stderr.print("interrupted: nothing was written")
        return leaving.code if isinstance(leaving.code, int) else ExitCode.USAGE
    except HandoutError as error:
        stderr.print(f"[red]error[/]: {escape(error.what)}\n  fix: {escape(error.fix)}")
        if error.exit_code == ExitCode.RENDERER:
            _print_traceback(error, arguments)
        return error.exit_code
    except Exception as error:
        _report_crash(error, arguments)
        return ExitCode.RENDERER
    return ExitCode.DONE


def _report_crash(error: Exception, arguments: Sequence[str]) -> None:
    stderr.print(f"[red]error[/]: handout {__version__} failed: {type(error).__name__}: {escape(str(error))}")
    stderr.print("  fix: this is a fault of the program; report it with the text that -v prints")
    _print_traceback(error, arguments)


def _print_traceback(error: Exception, arguments: Sequence[str]) -> None:
    if {"-v", "--verbose"} & set(arguments):
        stderr.print(escape("".join(traceback.format_exception(error))))


def main() -> NoReturn:
    """Start the program."""
    sys.exit(run(sys.argv[1:]))
