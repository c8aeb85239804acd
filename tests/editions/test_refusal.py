"""A row that cannot be printed stops its own copies; all else is written where a person says so."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from tests.conftest import SETTINGS, handout, procedure, project_at

from handout.commands import app
from handout.editions import copies as copying
from handout.model.findings import ExitCode

ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\nmost-air = 1\n"
HEAD = "id;name;address;room;phone;hours"
LONG = "Voorbeeldschool met een naam die met al haar woorden veel te lang is voor een folder"
FITTING = ("linde", "beuk", "eik")
ROWS = {
    "linde": "linde;Voorbeeldschool De Linde;Kaai 1;B12;03 000 00 00;8.30 tot 16 uur",
    "beuk": "beuk;Voorbeeldschool De Beuk;Kaai 2;A1;03 000 00 01;9 tot 12 uur",
    "eik": "eik;Voorbeeldschool De Grote Eik;Kaai 3;C3;03 000 00 02;8 uur",
}
FILES = {
    "content/procedures/aanmelden.md": procedure("1. Open `Outlook`.\n2. Klik op `Volgende`."),
    "content/handouts/gids.md": handout("aanmelden", audiences="[staff]"),
    "content/handouts/kaart.md": handout("aanmelden", "", audiences="[staff]", formats="[card]"),
}
GIDS, CARD = "schools/{0}/staff/gids-leaflet-a4-{0}.pdf", "schools/{0}/staff/kaart-card-{0}.pdf"


def table(*rows: str) -> str:
    return "\n".join((HEAD, *(ROWS.get(row, row) for row in rows)))


def with_table(root: Path, *rows: str, **files: str) -> Path:
    return project_at(root, {"content/schools.csv": table(*rows), **files}, ONE_PAGE)


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Build = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOUT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_at(tmp_path / "project", FILES, ONE_PAGE)


@pytest.fixture
def build(root: Path, capfd: pytest.CaptureFixture[str]) -> Build:
    def run(*arguments: str) -> Answer:
        code = app.run(["build", "--project", str(root), "--jobs", "1", *arguments])
        captured = capfd.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


def copies(root: Path) -> set[str]:
    return {path.parts[-3] for path in (root / "build/schools").rglob("*.pdf")}


def manifest(root: Path) -> Sequence[dict[str, Any]]:
    files: Sequence[dict[str, Any]] = json.loads((root / "build/manifest.json").read_bytes())["files"]
    return files


# ---- what is written --------------------------------------------------------------------------


def test_refused_row_takes_its_copies_away_and_leaves_all_others(root: Path, build: Build) -> None:
    with_table(root, *FITTING)
    assert build("kaart", "--school", "all", "--merge").code == ExitCode.DONE
    before = {path: path.read_bytes() for path in (root / "build").rglob("*.pdf")}

    with_table(root, "linde", "beuk;Voorbeeldschool De Beuk;=Kaai;;;", "eik")
    stopped = build("kaart", "--school", "all", "--merge")
    assert (stopped.code, stopped.out) == (ExitCode.FINDINGS, "")
    assert "content/schools.csv:3:30: error[schools-cell]: 'address' is '=Kaai', which" in stopped.err
    assert "nothing was written; with --keep-going all is, but for the copies of: beuk" in stopped.err
    assert {path: path.read_bytes() for path in (root / "build").rglob("*.pdf")} == before

    answer = build("kaart", "--school", "all", "--merge", "--keep-going")
    assert answer.code == ExitCode.INCOMPLETE
    assert "content/schools.csv:3:30: error[schools-cell]: 'address' is '=Kaai', which" in answer.err
    assert answer.err.endswith("written, but for the copies of: beuk (content/schools.csv:3)\n")
    assert "beuk" not in answer.out
    assert copies(root) == {"linde", "eik"}
    assert not (root / "build/schools/beuk").exists()
    assert {row["school"] for row in manifest(root)} == {None, "linde", "eik"}
    with pikepdf.open(root / "build/jobs/staff/kaart-card.pdf") as job:
        assert len(job.pages) == 2 * 2
    ticket = (root / "build/jobs/ticket.csv").read_text("utf-8-sig")
    assert [row[5] for row in csv.reader(io.StringIO(ticket), delimiter=";")][1:] == ["linde", "eik"]
    gallery = (root / "build/index.html").read_text("utf-8")
    assert ">Niet gemaakt</h2>" in gallery
    assert "<dt>Voorbeeldschool De Beuk</dt>" in gallery
    assert (
        '<code>content/schools.csv:3:30</code>: <span lang="en">&#39;address&#39; is &#39;=Kaai&#39;'
        in gallery
    )
    assert "To mend it: write a text that does not begin with" in gallery
    assert 'href="schools/beuk' not in gallery
    (refused,) = json.loads((root / "build/proof.json").read_bytes())["refused"]
    assert (refused["school"], refused["path"], refused["line"]) == ("beuk", "content/schools.csv", 3)
    assert [found["rule"] for found in refused["findings"]] == ["schools-cell"]
    assert "beuk (content/schools.csv:3): no copies" in (root / "build/proof.html").read_text("utf-8")

    again = build("kaart", "--school", "all", "--merge", "--keep-going")
    assert again == answer
    other_words = json.loads(build("--school", "all", "--merge", "--keep-going", "kaart", "--json").out)
    assert other_words["exit_code"] == 6
    assert other_words["refused"] == [
        {"school": "beuk", "name": "Voorbeeldschool De Beuk", "path": "content/schools.csv", "line": 3}
    ]

    with_table(root, *FITTING)
    assert build("kaart", "--school", "all", "--merge", "--keep-going").code == ExitCode.DONE
    assert copies(root) == {"linde", "beuk", "eik"}
    assert "Niet gemaakt" not in (root / "build/index.html").read_text("utf-8")


def test_value_too_long_on_one_sheet_refuses_the_row_on_all(root: Path, build: Build) -> None:
    with_table(root, *FITTING, f"lang;{LONG} {LONG};;;;")
    everything = build("--school", "all", "--school", "lang", "-q")
    assert everything.code == ExitCode.FINDINGS
    assert "content/schools.csv:5" in everything.err
    assert not (root / "build/schools").exists()

    answer = build("--school", "all", "--keep-going")
    assert answer.code == ExitCode.INCOMPLETE
    assert copies(root) == set(FITTING)
    assert len(answer.out.splitlines()) == len(FITTING) * 3  # the leaflet, the card and its print sheet
    assert not {row["school"] for row in manifest(root)} & {"lang"}


def test_rows_that_are_refused_do_not_stop_what_is_for_no_school(root: Path, build: Build) -> None:
    with_table(root, ";naamloos;;;;", "linde")
    answer = build("kaart", "--keep-going")
    assert answer.code == ExitCode.INCOMPLETE
    assert [row["path"] for row in manifest(root)] == ["staff/kaart-card-print.pdf", "staff/kaart-card.pdf"]
    assert answer.err.endswith("written, but for the copies of: naamloos (content/schools.csv:2)\n")


def test_school_that_is_asked_for_by_its_id_is_written_whatever_is_wrong_with_other_rows(
    root: Path, build: Build
) -> None:
    bad = ("berk;Berk;Kaai 4;B1;4.75E+08;", ";Zonder naam;;;;", "den;Den;Kaai 5;B2;#N/A;")
    with_table(root, *bad[:2], "linde", bad[2])
    answer = build("kaart", "--school", "LINDE")
    assert answer.code == ExitCode.DONE, answer.err
    assert str(root / "build" / CARD.format("linde")) in answer.out.splitlines()
    assert copies(root) == {"linde"}
    assert {int(line) for line in re.findall(r"schools\.csv:(\d+).*: warning", answer.err)} == {2, 3, 5}
    assert "error" not in answer.err
    for asked in (("--school", "berk"), ("--school", "all"), ("--only", "room=B12")):
        assert build("kaart", *asked).code == ExitCode.FINDINGS, asked


def test_where_every_row_is_refused_no_print_job_is_left(root: Path, build: Build) -> None:
    with_table(root, "linde")
    assert build("kaart", "--school", "all", "--merge", "-q").code == ExitCode.DONE
    with_table(root, "linde;;;;;")
    answer = build("kaart", "--school", "all", "--merge", "--keep-going", "-q")
    assert (answer.code, answer.out) == (ExitCode.INCOMPLETE, "")
    assert manifest(root) == []
    assert sorted(path.name for path in (root / "build").iterdir() if path.is_dir()) == []


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (("linde", 'beuk;"Beuk', "eik"), 3),  # nobody knows which rows come after
        (("linde;x;y",), 1),
    ],
)
def test_fault_of_the_table_stops_all(root: Path, build: Build, rows: tuple[str, ...], line: int) -> None:
    head = HEAD if line > 1 else f"{HEAD};kleur"
    project_at(
        root, {"content/schools.csv": "\n".join((head, *(ROWS.get(row, row) for row in rows)))}, ONE_PAGE
    )
    answer = build("kaart", "--school", "all", "--keep-going")
    assert answer.code == ExitCode.FINDINGS
    assert re.search(rf"^content/schools\.csv:{line}(:\d+)?: error", answer.err, re.MULTILINE)
    assert "--keep-going" not in answer.err
    assert not (root / "build").exists()


def test_fault_of_a_handout_stops_all_and_points_to_its_text(root: Path, build: Build) -> None:
    faulty = procedure("1. Ga naar [](#weg).")
    with_table(root, *FITTING, **{"content/procedures/aanmelden.md": faulty})
    answer = build("gids", "--school", "all", "--keep-going")
    assert (answer.code, answer.out) == (ExitCode.FINDINGS, "")
    assert "content/procedures/aanmelden.md:5: error[reference-missing]" in answer.err
    assert "schools.csv" not in answer.err
    assert not (root / "build/manifest.json").exists()


# ---- whose fault it is ------------------------------------------------------------------------

FILLING = "\n".join("1. Kom naar {{ school.address }}." for _ in range(3))
"""It fills a card."""


def test_text_that_one_school_makes_too_long_is_told_at_its_row(root: Path, build: Build) -> None:
    wide = "Een heel lange straat met een heel lange naam en nog een bus erbij 1234, 2000 Antwerpen " * 2
    files = {"content/procedures/aanmelden.md": procedure(FILLING)}
    with_table(root, "linde", f"beuk;Beuk;{wide};;;", **files)
    answer = build("kaart", "--school", "all", "--keep-going")
    assert answer.code == ExitCode.INCOMPLETE
    errors = [line for line in answer.err.splitlines() if ": error" in line]
    assert errors
    assert all(line.startswith("content/schools.csv:3: error[") for line in errors)
    assert "it shows at content/procedures/aanmelden.md:" in errors[0]
    assert copies(root) == {"linde"}


def test_text_that_is_too_long_for_nobody_in_particular_is_the_fault_of_the_handout(
    root: Path, build: Build
) -> None:
    files = {"content/procedures/aanmelden.md": procedure("\n".join(4 * [FILLING]))}
    with_table(root, *FITTING, **files)
    answer = build("kaart", "--school", "all", "--keep-going")
    assert answer.code == ExitCode.FINDINGS
    assert "error[too-long]" in answer.err
    assert "schools.csv" not in answer.err
    assert not any(f" for {school}" in answer.err for school in FITTING), "once, and not for each school"


ASIDE = '[data-place^="content/schools.csv:{}:"] {{ display: block; margin-left: 400mm }}\n'
"""A style that pushes the values of one row off the paper."""


def test_master_is_verified_without_a_school_that_has_a_fault(root: Path, build: Build) -> None:
    """The one has the most to say, so that it is tried first; then another is."""
    faulty, compared = "linde", "beuk"
    line = 2 + FITTING.index(faulty)
    with_table(root, *FITTING, **{"styles/audiences/staff.css": ASIDE.format(line)})
    answer = build("gids", "--school", "all", "--keep-going")
    assert answer.code == ExitCode.INCOMPLETE
    places = {row.split(": ")[0] for row in answer.err.splitlines() if ": error" in row}
    assert {place.rpartition(":")[0] for place in places} == {f"content/schools.csv:{line}"}
    assert copies(root) == set(FITTING) - {faulty}
    report = json.loads((root / "build/proof.json").read_bytes())
    (one,) = report["copies"]
    assert (one["compared"], one["rendered_in_full"]) == ([compared], {})
    assert [row["school"] for row in report["refused"]] == [faulty]


def test_full_check_makes_the_copies_of_the_other_rows_too(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with_table(root, "linde", "beuk;;;;;", "eik", **{"styles/audiences/staff.css": ASIDE.format(2)})
    arguments = ["check", "gids", "--project", str(root), "--school", "all", "--full"]
    assert app.run(arguments) == ExitCode.FINDINGS
    errors = [line for line in capfd.readouterr().err.splitlines() if ": error" in line]
    assert errors.pop() == "content/schools.csv:3:6: error[schools-cell]: the row has no name"
    assert {line.split(": ")[0].rpartition(":")[0] for line in errors} == {"content/schools.csv:2"}
    assert not (root / "build").exists()


def test_fault_of_every_school_is_that_of_the_handout(root: Path, build: Build) -> None:
    ids = [f"school-{number}" for number in range(copying.MOST_PASSED_OVER + 2)]
    style = "".join(ASIDE.format(2 + number) for number in range(len(ids)))
    with_table(
        root, *(f"{id_};{id_};Kaai;B1;03;8 uur" for id_ in ids), **{"styles/audiences/staff.css": style}
    )
    answer = build("gids", "--school", "all", "--keep-going")
    assert answer.code == ExitCode.FINDINGS
    assert "content/handouts/gids.md:1: error[sticks-out]" in answer.err
    assert f"and for {copying.MOST_PASSED_OVER} before it" in answer.err
