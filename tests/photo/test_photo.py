"""`handout check --photo`: photos and scans of a real sheet, and files that are none."""

from __future__ import annotations

import io
import json
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from tests.conftest import SETTINGS, handout, loaded, procedure, project_at
from tests.photo.shots import Shot, taken

from handout import builder as handout_builder
from handout.builder import photo, validity
from handout.builder.codes import CodeHistory, known_sheet
from handout.builder.photo import PhotoStanding
from handout.commands import app
from handout.editions import single
from handout.editions.single import Made
from handout.model.findings import ExitCode, UsageError
from handout.project.plan import Edition, Selection, editions
from handout.project.project import Project
from handout.proof.paper import opened
from handout.proof.photo import seen
from handout.proof.photo.known import KnownSide, sides
from handout.proof.photo.placed import SeenCode
from handout.proof.photo.seen import Foot, FootState, NoScale, Photo, Scale, ScaleSource

TODAY = date(2026, 11, 30)
ADDRESS = "https://bladen.school.be/check.html"
ASKED = SETTINGS.replace('"mfa.school.be"', '"mfa.school.be", "bladen.school.be"')
ASKED += "\n[formats.leaflet-a4]\npages = 1\n"
WITH_STATUS = f'{ASKED}\n[status]\nurl = "{ADDRESS}"\n'
STEPS = """\
1. Open `Outlook` op je computer.
2. Klik op `Nieuw` en typ het adres van je school.
3. Typ je wachtwoord, en klik op `Aanmelden`.
4. Kies `Microsoft Authenticator` in de lijst.
5. Scan de code op je scherm met je smartphone.
6. Typ het getal van je scherm op je smartphone.
7. Klik op `Gereed`, en sluit het venster.
8. Meld je af, en sluit je computer.
"""
FILES = {
    "content/procedures/een.md": procedure(STEPS),
    "content/handouts/gids.md": handout(
        "een", audiences="[staff]", qr="security-info", valid_until="2027-08-31"
    ),
}
SMALL = Shot(seed=7, size_px=(1500, 2000), blur_px=0.6, noise=2.0, tilt_degrees=(9, -7), roll_degrees=4)
"""From aside, on a table, with some blur: as a telephone takes it, with fewer pixels."""


@dataclass(frozen=True)
class Desk:
    """A project with its sheet, made once, at which photos are looked at."""

    root: Path
    project: Project
    planned: tuple[Edition, ...]
    made: Made
    older: Made

    def seen(self, path: Path, typed: str | None = None) -> PhotoStanding:
        return self.told(photo.photo_at(path), typed)

    def told(self, picture: Photo, typed: str | None = None) -> PhotoStanding:
        known = CodeHistory({self.planned[0].name: (known_sheet(self.older.document),)})
        return photo.standing(
            picture,
            self.project,
            self.planned,
            typed,
            lambda code: validity.standing(
                self.project, self.root, self.root / "none.json", code, TODAY, known
            ),
            lambda _: iter((self.made,)),
        )

    def taken(self, folder: Path, shot: Shot, made: Made | None = None) -> Path:
        page = pypdfium2.PdfDocument((made or self.made).pdf)[0]
        path = folder / "photo.jpg"
        path.write_bytes(taken(page, shot))
        return path


def desk_at(root: Path, settings: str) -> Desk:
    files = {**FILES, "content/procedures/een.md": procedure(STEPS.replace("Gereed", "Klaar"))}
    older = loaded(project_at(root / "older", files, settings))
    project = loaded(project_at(root / "now", FILES, settings))
    planned = editions(project, Selection())
    return Desk(
        root / "now",
        project,
        planned,
        single.make(project, planned[0]),
        single.make(older, editions(older, Selection())[0]),
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photo, "_sides_of", cache(photo._sides_of))  # of the same sheet for all photos
        yield desk_at(tmp_path_factory.mktemp("desk"), WITH_STATUS)


@pytest.fixture(scope="module")
def side(desk: Desk) -> KnownSide:
    with opened(desk.made.pdf) as paper:
        (only,) = sides("", paper, desk.made.document.code, None)
    return only


def lowest_mm(side: KnownSide) -> float:
    """Return how far the top of the lowest line of the foot is from the edge of the paper."""
    return side.height_mm - max(side.foot, key=lambda area: area.lower).upper


def scale_of(found: PhotoStanding) -> float:
    assert isinstance(found.scale, Scale), found.scale
    return found.scale.ratio


# ---- what is seen -------------------------------------------------------------------------------


