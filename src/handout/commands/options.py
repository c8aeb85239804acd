"""The options that several commands share, and what they ask of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from handout.commands.language import ask
from handout.model.files import BRAILLE, FILLABLE, HTML, TEXT
from handout.model.findings import HandoutError
from handout.project.selection import Selection


def _slugs(folder: str) -> Callable[[str], list[str]]:
    """Return the completion of the names of the Markdown files in *folder* of the project at hand."""

    def complete(incomplete: str) -> list[str]:
        return sorted(p.stem for p in Path(folder).glob("*.md") if p.stem.startswith(incomplete))

    return complete


def _setting_names(table: str) -> Callable[[str], list[str]]:
    """Return the completion of the keys of *table* in the settings of the project at hand."""

    def complete(incomplete: str) -> list[str]:
        from handout.project.load import load

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

HandoutsToPrint = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="HANDOUT",
        help="Names of handouts; without any, say which with --audience, --format, --language, --reading or "
        "--school.",
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
        autocompletion=_setting_names("plain_formats"),
    ),
]


Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--language",
        metavar="TAG",
        help="Only in this language, by its tag: nl-BE; 'all' for each that there is a translation into. "
        "Repeatable.",
    ),
]


Readings = Annotated[
    list[str] | None,
    typer.Option(
        "--reading",
        metavar="NAME",
        help="Laid out for this way of reading, in the formats that are: large, easy; 'standard' for that of "
        "most people, 'all' for every one, but easy where a handout lists it. With 'braille' also a file for "
        "a braille printer or display, ….brf: it takes liblouis. Repeatable.",
    ),
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


SpokenText = Annotated[
    bool,
    typer.Option("--text", help="Also what a screen reader reads, as text, beside each piece: ….txt."),
]


Fillable = Annotated[
    bool,
    typer.Option(
        "--fillable",
        help="Also a file to type a school's values into, for who has no row in the table of schools: "
        "…-fillable.pdf.",
    ),
]


Html = Annotated[
    bool,
    typer.Option(
        "--html",
        help="Also each handout as one page for a screen, to open, to send or to put on a site: ….html.",
    ),
]


Strict = Annotated[
    bool,
    typer.Option("--strict", help="A text without a translation that holds is an error, not a warning."),
]


Messages = Annotated[
    str | None,
    typer.Option(
        "--messages",
        metavar="LANGUAGE",
        is_eager=True,
        callback=ask,
        help="The language of what is said: nl or en; default: that of the project, else of this machine.",
    ),
]


Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print faults only.")]


Verbose = Annotated[
    bool, typer.Option("-v", "--verbose", help="Print each edition, and tracebacks of crashes.")
]


def selected(
    handouts: list[str] | None,
    audiences: list[str] | None,
    formats: list[str] | None,
    languages: list[str] | None,
    schools: list[str] | None,
    only: list[str] | None,
    *,
    readings: list[str] | None = None,
    mono: bool = False,
    print_shop: bool = False,
    merge: bool = False,
    keep_going: bool = False,
    strict: bool = False,
    text: bool = False,
    fillable: bool = False,
    html: bool = False,
) -> Selection:
    """Return what these options ask for; those that are not given ask for everything."""
    further = (
        (TEXT, text),
        (FILLABLE, fillable),
        (HTML, html),
        (BRAILLE, BRAILLE in (readings or ())),  # a way of reading without a layout of its own
    )
    return Selection(
        handouts=tuple(handouts or ()),
        audiences=tuple(audiences or ()),
        formats=tuple(formats or ()),
        languages=tuple(languages or ()),
        readings=tuple(name for name in readings or () if name != BRAILLE),
        schools=tuple(schools or ()),
        only=tuple(only or ()),
        mono=mono,
        print_shop=print_shop,
        merge=merge,
        keep_going=keep_going,
        strict=strict,
        also=tuple(kind for kind, is_asked in further if is_asked),
    )
