"""From editions to files: what is made, what is kept, and what happens when a worker dies."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2
import pytest
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at
from tests.handbook import handbook

from handout.builder import builder, manifest, rounds
from handout.commands import app
from handout.editions import single
from handout.model.document import SheetKind
from handout.model.findings import ExitCode, HandoutError, Severity, has_errors
from handout.model.units import MM_PER_INCH, POINTS_PER_INCH, pt_to_mm
from handout.paper import impose
from handout.paper.impose.shop import SHOP_SLUG_MM
from handout.project.load import load
from handout.project.plan import Edition, Selection, editions
from handout.project.project import Project

ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n"
TWO_PAGES = f"{SETTINGS}\n[formats.leaflet-a4]\nleast-pages = 2\n"
"""Of which the texts fill one."""
STEPS = "1. Open `Outlook`. {#open}\n2. Klik op `Volgende`.\n3. Ga terug naar [](#open)."
FILES = {
    "content/procedures/aanmelden.md": procedure(STEPS),
    "content/handouts/gids.md": handout("aanmelden", qr="security-info"),
    "content/handouts/wijzer.md": handout("aanmelden", title="Wijzer", audiences="[staff]"),
}
GIDS, GIDS_STUDENTS, WIJZER = PATHS = (
    "staff/gids-leaflet-a4.pdf",
    "students/gids-leaflet-a4.pdf",
    "staff/wijzer-leaflet-a4.pdf",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_at(tmp_path / "project", FILES, ONE_PAGE)


def ignore(_: object) -> None:
    """Take no notice of an edition that is done."""


def built(root: Path, *arguments: str) -> dict[str, manifest.FileRow]:
    """Build the project in *root*, and return what its manifest says, by path."""
    assert app.run(["build", "--project", str(root), "--jobs", "1", "-q", *arguments]) == ExitCode.DONE
    rows: list[manifest.FileRow] = json.loads((root / "build/manifest.json").read_text("utf-8"))["files"]
    assert [row["path"] for row in rows] == sorted(row["path"] for row in rows)
    return {row["path"]: row for row in rows}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def planned(project: Project) -> tuple[Edition, ...]:
    return editions(project, Selection())


# ---- the manifest -----------------------------------------------------------------------------


def test_manifest_says_of_each_file_what_it_is(root: Path) -> None:
    rows = built(root)
    assert rows.keys() == set(PATHS)
    for path, row in rows.items():
        assert row["sha256"] == sha256(root / "build" / path)
        assert row["bytes"] == (root / "build" / path).stat().st_size
    row = rows[WIJZER]
    assert (row["handout"], row["title"], row["audience"]) == ("wijzer", "Wijzer", "staff")
    assert (row["format"], row["language"], row["school"]) == ("leaflet-a4", "nl-BE", None)
    assert (row["pages"], row["width_mm"], row["height_mm"], row["duplex"]) == (1, 210, 297, None)
    assert (row["paper"], row["sides"], row["scale_percent"]) == ("A4", 1, 100)
    assert (row["ink"], row["sheet"]) == ("colour", None)


def test_manifest_names_the_sources_as_they_were(root: Path) -> None:
    sources = built(root)[GIDS]["sources"]
    texts = ("content/handouts/gids.md", "content/procedures/aanmelden.md")
    assert {path: sources[path] for path in texts} == {path: sha256(root / path)[:16] for path in texts}
    assert sources.keys() - texts == {
        "handout.toml",
        "templates/formats/leaflet-a4.html",
        "templates/parts.html",
        "templates/sheet.html",
        "templates/strings/nl.toml",
    }


def test_manifest_names_the_payload_of_each_code(root: Path) -> None:
    rows = built(root)
    assert (rows[GIDS]["qr"], rows[WIJZER]["qr"]) == (["https://mfa.school.be/info"], [])


def test_manifest_names_the_versions_that_decide_how_a_page_looks(root: Path) -> None:
    built(root, "wijzer")
    engine = json.loads((root / "build/manifest.json").read_text("utf-8"))["engine"]
    assert engine.keys() >= {"weasyprint", "pydyf", "fonttools", "segno"}
    assert engine["weasyprint"].startswith("70.")


def test_manifest_says_how_each_print_sheet_is_printed(poster: Path) -> None:
    rows = built(poster, "--print-shop")
    facts = {
        path: (row["sheet"], row["paper"], row["pages"], row["sides"], row["duplex"], row["scale_percent"])
        for path, row in rows.items()
    }
    assert facts == {
        "staff/hulp-poster-a3.pdf": (None, "A3", 1, 1, None, 100),
        "staff/hulp-poster-a3-print.pdf": ("tiles", "A4", 5, 1, None, 100),
        "staff/hulp-poster-a3-print-tiles-a2.pdf": ("tiles-a2", "A4", 10, 1, None, 100),
        "staff/hulp-poster-a3-print-one-a4.pdf": ("one-a4", "A4", 1, 1, None, 100),
        "staff/hulp-poster-a3-shop.pdf": ("print-shop", "321 × 444 mm", 1, 1, None, 100),
    }
    for path, row in rows.items():
        with pikepdf.open(poster / "build" / path) as pdf:
            assert len(pdf.pages) == row["pages"]
            width, height = (pt_to_mm(float(side)) for side in pdf.pages[0].mediabox[2:])
            assert (width, height) == pytest.approx((row["width_mm"], row["height_mm"]), abs=0.1)
        assert row["sha256"] == sha256(poster / "build" / path)


def test_manifest_tells_the_black_only_edition_from_the_one_in_colour(root: Path) -> None:
    rows = built(root, "wijzer", "--mono")
    assert {path: row["ink"] for path, row in rows.items()} == {
        WIJZER: "colour",
        "staff/wijzer-leaflet-a4-mono.pdf": "mono",
    }


# ---- what an earlier build left ---------------------------------------------------------------


def test_part_of_a_build_keeps_the_other_files(root: Path) -> None:
    before = built(root)
    project_at(root, {"content/handouts/wijzer.md": handout("aanmelden", title="Nieuw", audiences="[staff]")})
    project_at(root, {}, ONE_PAGE)
    after = built(root, "wijzer")
    assert after.keys() == before.keys()
    assert (after[GIDS], after[WIJZER]["title"]) == (before[GIDS], "Nieuw")


def test_part_of_a_build_keeps_the_pictures_of_the_other_files(root: Path) -> None:
    built(root)
    before = (root / "build/index.html").read_text("utf-8")
    built(root, "wijzer")
    assert (root / "build/index.html").read_text("utf-8") == before


@pytest.mark.parametrize("change", ["removed", "replaced"])
def test_part_of_a_build_no_longer_names_a_file_that_was_changed_by_hand(root: Path, change: str) -> None:
    built(root)
    if change == "removed":
        (root / "build" / GIDS).unlink()
    else:
        (root / "build" / GIDS).write_bytes(b"van iemand anders")
    assert built(root, "wijzer").keys() == {GIDS_STUDENTS, WIJZER}
    assert f'href="{GIDS}"' not in (root / "build/index.html").read_text("utf-8")


@pytest.mark.parametrize("path", ["../project/handout.toml", "/etc/hostname", 7])
def test_part_of_a_build_does_not_read_what_a_strange_manifest_names(root: Path, path: str | int) -> None:
    built(root, "wijzer")
    manifest = json.loads((root / "build/manifest.json").read_text("utf-8"))
    target = root / "build" / str(path)
    digest = sha256(target) if target.is_file() else ""
    manifest["files"].append({**manifest["files"][0], "path": path, "sha256": digest})
    manifest["files"].append({"path": WIJZER})
    (root / "build/manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert built(root, "wijzer").keys() == {WIJZER}


def test_whole_build_removes_the_files_that_it_is_no_longer_asked_for(root: Path) -> None:
    assert len(built(root, "--mono", "--print-shop")) == 4 * len(PATHS)
    assert built(root).keys() == set(PATHS)
    assert sorted(path.name for path in (root / "build/staff").iterdir()) == [
        "gids-leaflet-a4.pdf",
        "wijzer-leaflet-a4.pdf",
    ]


def test_whole_build_removes_the_files_of_a_handout_that_is_gone(root: Path) -> None:
    built(root)
    (root / "content/handouts/wijzer.md").unlink()
    assert WIJZER not in built(root)
    assert not (root / "build" / WIJZER).exists()


def with_schools(root: Path, *ids: str) -> Path:
    rows = "".join(f"{id_},School {id_}\n" for id_ in ids)
    return project_at(root, {"content/schools.csv": f"id,name\n{rows}"}, ONE_PAGE)


def test_school_that_is_taken_out_of_the_table_is_taken_out_of_the_folder(root: Path) -> None:
    assert len(built(with_schools(root, "noord", "oost", "zuid"), "--school", "all")) == 3 * len(PATHS)
    rows = built(with_schools(root, "noord", "oost"), "wijzer")
    assert {row["school"] for row in rows.values()} == {None, "noord", "oost"}
    assert sorted(path.name for path in (root / "build/schools").iterdir()) == ["noord", "oost"]
    assert "zuid" not in (root / "build/index.html").read_text("utf-8")
    (root / "content/handouts/wijzer.md").unlink()
    rows = built(with_schools(root, "noord"), "--school", "all")
    assert {(row["school"], row["handout"]) for row in rows.values()} == {(None, "wijzer"), ("noord", "gids")}
    own = [f"{Path(path).stem}-noord.pdf" for path in PATHS if "gids" in path]
    assert sorted(path.name for path in (root / "build/schools").rglob("*.pdf")) == own


def test_copies_of_other_schools_stay_where_one_is_asked_for(root: Path) -> None:
    built(with_schools(root, "noord", "zuid"), "wijzer", "--school", "all")
    rows = built(root, "wijzer", "--school", "noord")
    assert {row["school"] for row in rows.values()} == {"noord", "zuid"}


# ---- making -----------------------------------------------------------------------------------


def test_document_with_faults_is_not_rendered(root: Path) -> None:
    project_at(root, {"content/procedures/aanmelden.md": procedure("1. Ga naar [](#weg).")}, ONE_PAGE)
    project = loaded(root)
    made = single.make(project, planned(project)[0])
    assert has_errors(made.findings)
    assert (made.pdf, made.page_count) == (b"", 0)


def test_faults_of_all_editions_are_found_at_once(root: Path) -> None:
    project_at(root, {}, TWO_PAGES)
    project = loaded(root)
    result = builder.build(
        project, planned(project), root / "build", selection=Selection(), jobs=1, done=ignore
    )
    assert {Path(finding.place.path).stem for finding in result.findings} == {"gids", "wijzer"}
    assert result.files == ()
    assert not (root / "build/manifest.json").exists()


def everything(project: Project, jobs: int) -> list[single.Made]:
    """Return all editions of *project* made, in the order of the plan."""
    plan = planned(project)
    found = {one.edition.name: one for one in rounds.make_all(project, plan, jobs)}
    made = [found[edition.name] for edition in plan]
    assert len(found) == len(plan)
    return [one for one in made if isinstance(one, single.Made)]


def test_workers_make_what_one_process_makes(root: Path) -> None:
    project = loaded(root)
    together = everything(project, 2)
    assert together == everything(project, 1)
    assert sorted(one.edition.output_path for one in together) == sorted(PATHS)


# ---- black alone ------------------------------------------------------------------------------

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
INKED_HANDOUTS = ("mfa-hulp-op-zak", "mfa-instellen", "smartphone-vergeten")
INKED_FORMATS = ("card", "leaflet-a4", "poster-a3", "trifold")
SCAN_DPI = 100


@pytest.fixture(scope="module")
def inked() -> dict[str, single.Made]:
    """One edition of the handbook in each of four formats, in both inks, with its print sheets."""
    project = handbook.project()
    selection = Selection(INKED_HANDOUTS, ("staff",), INKED_FORMATS, mono=True)
    first: dict[str, Edition] = {}
    for edition in editions(project, selection):
        first.setdefault(f"{edition.format} {edition.ink}", edition)
    return {name: handbook.made(edition) for name, edition in first.items()}


def colours(pdf: bytes) -> set[tuple[float, ...]]:
    """Return each colour, as red, green and blue from 0 to 1, that anything in *pdf* is drawn with."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        streams = [thing for thing in opened.objects if isinstance(thing, pikepdf.Stream)]
        assert not any("/ShadingType" in thing for thing in opened.objects if isinstance(thing, DICTIONARIES))
        drawn = [
            stream for stream in streams if stream.get("/Subtype") == "/Form" or "/PatternType" in stream
        ]
        images = [stream for stream in streams if stream.get("/Subtype") == "/Image"]
        assert {str(image.ColorSpace) for image in images} <= {"/DeviceGray"}
        contents = [*opened.pages, *drawn]
        return {colour for content in contents for colour in _colours_in(content)}


