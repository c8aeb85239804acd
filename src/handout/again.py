"""Answer a build that was asked for before and would change nothing, before anything slow is imported.

To read a command line takes longer than to see that no file changed. So what the words of a person asked for
is kept in the cache, for the same words in the same folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from handout.cache import Cache, user_folder
from handout.errors import ExitCode, Finding
from handout.record import Past, in_words
from handout.selection import Selection
from handout.state import digest

Changes: TypeAlias = Mapping[str, Sequence[str]]
"""Why each edition was made, by its name; nothing: it was kept from an earlier build."""


@dataclass(frozen=True)
class Request:
    """What a person asked of `handout build`."""

    project: Path
    folder: Path
    """Where the files go."""
    selection: Selection
    explain: bool
    as_json: bool
    quiet: bool
    verbose: bool


def answer(arguments: Sequence[str]) -> ExitCode | None:
    """Do what *arguments* ask for where that would change nothing; return None where it may."""
    if arguments[:1] != ["build"]:
        return None
    try:
        cache = Cache(user_folder())
        request = _recalled(cache.read(_name(arguments)))
        if request is not None and is_answered(request, Past.of(request.project, cache)):
            return ExitCode.DONE
    except OSError:  # whatever it is: who does the work will say it
        pass
    return None


def is_answered(request: Request, past: Past) -> bool:
    """Tell whether nothing changed since *request* was carried out; print then what was printed."""
    run = past.unchanged(request.selection, request.folder)
    if run is None:
        return False
    if request.verbose and not (request.quiet or request.as_json):
        from handout.printing import stderr

        for name in run.editions:
            stderr.print(name)
    print_build(request, run.files, run.findings, dict.fromkeys(run.editions, ()))
    return True


def remember(request: Request, arguments: Sequence[str], cache: Cache) -> None:
    """Keep what *arguments* asked for, given in the folder where we are."""
    row = {**asdict(request), "project": str(request.project), "folder": str(request.folder)}
    cache.write(_name(arguments), json.dumps(row).encode())


def print_build(
    request: Request, files: Iterable[str], findings: Iterable[Finding], changes: Changes
) -> None:
    """Print what a build made; *files* are relative to its folder."""
    findings = tuple(findings)
    if request.quiet and not request.as_json and not findings:
        return
    # Only here: what prints takes longer to import than to see no change.
    from handout.printing import print_found, stderr, stdout

    paths = [str(request.folder / file) for file in files]
    if not request.quiet and not request.as_json:
        for name, reasons in changes.items() if request.explain else ():
            stderr.print(f"{name}: {f'made: {in_words(reasons)}' if reasons else 'unchanged'}")
        if paths:
            stdout.out("\n".join(paths), highlight=False)
    more = {"changes": changes} if request.explain else {}
    print_found(findings, {"files": paths, **more}, request.as_json, request.quiet)


def _name(arguments: Sequence[str]) -> str:
    return f"request-{digest((str(Path.cwd()), *arguments))}"


def _recalled(content: bytes | None) -> Request | None:
    try:
        return _request(json.loads(content or b"null"))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None


def _request(row: Any) -> Request:
    asked = row["selection"].items()
    selection: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in asked
    }
    paths = {key: Path(row[key]) for key in ("project", "folder")}
    return Request(**{**row, **paths, "selection": Selection(**selection)})
