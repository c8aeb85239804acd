"""Findings as SARIF 2.1.0, the form in which code forges take them and show them beside the changed lines."""

from __future__ import annotations

from collections.abc import Iterable

from handout import __version__
from handout.commands.language import told
from handout.model.findings import Finding, Severity, printable
from handout.model.messages import say

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}
HELP = say("docs/findings.md")
UNNAMED = "content"
"""The rule of a finding that has no name of its own."""


def report(findings: Iterable[Finding]) -> dict[str, object]:
    """Return *findings* as one SARIF log with one run."""
    ordered = tuple(findings)
    names = sorted({finding.rule or UNNAMED for finding in ordered})
    driver = {
        "name": "handout",
        "version": __version__,
        "rules": [
            {
                "id": name,
                "help": {"text": told(say("See {file}, under '{rule}'.", file=told(HELP), rule=name))},
            }
            for name in names
        ],
    }
    results = [_result(finding, names) for finding in ordered]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _result(finding: Finding, names: list[str]) -> dict[str, object]:
    rule = finding.rule or UNNAMED
    location: dict[str, object] = {"artifactLocation": {"uri": printable(finding.place.path)}}
    if finding.place.line:
        column = {"startColumn": finding.place.column} if finding.place.column else {}
        location["region"] = {"startLine": finding.place.line, **column}
    return {
        "ruleId": rule,
        "ruleIndex": names.index(rule),
        "level": LEVELS[finding.severity],
        "message": {"text": told(say("{what}. To mend it: {fix}.", what=finding.what, fix=finding.fix))},
        "locations": [{"physicalLocation": location}],
    }
