"""List what a build would make: `handout list`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from handout.commands.language import told
from handout.commands.loading import Loaded, loaded_project
from handout.commands.options import (
    AsJson,
    Audiences,
    Fillable,
    Formats,
    Handouts,
    Html,
    Languages,
    Messages,
    Mono,
    Only,
    PrintShop,
    ProjectFolder,
    Quiet,
    Readings,
    Schools,
    SpokenText,
    selected,
)
from handout.commands.output import finish, stdout
from handout.model.findings import UsageError
from handout.model.messages import Message, any_of, say

# A build in which nothing changed is over before the rest could be imported.
if TYPE_CHECKING:
    from rich.table import Table

    from handout.builder.listing import EditionRow, PrintFacts
    from handout.document.label_uses import LabelSheet, LabelUse, LabelUses


def list_editions(
    handouts: Handouts = None,
    audience: Audiences = None,
    format_: Formats = None,
    language: Languages = None,
    reading: Readings = None,
    school: Schools = None,
    only: Only = None,
    project: ProjectFolder = Path(),
    mono: Mono = False,
    print_shop: PrintShop = False,
    text: SpokenText = False,
    fillable: Fillable = False,
    html: Html = False,
    by_source: Annotated[
        bool,
        typer.Option(
            "--sources", help="List where each source went instead: procedures, handouts, audiences."
        ),
    ] = False,
    label: Annotated[
        str | None,
        typer.Option(
            "--label",
            metavar="TEXT",
            help="List where the sheets show this on-screen label instead: steps, drawings, school copies.",
        ),
    ] = None,
    messages: Messages = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List what a build would make, with the paper that it needs.

    Example: handout list --audience students
    """
    from handout.builder import listing

    loaded = loaded_project(
        project,
        selected(
            handouts,
            audience,
            format_,
            language,
            school,
            only,
            readings=reading,
            mono=mono,
            print_shop=print_shop,
            text=text,
            fillable=fillable,
            html=html,
        ),
    )
    if by_source and label is not None:
        raise UsageError(say("--sources and --label are two lists"), say("ask for one of them at a time"))
    if label is not None:
        _finish_label(loaded, label, as_json, quiet)
    if by_source:
        _finish_sources(loaded, as_json, quiet)
    rows, findings = listing.rows(loaded.project, loaded.editions) if loaded.project else ((), ())
    if not as_json and not quiet and rows:
        stdout.print(_table(rows))
    finish((*loaded.findings, *findings), {"editions": rows}, as_json, quiet)


def _table(rows: Sequence[EditionRow]) -> Table:
    """Return a line for each file: 100 columns hold it. The titles are in the JSON alone."""
    from rich.table import Table

    cells = [line for row in rows for line in _cells(row)]
    headings = [heading for heading in cells[0] if any(line[heading] for line in cells)]
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(told(_HEADINGS[heading]), overflow="fold")  # a name cut short is of no use
    for line in cells:
        table.add_row(*(line[heading] for heading in headings))
    return table


def _cells(row: EditionRow) -> Iterator[dict[str, str]]:
    """Yield the line of an edition, then one for each of its print sheets."""
    from handout.model.document import STANDARD_READING, Ink, SheetKind

    same = {
        "handout": row["handout"],
        "audience": row["audience"],
        "school": row["school"] or "",
        "format": row["format"],
        "reading": "" if row["reading"] == STANDARD_READING else row["reading"],
        "ink": "" if row["ink"] == Ink.COLOUR else row["ink"],
    }
    files: list[tuple[str, PrintFacts]] = [("", row), *((sheet["sheet"], sheet) for sheet in row["sheets"])]
    for sheet, facts in files:
        print_at = told(_how_to_print(facts, is_for_shop=sheet == SheetKind.PRINT_SHOP))
        yield {**same, "sheet": sheet, "pages": str(facts["pages"] or ""), "print at 100 %": print_at}


