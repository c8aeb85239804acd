"""Send the files of a build to a printer: `handout print`. The only command that asks for a print queue."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from handout.commands.language import told
from handout.commands.loading import folder_for, today, use_language_of
from handout.commands.options import (
    AsJson,
    Audiences,
    Formats,
    HandoutsToPrint,
    Languages,
    Messages,
    OutputFolder,
    ProjectFolder,
    Quiet,
    Readings,
    Schools,
    selected,
)
from handout.commands.output import print_json, stderr, stdout
from handout.machine import gate
from handout.machine.queues import PrintRequest, Queue, command, find_queue, send
from handout.model.findings import EnvironmentFault, UsageError, suggest
from handout.model.messages import Message, say, say_count

if TYPE_CHECKING:
    from handout.builder.manifest import FileRow


def print_files(
    handouts: HandoutsToPrint = None,
    queue: Annotated[
        str, typer.Option("--queue", metavar="NAME", help="The print queue; default: that of the system.")
    ] = "",
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    reading: Readings = None,
    school: Schools = None,
    sheet: Annotated[
        str | None,
        typer.Option(
            "--sheet",
            metavar="KIND",
            help="Another file of the edition: 'piece', or a print sheet as the manifest calls it: one-a4.",
        ),
    ] = None,
    copies: Annotated[
        int, typer.Option("--copies", min=1, max=999, metavar="N", help="How many of each.")
    ] = 1,
    mono: Annotated[bool, typer.Option("--mono", help="The edition in black alone.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the commands of CUPS, and send nothing. Needs no queue.")
    ] = False,
    project: ProjectFolder = Path(),
    output: OutputFolder = None,
    messages: Messages = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print what was built, on the right paper and sides, at 100 %. On Linux and macOS, through CUPS.

    Of each edition the print sheet is taken where it has one, else the pages themselves. A queue whose
    printer lacks the paper or the second side is refused, and nothing is sent.

    Example: handout print mfa-instellen --audience staff --queue Lokaal12 --copies 30
    """
    # A build in which nothing changed must not pay for them.
    from handout.builder import manifest, printing

    selection = selected(handouts, audience, format_, language, school, None, readings=reading, mono=mono)
    if selection.is_everything:
        raise UsageError(
            say("print what? All that was built is much paper"),
            say(
                "name a handout, or --audience NAME, --format NAME, --language TAG, --reading NAME or "
                "--school ID"
            ),
        )
    use_language_of(project)
    folder = folder_for(output, project)
    rows = tuple(manifest.kept(folder))
    _refuse_unknown(project, selection.handouts, rows)
    chosen = printing.chosen(rows, selection, sheet)
    found, unasked = _found_queue(queue, is_rehearsal=dry_run)
    for row in chosen:
        _refuse(found, row, printing.other_sheets(rows, row, found.papers))
    of_queue = [unasked] if unasked else _notes_on(found, chosen)
    for note in () if quiet else (*of_queue, *_notes(chosen, today())):
        stderr.print(told(note))
    requests: list[tuple[FileRow, PrintRequest, str]] = []
    for row in chosen:
        request = PrintRequest(
            path=str((folder / row["path"]).resolve()),
            title=row["title"],
            paper=row["paper"],
            sides=printing.sides_of(row),
            copies=copies,
            monochrome=mono,
        )
        job = "" if dry_run else send(found.name, request)
        requests.append((row, request, job))
        if not as_json:  # at once: where the next is refused, this one is on its way
            stdout.print(_line(found, row, request, job))
    sheets = sum(printing.sheets_of(row) for row in chosen) * copies
    if as_json:
        print_json(
            {"queue": found.name, "sheets": sheets, "jobs": [_as_row(found, *one) for one in requests]}
        )
        return
    if not quiet:
        stderr.print(told(_sent(sheets, found, is_rehearsal=dry_run)))


def _line(queue: Queue, row: FileRow, request: PrintRequest, job: str) -> str:
    """Return what is said of a *job*; of none, the command that would make it."""
    from handout.builder import printing

    if not job:
        return shlex.join(command(queue.name, request))
    return f"{job}  {row['path']}  {told(_paper(printing.sheets_of(row) * request.copies, row))}"


