"""What is printed: results on standard output, all else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

from rich.console import Console
from rich.text import Text

from handout.commands.language import told
from handout.commands.streams import takes_all_letters
from handout.model.findings import ExitCode, Finding, Severity, has_errors, in_order, printable
from handout.model.messages import say, say_count


class _Results(Console):
    """Standard output; it falls silent where its reader has gone, `handout list | head`. The run goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Messages(Console):
    """Standard error; a full disk behind it takes the words away, and never the result."""

    def print(self, *objects: Any, **ways: Any) -> None:
        """Print as a console does."""
        try:
            super().print(*objects, **ways)
        except OSError:
            self.quiet = True


UNFOLDED_COLUMNS = 1000
"""More than any table has: outside a terminal a row is one line, for a program may read it."""

# What is printed holds words of editors: `\\[`, `[red]` and `:smile:` in them are no marks of ours.
stdout = _Results(
    highlight=False,
    markup=False,
    emoji=False,
    soft_wrap=True,
    width=None if sys.stdout.isatty() else UNFOLDED_COLUMNS,
)
stderr = _Messages(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Print *value* as a result."""
    ascii_only = not takes_all_letters()
    stdout.out(json.dumps(value, indent=1, ensure_ascii=ascii_only, default=str), highlight=False)


def print_found(findings: Iterable[Finding], result: dict[str, object], as_json: bool, quiet: bool) -> None:
    """Print *findings*, and *result* with them where JSON is asked for."""
    ordered = in_order(findings)
    if as_json:
        print_json({**result, "findings": [_as_row(f) for f in ordered]})
        return
    for finding in ordered:
        if not quiet or finding.severity is Severity.ERROR:
            stderr.print(_coloured(finding))
    if ordered and not quiet:
        counts = Counter(finding.severity for finding in ordered)
        stderr.print(", ".join(told(_COUNTED[severity](n)) for severity, n in sorted(counts.items())))


_SEVERITIES = {Severity.ERROR: say("error"), Severity.WARNING: say("warning")}
_COUNTED = {
    Severity.ERROR: lambda number: say_count(number, "{n} error", "{n} errors"),
    Severity.WARNING: lambda number: say_count(number, "{n} warning", "{n} warnings"),
}
FIX = say("fix")
"""What stands before how to mend a fault."""


def _as_row(finding: Finding) -> dict[str, object]:
    return {
        "path": printable(finding.place.path),
        "line": finding.place.line or None,
        "column": finding.place.column or None,
        "severity": finding.severity,
        "rule": finding.rule or None,
        "what": told(finding.what),
        "fix": told(finding.fix),
    }


def _coloured(finding: Finding) -> Text:
    name = f"[{finding.rule}]" if finding.rule else ""
    return Text.assemble(
        (str(finding.place), "bold"),
        ": ",
        (told(_SEVERITIES[finding.severity]), "red" if finding.severity is Severity.ERROR else "yellow"),
        f"{name}: {told(finding.what)}\n  {told(FIX)}: {told(finding.fix)}",
    )


def print_error(what: str, fix: str) -> None:
    """Print why a run stopped, and how to go on."""
    stderr.print(in_red(told(_SEVERITIES[Severity.ERROR]), f": {told(what)}\n  {told(FIX)}: {told(fix)}"))


def in_red(words: str, rest: str) -> Text:
    """Return *words* in red, where the terminal has colours, and *rest* behind them."""
    return Text.assemble((words, "red"), rest)


def finish(findings: Iterable[Finding], result: dict[str, object], as_json: bool, quiet: bool) -> NoReturn:
    """Print *findings*, and *result* where JSON is asked for; leave with the exit code that they call for."""
    import typer  # a build in which nothing changed prints, and has no time for it

    ordered = in_order(findings)
    print_found(ordered, result, as_json, quiet)
    raise typer.Exit(ExitCode.FINDINGS if has_errors(ordered) else ExitCode.DONE)