def test_photo_of_a_good_sheet_raises_no_alarm(desk: Desk, tmp_path: Path) -> None:
    found = desk.seen(desk.taken(tmp_path, replace(SMALL, toner=0.7, orientation=6)))
    assert found.is_right
    assert scale_of(found) == pytest.approx(1, abs=0.005)
    assert found.has_whole_foot
    assert found.standing
    assert found.standing.code == desk.made.document.code


def test_sheet_that_was_fitted_to_the_page_is_told_with_its_scale(desk: Desk, tmp_path: Path) -> None:
    found = desk.seen(desk.taken(tmp_path, replace(SMALL, scale=0.94, corner=True, skew_degrees=0.5)))
    assert scale_of(found) == pytest.approx(0.94, abs=0.005)
    assert (found.is_at_scale, found.has_whole_foot, found.is_right) == (False, True, False)


def test_foot_that_was_cut_off_is_told_with_what_is_lost(desk: Desk, side: KnownSide, tmp_path: Path) -> None:
    cut_mm = lowest_mm(side) + 0.6
    found = desk.seen(desk.taken(tmp_path, replace(SMALL, cut_mm=cut_mm)))
    assert found.foot
    assert found.foot.state is FootState.CUT
    assert "Gids" in found.foot.texts
    assert scale_of(found) == pytest.approx(1, abs=0.005)


def test_foot_that_the_printer_left_out_is_told(desk: Desk, side: KnownSide, tmp_path: Path) -> None:
    found = desk.seen(desk.taken(tmp_path, replace(SMALL, unprinted_mm=lowest_mm(side) + 0.6)))
    assert found.foot
    assert found.foot.state is FootState.MISSING
    assert (found.is_at_scale, found.is_right) == (True, False)


def test_outdated_sheet_is_told_so_with_the_words_of_then_and_now(desk: Desk, tmp_path: Path) -> None:
    path = desk.taken(tmp_path, SMALL, desk.older)
    found = desk.seen(path)
    assert found.standing
    assert found.standing.is_outdated
    told = "\n".join(map(str, photo.in_words(found, desk.project, path)))
    assert "step 7: 'Klik op Klaar" in told
    assert scale_of(found) == pytest.approx(1, abs=0.005)


def test_scan_tells_the_scale_by_its_dots_an_inch_and_a_part_of_it_tells_nothing_of_what_it_lacks(
    desk: Desk, tmp_path: Path
) -> None:
    path = desk.taken(tmp_path, Shot(seed=3, scan_dpi=150, scale=0.96, roll_degrees=0.4))
    found = desk.seen(path)
    assert isinstance(found.scale, Scale)
    assert found.scale.source is ScaleSource.DPI
    assert found.scale.ratio == pytest.approx(0.96, abs=0.005)
    with Image.open(path) as scan:  # without the edges of the paper and without the foot
        scan.crop((30, 30, scan.width - 30, round(scan.height * 0.91))).save(path, "JPEG", dpi=(72, 72))
    found = desk.seen(path, desk.made.document.code)
    assert found.scale is NoScale.NO_EDGES
    assert found.foot
    assert found.foot.state is FootState.NOT_IN_PICTURE
    assert (found.is_at_scale, found.has_whole_foot, found.is_right) == (None, None, True)


def test_photo_and_typed_code_must_agree(desk: Desk) -> None:
    code = f"{ADDRESS}#{desk.made.document.code}"
    seen_codes = (SeenCode(code, ((0, 0), (9, 0), (9, 9), (0, 9))),)
    blank = replace(seen.photo_of(np.full((90, 60), 255, np.uint8), None), codes=seen_codes)
    with pytest.raises(UsageError, match="has the code"):
        desk.told(blank, "000000")
    several = (*seen_codes, replace(seen_codes[0], payload=f"{ADDRESS}#7K2M4Q"))
    with pytest.raises(UsageError, match="several sheets"):
        desk.told(replace(blank, codes=several))


