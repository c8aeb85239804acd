"""Copies for schools: from one master, proved each, the same in every run; else rendered in full."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at, text_of

import handout as package
from handout.builder import rounds
from handout.commands import app, progress
from handout.commands.progress import Log, Meter
from handout.editions import copies as copying
from handout.editions import single as making
from handout.editions.cache_entry import Ready
from handout.editions.copies import MadeMasters, Order, Sample
from handout.editions.imprint import Master, compare
from handout.editions.imprint.masters import with_values
from handout.machine import output_folder
from handout.machine.cache import VARIABLE
from handout.model.findings import ExitCode
from handout.model.rules import Rule
from handout.model.school import School
from handout.project.plan import Selection, editions
from handout.project.project import Project

ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\nmost-air = 1\n"
SOURCE = Path(package.__file__).resolve().parents[1]
LONG = "Voorbeeldschool met een naam die met al haar woorden veel te lang is voor een folder"
ROWS = "\r\n".join(
    (
        "id;name;ict-anchor;room;phone;hours",
        "linde;Voorbeeldschool De Linde;naam van het ICT-anker;B12;03 000 00 00;8.30 tot 16 uur",
        "beuk;Voorbeeldschool De Beuk;naam van het ICT-anker;A1;03 000 00 01;9 tot 12 uur",
        "eik;Voorbeeldschool De Grote Eik aan het Water;naam van het anker;Lokaal 3;+32 3 000 00 02;8 uur",
        "kaal;Voorbeeldschool Kaal;;;;",
        f"lang;{LONG} {LONG};naam van het ICT-anker;C3;03 000 00 03;8 uur",
    )
)
FILES: dict[str, str | bytes] = {
    "content/schools.csv": "\ufeff".encode() + ROWS.encode(),
    "content/procedures/aanmelden.md": procedure("1. Open `Outlook`.\n2. Klik op `Volgende`."),
    "content/handouts/gids.md": handout("aanmelden", audiences="[staff]", qr="security-info"),
    "content/handouts/kaart.md": handout("aanmelden", "", audiences="[staff]", formats="[card]"),
}
BEUK = "staff/gids-leaflet-a4 for beuk"
GIDS, CARD = "schools/{0}/staff/gids-leaflet-a4-{0}.pdf", "schools/{0}/staff/kaart-card-{0}.pdf"
FITTING = ("linde", "beuk", "eik")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_at(tmp_path_factory.mktemp("scholen"), FILES, ONE_PAGE)


@pytest.fixture(scope="module")
def project(root: Path) -> Project:
    return loaded(root)


@pytest.fixture(scope="module")
def mastered(project: Project) -> MadeMasters:
    (order,) = copying.parted(editions(project, Selection(("gids",), schools=FITTING)))[1]
    order, _, _ = copying.prepared_order(project, order, None, {})
    return copying.mastered(project, order)


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what a first build for the schools that fit makes, with the print jobs.

    It has a cache of its own: for a master that another test left there, even the only copy is compared.
    """
    folder = tmp_path_factory.mktemp("build")
    only = [word for id_ in (*FITTING, "kaal") for word in ("--school", id_)]
    arguments = ["build", "--project", str(root), "--output", str(folder), "-q", "--merge", *only]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("cache")))
        assert app.run(arguments) == ExitCode.DONE
    return folder


# ---- what a person gets -----------------------------------------------------------------------


def test_each_school_gets_a_copy_with_its_own_fields_and_no_others(project: Project, built: Path) -> None:
    texts = {id_: text_of((built / GIDS.format(id_)).read_bytes()) for id_ in FITTING}
    for school in project.schools:
        for id_, text in texts.items():
            assert (str(school.phone) in text) == (school.id == id_ and school.phone is not None)
    assert "Lokaal B12" in texts["linde"]
    assert "Voorbeeldschool De Grote Eik aan het Water" in texts["eik"]


def test_copies_that_were_not_sampled_are_as_full_renderings(project: Project, built: Path) -> None:
    report, _ = json.loads((built / "proof.json").read_bytes())["copies"]
    others = tuple(sorted(set(FITTING) - set(report["compared"])))
    assert len(others) == len(FITTING) - copying.SAMPLED  # beside that for "kaal", which is alone
    for edition in editions(project, Selection(("gids",), schools=others)):
        assert edition.school
        full = making.make(project, edition).pdf
        assert compare.differences((built / GIDS.format(edition.school.id)).read_bytes(), full) == ()


