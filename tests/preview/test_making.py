"""What the resident processes make: the bytes of a build, the places on its pages, and a crash survived."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from queue import Queue
from typing import cast

import pytest
from PIL import Image, ImageChops
from tests.conftest import DRAWING, REPOSITORY, SCHOOLS, SETTINGS, handout, loaded, procedure, project_at
from tests.preview.serving import START, Preview, preview, proved, wish

from handout.editions import single
from handout.editions.cache_entry import Ready
from handout.paper.engine.arrangement import Arrangement
from handout.paper.engine.region import Region, RegionKind
from handout.preview import errands
from handout.preview.desk import LATE_PICTURES, Desk, Look
from handout.preview.page import look
from handout.preview.session import Wish
from handout.project import plan
from handout.project.project import Project

STEPS = "Neem je toestel.\n\n1. Klik op `Volgende`.\n2. Open `Mail`.\n\n    1. Typ je naam.\n\n3. Klaar!"
FILES: dict[str, str | bytes] = {
    "content/procedures/a.md": procedure(STEPS),
    "content/handouts/gids.md": handout("a", formats="[leaflet-a5, tent-a4]"),
    "content/images/a.svg": DRAWING,
    "content/schools.csv": SCHOOLS,
}
UNSEEN_SHADES = 4
ONE_PAGE = f"{SETTINGS}\n[formats.leaflet-a5]\npages = 1\nmost-air = 1\nsheets = []\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return loaded(project_at(tmp_path_factory.mktemp("project"), FILES, ONE_PAGE))


def edition(project: Project, format_: str, school: str | None = None) -> plan.Edition:
    schools = (school,) if school else ()
    (found,) = plan.editions(project, plan.Selection((), ("staff",), (format_,), schools=schools))
    return found


def shown(project: Project, format_: str, school: str | None = None) -> single.ShownEdition:
    ready = single.prepare(project, edition(project, format_, school))
    assert isinstance(ready, Ready)
    return single.shown(project, ready)


def text_region(found: single.ShownEdition, line: int, path: str = "content/procedures/a.md") -> Region:
    (region,) = [
        one
        for one in found.regions
        if one.kind is RegionKind.TEXT and (one.place.path, one.place.line) == (path, line)
    ]
    return region


def ink(picture: errands.DrawnPage, region: Region) -> int:
    """Return how many dark dots *region* holds."""
    image = Image.open(BytesIO(picture.data)).convert("L")
    scale = image.width / picture.width_mm
    left, top = region.left_mm * scale, region.top_mm * scale
    box = left, top, left + region.width_mm * scale, top + region.height_mm * scale
    return sum(int(count) for count in image.crop(box).histogram()[:128])


def test_what_is_shown_is_to_the_byte_what_is_made(project: Project) -> None:
    found = shown(project, "leaflet-a5")
    made = single.make(project, edition(project, "leaflet-a5"))
    assert made.findings == ()
    assert found.made.pdf == made.pdf
    assert single.prove(project, found.made) == made


def test_regions_hold_what_is_written_at_their_lines_one_below_the_other(project: Project) -> None:
    found = shown(project, "leaflet-a5")
    (picture,) = errands.drawn(found.made.pdf, errands._as_png)
    first, second, inner, third = (text_region(found, line) for line in (7, 8, 10, 12))
    for region in (first, second, inner, third):
        assert region.page_index == 0
        assert ink(picture, region) > 50
        assert 0 <= region.left_mm < region.left_mm + region.width_mm <= 148
    assert first.top_mm + first.height_mm <= second.top_mm + 0.5
    assert second.top_mm + second.height_mm <= third.top_mm + 0.5
    assert second.top_mm < inner.top_mm < inner.top_mm + inner.height_mm <= second.top_mm + second.height_mm


def test_slots_are_regions_of_their_own(project: Project) -> None:
    found = shown(project, "leaflet-a5")
    slots = {one.name: one for one in found.regions if one.kind is RegionKind.SLOT}
    sizes = project.settings.formats["leaflet-a5"].slots
    assert {"ict-anchor", "phone", "room"} <= slots.keys()
    for name in ("ict-anchor", "phone"):
        assert slots[name].width_mm == pytest.approx(sizes[name].width_mm, abs=0.1)
        assert slots[name].height_mm == pytest.approx(sizes[name].height_mm, abs=0.1)


def test_what_is_turned_is_where_it_is_turned_to(project: Project) -> None:
    """The faces of a table tent: the upper one stands on its head, as the fold in the middle mirrors it."""
    found = shown(project, "tent-a4")
    rooms = [one for one in found.regions if one.name == "room"]
    upper, lower = sorted(rooms, key=lambda one: one.top_mm)
    assert upper.top_mm + upper.height_mm < 297 / 2 < lower.top_mm
    assert upper.top_mm == pytest.approx(297 - lower.top_mm - lower.height_mm, abs=0.5)
    assert upper.left_mm == pytest.approx(210 - lower.left_mm - lower.width_mm, abs=0.5)


def test_a_sketch_shows_what_is_made_where_it_is_set_alike(project: Project) -> None:
    made = errands.done(errands.MakeEdition(project, edition(project, "leaflet-a5")))
    assert isinstance(made, errands.Pages)
    assert made.arrangement is not None
    sketch = errands.done(errands.DrawSketch(project, edition(project, "leaflet-a5"), made.arrangement))
    assert isinstance(sketch, errands.Sketched)
    assert sketch.regions == made.regions
    assert sketch.page_count == len(made.pictures) == 1
    drawn, final = (
        Image.open(BytesIO(picture.data)).convert("RGB") for picture in (sketch.first, made.pictures[0])
    )
    # What is printed in black ink alone is grey in the file: a shade of 255 beside the colour of the sketch.
    shades = ImageChops.difference(drawn, final).convert("L").histogram()
    assert not any(shades[UNSEEN_SHADES + 1 :])
    assert (sketch.first.width_mm, sketch.first.height_mm) == pytest.approx((148, 210), abs=0.1)
    assert errands.done(errands.Tidy()) is None
    assert errands.done(errands.DrawNext(0)) is None, "nothing of it is held any more"


def test_there_is_no_sketch_of_what_does_not_fit_as_before(project: Project, tmp_path: Path) -> None:
    made = errands.done(errands.MakeEdition(project, edition(project, "leaflet-a5")))
    assert isinstance(made, errands.Pages)
    assert made.arrangement is not None
    longer = procedure(STEPS + "".join(f"\n{n}. Klik op `Knop {n}`." for n in range(4, 60)))
    other = loaded(project_at(tmp_path, {**FILES, "content/procedures/a.md": longer}, ONE_PAGE))
    assert errands.done(errands.DrawSketch(other, edition(other, "leaflet-a5"), made.arrangement)) is None
    too_long = errands.done(errands.MakeEdition(other, edition(other, "leaflet-a5")))
    assert isinstance(too_long, errands.Pages)
    assert len(too_long.pictures) > 1
    assert any("too long" in finding.what for finding in too_long.made.findings)
    # The list goes on overleaf; its first step, with which it begins, does not.
    first = [region.page_index for region in too_long.regions if region.place.line == 7]
    assert first == [0]
    assert any(region.page_index == 1 and region.place.line > 12 for region in too_long.regions)


def test_pictures_that_nobody_shows_are_let_go_of(tmp_path: Path) -> None:
    desk = Desk(project_at(tmp_path, FILES, ONE_PAGE), lambda: date(2026, 11, 29))
    page = errands.DrawnPage(b"x", "image/png", 10, 10, b"", 0)
    stays = Wish("gids", "staff", "tent-a4", "nl-BE")
    desk._put(stays, Look(pages=desk._shown([page])))
    for _ in range(3 * LATE_PICTURES):
        desk._put(replace(stays, format="leaflet-a5"), Look(pages=desk._shown([page, page])))
    (kept,) = desk.look(stays).pages
    assert desk.picture(kept.id) is not None
    assert desk.picture(kept.id + 1) is None
    assert len(desk._pictures) <= LATE_PICTURES + 3


def test_a_sketch_on_which_the_program_fails_is_told_and_then_made(tmp_path: Path) -> None:
    desk = Desk(project_at(tmp_path, FILES, ONE_PAGE), lambda: date(2026, 11, 29))
    asked = Wish("gids", "staff", "leaflet-a5", "nl-BE")
    told: Queue[Look] = Queue()
    desk.watch(asked, lambda _, __: told.put(desk.look(asked)))
    # What no process can be handed: the fault of a program, not of an engine or a text.
    desk._put(asked, Look(arrangement=cast(Arrangement, threading.Lock())))
    desk.start()
    desk.see_to(asked)

    failed = told.get(timeout=60)
    while not (made := told.get(timeout=60)).is_proved:
        pass

    seen = look(desk.session, asked, failed, lambda _: "")
    assert isinstance(seen, dict)
    assert (seen["is_made"], seen["is_proved"], seen["is_sketch"]) == (True, True, False), (
        "no more comes of it"
    )
    assert "handout liep vast: TypeError" in str(seen["findings"])
    assert made.failure is None
    assert made.findings == ()
    assert made.files
    assert desk._sketches.ask(errands.Tidy()) is None, "it goes on"


# ---- held against a build ---------------------------------------------------------------------

CARD = "mfa-hulp-op-zak"


def handbook_at(root: Path) -> Path:
    """Copy the handbook's own files to *root*."""
    shutil.copytree(REPOSITORY / "content", root / "content")
    shutil.copy(REPOSITORY / "handout.toml", root)
    return root


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Preview, Path]]:
    root = handbook_at(tmp_path_factory.mktemp("handbook"))
    with preview(root) as running:
        yield running, root


