"""Print what the files of a project may hold, for editors that complete and check: `handout schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handout.commands.output import stdout
from handout.machine.new_files import write_over
from handout.model.findings import UsageError, suggest
from handout.model.messages import say


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="One of settings, formats, words, labels, walks, handout, procedure, fragment. "
            "Default: settings.",
        ),
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="DIR", help="Write all of them to this folder instead."),
    ] = None,
) -> None:
    """Print the JSON Schema of a settings file or a front matter.

    Example: handout schema --write .vscode/schemas
    """
    from handout.project import schemas

    if write is not None:
        if name is not None:
            raise UsageError(
                say("--write writes all schemas"),
                say("leave '{name}' out, or print it without --write", name=name),
            )
        write_over(write, {path: text.encode() for path, text in schemas.schema_files().items()})
        for path in schemas.schema_files():
            stdout.print(str(write / path))
        return
    asked = name or "settings"
    if asked not in schemas.FILES:
        raise UsageError(say("there is no schema '{asked}'", asked=asked), suggest(asked, schemas.FILES))
    stdout.out(schemas.as_text(schemas.schema(asked)), end="", highlight=False)
