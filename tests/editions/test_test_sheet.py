"""The test sheet: what is drawn lies where a card, a ruler and the light find it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from tests.conftest import handout, procedure, project_at, text_of

from handout.commands import app
from handout.editions import test_sheet
from handout.model.findings import ExitCode

DPI = 600
PX_PER_MM = DPI / 25.4
LEFT_MM, CARD_TOP_MM = 24, 65


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    root = project_at(tmp_path_factory.mktemp("test"), {})
    assert app.run(["build", "--project", str(root), "--test-sheet", "-q"]) == ExitCode.DONE
    return (root / "build" / test_sheet.FILE).read_bytes()


@pytest.fixture(scope="module")
def sides(sheet: bytes) -> list[np.ndarray]:
    """Return both sides as True where there is ink."""
    document = pypdfium2.PdfDocument(sheet)
    try:
        drawn = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
        return [np.asarray(page.convert("L")) < 128 for page in drawn]
    finally:
        document.close()


def px(length_mm: float) -> int:
    return round(length_mm * PX_PER_MM)


def test_it_is_two_sides_of_a4_with_the_words_of_the_language(sheet: bytes) -> None:
    document = pypdfium2.PdfDocument(sheet)
    sizes = [page.get_size() for page in document]
    document.close()
    assert [tuple(round(side * 25.4 / 72, 1) for side in size) for size in sizes] == [(210, 297)] * 2
    assert "Leg een bankkaart" in text_of(sheet)


@pytest.mark.parametrize("percent", test_sheet.PERCENTS)
def test_card_ends_at_the_mark_of_the_scale(sides: list[np.ndarray], percent: int) -> None:
    """Shrunk to 98 %, what is marked 98 lies as far from the corner as a card is wide."""
    steps = test_sheet.PERCENTS.index(percent)
    row = sides[0][px(CARD_TOP_MM + 8 + steps * 5 + 1)]
    ink = np.flatnonzero(row[px(LEFT_MM + 80) : px(LEFT_MM + 89)]) + px(LEFT_MM + 80)
    distance_mm = (ink.mean() + 0.5) / PX_PER_MM - LEFT_MM
    assert distance_mm * percent / 100 == pytest.approx(85.6, abs=0.05)


def test_steps_lie_as_far_from_each_edge_as_they_say(sides: list[np.ndarray]) -> None:
    page = sides[0]
    begin_mm = 105 - test_sheet.EDGE_STEPS / 2 * test_sheet.EDGE_STEP_MM
    for depth in range(1, test_sheet.EDGE_STEPS + 1):
        column = px(begin_mm + (depth - 0.9) * test_sheet.EDGE_STEP_MM)
        from_top, from_bottom = page[:, column], page[::-1, column]
        for edge in (from_top, from_bottom):
            assert np.flatnonzero(edge)[:3].mean() / PX_PER_MM == pytest.approx(depth, abs=0.15)


def test_cross_of_the_back_lies_on_that_of_the_front_whichever_way_it_turns(sides: list[np.ndarray]) -> None:
    half = px(9)
    middle = [side.shape[0] // 2 for side in sides], [side.shape[1] // 2 for side in sides]
    front, back = (
        side[y - half : y + half, x - half : x + half] for side, y, x in zip(sides, *middle, strict=True)
    )
    assert front.any()
    for turned in (back[:, ::-1], back[::-1]):  # seen through the paper, over the long edge and the short one
        assert (front ^ turned).mean() < 0.02


def test_codes_are_read_and_as_fine_as_they_say(sides: list[np.ndarray]) -> None:
    page = np.where(sides[0], 0, 255).astype(np.uint8)
    found = {code.text: code for code in zxingcpp.read_barcodes(page)}
    assert sorted(found) == [f"handout 0.{tenths} mm" for tenths in (3, 4, 5, 6)]
    for module_mm in test_sheet.MODULES_MM:
        place = found[f"handout {module_mm:g} mm"].position
        width_mm = (place.top_right.x - place.top_left.x) / PX_PER_MM
        modules = round(width_mm / module_mm)
        assert modules in (21, 25)
        assert width_mm / modules == pytest.approx(module_mm, rel=0.05)


def test_folder_with_the_sheet_alone_is_one_to_build_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project_at(tmp_path, {})
    assert app.run(["build", "--project", str(root), "--test-sheet"]) == ExitCode.DONE
    assert capsys.readouterr().out.strip() == str(root / "build" / "test-sheet.pdf")
    files = {
        "content/procedures/een.md": procedure("1. Ga zitten."),
        "content/handouts/gids.md": handout("een"),
    }
    project_at(root, files)
    assert app.run(["build", "--project", str(root), "-q", "--audience", "staff"]) == ExitCode.DONE
    assert app.run(["build", "--project", str(root), "--test-sheet", "-q"]) == ExitCode.DONE
    assert (root / "build/staff/gids-leaflet-a4.pdf").exists()


def test_folder_of_somebody_else_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project_at(tmp_path, {"elsewhere/notes.txt": b"mine"})
    output = ["--output", str(root / "elsewhere")]
    assert app.run(["build", "--project", str(root), "--test-sheet", *output]) == ExitCode.USAGE
    assert "holds what handout did not make" in capsys.readouterr().err
    assert [path.name for path in (root / "elsewhere").iterdir()] == ["notes.txt"]