def test_report_says_for_whom_it_was_imprinted_and_who_was_rendered_in_full(built: Path) -> None:
    report, _ = json.loads((built / "proof.json").read_bytes())["copies"]
    assert report["name"] == "staff/gids-leaflet-a4"
    assert report["imprinted"] == len(FITTING) + 1
    assert len(report["compared"]) == copying.SAMPLED  # the one copy of "kaal" was proved as a whole
    whys = report["rendered_in_full"]
    assert whys == {}


def test_manifest_and_gallery_name_every_copy(built: Path) -> None:
    rows = json.loads((built / "manifest.json").read_bytes())["files"]
    copies = {row["path"]: row["school"] for row in rows if row["school"] and row["sheet"] is None}
    assert copies == {path.format(id_): id_ for id_ in (*FITTING, "kaal") for path in (GIDS, CARD)}
    for id_ in (*FITTING, "kaal"):
        page = (built / f"schools/{id_}/index.html").read_text("utf-8")
        own = [row["path"] for row in rows if row["school"] == id_]
        assert all(f'href="{path.removeprefix(f"schools/{id_}/")}"' in page for path in own)
        assert page.count("data:image/webp") == 2  # drawn of a master, for there is no general edition


def test_school_whose_name_is_too_long_is_named_with_its_cell(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["build", "--project", str(root), "--output", str(tmp_path), "-q", "--json"]
    assert app.run([*arguments, "--school", "all"]) == ExitCode.FINDINGS
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["path"], found["line"], found["column"]) == ("content/schools.csv", 6, 6)
    assert found["rule"] == Rule.SLOT_TOO_LONG
    assert not any(tmp_path.iterdir()), "it stops before anything is rendered"


def test_print_job_holds_the_sheets_of_all_schools_and_its_ticket_says_where(built: Path) -> None:
    with pikepdf.open(built / "jobs/staff/gids-leaflet-a4.pdf") as job:
        assert len(job.pages) == len((*FITTING, "kaal"))
    with pikepdf.open(built / "jobs/staff/kaart-card.pdf") as job:
        pages = len(job.pages)
        bookmarks = bookmarks_of(job)
        assert job.Root.PageMode == "/UseOutlines"
    sheets = [built / CARD.format(id_).replace(".pdf", "-print.pdf") for id_ in (*FITTING, "kaal")]
    assert pages == 2 * len(sheets)
    assert (built / "jobs/staff/kaart-card.pdf").stat().st_size < sum(s.stat().st_size for s in sheets)
    text = (built / "jobs/ticket.csv").read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[5] for row in rows[1:]] == 2 * [*FITTING, "kaal"]
    assert bookmarks == [(row[10], int(row[7])) for row in rows if row[0] == "jobs/staff/kaart-card.pdf"]
    assert bookmarks[1] == ("Voorbeeldschool De Beuk (beuk)", 3)
    assert "Voorbeeldschool De Beuk" in (built / "jobs/ticket.html").read_text("utf-8")


def bookmarks_of(job: pikepdf.Pdf) -> list[tuple[str, int]]:
    """Return the bookmarks of *job*, each with the page that it leads to, counted from 1."""
    pages = [page.obj.objgen for page in job.pages]
    with job.open_outline() as outline:
        found = [(item.title, item.destination) for item in outline.root]
    return [
        (title, pages.index(place[0].objgen) + 1)
        for title, place in found
        if isinstance(place, pikepdf.Array)
    ]