@pytest.mark.parametrize(
    ("across", "down", "state", "ratio", "paper"),
    [
        (0.96, 0.962, FootState.WHOLE, 0.961, None),
        (210 / 215.9, 297 / 279.4, FootState.WHOLE, 1, (215.9, 279.4)),
        (0.94 * 210 / 215.9, 0.94 * 297 / 279.4, FootState.WHOLE, 0.94, (215.9, 279.4)),
        (210 / 215.9, 297 / 279.4, FootState.CUT, 1, (215.9, 279.4)),
        (1, 297 / 272, FootState.CUT, 1, None),  # of the shape of Letter
        (0.95, 1.02, FootState.CUT, 0.95, None),
        (0.95, 1.02, FootState.WHOLE, None, None),
        (1.05, 0.99, FootState.CUT, None, None),
    ],
)
def test_edges_tell_the_scale_on_other_paper_too_and_on_paper_without_its_foot(
    across: float,
    down: float,
    state: FootState,
    ratio: float | None,
    paper: tuple[float, float] | None,
    side: KnownSide,
) -> None:
    found = seen._by_both(across, down, side, Foot(state))
    if ratio is None:
        assert found is NoScale.EDGES_DISAGREE
    else:
        assert isinstance(found, Scale)
        assert found.ratio == pytest.approx(ratio, abs=0.002)
        assert found.paper == paper


# ---- what is no photo ---------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    """Return the beginning of a PNG of so many pixels; it holds few."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100)))


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("L", (60, 80), 200).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"Beste collega,", "this is no picture"),
        (b"%PDF-1.7", "a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"II*\0" + bytes(40), "a TIFF"),
        (jpeg()[:-200], "damaged"),
        (jpeg()[:30], "damaged"),
        (png(60, 80), "damaged"),
        (png(40_000, 40_000), "too large"),
        (png(9_000, 9_000), "too large"),
    ],
)
def test_file_that_is_no_photo_is_refused_with_what_it_is(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=said):
        photo.photo_at(path)


@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (60, 80)])
def test_empty_photo_of_any_shape_shows_no_sheet(size: tuple[int, int], desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.new("L", size, 200).save(path)
    found = desk.seen(path)
    assert (found.standing, found.side, found.is_right) == (None, None, False)
    assert not desk.seen(path, desk.made.document.code).side


def test_pixels_that_let_through_and_sixteen_bits_are_paper_and_grey(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.new("LA", (50, 60), (0, 0)).save(path)
    assert photo.photo_at(path).grey.min() == 255
    Image.new("I;16", (50, 60), 65535).save(path)
    assert photo.photo_at(path).grey.min() == 255


# ---- the command --------------------------------------------------------------------------------


def test_command_tells_what_is_on_a_photo_and_asks_for_the_code_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project_at(tmp_path / "project", FILES, ASKED)  # without [status]
    assert app.run(["build", "--project", str(root), "--jobs", "1", "-q"]) == ExitCode.DONE
    (row,) = json.loads((root / "build/manifest.json").read_bytes())["files"]
    path = tmp_path / "photo.jpg"
    page = pypdfium2.PdfDocument((root / "build" / row["path"]).read_bytes())[0]
    path.write_bytes(taken(page, replace(SMALL, scale=0.95)))
    asked = ["check", "--project", str(root), "--photo", str(path)]
    assert app.run(asked) == ExitCode.FINDINGS
    told = capsys.readouterr().out
    assert f"--photo {path} --code 7K2M4Q" in told.replace("\n", " ")
    assert "It looks like page 1 of staff/gids-leaflet-a4.pdf." in told
    assert "It is printed at 95 %, not at 100 %, by the edges of the paper." in told
    assert "Its foot is whole." in told
    assert app.run([*asked, "--code", row["code"], "--json"]) == ExitCode.FINDINGS
    found = json.loads(capsys.readouterr().out)
    assert found["standing"]["is_current"]
    assert (found["scale_percent"], found["foot"], found["is_right"]) == (
        pytest.approx(95, abs=0.5),
        "whole",
        False,
    )


def test_photo_that_cannot_be_read_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project_at(tmp_path / "project", FILES, ASKED)
    for name in ("none.jpg", "project"):
        asked = ["check", "--project", str(root), "--photo", str(tmp_path / name)]
        assert app.run(asked) == ExitCode.USAGE
        assert f"{name}' cannot be read as a photo" in capsys.readouterr().err.replace("\n", "")


def test_without_opencv_the_command_that_installs_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [one for one in sys.modules if one.startswith("handout.proof.photo")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "handout.builder.photo")
    monkeypatch.delattr(handout_builder, "photo")
    monkeypatch.setitem(sys.modules, "cv2", None)
    root = project_at(tmp_path / "project", FILES, ASKED)
    asked = ["check", "--project", str(root), "--photo", str(tmp_path / "photo.jpg")]
    assert app.run(asked) == ExitCode.ENVIRONMENT
    assert "-m pip install opencv-python-headless" in capsys.readouterr().err.replace("\n", "")