def query(**more: str) -> str:
    return wish(CARD, "staff", "card", **more)


def build(root: Path, output: Path, *options: str) -> dict[str, bytes]:
    """Return the files that a build makes of the card, by name."""
    chosen = ["build", CARD, "--audience", "staff", "--project", str(root), "--output", str(output)]
    command = [sys.executable, "-c", START, *chosen]
    subprocess.run([*command, *options], check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in output.rglob("*.pdf")}


def offered(running: Preview, query: str, count: int) -> dict[str, bytes]:
    found = {}
    for index in range(count):
        status, told, data = running.ask(f"/file/{index}?{query}")
        assert status == 200
        found[told["Content-Disposition"].partition('filename="')[2].rstrip('"')] = data
    return found


def test_the_files_on_offer_are_to_the_byte_those_of_a_build(
    served: tuple[Preview, Path], tmp_path: Path
) -> None:
    running, root = served
    asked = query()
    with running.looks(asked) as looks:
        proved(looks)
        # Made once with other words: nothing of them is left.
        source = root / f"content/handouts/{CARD}.md"
        text = source.read_text("utf-8")
        source.write_text(text.replace("title: MFA-hulp", "title: MFA-help"), "utf-8")
        assert proved(looks)["findings"] == []
        other = offered(running, asked, 2)
        source.write_text(text, "utf-8")
        final = proved(looks)
    found = offered(running, asked, len(final["files"]))
    assert found == build(root, tmp_path / "out")
    assert len(found) == 2, "the card, and its print sheet"
    assert found != other
    assert running.ask(f"/file/2?{asked}")[0] == 404


