"""List what a build would make: `handout list`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from handout.commands.loading import Loaded, loaded_project
from handout.commands.options import (
    AsJson,
    Audiences,
    Formats,
    Handouts,
    Languages,
    Mono,
    Only,
    PrintShop,
    ProjectFolder,
    Quiet,
    Schools,
    SpokenText,
    selected,
)
from handout.commands.output import finish, stdout

# A build in which nothing changed is over before the rest could be imported.
if TYPE_CHECKING:
    from rich.table import Table

    from handout.builder.listing import EditionRow, PrintFacts


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
    text: SpokenText = False,
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
    from handout.builder import listing

    loaded = loaded_project(
        project,
        selected(
            handouts, audience, format_, language, school, only, mono=mono, print_shop=print_shop, text=text
        ),
    )
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
        table.add_column(heading, overflow="fold")  # a name cut short is of no use
    for line in cells:
        table.add_row(*(line[heading] for heading in headings))
    return table


def _cells(row: EditionRow) -> Iterator[dict[str, str]]:
    """Yield the line of an edition, then one for each of its print sheets."""
    from handout.model.document import Ink, SheetKind

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
        print_at = f"{facts['paper']}, {flip}" if facts["paper"] else "not for paper"
        print_at = "for a print shop" if sheet == SheetKind.PRINT_SHOP else print_at
        yield {**same, "sheet": sheet, "pages": str(facts["pages"] or ""), "print at 100 %": print_at}


def _finish_sources(loaded: Loaded, as_json: bool, quiet: bool) -> NoReturn:
    """Print where each source went, as Markdown or JSON; leave as `finish` does."""
    from handout.document import sources

    rows = sources.follow(loaded.project, loaded.editions) if loaded.project else ()
    if rows and not as_json and not quiet:
        stdout.out(sources.markdown(rows), end="", highlight=False)
    finish(loaded.findings, {"sources": [asdict(row) for row in rows]}, as_json, quiet)
