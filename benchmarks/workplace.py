"""Lay down what is measured: the benchmark's project with its schools, and the handbook."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from benchmarks.leaflet import FIELDS, Leaflet, Procedure, Run, Step, school
from benchmarks.rows import Row

from handout.document import resolve
from handout.model.document import Document
from handout.model.text import Block, Callout, Heading, NumberedSteps, Paragraph, UiLabel, plain_text
from handout.project import plan
from handout.project.load import load
from handout.project.project import Project, primary_language

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = Path(__file__).parent / "project"
HANDOUT = "afdrukken"
AUDIENCE = "staff"
SHORT, LONG = "leaflet-a4", "long-a4"
PAGES_OF_SAMPLE = 2


def titles(count: int) -> tuple[str, ...]:
    """Return the titles of *count* handouts, which have all other words in common."""
    return tuple(f"Afdrukken op school {number}" for number in range(1, count + 1))


def stem(title: str) -> str:
    """Return the file name, without its end, that the program gives the piece with *title*."""
    return f"{slug(title)}-{SHORT}"


def slug(title: str) -> str:
    return f"{HANDOUT}-{title.rsplit(' ', 1)[-1]}"


def lay_down(
    folder: Path,
    school_count: int,
    handout_count: int,
    sample: Path = SAMPLE,
    row_of: Callable[[int], Row] = school,
) -> Path:
    """Write a project with the *sample*'s handout under several titles, for the sample schools; return it."""
    shutil.copytree(sample, folder)
    handouts = folder / "content" / "handouts"
    text = (handouts / f"{HANDOUT}.md").read_text("utf-8")
    (handouts / f"{HANDOUT}.md").unlink()
    for title in titles(handout_count):
        named = text.replace("title: Afdrukken op school\n", f"title: {title}\n")
        (handouts / f"{slug(title)}.md").write_text(named, "utf-8")
    _write_schools(folder / "content" / "schools.csv", school_count, row_of)
    return folder


