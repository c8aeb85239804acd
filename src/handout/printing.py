"""What is printed: results on standard output, all else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from handout.errors import Finding, Severity, in_order


class _Results(Console):
    """Standard output; it falls silent where its reader has gone, `handout list | head`. The run goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


UNFOLDED_COLUMNS = 1000
"""More than any table has: outside a terminal a row is one line, for a program may read it."""

stdout = _Results(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else UNFOLDED_COLUMNS)
stderr = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Print *value* as a result."""
    stdout.out(json.dumps(value, indent=1, ensure_ascii=False, default=str), highlight=False)


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
        stderr.print(
            ", ".join(f"{n} {severity}{'s' if n > 1 else ''}" for severity, n in sorted(counts.items()))
        )


def _as_row(finding: Finding) -> dict[str, object]:
    return {
        "path": finding.place.path,
        "line": finding.place.line or None,
        "column": finding.place.column or None,
        "severity": finding.severity,
        "rule": finding.rule or None,
        "what": finding.what,
        "fix": finding.fix,
    }


def _coloured(finding: Finding) -> str:
    colour = "red" if finding.severity is Severity.ERROR else "yellow"
    name = f"[{finding.rule}]" if finding.rule else ""
    return (
        f"[bold]{escape(str(finding.place))}[/]: [{colour}]{finding.severity}[/]{escape(name)}: "
        f"{escape(finding.what)}\n"
        f"  fix: {escape(finding.fix)}"
    )
