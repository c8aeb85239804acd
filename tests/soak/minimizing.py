"""Make a faulty project small: what can be left out while the fault stays, is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak import reader
from tests.soak.building import Sheet, write
from tests.soak.grammar import Said, Written
from tests.soak.soaking import Fault

from handout.editions import single
from handout.model.findings import HandoutError, Severity
from handout.project import plan
from handout.project.load import load

Files = Mapping[str, bytes]
MOST_VERIFIED = 300
MOST_KINDS = 4
"""Less text brings other faults, as pages that are not filled: not too many of them."""


def minimized(written: Written, fault: Fault) -> Files:
    """Return the files of *written* without all that *fault*, which was found in them, does not need.

    A fault of a copy for a school is looked for in a full rendering of it.
    """
    files = dict(written.files)
    verified = 0
    again = True
    while again:
        again = False
        for smaller in _smaller(files):
            verified += 1
            if verified > MOST_VERIFIED:
                return files
            if shows(smaller, fault, written.said):
                files, again = dict(smaller), True
                break
    return files


def shows(files: Files, fault: Fault, said: tuple[Said, ...]) -> bool:
    """Tell whether the project of *files* is whole, but for *fault*."""
    with TemporaryDirectory(prefix="handout-soak-") as folder:
        write(files, Path(folder))
        try:
            project, found = load(Path(folder))
            is_source = fault.kind.startswith("source: ")
            if project is None or is_source:
                return is_source and any(f"source: {one.rule}" == fault.kind for one in found)
            if any(one.severity is Severity.ERROR for one in found):
                return False
            chosen = plan.Selection(
                schools=("all",) if " for " in fault.edition else (), mono="-mono" in fault.edition
            )
            editions = [
                edition for edition in plan.editions(project, chosen) if edition.name == fault.edition
            ]
            made = [single.make(project, edition) for edition in editions]
        except HandoutError:
            return fault.kind == "crash"
    if fault.kind == "passed":
        kept = [
            one for one in said if any(one.name in data.decode(errors="ignore") for data in files.values())
        ]
        sheets = [
            Sheet(one.edition, one, ())
            for one in made
            if not any(f.severity is Severity.ERROR for f in one.findings)
        ]
        return any(True for sheet in sheets for _ in reader.faults(sheet, kept, project))
    found_kinds = [{f"refused: {one.rule}" for one in sheet.findings} for sheet in made]
    return any(fault.kind in kinds and len(kinds) <= MOST_KINDS for kinds in found_kinds)


def _smaller(files: Files) -> Iterator[Files]:
    """Yield *files* with something less, the largest parts first."""
    for path in sorted(files):
        if path == "handout.toml" or path.startswith("templates/"):
            continue
        yield {name: data for name, data in files.items() if name != path}
    for path, text in _texts(files):
        blocks = text.split("\n\n")
        for at in range(1, len(blocks)):
            yield {**files, path: "\n\n".join(blocks[:at] + blocks[at + 1 :]).encode()}
    for path, text in _texts(files):
        lines = text.split("\n")
        for at in range(1, len(lines) - 1):
            yield {**files, path: "\n".join(lines[:at] + lines[at + 1 :]).encode()}


def _texts(files: Files) -> Iterator[tuple[str, str]]:
    return ((path, data.decode()) for path, data in sorted(files.items()) if path.endswith((".md", ".csv")))