def lay_down_long(folder: Path, pages: int, sample: Path = SAMPLE) -> Path:
    """Write a project with one handout of *pages* pages: the sample's procedures, as often as it takes."""
    lay_down(folder, 1, 1, sample)
    procedures = folder / "content" / "procedures"
    originals = sorted(procedures.glob("*.md"))
    handout = folder / "content" / "handouts" / f"{slug(titles(1)[0])}.md"
    text = handout.read_text("utf-8")
    names = _procedures_of(text)
    copies = [f"{name}-{number}" for number in range(2, pages // PAGES_OF_SAMPLE + 1) for name in names]
    for original in originals:
        for number in range(2, pages // PAGES_OF_SAMPLE + 1):
            (procedures / f"{original.stem}-{number}.md").write_bytes(original.read_bytes())
    text = text.replace(f"[{', '.join(names)}]", f"[{', '.join((*names, *copies))}]")
    text = text.replace(f"formats: [{SHORT}]", f"formats: [{LONG}]\npages: {pages}")
    handout.write_text(text, "utf-8")
    return folder


def _procedures_of(handout: str) -> tuple[str, ...]:
    (line,) = (line for line in handout.splitlines() if line.startswith("procedures: "))
    return tuple(line.removeprefix("procedures: ").strip("[]").split(", "))


def lay_down_handbook(folder: Path, root: Path = ROOT) -> Path:
    """Copy what the editors of the handbook in *root* wrote; templates and styles are the packaged ones."""
    folder.mkdir(parents=True)
    shutil.copy(root / "handout.toml", folder)
    shutil.copytree(root / "content", folder / "content")
    return folder


def lay_down_handbook_for(
    folder: Path, school_count: int, root: Path = ROOT, row_of: Callable[[int], Row] = school
) -> Path:
    """Copy the handbook in *root*, with sample schools in place of its own; return it."""
    lay_down_handbook(folder, root)
    _write_schools(folder / "content" / "schools.csv", school_count, row_of)
    return folder


def with_phone(table: str, school_id: str, phone: str) -> str:
    """Return *table*, as `lay_down` writes it, with another *phone* in the row of a school that has one.

    Raises ValueError where there is none.
    """
    lines = table.splitlines(keepends=True)
    column = ("id", *FIELDS).index("phone")
    for at, line in enumerate(lines):
        cells = line.rstrip("\n").split(";")
        if cells[0] == school_id and cells[column]:
            cells[column] = phone
            return "".join((*lines[:at], ";".join(cells) + "\n", *lines[at + 1 :]))
    raise ValueError(f"no row '{school_id}' with a phone")


SCHOOLS = "content/schools.csv"
LOGO = "logo-de-linde.svg"
"""A drawing of the handbook, in content/images/."""


def with_row(table: str, row: Row) -> str:
    """Return *table*, as `lay_down` writes it, with *row* at its end."""
    columns = table.partition("\n")[0].split(";")
    values = (getattr(row, column.replace("-", "_"), "") for column in columns)
    return f"{table}{';'.join(values)}\n"


def with_logos(folder: Path, ids: Collection[str]) -> Path:
    """Give the schools *ids* of the handbook in *folder* its logo; return the folder."""
    path = folder / SCHOOLS
    head, *rows = path.read_text("utf-8").splitlines()
    logos = [LOGO if row.partition(";")[0] in ids else "" for row in rows]
    lines = [f"{head};logo", *(f"{row};{logo}" for row, logo in zip(rows, logos, strict=True))]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return folder


def _write_schools(path: Path, count: int, row_of: Callable[[int], Row]) -> None:
    columns = ("id", *FIELDS)
    rows = (row_of(number) for number in range(1, count + 1))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(column.replace("_", "-") for column in columns)
        writer.writerows([getattr(row, column) for column in columns] for row in rows)


# ---- the words for the peers ------------------------------------------------------------------


def project_at(folder: Path) -> Project:
    """Return the project in *folder*. Raises ValueError where it has faults."""
    project, findings = load(folder)
    if project is None:
        raise ValueError("\n".join(map(str, findings)))
    return project


def leaflet(folder: Path) -> Leaflet:
    """Return the words of the first edition of the project in *folder*, as they stand on the paper."""
    project = project_at(folder)
    edition = plan.editions(project, plan.Selection())[0]
    document, findings = resolve.document(project, edition)
    if findings or document.qr is None:
        raise ValueError("\n".join(map(str, findings)) or "the sample has no QR code")
    words = project.strings[primary_language(document.language)]
    closing_title, closing = (_words(block) for block in document.closing)
    return Leaflet(
        audience=project.settings.audiences[document.audience].label,
        lead=plain_text(document.lead),
        procedures=tuple(_procedures(document, words["callout.caution"], words["callout.tip"])),
        closing_title=closing_title,
        closing=closing,
        help=words["help"],
        url=document.qr.url,
        address=document.qr.text,
        foot=f"{words['reviewed']} {document.newest:%d-%m-%Y}",
    )


def _procedures(document: Document, caution: str, tip: str) -> Iterator[Procedure]:
    for section in document.sections:
        steps = [step for block in section.blocks if isinstance(block, NumberedSteps) for step in block.steps]
        callouts = [block for block in section.blocks if isinstance(block, Callout)]
        label = {"caution": caution, "tip": tip}
        yield Procedure(
            section.letter or "",
            section.title,
            tuple(
                Step(
                    step.number,
                    tuple(Run(plain_text((one,)), isinstance(one, UiLabel)) for one in step.command),
                    " ".join(map(_words, step.blocks)),
                )
                for step in steps
            ),
            (label[callouts[0].kind], " ".join(map(_words, callouts[0].blocks))) if callouts else None,
        )


def _words(block: Block) -> str:
    if isinstance(block, Paragraph | Heading):
        return plain_text(block.children)
    raise ValueError(f"the peers have no way to print a {type(block).__name__}")