def _sent(sheets: int, queue: Queue, *, is_rehearsal: bool) -> Message:
    if is_rehearsal:
        return say_count(
            sheets,
            "would print {n} sheet of paper to {queue}",
            "would print {n} sheets of paper to {queue}",
            queue=queue.name,
        )
    return say_count(
        sheets, "sent {n} sheet of paper to {queue}", "sent {n} sheets of paper to {queue}", queue=queue.name
    )


def _as_row(queue: Queue, row: FileRow, request: PrintRequest, job: str) -> dict[str, object]:
    return {"path": row["path"], "job": job or None, "command": command(queue.name, request)}


def _refuse(queue: Queue, row: FileRow, others: Sequence[str]) -> None:
    """Raise UsageError where the printer behind *queue* cannot print *row* as it must come out."""
    if queue.papers and row["paper"] not in queue.papers:
        fix = say("choose another queue with --queue")
        if others:
            fix = say("{fix}, or another sheet of it with --sheet: {names}", fix=fix, names=", ".join(others))
        raise UsageError(
            say(
                "the queue '{name}' has no {paper}, which {path} is printed on",
                name=queue.name,
                paper=row["paper"],
                path=row["path"],
            ),
            fix,
        )
    if queue.has_duplex is False and row["duplex"] is not None:
        raise UsageError(
            say("the queue '{name}' prints one side, and {path} has two", name=queue.name, path=row["path"]),
            say("choose another queue with --queue, or set the printer up as one that has a duplex unit"),
        )


def _refuse_unknown(project: Path, handouts: Sequence[str], rows: Sequence[FileRow]) -> None:
    """Raise UsageError for one of *handouts* that neither *project* nor the *rows* of its last build have."""
    try:
        files = gate.list_files(project, "content/handouts")
    except gate.Refused:  # sheets may be printed where their texts are not
        files = ()
    known = {row["handout"] for row in rows} | {PurePath(file).stem for file in files if file.endswith(".md")}
    for name in handouts:
        if known and name not in known:
            raise UsageError(
                say("there is no {kind} '{name}'", kind=say("handout"), name=name), suggest(name, known)
            )


PLACEHOLDER = "QUEUE"
"""Stands in a command where no queue is known."""


def _found_queue(name: str, *, is_rehearsal: bool) -> tuple[Queue, Message | None]:
    """Return the queue *name*, or the usual one. Raises what `find_queue` does.

    Where nothing is sent the commands can be shown without one: then a note says why it was not asked.
    """
    try:
        return find_queue(name), None
    except (EnvironmentFault, UsageError) as error:
        if not is_rehearsal:
            raise
        queue = Queue(name or PLACEHOLDER)
        note = say(
            "note: whether '{queue}' has the paper and both sides was not asked: {what}",
            queue=queue.name,
            what=error.what,
        )
        return queue, note


def _notes_on(queue: Queue, rows: Sequence[FileRow]) -> Iterator[Message]:
    if not queue.papers:
        yield say(
            "note: '{queue}' does not say which paper it has: look at the first sheet", queue=queue.name
        )
    if queue.has_duplex is None and any(row["duplex"] for row in rows):
        yield say(
            "note: '{queue}' does not say whether it prints both sides: look at the first sheet",
            queue=queue.name,
        )


def _notes(rows: Sequence[FileRow], day: date) -> Iterator[Message]:
    for row in rows:
        if row["valid_until"] and row["valid_until"] < day.isoformat():
            yield say(
                "warning: {path} was valid until {day}: look its sources over first",
                path=row["path"],
                day=row["valid_until"],
            )


def _paper(sheets: int, row: FileRow) -> Message:
    sides = _EDGES[row["duplex"]] if row["duplex"] else say("one side")
    return say_count(
        sheets, "{n} sheet {paper}, {sides}", "{n} sheets {paper}, {sides}", paper=row["paper"], sides=sides
    )


_EDGES = {"long edge": say("both sides, long edge"), "short edge": say("both sides, short edge")}