DICTIONARIES = (pikepdf.Dictionary, pikepdf.Stream)


def _colours_in(content: pikepdf.Page | pikepdf.Object) -> Iterator[tuple[float, ...]]:
    for instruction in pikepdf.parse_content_stream(content):
        operator = str(instruction.operator)
        if operator not in ("g", "G", "rg", "RG", "k", "K", "sc", "SC", "scn", "SCN"):
            continue
        numbers = [float(str(each)) for each in instruction.operands if not isinstance(each, pikepdf.Name)]
        assert len(numbers) in (0, 1, 3), f"{operator} with {len(numbers)} numbers"
        if numbers:
            yield tuple(numbers * 3 if len(numbers) == 1 else numbers)


def is_neutral(pdf: bytes) -> bool:
    """Tell whether each pixel of each page is black, white or a grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pixels = [np.asarray(page.render(scale=1.5).to_pil().convert("RGB")) for page in document]
    finally:
        document.close()
    return all((page[..., :1] == page[..., 1:]).all() for page in pixels)


@pytest.mark.parametrize("format_", INKED_FORMATS)
def test_edition_in_black_alone_holds_no_other_colour(inked: dict[str, single.Made], format_: str) -> None:
    made = inked[f"{format_} mono"]
    assert [str(finding) for finding in made.findings if finding.severity is Severity.ERROR] == []
    assert colours(made.pdf) == {BLACK, WHITE}
    assert is_neutral(made.pdf)
    assert all(is_neutral(sheet.data) for sheet in made.sheets)


@pytest.mark.parametrize("format_", INKED_FORMATS)
def test_both_inks_have_the_same_sheets_and_pages(inked: dict[str, single.Made], format_: str) -> None:
    colour, mono = inked[f"{format_} colour"], inked[f"{format_} mono"]
    assert not is_neutral(colour.pdf)
    assert colour.page_count == mono.page_count
    assert [(one.kind, one.printing) for one in colour.sheets] == [
        (one.kind, one.printing) for one in mono.sheets
    ]


@pytest.mark.parametrize("format_", ["poster-a3", "trifold"])
def test_large_fields_of_colour_are_frames_in_black(inked: dict[str, single.Made], format_: str) -> None:
    colour, mono = ((rasters(inked[f"{format_} {ink}"].pdf)[0] < 128).mean() for ink in ("colour", "mono"))
    assert mono < 0.75 * colour


# ---- print sheets -----------------------------------------------------------------------------


@pytest.fixture
def poster(tmp_path: Path) -> Path:
    """Give a project with one poster."""
    files = {
        "content/procedures/hulp.md": procedure("1. Ga naar je ICT-anker", audiences="staff"),
        "content/handouts/hulp.md": handout("hulp", "", audiences="[staff]", formats="[poster-a3]"),
    }
    return project_at(tmp_path / "poster", files, SETTINGS)


def a_booklet(root: Path, pages: int) -> Path:
    """Write a handout of eight procedures that fill a page of a booklet each, and asks for *pages*."""
    tasks = {
        f"content/procedures/taak-{task}.md": procedure(
            "\n".join(f"{step}. Open venster {step}\n\n    Lees het rustig.\n" for step in range(1, 8)),
            title=f"Taak {task}",
        )
        for task in range(1, 9)
    }
    names = ", ".join(f"taak-{task}" for task in range(1, 9))
    keys = {"audiences": "[staff]", "formats": "[booklet-a5]", "pages": str(pages)}
    return project_at(root, {**tasks, "content/handouts/gids.md": handout(names, **keys)})


def halves(pdf: bytes) -> list[tuple[str, str]]:
    """Return the words on the left and on the right half of each face of *pdf*."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        faces = []
        for face in document:
            text, (width, height) = face.get_textpage(), face.get_size()
            left = text.get_text_bounded(right=width / 2)
            faces.append((left, text.get_text_bounded(left=width / 2, right=width, top=height)))
        return faces
    finally:
        document.close()