_EDGES = {
    "long edge": say("2 sides, flip on long edge"),
    "short edge": say("2 sides, flip on short edge"),
}
_HEADINGS = {
    "handout": say("handout"),
    "audience": say("audience"),
    "school": say("school"),
    "format": say("format"),
    "reading": say("reading"),
    "ink": say("ink"),
    "sheet": say("sheet"),
    "pages": say("pages"),
    "print at 100 %": say("print at 100 %"),
}


def _how_to_print(facts: PrintFacts, *, is_for_shop: bool) -> Message:
    if is_for_shop:
        return say("for a print shop")
    if not facts["paper"]:
        return say("not for paper")
    sides = _EDGES[facts["duplex"]] if facts["duplex"] else say("1 side")
    return say("{paper}, {sides}", paper=facts["paper"], sides=sides)


def _finish_sources(loaded: Loaded, as_json: bool, quiet: bool) -> NoReturn:
    """Print where each source went, as Markdown or JSON; leave as `finish` does."""
    from handout.document import sources

    rows = sources.follow(loaded.project, loaded.editions) if loaded.project else ()
    if rows and not as_json and not quiet:
        stdout.out(sources.markdown(rows), end="", highlight=False)
    finish(loaded.findings, {"sources": [asdict(row) for row in rows]}, as_json, quiet)


def _finish_label(loaded: Loaded, label: str, as_json: bool, quiet: bool) -> NoReturn:
    """Print which sheets show *label*, and where; leave as `finish` does."""
    from handout.document import label_uses

    if loaded.project is None:
        finish(loaded.findings, {}, as_json, quiet)
    found, findings = label_uses.find(loaded.project, loaded.editions, label)
    if not as_json and not quiet:
        if found.sheets:
            stdout.print(_uses_table(found.sheets))
        stdout.print(told(_in_all(found)))
    rows: dict[str, object] = {
        "texts": found.texts,
        "sheets": [_sheet_with_label(sheet) for sheet in found.sheets],
    }
    finish((*loaded.findings, *findings), rows, as_json, quiet)


def _in_all(found: LabelUses) -> Message:
    named = any_of(f"'{text}'" for text in found.texts)
    sheets, copies = len(found.sheets), sum(sheet.copies for sheet in found.sheets)
    if not sheets:
        return say("no sheet shows {named}", named=named)
    return say(
        "sheets that show {named}: {sheets}; copies of them for schools: {copies}",
        named=named,
        sheets=sheets,
        copies=copies,
    )


def _uses_table(sheets: Sequence[LabelSheet]) -> Table:
    """Return a line for each place, with the copies at the first of each sheet."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    headings = (
        *(say("handout"), say("audience"), say("format"), say("procedure"), say("step")),
        *(say("written at"), say("copies")),
    )
    for heading in headings:
        table.add_column(told(heading), overflow="fold")
    for sheet in sheets:
        edition = sheet.edition
        for number, use in enumerate(sheet.uses):
            step = ", ".join(part for part in (use.step, use.option) if part)
            language = f" {edition.language}" if edition.is_translated else ""
            names = (edition.handout.slug, edition.audience, f"{edition.format}{language}")
            copies = "" if number else str(sheet.copies)
            table.add_row(*names, use.procedure or "", step, _written_at(use), copies)
    return table


def _written_at(use: LabelUse) -> str:
    if use.picture:
        return told(say("{place} in {picture}", place=use.place, picture=use.picture))
    return str(use.place)


def _sheet_with_label(sheet: LabelSheet) -> dict[str, object]:
    edition = sheet.edition
    return {
        "handout": edition.handout.slug,
        "audience": edition.audience,
        "format": edition.format,
        "reading": edition.reading,
        "language": edition.language,
        "ink": edition.ink,
        "path": edition.output_path,
        "copies": sheet.copies,
        "uses": [_use_row(use) for use in sheet.uses],
    }


def _use_row(use: LabelUse) -> dict[str, str | None]:
    return {**asdict(use), "place": str(use.place)}
