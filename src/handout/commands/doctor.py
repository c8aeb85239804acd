"""Tell what this machine lacks: `handout doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handout.commands.language import told
from handout.commands.options import AsJson, Messages
from handout.commands.output import in_red, print_json, stdout
from handout.machine import doctor as examination
from handout.machine.cache import user_folder
from handout.model.findings import ExitCode
from handout.model.messages import say

# A build in which nothing changed is over before the rest could be imported.
if TYPE_CHECKING:
    from rich.table import Table


def doctor(
    output: Annotated[
        Path, typer.Option("--output", metavar="DIR", help="The folder that builds write to.")
    ] = Path("build"),
    messages: Messages = None,
    as_json: AsJson = False,
) -> None:
    """Tell what this machine lacks, and how to get it.

    Example: handout doctor
    """
    checks = examination.examine(output, user_folder())
    if as_json:
        print_json([_row(one) for one in checks])
    else:
        stdout.print(_health(checks))
        for one in checks:
            if not one.ok:
                _print_remedies(one)
    raise typer.Exit(ExitCode.DONE if all(one.ok for one in checks) else ExitCode.ENVIRONMENT)


def _row(check: examination.Check) -> dict[str, object]:
    told_ = {"name": check.name, "found": check.found, "needed": check.needed}
    return {**asdict(check), **{key: told(words) if words else words for key, words in told_.items()}}


def _health(checks: Sequence[examination.Check]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("", say("what"), say("found"), say("needed")):
        table.add_column(told(heading), overflow="fold")
    for one in checks:
        cells = (one.name, one.found or say("nothing"), one.needed)
        table.add_row(told(say("ok")) if one.ok else in_red(told(say("no")), ""), *map(told, cells))
    return table


def _print_remedies(check: examination.Check) -> None:
    needed = told(say("is needed: {needed}", needed=check.needed))
    stdout.print("\n", in_red(told(check.name), f" {needed}"), sep="")
    for system, command in examination.remedies_in_order(check, examination.this_system()):
        stdout.print(f"  {system}: {command}")