def test_poster_is_merged_whole_and_in_tiles_and_every_job_has_the_pages_that_are_told(
    tmp_path: Path,
) -> None:
    files = {
        "content/schools.csv": "id,name\nlinde,De Linde\nbeuk,De Beuk\n",
        "content/procedures/aanmelden.md": procedure("1. Open `Outlook`.\n2. Klik op `Volgende`."),
        "content/handouts/affiche.md": handout("aanmelden", "", audiences="[staff]", formats="[poster-a3]"),
        "content/handouts/gids.md": handout("aanmelden", audiences="[staff]"),
    }
    # A leaflet of one page has a back that stays empty where both sides are printed.
    settings = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\nmost-air = 1\nsheets = []\n"
    root, folder = project_at(tmp_path / "project", files, settings), tmp_path / "build"
    arguments = ["build", "--project", str(root), "--output", str(folder), "-q", "--merge", "--school", "all"]
    assert app.run(arguments) == ExitCode.DONE
    jobs = {row["path"]: row for row in json.loads((folder / "manifest.json").read_bytes())["files"]}
    jobs = {path: row for path, row in jobs.items() if row["sheet"] == "job"}
    whole, tiles = "jobs/staff/affiche-poster-a3.pdf", "jobs/staff/affiche-poster-a3-print.pdf"
    assert jobs.keys() == {whole, tiles, "jobs/staff/gids-leaflet-a4.pdf"}
    assert (jobs[whole]["paper"], jobs[tiles]["paper"]) == ("A3", "A4")
    for path, row in jobs.items():
        with pikepdf.open(folder / path) as job:
            assert len(job.pages) == row["pages"]
            assert [title for title, _ in bookmarks_of(job)] == ["De Linde (linde)", "De Beuk (beuk)"]
    with pikepdf.open(folder / whole) as job:
        assert [float(side) / 72 * 25.4 for side in job.pages[0].mediabox[2:]] == pytest.approx(
            [297, 420], 0.01
        )
    ticket = (folder / "jobs/ticket.html").read_text("utf-8")
    assert f"Alleen als er geen printer voor A3 is, in plaats van {whole}." in ticket
    assert "2 × A3 · 2 × A4" in ticket  # the posters whole, and the leaflets


def test_print_job_of_other_copies_does_not_stay(root: Path, built: Path, tmp_path: Path) -> None:
    subprocess.run(["cp", "-a", built, tmp_path / "build"], check=True)
    arguments = ["build", "--project", str(root), "--output", str(tmp_path / "build"), "-q"]
    assert app.run([*arguments, "--school", "linde"]) == ExitCode.DONE
    assert not (tmp_path / "build/jobs").exists()
    assert (tmp_path / "build" / CARD.format("beuk")).exists()


# ---- the same in every run --------------------------------------------------------------------


def made(project: Project, jobs: int, *schools: str) -> dict[str, bytes]:
    plan = editions(project, Selection(("gids",), schools=schools))
    found = rounds.make_all(project, plan, jobs)
    return {one.edition.name: one.pdf for one in found if isinstance(one, making.Made)}


def test_copy_is_the_same_alone_and_beside_others_and_in_one_process_or_two(project: Project) -> None:
    together = made(project, 2, *FITTING)
    assert made(project, 1, *FITTING) == together
    assert made(project, 1, "beuk") == {BEUK: together[BEUK]}


def test_copies_on_a_writer_are_the_same_where_a_process_is_killed(project: Project, tmp_path: Path) -> None:
    plan = editions(project, Selection(schools=FITTING))
    names = [path for edition in plan for path in edition.paths]
    made_here = rounds.make_all(project, plan, 1)
    alone = {one.edition.name: one for one in made_here if isinstance(one, making.Made)}
    with output_folder.staging(tmp_path, names) as files:
        laid: dict[str, making.Made] = {}
        for one in rounds.make_all(project, plan, 2, writer=files.writer):
            if isinstance(one, making.Made) and one.is_copy:
                if not laid:
                    kill_workers()
                laid[one.edition.name] = one
        assert laid.keys() == alone.keys()
        for name, one in laid.items():
            assert [file.data for file in one.files] == [b"" for _ in one.files]
            pdfs = [file.data for file in alone[name].files]
            assert [files.writer.read(file.path) for file in one.files] == pdfs
            sums = [file.staged.sha256 for file in one.files if file.staged]
            assert sums == [sha256(pdf).hexdigest() for pdf in pdfs]


def kill_workers() -> None:
    for worker in multiprocessing.active_children():
        if worker.pid is not None:
            os.kill(worker.pid, signal.SIGKILL)


RUN = """
import sys
from handout.__main__ import main
try:
    main()
finally:
    print("weasyprint" in sys.modules, file=sys.stderr)
"""