def test_the_copy_for_a_school_is_filled_as_a_build_fills_it(
    served: tuple[Preview, Path], tmp_path: Path
) -> None:
    running, root = served
    school = loaded(root).schools[0].id
    asked = query(school=school)
    with running.looks(asked) as looks:
        final = proved(looks)
    assert final["findings"] == []
    built = build(root, tmp_path / "out", "--school", school)
    assert offered(running, asked, len(final["files"])) == built


def test_black_alone_is_to_the_byte_that_of_a_build(served: tuple[Preview, Path], tmp_path: Path) -> None:
    running, root = served
    asked = query(ink="mono")
    with running.looks(asked) as looks:
        final = proved(looks)
    built = build(root, tmp_path / "out", "--mono")
    assert offered(running, asked, len(final["files"])).items() <= built.items()


def children(of: int) -> list[int]:
    """Return the processes below *of*, the deepest last."""
    found = []
    for task in Path(f"/proc/{of}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            found += [int(child), *children(int(child))]
    return found


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="asks Linux which processes there are")
def test_a_renderer_that_dies_is_replaced_and_the_server_goes_on(
    served: tuple[Preview, Path],
) -> None:
    running, root = served
    asked = query()
    source = root / f"content/handouts/{CARD}.md"
    text = source.read_text("utf-8")
    with running.looks(asked) as looks:
        proved(looks)
        # The workers, which are forked from a server; that one, and its watcher, stay.
        forked = [pid for pid in children(running.process.pid) if pid not in direct(running.process.pid)]
        assert forked
        for pid in forked:
            os.kill(pid, signal.SIGKILL)
        source.write_text(text.replace("title: MFA-hulp", "title: MFA-help"), "utf-8")
        after = proved(looks)
    source.write_text(text, "utf-8")
    assert after["findings"] == []
    assert after["pages"]
    assert not after["is_old"]
    assert running.ask("/list")[0] == 200


def direct(of: int) -> list[int]:
    """Return the processes that *of* itself started."""
    return [
        int(child)
        for task in Path(f"/proc/{of}/task").iterdir()
        for child in (task / "children").read_text("ascii").split()
    ]