def test_booklet_of_eight_pages_is_read_in_order_when_its_sheets_are_folded(tmp_path: Path) -> None:
    path = "staff/gids-booklet-a5-print.pdf"
    root = a_booklet(tmp_path, 8)
    row = built(root)[path]
    assert (row["sheet"], row["paper"], row["pages"], row["duplex"]) == ("booklet", "A4", 4, "short edge")
    faces = halves((root / "build" / path).read_bytes())
    found = [tuple(int(number) for number in map(_page_number, face)) for face in faces]
    assert found == [(8, 1), (2, 7), (6, 3), (4, 5)]
    for face in faces:
        for words in face:
            assert f"Taak {_page_number(words)}" in words


def _page_number(words: str) -> int:
    (number,) = re.findall(r"Bladzijde (\d) van 8", words)
    return int(number)


@pytest.mark.parametrize(("asked", "nearest"), [(6, 8), (2, 4), (9, 12)])
def test_booklet_that_leaves_a_page_of_its_sheets_blank_is_a_finding(
    tmp_path: Path, asked: int, nearest: int
) -> None:
    _, findings = load(a_booklet(tmp_path, asked))
    (finding,) = findings
    assert str(finding.place) == "content/handouts/gids.md:6"
    assert finding.what == (
        f"'gids' asks for {asked} pages; the folded sheets of a booklet have 4, 8, 12 … pages"
    )
    assert f"'pages: {nearest}'" in finding.fix