def test_kept_masters_give_the_same_copies_without_the_engine(root: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), VARIABLE: str(tmp_path / "cache")}
    schools = [word for id_ in FITTING for word in ("--school", id_)]

    def build(name: str, *more: str) -> subprocess.CompletedProcess[str]:
        command = ["build", "gids", "--project", str(root), "--output", str(tmp_path / name), "--explain"]
        return subprocess.run(
            [sys.executable, "-c", RUN, *command, *schools, *more],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )

    assert "made: it was not made here before" in build("first").stderr
    again = build("second", "--jobs", "1").stderr.splitlines()
    *unchanged, proved, rendered = again
    assert unchanged == [f"staff/gids-leaflet-a4 for {id_}: unchanged" for id_ in FITTING]
    assert (proved[:12], rendered) == ("all proved; ", "False")
    for id_ in FITTING:
        paths = [tmp_path / name / GIDS.format(id_) for name in ("first", "second")]
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_what_was_packed_comes_back(project: Project, mastered: MadeMasters) -> None:
    (ready,) = mastered.masters
    found = copying.unpack(project, general(project), ready.master.shape, copying.pack(ready), ready.schools)
    assert found is not None
    assert found.is_kept
    assert (found.figures, found.rooms, found.compared) == (ready.figures, ready.rooms, ready.compared)
    one, kept = (with_values(project, master, fitting(project))[0] for master in (ready.master, found.master))
    assert [kept.copy(school) for school in kept.schools] == [one.copy(school) for school in one.schools]


def test_master_of_which_nobody_is_to_have_a_copy_is_left_packed(
    project: Project, mastered: MadeMasters
) -> None:
    (ready,) = mastered.masters
    head, _, _ = copying.pack(ready).partition(b"\n")
    found = copying.unpack(project, general(project), ready.master.shape, head + b"\n", ())
    assert found == replace(ready, opened=None, schools=(), is_kept=True)
    assert not found.is_to_verify


@pytest.mark.parametrize("harm", [b"", b"{}\n{}", b"[]\n", b"\x80\x04N."])
def test_other_bytes_are_no_masters(project: Project, mastered: MadeMasters, harm: bytes) -> None:
    (ready,) = mastered.masters
    shape = ready.master.shape
    assert copying.unpack(project, general(project), shape, harm, ready.schools) is None
    assert (
        copying.unpack(project, general(project), shape, copying.pack(ready)[:-9] + harm, ready.schools)
        is None
    )


def general(project: Project) -> Ready:
    """Return the edition for no school."""
    (edition,) = editions(project, Selection(("gids",)))
    ready = making.prepare(project, edition)
    assert isinstance(ready, Ready)
    return ready


# ---- what stands already ----------------------------------------------------------------------


def test_only_the_copies_of_a_changed_row_are_made_anew(root: Path, tmp_path: Path) -> None:
    """Whichever came first: the table, a change of it, or one school of it."""
    own = shutil.copytree(root, tmp_path / "project")
    table = own / "content/schools.csv"
    before = table.read_bytes()
    after = before.replace(b"03 000 00 01", b"03 000 00 99")
    for name, tables in {
        "first": (before, after),
        "second": (after,),
        "third": (after, before, after),
    }.items():
        for content in tables:
            table.write_bytes(content)
            made_ = build_copies(own, tmp_path / name)
        if name == "first":
            sheets = ("staff/gids-leaflet-a4", "staff/kaart-card", "staff/kaart-card")  # and its print sheet
            assert sorted(made_) == [f"{sheet} for beuk" for sheet in sheets]
    assert files_of(tmp_path / "first") == files_of(tmp_path / "second") == files_of(tmp_path / "third")
    beuk = (tmp_path / "first" / GIDS.format("beuk")).read_bytes()
    assert "03 000 00 99" in text_of(beuk)
    (tmp_path / "first" / GIDS.format("eik")).write_bytes(beuk)
    assert "staff/gids-leaflet-a4 for eik" in build_copies(own, tmp_path / "first")
    assert files_of(tmp_path / "first") == files_of(tmp_path / "second")


