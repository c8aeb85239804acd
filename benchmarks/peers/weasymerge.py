"""WeasyMerge: one template and a table, one PDF a row. Its command line does all, so it has no `opened`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from benchmarks.leaflet import FIELDS, Leaflet, School
from benchmarks.peers.html import html

TITLE = "title"


def prepare(leaflet: Leaflet, rows: Iterable[tuple[School, str, Path]], folder: Path) -> None:
    """Write the template and the table for *rows* to *folder*."""
    places = {field: f"@@{field}@@" for field in FIELDS}
    text = html(leaflet, School(id="", **places), f"@@{TITLE}@@")
    for field in (*FIELDS, TITLE):
        text = text.replace(f"@@{field}@@", f"{{{{ row['{field}'] }}}}")
    (folder / "leaflet.html").write_text(text, "utf-8")
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*FIELDS, TITLE, "id"))
        writer.writerows((*school.values, title, f"{school.id}-{path.stem}") for school, title, path in rows)


def command(folder: Path, output: Path, program: Path) -> list[str]:
    """Return the command that makes a file for each row."""
    return [
        str(program),
        f"--data={folder / 'rows.csv'}",
        f"--template={folder / 'leaflet.html'}",
        f"--output={output}/{{row[id]}}.pdf",
    ]
