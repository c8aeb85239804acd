"""Hold a project against its rules, and a printed sheet against the project: `handout check`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from handout.builder import preload
from handout.commands.language import told
from handout.commands.loading import Loaded, loaded_project, today
from handout.commands.options import (
    AsJson,
    Audiences,
    Formats,
    Handouts,
    Languages,
    Messages,
    Only,
    OutputFolder,
    ProjectFolder,
    Quiet,
    Readings,
    Schools,
    Strict,
    selected,
)
from handout.commands.output import finish, print_json, stdout
from handout.machine import memory, workers
from handout.model.findings import EnvironmentFault, ExitCode, Finding, UsageError, has_errors, in_order
from handout.model.messages import Message, say, say_count
from handout.project.selection import ALL_LANGUAGES, ANY_READING, Selection

# A build in which nothing changed is over before the rest could be imported.
if TYPE_CHECKING:
    from rich.table import Table

    from handout.builder.examine import Examined
    from handout.builder.photo import PhotoStanding
    from handout.builder.validity import Standing
    from handout.document.label_upkeep import LabelState
    from handout.editions.single import Made
    from handout.project.plan import Edition
    from handout.project.project import Project


def check(
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    reading: Readings = None,
    school: Schools = None,
    only: Only = None,
    project: ProjectFolder = Path(),
    strict: Strict = False,
    messages: Messages = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "-v",
            "--verbose",
            help="Print how long the sentences of each handout are, what was reconstructed and when each "
            "on-screen label was seen, and tracebacks of crashes.",
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
            "--code",
            metavar="CODE",
            help="Say instead whether the sheet with this code at its foot is still right.",
        ),
    ] = None,
    photo: Annotated[
        Path | None,
        typer.Option(
            "--photo",
            metavar="IMG",
            help="Say instead whether the sheet on this photo or scan (JPEG or PNG) is still right, at what "
            "scale it was printed, and whether its foot is whole.",
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
    from handout.builder import examine
    from handout.editions.refusal import printable

    if full:  # before a template of the project's own starts them with less in memory
        workers.warm_up(preload.TO_RENDER)
    selection = selected(handouts, audience, format_, language, school, only, readings=reading, strict=strict)
    if printed is not None or code is not None or photo is not None:
        _finish_standing(_Asked(project, selection, output, as_json, quiet), printed, code, photo)
    loaded = loaded_project(project, selection)
    examined = examine.Examined((), (), (), ())
    if loaded.project is not None:
        is_whole = selection.is_everything and not has_errors(loaded.findings)
        examined = examine.examine(loaded.project, loaded.editions, today(), is_whole, is_strict=strict)
    findings = in_order((*loaded.findings, *examined.findings))
    work = printable(loaded.project, loaded.editions, findings) if loaded.project else None
    if full and work is not None:
        findings = in_order((*findings, *_made_findings(*work, quiet)))
    if twice and work is not None and not has_errors(findings):
        from handout.commands import reproducible

        findings = in_order((*findings, *reproducible.differences(project, _as_arguments(selection))))
    if as_sarif:
        _finish_as_sarif(findings)
    if not quiet and not as_json:
        _print_examined(examined, verbose, None if findings else len(loaded.editions))
    finish(findings, {"editions": len(loaded.editions), **_examined_rows(examined)}, as_json, quiet)


def _finish_as_sarif(findings: Sequence[Finding]) -> NoReturn:
    """Print *findings* for a code forge, and leave with the exit code that they call for."""
    from handout.commands import sarif

    print_json(sarif.report(findings))
    raise typer.Exit(ExitCode.FINDINGS if has_errors(findings) else ExitCode.DONE)


def _made_findings(project: Project, planned: Sequence[Edition], quiet: bool) -> Iterator[Finding]:
    """Yield what is wrong with the sheets of *planned*, each made, read back and thrown away."""
    from handout.builder.rounds import make_all
    from handout.commands.progress import progress

    with (
        progress(project, planned, verbose=False, hidden=quiet) as done,
        closing(make_all(project, planned, memory.usual_jobs())) as made,
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
        "--reading": selection.readings,
        "--school": selection.schools,
        "--only": selection.only,
    }
    typed = (word for option, names in options.items() for name in names for word in (option, name))
    return (*selection.handouts, *typed)


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
    labels = [
        {
            "id": one.label.id,
            "text": one.label.text,
            "printed": one.label.printed,
            "platform": one.label.platform,
            "status": one.status,
            "seen_on": str(one.seen_on) if one.seen_on else None,
            "due_on": str(one.due_on) if one.due_on else None,
            "at": str(one.place),
        }
        for one in examined.labels
    ]
    reconstructed = [asdict(one) for one in examined.reconstructed]
    return {"wording": figures, "reconstructed": reconstructed, "labels": labels}


def _print_examined(examined: Examined, verbose: bool, flawless_editions: int | None) -> None:
    if verbose:
        stdout.print(_figures(examined))
        for one in examined.reconstructed:
            part = say("{path}: reconstructed: {what}", path=one.path, what=one.what)
            if one.source:
                part = say("{part}, from {sources}", part=part, sources=", ".join(one.source))
            stdout.print(told(part))
        for label in examined.labels:
            stdout.print(told(_label_line(label)))
    if flawless_editions is not None:
        stdout.print(
            told(
                say_count(flawless_editions, "{n} edition, nothing to mend", "{n} editions, nothing to mend")
            )
        )


_STATUSES = {
    "typed": say("typed"),
    "unverified": say("unverified"),
    "seen": say("seen"),
    "due": say("due"),
}


def _label_line(label: LabelState) -> Message:
    status = _STATUSES[label.status]
    if label.seen_on:
        status = say("{status} since {day}", status=status, day=label.seen_on)
    return say(
        "{place}: {status}: '{text}' on {platforms}",
        place=label.place,
        status=status,
        text=label.label.text,
        platforms=", ".join(label.label.platform),
    )


def _figures(examined: Examined) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    headings = (
        *(say("handout"), say("audience"), say("sentences"), say("mean words"), say("longest")),
        say("at"),
    )
    for heading in headings:
        table.add_column(told(heading), overflow="fold")
    for one in examined.figures:
        numbers = (str(one.sentences), told(say("{mean:.1f}", mean=one.mean_words)), str(one.longest_words))
        table.add_row(one.handout, one.audience, *numbers, str(one.longest_at or ""))
    return table


@dataclass(frozen=True)
class _Asked:
    """What is asked of a printed sheet, and how to tell it."""

    folder: Path
    selection: Selection
    output: Path | None
    as_json: bool
    quiet: bool


def _finish_standing(asked: _Asked, printed: Path | None, typed: str | None, photo: Path | None) -> NoReturn:
    """Print whether a printed sheet still holds; leave with FINDINGS where it does not."""
    from handout.builder import validity

    if printed is not None and (typed is not None or photo is not None):
        raise UsageError(
            say("a sheet is named by --printed, or by --code and --photo, not by all of them"),
            say("leave one of them out"),
        )
    # The sheet may be in any language, and for any way of reading.
    readings = asked.selection.readings or (ANY_READING,)
    every = replace(asked.selection, languages=(ALL_LANGUAGES,), readings=readings)
    loaded = loaded_project(asked.folder, every)
    if loaded.project is None:
        finish(loaded.findings, {}, asked.as_json, quiet=False)
    code = validity.typed_code(typed) if typed is not None else None
    if photo is not None:
        _finish_photo(asked, loaded, photo, code)
    code = code if printed is None else validity.printed_code(printed, loaded.project)
    found = _standing(asked, loaded.project, code or "")
    if asked.as_json:
        print_json(_standing_row(found))
    else:
        stdout.print("\n".join(map(told, validity.in_words(found, loaded.project))))
    raise typer.Exit(ExitCode.DONE if found.is_current else ExitCode.FINDINGS)


def _standing(asked: _Asked, project: Project, code: str) -> Standing:
    from handout.builder import validity
    from handout.builder.history import EarlierBuilds
    from handout.machine import filenames
    from handout.machine.cache import Cache, user_folder

    made_in = asked.output or asked.folder / "build"
    known = EarlierBuilds.of(asked.folder, Cache(user_folder())).codes_with(made_in)
    return validity.standing(project, asked.folder, made_in / filenames.MANIFEST, code, today(), known)


def _standing_row(found: Standing) -> dict[str, object]:
    row = asdict(found)
    if found.origin is not None:
        row["origin"]["known_from"] = told(found.origin.known_from)
        del row["origin"]["passages"]
    return {**row, "is_current": found.is_current}


# ---- a photo ------------------------------------------------------------------------------------


def _finish_photo(asked: _Asked, loaded: Loaded, path: Path, typed: str | None) -> NoReturn:
    """Print what the photo at *path* says; leave with FINDINGS where anything speaks against its sheet."""
    project = loaded.project
    assert project is not None
    try:
        from handout.builder import photo
    except ImportError as error:
        if error.name not in ("cv2", "numpy"):
            raise
        raise EnvironmentFault(
            say("to read a photo takes OpenCV, which is not installed"),
            say(
                "{python} -m pip install opencv-python-headless; or, where uv installed handout: uv pip "
                "install --python {python} opencv-python-headless",
                python=sys.executable,
            ),
        ) from error
    picture = photo.photo_at(path)
    found = photo.standing(
        picture,
        project,
        loaded.editions,
        typed,
        lambda code: _standing(asked, project, code),
        lambda editions: _made_for_photo(asked, project, editions),
    )
    if asked.as_json:
        print_json(_photo_row(found))
    else:
        stdout.print("\n".join(map(told, photo.in_words(found, project, path))))
    raise typer.Exit(ExitCode.DONE if found.is_right else ExitCode.FINDINGS)


def _made_for_photo(asked: _Asked, project: Project, editions: Sequence[Edition]) -> Iterator[Made]:
    """Yield *editions* made, without those that have faults; what was built before is not made again."""
    from handout.builder.history import EarlierBuilds
    from handout.builder.rounds import make_all
    from handout.commands.progress import progress
    from handout.editions.cache_entry import RenderCache
    from handout.editions.single import Made
    from handout.machine.cache import Cache, user_folder

    past = EarlierBuilds.of(asked.folder, Cache(user_folder()))
    kept = RenderCache(past.cache, project, past.machine)
    with (
        progress(project, editions, verbose=False, hidden=asked.quiet or asked.as_json) as done,
        closing(make_all(project, editions, memory.usual_jobs(), kept)) as made,
    ):
        for one in made:
            done(one)
            if isinstance(one, Made) and one.files:
                yield one


def _photo_row(found: PhotoStanding) -> dict[str, object]:
    """Return what a photo says as JSON has it."""
    from handout.proof.photo.seen import Scale

    scale, is_known = found.scale, isinstance(found.scale, Scale)
    return {
        "standing": _standing_row(found.standing) if found.standing else None,
        "side": {"path": found.side.path, "page": found.side.page} if found.side else None,
        "scale_percent": round(scale.ratio * 100, 1) if isinstance(scale, Scale) else None,
        "scale_by": scale.source if isinstance(scale, Scale) else None,
        "scale_unknown": None if is_known else scale or "no-side",
        "foot": found.foot.state if found.foot else None,
        "foot_lost": list(found.foot.texts) if found.foot else [],
        "is_right": found.is_right,
    }