def test_master_of_one_copy_is_verified_when_it_gets_another(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first was proved as a whole; of the second only what is its own would be."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))

    def compared(school: str) -> list[str]:
        folder = tmp_path / f"build-{len(list(tmp_path.iterdir()))}"  # empty: each copy is made
        arguments = ["build", "gids", "--project", str(root), "--output", str(folder), "-q"]
        assert app.run([*arguments, "--school", school]) == ExitCode.DONE
        (copies,) = json.loads((folder / "proof.json").read_bytes())["copies"]
        return list(copies["compared"])

    assert [compared(school) for school in ("eik", "eik", "linde", "beuk", "beuk")] == [
        [],
        [],
        ["linde"],
        ["linde"],
        ["linde"],
    ]


def build_copies(project: Path, folder: Path) -> list[str]:
    """Build the copies for the schools that fit, and return the editions whose files are other ones then."""
    before = files_of(folder)
    stood = {path: (folder / path).stat().st_ino for path in before}
    only = [word for id_ in FITTING for word in ("--school", id_)]
    arguments = ["build", "--project", str(project), "--output", str(folder), "-q", *only]
    assert app.run(arguments) == ExitCode.DONE
    rows = json.loads((folder / "manifest.json").read_bytes())["files"]
    new = [row for row in rows if stood.get(row["path"]) != (folder / row["path"]).stat().st_ino]
    return [f"{row['audience']}/{row['handout']}-{row['format']} for {row['school']}" for row in new]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.pdf"))}


# ---- what is proved ---------------------------------------------------------------------------


def fitting(project: Project) -> tuple[School, ...]:
    return tuple(school for school in project.schools if school.id in FITTING)


def filled(project: Project, mastered: MadeMasters) -> Master:
    """Return the master with the values of all schools."""
    (ready,) = mastered.masters
    return with_values(project, ready.master, fitting(project))[0]


def swapped(master: Master) -> Master:
    """Return *master* with the values of two schools in each other's place."""
    types = {**master.types, "linde": master.types["beuk"], "beuk": master.types["linde"]}
    return replace(master, types=types)


def faults(project: Project, mastered: MadeMasters, master: Master) -> set[str]:
    (batch,) = copying.batches(mastered, dict.fromkeys(FITTING, ""))
    copies = tuple(copying.proved(project, batch, master))
    lines = {school.id: school.place for school in project.schools}
    for copy in copies:
        assert copy.edition.school
        for found in copy.findings:
            assert (found.rule, found.place) == (Rule.COPY_WRONG, lines[copy.edition.school.id])
    return {found.what for copy in copies for found in copy.findings}


def test_copy_with_the_values_of_another_school_is_told(project: Project, mastered: MadeMasters) -> None:
    master = filled(project, mastered)
    assert faults(project, mastered, master) == set()
    found = faults(project, mastered, swapped(master))
    wrong = "in the finished copy the room reads 'Lokaal A1' in place of 'Lokaal B12'"
    assert f"staff/gids-leaflet-a4 for linde: {wrong}" in found
    assert any("for beuk" in what and "the name reads" in what for what in found)
    assert not any("for eik" in what for what in found)


def test_copy_whose_value_hangs_out_of_its_slot_is_told(project: Project, mastered: MadeMasters) -> None:
    (ready,) = mastered.masters
    rooms = tuple(room and (room[0], room[0] + 20) for room in ready.rooms)
    narrow = replace(mastered, masters=(replace(ready, rooms=rooms),))
    found = faults(project, narrow, filled(project, mastered))
    assert any("hangs out of the slot 'name'" in what for what in found)


def test_copy_with_a_letter_that_its_font_does_not_hold_is_told(
    project: Project, mastered: MadeMasters
) -> None:
    master = filled(project, mastered)
    spoilt = tuple(
        tuple(replace(line, type=line.type.replace(b"[<", b"[<0000>0<", 1)) for line in lines)
        for lines in master.types["eik"]
        if isinstance(lines, tuple)
    )
    found = faults(project, mastered, replace(master, types={**master.types, "eik": spoilt}))
    assert any("a letter that its font does not hold" in what for what in found)


def test_value_with_a_letter_that_the_master_lacks_is_rendered_in_full(
    project: Project, mastered: MadeMasters
) -> None:
    """The master has the letters of its shape, to which Cyrillic ones do not belong."""
    (ready,) = mastered.masters
    strange = replace(fitting(project)[0], ict_anchor="Олена Voorbeeld")
    (batch,) = copying.batches(
        replace(mastered, masters=(replace(ready, schools=(strange,)),)), {"linde": ""}
    )
    (copy,) = copying.filled(project, batch)
    assert not copy.is_copy
    assert str(copy.why_in_full).endswith("is drawn with glyphs that the other copies lack")
    assert "Олена Voorbeeld" in text_of(copy.pdf)


def test_difference_from_a_full_rendering_is_an_error(project: Project, mastered: MadeMasters) -> None:
    (ready,) = mastered.masters
    pushed = replace(ready.master, moves=tuple((right + 1, down) for right, down in ready.master.moves))
    linde = fitting(project)[0]
    assert copying.verified(project, Sample(ready.master, linde)).findings == ()
    found = copying.verified(project, Sample(pushed, linde)).findings
    assert found
    assert {(one.rule, one.severity) for one in found} == {(Rule.IMPRINT_DIFFERS, "error")}
    start = "staff/gids-leaflet-a4 for linde: the imprinted copy is not as a full rendering: "
    assert found[0].what.startswith(start)


def test_fault_of_an_edition_is_told_once_and_not_for_each_school(tmp_path: Path) -> None:
    faulty = procedure("1. Ga naar [](#weg).")
    project = loaded(project_at(tmp_path, {**FILES, "content/procedures/aanmelden.md": faulty}, ONE_PAGE))
    plan = editions(project, Selection(("gids",), schools=FITTING))
    found = [finding for one in rounds.make_all(project, plan, 1) for finding in one.findings]
    assert [finding.place.path for finding in found] == ["content/procedures/aanmelden.md"]


def test_meter_is_at_its_end_when_all_is_done(project: Project) -> None:
    plan = editions(project, Selection(("gids",), schools=(*FITTING, "kaal")))
    progress = Meter.of(project, plan)
    before = 0.0
    for one in rounds.make_all(project, plan, 1):
        progress = progress.after(one)
        assert before <= progress.done <= progress.total + 1e-9
        before = progress.done
    assert progress.done == pytest.approx(progress.total)


def test_log_of_a_run_has_a_line_each_quarter_minute(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 15.0)
    (made_,) = rounds.make_all(project, editions(project, Selection(("gids",))), 1)
    seconds = iter([0.0, 14.9, 15.0, 29.9, 60.0, 400.0])
    log = Log(Meter(8.0, {}), lambda: next(seconds))

    assert [log.after(made_) for _ in range(5)] == [
        None,
        "25% done, about 1 minute left; the last: staff/gids-leaflet-a4",
        None,
        "50% done, about 1 minute left; the last: staff/gids-leaflet-a4",
        "62% done, about 4 minutes left; the last: staff/gids-leaflet-a4",
    ]


def test_build_for_a_log_tells_how_far_it_is_and_a_quiet_one_does_not(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The clock goes on by ten seconds each time that it is asked."""
    monkeypatch.setattr(progress, "EVERY_S", 15.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=partial(next, count(0.0, 10.0))))
    arguments = ["build", "--project", str(root), "--output", str(tmp_path), "--force"]
    assert app.run(arguments) == ExitCode.DONE
    told, proved = capfd.readouterr().err.splitlines()  # of two sheets, in any order
    assert proved.startswith("all proved; ")
    assert told.startswith("100% done, less than a minute left; the last: staff/")
    assert app.run([*arguments, "-q"]) == ExitCode.DONE
    assert capfd.readouterr().err == ""


def test_orders_are_for_copies_alone(project: Project) -> None:
    plan = (
        *editions(project, Selection(("gids",))),
        *editions(project, Selection(("gids",), schools=("beuk", "eik"))),
    )
    single, orders = copying.parted(plan)
    assert [edition.school for edition in single] == [None]
    assert [(order.edition.name, [school.id for school in order.schools]) for order in orders] == [
        ("staff/gids-leaflet-a4", ["beuk", "eik"])
    ]
    assert isinstance(orders[0], Order)
