"""From editions to files: what is made, what is kept, and what happens when a worker dies."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at

from handout import build, cli
from handout.errors import ExitCode, HandoutError, has_errors
from handout.plan import Edition, Selection, editions
from handout.project import Project

ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a4]\npages = 1\n"
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


def ignore(_: Edition) -> None:
    """Take no notice of an edition that is done."""


def built(root: Path, *arguments: str) -> dict[str, build.FileRow]:
    """Build the project in *root*, and return what its manifest says, by path."""
    assert cli.run(["build", "--project", str(root), "--jobs", "1", "-q", *arguments]) == ExitCode.DONE
    rows: list[build.FileRow] = json.loads((root / "build/manifest.json").read_text("utf-8"))["files"]
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


def test_manifest_names_the_sources_as_they_were(root: Path) -> None:
    sources = built(root)[GIDS]["sources"]
    assert sources == {
        path: sha256(root / path) for path in ("content/handouts/gids.md", "content/procedures/aanmelden.md")
    }


def test_manifest_names_the_payload_of_each_code(root: Path) -> None:
    rows = built(root)
    assert (rows[GIDS]["qr"], rows[WIJZER]["qr"]) == (["https://mfa.school.be/info"], [])


def test_manifest_names_the_versions_that_decide_how_a_page_looks(root: Path) -> None:
    built(root, "wijzer")
    engine = json.loads((root / "build/manifest.json").read_text("utf-8"))["engine"]
    assert engine.keys() >= {"weasyprint", "pydyf", "fonttools", "segno"}
    assert engine["weasyprint"].startswith("70.")


@pytest.mark.parametrize(
    ("pages", "width_mm", "height_mm", "edge"),
    [
        (1, 210, 297, None),
        (2, 210, 297, "long edge"),
        (2, 297, 210, "short edge"),
        (2, 100, 100, "long edge"),
        (4, 210, 297, "long edge"),
    ],
)
def test_sheet_is_flipped_so_that_both_sides_stand_upright(
    pages: int, width_mm: float, height_mm: float, edge: str | None
) -> None:
    assert build.duplex_edge(pages, width_mm, height_mm) == edge


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


def test_whole_build_removes_the_files_of_a_handout_that_is_gone(root: Path) -> None:
    built(root)
    (root / "content/handouts/wijzer.md").unlink()
    assert WIJZER not in built(root)
    assert not (root / "build" / WIJZER).exists()


# ---- making -----------------------------------------------------------------------------------


def test_document_with_faults_is_not_rendered(root: Path) -> None:
    project_at(root, {"content/procedures/aanmelden.md": procedure("1. Ga naar [](#weg).")}, ONE_PAGE)
    project = loaded(root)
    made = build.make(project, planned(project)[0])
    assert has_errors(made.findings)
    assert (made.pdf, made.page_count) == (b"", 0)


def test_faults_of_all_editions_are_found_at_once(root: Path) -> None:
    # Without the setting of one page the sheet has two, and the text fills one.
    project_at(root, {})
    project = loaded(root)
    _, findings = build.build(project, planned(project), root / "build", everything=True, jobs=1, done=ignore)
    assert {Path(finding.place.path).stem for finding in findings} == {"gids", "wijzer"}
    assert not (root / "build/manifest.json").exists()


def test_workers_make_what_one_process_makes(root: Path) -> None:
    project = loaded(root)
    plan = planned(project)
    told: list[str] = []
    together = build.make_all(project, plan, 2, lambda edition: told.append(edition.output_path))
    alone = build.make_all(project, plan, 1, ignore)
    assert together == alone
    assert sorted(told) == sorted(PATHS)
    assert [one.edition for one in together] == list(plan)


# ---- workers that die -------------------------------------------------------------------------


class OtherMatter(Exception):
    """Raised by the tests while workers are busy."""


@pytest.fixture
def many(root: Path) -> Project:
    """Give a project that keeps two workers busy for a while."""
    return loaded(
        project_at(root, {f"content/handouts/g{n}.md": handout("aanmelden") for n in range(8)}, ONE_PAGE)
    )


@pytest.fixture(autouse=True)
def _no_worker_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def test_worker_that_dies_is_reported_with_the_editions_that_are_not_done(many: Project) -> None:
    done: list[str] = []

    def kill_workers(edition: Edition) -> None:
        done.append(edition.name)
        for worker in multiprocessing.active_children():
            if worker.pid is not None:
                os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(HandoutError) as caught:
        build.make_all(many, planned(many), 2, kill_workers)
    assert caught.value.exit_code == ExitCode.RENDERER
    assert "the renderer died" in caught.value.what
    assert done[0] not in caught.value.what
    assert any(edition.name in caught.value.what for edition in planned(many))
    assert "--jobs 1" in caught.value.fix


@pytest.mark.parametrize("jobs", [1, 2])
def test_renderer_that_fails_names_its_sheet(root: Path, jobs: int) -> None:
    # The engine cannot lay out a marker with content of its own.
    project = loaded(
        project_at(root, {"styles/components/marker.css": ".step::marker { content: 'x' }"}, ONE_PAGE)
    )
    with pytest.raises(HandoutError) as caught:
        build.make_all(project, planned(project), jobs, ignore)
    assert caught.value.exit_code == ExitCode.RENDERER
    assert re.match(r"the renderer failed on \S+/(gids|wijzer)-leaflet-a4: TypeError: ", caught.value.what)


def test_workers_stop_when_the_run_stops(many: Project) -> None:
    done: list[str] = []

    def stop(edition: Edition) -> None:
        done.append(edition.name)
        raise OtherMatter

    with pytest.raises(OtherMatter):
        build.make_all(many, planned(many), 2, stop)
    assert len(done) == 1