@pytest.mark.parametrize("format_", INKED_FORMATS)
def test_art_stays_off_the_trim_so_that_the_bleed_for_a_print_shop_is_white(
    inked: dict[str, single.Made], format_: str
) -> None:
    sheet = impose.sheet(inked[f"{format_} colour"].pdf, SheetKind.PRINT_SHOP)
    per_mm = SCAN_DPI / MM_PER_INCH
    # A pixel less: the one on the border belongs to both sides. The marks stand further out.
    outer, inner = round((SHOP_SLUG_MM - impose.BLEED_MM) * per_mm), round(SHOP_SLUG_MM * per_mm) - 1
    for raster in rasters(sheet.pdf):
        around = raster.copy()
        around[inner:-inner, inner:-inner] = 255
        assert (around[outer:-outer, outer:-outer] == 255).all()


def rasters(pdf: bytes) -> list[npt.NDArray[np.uint8]]:
    """Return the pages of *pdf* in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        scale = SCAN_DPI / POINTS_PER_INCH
        return [np.array(page.render(scale=scale, grayscale=True).to_pil()) for page in document]
    finally:
        document.close()


# ---- workers that die -------------------------------------------------------------------------


@pytest.fixture
def many(root: Path) -> Project:
    """Give a project that keeps two workers busy for a while."""
    return loaded(
        project_at(root, {f"content/handouts/g{n}.md": handout("aanmelden") for n in range(2)}, ONE_PAGE)
    )


@pytest.fixture(autouse=True)
def _no_worker_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def kill_workers() -> None:
    for worker in multiprocessing.active_children():
        if worker.pid is not None:
            os.kill(worker.pid, signal.SIGKILL)


def test_edition_whose_worker_is_killed_is_made_by_another_and_named(many: Project) -> None:
    killed: list[rounds.RoundResult] = []
    for one in rounds.make_all(many, planned(many), 2):
        if not killed:
            kill_workers()
        killed.append(one)
    alone = {one.edition.name: one.pdf for one in everything(many, 1)}
    assert {one.edition.name: one.pdf for one in killed if isinstance(one, single.Made)} == alone
    assert len(killed) == len(alone)
    victims = [one for one in killed if one.is_second_try]
    assert 1 <= len(victims) <= 2
    for victim in victims:
        warning = victim.findings[-1]
        assert warning.severity is Severity.WARNING
        assert warning.what.startswith(f"{victim.edition.name}: the process that made it was killed")
        assert "--jobs 1" in warning.fix


def test_run_that_loses_one_worker_after_another_stops_and_names_what_they_had(many: Project) -> None:
    over = threading.Event()

    def kill_all() -> None:
        while not over.wait(0.05):
            kill_workers()

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        with pytest.raises(HandoutError) as caught:
            everything(many, 2)
    finally:
        over.set()
        killer.join()
    assert caught.value.exit_code == ExitCode.RENDERER
    assert caught.value.what.startswith("the run was stopped: ")
    assert sum(edition.name in caught.value.what for edition in planned(many)) == rounds.MOST_LOST + 1


def test_edition_that_takes_too_long_is_stopped_and_named(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = loaded(root)
    monkeypatch.setattr(rounds, "LONGEST_WORK_S", 0)
    with pytest.raises(HandoutError) as caught:
        list(rounds.make_all(project, planned(project)[:1], 1))
    assert caught.value.exit_code == ExitCode.RENDERER
    assert caught.value.what == "staff/gids-leaflet-a4 was stopped: it took longer than 0 seconds"


@pytest.mark.parametrize("jobs", [1, 2])
def test_renderer_that_fails_names_each_sheet(root: Path, jobs: int) -> None:
    # The engine cannot lay out a marker with content of its own.
    project = loaded(
        project_at(root, {"styles/components/marker.css": ".step::marker { content: 'x' }"}, ONE_PAGE)
    )
    with pytest.raises(HandoutError) as caught:
        everything(project, jobs)
    assert caught.value.exit_code == ExitCode.RENDERER
    names = re.findall(r"the renderer failed on (\S+): TypeError: ", caught.value.what)
    assert sorted(names) == sorted(edition.name for edition in planned(project))


def test_editions_beside_the_one_that_fails_are_made_and_judged(root: Path) -> None:
    project_at(
        root,
        {"styles/audiences/students.css": ".step::marker { content: 'x' }"},
        ONE_PAGE.replace("pages = 1", "pages = 2"),
    )
    project = loaded(root)
    with pytest.raises(rounds.Unfinished) as caught:
        everything(project, 2)
    assert caught.value.what.startswith("the renderer failed on students/gids-leaflet-a4: ")
    judged = {finding.what.partition(":")[0] for finding in caught.value.findings}
    assert judged == {"staff/gids-leaflet-a4", "staff/wijzer-leaflet-a4"}


def test_workers_stop_when_the_run_stops(many: Project) -> None:
    with closing(rounds.make_all(many, planned(many), 2)) as made:
        next(made)
        assert multiprocessing.active_children() != []
    assert multiprocessing.active_children() == []
