"""Make the PDF files: `handout build`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from handout.builder import preload
from handout.commands.language import told, words
from handout.commands.loading import Loaded, folder_for, loaded_project, use_language_of
from handout.commands.options import (
    AsJson,
    Audiences,
    Fillable,
    Formats,
    Handouts,
    Html,
    Languages,
    Merge,
    Messages,
    Mono,
    Only,
    OutputFolder,
    PrintShop,
    ProjectFolder,
    Quiet,
    Readings,
    Schools,
    SpokenText,
    Strict,
    Verbose,
    selected,
)
from handout.commands.output import finish, print_found, stderr, stdout
from handout.machine import memory, workers
from handout.model.findings import Finding, has_errors, in_order
from handout.model.messages import Message, say
from handout.project.selection import Selection
from handout.project.spoken import language_in

# Who asks for another command does not wait for what this one takes.
if TYPE_CHECKING:
    from handout.builder.history import EarlierBuilds
    from handout.commands import up_to_date


def build(
    context: typer.Context,
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    reading: Readings = None,
    school: Schools = None,
    only: Only = None,
    project: ProjectFolder = Path(),
    output: OutputFolder = None,
    mono: Mono = False,
    print_shop: PrintShop = False,
    merge: Merge = False,
    text: SpokenText = False,
    fillable: Fillable = False,
    html: Html = False,
    strict: Strict = False,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going",
            help="Leave out the schools whose row has a fault, and write all else: exit code 6.",
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            show_default=False,
            help="Processes to work with; default: one a core, and no more than the memory holds.",
        ),
    ] = None,
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
    test_sheet: Annotated[
        bool,
        typer.Option(
            "--test-sheet",
            help="Only test-sheet.pdf: print it once, on both sides, and know what your printer does.",
        ),
    ] = False,
    messages: Messages = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make the PDF files. Writes all of them, or none where anything is wrong.

    With --keep-going a school whose row has a fault is left out, and the others are written.

    Example: handout build mfa-instellen --audience staff
    """
    from handout.builder.history import EarlierBuilds
    from handout.commands import up_to_date
    from handout.machine.cache import Cache, user_folder

    selection = selected(
        handouts,
        audience,
        format_,
        language,
        school,
        only,
        readings=reading,
        mono=mono,
        print_shop=print_shop,
        merge=merge,
        keep_going=keep_going,
        text=text,
        fillable=fillable,
        html=html,
        strict=strict,
    )
    use_language_of(project)
    folder = folder_for(output, project)
    if test_sheet:
        _put_test_sheet(project, folder, as_json=as_json, quiet=quiet)
    past = EarlierBuilds.of(project, Cache(user_folder()))
    request = up_to_date.Request(
        project, folder, selection, explain, as_json, quiet, verbose, messages, language_in(project)
    )
    with _true_to_the_end(folder):
        _carry_out(request, context.obj, past, jobs or memory.usual_jobs(), dask, force=force)


def _put_test_sheet(project: Path, folder: Path, *, as_json: bool, quiet: bool) -> NoReturn:
    """Write the test sheet in *folder*, beside what stands there, and leave."""
    from handout.builder import outputs
    from handout.builder.manifest import packed
    from handout.editions.test_sheet import FILE, pdf
    from handout.machine import filenames, output_folder
    from handout.project.load import load

    loaded, findings = load(project)
    if loaded is None:
        finish(findings, {"files": []}, as_json, quiet)
    output_folder.refuse_foreign(folder, outputs.signed())
    with output_folder.lock(folder):
        made = [output_folder.Output(FILE, pdf(loaded))]
        if not (folder / filenames.MANIFEST).exists():  # by which the next build knows the folder for ours
            made.append(output_folder.Output(filenames.MANIFEST, packed(())))
        output_folder.put(made, folder)
    if not as_json:
        stdout.print(str(folder / FILE))
    finish((), {"files": [FILE]}, as_json, quiet)  # what is wrong with the content is not on this sheet


def _carry_out(
    request: up_to_date.Request,
    arguments: Sequence[str],
    past: EarlierBuilds,
    jobs: int,
    dask: str | None,
    *,
    force: bool,
) -> NoReturn:
    """Do what *request* asks for, which a person typed as *arguments*, and leave with its exit code."""
    from handout.commands import up_to_date

    selection, folder = request.selection, request.folder
    if not force and (code := up_to_date.repeated(request, past)) is not None:
        up_to_date.remember(request, arguments, past.cache)
        raise typer.Exit(code)
    if dask is None:
        _warm_up(selection, is_known=not force and past.is_known(folder))
    from handout.builder import builder, examine
    from handout.builder.rounds import Unfinished
    from handout.commands.progress import progress
    from handout.editions.refusal import printable

    loaded = loaded_project(request.project, selection, beside=_standing_languages(request))
    if loaded.project is None:
        _refuse(request, loaded, loaded.findings)
    found = in_order((*loaded.findings, *examine.unprintable(loaded.project, loaded.editions)))
    if selection.strict:
        found = in_order((*found, *examine.untranslated(loaded.project, loaded.editions, is_strict=True)))
    work = printable(loaded.project, loaded.editions, found)
    if work is None or (has_errors(found) and not selection.keep_going):
        _refuse(request, loaded, found)
    whole, planned = work
    try:
        with progress(whole, planned, request.verbose, request.quiet or request.as_json) as done:
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
                words=words(),
            )
    except Unfinished as error:
        result = up_to_date.result((), error.exit_code, ())
        print_found((*found, *error.findings), result, request.as_json, request.quiet)
        raise
    if built.one_by_one and not request.quiet:
        stderr.print(told(_one_by_one(folder, built.one_by_one)))
    code = up_to_date.print_build(
        request,
        built.files,
        built.findings,
        built.changes,
        built.refused,
        built.outdated,
        is_written=built.is_written,
    )
    if not force:
        up_to_date.remember(request, arguments, past.cache)
    raise typer.Exit(code)


def _standing_languages(request: up_to_date.Request) -> frozenset[str]:
    """Return the languages of the files that stand in the folder, where a project may have several.

    They stay where this build does not make them: whether they are still right is told.
    """
    from handout.machine.output_folder import manifest_rows
    from handout.model.catalog import FOLDER as TRANSLATIONS

    if not (request.project / TRANSLATIONS).is_dir():
        return frozenset()
    return frozenset(str(row.get("language", "")) for row in manifest_rows(request.folder))


def _warm_up(selection: Selection, *, is_known: bool) -> None:
    """Have processes ready for what *selection* asks for; *is_known*: an earlier build made all of it."""
    if not is_known:
        workers.warm_up(preload.TO_RENDER)
    elif selection.schools or selection.only:
        workers.warm_up(preload.TO_BATCH)  # the masters are there from an earlier build


def _refuse(request: up_to_date.Request, loaded: Loaded, found: tuple[Finding, ...]) -> NoReturn:
    """Tell what was *found* and what else is wrong, write nothing, and leave."""
    from handout.builder import examine
    from handout.commands import up_to_date
    from handout.editions.refusal import refused_rows

    refused = None
    if loaded.project is not None:
        found = in_order((*found, *examine.check(loaded.project, loaded.editions)))
        refused = refused_rows(loaded.project, found)
    raise typer.Exit(up_to_date.print_build(request, (), found, {}, refused or (), is_written=False))


class StoppedLate(Exception):
    """A Ctrl-C when the files were not as before any more: *what* a person is told of them."""

    def __init__(self, what: Message) -> None:
        super().__init__(what)
        self.what = what


@contextmanager
def _true_to_the_end(folder: Path) -> Iterator[None]:
    """Raise StoppedLate for a Ctrl-C after which *folder* holds other files than before."""
    from handout.machine import output_folder

    before = output_folder.mark_of(folder)
    try:
        yield
    except KeyboardInterrupt as stop:
        if output_folder.mark_of(folder) != before:
            what = say("interrupted, but the new files are in place in {folder}", folder=folder)
            raise StoppedLate(what) from stop
        if output_folder.is_half_done(folder):
            what = say(
                "interrupted: {folder} holds some old files and some new ones until the next build",
                folder=folder,
            )
            raise StoppedLate(what) from stop
        raise


def _one_by_one(folder: Path, why: str) -> Message:
    return say(
        "note: the files in {folder} were replaced one by one, for the folder could not be exchanged as a "
        "whole: {why}. Who printed just then may hold sheets of the old set and of the new one",
        folder=folder,
        why=why,
    )
